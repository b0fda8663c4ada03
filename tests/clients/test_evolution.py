#!/usr/bin/env python3
"""Evolution through paperknife, over a mailbox with every kind of S/MIME mail: its window fetches all by itself; what a hand would do
in it is done by its library (evolution.py).
"""

import contextlib
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import time
import unittest

from trial import SLOW, TYPE, Trial, messages

HERE = pathlib.Path(__file__).resolve().parent
PAUSE = 1.2  # Dovecot does not tell by NOTIFY of what comes within the second in which it has looked
PYTHON = "/usr/bin/python3"  # not another: gi is the system's


def missing():
    """What it can't be run without, and isn't installed."""
    programs = ("evolution", "xvfb-run", "dbus-run-session", "gnome-keyring-daemon", "secret-tool", "xdotool")
    lacking = [program for program in programs if not shutil.which(program)]
    probe = 'import gi; gi.require_version("Camel", "1.2"); from gi.repository import Camel'
    if not os.path.exists(PYTHON) or subprocess.run([PYTHON, "-c", probe], capture_output=True).returncode:
        lacking += ["python3-gi or gir1.2-camel-1.2"]
    return lacking


ACCOUNT = """\
[Data Source]
DisplayName=a
Enabled=true
Parent=
[Mail Account]
BackendName=imapx
IdentityUid=identity
[Authentication]
Host=127.0.0.1
Port={port}
User={user}
Method=PLAIN
RememberPassword=true
[Security]
Method=none
[Offline]
StaySynchronized=true
"""
IDENTITY = """\
[Data Source]
DisplayName=a
Enabled=true
Parent=account
[Mail Identity]
Name=Alice
Address=alice@example.org
"""
#: What it shows when it starts again: a folder, and in it a message.
STATE = """\
[Folder Tree]
Selected=folder://account/INBOX
[Folder folder://account/INBOX]
SelectedMessage={uid}
PreviewVisible=true
"""
#: It runs twice; in between it is asked to quit.
SCRIPT = """\
printf x | gnome-keyring-daemon --unlock --components=secrets > /dev/null
printf {password} | secret-tool store --label=a xdg:schema org.gnome.Evolution.Data.Source e-source-uid account
evolution -c mail &
while [ ! -e again ]; do sleep 0.1; done
evolution --quit
wait $!
mkdir -p .config/evolution/mail
cat again > .config/evolution/mail/state.ini  # its own, else it leaves it alone
rm again
evolution -c mail &
"""


