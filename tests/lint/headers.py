#!/usr/bin/env python3
"""Every header compiles alone: headers.py COMPILER"""

import concurrent.futures
import pathlib
import subprocess
import sys

root = pathlib.Path(__file__).resolve().parent.parent.parent
headers = sorted(str(header.relative_to(root)) for room in ("imap", "keystore", "smime", "proxy")
                 for header in (root / room).glob("*.hpp"))


def check(header):
    done = subprocess.run(
        [*sys.argv[1:], "-std=c++20", "-DASIO_STANDALONE", "-Wall", "-Wextra", "-I", str(root), "-fsyntax-only", "-x",
         "c++", "-include", header, "/dev/null"], cwd=root, capture_output=True, text=True)
    return header, done.returncode, done.stderr


with concurrent.futures.ThreadPoolExecutor(2) as pool:
    bad = [result for result in pool.map(check, headers) if result[1] != 0]
for header, _, complaint in bad:
    print(f"{header} does not compile alone:\n{complaint}")
print(f"{len(headers) - len(bad)} of {len(headers)} headers compile alone")
sys.exit(bool(bad) or not headers)
