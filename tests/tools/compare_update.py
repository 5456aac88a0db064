#!/usr/bin/env python3
"""Asks copier to update the two hundred edited projects of tests/suite/maintaining/update/replay.rs, and prints what became of them.

    REPLAY=FOLDER cargo test --no-default-features --test suite update::replay
    compare_update.py FOLDER [COUNT]

Run it from the root of the repository, with copier in .tools/peers (requirements-peers.txt). The template is the generated project
itself, word for word: its first version what was generated before, its second one what is generated now.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).parent.parent.parent
COPIER = ROOT / ".tools" / "peers" / "bin" / "copier"
OWN = {".git", ".rdsproxy-gen", ".copier-answers.yml"}
ENVIRONMENT = {
    **os.environ,
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_AUTHOR_NAME": "test",
    "GIT_AUTHOR_EMAIL": "test@example.com",
    "GIT_COMMITTER_NAME": "test",
    "GIT_COMMITTER_EMAIL": "test@example.com",
}


def run(*command, folder=None, check=True):
    done = subprocess.run([str(part) for part in command], cwd=folder, env=ENVIRONMENT, capture_output=True, text=True)
    if check and done.returncode:
        raise SystemExit(f"{command}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def put(source, target):
    """Makes the files of a folder those of another one."""
    for path in target.iterdir():
        if path.name not in OWN:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for path in source.iterdir():
        if path.name not in OWN:
            copy = shutil.copytree if path.is_dir() else shutil.copy
            copy(path, target / path.name)


def commit(folder, message, tag=None):
    if not (folder / ".git").exists():
        run("git", "init", "--quiet", "--initial-branch", "main", folder=folder)
        run("git", "config", "core.autocrlf", "false", folder=folder)
    run("git", "add", "--all", "--force", folder=folder)
    run("git", "commit", "--quiet", "--allow-empty", "--message", message, folder=folder)
    if tag:
        run("git", "tag", tag, folder=folder)


def template(home, cases):
    folder = home / "template"
    (folder / "project").mkdir(parents=True)
    (folder / "copier.yml").write_text("_subdirectory: project\n")
    answers = folder / "project" / "{{ _copier_conf.answers_file }}.jinja"
    for version, source in (("1.0.0", "before"), ("2.0.0", "after")):
        put(cases / source, folder / "project")
        answers.write_text("{{ _copier_answers|to_nice_yaml }}")
        commit(folder, version, version)
    return folder


def text(path):
    return path.read_bytes().decode().replace("\r\n", "\n") if path.is_file() else ""


def ask(made, edited, edits, home):
    """What became of one project: whether copier failed, marked something, lost an edit, kept a weakening."""
    project = home / "project"
    shutil.rmtree(project, ignore_errors=True)
    shutil.copytree(made, project)
    put(edited, project)
    commit(project, "edits")
    done = run(COPIER, "update", "--defaults", "--vcs-ref", "2.0.0", project, folder=project, check=False)
    files = [path for path in project.rglob("*") if path.is_file() and ".git" not in path.parts]
    kept = [edit for edit in edits if edit["keeps"] in text(project / edit["file"])]
    weakenings = [edit for edit in edits if edit["kind"] == "Weakens"]
    return {
        "failed": bool(done.returncode),
        "marked": any("<<<<<<< " in text(path) for path in files if path.suffix != ".rej"),
        "rejected": any(path.suffix == ".rej" for path in files),
        "lost": any(edit not in kept for edit in edits),
        "weakened": bool(weakenings),
        "weakening kept": any(edit in kept for edit in weakenings),
    }


def main():
    cases = pathlib.Path(sys.argv[1])
    edits = json.loads((cases / "cases.json").read_text())
    count = int(sys.argv[2]) if len(sys.argv) > 2 else len(edits)
    found = {}
    with tempfile.TemporaryDirectory() as name:
        home = pathlib.Path(name)
        made = home / "made"
        run(COPIER, "copy", "--defaults", "--vcs-ref", "1.0.0", template(home, cases), made)
        commit(made, "made")
        for seed, done in enumerate(edits[:count]):
            for answer, is_so in ask(made, cases / f"case-{seed}", done, home).items():
                found[answer] = found.get(answer, 0) + is_so
    print(run(COPIER, "--version").stdout.strip())
    for answer, number in found.items():
        print(f"{answer}: {number} of {count} projects")


if __name__ == "__main__":
    main()
