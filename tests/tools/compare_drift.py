#!/usr/bin/env python3
"""Asks cruft, copier and `terraform plan` what they make of every edit in tests/suite/maintaining/drift/mutations, and writes a Markdown table.

    compare_drift.py [--table-only | --plan-only] RDSPROXY_GEN ANSWERS_JSON TABLE_MD [CASE...]

Run it from the root of the repository, with .tools/peers, .tools/proof and a terraform on PATH (TF_PLUGIN_DIR: its local plugins).
The answers of each case are kept in ANSWERS_JSON, so that a run that was broken off goes on where it was; delete it to ask anew.
A run over all cases takes an hour of a processor; --table-only asks nothing and writes what was asked so far, --plan-only asks
Terraform alone, about the edits of Terraform code.

The template of cruft and of copier is the generated project itself, word for word, so that whatever differs later is the edit.
Terraform plans against the fake AWS, to which the project was applied before the edit.
"""

import argparse
import datetime
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import mutate_project

ROOT = pathlib.Path(__file__).parent.parent.parent
PEERS = ROOT / ".tools" / "peers" / "bin"
PROOF = ROOT / ".tools" / "proof" / "bin"
SERVICES = "cloudwatch cloudwatchlogs ec2 events iam kms lambda rds s3 secretsmanager sns ssm sts".split()
CLASSES = ["weakens", "cannot tell", "changes", "strengthens", "cosmetic", "none"]
TOOLS = ["cruft check", "cruft diff", "copier check-update", "copier update", "terraform plan"]

ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if name not in ("TF_CLI_CONFIG_FILE", "AWS_PROFILE", "AWS_CA_BUNDLE")},
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_EC2_METADATA_DISABLED": "true",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_AUTHOR_NAME": "test",
    "GIT_AUTHOR_EMAIL": "test@example.com",
    "GIT_COMMITTER_NAME": "test",
    "GIT_COMMITTER_EMAIL": "test@example.com",
    "TF_IN_AUTOMATION": "true",
    # Each plan reads the whole schema of the provider: a quarter of that is Go collecting garbage.
    "GOGC": "600",
}


# Seconds: a plan that reads what the fake AWS does not serve is not waited for.
PATIENCE = 120


