#!/usr/bin/env python3
"""COMPRESS=DEFLATE on each leg (RFC 4978), with Python's zlib at the other ends."""

import os
import pathlib
import socket
import sys
import threading
import time
import unittest
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "dovecot"))

from service import Paperknife, is_sanitized  # noqa: E402

GREETING = b"* OK [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE] ready\r\n"
LISTED = b"* CAPABILITY IMAP4rev1 IDLE COMPRESS=DEFLATE XYZZY\r\n"


class Line:
    """A connection that can be compressed. Lines in, octets out."""

    def __init__(self, connection):
        self.connection = connection
        self.compressor = self.decompressor = None
        self.raw_in = self.raw_out = 0
        self.buffer = b""

    def start(self):
        self.compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
        self.decompressor = zlib.decompressobj(-15)
        self.buffer = self.decompressor.decompress(self.buffer)

    def send(self, octets):
        if self.compressor:
            octets = self.compressor.compress(octets) + self.compressor.flush(zlib.Z_SYNC_FLUSH)
        self.raw_out += len(octets)
        self.connection.sendall(octets)

    def more(self):
        octets = self.connection.recv(1 << 16)
        self.raw_in += len(octets)
        if octets and self.decompressor:
            octets = self.decompressor.decompress(octets)
        elif not octets:
            raise EOFError(self.buffer)
        self.buffer += octets

    def line(self):
        while b"\n" not in self.buffer:
            self.more()
        line, self.buffer = self.buffer.split(b"\n", 1)
        return line + b"\n"

    def octets(self, count):
        while len(self.buffer) < count:
            self.more()
        octets, self.buffer = self.buffer[:count], self.buffer[count:]
        return octets

    def ask(self, command):
        self.send(command + b"\r\n")
        lines = [self.line()]
        while not lines[-1].startswith(command.split()[0] + b" "):
            lines.append(self.line())
        return lines


class Server:
    """A mail server that offers COMPRESS and has one large message of one letter."""

    SIZE = 3_000_000

    def __init__(self, accepts=True, behind=b""):
        self.accepts, self.behind = accepts, behind
        self.compressed, self.commands, self.lines = 0, [], []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()

    def run(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.talk, args=(connection,), daemon=True).start()

    def talk(self, connection):
        line = Line(connection)
        self.lines.append(line)
        try:
            with connection:
                line.send(GREETING)
                while command := line.line():
                    self.commands.append(command)
                    tag, name = command.split()[:2]
                    if name == b"CAPABILITY":
                        line.send(LISTED + tag + b" OK done\r\n")
                    elif name == b"LOGIN":
                        line.send(tag + b" OK [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE XYZZY] in\r\n")
                    elif name == b"COMPRESS" and self.accepts:
                        # The first compressed octets in one packet with the OK.
                        compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
                        first = b"* OK still here\r\n"
                        connection.sendall(tag + b" OK go\r\n" + compressor.compress(first) + compressor.flush(zlib.Z_SYNC_FLUSH))
                        line.start()
                        line.compressor = compressor
                        self.compressed += 1
                    elif name == b"COMPRESS":
                        line.send(tag + b" NO not today\r\n")
                    elif name == b"FETCH" and command.endswith(b" (UID)\r\n"):
                        line.send(b"* 1 FETCH (UID 1)\r\n" + tag + b" OK done\r\n")
                    elif name == b"FETCH":
                        line.send(b"* 1 FETCH (BODY[] {%d}\r\n" % self.SIZE + b"x" * self.SIZE + b")\r\n" + tag + b" OK done\r\n")
                    else:
                        line.send(tag + b" OK done\r\n")
        except (OSError, EOFError, ValueError):
            pass


