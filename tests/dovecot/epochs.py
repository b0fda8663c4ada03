#!/usr/bin/env python3
"""UIDVALIDITY epochs (design, chapter 6): whatever changes the views makes clients fetch again, and
only where there is S/MIME mail; never a lower value, whatever becomes of what was recorded."""

import os
import pathlib
import re
import shutil
import stat
import subprocess
import tempfile
import textwrap
import time
import unittest

import messages
from client import RawClient
from server import Dovecot, free_ports
from service import Paperknife

TEXT = b"Content-Type: text/plain\r\n\r\nfor the reader only\r\n"
SECRET = b"for the reader only"


def letter(number, cms):
    return b"Message-ID: <%d@example.org>\r\n" % number + messages.wrap(cms, f"letter {number}")


def validity(responses):
    """The UIDVALIDITY that is told in a list of responses: one and no other."""
    told = set(re.findall(rb"UIDVALIDITY (\d+)|(?:APPENDUID|COPYUID) (\d+)", b"".join(responses)))
    numbers = {int(number) for pair in told for number in pair if number}
    if len(numbers) != 1:
        raise AssertionError(f"{numbers} in {responses}")
    return numbers.pop()


class Epochs(unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(Dovecot())
        self.keys = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        for number in range(4):
            self.server.deliver(letter(number, messages.encrypt(TEXT)), flags="")
        self.server.deliver(b"Message-ID: <p@example.org>\r\nSubject: plain\r\n\r\nHello\r\n", flags="S")
        for number in range(3):
            self.server.deliver(b"Subject: plain %d\r\n\r\nHello\r\n" % number, mailbox="Plain", flags="")
        with self.session(self.server.port) as client:
            self.own = validity(client.ok("SELECT INBOX"))
        self.port, = free_ports(1)
        self.accounts = [{"name": "work", "listen": f"127.0.0.1:{self.port}",
                          "upstream": f"imap+plaintext://127.0.0.1:{self.server.port}"}]
        self.tables = f'[keystore]\ndirectory = "{self.keys}"\n' + messages.NO_KEYWORDS
        self.service = self.enterContext(Paperknife(self.accounts, self.tables))
        self.state = self.service.directory / "state" / "paperknife"
        self.reloads = 0

    def session(self, port=None):
        client = RawClient(port or self.port)
        client.login(self.server)
        return client

    def read(self, mailbox="INBOX"):
        """Reads all of a mailbox as a new client does: its UIDVALIDITY, and whether mail opened."""
        with self.session() as client:
            value = validity(client.ok(f"SELECT {mailbox}"))
            headers = client.ok("UID FETCH 1:* (FLAGS RFC822.SIZE BODY.PEEK[HEADER])")
            bodies = client.ok("UID FETCH 1:* (BODY.PEEK[])")
            self.assertEqual(len(headers), len(bodies))
            return value, any(SECRET in body for body in bodies)

    def presented(self, mailbox="INBOX"):
        with self.session() as client:
            value = validity(client.ok(f"SELECT {mailbox}"))
            self.assertEqual(validity(client.ok(f"STATUS {mailbox} (MESSAGES UIDVALIDITY)")), value)
            return value

    def add_key(self):
        shutil.copy(messages.directory() / "keys-pem" / "alice.pem", self.keys)

    def reload(self, tables=""):
        self.service.configure(self.tables + tables)
        self.service.hang_up()
        self.reloads += 1
        until = time.monotonic() + 20
        while self.service.stderr().count("configuration read again") < self.reloads:
            self.assertLess(time.monotonic(), until, self.service.output())
            time.sleep(0.02)

    def test_a_new_key_makes_clients_fetch_again(self):
        self.assertEqual(self.read(), (self.own, False))
        self.assertEqual(self.read("Plain")[1], False)
        old = self.enterContext(self.session())
        old.ok("SELECT INBOX")
        self.add_key()
        self.reload()
        # The session that runs keeps its settings and its epoch, also when it selects once more.
        for _ in range(2):
            self.assertNotIn(SECRET, b"".join(old.ok("UID FETCH 1:* (BODY.PEEK[])")))
            self.assertEqual(validity(old.ok("STATUS INBOX (UIDVALIDITY)")), self.own)
            self.assertEqual(validity(old.ok("SELECT INBOX")), self.own)

        new, opened = self.read()
        self.assertGreater(new, self.own)
        self.assertTrue(opened)
        with self.session() as client:
            client.ok("SELECT Plain")
            answers = [client.command(b"APPEND INBOX {3+}\r\nabc"), client.command("COPY 1:2 INBOX"),
                       client.command("MOVE 1:2 INBOX"), client.ok("EXAMINE INBOX"),
                       client.ok('LIST "" INBOX RETURN (STATUS (UIDVALIDITY))')]
            self.assertEqual([validity(each) for each in answers], [new] * len(answers))
            self.assertEqual(validity(client.ok("STATUS inbox (UIDVALIDITY)")), new)
        # Nothing changes: nothing is fetched again, neither now nor after the end of the process.
        self.reload()
        self.assertEqual(self.presented(), new)
        self.service.restart()
        self.assertEqual(self.read(), (new, True))
        # What is gone opens no more.
        (self.keys / "alice.pem").unlink()
        self.service.restart()
        last, opened = self.read()
        self.assertGreater(last, new)
        self.assertFalse(opened)

    def test_settings_that_make_other_views(self):
        self.add_key()
        self.reload()
        values = [self.read()[0]]
        self.assertEqual(values, [self.own])
        trust = messages.directory() / "pki" / "alice.crt"
        for tables, opens in (('[decrypt]\nunauthenticated_html = "text"\n', True),
                              ("[decrypt]\nenabled = false\n", False), ("", True),
                              (f'[verify]\ntrust = ["{trust}"]\n', True)):
            with self.subTest(tables):
                self.reload(tables)
                value, opened = self.read()
                self.assertEqual(opened, opens)
                self.assertGreater(value, values[-1])
                values.append(value)
        # These change nothing that is shown.
        self.reload(f'[verify]\ntrust = ["{trust}"]\n[log]\nlevel = "debug"\n')
        self.assertEqual(self.presented(), values[-1])

    def test_what_was_shown_while_nothing_was_opened_is_fetched_again(self):
        self.add_key()
        self.reload("[decrypt]\nenabled = false\n")
        self.assertEqual((self.read(), self.read("Plain")[1]), ((self.own, False), False))
        plain = self.presented("Plain")
        self.reload()
        value, opened = self.read()
        self.assertGreater(value, self.own)
        self.assertTrue(opened)
        self.assertEqual(self.presented("Plain"), plain)

    def test_a_mailbox_without_smime_stays_the_servers_octet_for_octet(self):
        def heard(port):
            client = self.enterContext(self.session(port))
            start = len(client.received)
            for command in ('LIST "" Plain RETURN (STATUS (UIDVALIDITY MESSAGES UIDNEXT))',
                            "STATUS Plain (UIDVALIDITY MESSAGES UIDNEXT HIGHESTMODSEQ)",
                            "ENABLE QRESYNC", "SELECT Plain (QRESYNC (1 1))",
                            "UID FETCH 1:* (FLAGS RFC822.SIZE BODY.PEEK[]) (CHANGEDSINCE 1 VANISHED)",
                            "UID FETCH 1:* (BODYSTRUCTURE) (CHANGEDSINCE 1 VANISHED)",
                            "EXAMINE Plain", "CLOSE"):
                client.ok(command)
            return re.sub(rb"\(\d+\.\d+ \+ \d+\.\d+( \+ \d+\.\d+)? secs\)", b"", client.received[start:])

        heard(self.server.port)  # Dovecot has read and indexed it all
        direct = heard(self.server.port)
        self.assertEqual(heard(self.port), direct)
        self.read()
        self.add_key()
        self.reload()
        self.assertEqual(heard(self.port), direct)
        self.assertGreater(self.presented(), self.own)
        self.assertNotIn("Plain", (self.state / "epochs").read_text())

    def test_qresync_goes_through(self):
        self.read()
        self.add_key()
        self.reload()
        value = self.read()[0]
        self.assertGreater(value, self.own)

        def session(port, presented):
            client = self.enterContext(self.session(port))
            client.ok("ENABLE CONDSTORE QRESYNC")
            selected = client.ok("SELECT INBOX")
            self.assertEqual(validity(selected), presented)
            modseq = int(re.search(rb"HIGHESTMODSEQ (\d+)", b"".join(selected))[1])
            return client, modseq

        client, modseq = session(self.port, value)
        direct, _ = session(self.server.port, self.own)
        client.ok("CLOSE")
        direct.ok("UID STORE 1 +FLAGS (\\Flagged)")
        direct.ok("UID STORE 2 +FLAGS (\\Deleted)")
        gone = direct.ok("EXPUNGE")
        self.assertTrue(any(each.startswith(b"* VANISHED 2") for each in gone), gone)

        def news(client, presented):
            said = client.ok(f"SELECT INBOX (QRESYNC ({presented} {modseq} 1:5))")
            self.assertEqual(validity(said), value if client is not direct else self.own)
            return [each for each in said if b"VANISHED" in each or b" FETCH " in each]

        expected = news(direct, self.own)
        self.assertEqual([each[:20] for each in expected][:1], [b"* VANISHED (EARLIER)"])
        self.assertEqual(len(expected), 2)
        self.assertEqual(news(client, value), expected)
        # The value of the views before is the server's own: it does not count.
        self.assertEqual(news(client, self.own), [])
        self.assertEqual(news(client, value + 1), [])
        changed = f"UID FETCH 1:* (FLAGS) (CHANGEDSINCE {modseq} VANISHED)"
        self.assertEqual(client.ok(changed), direct.ok(changed))
        sizes = client.ok(f"UID FETCH 1:* (RFC822.SIZE) (CHANGEDSINCE {modseq} VANISHED)")
        self.assertEqual(sum(b"VANISHED (EARLIER) 2" in each for each in sizes), 1, sizes)
        self.assertEqual(sum(b" FETCH (UID 1 " in each for each in sizes), 1, sizes)
        # Messages go while others are being read.
        direct.ok("UID STORE 3 +FLAGS (\\Deleted)")
        direct.ok("EXPUNGE")
        said = client.ok("UID FETCH 1:* (BODY.PEEK[TEXT])") + client.ok("NOOP")
        self.assertEqual(sum(each.startswith(b"* VANISHED 3\r") for each in said), 1, said)
        parts = client.ok("UID FETCH 1:* (BODY.PEEK[TEXT])")
        self.assertEqual(sorted(int(re.match(rb"\* (\d+) FETCH", each)[1]) for each in parts), [1, 2, 3])
        self.assertEqual(sum(SECRET in each for each in parts), 2)

    def test_lost_and_damaged_records_never_give_a_lower_value(self):
        self.read()
        self.add_key()
        self.reload()
        values = [self.read()[0]]
        self.assertGreater(values[0], self.own)
        epochs, copy = self.state / "epochs", self.state / "epochs.copy"
        self.assertEqual(stat.S_IMODE(epochs.stat().st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(self.state.stat().st_mode), 0o700)

        def damage(what):
            self.service.process.kill()
            self.service.process.wait()
            what()
            self.service.restart()
            value, opened = self.read()
            self.assertTrue(opened)
            return value

        for name, what in (("cut", lambda: os.truncate(epochs, 50)), ("gone", epochs.unlink),
                           ("garbage", lambda: epochs.write_bytes(b"\0\xff" * 500)),
                           ("empty", lambda: epochs.write_bytes(b""))):
            with self.subTest(name):
                value = damage(what)
                self.assertEqual(value, values[-1])  # the copy
                self.assertIn("its copy is used", self.service.stderr())
                time.sleep(1.1)  # values count seconds
                value = damage(lambda: (what(), copy.write_bytes(b"")))
                self.assertGreater(value, values[-1])
                values.append(value)
                self.assertEqual(damage(lambda: None), value)

        # Where nothing can be recorded, mail is read all the same; settings that change count.
        def nowhere():
            shutil.rmtree(self.state)
            self.state.write_bytes(b"")

        damage(nowhere)
        self.service.stderr_file.write_bytes(b"")
        self.reloads = 0
        before = self.presented()
        (self.keys / "alice.pem").unlink()
        self.reload()
        value, opened = self.read()
        self.assertGreater(value, before)
        self.assertFalse(opened)

    def test_mbsync_resyncs_and_keeps_flags(self):
        with tempfile.TemporaryDirectory() as scratch:
            scratch = pathlib.Path(scratch)
            local = scratch / "local"
            local.mkdir()
            (scratch / "rc").write_text(textwrap.dedent(f"""
                FSync no

                IMAPAccount a
                Host 127.0.0.1
                Port {self.port}
                User {self.server.user}
                Pass {self.server.password}
                AuthMechs LOGIN
                SSLType None

                IMAPStore far
                Account a

                MaildirStore near
                Path {local}/
                Inbox {local}/INBOX

                Channel c
                Far :far:
                Near :near:
                Patterns INBOX
                Create Near
                Sync All
                Expunge Both
                SyncState *
                """))

            def sync():
                done = subprocess.run(["mbsync", "-c", str(scratch / "rc"), "-a"], timeout=60,
                                      capture_output=True, text=True,
                                      env={**os.environ, "HOME": str(scratch)})
                said = done.stdout + done.stderr
                self.assertEqual(done.returncode, 0, said)
                # What it says of every Maildir that it has just written, and of every plain login; isync 1.5 counts what it did, too,
                # and has another word for SSLType.
                return re.sub(r"(?m)^(Maildir notice: sleeping|\*\*\* IMAP Warning|Channels: |Processed |.*SSLType is deprecated).*\n+",
                              "", said)

            def flags():
                with self.session(self.server.port) as client:
                    client.ok("SELECT INBOX")
                    return client.ok("UID FETCH 1:* (FLAGS)")

            def near():
                return sorted(file.name.split(":")[-1] for file in local.glob("INBOX/*/*"))

            with self.session(self.server.port) as client:
                client.ok("SELECT INBOX")
                client.ok("UID STORE 2 +FLAGS.SILENT (\\Flagged \\Seen)")
            sync()
            kept = (flags(), near())
            self.add_key()
            self.reload()
            # It knows the messages by their Message-ID, and begins nothing anew.
            self.assertEqual(sync(), "Notice: channel c, far side box INBOX: Recovered from "
                                     "change of UIDVALIDITY.\n")
            self.assertGreater(self.presented(), self.own)
            self.assertEqual((flags(), near()), kept)
            self.assertEqual(sync(), "")
            self.assertEqual((flags(), near()), kept)


if __name__ == "__main__":
    unittest.main()