def run(*command, folder=None, codes=(0,)):
    command = [str(part) for part in command]
    options = {"cwd": folder, "env": ENVIRONMENT, "capture_output": True, "text": True, "stdin": subprocess.DEVNULL}
    try:
        done = subprocess.run(command, **options, timeout=None if codes else PATIENCE)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 1, "", "Error: no answer in time")
    if codes and done.returncode not in codes:
        raise SystemExit(f"{' '.join(command)}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def commit(folder, message):
    if not (folder / ".git").exists():
        run("git", "init", "--quiet", "--initial-branch", "main", folder=folder)
    # A .gitignore of the project is a part of it and must not hide another part.
    run("git", "add", "--all", "--force", folder=folder)
    run("git", "commit", "--quiet", "--allow-empty", "--message", message, folder=folder)


def short(text):
    text = " ".join(text.split())
    return text if len(text) <= 90 else text[:89] + "…"


class Cruft:
    """A project that cruft made from a template that is the generated project."""

    def __init__(self, home, generated):
        template = home / "cruft-template"
        shutil.copytree(generated, template / "{{cookiecutter.project}}")
        (template / "cookiecutter.json").write_text('{"project": "project", "_copy_without_render": ["*"]}')
        commit(template, "template")
        self.made = home / "cruft"
        self.made.mkdir()
        run(PEERS / "cruft", "create", "--no-input", "--output-dir", self.made, template)
        self.made = self.made / "project"
        commit(self.made, "made")

    def ask(self, project):
        check = run(PEERS / "cruft", "check", folder=project, codes=(0, 1))
        diff = run(PEERS / "cruft", "diff", "--exit-code", folder=project, codes=(0, 1))
        files = re.findall(r"^diff --git \S+ upstream-template-new/(.*)$", diff.stdout, re.MULTILINE)
        return {
            "cruft check": "up to date" if check.returncode == 0 else short(check.stdout + check.stderr),
            "cruft diff": "diff of " + ", ".join(files) if diff.returncode else "no diff",
        }


class Copier:
    """A project that copier made from such a template."""

    def __init__(self, home, generated):
        template = home / "copier-template"
        shutil.copytree(generated, template / "project")
        (template / "copier.yml").write_text("_subdirectory: project\n")
        (template / "project" / "{{ _copier_conf.answers_file }}.jinja").write_text("{{ _copier_answers|to_nice_yaml -}}\n")
        commit(template, "template")
        run("git", "tag", "v1.0.0", folder=template)
        self.made = home / "copier"
        run(PEERS / "copier", "copy", "--quiet", "--defaults", template, self.made)
        commit(self.made, "made")

    def ask(self, project):
        check = run(PEERS / "copier", "check-update", folder=project, codes=None)
        # An update wants a clean repository: people commit their edit first.
        commit(project, "edited")
        update = run(PEERS / "copier", "update", "--defaults", folder=project, codes=None)
        status = run("git", "status", "--porcelain", folder=project).stdout
        told = "edit kept, nothing said" if not status.strip() else "changes " + ", ".join(line[3:] for line in status.splitlines())
        return {
            "copier check-update": "up to date" if check.returncode == 0 else short(check.stdout + check.stderr),
            "copier update": told if update.returncode == 0 else short(update.stdout + update.stderr),
        }


class Terraform:
    """The project, applied to a fake AWS of its own."""

    def __init__(self, home, generated, endpoint):
        self.made = home / "terraform-made"
        shutil.copytree(generated, self.made)
        folder = self.made / "terraform"
        (folder / "provider_override.tf").write_text(self.provider(endpoint))
        run(PROOF / "python", ROOT / "tests/tools/seed_aws.py", endpoint, generated / "rdsproxy.toml")
        plugins = os.environ.get("TF_PLUGIN_DIR")
        run("terraform", "init", "-backend=false", *([f"-plugin-dir={plugins}"] if plugins else []), folder=folder)
        self.version = run("terraform", "version", folder=folder).stdout
        run("terraform", "apply", "-auto-approve", folder=folder)
        run("terraform", "plan", "-detailed-exitcode", folder=folder)

    @staticmethod
    def provider(endpoint):
        endpoints = "".join(f'    {service} = "{endpoint}"\n' for service in SERVICES)
        block = (
            'provider "aws" {\n%s  access_key = "testing"\n  secret_key = "testing"\n  skip_credentials_validation = true\n'
            "  skip_metadata_api_check = true\n  s3_use_path_style = true\n  max_retries = 1\n  endpoints {\n%s  }\n}\n"
        )
        return block % ("", endpoints) + block % ('  alias = "generator"\n', endpoints)

    def ask(self, project):
        folder = project / "terraform"
        if any("module " in path.read_text(errors="replace") for path in folder.glob("*.tf")):
            run("terraform", "get", folder=folder, codes=None)
        # Nobody touches the fake AWS after the project was applied: what the state says of it is true.
        quick = ("-detailed-exitcode", "-no-color", "-input=false", "-lock=false", "-refresh=false")
        plan = run("terraform", "plan", *quick, folder=folder, codes=None)
        if plan.returncode == 0:
            return {"terraform plan": "no changes"}
        counted = re.search(r"^Plan: (.*)\.$", plan.stdout, re.MULTILINE)
        if plan.returncode == 2:
            return {"terraform plan": counted.group(1) if counted else "outputs change"}
        error = re.search(r"Error: (.*)", plan.stderr)
        return {"terraform plan": short("fails: " + (error.group(1) if error else plan.stderr))}


class Fake:
    """A running fake AWS."""

    def __enter__(self):
        command = [str(PROOF / "python"), str(ROOT / "tests/tools/fake_aws.py")]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=ENVIRONMENT)
        self.endpoint = self.process.stdout.readline().strip().removeprefix("ready ")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def ask(tool, case, scratch):
    project = scratch / "asked"
    shutil.copytree(tool.made, project, symlinks=True)
    mutate_project.mutate(project, case)
    said = tool.ask(project)
    shutil.rmtree(project)
    return said


def specification(kind):
    """What a kind of project is generated from."""
    specs = mutate_project.projects()
    return ["--answers", ROOT / "generated-examples" / specs[kind] / "rdsproxy.toml"] if kind in specs else ["--demo", "--defaults"]


