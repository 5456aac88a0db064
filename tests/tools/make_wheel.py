"""A wheel of rdsproxy-gen that holds a program as it is, and nothing else.

    make_wheel.py PROGRAM VERSION FOLDER
"""

import base64
import hashlib
import pathlib
import sys
import zipfile

TAG = "py3-none-any"


def record(name, content):
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return f"{name},sha256={digest},{len(content)}\n"


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    program, version, folder = sys.argv[1:]
    stem = f"rdsproxy_gen-{version}"
    files = {
        f"{stem}.data/scripts/rdsproxy-gen": pathlib.Path(program).read_bytes(),
        f"{stem}.dist-info/METADATA": f"Metadata-Version: 2.1\nName: rdsproxy-gen\nVersion: {version}\n".encode(),
        f"{stem}.dist-info/WHEEL": f"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: false\nTag: {TAG}\n".encode(),
    }
    listed = "".join(record(*file) for file in files.items()) + f"{stem}.dist-info/RECORD,,\n"
    files[f"{stem}.dist-info/RECORD"] = listed.encode()
    with zipfile.ZipFile(pathlib.Path(folder) / f"{stem}-{TAG}.whl", "w", zipfile.ZIP_DEFLATED) as wheel:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o100755 << 16
            wheel.writestr(entry, content)


if __name__ == "__main__":
    main()
