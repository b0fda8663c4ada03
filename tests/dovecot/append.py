#!/usr/bin/env python3
"""What clients put into mailboxes: copies of views, drafts that answer encrypted mail, everything.

openssl and gpgsm judge what paperknife encrypts.
"""

import base64
import email
import imaplib
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "program"))

import mailers
from client import Closed, RawClient
from program import openssl
from server import Dovecot
from service import Paperknife, binary
from tap import Tap

CANARY = b"the canary sings"
OUTER = (b"From: Bob <bob@example.org>\r\nTo: rsa@example.org\r\nSubject: figures\r\n"
         b"Message-ID: <secret@example.org>\r\nMIME-Version: 1.0\r\n")
CONTENT = b"Content-Type: text/plain\r\n\r\nDear Alice,\r\n" + CANARY + b"\r\n"
DRAFT = (b"From: %s\r\nTo: bob@example.org\r\nSubject: Re: figures\r\nMessage-ID: <answer@example.org>\r\n"
         b"In-Reply-To: <secret@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
         b"> " + CANARY + b"\r\nIt does.\r\n")


def network(octets):
    return re.sub(rb"\r?\n", b"\r\n", octets)


def body(octets):
    return octets.partition(b"\r\n\r\n")[2]


class Append(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.people = mailers.people(cls.home)

    def setUp(self):
        self.server = self.enterContext(Dovecot())

    def keys(self, *names):
        directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        for name in names:
            file = directory / f"{name}.pem"
            file.write_bytes(self.people[name].pem())
            file.chmod(0o600)
        return f'[keystore]\ndirectory = "{directory}"\n'

    def sealed(self, name="rsa"):
        cms = openssl("cms", "-encrypt", "-aes-256-gcm", self.people[name].certificate, input=CONTENT)
        return OUTER + network(cms)

    def service(self, rules="", keys=("rsa",), servers=None):
        accounts = [{"upstream": f"imap+plaintext://127.0.0.1:{server.port}"}
                    for server in servers or [self.server]]
        tables = self.keys(*keys) + (f"[append]\n{rules}\n" if rules else "")
        return self.enterContext(Paperknife(accounts, tables))

    def client(self, port, server=None):
        client = imaplib.IMAP4("127.0.0.1", port, timeout=20)
        self.addCleanup(client.shutdown)
        server = server or self.server
        client.login(server.user, server.password)
        return client

    def fetched(self, port, mailbox="INBOX", server=None):
        """All messages of a mailbox."""
        client = self.client(port, server)
        if client.select(mailbox, readonly=True)[0] != "OK":
            return []
        _, answers = client.uid("FETCH", "1:*", "(BODY.PEEK[])")
        return [answer[1] for answer in answers if isinstance(answer, tuple)]

    def stored(self, mailbox="INBOX", server=None):
        """What the server has."""
        return self.fetched((server or self.server).port, mailbox, server)

    def opened(self, service):
        """The view of the one message in the inbox."""
        [view] = self.fetched(service.port)
        self.assertIn(CANARY, view)
        self.assertIn(b"X-Paperknife", view)
        return view

    def test_a_copy_is_put_back_as_the_original(self):
        original = self.sealed()
        self.server.deliver(original)
        other = self.enterContext(Dovecot())
        service = self.service(servers=[self.server, other])
        view = self.opened(service)
        client = self.client(service.port)
        client.create("Archive")
        status, [answer] = client.append("Archive", r"(\Seen \Flagged)", '"25-Nov-2026 10:00:00 +0000"', view)
        self.assertEqual(status, "OK", answer)
        self.assertRegex(answer, rb"^\[APPENDUID \d+ 1\]")
        # And to another account, as Thunderbird's local folders have it.
        dragged = self.client(service.ports["account1"], other)
        local = (b"X-Mozilla-Status: 0001\r\nX-Mozilla-Status2: 00000000\r\n" + view).replace(b"\r\n", b"\n")
        self.assertEqual(dragged.append("INBOX", None, None, network(local))[0], "OK")
        self.assertEqual(self.stored("Archive"), [original])
        self.assertEqual(self.stored("INBOX", other), [original])
        self.assertEqual(self.fetched(service.port, "Archive"), [view])
        with RawClient(self.server.port) as direct:
            direct.login(self.server)
            direct.ok("SELECT Archive")
            [line] = [line for line in direct.ok("FETCH 1 (FLAGS INTERNALDATE)") if b"FETCH" in line]
            self.assertIn(b"\\Seen", line)
            self.assertIn(b"\\Flagged", line)
            self.assertIn(b'"25-Nov-2026 10:00:00 +0000"', line)
        # What the server copies and moves by itself stays what it is.
        client.select("INBOX")
        self.assertEqual(client.copy("1", "Archive")[0], "OK")
        self.assertEqual(client._simple_command("MOVE", "1", "Archive")[0], "OK")
        self.assertEqual(self.stored("Archive"), 3 * [original])

    def test_a_copy_of_unknown_origin_is_refused(self):
        self.server.deliver(self.sealed())
        view = self.opened(self.service())
        service = self.service()  # which has opened nothing yet
        for plus in b"", b"+":
            with RawClient(service.port) as client:
                client.login(self.server)
                client.send(b"a APPEND INBOX {%d%s}\r\n" % (len(view), plus))
                if not plus:
                    self.assertTrue(client.response().startswith(b"+ "))
                client.send(view + b"\r\n")
                self.assertRegex(client.until("a")[-1], rb"^a NO \[CANNOT\] paperknife: ")
                client.ok("NOOP")
        self.assertEqual(len(self.stored()), 1)
        self.assertIn("was not put into a mailbox", service.stderr())
        self.assertNotIn(CANARY.decode(), service.stderr())
        # By the other rules it passes, with a word and without one.
        for rule, alerts in ("warn", 1), ("allow", 0):
            service = self.service(f'plaintext_copies = "{rule}"')
            with RawClient(service.port) as client:
                client.login(self.server)
                for _ in range(2):
                    client.ok(b"APPEND INBOX {%d+}\r\n" % len(view) + view)
                self.assertEqual(bytes(client.received).count(b"* OK [ALERT] paperknife: "), alerts)
        self.assertEqual(self.stored()[1:], 4 * [view])

    def test_a_draft_is_not_lost(self):
        self.server.deliver(self.sealed())
        service = self.service()
        self.opened(service)
        draft = DRAFT % b"rsa@example.org"
        self.assertEqual(self.client(service.port).append("Sent", r"(\Draft)", None, draft)[0], "OK")
        self.assertEqual(self.stored("Sent"), [draft])
        self.assertIn("belongs to an encrypted one", service.stderr())

    def judges(self, name, cipher):
        """Who knows authEnveloped-data, and who knows elliptic curves, differs."""
        yield mailers.Openssl(self.home, self.people)
        if cipher != "aes-256-cbc":
            return
        for maker in mailers.Gpgsm, mailers.Nss:
            directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
            for file in self.home.iterdir():
                if file.is_file():
                    (directory / file.name).write_bytes(file.read_bytes())
            judge = maker(directory, {name: self.people[name]})
            self.addCleanup(judge.close)
            if name in judge.recipients:
                yield judge
            else:
                print(*judge.unable, "- so it judges no such message", sep="\n", flush=True)

    def test_a_draft_is_encrypted_to_oneself(self):
        self.server.deliver(self.sealed())
        for name, cipher in (("rsa", "aes-256-gcm"), ("rsa", "aes-256-cbc"), ("P-256", "aes-256-cbc"),
                             ("P-384", "aes-256-gcm"), ("P-521", "aes-256-cbc")):
            with self.subTest(name=name, cipher=cipher):
                service = self.service(f'encrypt_to_self = "{name}@example.org"\ncipher = "{cipher}"',
                                       {"rsa", name})
                self.opened(service)
                mailbox = f"{name}-{cipher}"
                client = self.client(service.port)
                client.create(mailbox)
                draft = DRAFT % self.people[name].address.encode()
                status, [answer] = client.append(mailbox, r"(\Draft)", None, draft)
                self.assertEqual(status, "OK", answer)
                self.assertRegex(answer, rb"^\[APPENDUID \d+ 1\]")
                [octets] = self.stored(mailbox)
                for secret in CANARY, b"It does", b"Re: figures", b"utf-8":
                    self.assertNotIn(secret, octets)
                message = email.message_from_bytes(octets)
                self.assertEqual((message["Subject"], message["In-Reply-To"], message["To"]),
                                 ("[...]", "<secret@example.org>", "bob@example.org"))
                self.assertEqual(message.get_content_type(), "application/pkcs7-mime")
                self.assertEqual(message.get_param("name"), "smime.p7m")
                for judge in self.judges(name, cipher):
                    inside = judge.decrypt(base64.b64decode(body(octets)), self.people[name])
                    self.assertEqual(body(inside), body(draft), judge.name)
                    self.assertIn(b"Subject: Re: figures\r\n", inside)
                # As it came in, for the client.
                [view] = self.fetched(service.port, mailbox)
                self.assertEqual(body(view), body(draft))
                self.assertEqual(email.message_from_bytes(view)["Subject"], "Re: figures")
                # Saved again by somebody who has read it back, it is encrypted once.
                self.assertEqual(client.append(mailbox, None, None, octets)[0], "OK")
                self.assertEqual(client.append(mailbox, None, None, view)[0], "OK")
                self.assertEqual(self.stored(mailbox), 3 * [octets])

    def test_what_has_nothing_to_do_with_it_is_encrypted_if_asked_for(self):
        plain = b"From: rsa@example.org\r\nSubject: lunch\r\n\r\n" + CANARY + b"\r\n"
        self.client(self.service("encrypt_to_self = true").port).append("INBOX", None, None, plain)
        service = self.service("encrypt_to_self = true\nencrypt_all = true")
        with RawClient(service.port) as client:  # several at once, and one of them large (RFC 3502)
            client.login(self.server)
            large = plain + 100_000 * b"0123456789\r\n"
            client.ok(b"APPEND INBOX {%d+}\r\n%s (\\Seen) {%d+}\r\n%s" % (len(plain), plain, len(large), large))
        passed, small, much = self.stored()
        self.assertEqual(passed, plain)
        self.assertNotIn(CANARY, small + much)
        views = self.fetched(service.port)
        self.assertEqual([body(view) for view in views], [body(plain), body(plain), body(large)])

    def test_without_a_certificate_nothing_goes_in_plain(self):
        service = self.service('encrypt_to_self = "nobody@example.org"\nencrypt_all = true')
        status, [answer] = self.client(service.port).append("INBOX", None, None, b"Subject: x\r\n\r\nx\r\n")
        self.assertEqual(status, "NO")
        self.assertIn(b"no key in the key directory is of nobody@example.org", answer)
        self.assertEqual(self.stored(), [])

    def test_connections_that_break(self):
        """Whoever goes, and when: the server has the whole message or none, and no plaintext ever."""
        self.server.deliver(self.sealed())
        for cut in (0, 1, 40, 500, 5000):
            with self.subTest("the server", cut=cut), self.cutting(cut) as tap:
                service = self.service("encrypt_to_self = true", servers=[tap])
                self.opened(service)
                tap.armed.set()
                with self.assertRaises((imaplib.IMAP4.abort, OSError)):
                    self.client(service.port).append("INBOX", None, None, DRAFT % b"rsa@example.org" + 9000 * b"x")
                sent = b"".join(bytes(recording.client) for recording in tap.recordings)
                self.assertNotIn(CANARY, sent)
        service = self.service("encrypt_to_self = true")
        self.opened(service)
        draft = DRAFT % b"rsa@example.org"
        command = b"a APPEND INBOX {%d+}\r\n" % len(draft) + draft
        for cut in range(0, len(command), 29):
            with RawClient(service.port) as client:
                client.login(self.server)
                client.send(command[:cut])
        self.assertEqual(len(self.stored()), 1)

    def cutting(self, after):
        """A tap that cuts its connections so many octets into an APPEND's literal."""
        armed = threading.Event()
        seen = bytearray()

        def intercept(recording, side, octets):
            if side == "client" and armed.is_set():
                seen.extend(octets)
                if b"APPEND" in seen and len(seen) - seen.index(b"APPEND") > 30 + after:
                    recording.cut()
            return octets

        tap = Tap(self.server.port, intercept)
        tap.armed = armed
        return tap

    @unittest.skipUnless(shutil.which("mbsync"), "no mbsync here")
    def test_mbsync_moves(self):
        """What is moved in mbsync's copy is put back as it was, and not as mbsync has it."""
        original = self.sealed()
        self.server.deliver(original)
        self.client(self.server.port).create("Archive")
        service = self.service()
        home = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        (home / "rc").write_text(
            f"IMAPAccount a\nHost 127.0.0.1\nPort {service.port}\nUser {self.server.user}\n"
            f"Pass {self.server.password}\nSSLType None\nAuthMechs LOGIN\n\nIMAPStore far\nAccount a\n\n"
            f"MaildirStore near\nSubFolders Verbatim\nPath {home}/mail/\nInbox {home}/mail/INBOX\n\n"
            "Channel c\nFar :far:\nNear :near:\nPatterns INBOX Archive\nCreate Near\nExpunge Both\nSyncState *\n")
        (home / "mail").mkdir()

        def sync():
            subprocess.run(["mbsync", "-q", "-c", home / "rc", "c"], check=True, timeout=60)

        sync()
        [copy] = [file for file in (home / "mail/INBOX").glob("*/*") if file.parent.name in ("new", "cur")]
        self.assertIn(CANARY, copy.read_bytes())
        copy.rename(home / "mail/Archive/cur" / (copy.name.partition(",U=")[0] + ":2,S"))
        sync()
        self.assertEqual(self.stored("INBOX"), [])
        [moved] = self.stored("Archive")
        self.assertTrue(moved.endswith(original))
        self.assertRegex(moved.removesuffix(original), rb"^(X-TUID: [^\r\n]*\r\n)?$")
        sync()
        self.assertEqual(len(self.stored("Archive")), 1)

    def test_check_says_whom_it_is_encrypted_to(self):
        for name, status, words in ("rsa@example.org", 0, "ok .*encrypt_to_self: to .*CN=rsa"), (
                "nobody", 1, "problem .*encrypt_to_self: no key in the key directory is of nobody"):
            file = self.home / "config.toml"
            file.write_text(f'[[account]]\nname = "a"\nlisten = "127.0.0.1:1143"\n'
                            f'upstream = "imap+plaintext://127.0.0.1:{self.server.port}"\n' + self.keys("rsa") + f'[append]\nencrypt_to_self = "{name}"\n')
            done = subprocess.run([binary(), "check", "-c", file], check=False, text=True,
                                  capture_output=True)
            self.assertEqual(done.returncode, status, done.stdout)
            self.assertRegex(done.stdout, words)


if __name__ == "__main__":
    unittest.main(verbosity=2)
