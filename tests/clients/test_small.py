#!/usr/bin/env python3
"""Clients that take a second each: Python's imaplib, curl, fetchmail, getmail and Perl's Mail::IMAPClient, over a mailbox with every
kind of S/MIME mail. What they were given must be the views, the server's copies must be ciphertext still, its flags theirs.
"""

import imaplib
import shutil
import textwrap
import unittest

from trial import Trial, lf

PERL = r"""
use strict; use warnings FATAL => 'all'; use Mail::IMAPClient;
my $c = Mail::IMAPClient->new(Server => '127.0.0.1', Port => $ARGV[0], User => 'perl', Password => 'wonderland', Uid => 1)
    or die "connect: $@";
sub ok { my ($what, $good) = @_; die "$what: " . ($c->LastError // '') unless $good }
ok('select', $c->select('INBOX'));
for my $uid ($c->messages) {
    # Dies of a size that is not exact.
    my $whole = $c->message_string($uid); ok("message $uid", defined $whole);
    open my $f, '>:raw', "$ARGV[1]/$uid" or die; print $f $whole; close $f;
    my $structure = $c->get_bodystructure($uid);
    ok("structure $uid", $structure && $structure->bodytype);
    my $envelope = $c->get_envelope($uid);
    print "$uid ", $envelope->subject, "\n" if $envelope && $envelope->subject;
}
my $sealed = $ARGV[2];
ok('part', length($c->bodypart_string($sealed, 1)));
ok('flag', $c->set_flag('Flagged', $sealed));
ok('move', $c->move('Archive', $sealed));
ok('expunge', $c->expunge);
ok('append', $c->append('Drafts', "Subject: by Perl\r\n\r\ntext\r\n"));
my $idle = $c->idle; ok('idle', $idle);
ok('done', $c->done($idle));
ok('search', ($c->search('SUBJECT', 'plain-mixed'))[0] == 2);
ok('logout', $c->logout);
"""


