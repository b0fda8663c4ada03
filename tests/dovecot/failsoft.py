#!/usr/bin/env python3
"""What can't be opened is delivered as the server sent it, disturbs nobody, and no end of a
connection disturbs another (design, promise 3)."""

import os
import random
import re
import socket
import threading
import time
import unittest

import messages
from client import Closed, RawClient
from server import Dovecot
from service import Paperknife, is_sanitized
from tap import Tap

SLOW = 3 if is_sanitized() else 1
ITEMS = "(UID FLAGS RFC822.SIZE BODYSTRUCTURE ENVELOPE BODY.PEEK[] BODY.PEEK[1] BODY.PEEK[HEADER])"


def plain_upstream(port):
    return {"upstream": f"imap+plaintext://127.0.0.1:{port}"}


class Unopenable(unittest.TestCase):
    """Neighbours of one another: what opens, what does not, and ordinary messages."""

    def answers(self, port, server, items, numbers="1:*"):
        with RawClient(port, timeout=30 * SLOW) as client:
            client.login(server)
            client.ok("EXAMINE INBOX")
            return client.fetch(numbers, items)

    def test_messages_that_do_not_open_are_as_the_server_has_them(self):
        mail = messages.load(lambda m: not m.opens or m.name == "gcm256-v15-der-mixed")
        with Dovecot() as server, \
                Paperknife([plain_upstream(server.port)],
                           messages.keystore() + messages.NO_KEYWORDS) as service:
            for message in mail * 2:
                server.deliver(message.octets)
            ours = self.answers(service.port, server, ITEMS)
            theirs = self.answers(server.port, server, ITEMS)
            self.assertEqual(len(ours), len(mail) * 2)
            opened = 0
            for number, message in enumerate(mail * 2, 1):
                with self.subTest(message.name):
                    if message.opens:
                        self.assertIn(b"See the file.", ours[number]["BODY[]"])
                        opened += 1
                    else:
                        self.assertEqual(ours[number], theirs[number])
            self.assertEqual(opened, 2)

    def test_with_somebody_elses_key_or_none_or_switched_off_nothing_opens(self):
        mail = messages.load()[::5]
        with Dovecot() as server:
            for message in mail:
                server.deliver(message.octets)
            # What is only signed opens without a key; "many" is for somebody else as well.
            sealed = [n for n, m in enumerate(mail, 1)
                      if not re.match("signed|triple|gcm256-many", m.name)]
            numbers = ",".join(map(str, sealed))
            theirs = self.answers(server.port, server, ITEMS, numbers)
            for tables in (messages.keystore("keys-other"), "",
                           messages.keystore() + "[decrypt]\nenabled = false\n"):
                with self.subTest(tables), \
                        Paperknife([plain_upstream(server.port)],
                                   tables + messages.NO_KEYWORDS) as service:
                    ours = self.answers(service.port, server, ITEMS, numbers)
                    self.assertEqual([mail[n - 1].name for n in theirs if ours.get(n) != theirs[n]],
                                     [])

    def test_a_message_above_the_limit_is_as_the_server_has_it(self):
        text = b"Content-Type: text/plain\r\n\r\n" + b"small\r\n" * 10
        large = b"Content-Type: text/plain\r\n\r\n" + b"large\r\n" * 50_000
        with Dovecot() as server, Paperknife(
                [plain_upstream(server.port)],
                messages.keystore() + "[decrypt]\nmax_message = 100_000\n") as service:
            for each in (text, large, text):
                server.deliver(messages.wrap(messages.encrypt(each)))
            for items in (ITEMS, "BODY.PEEK[]", "BODY.PEEK[1]", "(UID BODY.PEEK[]<5.100>)",
                          "RFC822.SIZE"):
                ours = self.answers(service.port, server, items)
                theirs = self.answers(server.port, server, items)
                self.assertEqual(ours[2], theirs[2])
                self.assertNotEqual(ours[1], theirs[1])
                self.assertNotEqual(ours[3], theirs[3])


class FakeServer:
    """Says what a script tells it to, once a client has sent a line that holds a word."""

    GREETING = b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\r\n"

    def __init__(self, answer, greeting=GREETING):
        self.answer = answer
        self.greeting = greeting
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with connection:
            try:
                connection.sendall(self.greeting)
                for line in connection.makefile("rb"):
                    tag = line.split(b" ")[0]
                    if self.answer(connection, tag, line) == "close":
                        return
            except OSError:
                pass


