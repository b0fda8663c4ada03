#!/usr/bin/env python3
"""Roundcube through paperknife, over a mailbox with every kind of S/MIME mail: a browser's requests, made by urllib. It logs in to
the IMAP server anew for each.
"""

import email
import email.policy
import re
import sys
import unittest

import roundcube
from trial import WORD, Trial, messages


def words(text):
    return " ".join(text.split())


def plain(octets):
    """The texts of a message that a reader is shown."""
    message = email.message_from_bytes(octets, policy=email.policy.default)
    return [words(part.get_content()) for part in message.walk()
            if part.get_content_type() == "text/plain" and not part.is_attachment()]


class Roundcube(Trial):
    def served(self, **settings):
        service = roundcube.Roundcube(self.scratch, self.port, **settings)
        service.start(self.as_nobody())
        self.addCleanup(service.stop)
        return service

    def check_each_session_asked_once(self):
        """No session had a message that opens from the server twice."""
        for each in self.behind.recordings:
            for message in self.messages:
                if message.opens:
                    body = message.on_the_wire.split(b"\r\n\r\n", 1)[1]
                    self.assertLessEqual(bytes(each.server).count(body), 1, f"{message.name} was sent again")

    def check_subjects(self, subjects):
        self.assertEqual(sorted(subjects), list(range(1, len(self.messages) + 1)))
        self.assertEqual(subjects[self.number("protected")], "the real subject")

    def test_roundcube(self):
        service = self.served()
        browser = roundcube.Browser(service.port, self.user, self.password)
        self.check_subjects(browser.listed(browser.ask("list", _mbox="INBOX")))
        for uid, (message, view) in enumerate(zip(self.messages, self.views), 1):
            with self.subTest(message=message.name):
                # The file is as long as RFC822.SIZE says, and the server of the pages ends it there.
                self.assertEqual(browser.source(uid), view)
                page, text = browser.text(uid)
                if message.opens:
                    for expected in plain(view):
                        self.assertIn(expected, words(text))
                    self.assertNotIn("pkcs7-mime", page)
        big = self.number("big")
        page, _ = browser.text(big)
        self.assertIn("numbers.txt", page)
        self.assertEqual(browser.part(big, "2"),
                         self.view("big").split(b"numbers.txt\r\n\r\n", 1)[1].removesuffix(b"\r\n--big--\r\n"))
        self.check_a_file_in_base64(browser)
        self.check_each_session_asked_once()
        self.changed(browser)
        self.arrived(browser)
        self.assertEqual(service.said(), "")
        self.check_no_command_failed()

    def check_a_file_in_base64(self, browser):
        """It asks for BINARY.PEEK."""
        uid = self.number("cbc128-v15-der-mixed")
        message = email.message_from_bytes(self.view("cbc128-v15-der-mixed"), policy=email.policy.default)
        file, = message.iter_attachments()
        page, _ = browser.text(uid)
        part = re.search(r"_part=([0-9.]+)", page)[1]
        self.assertEqual(browser.part(uid, part), file.get_content())

    def changed(self, browser):
        """Search, flag, move, delete, answer, draft."""
        found = browser.listed(browser.ask("search", _mbox="INBOX", _q="plain-mixed", _headers="subject,from", _scope="base"))
        self.assertEqual(list(found), [self.number("plain-mixed")])
        browser.ask("mark", {"_uid": self.number("protected"), "_flag": "flagged", "_mbox": "INBOX"})
        moved, gone = self.number("triple"), self.number("plain-mixed")
        browser.ask("move", {"_uid": moved, "_mbox": "INBOX", "_target_mbox": "Archive"})
        browser.ask("delete", {"_uid": gone, "_mbox": "INBOX"})
        browser.draft("by Roundcube", "text")
        flags = self.flags()
        self.assertEqual(flags[self.number("protected")], {"\\Seen", "\\Flagged"})
        self.assertNotIn(moved, flags)
        self.assertNotIn(gone, flags)
        self.assertEqual(self.stored("Archive"), [self.messages[moved - 1].octets])
        self.assertIn(b"Subject: by Roundcube\n", b"".join(self.stored("Drafts")))
        self.check_the_servers_copies("Archive", but=("plain-mixed",))
        answer = browser.page(_task="mail", _action="compose", _reply_uid=self.number("protected"), _mbox="INBOX")
        answer = browser.page(_task="mail", _action="compose", _id=re.search(r'"compose_id":"([^"]+)"', answer)[1])
        self.assertIn(f"> A {WORD.decode()} is in here.".replace(">", "&gt;"), answer)
        self.assertIn("Re: the real subject", answer)

    def arrived(self, browser):
        """What has arrived since is looked for every minute."""
        self.server.deliver(messages.wrap(messages.encrypt(b"\r\nIt has arrived.\r\n"), "new"), self.user, flags="")
        new = max(self.flags())
        listed = browser.listed(browser.ask("refresh", {"_mbox": "INBOX", "_list": 1, "_quota": 0, "_uids": ""}))
        self.assertEqual(listed.get(new), "new")
        self.assertIn("It has arrived.", browser.text(new)[1])

    def test_cached(self):
        """With a cache of its own it asks what has changed (QRESYNC)."""
        service = self.served(messages_cache="db", imap_cache="db")
        browser = roundcube.Browser(service.port, self.user, self.password)
        self.check_subjects(browser.listed(browser.ask("list", _mbox="INBOX")))
        self.check_the_server_gave_each(1)
        self.before.recordings.clear()
        browser = roundcube.Browser(service.port, self.user, self.password)
        self.check_subjects(browser.listed(browser.ask("list", _mbox="INBOX")))
        self.assertIn(b"ENABLE QRESYNC", self.asked())
        self.assertNotIn(b"BODY", self.asked(), "it fetched again")
        # If a message has gone it fetches all again: from Dovecot, too.
        with self.direct() as direct:
            direct.ok(f"UID STORE {self.number('protected')} +FLAGS (\\Flagged)")
            direct.ok(f"UID STORE {self.number('plain-mixed')} +FLAGS (\\Deleted)")
            direct.ok("EXPUNGE")
        browser = roundcube.Browser(service.port, self.user, self.password)
        commands = browser.ask("list", _mbox="INBOX")
        subjects = browser.listed(commands)
        self.assertEqual(len(subjects), len(self.messages) - 1)
        self.assertEqual(subjects[self.number("protected")], "the real subject")
        self.assertIn('"flagged":1', commands)
        self.assertEqual(service.said(), "")
        self.check_no_command_failed()


if __name__ == "__main__":
    if lacking := roundcube.missing():
        print(lacking)
        sys.exit(77)
    unittest.main()
