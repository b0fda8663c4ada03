#!/usr/bin/env python3
"""Asks paperknife's path validation and openssl about the same certificates and CRLs: paths.py PROGRAM DIRECTORY

The cases are those of make_paths.sh. Ours must be what the case expects; openssl must accept what the case calls valid
and refuse the rest, but for what is listed here with the reason.
"""

import calendar
import itertools
import pathlib
import subprocess
import sys
import tempfile

program, directory = sys.argv[1], pathlib.Path(sys.argv[2])
at = calendar.timegm((2035, 6, 1, 0, 0, 0))

# Where openssl verify says otherwise, and why we do not.
OPENSSL_DIFFERS = {
    "MEAS-2-any": "openssl wants emailProtection itself in a CA's extended key usage; any includes it (CERT-03)",
    "sha-1": "openssl's default level takes SHA-1; it is told as weak and never good enough (SIG-06)",
    "rsa-1024": "openssl's default level takes RSA of 1024 bits; it is told as weak (RFC 8551, 4.1)",
    "ed448": "openssl has Ed448; we say that we have not (SIG-11)",
    "depth-11": "openssl goes deeper than CERT-10",
    "many-names": "openssl compares more names than limits::name_comparisons",
    "MEAS-5": "openssl decides for one of two certificates of a name and does not turn back",
    "MEAS-5-other": "the same",
    "MEAS-5-all": "the same",
    "ring": "the same",
    "forged-beside-the-right": "the same",
    "crl-unhold-require": "openssl uses a delta CRL only where a freshestCRL extension names it",
    "crl-delta-require": "the same",
}


def names(text):
    return [] if text == "-" else text.split(",")


def question(anchors, target, bag, lists=(), revocation="off"):
    lines = [f"anchor {(directory / f'{name}.der').read_bytes().hex()}" for name in anchors]
    lines += [f"certificate {(directory / f'{name}.der').read_bytes().hex()}" for name in bag]
    lines += [f"crl {(directory / f'{name}.crl').read_bytes().hex()}" for name in lists]
    lines += [f"at {at}", "purpose 1.3.6.1.5.5.7.3.4", "key-usage 3", f"revocation {revocation}",
              f"target {(directory / f'{target}.der').read_bytes().hex()}", "find"]
    return "".join(line + "\n" for line in lines)


def ask(questions):
    answers = subprocess.run([program], input="".join(questions), text=True, check=True,
                             stdout=subprocess.PIPE).stdout.splitlines()
    assert len(answers) == len(questions), "the program ended early"
    return answers


def pem(file, chosen, ending):
    file.write_text("".join((directory / f"{name}.{ending}").read_text() for name in chosen))
    return str(file)


def openssl_accepts(scratch, anchors, target, bag, lists, revocation):
    options = ["-attime", str(at), "-purpose", "smimesign", "-partial_chain", "-no-CApath", "-no-CAstore",
               "-CAfile", pem(scratch / "anchors", anchors, "crt")]
    if bag:
        options += ["-untrusted", pem(scratch / "bag", bag, "crt")]
    if revocation == "require":
        options += ["-crl_check_all", "-extended_crl", "-use_deltas"]
        if lists:
            options += ["-CRLfile", pem(scratch / "lists", lists, "pem")]
    done = subprocess.run(["openssl", "verify", *options, str(directory / f"{target}.crt")], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
    return done.returncode == 0, done.stdout


def check_cases():
    """Every case beside what it expects, and beside openssl."""
    cases = [line.split() for line in (directory / "cases").read_text().splitlines()]
    answers = ask([question(names(anchors), target, names(bag), names(lists), revocation)
                   for _, _, anchors, target, bag, lists, revocation in cases])
    wrong = 0
    with tempfile.TemporaryDirectory() as scratch:
        for (name, expected, anchors, target, bag, lists, revocation), answer in zip(cases, answers):
            if answer.split()[0] != expected:
                wrong += 1
                print(f"  {name}: {answer}, expected {expected}")
            if revocation == "soft":
                continue  # openssl knows none
            readable = [one for one in names(lists) if (directory / f"{one}.pem").exists()]
            accepts, said = openssl_accepts(pathlib.Path(scratch), names(anchors), target, names(bag), readable, revocation)
            if accepts != (expected == "valid") and name not in OPENSSL_DIFFERS:
                wrong += 1
                print(f"  {name}: expected {expected}, openssl {'accepts' if accepts else 'refuses'}: {said}")
    print(f"{len(cases)} cases, {wrong} wrong")
    return wrong


def check_orders():
    """MEAS-5, CERT-01: every order of everything that has to do with sub, duplicates among it."""
    wrong = 0
    bag = ["cross", "itself", "twin", "forged", "sub", "sub"]
    orders = sorted(set(itertools.permutations(bag)))
    for anchors, without, expected in (["root"], (), "valid"), (["root"], ("sub",), "expired"), ([], (), "untrusted"):
        chosen = [[one for one in order if one not in without] for order in orders]
        answers = ask([question(anchors, "alice", order) for order in chosen])
        for order, answer in zip(chosen, answers):
            if answer.split()[0] != expected:
                wrong += 1
                print(f"  {order} with {anchors}: {answer}, expected {expected}")
    print(f"{3 * len(orders)} orders, {wrong} wrong")
    return wrong


sys.exit((check_cases() + check_orders()) != 0)
