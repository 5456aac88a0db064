"""Leaves of a plan or a state what the tests need: resources around a proxy, without monitoring, checks, and private data.

usage: trim_plan.py FILE > TRIMMED
"""

import json
import sys

UNNEEDED = ("aws_cloudwatch", "aws_sns", "aws_lambda_function")
DROPPED = ("checks", "check_results", "timestamp", "relevant_attributes", "output_changes", "outputs", "private", "dependencies")


def kept(resource):
    return not (isinstance(resource, dict) and str(resource.get("type", "")).startswith(UNNEEDED))


def trimmed(value):
    if isinstance(value, dict):
        return {key: trimmed(member) for key, member in value.items() if key not in DROPPED}
    if isinstance(value, list):
        return [trimmed(item) for item in value if kept(item)]
    return value


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8") as file:
        json.dump(trimmed(json.load(file)), sys.stdout, separators=(",", ":"))
    print()


if __name__ == "__main__":
    main()
