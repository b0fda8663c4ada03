"""Reads FETCH responses (RFC 9051, 7.5.2) into Python values, strictly: what is malformed throws."""

import re

ATOM = re.compile(rb'[^\x00-\x20\x7f(){"%*\\\]]+')
ITEM = re.compile(rb"[A-Za-z0-9.]+(\[[^\]]*\](<\d+>)?)?")
STATUS = re.compile(rb"(\+|(\*|[^ ]+) (OK|NO|BAD|BYE|PREAUTH)) ", re.I)


class Malformed(ValueError):
    pass


class _Reader:
    def __init__(self, octets):
        self.octets = octets
        self.at = 0

    def peek(self):
        return self.octets[self.at:self.at + 1]

    def take(self, octets):
        if not self.octets.startswith(octets, self.at):
            raise Malformed(f"no {octets!r} at {self.at}: {self.octets[:self.at + 60]!r}")
        self.at += len(octets)

    def match(self, pattern):
        found = pattern.match(self.octets, self.at)
        if not found:
            raise Malformed(f"no {pattern.pattern!r} at {self.at}: {self.octets[:self.at + 60]!r}")
        self.at = found.end()
        return found

    def value(self):
        """A string as bytes, NIL as None, a number as int, an atom or flag as str, a list."""
        first = self.peek()
        if first == b"(":
            return self.list()
        if first == b'"':
            quoted = self.match(re.compile(rb'"((?:[^"\\\r\n\0]|\\["\\])*)"'))[1]
            return re.sub(rb"\\(.)", rb"\1", quoted)
        if first == b"{" or first == b"~":
            size = int(self.match(re.compile(rb"~?\{(\d+)\}\r\n"))[1])
            if self.at + size > len(self.octets):
                raise Malformed("literal longer than the response")
            self.at += size
            return bytes(self.octets[self.at - size:self.at])
        if first == b"\\":
            self.at += 1
            return "\\" + (self.match(re.compile(rb"\*"))[0] if self.peek() == b"*"
                           else self.match(ATOM)[0]).decode()
        atom = self.match(ATOM)[0].decode()
        if atom.upper() == "NIL":
            return None
        return int(atom) if atom.isdigit() else atom

    def list(self):
        self.take(b"(")
        values = []
        while self.peek() != b")":
            # Parts and addresses follow one another without a space.
            if values and not (isinstance(values[-1], list) and self.peek() == b"("):
                self.take(b" ")
            values.append(self.value())
        self.take(b")")
        return values


def split(octets):
    """The responses that octets consist of, each with its literals."""
    at = 0
    responses = []
    while at < len(octets):
        start = at
        while True:
            end = octets.find(b"\n", at) + 1 or len(octets)
            line, at = octets[at:end], end
            literal = re.search(rb"\{(\d+)\}\r\n\Z", line)
            if not literal or (STATUS.match(octets, start)):
                break
            at += int(literal[1])
        responses.append(bytes(octets[start:at]))
    return responses


def fetch(octets):
    """(sequence number, {item: value}) of a FETCH response, or nothing if it is another one."""
    start = re.match(rb"\* (\d+) FETCH \(", octets, re.I)
    if not start:
        return None
    reader = _Reader(octets)
    reader.at = start.end()
    items = {}
    while True:
        # Field names are astrings, and any case is one: BODY[HEADER.FIELDS ("To")] is (TO).
        name = reader.match(ITEM)[0].decode().upper().replace('"', "")
        reader.take(b" ")
        if name in items:
            raise Malformed(f"{name} twice")
        items[name] = reader.value()
        if reader.peek() == b")":
            break
        reader.take(b" ")
    reader.take(b")\r\n")
    if reader.at != len(octets):
        raise Malformed("octets after the response")
    return int(start[1]), items


def fetched(responses):
    """All FETCH responses of a list, by sequence number; items of several responses are joined."""
    messages = {}
    for each in responses:
        parsed = fetch(each)
        if parsed:
            messages.setdefault(parsed[0], {}).update(parsed[1])
    return messages
