"""A mailbox with every kind of S/MIME mail, and paperknife between a Dovecot and the client that is tried.

Two taps, before and behind paperknife, keep what the client asked and what the server gave.
"""

import contextlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "dovecot"))

import messages  # noqa: E402
import response  # noqa: E402
from client import RawClient  # noqa: E402
from server import Dovecot  # noqa: E402
from service import Paperknife, is_sanitized  # noqa: E402
from tap import Tap  # noqa: E402

NAMES = ("plain-text", "plain-mixed", "cbc128-v15-der-mixed", "cbc256-oaep-ber-alternative", "cbc256-v15-keyid-der-letter",
         "gcm128-oaep256-der-attached", "gcm256-many-der-nested", "gcm256-v15-der-text", "gcm256-v15-der-digest",
         "gcm256-v15-der-eightbit", "gcm256-v15-der-quoted", "octet-stream-gcm", "clear-signed", "signed", "clear-encrypt",
         "sign-encrypt", "triple", "twice", "foreign", "wrong-tag", "truncated", "certs-only", "below-multipart")
WORD = b"wombat"
#: The end of a script of run_in_window.
TYPE = "while sleep 0.1; do [ ! -e keys ] || { xdotool mousemove 300 300 key $(cat keys); rm keys; }; done\n"
SLOW = 3 if is_sanitized() else 1


def made():
    """Messages of tests/data, one with a protected subject, and one that clients fetch in pieces."""
    kinds = {m.name: m for m in messages.load()}
    chosen = [kinds[name] for name in NAMES]
    plain = (b"Content-Type: text/plain; charset=utf-8; hp=\"cipher\"\r\nFrom: bob@example.org\r\nTo: alice@example.org\r\n"
             b"Subject: the real subject\r\nDate: Mon, 23 Nov 2026 10:00:00 +0000\r\nHP-Outer: Subject: [...]\r\n"
             b"HP-Outer: From: bob@example.org\r\n\r\nA " + WORD + b" is in here.\r\n")
    chosen.append(messages.Message("protected", messages.wrap(messages.encrypt(plain, "-aes-256-gcm"), "[...]"), "opened", plain))
    lines = b"".join(b"%060x\r\n" % (n * 0x1234567) for n in range(6000))
    plain = (b"Content-Type: multipart/mixed; boundary=big\r\n\r\n--big\r\nContent-Type: text/plain\r\n\r\nSee the file.\r\n"
             b"--big\r\nContent-Type: application/octet-stream; name=numbers.txt\r\n"
             b"Content-Disposition: attachment; filename=numbers.txt\r\n\r\n" + lines + b"--big--\r\n")
    chosen.append(messages.Message("big", messages.wrap(messages.encrypt(plain, "-aes-256-gcm"), "big"), "opened", plain))
    return chosen


