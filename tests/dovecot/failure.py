#!/usr/bin/env python3
"""One failure at every read and every write of a session, one after another: fail_once.cpp, loaded before the program, makes it.

Where the system only stumbles (a short read, EINTR) the client must get every octet right. Where the connection is lost (its end, RST, no memory)
it gets right octets up to somewhere, and an end. Never does another session notice, and nothing stays behind. $FAIL_ONCE_LIBRARY names the library.
"""

import mmap
import os
import pathlib
import re
import struct
import subprocess
import tempfile
import time
import unittest

import messages
from client import Closed, RawClient
from server import Dovecot
from service import Paperknife, is_sanitized

SHORT, END, RESET, INTERRUPTED, NO_MEMORY = range(5)
STUMBLES = (SHORT, INTERRUPTED)
NAMES = ("a short one", "the end", "a reset", "EINTR", "ENOMEM")

COMMANDS = ("CAPABILITY", "EXAMINE INBOX", "FETCH 1:3 (UID RFC822.SIZE ENVELOPE)", "FETCH 1:3 (BODY.PEEK[])", "FETCH 2 BODY.PEEK[1]<0.10>",
            "STATUS INBOX (MESSAGES)", "LOGOUT")


class Failure(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Dovecot())
        cls.server.deliver(b"Subject: plain\r\n\r\nplain\r\n")
        cls.server.deliver(messages.wrap(messages.encrypt(b"Content-Type: text/plain\r\n\r\nsealed\r\n", "-aes-256-gcm")))
        cls.server.deliver(b"Subject: large\r\n\r\n" + b"0123456789\r\n" * 20_000)

    def launch(self, **keys):
        directory = self.enterContext(tempfile.TemporaryDirectory())
        file = pathlib.Path(directory) / "plan"
        file.write_bytes(bytes(24))
        os.environ["FAIL_ONCE"], os.environ["LD_PRELOAD"] = str(file), os.environ["FAIL_ONCE_LIBRARY"]
        if is_sanitized():  # its runtime must come first
            asan = subprocess.run(["ldd", os.environ["PAPERKNIFE"]], capture_output=True, text=True, env={"PATH": os.environ["PATH"]}).stdout
            os.environ["LD_PRELOAD"] = " ".join(re.findall(r"(\S*lib[au]b?san\S*) \(", asan) + [os.environ["FAIL_ONCE_LIBRARY"]])
        try:
            service = self.enterContext(Paperknife([{"ca_file": self.server.ca_file, **keys}], messages.keystore()))
        finally:
            del os.environ["LD_PRELOAD"]
        with open(file, "r+b") as plan:
            self.plan = mmap.mmap(plan.fileno(), 24)
        self.addCleanup(self.plan.close)
        return service

    def let_fail(self, at, how):
        self.plan[:] = struct.pack("qqq", at, how, 0)

    def count(self):
        return struct.unpack("qqq", self.plan[:])[2]

    def session(self, service):
        """All that a client gets, and whether it got to the end."""
        said = []
        try:
            with RawClient(service.port, timeout=20) as client:
                said.append(client.greeting)
                said += client.command(f'LOGIN {self.server.user} "{self.server.password}"')
                for command in COMMANDS:
                    said += client.command(command)
                client.rest()
            return [self.steady(s) for s in said], True
        except (Closed, ConnectionResetError, BrokenPipeError):
            return [self.steady(s) for s in said], False

    @staticmethod
    def steady(response):
        return re.sub(rb"\(\d\.\d+ \+ [^)]*\)|\[UNSEEN[^\r]*|\[HIGHESTMODSEQ[^\r]*", b"", response)

    def descriptors(self, service):
        return len(os.listdir(f"/proc/{service.process.pid}/fd"))

    def fail_everywhere(self, service, in_turn):
        """in_turn: each call fails in one way only, and every way has its turn."""
        self.let_fail(0, 0)
        bystander = self.enterContext(RawClient(service.port))
        bystander.login(self.server)
        for _ in range(2):
            right, complete = self.session(service)
        self.assertTrue(complete)
        self.let_fail(0, 0)
        self.session(service)
        calls = self.count()
        self.assertGreater(calls, 30)
        descriptors = self.descriptors(service)
        complete_sessions = cut_sessions = 0
        for how in range(len(NAMES)):
            step, first = (len(NAMES), 1 + how) if in_turn else (1, 1)
            for at in range(first, calls + 1, step):
                self.let_fail(at, how)
                where = f"{NAMES[how]} at call {at} of {calls}"
                try:
                    said, complete = self.session(service)
                except TimeoutError:
                    self.fail(f"{where}: nothing more came; {service.output()[-1000:]}")
                self.let_fail(0, 0)
                self.assertIsNone(service.process.poll(), f"{where}: {service.output()[-3000:]}")
                if how in STUMBLES:
                    self.assertTrue(complete, where)
                    self.assertEqual(said, right, where)
                elif not complete:
                    cut_sessions += 1
                    goodbye = [s for s in said if s.startswith(b"* BYE paperknife")]
                    self.assertEqual([s for s in said if s not in goodbye], right[:len(said) - len(goodbye)], where)
                    continue
                complete_sessions += 1
            bystander.ok("NOOP")
        until = time.monotonic() + 15
        while self.descriptors(service) > descriptors and time.monotonic() < until:
            time.sleep(0.02)
        self.assertLessEqual(self.descriptors(service), descriptors)
        self.assertEqual(self.session(service), (right, True))
        bystander.ok("NOOP")
        self.assertGreater(cut_sessions, calls // 4 if in_turn else calls)
        print(f"{calls} reads and writes, {complete_sessions} sessions complete, {cut_sessions} cut", flush=True)

    def test_without_tls(self):
        self.fail_everywhere(self.launch(upstream=f"imap+plaintext://127.0.0.1:{self.server.port}"), is_sanitized())

    def test_with_tls(self):
        self.fail_everywhere(self.launch(upstream=f"imaps://localhost:{self.server.imaps_port}"), True)


if __name__ == "__main__":
    unittest.main()