def compare(program, kind, cases, answers, keep, peers):
    with tempfile.TemporaryDirectory() as scratch, Fake() as fake:
        home = pathlib.Path(scratch)
        generated = home / "generated"
        run(program, "new", generated, *specification(kind))
        plain = [Cruft(home, generated), Copier(home, generated)] if peers else []
        planned = [case for case in cases if case["name"].startswith("tf_")]
        terraform = Terraform(home, generated, fake.endpoint) if planned else None
        if terraform:
            answers["versions"]["terraform"] = versions_of(terraform.version)
        for case in cases:
            tools = plain + ([terraform] if case in planned else [])
            said = {}
            for tool in tools:
                said |= ask(tool, case, home)
            answers["cases"][case["name"]] = answers["cases"].get(case["name"], {}) | said
            keep()
            print(case["name"], said, flush=True)


def versions_of(text):
    core = re.search(r"Terraform v(\S+)", text).group(1)
    provider = re.search(r"hashicorp/aws v(\S+)", text).group(1)
    return f"Terraform {core} with the AWS provider {provider}"


def installed(name):
    listed = run(PEERS / "pip", "show", name).stdout
    return re.search(r"^Version: (.*)$", listed, re.MULTILINE).group(1)


def is_alarm(tool, said):
    quiet = {
        "cruft check": "up to date",
        "cruft diff": "no diff",
        "copier check-update": "up to date",
        "copier update": "edit kept, nothing said",
        "terraform plan": "no changes",
    }
    return said is not None and said != quiet[tool]


def class_of(case):
    return next(name for name in CLASSES if case["expect"].startswith(name))


def table(cases, answers):
    """The answers as Markdown: how often each tool said anything, by class, and each answer."""
    asked = [case for case in cases if case["name"] in answers["cases"]]
    lines = [
        "# What other tools say of the same edits",
        "",
        f"Measured on {answers['date']} by tests/tools/compare_drift.py: cruft {answers['versions']['cruft']}, "
        f"copier {answers['versions']['copier']}, {answers['versions']['terraform']} on the fake AWS.",
        "",
        f"{len(asked)} of the {len(cases)} edits were asked about, not each tool about each of them (–). How many of them each tool said anything",
        "of; none says which rule is weaker, or whether one is. Terraform plans in the folder `terraform`, and is not asked about CloudFormation.",
        "`drift` gives each edit the class in the second column, which the test beside this file holds true.",
        "",
        "| class | edits | " + " | ".join(TOOLS) + " |",
        "|---" * (2 + len(TOOLS)) + "|",
    ]
    for name in CLASSES:
        own = [case for case in asked if class_of(case) == name]
        counts = []
        for tool in TOOLS:
            told = [answers["cases"][case["name"]][tool] for case in own if tool in answers["cases"][case["name"]]]
            counts.append(f"{sum(is_alarm(tool, said) for said in told)} of {len(told)}")
        lines.append(f"| {name} | {len(own)} | " + " | ".join(counts) + " |")
    lines += ["", "| edit | what it is | " + " | ".join(TOOLS) + " |", "|---" * (2 + len(TOOLS)) + "|"]
    for case in asked:
        said = answers["cases"][case["name"]]
        cells = [said.get(tool, "–").replace("|", "\\|").replace("<", "&lt;") for tool in TOOLS]
        lines.append(f"| {case['name']} | {case['expect']} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def is_open(case, answers, plan_only):
    """Whether there is something left to ask about a case."""
    said = answers["cases"].get(case["name"], {})
    if plan_only:
        return case["name"].startswith("tf_") and "terraform plan" not in said
    return "cruft check" not in said


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--table-only", action="store_true")
    parser.add_argument("--plan-only", action="store_true")
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("answers", type=pathlib.Path)
    parser.add_argument("table", type=pathlib.Path)
    parser.add_argument("wanted", metavar="CASE", nargs="*")
    options = parser.parse_args()
    kept = options.answers
    answers = json.loads(kept.read_text()) if kept.exists() else {"cases": {}, "versions": {}}
    answers["date"] = answers.get("date", datetime.date.today().isoformat())
    if not options.table_only and not options.plan_only:
        answers["versions"] |= {name: installed(name) for name in ("cruft", "copier")}
    cases = list(mutate_project.cases())
    for kind in ("demo", *mutate_project.projects()):
        own = [case for case in cases if case.get("project", "demo") == kind and is_open(case, answers, options.plan_only)]
        own = [case for case in own if not options.wanted or case["name"] in options.wanted]
        if own and not options.table_only:
            keep = lambda: kept.write_text(json.dumps(answers, indent=1))
            compare(options.program.resolve(), kind, own, answers, keep, not options.plan_only)
    if not options.wanted:
        options.table.write_text(table(cases, answers))


if __name__ == "__main__":
    main()
