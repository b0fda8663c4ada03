#!/usr/bin/env python3
"""Mail that its own server encrypts on arrival, in Stalwart's manner: the Content-* fields and the body go
inside, all other fields stay. Opened, it is the message that had arrived: its DKIM signature verifies again.

python3-dkim signs and verifies, openssl makes the keys and encrypts; no name is looked up in any network.
"""

import base64
import re
import subprocess
import sys
import tempfile
import unittest

import messages
from client import RawClient
from server import Dovecot
from service import Paperknife, binary

sys.path.append("/usr/lib/python3/dist-packages")  # Debian's python3-dkim, whichever python3 this is
import dkim  # noqa: E402

BODIES = {
    "text": (b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n",
             "Gr\u00fc\u00dfe,  \t\r\n\r\nBob \r\n".encode()),
    "trailing blank lines": (b"Content-Type: text/plain\r\n", b"text \t \r\n\r\n\r\n \r\n\r\n"),
    "no body": (b"Content-Type: text/plain\r\n", b""),
    "no type": (b"", b"Subject: this is text\r\n\r\nand so is this\r\n"),
    "multipart": (b"Content-Type: multipart/alternative;\r\n\tboundary=\"=_b\"\r\nContent-Language: de\r\n",
                  b"preamble\r\n--=_b\r\n\r\none\r\n--=_b\r\nContent-Type: text/html\r\n\r\n<p>one\r\n"
                  b"--=_b--\r\nepilogue\r\n"),
    "quoted": (b"content-type:text/html\r\nContent-Transfer-Encoding:quoted-printable\r\n",
               b"<p>=\r\na=3Db</p>\r\n"),
}
VERSIONS = (b"MIME-Version: 1.0\r\n", b"Mime-Version: 1.0 (Mac OS X Mail 16.0 \\(3731.700.6\\))\r\n",
            b"MIME-Version:\r\n 1.0\r\n")
CIPHERS = {
    "enveloped-data": ("-aes-256-cbc", ()),
    "authenticated-enveloped-data": ("-aes-256-gcm", ("rsa_padding_mode:oaep", "rsa_oaep_md:sha256")),
}


class Signer:
    """A domain that signs its mail."""

    def __init__(self):
        self.key = subprocess.run(["openssl", "genrsa", "-traditional", "2048"], check=True,
                                  capture_output=True).stdout
        public = subprocess.run(["openssl", "rsa", "-pubout", "-outform", "DER"], input=self.key,
                                check=True, capture_output=True).stdout
        self.record = b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)

    def sign(self, message, canonical):
        names = {line.split(b":")[0].strip().lower() for line in
                 re.sub(rb"\r\n[ \t]+", b" ", message.split(b"\r\n\r\n")[0]).split(b"\r\n")}
        return dkim.sign(message, b"selector", b"example.org", self.key, canonicalize=canonical,
                         include_headers=sorted(names - {b"received"})) + message

    def verifies(self, message):
        answers = {"selector._domainkey.example.org.": self.record}
        return dkim.verify(message, dnsfunc=lambda name, timeout=5: answers[name.decode()])


def encrypt_at_rest(message, smime_type):
    """What the server stores of a message that arrives."""
    head, _, body = message.partition(b"\r\n\r\n")
    fields = re.findall(rb"(?s)[^\r\n]+\r\n(?:[ \t][^\r\n]*\r\n)*", head + b"\r\n")
    inside = [field for field in fields if field.lower().startswith(b"content-")]
    outside = [field for field in fields if field not in inside]
    cipher, keyopt = CIPHERS[smime_type]
    cms = messages.encrypt(b"".join(inside) + b"\r\n" + body, cipher, keyopt=keyopt)
    return (b"".join(outside) + b'Content-Type: application/pkcs7-mime;\r\n\tname="smime.p7m";\r\n'
            b"\tsmime-type=" + smime_type.encode() + b"\r\nContent-Disposition: attachment;\r\n"
            b'\tfilename="smime.p7m"\r\nContent-Transfer-Encoding: base64\r\n\r\n' +
            base64.encodebytes(cms).replace(b"\n", b"\r\n"))


def arrivals(signer):
    """Signed messages of all kinds: (name, octets)."""
    count = 0
    for name, (fields, body) in BODIES.items():
        for canonical in ((b"relaxed", b"relaxed"), (b"simple", b"simple")):
            version = VERSIONS[count % len(VERSIONS)]
            count += 1
            message = (b"Received: from a by b\r\n\tfor c; Mon, 23 Nov 2026 10:00:00 +0000\r\n"
                       b"From: Bob  <bob@example.org>\r\nTo: alice@example.org\r\n"
                       b"Subject: a letter,\r\n  folded \r\nDate: Mon, 23 Nov 2026 10:00:00 +0000\r\n" +
                       version + fields + b"\r\n" + body)
            yield f"{name}, {canonical[0].decode()}", signer.sign(message, canonical)


class AtRest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.signer = Signer()
        cls.arrived = list(arrivals(cls.signer))

    def check(self, name, arrived, view):
        with self.subTest(name):
            self.assertTrue(self.signer.verifies(arrived), "the signer's own work")
            self.assertEqual(view.partition(b"\r\n\r\n")[2], arrived.partition(b"\r\n\r\n")[2])
            self.assertTrue(self.signer.verifies(view), view)
            self.assertFalse(self.signer.verifies(view.replace(b"From: Bob", b"From: Eve")))
            self.assertFalse(self.signer.verifies(view + b"more\r\n"))

    def test_what_open_prints_is_signed_by_dkim_again(self):
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as config:
            # As README tells owners of such mailboxes: their HTML is nobody else's.
            config.write(messages.keystore() + '[decrypt]\nunauthenticated_html = "keep"\n')
            config.flush()
            for name, arrived in self.arrived:
                for smime_type in CIPHERS:
                    done = subprocess.run([binary(), "open", "-c", config.name],
                                          input=encrypt_at_rest(arrived, smime_type),
                                          capture_output=True, check=True)
                    self.check(f"{name}, {smime_type}", arrived, done.stdout)

    def test_what_a_client_fetches_is_signed_by_dkim_again(self):
        with Dovecot() as server, Paperknife(
                [{"upstream": f"imap+plaintext://127.0.0.1:{server.port}"}], messages.keystore()) as service:
            for _, arrived in self.arrived:
                server.deliver(encrypt_at_rest(arrived, "authenticated-enveloped-data"))
            with RawClient(service.port, timeout=60) as client:
                client.login(server)
                client.ok("SELECT INBOX")
                fetched = client.fetch("1:*", "BODY.PEEK[]")
            self.assertEqual(len(fetched), len(self.arrived))
            for number, (name, arrived) in enumerate(self.arrived, 1):
                self.check(name, arrived, fetched[number]["BODY[]"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