def usual(connection, tag, line):
    """Answers what comes before a FETCH."""
    if b"LOGIN" in line:
        connection.sendall(tag + b" OK in\r\n")
    elif b"SELECT" in line:
        connection.sendall(b"* 3 EXISTS\r\n* OK [UIDVALIDITY 1] v\r\n" + tag + b" OK selected\r\n")
    elif b"LOGOUT" in line:
        connection.sendall(b"* BYE bye\r\n" + tag + b" OK out\r\n")
        return "close"
    elif b"FETCH" not in line:
        connection.sendall(tag + b" OK done\r\n")
    else:
        return "fetch"


class BadServers(unittest.TestCase):
    """Servers that are gone, slow, or say what no server should."""

    def session(self, service):
        client = RawClient(service.port, timeout=15 * SLOW)
        self.addCleanup(client.close)
        client.ok("LOGIN alice wonderland")
        client.ok("SELECT INBOX")
        return client

    def test_a_dead_server_is_said_to_be_dead(self):
        silent = socket.create_server(("127.0.0.1", 0))  # accepts, says nothing
        gone = socket.create_server(("127.0.0.1", 0))
        dead = gone.getsockname()[1]
        gone.close()
        with silent, Paperknife([plain_upstream(dead), plain_upstream(silent.getsockname()[1])]) \
                as service:
            with RawClient(service.ports["account0"], greeting=False) as client:
                answer = client.line()
                self.assertRegex(answer, rb"^\* BYE .{10,}\r\n$")
                self.assertEqual(client.rest(), b"")
            with RawClient(service.ports["account1"], greeting=False) as client:
                client.reset()  # the client does not wait
            self.assertIsNone(service.process.poll())

    def test_a_server_that_is_no_imap_server_or_refuses(self):
        for greeting in (b"220 smtp.example.org ESMTP\r\n", b"* BYE overloaded\r\n", b"\0" * 70000):
            with self.subTest(greeting[:20]), \
                    FakeServer(usual, greeting) as server, \
                    Paperknife([plain_upstream(server.port)]) as service, \
                    RawClient(service.port, greeting=False, timeout=5 * SLOW) as client:
                try:
                    client.send(b"a LOGIN x y\r\n")
                    client.line()
                except (Closed, OSError, TimeoutError):
                    pass
                self.assertIsNone(service.process.poll())

    def test_huge_announced_literals_take_no_memory(self):
        def answer(connection, tag, line):
            if usual(connection, tag, line) == "fetch":
                connection.sendall(
                    b"* 1 FETCH (UID 1 BODY[] {9999999999}\r\nContent-Type: application/pkcs7-mime"
                    b"\r\n\r\nMIIB")
                time.sleep(0.5)
                return "close"

        with FakeServer(answer) as server, \
                Paperknife([plain_upstream(server.port)], messages.keystore()) as service:
            before = service.resident_memory()
            for _ in range(3):
                client = self.session(service)
                client.send(b"f UID FETCH 1 (BODY.PEEK[])\r\n")
                client.rest()
            self.assertLess(service.peak_memory() - before, 30 << 20)
            client = self.session(service)
            self.assertTrue(client.ok("NOOP") is not None)

    def test_odd_responses_end_at_most_their_own_session(self):
        noise = random.Random(7)
        pieces = [b"* 1 FETCH (", b"UID 1 ", b"BODY[] ", b"{10}\r\n", b"BODYSTRUCTURE ", b"(", b")",
                  b'"application" "pkcs7-mime" ', b"NIL ", b"\r\n", b"* ", b"OK ", b"\\Seen ", b"+ ",
                  b"FLAGS (\\Seen) ", b"99999999999999999999 ", b"\0\xff", b"RFC822.SIZE -1 "]

        def answer(connection, tag, line):
            if usual(connection, tag, line) == "fetch":
                connection.sendall(b"".join(noise.choices(pieces, k=noise.randint(1, 30))) +
                                   b"\r\n" + tag + b" OK fetched\r\n")
                time.sleep(0.02)
                return "close"

        commands = (b"f FETCH 1:* (FLAGS BODYSTRUCTURE)\r\n", b"f UID FETCH 1:* BODY.PEEK[]\r\n",
                    b"f FETCH 2 BODY.PEEK[1]\r\n", b"f FETCH 1:3 ALL\r\n")
        with FakeServer(answer) as server, \
                Paperknife([plain_upstream(server.port)], messages.keystore()) as service:
            for number in range(100):
                client = self.session(service)
                client.send(commands[number % len(commands)])
                client.rest()
                client.close()
            self.session(service).ok("NOOP")

    def test_a_slow_server_and_a_slow_client(self):
        def slowly(recording, side, octets):
            if side == "server":
                time.sleep(0.0002 * len(octets) / 100)
            return octets

        mail = messages.load()[:40]
        with Dovecot() as server, Tap(server.port, slowly) as tap, \
                Paperknife([plain_upstream(tap.port), plain_upstream(server.port)],
                           messages.keystore()) as service:
            for message in mail:
                server.deliver(message.octets)
            answers = []
            for port in service.ports.values():
                with RawClient(port, timeout=60) as client:
                    client.login(server)
                    client.ok("EXAMINE INBOX")
                    answers.append(client.fetch("1:*", ITEMS))
            self.assertTrue(answers[0] == answers[1])
            with RawClient(service.ports["account1"], timeout=60) as client:
                client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
                client.login(server)
                client.ok("EXAMINE INBOX")
                for number in range(8):
                    client.send(b"s%d FETCH 1:* BODY.PEEK[]\r\n" % number)
                time.sleep(1)  # takes nothing meanwhile
                client.until("s7")