class Compress(unittest.TestCase):
    def service(self, server, **keys):
        return self.enterContext(Paperknife([{"upstream": f"imap+plaintext://127.0.0.1:{server.port}", **keys}]))

    def connect(self, service):
        client = self.enterContext(socket.create_connection(("127.0.0.1", service.port), timeout=20))
        line = Line(client)
        line.line()
        return line

    def test_it_is_offered_after_the_login_and_works(self):
        server = self.enterContext(Server())
        service = self.service(server)
        client = self.connect(service)
        self.assertEqual(client.ask(b"a CAPABILITY")[0], b"* CAPABILITY IMAP4rev1 IDLE\r\n")
        self.assertEqual(client.ask(b"b COMPRESS DEFLATE"), [b"b BAD Not available here.\r\n"])
        self.assertEqual(client.ask(b"c LOGIN u p"), [b"c OK [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE] in\r\n"])
        self.assertEqual(client.ask(b"d CAPABILITY")[0], b"* CAPABILITY IMAP4rev1 IDLE COMPRESS=DEFLATE\r\n")
        for wrong in (b"e COMPRESS GZIP", b"f COMPRESS", b"g COMPRESS DEFLATE x", b"h COMPRESS \"DEFLATE\""):
            self.assertIn(b" BAD ", client.ask(wrong)[0])
        self.assertEqual(client.ask(b"i compress deflate"), [b"i OK Compressed from here on.\r\n"])
        client.start()
        self.assertEqual(client.ask(b"j COMPRESS DEFLATE"), [b"j BAD It is compressed already.\r\n"])
        self.assertEqual(client.ask(b"k CAPABILITY")[0], b"* CAPABILITY IMAP4rev1 IDLE\r\n", "not offered a second time")
        client.raw_in = 0
        client.send(b"l FETCH 1 BODY[]\r\n")
        self.assertEqual(client.line(), b"* 1 FETCH (BODY[] {%d}\r\n" % server.SIZE)
        self.assertEqual(client.octets(server.SIZE), b"x" * server.SIZE)
        self.assertEqual([client.line(), client.line()], [b")\r\n", b"l OK done\r\n"])
        self.assertLess(client.raw_in, server.SIZE // 50)
        self.assertEqual(client.ask(b"m NOOP"), [b"m OK done\r\n"])
        self.assertFalse([c for c in server.commands if b"COMPRESS" in c.upper()], "the server's leg is another")

    def test_it_can_be_hidden(self):
        server = self.enterContext(Server())
        client = self.connect(self.service(server, compress="none"))
        self.assertEqual(client.ask(b"c LOGIN u p"), [b"c OK [CAPABILITY IMAP4rev1] in\r\n"])
        self.assertEqual(client.ask(b"b COMPRESS DEFLATE"), [b"b BAD Not available here.\r\n"])

    def test_pipelined_commands_are_answered_before_and_none_may_come_behind(self):
        server = self.enterContext(Server())
        service = self.service(server)
        client = self.connect(service)
        client.ask(b"c LOGIN u p")
        client.send(b"1 NOOP\r\n2 FETCH 1 ENVELOPE\r\n3 NOOP\r\n4 COMPRESS DEFLATE\r\n")
        lines = [client.line()]
        while not lines[-1].startswith(b"4 "):
            if lines[-1].endswith(b"}\r\n"):
                client.octets(server.SIZE)
            lines.append(client.line())
        tags = [line.split()[0] for line in lines if line[:1].isdigit()]
        self.assertEqual(tags, [b"1", b"2", b"3", b"4"])
        client.start()
        self.assertEqual(client.ask(b"5 NOOP"), [b"5 OK done\r\n"])
        for behind in (b"6 NOOP\r\n", b"6", b"\x00\x00\x00\xff\xff"):
            other = self.connect(service)
            other.ask(b"c LOGIN u p")
            other.send(b"1 COMPRESS DEFLATE\r\n" + behind)
            with self.assertRaises((EOFError, ConnectionError)):
                while True:
                    other.line()
            self.assertIn("did not wait for COMPRESS", service.stderr())
        self.assertEqual(client.ask(b"7 NOOP"), [b"7 OK done\r\n"], "nobody else is hurt")

    def test_what_is_no_deflate_ends_the_session(self):
        server = self.enterContext(Server())
        service = self.service(server)
        client = self.connect(service)
        client.ask(b"c LOGIN u p")
        client.ask(b"d COMPRESS DEFLATE")
        before = len(server.commands)
        client.send(b"e NOOP\r\n")
        with self.assertRaises((EOFError, ConnectionError)):
            client.line()
        self.assertIn("no DEFLATE", service.stderr())
        self.assertEqual(len(server.commands), before)

    def test_a_bomb_meets_back_pressure(self):
        server = self.enterContext(Server())
        # A server that reads nothing more.
        service = self.service(server)
        client = self.connect(service)
        client.ask(b"c LOGIN u p")
        client.ask(b"d COMPRESS DEFLATE")
        client.start()
        stopped = threading.Event()
        self.addCleanup(stopped.set)
        server.lines[-1].line = lambda: stopped.wait(60) and b""
        client.send(b"e NOOP\r\n")
        time.sleep(0.2)
        before = service.resident_memory()
        client.connection.settimeout(1)
        sent = 0
        try:
            for _ in range(400):  # 400 MB of commands in 400 kB
                octets = client.compressor.compress(b"x NOOP \r\n" * 120_000) + client.compressor.flush(zlib.Z_SYNC_FLUSH)
                client.connection.sendall(octets)
                sent += 120_000 * 9
        except TimeoutError:
            pass
        time.sleep(0.5)
        growth = service.resident_memory() - before
        self.assertGreater(sent, 100_000_000)
        if not is_sanitized():
            self.assertLess(growth, 8 << 20, f"{sent} octets were meant")

    def test_the_server_s_leg(self):
        server = self.enterContext(Server())
        service = self.service(server, compress="both")
        client = self.connect(service)
        self.assertEqual(client.ask(b"c LOGIN u p"), [b"c OK [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE] in\r\n"])
        # What the client sends now waits until the server has agreed; what it says behind its OK is compressed.
        client.send(b"d NOOP\r\ne FETCH 1 BODY[]\r\n")
        lines = [client.line() for _ in range(3)]
        self.assertEqual(lines, [b"* OK still here\r\n", b"d OK done\r\n", b"* 1 FETCH (BODY[] {%d}\r\n" % server.SIZE])
        self.assertEqual(client.octets(server.SIZE), b"x" * server.SIZE)
        self.assertEqual([client.line(), client.line()], [b")\r\n", b"e OK done\r\n"])
        client.ask(b"f CAPABILITY")
        self.assertEqual(client.ask(b"g COMPRESS DEFLATE"), [b"g OK Compressed from here on.\r\n"])
        client.start()
        self.assertEqual(client.ask(b"h NOOP"), [b"h OK done\r\n"])
        self.assertEqual(server.compressed, 1, server.commands)
        self.assertEqual(sum(b"COMPRESS" in c for c in server.commands), 1)

    def test_the_server_s_leg_waits_for_what_is_under_way(self):
        server = self.enterContext(Server())
        client = self.connect(self.service(server, compress="server"))
        client.send(b"c LOGIN u p\r\nd NOOP\r\ne FETCH 1 ENVELOPE\r\nf NOOP\r\n")
        for tag in b"c", b"d":
            self.assertTrue(client.line().startswith(tag))
        client.line()
        client.octets(server.SIZE)
        self.assertEqual([client.line(), client.line()], [b")\r\n", b"e OK done\r\n"])
        self.assertIn(client.line(), (b"* OK still here\r\n", b"f OK done\r\n"))
        client.ask(b"g NOOP")
        client.ask(b"h NOOP")
        self.assertEqual(server.compressed, 1, server.commands)

    def test_a_server_that_refuses_is_asked_once(self):
        server = self.enterContext(Server(accepts=False))
        client = self.connect(self.service(server, compress="server"))
        self.assertEqual(client.ask(b"c LOGIN u p"), [b"c OK [CAPABILITY IMAP4rev1] in\r\n"])
        for tag in (b"d", b"e", b"f"):
            self.assertEqual(client.ask(tag + b" NOOP"), [tag + b" OK done\r\n"])
            client.ask(tag + b"1 CAPABILITY")
        self.assertEqual(sum(b"COMPRESS" in c for c in server.commands), 1)


if __name__ == "__main__":
    unittest.main()
