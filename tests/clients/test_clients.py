#!/usr/bin/env python3
"""Whole mail programs through paperknife over a mailbox with every kind of S/MIME mail: first sync, open, attachment, search, flag,
move, delete, append, idle and resync, as each can be made to by a script. See README.md for what was found.
"""

import os
import pathlib
import re
import shutil
import subprocess
import textwrap
import unittest

from terminal import Terminal
from trial import SLOW, Trial, lf, messages

HERE = pathlib.Path(__file__).resolve().parent
IMAPFLOW = pathlib.Path(os.environ.get("PAPERKNIFE_IMAPFLOW") or HERE.parent.parent / "build" / "imapflow")
MAIL_JAR = pathlib.Path("/usr/share/java/javax.mail.jar")


def needs(program):
    return unittest.skipUnless(shutil.which(program), f"{program} is not installed")


class Clients(Trial):
    maxDiff = 2000

    def terminal(self, *command):
        environment = {"HOME": str(self.scratch), "PATH": "/usr/bin:/bin:/usr/sbin", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8",
                       "TERM": "xterm", "USER": self.user, "XDG_CONFIG_HOME": str(self.scratch / "config")}
        terminal = Terminal([*self.as_nobody(), *map(str, command)], self.scratch, environment, 60 * SLOW)
        self.addCleanup(terminal.kill)
        return terminal

    # mutt and neomutt: one script for both, typed in by the program itself.
    def mutt(self, program):
        rc, out = self.scratch / "muttrc", self.scratch / "out"
        out.mkdir()
        cache = self.scratch / "cache"
        cache.mkdir()
        rc.write_text(textwrap.dedent(f"""
            set imap_user="{self.user}" imap_pass="{self.password}" imap_authenticators="plain"
            set ssl_starttls=no ssl_force_tls=no mail_check=1 timeout=1 imap_idle=yes
            set folder="imap://127.0.0.1:{self.port}/" spoolfile="+INBOX" record="" copy=no
            set wait_key=no quit=yes delete=yes confirmappend=no confirmcreate=no beep=no mark_old=no
            set prompt_after=no crypt_use_gpgme=no crypt_verify_sig=no sort=mailbox-order
            set header_cache="{cache}" move=no mbox="" pipe_decode=no pager="cat >> {out}/read"
            {'set message_cachedir=""' if program == 'mutt' else ''}
            """))
        script = self.scratch / "script"
        sealed, moved, gone = self.number("gcm256-v15-der-text"), self.number("triple"), self.number("plain-mixed")

        def to(subject):
            return f"<first-entry><search>~s '{subject}'<enter>"

        script.write_text(
            f"""push "{to('gcm256-v15-der-text')}<display-message>{to('the real')}<display-message>"""
            f"""{to('gcm256-v15-der-text')}<flag-message>{to('triple')}<save-message>=Archive<enter>{to('plain-mixed')}<delete-message>"""
            f"""{to('cbc128-v15-der-mixed')}<view-attachments><last-entry><save-entry><kill-line>{out}/file.pdf<enter><exit>"""
            f"""<tag-pattern>~A<enter><tag-prefix><pipe-message>cat >> {out}/all<enter><untag-pattern>~A<enter>"""
            f"""<limit>~s 'real subject'<enter><tag-pattern>~A<enter><tag-prefix><set-flag>!<limit>~A<enter><quit>"\n""")
        url = f"imap://127.0.0.1:{self.port}/INBOX"
        terminal = self.terminal(program, "-n", "-F", rc, "-e", f"source {script}", "-f", url)
        self.assertEqual(terminal.end(), 0, terminal.text[-2000:])
        read = lf((out / "read").read_bytes())
        self.assertIn(b"the real subject", read)
        self.assertIn(b"wombat", read)
        self.assertNotIn(b"pkcs7-mime", read)
        everything = lf((out / "all").read_bytes())
        for message, view in zip(self.messages, self.views):
            if message.opens:
                self.assertIn(lf(view).split(b"\n\n", 1)[1].rstrip(b"\n"), everything, message.name)
        # Its list has the order of the answers.
        listed = [name.decode() for name in re.findall(rb"(?m)^Message-ID: <([^@>]+)@example\.org>", everything)]
        names = [message.name for message in self.messages if message.name in listed]
        self.assertEqual([name for name in dict.fromkeys(listed) if name in names], names)
        self.assertGreater(len(names), 20)
        self.assertGreater((out / "file.pdf").stat().st_size, 4000)
        self.assertNotIn("rror", terminal.text)
        self.check_after_mutt(sealed, moved, gone)
        self.check_the_server_gave_each(1)
        self.check_no_command_failed(rb"ENABLE|Mailbox .*exist|UTF8")
        # Again, with what it keeps: no header is asked for that it has.
        self.before.recordings.clear()
        script.write_text('push "<quit>"\n')
        self.assertEqual(self.terminal(program, "-n", "-F", rc, "-e", f"source {script}", "-f", url).end(), 0)
        self.assertNotIn(b"BODY.PEEK", self.asked())

    def check_after_mutt(self, sealed, moved, gone):
        flags = self.flags()
        self.assertIn("\\Flagged", flags[sealed])
        self.assertIn("\\Flagged", flags[self.number("protected")])
        self.assertNotIn(gone, flags)
        self.assertNotIn(moved, flags)
        self.assertEqual(self.stored("Archive"), [self.messages[moved - 1].octets])
        self.check_the_servers_copies("Archive", but=("plain-mixed",))

    @needs("mutt")
    def test_mutt(self):
        self.mutt("mutt")

    @needs("neomutt")
    def test_neomutt(self):
        self.mutt("neomutt")

    @needs("mbsync")
    def test_mbsync(self):
        local = self.scratch / "local"
        local.mkdir()
        rc = self.scratch / "mbsyncrc"
        rc.write_text(textwrap.dedent(f"""
            FSync no
            IMAPAccount a
            Host 127.0.0.1
            Port {self.port}
            User {self.user}
            Pass {self.password}
            AuthMechs LOGIN
            SSLType None

            IMAPStore far
            Account a

            MaildirStore near
            Path {local}/
            Inbox {local}/INBOX
            SubFolders Verbatim

            Channel c
            Far :far:
            Near :near:
            Patterns INBOX Archive Drafts
            Create Near
            Sync All
            Expunge Both
            SyncState *
            """))

        def run():
            _, said = self.run_program("mbsync", "-q", "-c", rc, "-a")
            self.assertEqual(said.replace(b"*** IMAP Warning *** Password is being sent in the clear\n", b""), b"")

        run()
        near = {file: file.read_bytes() for file in (local / "INBOX").glob("*/*") if "," in file.name}
        self.assertEqual(len(near), len(self.views))
        # It writes a field of its own.
        for view, message in zip(self.views, self.messages):
            body = lf(view).split(b"\n\n", 1)[1]
            self.assertTrue([each for each in near.values() if each.split(b"\n\n", 1)[1] == body], message.name)
        sealed = next(file for file, octets in near.items() if b"the real subject" in octets)
        flagged = local / "INBOX" / "cur" / (sealed.name.split(":")[0] + ":2,FS")
        sealed.rename(flagged)
        gone = next(file for file, octets in near.items() if b"\nSubject: plain-mixed" in octets)
        gone.rename(local / "INBOX" / "cur" / (gone.name.split(":")[0] + ":2,ST"))
        moved = next(file for file, octets in near.items() if b"\nSubject: triple" in octets)
        moved.rename(local / "Archive" / "cur" / (moved.name.split(",U=")[0] + ":2,S"))
        (local / "Drafts" / "cur" / "1.new.host:2,D").write_bytes(b"Subject: from here\n\nHello\n")
        self.check_the_server_gave_each(1)
        self.before.recordings.clear()
        run()
        self.assertNotIn(b"BODY", self.asked(), "it fetched again")
        flags = self.flags()
        self.assertEqual(flags[self.number("protected")], {"\\Seen", "\\Flagged"})
        self.assertNotIn(self.number("plain-mixed"), flags)
        self.assertEqual(len(self.stored("Drafts")), 1)
        self.check_put_back("triple")
        self.check_the_servers_copies(but=("plain-mixed", "triple"))
        self.check_no_command_failed()

    @needs("offlineimap")
    def test_offlineimap(self):
        rc, local = self.scratch / "rc", self.scratch / "mail"
        rc.write_text(textwrap.dedent(f"""\
            [general]
            accounts = a
            metadata = {self.scratch}/meta
            ui = basic
            [Account a]
            localrepository = near
            remoterepository = far
            [Repository near]
            type = Maildir
            localfolders = {local}
            [Repository far]
            type = IMAP
            remotehost = 127.0.0.1
            remoteport = {self.port}
            remoteuser = {self.user}
            remotepass = {self.password}
            ssl = no
            starttls = no
            auth_mechanisms = LOGIN
            """))

        def run():
            said = b"".join(self.run_program("offlineimap", "-c", rc, "-o", timeout=90))
            for word in (b"rror", b"WARN", b"Traceback"):
                self.assertNotIn(word, said)

        run()
        near = {file: file.read_bytes() for file in (local / "INBOX").glob("*/*")}
        self.assertEqual(len(near), len(self.views))
        for view, message in zip(self.views, self.messages):
            if message.opens and "eightbit" not in message.name:
                body = [line for line in lf(view).split(b"\n\n", 1)[1].split(b"\n") if line]
                self.assertTrue([each for each in near.values() if
                                 [line for line in each.split(b"\n\n", 1)[1].split(b"\n") if line] == body], message.name)
        sealed = next(file for file, octets in near.items() if b"the real subject" in octets)
        name = sealed.name.split(":")[0] + ":2,FS"
        sealed.rename(local / "INBOX" / "cur" / name)
        gone = next(file for file, octets in near.items() if b"\nSubject: plain-mixed" in octets)
        gone.unlink()
        moved = next(file for file, octets in near.items() if b"\nSubject: triple" in octets)
        moved.rename(local / "Archive" / "cur" / (moved.name.split(",U=")[0] + ":2,S"))
        self.check_the_server_gave_each(1)
        self.before.recordings.clear()
        run()
        self.assertNotIn(b"BODY", self.asked(), "it fetched again")
        flags = self.flags()
        self.assertEqual(flags[self.number("protected")], {"\\Seen", "\\Flagged"})
        self.assertNotIn(self.number("plain-mixed"), flags)
        self.check_put_back("triple")
        self.check_the_servers_copies(but=("plain-mixed", "triple"))
        self.check_no_command_failed()

    def check_put_back(self, name):
        """What was moved in the local copy, and so appended, stands on the server as it was; mbsync puts a line before it."""
        self.assertNotIn(self.number(name), self.flags())
        [moved] = self.stored("Archive")
        original = lf(self.messages[self.number(name) - 1].octets)
        self.assertTrue(lf(moved).endswith(original))
        self.assertRegex(lf(moved).removesuffix(original), rb"^(X-TUID: [^\n]*\n)?$")

    def check_after_a_library(self):
        """imapflow's and JavaMail's scripts do the same."""
        flags = self.flags()
        self.assertIn("\\Flagged", flags[self.number("protected")])
        self.assertNotIn(self.number("signed"), flags)
        self.assertNotIn(self.number("plain-mixed"), flags)
        self.assertEqual(self.stored("Archive"), [self.messages[self.number("signed") - 1].octets])
        self.assertEqual(len(self.stored("Drafts")), 1)
        self.check_the_servers_copies("Archive", but=("plain-mixed",))
        self.check_the_server_gave_each(1, but=("sign-encrypt",))  # that one arrives again
        self.check_no_command_failed()

    def check_files(self, directory):
        for number, (message, view) in enumerate(zip(self.messages, self.views), 1):
            self.assertEqual((directory / f"{number}.eml").read_bytes(), view, message.name)
            self.assertEqual(int((directory / f"{number}.size").read_text()), len(view), message.name)
        self.assertEqual((directory / "file").read_bytes(), self.view("big").split(b"numbers.txt\r\n\r\n", 1)[1]
                         .removesuffix(b"\r\n--big--\r\n"))
        subjects = (directory / "subjects").read_text()
        self.assertIn("the real subject\n", subjects)
        self.assertNotIn("[...]", subjects)

    def scripted(self, *command):
        out = self.scratch / "out"
        out.mkdir()
        arguments = [self.port, self.user, self.password, out, *(self.number(n) for n in ("protected", "signed", "plain-mixed", "big"))]
        process = subprocess.Popen([*self.as_nobody(), *map(str, command), *map(str, arguments)], cwd=self.scratch,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.addCleanup(process.kill)
        # Once it idles a message arrives.
        self.until(lambda: (out / "idling").exists() or process.poll() is not None, f"{command[0]} to idle", 60)
        if process.poll() is None:
            self.server.deliver(self.messages[self.number("sign-encrypt") - 1].octets, self.user, flags="")
        said, _ = process.communicate(timeout=60 * SLOW)
        self.assertEqual((process.returncode, said.decode()), (0, ""))
        arrived = (out / "arrived").read_bytes()
        self.assertEqual(arrived, self.view("sign-encrypt"))
        self.check_files(out)
        self.check_after_a_library()

    @unittest.skipUnless(shutil.which("node") and IMAPFLOW.exists(), "node or imapflow is not installed (tests/run clients)")
    def test_imapflow(self):
        shutil.copytree(IMAPFLOW / "node_modules", self.scratch / "node_modules", symlinks=True)
        shutil.copy(HERE / "imapflow.js", self.scratch)
        self.scripted("node", self.scratch / "imapflow.js")

    @unittest.skipUnless(shutil.which("java") and MAIL_JAR.exists(), "java or libmail-java is not installed")
    def test_javamail(self):
        shutil.copy(HERE / "JavaMail.java", self.scratch)
        jars = ":".join(str(MAIL_JAR.parent / jar) for jar in ("javax.mail.jar", "javax.activation.jar"))
        self.scripted("java", "-XX:TieredStopAtLevel=1", "-cp", jars, self.scratch / "JavaMail.java")

    @needs("alpine")
    def test_alpine(self):
        rc = self.scratch / ".pinerc"
        rc.write_text(textwrap.dedent(f"""\
            personal-name=Alice
            user-domain=example.org
            inbox-path={{127.0.0.1:{self.port}/notls/user={self.user}}}INBOX
            folder-collections=mail {{127.0.0.1:{self.port}/notls/user={self.user}}}[]
            default-fcc=
            feature-list=enable-flag-cmd,enable-aggregate-command-set,quit-without-confirm,expunge-without-confirm,
                expunge-without-confirm-everywhere
            last-version-used=9.99
            sort-key=Arrival
            """))
        terminal = self.terminal("alpine", "-p", rc, "-i")

        def typed(keys, expected):
            terminal.type(keys)
            terminal.wait(expected)

        terminal.wait("PASSWORD")
        typed(self.password + "\r", "Preserve password")
        typed("n", "the real subject")
        typed(f"J{self.number('protected')}\r", "number to jump")
        typed("\r", "A wombat is in here")
        typed("<", "MsgIndex|ViewMsg")
        typed("*", "Important")
        typed("*", r"\*")
        typed(f"J{self.number('big')}\r", "number to jump")
        typed("\r", "See the file")
        typed("V", "ATTACHMENT INDEX")
        typed("N", "numbers.txt|last attachment")
        typed("S", "home directory")
        terminal.type("\r")
        self.until((self.scratch / "numbers.txt").exists, "the saved attachment")
        typed("<", "See the file")
        typed("<", "ViewMsg")
        typed(f"J{self.number('triple')}\r", "number to jump")
        typed("s", "to folder")
        typed("Archive\r", "copied to folder")
        typed(f"J{self.number('plain-mixed')}\r", "number to jump")
        typed("d", "deleted|DEL| D ")
        typed("x", "2 messages expunged")
        terminal.type("q")
        self.assertEqual(terminal.end(), 0)
        self.assertNotIn("pkcs7", terminal.text)
        self.assertEqual(lf((self.scratch / "numbers.txt").read_bytes()),
                         lf(self.view("big").split(b"numbers.txt\r\n\r\n", 1)[1].removesuffix(b"\r\n--big--\r\n")))
        self.check_after_mutt(self.number("protected"), self.number("triple"), self.number("plain-mixed"))
        self.check_the_server_gave_each(1)
        self.check_no_command_failed()

    @needs("aerc")
    def test_aerc(self):
        config = self.scratch / "config" / "aerc"
        config.mkdir(parents=True)
        accounts = config / "accounts.conf"
        accounts.write_text(f"[a]\nsource = imap+insecure://{self.user}:{self.password}@127.0.0.1:{self.port}\n"
                            "outgoing =\ndefault = INBOX\nfrom = Alice <alice@example.org>\ncopy-to = Archive\n")
        accounts.chmod(0o600)
        (config / "aerc.conf").write_text("[general]\nunsafe-accounts-conf=true\n[viewer]\npager=cat\n[filters]\ntext/plain=cat\n")
        terminal = self.terminal("aerc")

        def typed(keys, expected):
            terminal.type(keys)
            terminal.wait(expected)

        terminal.wait("real subject")
        # The newest stands first, with number 0.
        terminal.type(f":select {len(self.messages) - self.number('protected')}\r")
        typed("\r", "wombat")
        terminal.type(":close\r")
        terminal.type(":flag\r")
        self.until(lambda: "\\Flagged" in self.flags()[self.number("protected")], "the flag")
        terminal.type(":select 0\r")
        typed("\r", "numbers.txt")
        terminal.type(":next-part\r")
        terminal.type(f":save {self.scratch}/numbers\r")
        self.until((self.scratch / "numbers").exists, "the saved attachment")
        terminal.type(":close\r")
        terminal.type(f":select {len(self.messages) - self.number('triple')}\r")
        typed(":mv Archive\r", "moved")
        self.until(lambda: self.number("triple") not in self.flags(), "the move")
        terminal.type(f":select {len(self.messages) - 1 - self.number('plain-mixed')}\r")
        terminal.type(":delete\r")
        self.until(lambda: self.number("plain-mixed") not in self.flags(), "the deletion")
        terminal.type(":quit\r")
        self.assertEqual(terminal.end(), 0)
        self.assertNotIn("pkcs7", terminal.text)
        self.assertEqual(lf((self.scratch / "numbers").read_bytes()).rstrip(b"\n"),
                         lf(self.view("big").split(b"numbers.txt\r\n\r\n", 1)[1].removesuffix(b"\r\n--big--\r\n")))
        self.check_after_mutt(self.number("protected"), self.number("triple"), self.number("plain-mixed"))
        self.check_the_server_gave_each(1)
        self.check_no_command_failed()


if __name__ == "__main__":
    unittest.main()