class SmallClients(Trial):
    def test_imaplib(self):
        with imaplib.IMAP4("127.0.0.1", self.port) as client:
            client.login(self.user, self.password)
            client.select("INBOX")
            for number, view in enumerate(self.views, 1):
                _, [(head, whole), _] = client.fetch(str(number), "(RFC822.SIZE RFC822)")
                self.assertEqual(whole, view)
                self.assertIn(b"RFC822.SIZE %d " % len(view), head)
            for item in ("FULL", "ALL", "FAST", "BODYSTRUCTURE"):
                status, answers = client.fetch("1:*", item)
                self.assertEqual((status, len(answers) >= len(self.views)), ("OK", True), item)
            _, [envelope] = client.fetch(str(self.number("protected")), "ENVELOPE")
            self.assertIn(b'"the real subject"', envelope)
            sealed = str(self.number("signed"))
            for done in (client.store(sealed, "+FLAGS", r"(\Flagged)"), client.copy(sealed, "Archive"),
                         client.append("Drafts", r"(\Draft)", None, b"Subject: a draft\r\n\r\ntext\r\n"),
                         client.store("1", "+FLAGS", r"(\Deleted)"), client.expunge(), client.noop()):
                self.assertEqual(done[0], "OK")
            self.assertEqual(client.uid("SEARCH", "SUBJECT", "plain-mixed")[1], [b"2"])
        flags = self.flags()
        self.assertNotIn(1, flags)
        self.assertEqual(flags[self.number("signed")], {"\\Seen", "\\Flagged"})
        self.assertEqual(len(self.stored("Drafts")), 1)
        self.assertIn(self.messages[self.number("signed") - 1].octets, self.stored("Archive"))
        self.check_the_servers_copies(but=("plain-text",))
        self.check_no_command_failed()

    def curl(self, path, *options):
        return self.run_program("curl", "-sS", "--user", f"{self.user}:{self.password}", *options,
                                f"imap://127.0.0.1:{self.port}/{path}")[0]

    @unittest.skipUnless(shutil.which("curl"), "curl is not installed")
    def test_curl(self):
        for name in ("gcm256-v15-der-text", "cbc128-v15-der-mixed", "clear-signed", "signed", "triple", "foreign", "big"):
            self.assertEqual(self.curl(f"INBOX;UID={self.number(name)}"), self.view(name), name)
        uid = self.number("big")
        whole = self.view("big")
        self.assertEqual(self.curl(f"INBOX;UID={uid};SECTION=TEXT"), whole.split(b"\r\n\r\n", 1)[1])
        self.assertEqual(self.curl(f"INBOX;UID={uid};SECTION=1"), b"See the file.")
        (self.scratch / "letter").write_bytes(b"Subject: by curl\r\n\r\ntext\r\n")
        self.curl("Drafts", "-T", str(self.scratch / "letter"))
        self.curl("INBOX", "-X", f"STORE {uid} +FLAGS (\\Flagged)")
        self.assertIn(b"* SEARCH 2\r\n", self.curl("INBOX?SUBJECT%20plain-mixed"))
        self.assertEqual([lf(octets) for octets in self.stored("Drafts")], [b"Subject: by curl\n\ntext\n"])
        self.assertIn("\\Flagged", self.flags()[uid])
        self.check_the_servers_copies()
        self.check_no_command_failed()

    def fetch(self, *options, status=(0,)):
        rc, mda, into = self.scratch / "rc", self.scratch / "mda", self.scratch / "mail"
        into.mkdir(exist_ok=True)
        mda.write_text(f'#!/bin/sh\nexec cat > "$(mktemp {into}/XXXXXXXX)"\n')
        mda.chmod(0o700)
        rc.write_text(f'poll 127.0.0.1 service {self.port} protocol imap user {self.user} password wonderland sslproto "" no rewrite\n'
                      f'  mda "{mda}"\n')
        rc.chmod(0o600)
        _, said = self.run_program("fetchmail", "-f", rc, "--pidfile", self.scratch / "pid", "--invisible", *options, status=status)
        return [lf(file.read_bytes()) for file in into.iterdir()], said

    @unittest.skipUnless(shutil.which("fetchmail"), "fetchmail is not installed")
    def test_fetchmail(self):
        mail, said = self.fetch("--keep", "--all")
        self.assertEqual(said, b"")
        self.assertEqual(len(mail), len(self.views))
        for view, message in zip(self.views, self.messages):
            head, body = lf(view).split(b"\n\n", 1)
            found = [each for each in mail if each.split(b"\n\n", 1)[0].find(head[head.find(b"\nMessage-ID: "):][:40]) >= 0
                     and each.split(b"\n\n", 1)[1].rstrip(b"\n") == body.rstrip(b"\n")]
            self.assertTrue(found, message.name)
        self.check_the_servers_copies()
        # Now it takes them away.
        mail, said = self.fetch("--nokeep", "--all")
        self.assertEqual(self.stored(), [])
        self.check_no_command_failed()

    def get(self):
        rc, into = self.scratch / "rc", self.scratch / "Maildir"
        for name in ("cur", "new", "tmp"):
            (into / name).mkdir(parents=True, exist_ok=True)
        rc.write_text(textwrap.dedent(f"""\
            [retriever]
            type = SimpleIMAPRetriever
            server = 127.0.0.1
            port = {self.port}
            username = {self.user}
            password = wonderland
            [destination]
            type = Maildir
            path = {into}/
            [options]
            delivered_to = false
            received = false
            read_all = false
            """))
        # It takes the end of a child that was quicker than itself for a bug, or waits for it in vain (getmail6's issues 226 and 245).
        (self.scratch / "sitecustomize.py").write_text("import os, time\nfork = os.fork\nos.fork = lambda: fork() or time.sleep(0.1) or 0\n")
        said, warned = self.run_program("getmail", "--rcfile", rc, "--getmaildir", self.scratch, env={"PYTHONPATH": str(self.scratch)})
        self.assertEqual(warned, b"")
        return said, [lf(file.read_bytes()) for file in (into / "new").iterdir()]

    @staticmethod
    def lines(message):
        return [line for line in message.split(b"\n\n", 1)[1].split(b"\n") if line]

    @unittest.skipUnless(shutil.which("getmail"), "getmail6 is not installed")
    def test_getmail(self):
        said, mail = self.get()
        # It writes a message anew with Python's email: another Return-Path, and empty lines behind inner multiparts.
        bodies = [self.lines(each) for each in mail]
        for view, message in zip(self.views, self.messages):
            if message.opens:
                self.assertIn(self.lines(lf(view)), bodies, message.name)
            self.assertIn(b"(%d bytes)" % len(view), said, message.name)
        self.assertEqual(len(mail), len(self.views))
        said, mail = self.get()
        self.assertEqual(len(mail), len(self.views), "it fetched again what it had")
        self.check_the_servers_copies()
        self.check_no_command_failed()

    def test_perl(self):
        if self.run_program("perl", "-MMail::IMAPClient", "-e", "1", status=(0, 2))[1]:
            self.skipTest("libmail-imapclient-perl is not installed")
        (self.scratch / "mail").mkdir()
        sealed = self.number("sign-encrypt")
        said, warned = self.run_program("perl", "-e", PERL, self.port, self.scratch / "mail", sealed)
        self.assertEqual(warned, b"")
        for number, view in enumerate(self.views, 1):
            self.assertEqual((self.scratch / "mail" / str(number)).read_bytes(), view, self.messages[number - 1].name)
        self.assertIn(b"%d the real subject\n" % self.number("protected"), said)
        self.assertNotIn(sealed, self.flags())
        self.assertEqual(self.stored("Archive"), [self.messages[sealed - 1].octets])
        self.assertEqual(len(self.stored("Drafts")), 1)
        self.check_the_servers_copies("Archive")
        self.check_no_command_failed()

if __name__ == "__main__":
    unittest.main()
