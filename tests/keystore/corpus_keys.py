#!/usr/bin/env python3
"""Reads the keys and certificates of others, with openssl as the judge: corpus_keys.py PROGRAM CORPUS"""

import base64
import calendar
import hashlib
import os
import pathlib
import re
import subprocess
import sys
import time

program = sys.argv[1]
corpus = pathlib.Path(os.environ.get("PAPERKNIFE_CORPUS", sys.argv[2]))
if not corpus.is_dir():
    print(f"skipped: no corpus {corpus}")
    sys.exit(77)


def ask(lines):
    answers = subprocess.run([program], input="".join(line + "\n" for line in lines), text=True, check=True,
                             stdout=subprocess.PIPE).stdout.splitlines()
    assert len(answers) == len(lines), "the program ended early"
    return answers


def openssl(*arguments, octets=b""):
    done = subprocess.run(["openssl", *arguments], input=octets, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return done.stdout.decode(errors="replace") if done.returncode == 0 else None


def certificates():
    """The DER of every certificate, once."""
    seen = {}
    for file in sorted(corpus.rglob("*")):
        if file.suffix not in (".pem", ".crt", ".der", ".cer") or not file.is_file():
            continue
        octets = file.read_bytes()
        blocks = re.findall(rb"-----BEGIN CERTIFICATE-----\s(.*?)-----END CERTIFICATE-----", octets, re.S)
        found = [base64.b64decode(re.sub(rb"\s", b"", block)) for block in blocks] or [octets]
        for der in found:
            if der[:2] == b"\x30\x82":  # some files hold two
                der = der[:4 + int.from_bytes(der[2:4], "big")]
                seen.setdefault(hashlib.sha256(der).digest(), (file, der))
    return list(seen.values())


def seconds(line):
    return calendar.timegm(time.strptime(re.sub(r"^\w+=", "", line), "%b %d %H:%M:%S %Y %Z"))


def check_certificates():
    wrong = refused = 0
    found = certificates()
    for (file, der), answer in zip(found, ask([f"certificate {der.hex()}" for _, der in found])):
        told = openssl("x509", "-inform", "DER", "-noout", "-serial", "-dates", "-email", octets=der)
        name = file.relative_to(corpus)
        if told is None:
            refused += 1
            continue
        serial, before, after, *addresses = told.splitlines()
        try:
            expected = [serial.split("=")[1], str(seconds(before)), str(seconds(after)), "named"]
        except ValueError:  # a time that openssl can't show
            continue
        serial_differs = answer.split()[:1] != expected[:1] and not expected[0].startswith("-")
        if serial_differs or answer.split()[1:4] != expected[1:]:
            print(f"  {name}: {answer[:100]}, openssl: {expected}")
            wrong += 1
        missing = set(address.encode().hex() for address in addresses) - set(answer.split()[4:])
        if missing:
            print(f"  {name}: no address {missing}")
            wrong += 1
    print(f"{len(found)} certificates, {refused} that openssl refuses too, {wrong} wrong")
    return wrong


passphrases = {"pkits": "password", "autocrypt-hp": "bob", "thunderbird-smime": "nss", "pyca-vectors": "cryptography"}


def passphrase_of(file):
    if "no-p" in file.name:
        return ""
    if "name-" in file.name and "pwd" in file.name or file.name == "no-name-pwd.p12":
        return "password"
    if file.name == "java-truststore.p12":
        return ""
    return passphrases[file.relative_to(corpus).parts[0]]


def check_pkcs12():
    wrong, opened, old = 0, 0, 0
    files = sorted(corpus.rglob("*.p12"))
    lines = [f"key-file {file.read_bytes().hex()} {passphrase_of(file).encode().hex() or '-'}" for file in files]
    for file, answer in zip(files, ask(lines)):
        options = ["pkcs12", "-in", str(file), "-passin", "pass:" + passphrase_of(file), "-noenc"]
        told = openssl(*options)
        name = file.relative_to(corpus)
        if "too weak by now" in answer:
            old += 1
            if told is not None and openssl(*options, "-legacy") is None:
                print(f"  {name}: {answer}")
                wrong += 1
            continue
        if told is None:
            print(f"  {name}: openssl refuses, we say: {answer}")
            wrong += not answer.startswith("no:")
            continue
        complete = "PRIVATE KEY" in told and "BEGIN CERTIFICATE" in told
        if answer.startswith("no:") == complete:
            print(f"  {name}: {answer}")
            wrong += 1
        opened += complete
    print(f"{len(files)} PKCS#12 files, {opened} opened, {old} refused as old, {wrong} wrong")
    return wrong


def check_rfc9216():
    """Alice and Bob have RSA keys; Carlos and Dana have X25519, and Ed25519, which opens nothing."""
    wrong = 0
    directory = corpus / "rfc9216"
    for name, identities in (("Alice", 2), ("Bob", 2), ("Carlos", 1), ("Dana", 1)):
        (file,) = directory.glob(f"*PKCS-12-Object-for-{name}.pkcs12.pem")
        (answer,) = ask([f"key-file {file.read_bytes().hex()} {name.lower().encode().hex()}"])
        count = 0 if answer.startswith("no:") else len(answer.split())
        weak = "too weak by now" in answer
        print(f"RFC 9216, {name}: {answer}")
        wrong += count != identities and not weak
        (key,) = directory.glob(f"*{name}-s-Decryption-Private-Key-Material*")
        (certificate,) = directory.glob(f"*{name}-s-Encryption-End-Entity-Certificate*")
        both = (key.read_bytes() + certificate.read_bytes()).hex()
        (answer,) = ask([f"key-file {both} -"])
        wrong += answer.startswith("no:")
    return wrong


wrong = check_certificates() + check_pkcs12() + check_rfc9216()
sys.exit(wrong != 0)
