#!/usr/bin/env python3
"""Prints what a build of the program makes of messages, a line each, so that two builds can be compared:

    digests.py KEYS MESSAGES [DAMAGED [SETTINGS]]     PAPERKNIFE=build/proxy/paperknife

KEYS and MESSAGES are directories, such as tests/smime/make_messages.sh and make_signed.sh make: *.pem and
*.eml. Of each message DAMAGED (10) damaged ones are opened too, always the same. SETTINGS is a file with
more of the configuration, such as whom to trust. A line is the message's name, the exit status, the
digests of view and report, the report's words, and the verdict. Builds with mbedTLS 2.28 and 3.6 must
print the same:  diff
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


def decoded(body):
    """The octets of base64, until its padding: versions of Python disagree on what comes behind."""
    text = re.sub(rb"[^A-Za-z0-9+/]", b"", body.partition(b"=")[0])
    text = text[:-1] if len(text) % 4 == 1 else text
    return base64.b64decode(text + b"=" * (-len(text) % 4))


def damaged(name, message, count):
    """The message, and as many with some octets of the CMS changed."""
    yield message
    header, blank, body = message.partition(b"\r\n\r\n")
    is_base64 = re.search(rb"(?i)\r\ncontent-transfer-encoding:[ \t]*base64", header)
    octets = decoded(body) if is_base64 else body
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
    report = home.path / f"{name.replace('/', '-')}.{number}.json"
    done = home.run("open", "--report", report, input=message)
    found = report.read_bytes()
    words = json.loads(found)
    view = re.sub(rb"paperknife\.[0-9a-f]{16}", b"paperknife.id", done.stdout)  # every home has its own
    return " ".join([f"{name}.{number}", str(done.returncode), hashlib.sha256(view).hexdigest()[:16],
                     hashlib.sha256(found).hexdigest()[:16], words["encryption"],
                     ",".join(f"{each['type']}:{each.get('result')}" for each in words["layers"]) or "-",
                     words["reason"] or "-", words["verdict"]])


def main(keys, messages, count=10, settings=None):
    home = Home()
    try:
        for key in pathlib.Path(keys).glob("*.pem"):
            home.write(f"keys/{key.name}", key.read_bytes())
        home.configure(pathlib.Path(settings).read_text() if settings else "")
        names = {str(file.relative_to(messages).with_suffix("")): file for file in pathlib.Path(messages).rglob("*.eml")}
        jobs = [(home, name, number, message) for name, file in sorted(names.items())
                for number, message in enumerate(damaged(name, file.read_bytes(), int(count)))]
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for each in pool.map(lambda job: line(*job), jobs):
                print(each)
    finally:
        home.remove()


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4, 5):
        sys.exit(__doc__)
    main(*sys.argv[1:])