class Vanishing(unittest.TestCase):
    """Either side may go at any moment; the service stays, and other sessions go on."""

    def test_either_side_may_vanish_at_any_moment(self):
        moments = random.Random(8)
        cut_after = {}

        def cut(recording, side, octets):
            if (left := cut_after.get("octets")) is None or side != "server":
                return octets
            if left < len(octets):
                cut_after["octets"] = None
                recording.cut(reset=moments.random() < 0.5)
            else:
                cut_after["octets"] = left - len(octets)
            return octets[:left]

        mail = messages.load()[::6]
        with Dovecot() as server, Tap(server.port, cut) as tap, \
                Paperknife([plain_upstream(tap.port), plain_upstream(server.port)],
                           messages.keystore()) as service:
            for message in mail:
                server.deliver(message.octets)
            with RawClient(service.ports["account1"], timeout=60) as steady:
                steady.login(server)
                steady.ok("EXAMINE INBOX")
                expected = steady.fetch("1:*", ITEMS)
                commands = (f"FETCH 1:* {ITEMS}", "UID FETCH 1:* BODY.PEEK[1]", "FETCH 1:* FULL",
                            "FETCH 1:* BODY.PEEK[]", "NOOP", "IDLE", "FETCH 3:9 BODY.PEEK[]<5.50>")
                for number in range(60):
                    self.vanish(server, service.ports["account0"], moments, cut_after,
                                commands[number % len(commands)], by_server=number % 2)
                    if number % 15 == 0:
                        self.assertTrue(steady.fetch("1:*", ITEMS) == expected)
                self.assertTrue(steady.fetch("1:*", ITEMS) == expected)
            cut_after["octets"] = None
            with RawClient(service.ports["account0"], timeout=60) as client:
                client.login(server)
                client.ok("EXAMINE INBOX")
                self.assertTrue(client.fetch("1:*", ITEMS) == expected)
            # Nothing of the ended sessions stays behind.
            until = time.monotonic() + 20 * SLOW
            while len(self.descriptors(service)) > 20 and time.monotonic() < until:
                time.sleep(0.1)
            self.assertLess(len(self.descriptors(service)), 21)

    @staticmethod
    def descriptors(service):
        return os.listdir(f"/proc/{service.process.pid}/fd")

    @staticmethod
    def vanish(server, port, moments, cut_after, command, by_server):
        cut_after["octets"] = int(10 ** moments.uniform(1, 5)) if by_server else None
        client = RawClient(port, timeout=20 * SLOW, greeting=False)
        try:
            client.response()
            client.login(server)
            client.ok("EXAMINE INBOX")
            client.send(b"v " + command.encode() + b"\r\n")
            if by_server:
                client.send(b"DONE\r\nw LOGOUT\r\n" if command == "IDLE" else b"w LOGOUT\r\n")
                client.rest()
            else:
                client.octets(int(10 ** moments.uniform(0.5, 4)), timeout=0.1 * SLOW)
        except (OSError, AssertionError):  # cut off, or told so
            pass
        finally:
            if moments.random() < 0.5:
                client.reset()
            else:
                client.close()

    def test_many_sessions_at_once(self):
        mail = messages.load()[::10]
        with Dovecot() as server, \
                Paperknife([plain_upstream(server.port)], messages.keystore()) as service:
            for message in mail:
                server.deliver(message.octets)
            with RawClient(service.port, timeout=60) as client:
                client.login(server)
                client.ok("EXAMINE INBOX")
                expected = client.fetch("1:*", ITEMS)
            wrong = []

            def one():
                try:
                    with RawClient(service.port, timeout=60) as client:
                        client.login(server)
                        client.ok("EXAMINE INBOX")
                        for _ in range(3):
                            if client.fetch("1:*", ITEMS) != expected:
                                wrong.append("differs")
                        client.ok("LOGOUT")
                except Exception as problem:
                    wrong.append(repr(problem))

            threads = [threading.Thread(target=one) for _ in range(16)]
            for each in threads:
                each.start()
            for each in threads:
                each.join()
            self.assertEqual(wrong, [])


if __name__ == "__main__":
    unittest.main()