class Trial(unittest.TestCase):
    """One server and paperknife for all, a user and a directory for each test, and what every client must leave behind."""

    @classmethod
    def setUpClass(cls):
        cls.messages = made()
        users = [name.removeprefix("test_") for name in unittest.TestLoader().getTestCaseNames(cls)]
        cls.server = cls.enterClassContext(Dovecot(users={user: "wonderland" for user in users}))
        for user in users:
            for message in cls.messages:
                cls.server.deliver(message.octets, user, flags="")
            for name in ("Archive", "Trash", "Drafts"):
                cls.server.maildir(user, name)
        cls.behind = cls.enterClassContext(Tap(cls.server.port))
        cls.service = cls.enterClassContext(Paperknife(
            [{"name": "tried", "upstream": f"imap+plaintext://127.0.0.1:{cls.behind.port}"},
             {"name": "reference", "upstream": f"imap+plaintext://127.0.0.1:{cls.server.port}"}],
            messages.keystore() + messages.NO_KEYWORDS + '[decrypt]\nunauthenticated_html = "keep"\n'))
        cls.before = cls.enterClassContext(Tap(cls.service.port))
        cls.port = cls.before.port
        with RawClient(cls.service.ports["reference"]) as client:
            client.login(cls.server)
            client.ok("EXAMINE INBOX")
            cls.views = [items["BODY[]"] for _, items in sorted(client.fetch("1:*", "BODY.PEEK[]").items())]
        assert len(cls.views) == len(cls.messages)

    def setUp(self):
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="pkk-"))
        self.addCleanup(shutil.rmtree, self.scratch, ignore_errors=True)
        self.user, self.password = self._testMethodName.removeprefix("test_"), self.server.password
        self.before.recordings.clear()
        self.behind.recordings.clear()

    def direct(self, mailbox="INBOX"):
        """A client of the server's own, that changes nothing by itself."""
        client = RawClient(self.server.port)
        client.login(self)
        client.ok(f"SELECT {mailbox}")
        return client

    def number(self, name):
        """The UID, and the sequence number as long as nothing is expunged."""
        return [m.name for m in self.messages].index(name) + 1

    def view(self, name):
        return self.views[self.number(name) - 1]

    def as_nobody(self):
        """What makes a client run without root's rights, in which several refuse to work; its files are its own."""
        if os.getuid() != 0:
            return []
        subprocess.run(["chown", "-R", "nobody:nogroup", self.scratch], check=True)
        return ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups"]

    def run_program(self, *command, timeout=60, status=(0,), **options):
        """Its standard output; it must end well and complain of nothing."""
        environment = {"HOME": str(self.scratch), "PATH": "/usr/bin:/bin:/usr/sbin:/usr/local/bin", "LANG": "C.UTF-8",
                       "USER": self.user, **options.pop("env", {})}
        if "input" not in options:
            options.setdefault("stdin", subprocess.DEVNULL)
        done = subprocess.run([*self.as_nobody(), *map(str, command)], capture_output=True, timeout=timeout * SLOW,
                              cwd=self.scratch, env=environment, **options)
        said = done.stdout + done.stderr
        self.assertIn(done.returncode, status, said.decode(errors="replace")[-3000:])
        return done.stdout, done.stderr

    def run_in_window(self, script, runtime):
        """Starts a shell script that starts a program with windows, on a display and a session bus of its own; ends all with the test."""
        environment = {"HOME": str(self.scratch), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "XDG_RUNTIME_DIR": str(runtime),
                       "TMPDIR": str(self.scratch), "GSETTINGS_BACKEND": "memory", "NO_AT_BRIDGE": "1", "LIBGL_ALWAYS_SOFTWARE": "1"}
        with open(self.scratch / "said", "wb") as said:
            process = subprocess.Popen([*self.as_nobody(), "xvfb-run", "-a", "dbus-run-session", "--", "sh", script], cwd=self.scratch,
                                       env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True)

        def end():
            for number in (signal.SIGTERM, signal.SIGKILL):  # the first so that the display goes in order
                with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired):
                    os.killpg(process.pid, number)
                    process.wait(5)

        self.addCleanup(end)

    def typed(self, keys):
        """Types a key, after xdotool's names, into the window; true."""
        (self.scratch / "text").write_text(keys)
        (self.scratch / "text").rename(self.scratch / "keys")
        self.until(lambda: not (self.scratch / "keys").exists(), "the keys to be typed")
        return True

    def asked(self):
        """What the client sent, all connections together."""
        return b"".join(bytes(each.client) for each in self.before.recordings)

    def flags(self, mailbox="INBOX"):
        """The server's flags by UID."""
        with self.direct(mailbox=mailbox) as client:
            return {items["UID"]: set(items["FLAGS"]) - {"\\Recent"}
                    for items in client.fetch("1:*", "(UID FLAGS)").values()}

    def stored(self, mailbox="INBOX"):
        """The octets of the messages that the server has."""
        return [file.read_bytes() for name in ("cur", "new") for file in self.server.maildir(self.user, mailbox).glob(name + "/*")]

    def check_the_servers_copies(self, *mailboxes, but=()):
        """Every message that was delivered is still there as it was, in one mailbox or another."""
        everywhere = [octets for mailbox in ("INBOX", *mailboxes) for octets in self.stored(mailbox)]
        for message in self.messages:
            if message.name in but:
                continue
            self.assertIn(message.octets, everywhere, f"{message.name} is no more what was delivered")

    def check_the_server_gave_each(self, times, but=()):
        """Of no message that opens did paperknife have the whole more often than that, in all sessions together."""
        gave = b"".join(bytes(each.server) for each in self.behind.recordings)
        for message in self.messages:
            if message.opens and message.name not in but:
                body = message.on_the_wire.split(b"\r\n\r\n", 1)[1]
                self.assertLessEqual(gave.count(body), times, f"{message.name} was sent again")

    def check_no_command_failed(self, but=rb"(?!)"):
        """paperknife and the server answered no command with NO or BAD."""
        for each in self.before.recordings:
            for line in re.findall(rb"(?m)^[A-Za-z0-9.]+ (?:NO|BAD) .*$", bytes(each.server)):
                if not re.search(but, line):
                    self.fail(f"{line!r}")

    def until(self, condition, what, seconds=20):
        """Waits for what a client does in its own time."""
        end = time.monotonic() + seconds * SLOW
        while not condition():
            if time.monotonic() > end:
                self.fail(f"waited in vain for: {what}")
            time.sleep(0.05)


def lf(octets):
    return octets.replace(b"\r\n", b"\n")


__all__ = ["RawClient", "SLOW", "TYPE", "Trial", "WORD", "lf", "messages", "response"]
