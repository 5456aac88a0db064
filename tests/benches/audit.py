"""Compares `rdsproxy-gen audit` with checkov and cfn-lint on the same estates, and with a plain search for `aws_db_proxy`.

Usage: python3 tests/benches/audit.py [--estates FOLDER] [--runs N] [--slow-runs N] [--cap SECONDS] [--only PART-OF-NAME;…]
       python3 tests/benches/audit.py --scaling [--estates FOLDER] [--runs N] [--most MODULES]
Needs `cargo build --profile dist --no-default-features`. Prints Markdown: medians of the runs, which take turns so that other work on
the machine falls on all tools alike; the largest process's peak memory; and how many times longer than the audit each one takes.
A tool that is not installed, or that is stopped at the cap, is told as such.
With --scaling: what one module costs the audit in estates of more and more modules, and how that compares with the smallest estate.
"""

import argparse
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
AUDIT = str(ROOT / "target/dist/rdsproxy-gen")

# What is measured: a name, what the generator is asked for, and the tools.
ESTATES = [
    ("200 modules, Terraform", ["200", "terraform"], ["audit", "checkov-terraform"]),
    ("200 templates, CloudFormation", ["200", "cloudformation"], ["audit", "cfn-lint", "checkov-cloudformation"]),
    ("2,000 modules, Terraform", ["2000", "terraform"], ["audit", "checkov-terraform"]),
    ("2,000 templates, CloudFormation", ["2000", "cloudformation"], ["audit", "cfn-lint", "checkov-cloudformation"]),
    ("monorepo, 50,000 files, 20 proxies", ["monorepo"], ["audit", "grep", "ripgrep"]),
]


# How many modules the estates of --scaling have.
SIZES = [125, 250, 500, 1000, 2000, 4000, 8000, 20000]


def installed(tool):
    places = [ROOT / ".tools/proof/bin" / tool, ROOT / ".tools/checkov/bin" / tool, shutil.which(tool)]
    return next((str(place) for place in places if place and Path(place).is_file()), None)


def command(tool, estate):
    """The arguments of a tool, or nothing where it is not installed."""
    checkov = lambda framework: ["checkov", "-d", ".", "--framework", framework, "--compact", "--quiet", "-o", "json"]
    templates = sorted(str(path.relative_to(estate)) for path in estate.glob("stacks/*/template.*"))
    program, *arguments = {
        "audit": [AUDIT, "audit", ".", "--format", "json"],
        "grep": ["grep", "-r", "-l", "aws_db_proxy", "."],
        "ripgrep": ["rg", "-l", "aws_db_proxy", "."],
        "cfn-lint": ["cfn-lint", "--format", "parseable", "--regions", "eu-west-1", "--", *templates],
        "checkov-terraform": checkov("terraform"),
        "checkov-cloudformation": checkov("cloudformation"),
    }[tool]
    found = program if Path(program).is_file() else installed(program)
    return found and [found, *arguments]


def run(arguments, folder, cap):
    """Seconds on the clock, seconds of the processor, kilobytes; nothing where the cap was reached."""
    environment = {**os.environ, "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "LOG_LEVEL": "ERROR"}
    began = time.perf_counter()
    child = subprocess.Popen(
        arguments,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    previous = signal.signal(signal.SIGALRM, lambda *_: os.killpg(child.pid, signal.SIGKILL))
    signal.alarm(cap)
    _, status, usage = os.wait4(child.pid, 0)
    signal.alarm(0)
    signal.signal(signal.SIGALRM, previous)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode < 0:
        return None
    return time.perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def measure(tools, estate, options):
    """All runs of each tool: round after round, each tool once."""
    results = {tool: [] for tool in tools}
    for turn in range(options.runs):
        for tool in tools:
            slow = tool.startswith(("checkov", "cfn-lint"))
            stopped = None in results[tool]
            if stopped or (slow and turn >= options.slow_runs):
                continue
            arguments = command(tool, estate)
            if arguments:
                results[tool].append(run(arguments, estate, options.cap))
    return results


def row(estate, tool, results, audit, cap):
    if not results:
        return f"| {estate} | {tool} | not run | | | | |"
    if None in results:
        return f"| {estate} | {tool} | more than {cap} s (stopped) | | | > {cap / audit[0]:.0f} | 1 |"
    wall, processor = (statistics.median(result[at] for result in results) for at in (0, 1))
    memory = max(result[2] for result in results) / 1024
    ratio = "1" if tool == "audit" else f"{wall / audit[0]:.2f} ({processor / audit[1]:.2f})"
    return f"| {estate} | {tool} | {wall:.2f} s | {processor:.2f} s | {memory:.0f} MB | {ratio} | {len(results)} |"


def built(home, what):
    """The folder of an estate, which is made where it is not there. The first reading of it would measure the disk."""
    estate = home / "-".join(what)
    if not estate.exists():
        subprocess.run([sys.executable, ROOT / "tests/benches/estates.py", estate, *what], check=True)
    run(["grep", "-r", "-c", "x", "."], estate, 600)
    return estate


def scaling(home, options):
    print("| language | modules | processor, each | of the smallest | peak memory, each |")
    print("|---|---|---|---|---|")
    for language in ["terraform", "cloudformation"]:
        smallest = None
        for size in [size for size in SIZES if size <= options.most]:
            estate = built(home, [str(size), language])
            runs = [run(command("audit", estate), estate, options.cap) for _ in range(options.runs)]
            each = statistics.median(result[1] for result in runs) / size * 1000
            smallest = smallest or each
            memory = max(result[2] for result in runs) / size
            print(f"| {language} | {size} | {each:.2f} ms | {each / smallest:.2f} | {memory:.0f} kB |", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--estates", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--slow-runs", type=int, default=5)
    parser.add_argument("--cap", type=int, default=600)
    parser.add_argument("--only", default="")
    parser.add_argument("--scaling", action="store_true")
    parser.add_argument("--most", type=int, default=SIZES[-1])
    options = parser.parse_args()
    if not Path(AUDIT).is_file():
        sys.exit("cargo build --profile dist --no-default-features comes first")
    home = options.estates or Path(tempfile.mkdtemp(prefix="estates-"))
    if options.scaling:
        scaling(home, options)
        return clear(home, options)
    print("| estate | tool | time | processor | peak memory | times the audit: time (processor) | runs |")
    print("|---|---|---|---|---|---|---|")
    for name, what, tools in ESTATES:
        if options.only and not any(word in name for word in options.only.split(";")):
            continue
        estate = built(home, what)
        results = measure(tools, estate, options)
        if None in results["audit"]:
            sys.exit(f"{name}: the audit itself took more than {options.cap} s")
        audit = [statistics.median(result[at] for result in results["audit"]) for at in (0, 1)]
        for tool in tools:
            print(row(name, tool, results[tool], audit, options.cap), flush=True)
    clear(home, options)


def clear(home, options):
    if not options.estates:
        shutil.rmtree(home)


if __name__ == "__main__":
    main()
