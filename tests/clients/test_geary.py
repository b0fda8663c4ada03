#!/usr/bin/env python3
"""Geary through paperknife, over a mailbox with every kind of S/MIME mail: its window, under Xvfb, and a few keys."""

import contextlib
import shutil
import sqlite3
import sys
import unittest

from trial import TYPE, Trial, messages

PROGRAMS = ("geary", "xvfb-run", "dbus-run-session", "gnome-keyring-daemon", "secret-tool", "xdotool")
ACCOUNT = """\
[Metadata]
version=1
status=enabled
[Account]
ordinal=0
label=a
prefetch_days=-1
save_drafts=false
save_sent=false
use_signature=false
signature=
sender_mailboxes=Alice <alice@example.org>;
service_provider=other
[Folders]
[Incoming]
login={user}
remember_password=true
host=127.0.0.1
port={port}
transport_security=none
credentials=custom
[Outgoing]
remember_password=true
host=127.0.0.1
port=9
transport_security=none
credentials=none
"""
#: It runs twice; in between it is asked to quit.
SCRIPT = """\
printf x | gnome-keyring-daemon --unlock --components=secrets > /dev/null
printf {password} | secret-tool store --label=a xdg:schema org.gnome.Geary proto IMAP host 127.0.0.1 login {user}
geary --debug &
while [ ! -e again ]; do sleep 0.1; done
geary --quit
wait $!
geary --debug &
"""


class Geary(Trial):
    def test_geary(self):
        """It fetches all by itself, pieces of a message by commands of their own, and keeps what it made of them in a database."""
        account, runtime = self.scratch / ".config/geary/account_01", self.scratch / "runtime"
        account.mkdir(parents=True)
        runtime.mkdir(mode=0o700)
        (account / "geary.ini").write_text(ACCOUNT.format(port=self.port, user=self.user))
        script = self.scratch / "run"
        script.write_text(SCRIPT.format(user=self.user, password=self.password) + TYPE)
        self.run_in_window(script, runtime)

        def kept():
            try:
                with contextlib.closing(sqlite3.connect(f"file:{self.scratch}/.local/share/geary/account_01/geary.db?mode=ro",
                                                        uri=True)) as database:
                    return database.execute("SELECT CAST(header AS BLOB), CAST(body AS BLOB), subject FROM MessageTable "
                                            "WHERE header NOT NULL AND body NOT NULL").fetchall()
            except sqlite3.OperationalError:
                return []

        self.until(lambda: len(kept()) == len(self.views), "Geary to fetch all", 60)
        whole = {header + body for header, body, _ in kept()}
        for view, message in zip(self.views, self.messages):
            self.assertIn(view, whole, message.name)
        subjects = {subject for _, _, subject in kept()}
        self.assertIn("the real subject", subjects)
        self.assertNotIn("[...]", subjects)
        self.check_the_server_gave_each(2)
        # It idles; what arrives is fetched at once.
        self.until(lambda: b"IDLE" in self.asked(), "Geary to idle", 30)
        # The oldest, so that it is not what is shown first.
        self.server.deliver(messages.wrap(messages.encrypt(b"\r\nIt has arrived.\r\n"), "new"), self.user, flags="",
                            arrived=1_600_000_000)
        self.until(lambda: any(body == b"It has arrived.\r\n" for _, body, _ in kept()), "Geary to fetch what arrived", 60)
        self.check_again()
        self.check_the_servers_copies("Archive", "Trash")
        self.check_no_command_failed()

    def check_again(self):
        """With what it keeps it fetches no more; the message that it shows first is starred and archived, the next is deleted."""
        self.before.recordings.clear()
        (self.scratch / "again").touch()
        self.until(lambda: b"IDLE" in self.asked(), "Geary to idle again", 60)
        starred = []
        self.until(lambda: self.typed("ctrl+d") and starred.extend(u for u, flags in self.flags().items() if "\\Flagged" in flags)
                   or starred, "the star", 60)
        for item in (b"body", b"rfc822", b"envelope"):
            self.assertNotIn(item, self.asked(), "it fetched again")
        self.typed("Return")
        self.typed("ctrl+k")
        self.until(lambda: starred[0] not in self.flags(), "it to be archived", 60)
        self.until(lambda: any("\\Seen" in flags for flags in self.flags().values()), "the next to be shown", 30)
        shown, = [uid for uid, flags in self.flags().items() if "\\Seen" in flags]
        self.typed("Delete")
        self.until(lambda: shown not in self.flags(), "it to be deleted", 60)
        self.assertEqual((self.stored("Archive"), self.stored("Trash")),
                         tuple([self.messages[uid - 1].octets] for uid in (starred[0], shown)))


if __name__ == "__main__":
    if lacking := [program for program in PROGRAMS if not shutil.which(program)]:
        print("not installed:", ", ".join(lacking))
        sys.exit(77)
    unittest.main()
