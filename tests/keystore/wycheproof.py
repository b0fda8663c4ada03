#!/usr/bin/env python3
"""Puts the test vectors of Wycheproof to our primitives: wycheproof.py PROGRAM CORPUS"""

import json
import os
import pathlib
import subprocess
import sys


def hexadecimal(text):
    return text or "-"


def size(test):
    return str(len(test["msg"]) // 2)


def rsa_keys(group):
    key = group.get("privateKeyPkcs8")
    return ["key " + key] if key else []


curves = {"secp256r1": "1.2.840.10045.3.1.7", "secp384r1": "1.3.132.0.34", "secp521r1": "1.3.132.0.35",
          "brainpoolP256r1": "1.3.36.3.3.2.8.1.1.7", "brainpoolP384r1": "1.3.36.3.3.2.8.1.1.11",
          "brainpoolP512r1": "1.3.36.3.3.2.8.1.1.13"}


def scalar(test):
    """A private key, which is written down as a signed number."""
    digits = test["private"].lstrip("0")
    return digits.zfill(len(digits) + len(digits) % 2)


def der(tag, *content):
    content = b"".join(content)
    length = bytes([len(content)]) if len(content) < 128 else bytes([0x81, len(content)])
    return bytes([tag]) + length + content


def oid(dotted):
    first, second, *arcs = map(int, dotted.split("."))
    octets = b""
    for arc in [first * 40 + second, *arcs]:
        piece = [arc & 0x7f]
        while arc := arc >> 7:
            piece.insert(0, 0x80 | arc & 0x7f)
        octets += bytes(piece)
    return der(6, octets)


null = der(5)
hashes = {"SHA-1": "1.3.14.3.2.26", "SHA-224": "2.16.840.1.101.3.4.2.4", "SHA-256": "2.16.840.1.101.3.4.2.1",
          "SHA-384": "2.16.840.1.101.3.4.2.2", "SHA-512": "2.16.840.1.101.3.4.2.3"}


def pss(group):
    """RSASSA-PSS-params, RFC 4055."""
    mask = der(0x30, oid("1.2.840.113549.1.1.8"), der(0x30, oid(hashes[group["mgfSha"]]), null))
    return der(0x30, der(0xa0, der(0x30, oid(hashes[group["sha"]]), null)), der(0xa1, mask),
               der(0xa2, der(2, bytes([group["sLen"]]))))


signature_algorithms = {
    "RsassaPkcs1Verify": lambda group: der(0x30, oid("1.2.840.113549.1.1." + {
        "SHA-256": "11", "SHA-384": "12", "SHA-512": "13"}[group["sha"]]), null),
    "RsassaPssWithParametersVerify": lambda group: der(0x30, oid("1.2.840.113549.1.1.10"), pss(group)),
    "EcdsaVerify": lambda group: der(0x30, oid("1.2.840.10045.4.3." + {
        "SHA-256": "2", "SHA-384": "3", "SHA-512": "4"}[group["sha"]])),
    "EddsaVerify": lambda group: der(0x30, oid("1.3.101.112")),
}


def public_keys(group):
    return ["public-key " + group["publicKeyDer"]]


def signature(group, test):
    return (f"verify {signature_algorithms[group['type']](group).hex()} "
            f"{hexadecimal(test['msg'])} {hexadecimal(test['sig'])}")


# File name -> how to ask for a group's key, how to ask for a test, and what a valid test answers.
questions = {
    "rsa_pkcs1_*": (rsa_keys, lambda g, t: f"rsa-pkcs1 {hexadecimal(t['ct'])} {size(t)}", "msg"),
    "rsa_oaep_*": (rsa_keys, lambda g, t: f"rsa-oaep {hexadecimal(t['ct'])} {size(t)} {g['sha']} {g['mgfSha']} "
                   + hexadecimal(t["label"]), "msg"),
    "aes_cbc_pkcs5*": (lambda g: [], lambda g, t: f"aes-cbc {t['key']} {t['iv']} {hexadecimal(t['ct'])}", "msg"),
    "aes_gcm_*": (lambda g: [], lambda g, t: "aes-gcm " + " ".join(
        hexadecimal(t[field]) for field in ("key", "iv", "aad", "tag", "ct")), "msg"),
    "aes_ccm_*": (lambda g: [], lambda g, t: "aes-ccm " + " ".join(
        hexadecimal(t[field]) for field in ("key", "iv", "aad", "tag", "ct")), "msg"),
    "chacha20_poly1305_*": (lambda g: [], lambda g, t: "chacha20-poly1305 " + " ".join(
        hexadecimal(t[field]) for field in ("key", "iv", "aad", "tag", "ct")), "msg"),
    "ecdh_*": (lambda g: [], lambda g, t: f"ecdh {curves[g['curve']]} {scalar(t)} {hexadecimal(t['public'])}", "shared"),
    "x25519_*": (lambda g: [], lambda g, t: f"x25519 {t['private']} {t['public']}", "shared"),
    "aes_wrap_*": (lambda g: [], lambda g, t: f"aes-wrap {t['key']} {hexadecimal(t['ct'])}", "msg"),
    "hkdf_sha256_*": (lambda g: [], lambda g, t: "hkdf SHA-256 " + " ".join(
        hexadecimal(t[field]) for field in ("ikm", "salt", "info")) + f" {t['size']}", "okm"),
    "pbkdf2_hmacsha1_*": (lambda g: [], lambda g, t: f"pbkdf2 SHA-1 {hexadecimal(t['password'])} "
                          f"{hexadecimal(t['salt'])} {t['iterationCount']} {t['dkLen']}", "dk"),
    "pbkdf2_hmacsha256_*": (lambda g: [], lambda g, t: f"pbkdf2 SHA-256 {hexadecimal(t['password'])} "
                            f"{hexadecimal(t['salt'])} {t['iterationCount']} {t['dkLen']}", "dk"),
    "rsa_signature_*": (public_keys, signature, None),
    "rsa_pss_*": (public_keys, signature, None),
    "ecdsa_*": (public_keys, signature, None),
    "ed25519_*": (public_keys, signature, None),
}


def is_taken(file, group):
    """Sizes of RFC 5084, 3 without short tags: for GCM and ChaCha20 the nonce that all senders use."""
    if file.name.startswith("aes_ccm"):
        return 56 <= group["ivSize"] <= 104 and group["tagSize"] in (96, 112, 128)
    return group["ivSize"] == 96


def judge(file, group, test, answer, field):
    """What is wrong with an answer, or nothing."""
    good = hexadecimal(test[field]) if field else "yes"
    if test["result"] == "valid":
        if group["type"] == "AeadTest" and not is_taken(file, group):
            return None if answer == "no" else "a nonce or tag of another size was taken"
        return None if answer == good else "refused" if answer == "no" else "wrong result"
    if test["result"] == "invalid":
        return None if answer == "no" else "taken"
    return None if answer in ("no", good) else "wrong result"


def run(program, file, ask_key, ask, field):
    lines, expected = [], []
    for group in json.loads(file.read_text())["testGroups"]:
        for line in ask_key(group):
            lines.append(line)
            expected.append(None)
        for test in group["tests"]:
            lines.append(ask(group, test))
            expected.append((group, test))
    answers = subprocess.run([program], input="\n".join(lines) + "\n", text=True, check=True,
                             stdout=subprocess.PIPE).stdout.splitlines()
    assert len(answers) == len(lines)
    asked, unsupported, wrong = 0, 0, []
    for answer, what in zip(answers, expected):
        if what is None:
            if answer == "no":
                wrong.append("a key was not read")
            continue
        if answer == "unsupported":
            unsupported += 1
            continue
        asked += 1
        complaint = judge(file, *what, answer, field)
        if complaint:
            wrong.append(f"{what[1]['tcId']} ({what[1]['comment']}, {what[1]['result']}): {complaint}")
    note = f", {unsupported} with hashes that we lack" if unsupported else ""
    print(f"{file.name}: {asked} tests{note}, {len(wrong)} wrong")
    for line in wrong:
        print("  " + line)
    return len(wrong)


program = sys.argv[1]
corpus = pathlib.Path(os.environ.get("PAPERKNIFE_CORPUS", sys.argv[2])) / "wycheproof"
if not corpus.is_dir():
    print(f"skipped: no corpus {corpus}")
    sys.exit(77)
wrong = 0
for pattern, how in questions.items():
    for file in sorted(corpus.glob(pattern)):
        wrong += run(program, file, *how)
sys.exit(wrong != 0)
