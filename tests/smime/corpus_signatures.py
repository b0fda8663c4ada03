#!/usr/bin/env python3
"""What `paperknife open` says of other people's signed messages: corpus_signatures.py PAPERKNIFE CORPUS

A row is a message, what its makers say of its signature (good, bad, or none), and what we say. Where we do not pass what
they call good there must be a reason; what they call bad must never pass.
"""

import base64
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

program = pathlib.Path(sys.argv[1]).resolve()
corpus = pathlib.Path(os.environ.get("PAPERKNIFE_CORPUS", sys.argv[2]))
if not corpus.is_dir():
    print(f"skipped: no corpus {corpus}")
    sys.exit(77)

GOOD, BAD, NONE = "good", "bad", "none"
weak = "SHA-1 proves nothing today (SIG-06)"


class Owner:
    """A configuration: these anchors, intermediates and keys."""

    def __init__(self, directory, anchors, intermediates=(), keys=None, unlock=""):
        self.directory = directory
        (directory / "keys").mkdir(mode=0o700, parents=True)
        for file in keys or []:
            copy = directory / "keys" / file.name
            copy.write_bytes(file.read_bytes())
            copy.chmod(0o600)
        (directory / "config.toml").write_text(
            f'[keystore]\ndirectory = "keys"\n{unlock}\n[verify]\ntrust = {self.files("anchor", anchors)}\n'
            f'intermediates = {self.files("intermediate", intermediates)}\n')

    def files(self, kind, certificates):
        """Copies, as they must be ours alone to write; the names as TOML has them."""
        names = []
        for number, file in enumerate(certificates):
            names.append(f"{kind}-{number}")
            (self.directory / names[-1]).write_bytes(file.read_bytes())
        return json.dumps(names)

    def says(self, message, at=None):
        """The verdict with its reason; the signers, each with verdict, reason and algorithms."""
        report = self.directory / "report.json"
        subprocess.run([program, "open", "-c", self.directory / "config.toml", "--report", report, *(["--at", at] if at else [])],
                       input=message, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        found = json.loads(report.read_text())
        signers = [(one["verdict"], one["reason"], one["digest"], one["signature"])
                   for layer in found["layers"] for one in layer.get("signers", [])]
        return " ".join([found["verdict"], found["reason"]]).strip(), signers


class Table:
    """Rows of one corpus, and how many are wrong."""

    def __init__(self, name):
        self.name, self.rows, self.wrong, self.explained = name, 0, 0, 0

    def row(self, case, theirs, ours, says, why="", signers=None):
        self.rows += 1
        verdict, found = says
        differs = theirs == GOOD and verdict != "pass"
        problems = []
        if verdict != ours:
            problems.append(f"{verdict!r}, expected {ours!r}")
        if theirs != GOOD and verdict == "pass":
            problems.append(f"passes, and is {theirs}")
        if differs != bool(why):
            problems.append("a difference must have a reason, and nothing else may")
        if signers is not None and found != signers:
            problems.append(f"signers {found}, expected {signers}")
        self.explained += differs
        self.wrong += bool(problems)
        for problem in problems:
            print(f"  {self.name} {case}: {problem}")

    def end(self):
        print(f"{self.name}: {self.rows} messages, {self.explained} differ for the reasons listed, {self.wrong} wrong")
        return self.wrong


def opaque(sender, cms):
    return (b"From: " + sender + b"\r\nContent-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
            base64.encodebytes(cms))


def beside(sender, content, cms):
    return (b"From: " + sender + b'\r\nMIME-Version: 1.0\r\nContent-Type: multipart/signed; boundary="b";'
            b' protocol="application/pkcs7-signature"\r\n\r\n--b\r\n' + content +
            b"\r\n--b\r\nContent-Type: application/pkcs7-signature\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
            base64.encodebytes(cms) + b"--b--\r\n")


def der_to_pem(octets):
    return b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(octets) + b"-----END CERTIFICATE-----\n"


def rfc4134(scratch):
    """Section 4. `openssl cms -verify` says good of each of them but 4.6, whose second key inherits its parameters."""
    table = Table("RFC 4134")
    folder = corpus / "rfc4134"
    anchors = []
    for name in ("CarlDSSSelf", "CarlRSASelf"):
        anchors.append(scratch / f"{name}.pem")
        anchors[-1].write_bytes(der_to_pem((folder / f"{name}.cer").read_bytes()))
    owner = Owner(scratch / "rfc4134", anchors)
    dsa, rsa = ("policy", "weak-algorithm", "sha-1", "dsa-sha1"), ("policy", "weak-algorithm", "sha-1", "rsa-sha1")
    sender = b"AliceRSA@example.com"
    at = "2003-11-01"

    def cms(name):
        return (folder / f"{name}.bin").read_bytes()

    for name, signers in {"4.1": [dsa], "4.2": [rsa], "4.4": [dsa], "4.5": [rsa], "4.6": [dsa, dsa], "4.7": [dsa],
                          "4.10": [dsa]}.items():
        table.row(name, GOOD, "policy weak-algorithm", owner.says(opaque(sender, cms(name)), at), weak, signers)
    text = (folder / "ExContent.bin").read_bytes()
    table.row("4.3", GOOD, "policy weak-algorithm", owner.says(beside(sender, text, cms("4.3")), at), weak, [dsa])
    for name in ("4.8", "4.9"):
        message = (folder / f"{name}.eml").read_bytes()
        table.row(name, GOOD, "policy weak-algorithm", owner.says(message, at), weak, [dsa])
    table.row("4.11, certificates only", NONE, "none", owner.says(opaque(sender, cms("4.11")), at), signers=[])
    # What is weak is looked at all the same, if we can: a signature that is wrong is worse than one that proves nothing.
    for name, reason in ("4.2", "bad-signature"), ("4.5", "bad-signature"):
        changed = cms(name).replace(b"sample content", b"simple content")
        assert changed != cms(name)
        table.row(f"{name}, changed", BAD, f"fail {reason}", owner.says(opaque(sender, changed), at),
                  signers=[("fail", reason, "sha-1", "rsa-sha1")])
    return table.end()


def thunderbird(scratch):
    """The expectations of mailnews/mime/test/unit/test_smime_decrypt.js for the files that are at hand."""
    table = Table("Thunderbird")
    folder = corpus / "thunderbird-smime/smime"
    owner = Owner(scratch / "thunderbird", [folder / "TestCA.pem"], keys=[folder / "Bob.p12"],
                  unlock='unlock = { command = "echo nss" }')
    at = "2026-11-01"
    seen = {"alice.env.eml": (NONE, "none", [])}
    for digest in ("256", "384", "512"):
        good = ("pass", "", f"sha-{digest}", f"rsa-sha{digest}")
        bad = ("fail", "digest-mismatch", f"sha-{digest}", f"rsa-sha{digest}")
        for name in (f"dsig.SHA{digest}.multipart", f"sig.SHA{digest}.opaque", f"html.sig.SHA{digest}.opaque"):
            for ending in ("", ".env"):
                seen[f"alice.{name}{ending}.eml"] = (GOOD, "pass", [good])
        seen[f"alice.dsig.SHA{digest}.multipart.bad.eml"] = (BAD, "fail digest-mismatch", [bad])
    files = sorted(folder.glob("*.eml"))
    for file in files:
        theirs, ours, signers = seen[file.name]
        table.row(file.name, theirs, ours, owner.says(file.read_bytes(), at), signers=signers)
    # Of the same messages: not trusted, too old, not yet, from somebody else.
    one = (folder / "alice.dsig.SHA256.multipart.eml").read_bytes()
    stranger = Owner(scratch / "stranger", [corpus / "autocrypt-hp/sample-ca.pem"])
    table.row("another anchor", GOOD, "policy untrusted", stranger.says(one, at), "trust is the owner's to give (CERT-04)")
    table.row("years before", GOOD, "policy not-yet-valid", owner.says(one, "2020-01-01"), "judged before anything was made")
    table.row("fifty years after", GOOD, "policy expired", owner.says(one, "2080-01-01"), "judged when all has expired")
    other = re.sub(rb"(?m)^From: .*?(\r?)$", rb"From: Eve@example.com\1", one)
    table.row("from another", BAD, "policy unbound-address", owner.says(other, at))
    return table.end()


def rfc9216(scratch):
    """Signatures by the RFC's keys, made here: openssl makes the ones of RSA, and signs what make_signed.py puts
    together for Ed25519, which its CMS has not."""
    table = Table("RFC 9216")
    folder = corpus / "rfc9216"

    def file(beginning):
        return next(folder.glob(f"{beginning}-*.pem"))

    people = {"alice": "4", "bob": "5", "carlos": "7", "dana": "8"}
    text = b"Content-Type: text/plain\r\n\r\nsigned by the sample keys\r\n"
    work = scratch / "work"
    work.mkdir()
    (scratch / "content").write_bytes(text)
    for name, chapter in people.items():
        (work / f"{name}.crt").write_bytes(file(f"{chapter}-1").read_bytes())
        (work / f"{name}.key").write_bytes(file(f"{chapter}-2").read_bytes())
    os.chdir(scratch)  # where make_signed.py finds work and content
    import make_signed as made  # pylint: disable=import-outside-toplevel
    rsa_root, rsa_cross, ed_root, ed_cross = (file(f"{one}") for one in ("3-1", "3-3", "6-1", "6-3"))
    owners = {"the RSA CA": Owner(scratch / "rsa", [rsa_root]), "the Ed25519 CA": Owner(scratch / "ed", [ed_root]),
              "the RSA CA and the cross certificate": Owner(scratch / "rsa-cross", [rsa_root], [ed_cross]),
              "the Ed25519 CA and the cross certificate": Owner(scratch / "ed-cross", [ed_root], [rsa_cross])}
    for name in people:
        if name in ("alice", "bob"):
            words = ("sha-256", "rsa-sha256")
            cms = subprocess.run(["openssl", "cms", "-sign", "-binary", "-outform", "DER", "-md", "sha256", "-signer",
                                  f"work/{name}.crt", "-inkey", f"work/{name}.key"], input=text, check=True,
                                 stdout=subprocess.PIPE).stdout
        else:
            words = ("sha-512", "ed25519")
            attributes = [made.content_type(), made.message_digest(text, "sha512")]
            info = ed25519_info(made, name, attributes)
            cms = made.signed_data([info], digests=("sha512",), certificates=(name,))
        sender = f"{name}@smime.example".encode()
        home = "the RSA CA" if words[1] == "rsa-sha256" else "the Ed25519 CA"
        for trusted, owner in owners.items():
            passes = trusted.startswith(home) or trusted.endswith("and the cross certificate")
            verdict, reason = ("pass", "") if passes else ("policy", "untrusted")
            why = "" if passes else "nothing leads from this CA to the signer (CERT-04)"
            table.row(f"{name}, {trusted}", GOOD, f"{verdict} {reason}".strip(), owner.says(beside(sender, text, cms)), why,
                      [(verdict, reason, *words)])
        changed = text.replace(b"sample", b"simple")
        table.row(f"{name}, changed", BAD, "fail digest-mismatch", owners[home].says(beside(sender, changed, cms)))
        table.row(f"{name}, from eve", BAD, "policy unbound-address", owners[home].says(beside(b"eve@smime.example", text, cms)))
    return table.end()


def ed25519_info(made, name, attributes):
    """A SignerInfo of Ed25519 (RFC 8419)."""
    body = b"".join(sorted(attributes))
    pathlib.Path("work/tbs").write_bytes(made.der(0x31, body))
    value = subprocess.run(["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", f"work/{name}.key", "-in", "work/tbs"], check=True,
                           stdout=subprocess.PIPE).stdout
    return made.sequence(made.integer(1), made.issuer_and_serial(name), made.algorithm(made.hashes["sha512"]),
                         made.der(0xa0, body), made.sequence(made.oid(made.ed25519)), made.der(4, value))


def protected_headers(scratch):
    """The signed messages of the draft, in 2019."""
    table = Table("draft-autocrypt-lamps-protected-headers")
    folder = corpus / "autocrypt-hp"
    owner = Owner(scratch / "autocrypt", [folder / "sample-ca.pem"])
    for name in ("smime-multipart-signed.eml", "smime-onepart-signed.eml"):
        message = (folder / name).read_bytes()
        table.row(name, GOOD, "pass", owner.says(message, "2020-01-01"), signers=[("pass", "", "sha-256", "rsa-sha256")])
    return table.end()


def main():
    with tempfile.TemporaryDirectory() as scratch:
        return sum(one(pathlib.Path(scratch)) for one in (rfc4134, thunderbird, protected_headers, rfc9216)) != 0


sys.exit(main())
