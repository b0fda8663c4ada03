#!/usr/bin/env python3
"""Path validation beside the answers of others: NIST PKITS, x509-limbo, Botan's tests.
corpus_path.py PROGRAM CORPUS

Every case in which we differ stands in a table with the reason; one that differs and is not there fails, and so
does one that stands there and no longer differs.
"""

import base64
import calendar
import csv
import datetime
import json
import os
import pathlib
import re
import subprocess
import sys

from corpus_path_differences import BOTAN, LIMBO, LIMBO_NOT_APPLICABLE, PKITS

program = sys.argv[1]
corpus = pathlib.Path(os.environ.get("PAPERKNIFE_CORPUS", sys.argv[2]))
if not corpus.is_dir():
    print(f"skipped: no corpus {corpus}")
    sys.exit(77)


def blocks(text, label):
    """The DER of PEM blocks."""
    if isinstance(text, bytes):
        text = text.decode("latin-1")
    found = re.findall(rf"-----BEGIN (?:{label})-----\s(.*?)-----END", text, re.S)
    return [base64.b64decode(re.sub(r"\s", "", block)) for block in found]


CERTIFICATE, CRL = "(?:X509 |TRUSTED )?CERTIFICATE", "X509 CRL"


def seconds(text):
    return int(datetime.datetime.fromisoformat(text).timestamp() // 1)


def read(file):
    """The certificates of a PEM or DER file."""
    octets = file.read_bytes()
    return blocks(octets, CERTIFICATE) or [octets]


def read_crl(file):
    octets = file.read_bytes()
    return blocks(octets, CRL) or [octets]


class Questions:
    """Collects cases, asks them all at once and compares."""

    def __init__(self, name, differences):
        self.name, self.differences, self.cases = name, differences, []

    def add(self, case, expected, **what):
        lines = []
        for word in ("anchor", "intermediate", "crl", "certificate", "message_crl"):
            lines += [f"{word.replace('_', '-')} {der.hex()}" for der in what.pop(word, [])]
        target = what.pop("target")
        for word in what.pop("flags", []):
            lines.append(word)
        for word, value in what.items():
            lines.append(f"{word.replace('_', '-')} {value}")
        lines += [f"target {target.hex()}", "find"]
        self.cases.append((case, expected, lines))

    def compare(self):
        text = "".join(line + "\n" for _, _, lines in self.cases for line in lines)
        answers = subprocess.run([program], input=text, text=True, check=True, stdout=subprocess.PIPE).stdout.splitlines()
        assert len(answers) == len(self.cases), "the program ended early"
        wrong, explained = 0, 0
        for (case, expected, _), answer in zip(self.cases, answers):
            status, *rest = answer.split()
            accepted = status == "valid"
            policies = rest[3] if len(rest) > 3 else "-"
            want, want_policies = expected if isinstance(expected, tuple) else (expected, None)
            agree = accepted == want and (not accepted or want_policies in (None, policies))
            known = case in self.differences
            if os.environ.get("VERBOSE"):
                print(f"  {case}: {answer}")
            if agree == known:
                wrong += 1
                print(f"  {self.name} {case}: {answer}, expected {expected}" +
                      (" (stands among the differences, and is none)" if known else ""))
            explained += known and not agree
        missing = set(self.differences) - {case for case, _, _ in self.cases}
        for case in sorted(missing):
            print(f"  {self.name} {case}: stands among the differences, and is no case")
        print(f"{self.name}: {len(self.cases)} cases, {explained} differ for the reasons listed, {wrong + len(missing)} wrong")
        return wrong + len(missing)


def openssl(*arguments, octets=b""):
    return subprocess.run(["openssl", *arguments], input=octets, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


def pkits():
    """Each message brings its path and CRLs; the anchor is NIST's, policies as the table says."""
    questions = Questions("PKITS", PKITS)
    anchor = read(corpus / "pkits/TrustAnchor.pem")
    at = calendar.timegm((2026, 1, 1, 0, 0, 0))
    with open(corpus / "pkits/pkits-cases.tsv", encoding="utf-8") as table:
        for row in csv.DictReader(table, delimiter="\t"):
            eml = str(corpus / row["path"])
            bag = openssl("pkcs7", "-print_certs", octets=openssl("smime", "-pk7out", "-in", eml))
            signer = openssl("cms", "-verify", "-noverify", "-in", eml, "-signer", "/dev/stdout", "-out", "/dev/null")
            # openssl does not verify the message that is signed by DSA.
            target = (blocks(signer, CERTIFICATE) or
                      [der for der in blocks(bag, CERTIFICATE) if b"EE Certificate" in der])[0]
            words = row["policy_args"].split()
            policies = [words[i + 1] for i, word in enumerate(words) if word == "-policy"]
            flags = [flag for word, flag in (("-explicit_policy", "explicit"), ("-inhibit_any", "inhibit-any"),
                                             ("-inhibit_map", "inhibit-mapping")) if word in words]
            expected = row["expected"] == "ACCEPT"
            if expected and row["user_policy_set"]:
                names = {"anyPolicy": "2.5.29.32.0", "X509v3 Any Policy": "2.5.29.32.0", "<empty>": "-"}
                user = row["user_policy_set"]
                expected = (expected, ":".join(sorted(names.get(one, one) for one in user.split(":"))))
            questions.add(row["test"], expected, anchor=anchor, certificate=blocks(bag, CERTIFICATE),
                          message_crl=blocks(bag, CRL), target=target, at=at, purpose="1.3.6.1.5.5.7.3.4",
                          key_usage=3, revocation="require", flags=flags,
                          policies=" ".join("2.5.29.32.0" if one == "anyPolicy" else one for one in policies))
    return questions.compare()


PURPOSES = {"serverAuth": "1.3.6.1.5.5.7.3.1", "clientAuth": "1.3.6.1.5.5.7.3.2"}


def limbo():
    """Made for TLS: the purpose is theirs, and what only TLS asks for is left out by name."""
    questions = Questions("x509-limbo", LIMBO)
    cases = json.loads((corpus / "x509-limbo/limbo.json").read_text())["testcases"]
    for case in cases:
        name = case["id"]
        if name.split("::")[0] not in ("rfc5280", "pathlen", "crl", "pathological") or name in LIMBO_NOT_APPLICABLE:
            continue
        purpose = (case["extended_key_usage"] or
                   ["clientAuth" if case["validation_kind"] == "CLIENT" else "serverAuth"])[0]
        lists = [der for crl in case["crls"] for der in blocks(crl, CRL)]
        at = case["validation_time"]
        questions.add(name, case["expected_result"] == "SUCCESS",
                      anchor=[der for pem in case["trusted_certs"] for der in blocks(pem, CERTIFICATE)],
                      certificate=[der for pem in case["untrusted_intermediates"] for der in blocks(pem, CERTIFICATE)],
                      crl=lists, target=blocks(case["peer_certificate"], CERTIFICATE)[0],
                      at=seconds(at) if at else calendar.timegm((2026, 8, 1, 0, 0, 0)), purpose=PURPOSES[purpose],
                      key_usage=0, revocation="require" if lists else "off")
    names = {case["id"] for case in cases}
    for name, reason in LIMBO_NOT_APPLICABLE.items():
        assert name in names, name
        print(f"  x509-limbo {name} does not apply: {reason}")
    return questions.compare()


def expectations(file, separator=":"):
    for line in file.read_text().splitlines():
        if line and not line.startswith("#") and separator in line:
            case, _, expected = line.partition(separator)
            # Botan's warnings do not refuse.
            yield case, expected.strip() == "Verified" or expected.startswith("Warning")


def botan_name_constraints(questions, folder):
    """A file holds the path from the root to the leaf."""
    for case, expected in expectations(folder / "expected.txt"):
        chain = read(folder / f"{case}.pem")
        if len(chain) < 2:
            continue
        questions.add(f"name_constraints/{case}", expected, anchor=chain[-1:], certificate=chain[1:-1], target=chain[0],
                      at=calendar.timegm((2026, 8, 1, 0, 0, 0)))


def botan_nist(questions, folder):
    """PKITS 4.1 to 4.7 again, with every certificate and CRL in a file."""
    root, at = read(folder / "root.crt"), calendar.timegm((2026, 1, 1, 0, 0, 0))
    for case, expected in expectations(folder / "expected.txt"):
        files = sorted((folder / case).iterdir())
        lists = [der for file in [folder / "root.crl", *files] if file.suffix == ".crl" for der in read_crl(file)]
        certificates = [der for file in files if file.suffix == ".crt" and file.name != "end.crt" for der in read(file)]
        questions.add(f"nist/{case}", expected, anchor=root, certificate=certificates, message_crl=lists,
                      target=read(folder / case / "end.crt")[0], at=at, revocation="require")


def botan_bsi(questions, folder):
    """Files say by their names what they are; the time is that of the tests' making."""
    at = calendar.timegm((2017, 8, 19, 12, 0, 0))
    for case, expected in expectations(folder / "expected.txt", "$"):
        anchors, certificates, target = [], [], []
        for file in sorted((folder / case).glob("*.crt")):
            place = anchors if ".TA." in file.name else target if ".TC." in file.name else certificates
            place += read(file)
        lists = [der for file in sorted((folder / case).rglob("*.crl")) for der in read_crl(file)]
        questions.add(f"bsi/{case}", expected, anchor=anchors, certificate=certificates, message_crl=lists,
                      target=target[0], at=at, purpose="1.3.6.1.5.5.7.3.1",
                      revocation="require" if case.startswith("CRL") else "off")


def botan_path_building(questions, folder):
    files = sorted(folder.glob("level*.pem"))
    for case, expected in expectations(folder / "expected.txt"):
        questions.add(f"path_building/{case}", expected, anchor=read(folder / "root.pem"),
                      certificate=[der for file in files for der in read(file)], target=read(folder / case)[0],
                      at=calendar.timegm((2026, 8, 1, 0, 0, 0)))


def botan_x509test(questions, folder):
    anchor = read(folder / "root.pem")
    for case, expected in expectations(folder / "expected.txt"):
        chain = read(folder / case)
        questions.add(f"x509test/{case}", expected, anchor=anchor, certificate=chain[1:], target=chain[0],
                      at=calendar.timegm((2016, 10, 21, 4, 20, 0)), purpose="1.3.6.1.5.5.7.3.1")


def botan_extended(questions, folder):
    for case, expected in expectations(folder / "expected.txt"):
        files = sorted((folder / case).iterdir())
        anchors = [der for file in files if "root" in file.name for der in read(file)]
        rest = [der for file in files if "root" not in file.name and "end" not in file.name and "leaf" not in file.name
                for der in read(file)]
        target = [der for file in files if "end" in file.name or "leaf" in file.name for der in read(file)]
        questions.add(f"extended/{case}", expected, anchor=anchors, certificate=rest, target=target[0],
                      at=calendar.timegm((2017, 9, 1, 9, 30, 33)))


def botan_mesh(questions, folder):
    """Three CAs that have certified one another, with any of them for an anchor."""
    for root in "abc":
        file = folder / f"root_{root}.pem"
        if not file.exists():
            continue
        crosses = [der for one in sorted(folder.glob("*.pem")) if one.name not in ("leaf.pem", file.name)
                   for der in read(one)]
        questions.add(f"cross_signed_mesh/root_{root}", True, anchor=read(file), certificate=crosses,
                      target=read(folder / "leaf.pem")[0], at=calendar.timegm((2026, 8, 1, 0, 0, 0)))


def botan():
    questions = Questions("Botan", BOTAN)
    folder = corpus / "botan-x509"
    botan_name_constraints(questions, folder / "name_constraints")
    botan_nist(questions, folder / "nist")
    botan_bsi(questions, folder / "bsi")
    botan_path_building(questions, folder / "path_building")
    botan_x509test(questions, folder / "x509test")
    botan_extended(questions, folder / "extended")
    botan_mesh(questions, folder / "cross_signed_mesh")
    return questions.compare()


sys.exit((pkits() + limbo() + botan()) != 0)
