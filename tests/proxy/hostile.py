#!/usr/bin/env python3
"""Servers and clients that mean harm (IMAP-01, -02, -05, -06, REL-03, REL-04): a clear end of their own session or plain forwarding, never a crash,
never a word in somebody else's session, never memory.

What a hostile server does before TLS is in tls.py; what an Exchange does with odd octets, in the transcripts and in test_exchange.
"""

import itertools
import os
import pathlib
import socket
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "dovecot"))

from service import Paperknife, is_sanitized  # noqa: E402

STRUCTURE = b'BODYSTRUCTURE ("application" "pkcs7-mime" ("name" "smime.p7m") NIL NIL "base64" 6 NIL NIL NIL NIL)'
MESSAGE = b"Subject: x\r\nContent-Type: application/pkcs7-mime; name=smime.p7m\r\n\r\nAAAA\r\n"


class Server:
    """Answers everything with OK; to FETCH it says what the test wants first. A user "honest" gets honest answers."""

    def __init__(self):
        self.evil = lambda tag, line, send: None
        self.commands = []
        self.sent = bytearray()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.talk, args=(connection,), daemon=True).start()

    def talk(self, connection):
        honest = False
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            with connection:
                connection.sendall(b"* OK ready\r\n")
                for line in connection.makefile("rb"):
                    words = line.split()
                    if not words:
                        continue
                    honest = honest or b"honest" in line
                    if not honest:
                        self.commands.append(line)

                    def send(octets):
                        self.sent += octets
                        connection.sendall(octets)
                    if b"FETCH" in words[1:3] and not honest and self.evil(words[0], line, send) == "said all":
                        continue
                    answer = words[0] + b" OK done\r\n"
                    if not honest:
                        self.sent += answer
                    connection.sendall(answer)
        except (OSError, IndexError):
            pass


class Client:
    def __init__(self, port, name=b"evil"):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self.stream = self.socket.makefile("rb")
        self.stream.readline()
        self.ask(b"a LOGIN " + name + b" p")
        self.ask(b"b SELECT INBOX")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stream.close()
        self.socket.close()

    def ask(self, command):
        """All octets up to the tagged response."""
        self.socket.sendall(command + b"\r\n")
        tag, said = command.split()[0] + b" ", b""
        while True:
            line = self.stream.readline()
            said += line
            if not line or line.startswith(tag):
                return said


