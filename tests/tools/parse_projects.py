"""Reads generated projects with the parsers of Python: YAML with CloudFormation's tags, JSON, Python itself.

Usage: parse_projects.py FOLDER, which holds projects with a tags.json each. Ends with an error at the first that reads differently.
"""

import ast
import json
import sys
from pathlib import Path

import yaml


class Loader(yaml.SafeLoader):
    """CloudFormation's own tags mean functions, which are of no interest here: their operands are."""


def operand(loader, _suffix, node):
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_mapping(node, deep=True)


Loader.add_multi_constructor("!", operand)


def check(project):
    expected = json.loads((project / "tags.json").read_text(encoding="utf-8"))
    template = yaml.load((project / "cloudformation/template.yaml").read_text(encoding="utf-8"), Loader)
    found = template["Resources"]["Proxy"]["Properties"].get("Tags", [])
    found = {tag["Key"]: tag["Value"] for tag in found}
    if found != expected:
        sys.exit(f"{project.name}: tags {found!r} instead of {expected!r}")
    for path in sorted(project.rglob("*.json")):
        json.loads(path.read_text(encoding="utf-8"))
    for path in sorted(project.rglob("*.py")):
        ast.parse(path.read_text(encoding="utf-8"), str(path))


def main():
    projects = sorted(Path(sys.argv[1]).glob("project-*"))
    for project in projects:
        check(project)
    print(f"{len(projects)} projects read as they were meant")


if __name__ == "__main__":
    main()
