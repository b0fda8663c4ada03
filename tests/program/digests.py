#!/usr/bin/env python3
"""Prints what a build of the program makes of messages, a line each, so that two builds can be compared:

    digests.py KEYS MESSAGES [DAMAGED]     PAPERKNIFE=build/proxy/paperknife

KEYS and MESSAGES are directories, such as tests/smime/make_messages.sh makes: *.pem and *.eml. Of
each message DAMAGED (10) damaged ones are opened too, always the same. A line is the message's
name, the exit status, the digests of view and report, and the report's words. Builds with mbedTLS
2.28 and 3.6 must print the same:  diff
"""

import base64
import concurrent.futures
import hashlib
import json
import pathlib
import random
import re
import sys

from program import Home


def damaged(name, message, count):
    """The message, and as many with some octets of the CMS changed."""
    yield message
    header, blank, body = message.partition(b"\r\n\r\n")
    is_base64 = re.search(rb"(?i)\r\ncontent-transfer-encoding:[ \t]*base64", header)
    octets = base64.b64decode(body) if is_base64 else body
    rng = random.Random(name)
    for _ in range(count if octets else 0):
        changed = bytearray(octets)
        for _ in range(rng.randint(1, 3)):
            # Half of them where the structure stands.
            at = rng.randrange(len(changed) if rng.random() < 0.5 else min(len(changed), 500))
            changed[at] ^= 1 << rng.randrange(8)
        body = base64.encodebytes(bytes(changed)).replace(b"\n", b"\r\n") if is_base64 else bytes(changed)
        yield header + blank + body


def line(home, name, number, message):
    report = home.path / f"{name}.{number}.json"
    done = home.run("open", "--report", report, input=message)
    found = report.read_bytes()
    words = json.loads(found)
    return " ".join([f"{name}.{number}", str(done.returncode), hashlib.sha256(done.stdout).hexdigest()[:16],
                     hashlib.sha256(found).hexdigest()[:16], words["encryption"],
                     ",".join(f"{each['type']}:{each.get('result')}" for each in words["layers"]) or "-",
                     words["reason"] or "-"])


def main(keys, messages, count=10):
    home = Home()
    try:
        for key in pathlib.Path(keys).glob("*.pem"):
            home.write(f"keys/{key.name}", key.read_bytes())
        home.configure()
        jobs = [(home, file.stem, number, message) for file in sorted(pathlib.Path(messages).rglob("*.eml"))
                for number, message in enumerate(damaged(file.stem, file.read_bytes(), int(count)))]
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for each in pool.map(lambda job: line(*job), jobs):
                print(each)
    finally:
        home.remove()


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    main(*sys.argv[1:])