class Evolution(Trial):
    def idles(self):
        return any(bytes(each.client).endswith(b" IDLE\r\n") for each in self.before.recordings)

    def asked_but_for_notify(self):
        """NOTIFY names the items of what is yet to arrive."""
        return re.sub(rb"(?m)^\w+ NOTIFY SET .*\n", b"", self.asked())

    def check_files(self, cache, but=()):
        """What it keeps of each message is the view, octet by octet."""
        kept = {file.name: file.read_bytes() for file in (cache / "folders/INBOX/cur").glob("*/*")}
        for number, (message, view) in enumerate(zip(self.messages, self.views), 1):
            if message.name not in but:
                self.assertEqual(kept[str(number)], view, message.name)

    def test_library(self):
        out = self.scratch / "out"
        out.mkdir()
        shutil.copy(HERE / "evolution.py", self.scratch)
        numbers = [self.number(name) for name in ("protected", "triple", "plain-mixed", "big")]
        command = [*self.as_nobody(), *map(str, (PYTHON, "-W", "ignore::DeprecationWarning", self.scratch / "evolution.py", self.port,
                                                 self.user, self.password, out, *numbers))]
        environment = {"HOME": str(self.scratch), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "GSETTINGS_BACKEND": "memory"}

        def started():
            process = subprocess.Popen(command, cwd=self.scratch, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                       stderr=subprocess.STDOUT)
            self.addCleanup(process.kill)
            return process

        process = started()
        self.until(lambda: (out / "idling").exists() or process.poll() is not None, "Evolution's library to idle", 60)
        self.until(lambda: self.idles() or process.poll() is not None, "it to idle", 30)
        time.sleep(PAUSE)
        self.server.deliver(messages.wrap(messages.encrypt(b"\r\nIt has arrived.\r\n"), "new"), self.user, flags="")
        said, _ = process.communicate(timeout=60 * SLOW)
        self.assertEqual((process.returncode, said.decode()), (0, ""))
        self.assertEqual((out / "arrived").read_text(), "new")
        rows = [line.split("\t") for line in (out / "list").read_text().splitlines()]
        self.assertEqual([int(size) for _, size, _, _ in rows], [len(view) for view in self.views])
        self.assertEqual(rows[self.number("protected") - 1][3], "the real subject")
        self.assertEqual((out / "file").read_bytes(),
                         self.view("big").split(b"numbers.txt\r\n\r\n", 1)[1].removesuffix(b"\r\n--big--\r\n"))
        self.check_files(out / "cache/account", but=("triple", "plain-mixed"))
        self.check_after(out)
        self.assertIn(b"(QRESYNC (", self.asked())
        # Again, with what it keeps: of what has changed it asks only for the flags.
        signed = self.number("signed")
        with self.direct() as direct:
            direct.ok(f"UID STORE {signed} +FLAGS (\\Answered)")
        self.before.recordings.clear()
        process = started()
        said, _ = process.communicate(timeout=60 * SLOW)
        self.assertEqual((process.returncode, said.decode()), (0, ""))
        after, again = ({line.split("\t")[0]: line for line in (out / name).read_text().splitlines()} for name in ("after", "again"))
        uid, size, seen, subject = after[str(signed)].split("\t")
        after[uid] = "\t".join((uid, size, str(int(seen) | 1), subject))  # CAMEL_MESSAGE_ANSWERED
        self.assertEqual(again, after)
        for item in (b"BODY", b"RFC822"):
            self.assertNotIn(item, self.asked_but_for_notify(), "it fetched again")
        self.check_no_command_failed()

    def check_after(self, out):
        flags = self.flags()
        self.assertEqual(flags[self.number("protected")], {"\\Seen", "\\Flagged"})
        self.assertNotIn(self.number("triple"), flags)
        self.assertNotIn(self.number("plain-mixed"), flags)
        self.assertEqual(self.stored("Archive"), [self.messages[self.number("triple") - 1].octets])
        self.assertIn(b"Subject: by Evolution\n", b"".join(self.stored("Drafts")))
        self.check_the_servers_copies("Archive", but=("plain-mixed",))
        self.check_the_server_gave_each(1)
        self.check_no_command_failed()
        self.assertIn(b" NOTIFY SET (selected (MessageNew (UID RFC822.SIZE ", self.asked())

    def test_window(self):
        """It has all messages at hand (StaySynchronized); a message is opened, marked as read and deleted by keys."""
        sources, runtime = self.scratch / ".config/evolution/sources", self.scratch / "runtime"
        sources.mkdir(parents=True)
        runtime.mkdir(mode=0o700)
        (sources / "account.source").write_text(ACCOUNT.format(port=self.port, user=self.user))
        (sources / "identity.source").write_text(IDENTITY)
        script, cache = self.scratch / "run", self.scratch / ".cache/evolution/mail/account"
        script.write_text(SCRIPT.format(password=self.password) + TYPE)
        self.run_in_window(script, runtime)

        def kept():
            return {int(file.name) for file in (cache / "folders/INBOX/cur").glob("*/*")}

        self.until(lambda: len(kept()) == len(self.views), "Evolution to fetch all", 60)
        self.until(self.idles, "it to idle", 30)
        self.check_files(cache)
        with contextlib.closing(sqlite3.connect(f"file:{cache}/folders.db?mode=ro", uri=True)) as database:
            rows = {int(uid): (size, subject) for uid, size, subject in database.execute("SELECT uid, size, subject FROM INBOX")}
        self.assertEqual([rows[uid][0] for uid in sorted(rows)], [len(view) for view in self.views])
        opened = self.number("protected")
        self.assertEqual(rows[opened][1], "the real subject")
        # It has two connections, and gets a message by the one or the other.
        self.check_the_server_gave_each(2)
        # What arrives while it idles is fetched at once.
        time.sleep(PAUSE)
        self.server.deliver(messages.wrap(messages.encrypt(b"\r\nIt has arrived.\r\n"), "new"), self.user, flags="")
        new = len(self.views) + 1
        self.until(lambda: new in kept(), "Evolution to fetch what arrived", 60)
        # Again, with what it keeps: a message that is opened is fetched no more.
        self.before.recordings.clear()
        (self.scratch / "state").write_text(STATE.format(uid=opened))
        (self.scratch / "state").rename(self.scratch / "again")
        self.until(lambda: self.typed("ctrl+k") and "\\Seen" in self.flags()[opened], "the message to be marked as read", 90)
        self.typed("ctrl+d")
        self.until(lambda: opened not in self.flags(), "the message to be moved into the bin", 60)
        self.assertEqual(self.stored("Trash"), [self.messages[opened - 1].octets])
        for item in (b"BODY", b"RFC822"):
            self.assertNotIn(item, self.asked_but_for_notify(), "it fetched again")
        self.assertNotRegex((self.scratch / "said").read_text(errors="replace"), "(?i)camel|imap")
        self.check_the_servers_copies("Trash")
        self.check_no_command_failed()


if __name__ == "__main__":
    if missing():
        print("not installed:", ", ".join(missing()))
        sys.exit(77)
    unittest.main()
