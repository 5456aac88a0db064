"""What the scripts of a release share: facts of the package, and archives that depend on nothing but what is in them."""

import datetime
import gzip
import io
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAME = "rdsproxy-gen"


def output(*command):
    """What a command prints. Its complaints go where ours do, and its failure ends the script."""
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout


def metadata(*more):
    """`cargo metadata` of the workspace."""
    return json.loads(output("cargo", "metadata", "--locked", "--format-version", "1", *more))


def third_party(target):
    """The licences of what is compiled in, by the script beside this one. Not by its first line, which Windows does not know."""
    return output(sys.executable, "-B", Path(__file__).parent / "dependencies", "third-party", target)


def package():
    """The package itself, as Cargo tells it."""
    packages = metadata("--no-deps")["packages"]
    return next(each for each in packages if each["name"] == NAME)


def epoch():
    """The one time that stands in what is shipped. Source: reproducible-builds.org, SOURCE_DATE_EPOCH."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    return int(given or output("git", "log", "-1", "--format=%ct"))


def stamp():
    """That time as the formats of images and of parts write it."""
    return datetime.datetime.fromtimestamp(epoch(), datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def revision():
    """The commit, or nothing where the sources are in no repository."""
    found = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, check=False, capture_output=True, text=True)
    return found.stdout.strip()


def tar(entries, time):
    """A tar of `(name, mode, bytes or None for a folder)`, in the order of the names, owned by 0:0."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, mode, content in sorted(entries):
            entry = tarfile.TarInfo(name)
            entry.mtime, entry.mode = time, mode
            if content is None:
                entry.type = tarfile.DIRTYPE
                archive.addfile(entry)
            else:
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def gzipped(content):
    """Without a name, a time and a system. The same bytes wherever zlib is the same."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=buffer, mtime=0) as file:
        file.write(content)
    return buffer.getvalue()
