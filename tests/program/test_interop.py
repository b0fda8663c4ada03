"""Messages of openssl, gpgsm and NSS, opened by paperknife open to what their makers make of them.

Each cipher and recipient that a maker knows meets each of the others, and each structure meets
each encoding. Structures are the layers from the outermost: E is encrypted, S signed (opaque).
"""

import base64
import itertools
import json
import math
import pathlib
import shutil
import tempfile
import unittest

import mailers
from program import Home

TEXT = ("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        "Dear Alice,\r\n\r\nvery truly yours, Bob \u2709\r\n").encode()
MULTIPART = (b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee the file.\r\n--b\r\n"
             b"Content-Type: application/octet-stream\r\nContent-Disposition: attachment\r\n"
             b"Content-Transfer-Encoding: base64\r\n\r\n"
             + base64.encodebytes(bytes(range(256)) * 40).replace(b"\n", b"\r\n") + b"--b--\r\n")

STRUCTURES = ("E", "ES", "SE", "SES", "EE")
ENCODINGS = list(itertools.product((False, True), ("base64", "binary")))  # BER?, transfer encoding


def setUpModule():
    global directory, persons
    # The agent's socket wants a short path.
    directory = pathlib.Path(tempfile.mkdtemp(prefix="pki-", dir="/tmp"))
    unittest.addModuleCleanup(shutil.rmtree, directory, ignore_errors=True)
    persons = mailers.people(directory)


def entity(cms, transfer):
    """An S/MIME entity with this CMS."""
    body = base64.encodebytes(cms).replace(b"\n", b"\r\n") if transfer == "base64" else cms
    return (b"Content-Type: application/pkcs7-mime; name=smime.p7m\r\n"
            b"Content-Transfer-Encoding: " + transfer.encode() + b"\r\n\r\n" + body)


def content(cms_entity):
    """The CMS of an S/MIME entity."""
    header, _, body = cms_entity.partition(b"\r\n\r\n")
    return base64.b64decode(body) if header.endswith(b"base64") else body


class Interop(unittest.TestCase):
    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.remove)
        for person in persons.values():
            self.home.write(f"keys/{person.name}.pem", person.pem())
        self.home.configure("[decrypt]\nlegacy = true\n")

    def make(self, maker, plain, structure, cipher, recipient, ber, transfer):
        """A message in layers, and what the maker itself finds when it takes them off again."""
        octets = plain
        for layer in reversed(structure):
            octets = entity(maker.encrypt(octets, cipher, recipient, ber) if layer == "E"
                            else maker.sign(octets, persons["rsa"], ber), transfer)
        found = octets
        owner = maker.recipients[recipient]
        owner = persons[owner if isinstance(owner, str) else owner[0]]
        for layer in structure:
            cms = content(found)
            found = maker.decrypt(cms, owner) if layer == "E" else maker.verify(cms)
        return b"From: bob@example.org\r\nSubject: a letter\r\n" + octets, found

    def open(self, message):
        """The view, its header and body, and the report."""
        report = self.home.path / "report.json"
        done = self.home.run("open", "--report", report, input=message)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        return *done.stdout.partition(b"\r\n\r\n")[::2], json.loads(report.read_text())

    def meet(self, maker):
        """Opens what a maker makes of everything that it knows."""
        maker = maker(directory, persons)
        self.addCleanup(maker.close)
        print(maker.name, maker.version, *maker.unable, sep="\n  ")
        pairs = list(itertools.product(maker.ciphers, maker.recipients))
        # So many that every structure meets every encoding, too.
        pairs *= math.ceil(len(STRUCTURES) * len(ENCODINGS) / len(pairs))
        for i, (cipher, recipient) in enumerate(pairs):
            # The product of two tables has every pair; the other two go round at other speeds.
            structure = STRUCTURES[i % len(STRUCTURES)]
            ber, transfer = ENCODINGS[i // len(STRUCTURES) % len(ENCODINGS)]
            with self.subTest(maker=maker.name, cipher=cipher, recipient=recipient,
                              structure=structure, ber=ber, transfer=transfer):
                plain = (TEXT, MULTIPART)[i % 2]
                message, found = self.make(maker, plain, structure, cipher, recipient, ber, transfer)
                self.assertEqual(found, plain)
                header, body, report = self.open(message)
                inner_header, _, inner_body = found.partition(b"\r\n\r\n")
                self.assertEqual(body, inner_body)
                self.assertIn(inner_header.partition(b"\r\n")[0], header)
                self.assertEqual(len(report["layers"]), len(structure))

    def test_openssl(self):
        self.meet(mailers.Openssl)

    def test_gpgsm(self):
        self.meet(mailers.Gpgsm)

    def test_nss(self):
        self.meet(mailers.Nss)


if __name__ == "__main__":
    unittest.main()
