#!/usr/bin/env python3
"""Times `rdsproxy-gen drift DIR…` over many generated projects in one run, and checks that each is told for what it is.

Usage: python3 tests/benches/drift.py [--projects N] [--runs N]
Needs `cargo build --profile dist --no-default-features`. The projects are variations of generated-examples, by name, account, network,
pool and users; of every ten one is weakened, one has another pool, two have a comment, and six are as they were generated. Prints
Markdown: the median time of the runs, the time of the processor, and the peak memory of the one process.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "target/dist/rdsproxy-gen"
SPECS = sorted((ROOT / "generated-examples").glob("*/rdsproxy.toml"))

# What is done to a project, by its last digit: the file, what is looked for there, what takes its place, the class of that.
EDITS = {
    1: ("terraform/modules/proxy/main.tf", "require_tls = true", "require_tls = false", "weakens"),
    2: ("terraform/terraform.tfvars", r"borrow_timeout( *)= \d+", r"borrow_timeout\1= 77", "changes"),
    3: ("terraform/modules/proxy/main.tf", r"\Z", "\n# Owned by the orders team.\n", "cosmetic"),
    4: ("cloudformation/template.yaml", r"\Z", "# Owned by the orders team.\n", "cosmetic"),
}


def spec(number):
    """The answers of a project: one of the examples, with names and ids of its own."""
    text = SPECS[number % len(SPECS)].read_text()
    text = re.sub(r'(?m)^name = "([a-z-]+-proxy)"$', rf'name = "\1-{number}"', text, count=1)
    text = text.replace("123456789012", str(100000000000 + number))
    text = re.sub(r'"vpc-[0-9a-f]+"', f'"vpc-{number:017x}"', text)
    users = "".join(f'\n[[users]]\nname = "extra_{user}"\n{database(text)}' for user in range(number % 5))
    return text + users


def database(text):
    found = re.search(r'(?m)^\[\[users\]\]\n(?:.+\n)*?(database = .+\n)', text)
    return found.group(1) if found else ""


def generate(home, number):
    answers = home / f"{number}.toml"
    answers.write_text(spec(number))
    folder = home / f"project-{number:03}"
    made = subprocess.run([PROGRAM, "new", folder, "--answers", answers], capture_output=True, text=True)
    if made.returncode != 0:
        sys.exit(f"{answers.read_text()}\n{made.stderr}")
    answers.unlink()
    if number % 10 not in EDITS:
        return folder, None
    name, wanted, instead, class_ = EDITS[number % 10]
    path = folder / name
    if not path.exists():
        return folder, None
    text, count = re.subn(wanted, instead, path.read_text(), count=1)
    if count != 1:
        sys.exit(f"{path} holds no {wanted}")
    path.write_text(text)
    return folder, class_


def run(arguments):
    """What it said, seconds on the clock, seconds of the processor, kilobytes."""
    with tempfile.TemporaryFile() as said:
        began = time.perf_counter()
        child = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 2:
            sys.exit(f"drift ended with {child.returncode}")
        said.seek(0)
        return said.read(), wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def check(said, projects):
    """That each project has the class of what was done to it, and no other."""
    told = {project["project"]: project["counts"] for project in json.loads(said)["projects"]}
    for folder, class_ in projects:
        counted = [name for name, count in told[str(folder)].items() if count]
        if counted != ([class_] if class_ else []):
            sys.exit(f"{folder}: {counted}, and not {class_}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--projects", type=int, default=300)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    if not PROGRAM.is_file():
        sys.exit("cargo build --profile dist --no-default-features comes first")
    with tempfile.TemporaryDirectory(prefix="projects-") as home:
        projects = [generate(Path(home), number) for number in range(options.projects)]
        arguments = [PROGRAM, "drift", *(folder for folder, _ in projects), "--format", "json"]
        results = [run(arguments) for _ in range(options.runs)]
        check(results[0][0], projects)
        files = sum(len(files) for _, _, files in os.walk(home))
    wall, processor = (statistics.median(result[at] for result in results) for at in (1, 2))
    memory = max(result[3] for result in results) / 1024
    print("| projects | files | time | a project | processor | peak memory | runs |")
    print("|---|---|---|---|---|---|---|")
    print(f"| {options.projects} | {files:,} | {wall:.2f} s | {1000 * wall / options.projects:.1f} ms | {processor:.2f} s | {memory:.0f} MB | {options.runs} |")


if __name__ == "__main__":
    main()
