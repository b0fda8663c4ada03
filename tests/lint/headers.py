#!/usr/bin/env python3
"""Every header compiles alone: headers.py COMPILER. One that its own source includes before all others has been shown to by the
build; the others are compiled here."""

import concurrent.futures
import pathlib
import subprocess
import sys

root = pathlib.Path(__file__).resolve().parent.parent.parent


def shown_by_the_build(header):
    source = root / header.with_suffix(".cpp")
    if not source.exists():
        return False
    first = next((line for line in source.read_text().splitlines() if line.startswith("#include")), "")
    return first == f'#include "{header}"'


found = sorted(header.relative_to(root) for room in ("imap", "keystore", "smime", "proxy")
               for header in (root / room).glob("*.hpp"))
headers = [str(header) for header in found if not shown_by_the_build(header)]


def check(header):
    done = subprocess.run(
        [*sys.argv[1:], "-std=c++20", "-DASIO_STANDALONE", "-Wall", "-Wextra", "-I", str(root), "-fsyntax-only", "-x",
         "c++", "-include", header, "/dev/null"], cwd=root, capture_output=True, text=True)
    return header, done.returncode, done.stderr


with concurrent.futures.ThreadPoolExecutor(2) as pool:
    bad = [result for result in pool.map(check, headers) if result[1] != 0]
for header, _, complaint in bad:
    print(f"{header} does not compile alone:\n{complaint}")
print(f"{len(found) - len(bad)} of {len(found)} headers compile alone")
sys.exit(bool(bad) or not headers)
