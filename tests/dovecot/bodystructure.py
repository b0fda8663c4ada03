#!/usr/bin/env python3
"""Message data items as Dovecot answers them for the same octets, octet for octet.

Dovecot is given thousands of messages, well formed and not, and asked for their sizes, structures,
envelopes, sections and partials. $MESSAGE_ITEMS_TOOL answers the same items from the octets that
Dovecot serves as BODY[]. $MESSAGES and $SEED choose how many random ones there are, and which;
$CORPUS names directories, separated by colons, with messages of others.
"""

import os
import random
import re
import subprocess
import unittest

import bodystructure_messages as messages
from client import RawClient
from response import ITEM, _Reader
from server import Dovecot, version

TOOL = os.environ.get("MESSAGE_ITEMS_TOOL", "message_items_tool")
COUNT = int(os.environ.get("MESSAGES", "1000"))
SEED = int(os.environ.get("SEED", "1"))
VERSION = version() or (2, 3, 0)
CORPUS = [d for d in os.environ.get("CORPUS", "").split(":") if d]

WHOLE = ["RFC822.SIZE", "BODY", "BODYSTRUCTURE", "ENVELOPE", "BODY.PEEK[]", "BODY.PEEK[HEADER]",
         "BODY.PEEK[TEXT]", "BODY.PEEK[1]", "BODY.PEEK[1.MIME]", "BODY.PEEK[2]"]
PARTS = ("1", "2", "3", "1.1", "1.2", "2.1", "1.1.1", "2.1.1", "1.2.1", "1.1.1.1", "7", "0", "1.0",
         "0.1")
TEXTS = ("", ".MIME", ".HEADER", ".TEXT", ".HEADER.FIELDS (SUBJECT Content-Type)",
         ".HEADER.FIELDS.NOT (SUBJECT X)")
MESSAGE_TEXTS = ("HEADER.FIELDS (FROM)", "HEADER.FIELDS (from to CC subject)",
                 "HEADER.FIELDS (X MIME-Version no)", "HEADER.FIELDS.NOT (from content-type)",
                 "HEADER.FIELDS (NO)", "HEADER.FIELDS.NOT (no)", "HEADER", "TEXT", "")

UNCLOSED = re.compile(rb"(?im)^(from|sender|reply-to|to|cc|bcc)[ \t]*:(.|\n[ \t])*?[(\"]"
                      rb"(.|\n[ \t])*?(\\\r|\n[ \t]\r\n)")

BOUNDARY_IN_PIECES = re.compile(rb"(?i)boundary\*")


def value_of(item):
    """The value in the octets of an item's name and value."""
    reader = _Reader(item)
    reader.match(ITEM)
    reader.take(b" ")
    return reader.value()


def alike_but_for_extended_parameters(theirs, ours):
    """Compares structures as Dovecot 2.4 tells them with ours, which are as 2.3's.

    2.4 decodes the parameters of RFC 2231 and leaves charset and language out ("x*" "utf-8''%41" is
    "x" "A"), prefers them to those that are not extended, and tells a repeated parameter once.
    """
    if not isinstance(theirs, list) or not isinstance(ours, list):
        return theirs == ours
    if all(isinstance(each, bytes) for each in ours) and len(ours) % 2 == 0:
        names = [name.lower() for name in ours[::2]]
        special = {name.partition(b"*")[0] for name in names
                   if b"*" in name or names.count(name) > 1}

        def others(values):
            return [(name, value) for name, value in zip(values[::2], values[1::2])
                    if name.lower().partition(b"*")[0] not in special]

        return others(theirs) == others(ours)
    return len(theirs) == len(ours) and all(
        alike_but_for_extended_parameters(*pair) for pair in zip(theirs, ours))


def random_items(rng):
    """WHOLE and some sections and partials."""
    items = WHOLE + rng.choice((["RFC822.HEADER"], ["RFC822.TEXT"], ["RFC822"], []))
    for _ in range(8):
        section = rng.choice(PARTS) + rng.choice(TEXTS) if rng.random() < 0.7 \
            else rng.choice(MESSAGE_TEXTS)
        partial = "" if rng.random() < 0.5 else \
            f"<{rng.choice((0, 0, 1, 3, 20, 100, 5000, 2**33))}.{rng.choice((1, 7, 50, 4096, 2**33))}>"
        item = f"BODY.PEEK[{section}]{partial}"
        if key(item) not in map(key, items):
            items.append(item)
    return items


def key(item):
    """What an answer to this item is keyed with."""
    return re.sub(r"(<\d+)\.\d+>", r"\1>", item.replace(".PEEK", "")).upper()


def raw_items(response):
    """{name: octets of name and value} of a FETCH response."""
    reader = _Reader(response)
    reader.at = re.match(rb"\* \d+ FETCH \(", response).end()
    items = {}
    while not response.startswith(b")\r\n", reader.at):
        if items:
            reader.take(b" ")
        start = reader.at
        name = reader.match(ITEM)[0].decode("latin-1")
        reader.take(b" ")
        reader.value()
        items[name.upper()] = response[start:reader.at]
    return items


