"""The edits of tests/suite/maintaining/drift/mutations/*.toml, done to a generated project as edit.rs beside them does them."""

import pathlib
import tomllib

FOLDER = pathlib.Path(__file__).parent.parent / "suite" / "maintaining" / "drift" / "mutations"


def projects():
    """The kinds of project that are made from a spec of generated-examples, each with its name there."""
    return tomllib.loads((FOLDER / "tables.toml").read_text())["projects"]


def cases():
    """All of them, in the order of the files."""
    for name in tomllib.loads((FOLDER / "tables.toml").read_text())["tables"]:
        yield from tomllib.loads((FOLDER / name).read_text())["cases"]


def mutate(project, case):
    for edit in case["edits"]:
        change(pathlib.Path(project), edit)


def change(project, edit):
    path = project / edit["file"]
    if edit.get("remove"):
        path.unlink()
    elif "write" in edit:
        assert not path.exists(), path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(edit["write"])
    elif "append" in edit:
        path.write_text(path.read_text() + edit["append"])
    elif "rename" in edit:
        path.rename(project / edit["rename"])
    elif edit.get("crlf"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    elif "cut" in edit:
        move(project, path, edit)
    else:
        replace(path, edit)


def replace(path, edit):
    text = path.read_text()
    found = text.count(edit["from"])
    assert found == 1 or (found > 1 and edit.get("all")), f"{path}: {found} of {edit['from']!r}"
    path.write_text(text.replace(edit["from"], edit["to"]))


def move(project, path, edit):
    """Takes a block out, from its first line on; puts it at the end of `into` or before the line `before`, where one is named."""
    lines = path.read_text().splitlines(keepends=True)
    start = lines.index(edit["cut"] + "\n")
    end = start + length(lines[start:])
    block = lines[start:end]
    del lines[start:end]
    if "before" in edit:
        at = lines.index(edit["before"] + "\n")
        lines[at:at] = block
    path.write_text("".join(lines))
    if "into" in edit:
        target = project / edit["into"]
        text = target.read_text() if target.exists() else ""
        target.write_text(text + "\n" + "".join(block))


def length(lines):
    """The lines of the block that begins with the first: to its closing brace, or as far as they are indented deeper."""
    indent = len(lines[0]) - len(lines[0].lstrip())
    for number, line in enumerate(lines[1:], start=1):
        if line.strip() and len(line) - len(line.lstrip()) <= indent:
            return number + 1 if line.strip() == "}" else number
    return len(lines)
