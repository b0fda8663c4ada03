#!/usr/bin/env python3
"""NOTIFY (RFC 5465): mail that arrives is told of as it reads, with and without IDLE, beside other commands; ordinary
mail as Dovecot itself tells of it."""

import re
import time
import unittest

import messages
import response
from client import RawClient
from server import Dovecot
from service import Paperknife
from tap import Tap

CONTENT = b"Content-Type: text/plain\r\n\r\nfor the reader only\r\n"
PLAIN = b"From: bob@example.org\r\nSubject: plain\r\n\r\nHello\r\n"
ITEMS = "(UID RFC822.SIZE BODYSTRUCTURE BODY.PEEK[HEADER.FIELDS (SUBJECT)])"


def sealed(subject):
    return messages.wrap(messages.encrypt(b"Subject: inner\r\n" + CONTENT), subject)


# Without IDLE Dovecot does not tell of what comes within a second after it has told of something.
PAUSE = 1.2


class Notify(unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(Dovecot())
        self.server.deliver(PLAIN)
        self.sender = self.enterContext(RawClient(self.server.port))
        self.sender.login(self.server)
        self.sender.ok("CREATE Other")
        self.tap = self.enterContext(Tap(self.server.port))
        self.service = self.enterContext(Paperknife(
            [{"upstream": f"imap+plaintext://127.0.0.1:{self.tap.port}"}],
            messages.keystore() + "[decrypt]\nmax_message = 1000000\n"))

    def deliver(self, octets, mailbox="INBOX"):
        self.sender.ok(b"APPEND %s {%d+}\r\n%s" % (mailbox.encode(), len(octets), octets))

    def session(self, port=None, notify=f"(selected (MessageNew {ITEMS} MessageExpunge))"):
        client = self.enterContext(RawClient(port or self.service.port))
        client.login(self.server)
        self.assertIn(b" NOTIFY", client.ok("CAPABILITY")[0])
        client.ok("SELECT INBOX")
        client.ok("NOTIFY SET " + notify)
        time.sleep(PAUSE)
        return client

    def pushed(self, client, number):
        """The FETCH response for a message that comes unasked, and what comes before it."""
        responses = []
        while True:
            responses.append(client.response())
            if responses[-1].startswith(b"* %d FETCH (" % number) and b"FLAGS" not in responses[-1][:40]:
                return responses

    def items(self, responses):
        (_, items), = response.fetched(responses[-1:]).items()
        return items

    def check(self, client, idles=False):
        """An encrypted message, an ordinary one, one that does not open and one that is too large."""
        broken = messages.wrap(b"no CMS", "broken")
        large = messages.wrap(messages.encrypt(CONTENT + b"x" * 2_000_000), "large")
        big = PLAIN.replace(b"plain", b"big") + b"y" * 3_000_000 + b"\r\n"
        for number, octets in enumerate((sealed("outer"), PLAIN, broken, large, big), 2):
            self.deliver(octets)
            items = self.items(self.pushed(client, number))
            time.sleep(0 if idles else PAUSE)
            with self.subTest(number):
                self.assertEqual(sorted(items), sorted(["UID", "RFC822.SIZE", "BODYSTRUCTURE",
                                                        "BODY[HEADER.FIELDS (SUBJECT)]"]))
                self.assertEqual(items["UID"], number)
                subject = items["BODY[HEADER.FIELDS (SUBJECT)]"]
                if number == 2:
                    self.assertEqual(items["BODYSTRUCTURE"][:2], [b"text", b"plain"])
                else:
                    self.assertIn(subject.strip(), octets)
        return client

    def test_as_it_comes(self):
        client = self.check(self.session())
        # What was told is what is there.
        fetched = client.fetch("2:6", ITEMS)
        self.assertEqual(fetched[2]["BODYSTRUCTURE"][:2], [b"text", b"plain"])
        self.assertEqual(client.fetch("2", "(RFC822.SIZE BODY.PEEK[])")[2]["RFC822.SIZE"],
                         fetched[2]["RFC822.SIZE"])

    def test_in_idle(self):
        client = self.session()
        client.send(b"i IDLE\r\n")
        self.assertTrue(client.response().startswith(b"+"))
        self.check(client, idles=True)
        client.send(b"DONE\r\n")
        client.until("i")

    def test_the_same_as_later(self):
        client = self.session()
        for number in range(2, 6):
            self.deliver(sealed(f"outer {number}"))
            told = self.items(self.pushed(client, number))
            asked = client.fetch(str(number), ITEMS)[number]
            self.assertEqual(told, asked)
            time.sleep(PAUSE)

    def test_beside_commands(self):
        """Messages arrive while others are fetched, whole and in lists: each response is its own message's."""
        client = self.session()
        for number in range(2, 42):
            self.deliver(sealed(f"outer {number}") if number % 2 else PLAIN)
            if number % 3 == 0:
                time.sleep(0.02)
            for command in f"UID FETCH 1:{number} (UID BODYSTRUCTURE BODY.PEEK[])", f"FETCH 1:* (RFC822.SIZE)":
                for answer in client.ok(command):
                    if not re.match(rb"\* \d+ FETCH", answer):
                        continue
                    ((_, items),) = response.fetched([answer]).items()
                    self.assertNotIn(b"PKCS7", b" ".join(v for v in items.get("BODYSTRUCTURE", []) if isinstance(v, bytes)).upper())
                    self.assertFalse([k for k in items if "HEADER.FIELDS" in k and "SUBJECT" not in k], items)

    def test_ordinary_mail_is_dovecots_own(self):
        for notify in (f"(selected (MessageNew {ITEMS} MessageExpunge FlagChange))",
                       "STATUS (selected-delayed (MessageNew (FLAGS) MessageExpunge)) (personal (MessageNew MessageExpunge))",
                       "(selected (MessageNew (BODY.PEEK[] FLAGS) MessageExpunge))",
                       "(selected (MessageNew (BODY.PEEK[TEXT] ENVELOPE) MessageExpunge))"):
            for idles in False, True:
                with self.subTest(notify, idles=idles):
                    clients = [self.session(port, notify) for port in (self.server.port, self.service.port)]
                    for client in clients:
                        if idles:
                            client.send(b"i IDLE\r\n")
                    for _ in range(3):
                        self.deliver(PLAIN)
                        self.deliver(PLAIN, "Other")
                        time.sleep(0.3)
                    told = []
                    for client in clients:
                        client.send(b"DONE\r\nz NOOP\r\n" if idles else b"z NOOP\r\n")
                        # When it looks, and what it then tells at once, is Dovecot's own.
                        # One of them is told that a message is \Recent.
                        told.append([line.replace(b"\\Recent", b"") for line in client.until("z") if b" FETCH (" in line])
                    self.assertEqual(*told)
                    self.assertGreaterEqual(len(told[0]), 3)

    def test_refused_and_cancelled(self):
        direct, client = (self.session(port) for port in (self.server.port, self.service.port))
        for command in ("NOTIFY", "NOTIFY SET (selected (MessageNew))", "NOTIFY SET (selected (Odd))",
                        "NOTIFY SET (nobody (MessageNew MessageExpunge))"):
            words = [each.command(command)[-1].split()[1] for each in (direct, client)]
            self.assertEqual(*words)
        time.sleep(PAUSE)
        self.deliver(sealed("outer"))
        self.assertEqual(self.items(self.pushed(client, 2))["BODYSTRUCTURE"][:2], [b"text", b"plain"])
        client.ok("NOTIFY NONE")
        time.sleep(PAUSE)
        self.deliver(sealed("outer"))
        time.sleep(PAUSE)
        self.assertFalse([line for line in client.ok("NOOP") if b"FETCH" in line and b"BODY" in line])

    def test_once_and_whole(self):
        """The server is asked for nothing more, and the message comes once."""
        client = self.session()
        self.deliver(sealed("outer"))
        self.pushed(client, 2)
        heard = bytes(self.tap.recordings[-1].client)
        self.assertNotIn(b"FETCH", heard)
        self.assertEqual(heard.count(b"BODY.PEEK[]"), 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
