#!/usr/bin/env python3
"""Protected header fields, and encrypted parts below plaintext: what a client sees of them by every FETCH.

The oracle is Dovecot, as in property.py: its answers on the view are those that paperknife must give.
"""

import unittest

import messages
import property
from client import RawClient
from server import Dovecot
from service import Paperknife

HEAD = (b"From: Bob <bob@example.org>\r\nTo: alice@example.org\r\nSubject: [...]\r\n"
        b"Date: Mon, 23 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\n")


def root(plain, *arguments, head=HEAD):
    """A message whose root is encrypted."""
    return head + entity(plain, *arguments)


def entity(plain, *arguments):
    return messages.wrap(messages.encrypt(plain, *arguments)).partition(b"MIME-Version: 1.0\r\n")[2]


def multipart(*parts, subtype=b"mixed"):
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts)
    return b"Content-Type: multipart/" + subtype + b"; boundary=b\r\n\r\n" + body + b"--b--\r\n"


TEXT = b"Content-Type: text/plain\r\n\r\nlook at this\r\n"
SECRET = b"Content-Type: text/plain\r\n\r\nthe secret\r\n"
PROTECTED = (b"From: Bob <bob@example.org>\r\nSubject: the real one\r\nCc: carol@example.org\r\n"
             b'HP-Outer: Subject: [...]\r\nContent-Type: text/plain; hp="cipher"; hp-legacy-display=1\r\n\r\n'
             b"Subject: the real one\r\n\r\nDear Alice\r\n")


class Structure(property.OneView):
    """The methods of property.OneView, over messages of our own, with errant parts attached."""

    more = 'errant = "attach"\n'

    @classmethod
    def setUpClass(cls):
        octets = {
            "protected": root(PROTECTED),
            "protected-gcm": root(PROTECTED, "-aes-256-gcm"),
            "not-the-sender": root(PROTECTED.replace(b"bob@", b"eve@")),
            "errant": HEAD + multipart(TEXT, entity(SECRET)),
            "errant-twice": HEAD + multipart(entity(SECRET), TEXT, entity(SECRET, "-aes-256-gcm")),
            "errant-forwarded": HEAD + b"Content-Type: message/rfc822\r\n\r\nSubject: fwd\r\n" + entity(SECRET),
            "errant-inside": root(multipart(TEXT, entity(SECRET))),
            "errant-foreign": HEAD + multipart(TEXT, entity(SECRET).replace(b"MII", b"MIJ", 1)),
            "ordinary": HEAD + multipart(TEXT, TEXT),
            "ordinary-text": HEAD + TEXT,
        }
        cls.messages = [messages.Message(name, text, "", b"") for name, text in octets.items()]
        load = messages.load
        messages.load = lambda: cls.messages
        try:
            super().setUpClass()
        finally:
            messages.load = load
        cls.names = {message.name: number for number, message in enumerate(cls.messages, 1)}

    # What property.py knows of its own messages, or samples from many.
    test_what_should_open_opens_and_the_rest_is_as_the_server_has_it = None
    test_the_opened_body_equals_what_openssl_decrypts = None
    test_partials_at_random_cuts_join_to_the_whole = None
    test_the_octets_and_lines_of_a_structure_are_the_parts = None
    test_mixed_sets_orders_and_uids = None
    test_a_preview_is_of_the_view = None
    test_binary_is_dovecots = None
    test_odd_forms_are_answered_as_dovecot_does = None

    def test_the_real_subject_shows_everywhere(self):
        client = self.client()
        for name in ("protected", "protected-gcm", "not-the-sender"):
            with self.subTest(name):
                number = str(self.names[name])
                items = client.fetch(number, "(ENVELOPE BODY.PEEK[HEADER] BODY.PEEK[TEXT] "
                                             "BODY.PEEK[HEADER.FIELDS (SUBJECT FROM CC HP-OUTER)])")[int(number)]
                self.assertEqual(items["ENVELOPE"][1], b"the real one")
                self.assertEqual(items["ENVELOPE"][2][0][2], b"bob")
                self.assertEqual(items["ENVELOPE"][6][0][2], b"carol")
                self.assertIn(b"\r\nSubject: the real one\r\n", items["BODY[HEADER]"])
                self.assertNotIn(b"[...]", items["BODY[HEADER]"])
                self.assertEqual(items["BODY[TEXT]"], b"Dear Alice\r\n")
                self.assertEqual(b"from=unconfirmed" in items["BODY[HEADER]"], name == "not-the-sender")

    def test_errant_layers_are_attached_and_what_has_none_stays(self):
        client = self.client()
        for name, count in {"errant": 1, "errant-twice": 2, "errant-forwarded": 1, "errant-inside": 1,
                            "errant-foreign": 0, "ordinary": 0, "ordinary-text": 0}.items():
            with self.subTest(name):
                number = self.names[name]
                structure = client.fetch(str(number), "BODYSTRUCTURE")[number]["BODYSTRUCTURE"]
                text = str(structure)
                self.assertEqual(text.count("'opened-errant-layer-") // 2, count, text)
                whole = self.whole[number]
                self.assertNotIn(b"the secret", whole)
                if not count:
                    self.assertEqual(whole, self.messages[number - 1].on_the_wire)


class Left(unittest.TestCase):
    """By default nothing of it is touched."""

    def test_errant_layers_are_left(self):
        octets = HEAD + multipart(TEXT, entity(SECRET))
        with Dovecot() as server, Paperknife(
                [{"upstream": f"imap+plaintext://127.0.0.1:{server.port}"}], messages.keystore()) as service:
            server.deliver(octets)
            answers = []
            for port in (service.port, server.port):
                with RawClient(port) as client:
                    client.login(server)
                    client.ok("SELECT INBOX")
                    answers.append([client.fetch("1", items) for items in (
                        "BODY.PEEK[]", "(UID BODYSTRUCTURE ENVELOPE RFC822.SIZE)", "BODY.PEEK[2]")])
            self.assertEqual(*answers)
            self.assertEqual(answers[0][0][1]["BODY[]"], octets)


if __name__ == "__main__":
    unittest.main(verbosity=2, defaultTest=["Structure", "Left"])
