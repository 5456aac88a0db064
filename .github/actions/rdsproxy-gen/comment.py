"""Puts a report into a comment on the pull request of the event, or brings the one up to date that is there.

    comment.py REPORT

The environment: TOKEN, COMMAND and PATHS (one comment for each), and what the runner sets. The report is read from its file and sent
as JSON. A token that may not comment, as in pull requests of forks, is told as a warning: the report is in the job's summary.
"""

import hashlib
import json
import os
import sys
import urllib.error
import urllib.request

# Source: GitHub answers 422 "Body is too long (maximum is 65536 characters)".
LONGEST = 65_536
CUT = "\n\n… The rest does not fit into a comment: it is in the summary of the job.\n"
PAGE = 100
# A pull request with more comments than this gets another one.
PAGES = 50


def call(method, address, content=None):
    request = urllib.request.Request(address, method=method, data=content and json.dumps(content).encode())
    request.add_header("Authorization", f"Bearer {os.environ['TOKEN']}")
    request.add_header("Accept", "application/vnd.github+json")
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def marker():
    """The first line of our comment: no reader sees it, and each command with its folders has its own."""
    which = hashlib.sha256(os.environ["PATHS"].strip().encode()).hexdigest()[:16]
    return f"<!-- rdsproxy-gen {os.environ['COMMAND']} {which} -->\n"


def fitted(report):
    body = marker() + report
    return body if len(body) <= LONGEST else body[: LONGEST - len(CUT)] + CUT


def author():
    """Who the token is. That of a workflow, or of an app, may not ask, and comments as a bot."""
    try:
        return call("GET", f"{os.environ['GITHUB_API_URL']}/user")["login"]
    except urllib.error.HTTPError:
        return None


def own(comments):
    """The address of our comment, if there is one. Anybody may write the marker, and nobody else as the author."""
    login = author()
    for page in range(1, PAGES + 1):
        listed = call("GET", f"{comments}?per_page={PAGE}&page={page}")
        for comment in listed:
            user = comment["user"]
            written = user["login"] == login if login else user["type"] == "Bot"
            if written and comment["body"].startswith(marker()):
                return comment["url"]
        if len(listed) < PAGE:
            break
    return None


def main():
    with open(os.environ["GITHUB_EVENT_PATH"], encoding="utf-8") as file:
        number = int(json.load(file)["pull_request"]["number"])
    with open(sys.argv[1], encoding="utf-8") as file:
        body = fitted(file.read())
    comments = f"{os.environ['GITHUB_API_URL']}/repos/{os.environ['GITHUB_REPOSITORY']}/issues/{number}/comments"
    try:
        known = own(comments)
        call("PATCH" if known else "POST", known or comments, {"body": body})
    except urllib.error.HTTPError as error:
        if error.code not in (401, 403, 404):
            sys.exit(f"::error::the comment was not written: GitHub answered {error.code}")
        print(f"::warning::the token may not comment (GitHub answered {error.code}); the report is in the job's summary")
    except (OSError, ValueError, KeyError, TypeError) as error:
        sys.exit(f"::error::the comment was not written: {type(error).__name__}")


if __name__ == "__main__":
    main()