class Tool:
    """The running tool."""

    def __init__(self):
        self.process = subprocess.Popen([TOOL], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def answers(self, message, items):
        request = b"%d\n%s%s\n\n" % (len(message), message, "\n".join(items).encode())
        self.process.stdin.write(request)
        self.process.stdin.flush()
        return [self.process.stdout.read(int(self.process.stdout.readline())) for _ in items]

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


class AsDovecot(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Dovecot().start()
        cls.addClassCleanup(cls.server.stop)
        cls.client = RawClient(cls.server.port, timeout=120)
        cls.client.login(cls.server)
        cls.tool = Tool()
        cls.addClassCleanup(cls.tool.close)

    def compare(self, mailbox, all_messages):
        all_messages = [(name, messages.crlf(messages.octets(message)) or b"\r\n")
                        for name, message in all_messages]
        # Not by APPEND, which would store them with LF: Dovecot 2.3 then fails at some partials.
        for _, message in all_messages:
            self.server.deliver(message, mailbox=mailbox)
        self.client.ok(f"SELECT {mailbox}")
        rng = random.Random(SEED)
        asked = [random_items(rng) for _ in all_messages]
        different = []
        for start in range(0, len(asked), 100):
            batch = range(start, min(start + 100, len(asked)))
            self.client.send("".join(f"f{i} FETCH {i + 1} ({' '.join(asked[i])})\r\n"
                                     for i in batch).encode())
            theirs = {}  # by sequence number: Dovecot works on several commands at once
            for i in batch:
                *responses, tagged = self.client.until(f"f{i}")
                self.assertIn(b" OK ", tagged, all_messages[i])
                for each in responses:
                    if fetched := re.match(rb"\* (\d+) FETCH \(", each):
                        theirs.setdefault(int(fetched[1]), {}).update(raw_items(each))
            for i in batch:
                different += self.differences(*all_messages[i], asked[i], theirs[i + 1])
        if different:
            self.fail(f"{len(different)} answers of {len(all_messages)} messages differ:\n\n"
                      + "\n\n".join(different[:int(os.environ.get('SHOW', '10'))]))

    def differences(self, name, message, items, theirs):
        self.assertEqual(theirs["BODY[]"], b"BODY[] {%d}\r\n%s" % (len(message), message))
        for item, ours in zip(items, self.tool.answers(message, items)):
            if theirs.get(key(item)) != ours and not self.is_meant(message, item, theirs, ours):
                yield (f"{name}: {item}\n  Dovecot: {theirs.get(key(item))[:1200]!r}\n"
                       f"  ours:    {ours[:1200]!r}\n  of {message[:1200]!r}")

    def is_meant(self, message, item, theirs, ours):
        """True for differences by which we are right, or Dovecot can't be."""
        # What stands in a comment or quoted string that nothing closes, with a quoted CR or a line
        # of one blank behind it: Dovecot takes it for a name or not. It is none.
        if item in ("ENVELOPE", "BODY", "BODYSTRUCTURE") and UNCLOSED.search(message):
            return True
        if VERSION >= (2, 4):
            # 2.4 divides by a boundary that stands in pieces or in a charset; to 2.3 it is none.
            if BOUNDARY_IN_PIECES.search(message):
                return True
            if item in ("BODY", "BODYSTRUCTURE"):
                return alike_but_for_extended_parameters(value_of(theirs[item]), value_of(ours))
        if "HEADER.FIELDS" not in item:
            return False
        # The last octet of the blank line that ends the fields, asked for alone: Dovecot sends CR.
        # Joined partials would not be the whole.
        if theirs[key(item)].endswith(b"{1}\r\n\r") and ours.endswith(b"{1}\r\n\n"):
            return True
        part = re.match(r"BODY.PEEK\[([\d.]+)\.HEADER", item)
        # A CR without LF: Dovecot's cache of fields has lost it. They would not be the header's.
        if not part:
            return bool(re.match(rb"(?s)(?:(?!\r\n\r\n).)*\r(?!\n)", message))
        # The header of a part that a boundary line ends: Dovecot's HEADER ends there, too, but its
        # HEADER.FIELDS go on with what follows, as far as the next blank line.
        header, = self.tool.answers(message, [f"BODY.PEEK[{part[1]}.HEADER]"])
        return header.endswith(b"{0}\r\n") or not header.endswith(b"\n\r\n")

    def test_oddities_of_all_kinds(self):
        self.compare("oddities", messages.handwritten())

    def test_trees_grown_at_random(self):
        self.compare("grown", messages.grown(SEED, COUNT))

    def test_mutated_messages(self):
        self.compare("mutated", messages.mutations(SEED, 2 * COUNT))

    def test_messages_of_others(self):
        others = list(messages.of_directories(*CORPUS))
        if not others:
            self.skipTest("no messages in $CORPUS")
        self.compare("others", others)


if __name__ == "__main__":
    unittest.main()
