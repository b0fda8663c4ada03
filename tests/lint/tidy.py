#!/usr/bin/env python3
"""clang-tidy over what takes octets from others: tidy.py BUILD. The checks stand in .clang-tidy."""

import concurrent.futures
import pathlib
import shutil
import subprocess
import sys

root = pathlib.Path(__file__).resolve().parent.parent.parent
program = shutil.which("clang-tidy")
if not program:
    print("skipped: no clang-tidy here")
    sys.exit(77)
# Asio, CLI11, toml++ and spdlog take clang-tidy minutes; what they are used in decides little by itself.
slow = ("stream", "connect", "session", "listener", "opener", "service", "probe", "main", "config", "log", "command_")
sources = [file for room in ("imap", "keystore", "smime", "proxy") for file in sorted((root / room).glob("*.cpp"))
           if not (room == "proxy" and file.stem.startswith(slow))]


def check(source):
    done = subprocess.run([program, "--quiet", "-p", sys.argv[1], "--extra-arg=-Wno-unknown-warning-option", str(source)], capture_output=True, text=True)
    return done.returncode, done.stdout


with concurrent.futures.ThreadPoolExecutor(2) as pool:
    bad = [output for status, output in pool.map(check, sources) if status != 0]
print("\n".join(bad))
print(f"{len(sources) - len(bad)} of {len(sources)} sources without a finding")
sys.exit(bool(bad))
