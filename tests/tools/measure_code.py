#!/usr/bin/env python3
"""Measures how the code reads, and prints one Markdown table.

    measure_code.py [FOLDER] [--list MEASURE]

FOLDER is the root of the project, or of another crate to compare with. Tests inside the sources are left out. `--list` prints the places
of one measure instead: files, functions, names, tuples, bools, circles, short, questions, literals.
"""

import argparse
import collections
import pathlib
import re
import statistics
import sys

# String, raw string, character, lifetime and comments: what a look at code must not take for code.
LEXEME = re.compile(
    r"""(?P<line>//[^\n]*)|(?P<block>/\*.*?\*/)|(?P<raw>b?r(?P<marks>\#*)".*?"(?P=marks))"""
    r"""|(?P<string>b?"(?:[^"\\]|\\.)*")|(?P<char>b?'(?:[^'\\]|\\[^u]|\\u\{[^}]*\}|\\x..)')""",
    re.S,
)
FUNCTION = re.compile(r"^[ \t]*(?:pub(?:\([^)]*\))?\s+)?(?:const\s+|async\s+|unsafe\s+|extern\s+\S+\s+)*fn\s+(\w+)", re.M)
TYPE = re.compile(r"^[ \t]*(?:pub(?:\([^)]*\))?\s+)?(?:struct|enum|trait|union)\s+(\w+)", re.M)
DOC = re.compile(r"(?:^[ \t]*///[^\n]*\n)+", re.M)
USE = re.compile(r"\buse\s+([^;]+);")
PATH = re.compile(r"(?<![\w:])((?:crate|super|self)(?:::\w+)+)")
RULE_ID = re.compile(r'"([a-z]+(?:-[a-z0-9]+)+)"')


def blanked(text):
    """The code alone: comments and literals become spaces, so that every place stays where it is."""

    def blank(match):
        return re.sub(r"[^\n]", " ", match.group())

    return LEXEME.sub(blank, text)


def closing(code, opening):
    """Where the bracket at this place is closed."""
    pairs = {"{": "}", "(": ")", "[": "]"}
    depth, left, right = 0, code[opening], pairs[code[opening]]
    for at in range(opening, len(code)):
        depth += (code[at] == left) - (code[at] == right)
        if depth == 0:
            return at
    return len(code) - 1


class Source:
    """One file without its tests: the text as it is, and the code with everything else blanked."""

    def __init__(self, path, root):
        self.path = path.relative_to(root).as_posix()
        text = path.read_text()
        code = blanked(text)
        for match in reversed(list(re.finditer(r"#\[cfg\((?:test|all\(test[^\]]*)\)\]\s*(?:pub\(\w+\)\s+)?mod\s+\w+\s*\{", code))):
            end = closing(code, match.end() - 1) + 1
            text, code = text[: match.start()] + text[end:], code[: match.start()] + code[end:]
        self.text, self.code = text, code

    def line(self, at):
        return f"{self.path}:{self.text.count(chr(10), 0, at) + 1}"

    def functions(self):
        """Name, place and length in lines, from signature to closing bracket; declarations without a body are none."""
        for match in FUNCTION.finditer(self.code):
            semicolon, opening = self.code.find(";", match.end()), self.code.find("{", match.end())
            arguments = closing(self.code, self.code.find("(", match.end() - 1))
            semicolon = self.code.find(";", arguments)
            opening = self.code.find("{", arguments)
            if opening < 0 or 0 <= semicolon < opening:
                continue
            start = match.end() - len(match.group().lstrip())
            yield match.group(1), self.line(start), self.code.count("\n", start, closing(self.code, opening)) + 1

    def parameters(self):
        """The parameters of each function, with their place."""
        for match in FUNCTION.finditer(self.code):
            opening = self.code.find("(", match.end())
            if "<" in self.code[match.end() : opening]:
                depth, opening = 0, match.end()
                while self.code[opening] != "(" or depth:
                    depth += (self.code[opening] == "<") - (self.code[opening] == ">" and self.code[opening - 1] != "-")
                    opening += 1
            inner = self.code[opening + 1 : closing(self.code, opening)]
            for parameter in split(inner):
                yield parameter.strip(), self.line(match.start(1))


def split(text):
    """The parts between commas that stand in no bracket."""
    depth, part, parts = 0, "", []
    for at, letter in enumerate(text):
        depth += letter in "([{<"
        depth -= letter in ")]}" or (letter == ">" and text[at - 1] not in "-=")
        if letter == "," and depth == 0:
            parts.append(part)
            part = ""
        else:
            part += letter
    return [part for part in parts + [part] if part.strip()]


def is_tuple(parameter):
    """Whether it is written or typed as a tuple of two values or more."""
    kind = parameter.partition(":")[2].strip().lstrip("&").removeprefix("mut ").strip()
    return parameter.startswith("(") or (kind.startswith("(") and len(split(kind[1:-1])) > 1)


def modules(sources):
    """The files by the path of their module."""
    found = {}
    for source in sources:
        parts = source.path.removesuffix(".rs").split("/")
        if parts[-1] in ("mod", "lib", "main"):
            parts.pop()
        found[tuple(parts)] = source
    return found


def flattened(tree, prefix=()):
    """The paths of a `use` tree."""
    head, brace, rest = tree.partition("{")
    path = prefix + tuple(part.strip().split(" as ")[0] for part in head.split("::") if part.strip())
    if not brace:
        return [path]
    return [one for part in split(rest.rstrip().removesuffix("}")) for one in flattened(part.strip(), path)]


