"""Measures the release binary: wall time and peak memory of `new --demo --defaults`, and the time of `--help`.

Usage: python3 tests/benches/new.py [BINARY]
Needs `cargo build --profile dist`. Prints medians, and ends with 1 when one misses its goal.
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

RUNS = 30
# What is run, most milliseconds, most MB (None: not a matter of memory).
GOALS = [
    (["new", "project", "--demo", "--defaults"], 50, 50),
    (["--help"], 10, None),
]


def run(binary, arguments):
    """Starts it without a shell between, and gives seconds, kilobytes and the exit code."""
    began = time.perf_counter()
    child = os.posix_spawn(
        binary,
        [binary, *arguments],
        {},
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
            (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
        ],
    )
    _, status, usage = os.wait4(child, 0)
    return time.perf_counter() - began, usage.ru_maxrss, os.waitstatus_to_exitcode(status)


def measure(binary, arguments):
    results = []
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            results.append(run(binary, arguments))
            os.chdir("/")
    codes = {code for _, _, code in results}
    if codes != {0}:
        sys.exit(f"{' '.join(arguments)}: exit codes {sorted(codes)}")
    milliseconds = statistics.median(seconds for seconds, _, _ in results) * 1000
    megabytes = max(kilobytes for _, kilobytes, _ in results) / 1024
    return milliseconds, megabytes


def main():
    default = Path(__file__).resolve().parents[2] / "target/dist/rdsproxy-gen"
    binary = str(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else default)
    missed = False
    for arguments, most_milliseconds, most_megabytes in GOALS:
        milliseconds, megabytes = measure(binary, arguments)
        goal = f"goal {most_milliseconds} ms" + (f", {most_megabytes} MB" if most_megabytes else "")
        print(f"{' '.join(arguments):32} median {milliseconds:6.1f} ms, peak {megabytes:5.1f} MB ({goal})")
        missed |= milliseconds > most_milliseconds
        missed |= most_megabytes is not None and megabytes > most_megabytes
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