class Hostile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.service = cls.enterClassContext(Paperknife([{"upstream": f"imap+plaintext://127.0.0.1:{cls.server.port}", "max_connections": 200, "compress": "none"}]))
        cls.bystander = cls.enterClassContext(Client(cls.service.port, b"honest"))
        cls.tags = (b"n%d" % n for n in itertools.count())

    @classmethod
    def tearDownClass(cls):
        cls.server.listener.close()

    def setUp(self):
        del self.server.commands[:]
        del self.server.sent[:]

    def tearDown(self):
        """Nobody else has noticed."""
        tag = next(self.tags)
        self.assertEqual(self.bystander.ask(tag + b" NOOP"), tag + b" OK done\r\n")
        self.assertIsNone(self.service.process.poll(), self.service.output())

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.service.process.pid}/fd"))

    def wait_for_descriptors(self, count):
        until = time.monotonic() + 15
        while self.descriptors() > count and time.monotonic() < until:
            time.sleep(0.02)
        return self.descriptors()

    # the server

    def fetch(self, command, *answers):
        """What the client of a server gets that answers so."""
        def evil(_tag, _line, send):
            for octets in answers:
                send(octets)
        self.server.evil = evil
        del self.server.sent[:]
        with Client(self.service.port) as client:
            del self.server.sent[:]
            said = client.ask(command)
            client.socket.sendall(b"z NOOP\r\n")
            last = client.stream.readline()
        return said, last

    def test_numbers_that_are_none(self):
        for odd in (b"* 18446744073709551616 FETCH (UID 1 FLAGS ())\r\n", b"* -1 FETCH (UID 1 FLAGS ())\r\n", b"* 0 FETCH (UID 0 FLAGS ())\r\n",
                    b"* 4294967296 EXPUNGE\r\n", b"* 4294967295 EXPUNGE\r\n", b"* 0 EXPUNGE\r\n", b"* 99999999999999999999 EXISTS\r\n",
                    b"* -5 EXISTS\r\n", b"* 1 FETCH (UID 99999999999 RFC822.SIZE -1)\r\n", b"* VANISHED 1:4294967295\r\n",
                    b"* VANISHED (EARLIER) 4294967295:1,*,0,:\r\n", b"* 1 FETCH (UID 1 MODSEQ (18446744073709551616))\r\n",
                    b"* 1 FETCH (UID 1 BODY[]<18446744073709551616> {3}\r\nabc)\r\n", b"* 1 FETCH (BODY[] {-1}\r\n",
                    b"* 1 FETCH (BODY[] {18446744073709551616}\r\n", b"* 1 FETCH (BODY[] {}\r\n", b"* STATUS INBOX (MESSAGES -1)\r\n",
                    b"* SEARCH -1 99999999999\r\n", b"* ESEARCH (TAG \"x\") COUNT 99999999999999999999\r\n",
                    b"* OK [UIDVALIDITY 99999999999999999999] x\r\n", b"* OK [COPYUID 1 1:99999999999 1] x\r\n"):
            with self.subTest(odd):
                said, last = self.fetch(b"c UID FETCH 1:* BODY.PEEK[]", odd)
                self.assertEqual(said, odd + b"c OK done\r\n")
                self.assertEqual(last, b"z OK done\r\n")

    def test_answers_that_nobody_asked_for(self):
        sealed = b"* 1 FETCH (UID 7 BODY[] {%d}\r\n" % len(MESSAGE) + MESSAGE + b")\r\n"
        for command in (b"c UID FETCH 1:* BODY.PEEK[]", b"c UID FETCH 7 (RFC822.SIZE ENVELOPE)", b"c FETCH 1 BODY.PEEK[1]"):
            for odd in (b"+ go on\r\n", b"zz OK done\r\n", b"zz BAD no\r\n", b"PK00.1 OK done\r\n", b"* PREAUTH hello\r\n", b"* OK hello again\r\n",
                        b"* BYE and then not\r\n", b"* CAPABILITY IMAP4rev1\r\n", b"\r\n", b"garbage\r\n", b"* \r\n", b"*\r\n",
                        b"* 1 FETCH\r\n", b"* 1 FETCH ()\r\n", b"* 1 FETCH (((((\r\n", b"* 1 FETCH " + b"(" * 100_000 + b"\r\n",
                        b"* 1 FETCH (UID 7 ENVELOPE (" + b"(" * 5000 + b"))\r\n", b"* 1 FETCH (UID 7 UID 8 UID 9)\r\n",
                        b"* 7 EXPUNGE\r\n", b"\x00\x00\xff\xfe\r\n", b"* 1 FETCH (FLAGS (\\Seen) FLAGS (\\Draft))\r\n"):
                with self.subTest(command=command, odd=odd[:40]):
                    said, last = self.fetch(command, odd)
                    # Some of the client's commands are carried out by two of paperknife's.
                    self.assertIn(said, (odd + b"c OK done\r\n", odd * 2 + b"c OK done\r\n"))
                    self.assertEqual(last, b"z OK done\r\n")
            with self.subTest(command=command, odd="a sealed message that was not asked for"):
                said, last = self.fetch(command, sealed)
                self.assertIn(said, (sealed + b"c OK done\r\n", sealed * 2 + b"c OK done\r\n"))
                self.assertEqual(last, b"z OK done\r\n")

    def test_a_tagged_ok_before_the_answer(self):
        for command in (b"c UID FETCH 1:* BODY.PEEK[]", b"c UID FETCH 7 (RFC822.SIZE ENVELOPE)"):
            late = b"* 1 FETCH (UID 7 RFC822.SIZE 9 " + STRUCTURE + b")\r\n"

            def evil(tag, _line, send, late=late):
                send(tag + b" OK early\r\n" + late)
                return "said all"
            self.server.evil = evil
            with Client(self.service.port) as client:
                self.assertEqual(client.ask(command), b"c OK early\r\n")
                self.assertEqual(client.ask(b"z NOOP"), late + b"z OK done\r\n")

    def test_a_listing_whose_messages_are_others(self):
        """The structure promises S/MIME; what comes for our BODY.PEEK[] is not what it should be."""
        first = b"* 1 FETCH (UID 7 RFC822.SIZE 9 " + STRUCTURE + b")\r\n"
        whole = b"* 1 FETCH (UID 7 BODY[] {%d}\r\n" % len(MESSAGE) + MESSAGE + b")\r\n"
        for what, answers in {
                "nothing": b"", "another message": whole.replace(b"UID 7", b"UID 8"), "twice": whole * 2,
                "no literal": b"* 1 FETCH (UID 7 BODY[] NIL)\r\n", "a plain one": b"* 1 FETCH (UID 7 BODY[] {12}\r\nSubject: x\r\n)\r\n",
                "an empty one": b"* 1 FETCH (UID 7 BODY[] {0}\r\n)\r\n", "no end": b"* 1 FETCH (UID 7 BODY[] {4}\r\nabcd\r\n",
                "without UID": whole.replace(b"UID 7 ", b""), "its header": whole.replace(b"BODY[]", b"BODY[HEADER]"),
                "expunged": b"* 1 EXPUNGE\r\n", "a bye": b"* BYE tired\r\n"}.items():
            for condition in (b"OK", b"NO", b"BAD"):
                with self.subTest(what, condition=condition):
                    def evil(tag, line, send, answers=answers, condition=condition):
                        if tag == b"c":
                            send(first)
                            return None
                        if b"BODY.PEEK[]" not in line:
                            send(b"* 1 FETCH (UID 7 RFC822.SIZE 9)\r\n")
                            return None
                        send(answers + tag + b" " + condition + b" done\r\n")
                        return "said all"
                    self.server.evil = evil
                    with Client(self.service.port) as client:
                        said = client.ask(b"c UID FETCH 7 (RFC822.SIZE)")
                        self.assertTrue(said.endswith((b"c OK done\r\n", b"c OK Fetch completed.\r\n", b"c NO done\r\n", b"c BAD done\r\n")), said)
                        self.assertEqual(said.count(b"UID 7 RFC822.SIZE"), 1, said)
                        self.assertNotIn(b"PK", said)
                        self.assertEqual(client.ask(b"z NOOP"), b"z OK done\r\n")

    def test_a_server_that_drips(self):
        octets = b"* 1 FETCH (UID 7 BODY[] {%d}\r\n" % len(MESSAGE) + MESSAGE + b")\r\n"

        def evil(_tag, line, send):
            for octet in octets if b"BODY" in line else b"* 1 FETCH (UID 7)\r\n":
                send(bytes([octet]))
                time.sleep(0.002)
        self.server.evil = evil
        with Client(self.service.port) as client:
            self.assertEqual(client.ask(b"c FETCH 1 BODY.PEEK[]"), octets + b"c OK done\r\n")

    def test_huge_literals_are_announced_and_never_come(self):
        before = self.service.resident_memory()
        descriptors = self.descriptors()
        clients = []
        for size in (4294967295, 9223372036854775807, 150 << 20):
            for item in (b"BODY[]", b"RFC822.HEADER", b"ENVELOPE"):
                self.server.evil = lambda tag, line, send, size=size, item=item: \
                    send(b"* 1 FETCH (UID 7 " + item + b" {%d}\r\nContent-Type: application/pkcs7-mime\r\n\r\n" % size) or "said all"
                client = Client(self.service.port)
                client.socket.sendall(b"c UID FETCH 7 (" + (item if item != b"BODY[]" else b"BODY.PEEK[]") + b")\r\n")
                clients.append(client)
        time.sleep(0.5)
        if not is_sanitized():
            self.assertLess(self.service.resident_memory() - before, 8 << 20)
        for client in clients:
            client.__exit__()
        self.assertLessEqual(self.wait_for_descriptors(descriptors), descriptors)

    def test_a_flood_that_nobody_reads(self):
        before = self.service.resident_memory()
        for flood in (b"* OK still here, and here, and here, and here\r\n" * 1000, b"* 1 FETCH (UID 7 FLAGS (\\Seen))\r\n" * 1000,
                      b"* 1 FETCH (BODY[] {50000}\r\nSubject: x\r\n" + b"x" * 49988 + b")\r\n"):
            sent = 0

            def evil(_tag, _line, send, flood=flood):
                nonlocal sent
                for _ in range(100_000_000 // len(flood)):
                    send(flood)
                    del self.server.sent[:]
                    sent += len(flood)
            self.server.evil = evil
            with Client(self.service.port) as client:
                client.socket.sendall(b"c FETCH 1 BODY.PEEK[]\r\n")
                time.sleep(0.7)
                growth = self.service.resident_memory() - before
                self.assertLess(sent, 60_000_000, "the server is not read on")
                if not is_sanitized():
                    self.assertLess(growth, 10 << 20)

    # the client

    def send_and_see(self, octets, until):
        """What the server gets of a client's octets."""
        self.server.evil = lambda tag, line, send: None
        with Client(self.service.port) as client:
            del self.server.commands[:]
            client.socket.sendall(octets)
            deadline = time.monotonic() + 10
            while until not in b"".join(self.server.commands) and time.monotonic() < deadline:
                time.sleep(0.01)
        return b"".join(self.server.commands)

    def test_a_client_s_odd_octets_are_the_server_s_to_judge(self):
        for octets in (b"c APPEND x {18446744073709551616}\r\nd NOOP\r\n", b"c APPEND x {-1}\r\nd NOOP\r\n", b"c APPEND x {}\r\nd NOOP\r\n",
                       b"c APPEND x {+}\r\nd NOOP\r\n", b"c STORE 18446744073709551616 FLAGS ()\r\nd NOOP\r\n", b"((((((\r\nd NOOP\r\n",
                       b"c FETCH 0 BODY[]\r\nd NOOP\r\n", b"c FETCH 99999999999 (FLAGS)\r\nd NOOP\r\n", b"c FETCH -1 (FLAGS)\r\nd NOOP\r\n",
                       b"c SELECT " + b"(" * 30_000 + b"\r\nd NOOP\r\n", b"c \x00\xff\xfe\r\nd NOOP\r\n", b"c SEARCH " + b"1," * 50_000 + b"1\r\nd NOOP\r\n"):
            with self.subTest(octets[:40]):
                self.assertEqual(self.send_and_see(octets, b"d NOOP"), octets)

    def test_no_octet_of_a_literal_becomes_a_command(self):
        """IMAP-05: of what paperknife reads in full, the server gets one line, or nothing."""
        for octets in (b'c FETCH 1 (BODY.PEEK[HEADER.FIELDS ({9+}\r\nd DELETE )])\r\nz NOOP\r\n',
                       b'c FETCH 1 (BODY.PEEK[HEADER.FIELDS ({16+}\r\nA\r\nd DELETE x\r\nB)])\r\nz NOOP\r\n',
                       b'c ENABLE {15+}\r\nX\r\nd DELETE x\r\n\r\nz NOOP\r\n', b'c COMPRESS {13+}\r\nd DELETE x\r\n1\r\nz NOOP\r\n',
                       b'c NOTIFY {13+}\r\nd DELETE x\r\n1\r\nz NOOP\r\n', b'c FETCH {13+}\r\nd DELETE x\r\n1\r\nz NOOP\r\n'):
            with self.subTest(octets):
                got = self.send_and_see(octets, b"z NOOP")
                self.assertNotIn(b"\nd DELETE", b"\n" + got, got)
                self.assertTrue(got.endswith(b"z NOOP\r\n"), got)

    def test_starttls_does_nothing_here_and_what_follows_is_plain(self):
        with Client(self.service.port) as client:
            client.socket.sendall(b"c STARTTLS\r\nd NOOP\r\n")
            self.assertEqual(client.stream.readline(), b"c BAD Not available here.\r\n")
            self.assertEqual(client.stream.readline(), b"d OK done\r\n")

    def test_a_giant_literal_of_a_client_waits_for_the_server(self):
        before = self.service.resident_memory()
        descriptors = self.descriptors()
        clients = []
        for announced in (b"{9223372036854775807+}", b"{4294967295+}"):
            client = Client(self.service.port)
            client.socket.sendall(b"c APPEND x " + announced + b"\r\nhello")
            clients.append(client)
            client = Client(self.service.port)
            client.socket.sendall(b"c FETCH 1 (BODY.PEEK[HEADER.FIELDS (" + announced + b"\r\nhello")
            clients.append(client)
        time.sleep(0.3)
        if not is_sanitized():
            self.assertLess(self.service.resident_memory() - before, 4 << 20)
        for client in clients:
            client.__exit__()
        self.assertLessEqual(self.wait_for_descriptors(descriptors), descriptors)

    def test_ten_thousand_pipelined_fetches_meet_back_pressure(self):
        """As mbsync sends them; the server is slow, and the client reads nothing until the end."""
        for kind in (b"UID FETCH %d (UID BODY.PEEK[])\r\n", b"UID FETCH %d (RFC822.SIZE ENVELOPE)\r\n"):
            answer = b"* 1 FETCH (UID 7 BODY[] {3012}\r\nSubject: x\r\n" + b"x" * 3000 + b")\r\n"
            gate = threading.Event()

            def evil(tag, line, send, answer=answer, gate=gate):
                gate.wait(20)
                send(answer if b"BODY.PEEK" in line else b"* 1 FETCH (UID 7 RFC822.SIZE 9)\r\n")
                del self.server.sent[:]
            self.server.evil = evil
            before = self.service.resident_memory()
            commands = b"".join(b"f%d " % n + kind % n for n in range(10_000))
            with Client(self.service.port) as client:
                sender = threading.Thread(target=client.socket.sendall, args=(commands,), daemon=True)
                client.socket.settimeout(60)
                sender.start()
                time.sleep(0.5)
                waiting = self.service.resident_memory() - before
                gate.set()
                answered = 0
                for line in client.stream:
                    if line.startswith(b"f"):
                        self.assertTrue(line.startswith(b"f%d OK" % answered), line)
                        answered += 1
                        if answered == 10_000:
                            break
                sender.join(10)
            self.assertEqual(answered, 10_000)
            if not is_sanitized():
                self.assertLess(max(waiting, self.service.resident_memory() - before), 10 << 20)

    def test_a_client_that_goes_while_the_server_is_silent_leaves_nothing(self):
        descriptors = self.descriptors()
        self.server.evil = lambda tag, line, send: "said all"
        for command in (b"c UID FETCH 7 BODY.PEEK[]\r\n", b"c UID FETCH 7 (RFC822.SIZE ENVELOPE)\r\nd NOOP\r\n", b"c FETCH 1 BODY.PEEK[1]\r\n"):
            with Client(self.service.port) as client:
                client.socket.sendall(command)
                time.sleep(0.1)
        self.assertLessEqual(self.wait_for_descriptors(descriptors), descriptors)

    def test_a_client_that_cuts_inside_a_literal_leaves_nothing(self):
        descriptors = self.descriptors()
        large = b"* 1 FETCH (UID 7 BODY[] {30000000}\r\nSubject: x\r\n\r\n"

        def evil(_tag, _line, send):
            send(large)
            for _ in range(300):
                send(b"x" * 99_000)
                del self.server.sent[:]
        self.server.evil = evil
        memory = []
        for round_number in range(12):
            for command in (b"c UID FETCH 7 BODY.PEEK[]\r\n", b"c APPEND x {30000000+}\r\n" + b"y" * 100_000, b"c FETCH 1 (BODY[HEADER.FIELDS ({900+}\r\nabc"):
                with Client(self.service.port) as client:
                    client.socket.sendall(command)
                    if b"UID" in command:
                        client.socket.recv(1 << 16)
            if round_number in (3, 11):
                self.assertLessEqual(self.wait_for_descriptors(descriptors), descriptors)
                memory.append(self.service.resident_memory())
        if not is_sanitized():
            self.assertLess(memory[1] - memory[0], 2 << 20)


if __name__ == "__main__":
    unittest.main()
