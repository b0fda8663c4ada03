#!/usr/bin/env python3
"""Peak memory: constant while a large message passes, at most 2.2 times a message that is opened.

$MEMORY_MEGABYTES chooses the size; the sanitizers' build is only seen to do it, since its
allocator keeps what is freed.
"""

import os
import random
import unittest

import messages
from client import RawClient
from server import Dovecot
from service import Paperknife, is_sanitized

MEGABYTES = int(os.environ.get("MEMORY_MEGABYTES", "5" if is_sanitized() else "50"))
SIZE = MEGABYTES << 20


def letter(size):
    """A text of lines of 76 octets."""
    line = random.Random(1).randbytes(37).hex().encode() + b"\r\n"
    return b"Content-Type: text/plain\r\n\r\n" + line * (size // len(line))


class Memory(unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(Dovecot())
        self.service = self.enterContext(Paperknife(
            [{"upstream": f"imaps://localhost:{self.server.imaps_port}",
              "ca_file": self.server.ca_file}], messages.keystore()))

    def fetch(self, *commands):
        """Takes the answers without keeping them; gives their sizes."""
        sizes = []
        with RawClient(self.service.port, timeout=120) as client:
            client.login(self.server)
            client.ok("SELECT INBOX")
            for command in commands:
                client.send(b"m " + command.encode() + b"\r\n")
                tail, size = b"", 0
                while b"\r\nm " not in tail:
                    octets = client.socket.recv(1 << 18)
                    self.assertTrue(octets)
                    size += len(octets)
                    tail = tail[-100:] + octets[-200:]
                self.assertIn(b"\r\nm OK", tail)
                sizes.append(size)
        return sizes

    def report(self, what, octets):
        print(f"{what}: {octets / (1 << 20):.1f} MiB for {MEGABYTES} MiB", flush=True)

    def test_a_plain_message_passes_in_constant_memory(self):
        self.server.deliver(b"Subject: small\r\n\r\nsmall\r\n")
        self.server.deliver(b"Subject: large\r\n" + letter(SIZE))
        self.fetch("FETCH 1 BODY.PEEK[]")
        before = self.service.peak_memory()
        for command in ("FETCH 2 BODY.PEEK[]", "FETCH 2 BODY.PEEK[1]", "FETCH 2 RFC822.TEXT",
                        "FETCH 1:2 (FLAGS BODY.PEEK[TEXT]<0.100000000>)"):
            self.assertGreater(self.fetch(command)[0], SIZE * 0.99)
        # And the other way: APPEND.
        with RawClient(self.service.port, timeout=120) as client:
            client.login(self.server)
            octets = b"Subject: appended\r\n" + letter(SIZE)
            client.send(b"a APPEND INBOX {%d+}\r\n" % len(octets) + octets + b"\r\n")
            self.assertIn(b"a OK", client.until("a")[-1])
        growth = self.service.peak_memory() - before
        self.report("passed through", growth)
        if not is_sanitized():
            self.assertLess(growth, 8 << 20)

    def test_opening_takes_at_most_2_2_times_the_message(self):
        for algorithm in ("-aes-256-cbc", "-aes-256-gcm"):
            message = messages.wrap(messages.encrypt(letter(SIZE), algorithm))
            self.server.deliver(message)
        self.server.deliver(messages.wrap(messages.encrypt(letter(1000))))
        self.fetch("FETCH 3 BODY.PEEK[]")
        before = self.service.peak_memory()
        for number in (1, 2):
            self.assertGreater(self.fetch(f"FETCH {number} BODY.PEEK[]")[0], SIZE * 0.99)
            growth = self.service.peak_memory() - before
            self.report(f"opened ({number})", growth)
            if not is_sanitized():
                self.assertLess(growth, 2.2 * len(message))
        # Several views of it one after another keep no more.
        self.fetch("FETCH 1:2 (RFC822.SIZE BODYSTRUCTURE)", "FETCH 1 BODY.PEEK[1]",
                   "FETCH 2 BODY.PEEK[TEXT]<0.100>", "FETCH 1:2 BODY.PEEK[1]")
        growth = self.service.peak_memory() - before
        self.report("both at once", growth)
        if not is_sanitized():
            self.assertLess(growth, 4 * len(message))  # one at hand, the other being opened


if __name__ == "__main__":
    unittest.main()
