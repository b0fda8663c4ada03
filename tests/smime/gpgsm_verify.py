#!/usr/bin/env python3
"""Signatures beside gpgsm: gpgsm_verify.py DIRECTORY [MESSAGES]

Every message of make_signed.sh, or every NAME.eml of MESSAGES (what signature_mutations kept), is shown to
`gpgsm --verify` with the same one anchor. What passes here (NAME.expect says so, and test_signatures that it is true)
must be good there. What is good there and does not pass here stands below with the reason.
"""

import base64
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from gpgsm_differences import FAILS_THERE, NOT_ASKED, PASSES_LATER, PASSES_THERE, UNREADABLE_THERE

directory = pathlib.Path(sys.argv[1])
messages = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else directory
if not shutil.which("gpgsm"):
    print("skipped: no gpgsm")
    sys.exit(77)

SETTINGS = "disable-crl-checks\ndisable-dirmngr\nno-common-certs-import\n"


class Gpgsm:
    """A home of its own, in which the CA of the samples is all that is trusted."""

    def __init__(self, home, anchor):
        self.home = home
        self.environment = {**os.environ, "GNUPGHOME": str(home), "LC_ALL": "C"}
        (home / "gpgsm.conf").write_text(SETTINGS)
        # The tables are about gpgsm 2.2; of others only what it calculated counts.
        self.is_known = b" 2.2." in self.run("--version").stdout.splitlines()[0]
        self.run("--import", str(anchor))
        fingerprint = subprocess.run(["openssl", "x509", "-in", anchor, "-noout", "-fingerprint", "-sha1"], check=True,
                                     capture_output=True, text=True).stdout.strip().split("=")[1]
        (home / "trustlist.txt").write_text(f"{fingerprint} S relax\n")
        shutil.copy(home / "pubring.kbx", home / "as-made.kbx")

    def run(self, *words):
        return subprocess.run(["gpgsm", "--batch", *words], env=self.environment, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, timeout=60)

    def close(self):
        subprocess.run(["gpgconf", "--kill", "all"], env=self.environment, check=False)

    def verify(self, signature, content):
        """True if every signature is good and of somebody who chains to the anchor; and what it said."""
        # It keeps every certificate that it meets; the next message shall not profit.
        shutil.copy(self.home / "as-made.kbx", self.home / "pubring.kbx")
        files = [self.home / "signature", self.home / "content"][:1 if content is None else 2]
        for file, octets in zip(files, (signature, content)):
            file.write_bytes(octets)
        done = self.run("--assume-binary", "--status-fd", "1", "--verify", *map(str, files))
        words = re.findall(r"^\[GNUPG:\] (\w+)", done.stdout.decode("latin-1"), re.M)
        signers = words.count("NEWSIG")
        return (signers > 0 and words.count("GOODSIG") == words.count("TRUST_FULLY") == signers and
                not {"BADSIG", "ERRSIG"} & set(words)), done.stderr.decode("latin-1")


def take_apart(message):
    """The signature, and what it is beside or None."""
    if b"\r\n--=_b\r\n" in message:
        _, content, rest = message.split(b"\r\n--=_b\r\n", 2)
        return base64.b64decode(rest.split(b"\r\n\r\n", 1)[1].split(b"--=_b--")[0]), content
    return base64.b64decode(message.split(b"\r\n\r\n", 1)[1]), None


def reason_of(name, differences):
    """What a table says of a name, or of that which it is a mutation of; or None."""
    name = name.split("-mutation-")[0]
    return next((reason for pattern, reason in differences.items() if re.fullmatch(pattern, name)), None)


def compare(gpgsm, name):
    """"both", "neither", "explained", or what is wrong."""
    signature, content = take_apart((messages / f"{name}.eml").read_bytes())
    verdict = (messages / f"{name}.expect").read_text().splitlines()[0]
    good, said = gpgsm.verify(signature, content)
    if verdict.startswith("pass"):
        if not good and content is not None:  # the other form of SIG-07
            good, said = gpgsm.verify(signature, re.sub(rb"\r?\n", b"\r\n", content))
        if good:  # perhaps by a later version than the table's
            return "both"
        reasons = [reason_of(name, FAILS_THERE), UNREADABLE_THERE if "-mutation-" in name else None]
        explained = any(re.search(one[1], said) for one in reasons if one)
        if not gpgsm.is_known and "Bad signature" not in said:
            return "explained"
        return "explained" if explained else f"here {verdict}, there not good: {said}"
    known = reason_of(name, PASSES_THERE if gpgsm.is_known else {**PASSES_THERE, **PASSES_LATER})
    if not good and not gpgsm.is_known:
        return "neither"
    if not good:
        return f"stands among the differences, and is none: {said}" if known else "neither"
    return "explained" if known else f"here {verdict}, there good"


def main():
    names = sorted(file.stem for file in messages.glob("*.eml"))
    results = {"both": 0, "neither": 0, "explained": 0, "not asked": 0}
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="gpgsm") as home:
        gpgsm = Gpgsm(pathlib.Path(home), directory / "ca.crt")
        try:
            for name in names:
                result = "not asked" if reason_of(name, NOT_ASKED) else compare(gpgsm, name)
                if result in results:
                    results[result] += 1
                else:
                    wrong += 1
                    print(f"  {name}: {result}")
        finally:
            gpgsm.close()
    if messages == directory:
        for pattern in [*NOT_ASKED, *PASSES_THERE, *PASSES_LATER, *FAILS_THERE]:
            if not any(re.fullmatch(pattern, name) for name in names):
                wrong += 1
                print(f"  {pattern}: stands among the differences, and is no message")
    print(f"{len(names)} messages: {results['both']} pass both, {results['neither']} neither, {results['explained']} differ "
          f"for the reasons listed, {results['not asked']} not asked, {wrong} wrong")
    return wrong != 0 or results["both"] == 0


sys.exit(main())
