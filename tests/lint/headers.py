#!/usr/bin/env python3
"""Every header compiles alone: headers.py COMPILER. One that its own source includes before all others has been shown to by the
build; the others are compiled here. And every file that names std::uint8_t or the like has <cstdint>, from itself or a header of ours:
g++ 12's other headers happen to bring it, g++ 14's do not."""

import concurrent.futures
import functools
import pathlib
import re
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


@functools.cache
def has_cstdint(file):
    text = file.read_text()
    ours = (root / name for name in re.findall(r'#include "(.+)"', text))
    return "#include <cstdint>" in text or any(has_cstdint(each) for each in ours if each.exists())


without = [str(file.relative_to(root)) for folder in ("imap", "keystore", "smime", "proxy", "tests", "examples")
           for file in sorted((root / folder).rglob("*.[ch]pp"))
           if re.search(r"std::u?int\d+_t", file.read_text()) and not has_cstdint(file)]
for file in without:
    print(f"{file} does not include <cstdint>")
with concurrent.futures.ThreadPoolExecutor(2) as pool:
    bad = [result for result in pool.map(check, headers) if result[1] != 0]
for header, _, complaint in bad:
    print(f"{header} does not compile alone:\n{complaint}")
print(f"{len(found) - len(bad)} of {len(found)} headers compile alone")
sys.exit(bool(bad) or bool(without) or not headers)