def resolved(path, own, known):
    """The module that a path leads to; none outside the crate."""
    at = None
    for part in path:
        if part == "crate":
            at = ()
        elif part == "self":
            at = own if at is None else at
        elif part == "super":
            at = (own if at is None else at)[:-1]
        elif at is None:
            if own + (part,) not in known:
                return None
            at = own + (part,)
        elif at + (part,) in known:
            at = at + (part,)
        else:
            break
    return at


def arrows(sources):
    """Which module names which. A module and those above it are written for each other: those arrows are left out."""
    known = modules(sources)
    graph = {}
    for own, source in known.items():
        paths = [path for match in USE.finditer(source.code) for path in flattened(match.group(1))]
        paths += [tuple(match.group(1).split("::")) for match in PATH.finditer(source.code)]
        to = {resolved(path, own, known) for path in paths}
        graph[own] = {one for one in to if one is not None and one in known and one[: len(own)] != own and own[: len(one)] != one}
    return graph


def circles(graph):
    """Groups of modules of which each leads to each (Tarjan)."""
    index, low, stack, found = {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in sorted(graph.get(node, ())):
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            at = stack.index(node)
            group = stack[at:]
            del stack[at:]
            if len(group) > 1:
                found.append(sorted("::".join(one) for one in group))

    sys.setrecursionlimit(10_000)
    for node in sorted(graph):
        if node not in index:
            visit(node)
    return sorted(found, key=lambda group: (-len(group), group))


def docs(sources):
    """The first sentence of each doc comment, with its place."""
    for source in sources:
        for match in DOC.finditer(source.text):
            words = " ".join(line.strip().removeprefix("///").strip() for line in match.group().strip().splitlines())
            yield words, source.line(match.start())


def measures(root):
    """Every measure: its name, its value and its places."""
    base = root / "src"
    sources = [Source(path, base) for path in sorted(base.rglob("*.rs")) if path.name != "tests.rs"]
    lengths = {source.path: source.text.count("\n") for source in sources}
    functions = [one for source in sources for one in source.functions()]
    lines = sorted(length for _, _, length in functions)
    types = collections.defaultdict(list)
    for source in sources:
        for match in TYPE.finditer(source.code):
            types[match.group(1)].append(source.line(match.start(1)))
    shared = {name: places for name, places in types.items() if len(places) > 1}
    tuples = [f"{place} {one}" for source in sources for one, place in source.parameters() if is_tuple(one)]
    bools = [source.line(match.start()) for source in sources for match in re.finditer(r"^\s*(?:true|false) =>", source.code, re.M)]
    found = circles(arrows(sources))
    openings = list(docs(sources))
    short = [f"{place} {text}" for text, place in openings if len(text.split()) <= 3]
    questions = [f"{place} {text}" for text, place in openings if re.match(r"(What|Which|Whether|Who|How|Where)\b", text)]
    ids = {path.stem for path in (base / "rules/samples").glob("*.tf")}
    outside = [source for source in sources if not source.path.startswith("rules/")]
    literals = [f"{source.line(match.start())} {match.group(1)}" for source in outside for match in RULE_ID.finditer(source.text) if match.group(1) in ids]
    total = sum(lengths.values())
    code = sum(1 for source in sources for line in source.code.splitlines() if line.strip())
    reasons = sum(len(re.findall(r"^\s*//(?![/!])", source.text, re.M)) for source in sources)
    p = lambda values, share: values[int(len(values) * share)] if values else 0
    sizes = sorted(lengths.values())
    return {
        "files": (f"{len(sizes)}; median {statistics.median(sizes):.0f}, p90 {p(sizes, 0.9)}, longest {sizes[-1]}", [f"{n} {path}" for path, n in sorted(lengths.items(), key=lambda one: -one[1])]),
        "lines": (f"{total} without tests, {code} of code", []),
        "functions": (f"{len(lines)}; median {statistics.median(lines):.0f}, p90 {p(lines, 0.9)}, longest {lines[-1]}", [f"{n} {place} {name}" for name, place, n in sorted(functions, key=lambda one: -one[2])]),
        "names": (f"{sum(map(len, shared.values()))} of {sum(map(len, types.values()))} types share theirs ({100 * sum(map(len, shared.values())) / max(1, sum(map(len, types.values()))):.0f} %)", [f"{len(places)} {name}: {' '.join(places)}" for name, places in sorted(shared.items(), key=lambda one: -len(one[1]))]),
        "tuples": (f"{len(tuples)} parameters", tuples),
        "bools": (f"{len(bools) // 2} matches on a bool", bools),
        "circles": (f"{len(found)}; largest {max(map(len, found), default=0)} modules", [", ".join(group) for group in found]),
        "short": (f"{len(short)} of {len(openings)} doc comments of three words or fewer", short),
        "questions": (f"{len(questions)} doc comments that begin with a question word", questions),
        "reasons": (f"{100 * reasons / max(1, code):.2f} `//` lines for 100 of code", []),
        "literals": (f"{len(literals)} rule ids written outside src/rules ({len({one.split()[1] for one in literals})} of {len(ids)} rules)", literals),
    }


def main():
    parser = argparse.ArgumentParser(description="Measures how the code reads.")
    parser.add_argument("folder", nargs="?", default=".", type=pathlib.Path)
    parser.add_argument("--list", metavar="MEASURE")
    arguments = parser.parse_args()
    found = measures(arguments.folder)
    if arguments.list:
        print("\n".join(found[arguments.list][1]))
        return
    print("| measure | value |\n|---|---|")
    for name, (value, _) in found.items():
        print(f"| {name} | {value} |")


if __name__ == "__main__":
    main()
