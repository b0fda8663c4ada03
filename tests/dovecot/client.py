"""A client that sends exactly the octets it is told to, and keeps every octet it gets."""

import re
import socket
import ssl
import struct
import time

import response


class Closed(ConnectionError):
    """The other side has closed the connection."""


class RawClient:
    """One connection to an IMAP server. Every read fails after timeout seconds.

    received holds all octets that came, in order; the read methods walk along it.
    """

    def __init__(self, port, host="127.0.0.1", timeout=20, ca_file=None, greeting=True):
        self._timeout = timeout
        self.socket = socket.create_connection((host, port), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._ca_file = ca_file
        if ca_file:
            self._wrap()
        self.received = bytearray()
        self._read = 0
        self._tags = 0
        if greeting:
            self.greeting = self.response()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _wrap(self):
        context = ssl.create_default_context(cafile=str(self._ca_file))
        self.socket = context.wrap_socket(self.socket, server_hostname="localhost")

    def close(self):
        self.socket.close()

    def reset(self):
        """Closes without a word: the other side gets RST."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def send(self, octets):
        self.socket.sendall(octets)

    def send_in_pieces(self, octets, sizes, pause=0.0):
        """Sends octets in pieces; sizes is an iterator of their sizes."""
        view = memoryview(octets)
        while view:
            size = next(sizes)
            self.socket.sendall(view[:size])
            view = view[size:]
            if pause:
                time.sleep(pause)

    def _more(self, until):
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError(f"nothing came; last: {bytes(self.received[-300:])!r}")
        self.socket.settimeout(left)
        octets = self.socket.recv(1 << 18)
        if not octets:
            raise Closed(f"closed; last: {bytes(self.received[-300:])!r}")
        self.received += octets

    def octets(self, count, timeout=None):
        """The next count octets."""
        until = time.monotonic() + (timeout or self._timeout)
        while len(self.received) - self._read < count:
            self._more(until)
        self._read += count
        return bytes(self.received[self._read - count:self._read])

    def line(self):
        """The octets up to the next line feed, with it."""
        until = time.monotonic() + self._timeout
        searched = self._read
        while (end := self.received.find(b"\n", searched)) < 0:
            searched = len(self.received)
            self._more(until)
        start, self._read = self._read, end + 1
        return bytes(self.received[start:end + 1])

    def response(self):
        """The next response with its literals."""
        whole = self.line()
        if response.STATUS.match(whole):
            return whole  # its text may end in {3}, which announces nothing
        last = whole
        while announced := re.search(rb"\{(\d+)\+?\}\r\n\Z", last):
            whole += self.octets(int(announced[1]))
            last = self.line()
            whole += last
        return whole

    def until(self, tag):
        """All responses up to the tagged one, that one last."""
        responses = []
        while True:
            responses.append(self.response())
            if responses[-1].startswith(tag.encode() + b" "):
                return responses

    def rest(self):
        """Everything up to the end of the connection."""
        until = time.monotonic() + self._timeout
        try:
            while True:
                self._more(until)
        except (Closed, ConnectionResetError, ssl.SSLError):
            pass
        start, self._read = self._read, len(self.received)
        return bytes(self.received[start:])

    def tag(self):
        self._tags += 1
        return f"t{self._tags}"

    def command(self, text):
        """Sends one command and gives its responses, the tagged one last."""
        tag = self.tag()
        self.send(tag.encode() + b" " + (text.encode() if isinstance(text, str) else text) + b"\r\n")
        return self.until(tag)

    def ok(self, text):
        """Sends one command that must succeed; gives its untagged responses."""
        *untagged, tagged = self.command(text)
        if tagged.split(b" ", 2)[1] != b"OK":
            raise AssertionError(f"{text!r}: {tagged!r}")
        return untagged

    def start_tls(self, ca_file):
        self.ok("STARTTLS")
        self._ca_file = ca_file
        self._wrap()

    def login(self, server):
        return self.ok(f'LOGIN {server.user} "{server.password}"')

    def fetch(self, messages, items, uid=False):
        """FETCHes and parses: {sequence number: {item name: value}}."""
        return response.fetched(self.ok(f"{'UID ' if uid else ''}FETCH {messages} {items}"))
