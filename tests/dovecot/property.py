#!/usr/bin/env python3
"""One view (design, promise 2), what a server may learn (promise 4) and \\Seen, over all messages
of tests/data.

The oracle is Dovecot itself: what a client was given as BODY[] is stored again as an ordinary
message, and Dovecot's own answers about that one are the ones that paperknife must give.
"""

import base64
import random
import re
import subprocess
import tempfile
import unittest

import messages
import response
from bodystructure import raw_items
from client import RawClient
from server import Dovecot
from service import Paperknife
from tap import Tap


def part_sections(structure, prefix=""):
    """The part specifiers of a BODYSTRUCTURE: "1", "2.1" … with the structure of each part."""
    if isinstance(structure[0], list):
        for number, child in enumerate(takewhile_lists(structure), 1):
            yield from one_part(child, f"{prefix}{number}")
    else:
        yield from one_part(structure, f"{prefix}1")


def one_part(structure, name):
    yield name, structure
    if isinstance(structure[0], list):
        for number, child in enumerate(takewhile_lists(structure), 1):
            yield from one_part(child, f"{name}.{number}")
    elif (structure[0].lower(), structure[1].lower()) == (b"message", b"rfc822"):
        inner = structure[8]
        if isinstance(inner[0], list):
            for number, child in enumerate(takewhile_lists(inner), 1):
                yield from one_part(child, f"{name}.{number}")
        else:
            yield from one_part(inner, f"{name}.1")


def takewhile_lists(structure):
    for child in structure:
        if not isinstance(child, list):
            return
        yield child


def openssl_decrypts(message):
    """The entity inside, by openssl, layer for layer; nothing if the root is no CMS message."""
    entity = message.on_the_wire
    while re.match(rb"(?is)content-type:\s*application/(x-pkcs7-mime|pkcs7-mime|octet-stream)",
                   structural(entity)):
        cms = base64_body(entity)
        for arguments in (["-decrypt", "-recip", "alice"], ["-decrypt", "-recip", "alice3072"],
                          ["-verify", "-noverify", "-nosigs"]):
            if arguments[0] == "-decrypt":
                key = messages.directory() / "pki" / arguments[2]
                arguments = ["-decrypt", "-recip", f"{key}.crt", "-inkey", f"{key}.key"]
            with tempfile.NamedTemporaryFile() as file:
                file.write(cms)
                file.flush()
                run = subprocess.run(["openssl", "cms", *arguments, "-binary", "-inform", "DER",
                                      "-in", file.name], capture_output=True)
            if run.returncode == 0:
                entity = run.stdout
                break
        else:
            return None
    return entity


def structural(entity):
    """The Content-Type field of an entity, unfolded."""
    head = re.sub(rb"\r\n[ \t]+", b" ", entity.split(b"\r\n\r\n")[0])
    found = re.search(rb"(?im)^content-type:.*$", head)
    return found[0] if found else b""


def base64_body(entity):
    return base64.b64decode(entity.split(b"\r\n\r\n", 1)[1])


class OneView(unittest.TestCase):
    """Every FETCH form over every message, beside Dovecot's answer for the same octets."""

    html = "keep"
    more = ""  # keys of [decrypt]

    @classmethod
    def setUpClass(cls):
        cls.messages = messages.load()
        cls.server = cls.enterClassContext(Dovecot())
        for message in cls.messages:
            cls.server.deliver(message.octets)
        cls.service = cls.enterClassContext(Paperknife(
            [{"upstream": f"imap+plaintext://127.0.0.1:{cls.server.port}"}],
            messages.keystore() + messages.NO_KEYWORDS + f'[decrypt]\nunauthenticated_html = "{cls.html}"\n{cls.more}'))
        client = cls.client()
        cls.whole = {number: items["BODY[]"]
                     for number, items in client.fetch("1:*", "BODY.PEEK[]").items()}
        for number in sorted(cls.whole):
            cls.server.deliver(cls.whole[number], mailbox="Views")
        cls.oracle = RawClient(cls.server.port)
        cls.addClassCleanup(cls.oracle.close)
        cls.oracle.login(cls.server)
        cls.oracle.ok("EXAMINE Views")
        cls.random = random.Random(1)

    @classmethod
    def client(cls):
        client = RawClient(cls.service.port, timeout=60)
        cls.addClassCleanup(client.close)
        client.login(cls.server)
        client.ok("SELECT INBOX")
        return client

    def compare(self, client, items, numbers="1:*", uid=False):
        """The same command on both must give the same values."""
        ours = client.fetch(numbers, items, uid)
        theirs = self.oracle.fetch(numbers, items, uid)
        self.assertEqual(sorted(ours), sorted(theirs))
        for number, expected in theirs.items():
            for volatile in ("INTERNALDATE", "FLAGS"):
                self.assertEqual(volatile in ours[number], volatile in expected)
                ours[number].pop(volatile, None)
                expected.pop(volatile, None)
            if ours[number] != expected:
                self.assertEqual(ours[number], expected, self.messages[number - 1].name)

    def is_stripped(self, number):
        """True if the view's first field says so."""
        field = re.match(rb"[^\r]*(\r\n [^\r]*)*", self.whole[number])[0]
        return field.startswith(b"X-Paperknife: ") and b" html=stripped" in field

    def test_what_should_open_opens_and_the_rest_is_as_the_server_has_it(self):
        self.assertEqual(len(self.whole), len(self.messages))
        for number, message in enumerate(self.messages, 1):
            with self.subTest(message.name):
                whole = self.whole[number]
                if not message.opens:
                    self.assertEqual(whole, message.on_the_wire)
                    continue
                head, body = message.plain.split(b"\r\n\r\n", 1) if message.plain[:2] != b"\r\n" \
                    else (b"", message.plain[2:])
                view_head, view_body = whole.split(b"\r\n\r\n", 1)
                if not self.is_stripped(number):
                    self.assertEqual(view_body, body)
                    self.assertTrue(view_head.endswith(head), view_head)
                self.assertIn(b"Subject: " + message.name.encode() + b",\r\n folded\r\n", whole)
                self.assertNotIn(b"smime.p7m", view_head)

    def test_the_opened_body_equals_what_openssl_decrypts(self):
        for number, message in enumerate(self.messages, 1):
            if message.opens and not self.is_stripped(number):
                with self.subTest(message.name):
                    entity = openssl_decrypts(message)
                    self.assertIsNotNone(entity)
                    body = entity[2:] if entity[:2] == b"\r\n" else \
                        entity.split(b"\r\n\r\n", 1)[1]
                    self.assertEqual(self.whole[number].split(b"\r\n\r\n", 1)[1], body)

    def test_sizes_and_pieces_agree_with_the_whole(self):
        client = self.client()
        answers = client.fetch("1:*", "(RFC822.SIZE RFC822 RFC822.HEADER RFC822.TEXT "
                                      "BODY.PEEK[HEADER] BODY.PEEK[TEXT])")
        for number, items in answers.items():
            whole = self.whole[number]
            self.assertEqual(items["RFC822.SIZE"], len(whole))
            self.assertEqual(items["RFC822"], whole)
            self.assertEqual(items["BODY[HEADER]"] + items["BODY[TEXT]"], whole)
            self.assertEqual(items["RFC822.HEADER"] + items["RFC822.TEXT"], whole)

    def test_partials_at_random_cuts_join_to_the_whole(self):
        client = self.client()
        for number in self.random.sample(sorted(self.whole), 40):
            whole = self.whole[number]
            joined = b""
            while len(joined) < len(whole):
                length = self.random.choice((1, 17, 100, 1000, 5000, len(whole)))
                at = len(joined)
                items = client.fetch(str(number), f"BODY.PEEK[]<{at}.{length}>")[number]
                piece = items[f"BODY[]<{at}>"]
                self.assertEqual(piece, whole[at:at + length])
                joined += piece
            beyond = client.fetch(str(number), f"BODY.PEEK[]<{len(whole)}.10>")[number]
            self.assertEqual(beyond[f"BODY[]<{len(whole)}>"], b"")
        self.compare(client, "(BODY.PEEK[]<0.10> BODY.PEEK[TEXT]<3.7> BODY.PEEK[HEADER]<5.100000> "
                             "BODY.PEEK[1]<2.5> BODY.PEEK[2]<1.4> BODY.PEEK[HEADER.FIELDS (TO)]<1.3>)")

    def test_structures_envelopes_and_header_fields_are_dovecots(self):
        client = self.client()
        for items in ("BODYSTRUCTURE", "BODY", "ENVELOPE", "RFC822.SIZE", "ALL", "FAST", "FULL",
                      "(UID RFC822.SIZE ENVELOPE BODYSTRUCTURE INTERNALDATE FLAGS)",
                      "(RFC822.SIZE RFC822.SIZE ENVELOPE)",
                      "(BODY.PEEK[HEADER.FIELDS (Subject CONTENT-TYPE from To)] UID)",
                      "(BODY.PEEK[HEADER.FIELDS.NOT (Received content-type)])",
                      "(BODY.PEEK[HEADER.FIELDS (X-None)])", "rfc822.header",
                      "(body.peek[header] bodystructure)",
                      'BODY.PEEK[HEADER.FIELDS ("Subject" {4}\r\nFrom)]'.replace("{4}", "{4+}")):
            with self.subTest(items):
                self.compare(client, items)
                self.compare(self.client(), items)  # with nothing known of the messages yet
                self.compare(client, items, uid=True)

    def test_every_part_of_every_message_is_dovecots(self):
        client = self.client()
        structures = self.oracle.fetch("1:*", "BODYSTRUCTURE")
        sections = {"HEADER", "TEXT", "9", "1.9", "1.1.1.1"}
        for items in structures.values():
            for name, _ in part_sections(items["BODYSTRUCTURE"]):
                sections |= {name, f"{name}.MIME", f"{name}.HEADER", f"{name}.TEXT",
                             f"{name}.HEADER.FIELDS (SUBJECT FROM)",
                             f"{name}.HEADER.FIELDS.NOT (SUBJECT)"}
        for section in sorted(sections):
            with self.subTest(section):
                self.compare(client, f"(UID BODY.PEEK[{section}])")
                if "FIELDS" not in section:
                    self.compare(client, f"(BODY.PEEK[{section}]<1.9>)")
                    continue
                # Dovecot 2.3 gives "\\r" for octet 1 of a filtered header that is empty ("\\r\\n").
                whole = client.fetch("1:*", f"BODY.PEEK[{section}]")
                for number, items in client.fetch("1:*", f"BODY.PEEK[{section}]<1.9>").items():
                    octets = whole[number][f"BODY[{section}]"]
                    piece = items[f"BODY[{section}]<1>"]
                    if self.messages[number - 1].opens:
                        self.assertEqual(piece, octets and octets[1:10])
        self.compare(client, "(" + " ".join(f"BODY.PEEK[{s}]" for s in sorted(sections)) + ")")

    def raw(self, client, numbers, items, uid=False):
        """{message: {item: octets of name and value}}, and the tagged response's condition."""
        *responses, tagged = client.command(f"{'UID ' if uid else ''}FETCH {numbers} {items}")
        fetched = {}
        for each in responses:
            if number := re.match(rb"\* (\d+) FETCH \(", each):
                fetched.setdefault(int(number[1]), {}).update(raw_items(each))
        return fetched, tagged.split(b" ")[1]

    # Forms that clients send, or sent once; \\Seen, and what is new each time, stand elsewhere.
    ODD = ("rfc822", "(rfc822.header Rfc822.Size)", "RFC822.PEEK", "RFC822.HEADER.LINES",
           "(RFC822.SIZE RFC822.SIZE rfc822.size)", "(BODY.PEEK[1] BODY.PEEK[1] body.peek[1])",
           "(BODY.PEEK[] RFC822)", "(BODY.PEEK[] BODY.PEEK[HEADER] RFC822.SIZE)", "(BODY BODYSTRUCTURE body)",
           "body.peek[header.fields (subject)]", "BODY.PEEK[HEADER.FIELDS (Subject FROM to)]",
           'BODY.PEEK[HEADER.FIELDS ("Subject" "from")]', "BODY.PEEK[HEADER.FIELDS ()]",
           "BODY.PEEK[HEADER.FIELDS.NOT ()]", 'BODY.PEEK[HEADER.FIELDS ("")]', "BODY.PEEK[HEADER.FIELDS  ( SUBJECT  TO ) ]",
           "(BODY.PEEK[HEADER.FIELDS (SUBJECT)] BODY.PEEK[HEADER.FIELDS (TO)])", "BODY.PEEK[HEADER.FIELDS (To To)]",
           "BODY.PEEK[1.MIME]", "body.peek[1.mime]", "BODY.PEEK[1.Header.Fields (Subject)]", "BODY.PEEK[0]",
           "BODY.PEEK[1.]", "BODY.PEEK[.1]", "BODY.PEEK[MIME]", "BODY.PEEK[1.9999999999]",
           "BODY.PEEK[4294967295]", "BODY.PEEK[TEXT.1]", "BODY.PEEK[ 1]", "(BODY.PEEK [1])",
           "BODY.PEEK[]<0.4294967295>", "BODY.PEEK[]<4294967295.1>", "BODY.PEEK[]<4294967296.4294967296>",
           "BODY.PEEK[]<9223372036854775807.1>", "BODY.PEEK[]<18446744073709551616.1>", "BODY.PEEK[]<0.0>",
           "BODY.PEEK[]<5.>", "BODY.PEEK[]<-1.5>", "BODY.PEEK[1]<00.010>", "BODY.PEEK[TEXT]<0.1048576>",
           "(BODY.PEEK[]<0.7> BODY.PEEK[]<7.7> BODY.PEEK[TEXT]<0.7>)", "BODY.PEEK[1.MIME]<3.5>",
           "BODY.PEEK[HEADER.FIELDS (SUBJECT)]<0.5>", "ALL", "all", "Fast", "FULL", "(ALL)", "(FAST UID)",
           "( UID   RFC822.SIZE )", "(UID)", "()", "RFC822.SIZE ", "  RFC822.SIZE", "(UID)(CHANGEDSINCE 1)",
           'BODY.PEEK[HEADER.FIELDS ({4+}\r\nFrom "to" SUBJECT)]', "ENVELOPE[1]",
           "BINARY.PEEK[1.MIME]", "binary.size[1]", "BINARY.PEEK[9]", "BINARY.SIZE[9.9]", "BINARY.PEEK[1]<0.0>",
           "BINARY.SIZE[1]<0.5>", "BINARY.PEEK[1]<4294967296.1>", "BINARY[1.", "PREVIEW (SOON)")

    def test_odd_forms_are_answered_as_dovecot_does(self):
        client = self.client()
        some = ",".join(str(number) for number in sorted(self.whole) if number % 7 == 0 or
                        self.messages[number - 1].name.endswith("mixed"))
        for items in self.ODD:
            for uid in (False, True):
                with self.subTest(items, uid=uid):
                    ours, theirs = (self.raw(each, some, items, uid) for each in (client, self.oracle))
                    self.assertEqual(ours[1], theirs[1])
                    self.assertEqual(sorted(ours[0]), sorted(theirs[0]))
                    for number, expected in theirs[0].items():
                        for volatile in ("INTERNALDATE", "FLAGS"):
                            expected.pop(volatile, None)
                            ours[0][number].pop(volatile, None)
                        self.assertEqual(ours[0][number], expected, self.messages[number - 1].name)

    def test_binary_is_dovecots(self):
        client = self.client()
        structures = self.oracle.fetch("1:*", "BODYSTRUCTURE")
        decoded = 0
        for number, items in structures.items():
            leaves = [name for name, part in part_sections(items["BODYSTRUCTURE"]) if isinstance(part[0], bytes)
                      and (part[0].lower(), part[1].lower()) != (b"message", b"rfc822")]
            asked = "(" + " ".join(f"BINARY.PEEK[{name}] BINARY.SIZE[{name}] BINARY.PEEK[{name}]<3.70>"
                                   for name in leaves) + ")"
            name = self.messages[number - 1].name
            if name == "no-base64":  # Dovecot gives none of it; we what can be read, as in opening
                continue
            with self.subTest(name):
                ours, theirs = (self.raw(each, number, asked) for each in (client, self.oracle))
                self.assertEqual(ours, theirs)
                decoded += b"] ~{" in b"".join(ours[0][number].values())
        self.assertGreater(decoded, 20)

    def test_a_preview_is_of_the_view(self):
        client = self.client()
        ours, theirs = (each.fetch("1:*", "PREVIEW") for each in (client, self.oracle))
        compared = 0
        for number, items in ours.items():
            with self.subTest(self.messages[number - 1].name):
                text = items["PREVIEW"].decode()
                self.assertLessEqual(len(text), 200)
                # Dovecot takes a title for text, and the header of a letter in a digest.
                if b"html" not in self.whole[number].lower() and b"/digest" not in self.whole[number]:
                    self.assertEqual(text, theirs[number]["PREVIEW"].decode())
                    compared += text != ""
        self.assertGreater(compared, 50)
        self.assertEqual(client.fetch("1:*", "PREVIEW (LAZY)"), ours)  # all is at hand now

    def test_a_lazy_preview_opens_nothing(self):
        with Tap(self.server.port) as tap, Paperknife(
                [{"upstream": f"imap+plaintext://127.0.0.1:{tap.port}"}],
                messages.keystore() + messages.NO_KEYWORDS) as service:
            with RawClient(service.port, timeout=60) as client:
                client.login(self.server)
                client.ok("SELECT INBOX")
                lazy = client.fetch("1:*", "(PREVIEW (LAZY) FLAGS)")
            opens = [message.opens for message in self.messages]
            for number, items in lazy.items():
                if opens[number - 1]:
                    self.assertIsNone(items["PREVIEW"], self.messages[number - 1].name)
            self.assertNotIn(b"BODY.PEEK", bytes(tap.recordings[0].client))

    def test_the_octets_and_lines_of_a_structure_are_the_parts(self):
        client = self.client()
        answers = client.fetch("1:*", "BODYSTRUCTURE")
        for number in self.random.sample(sorted(answers), 60):
            parts = dict(part_sections(answers[number]["BODYSTRUCTURE"]))
            items = client.fetch(str(number),
                                 "(" + " ".join(f"BODY.PEEK[{name}]" for name in parts) + ")")
            for name, structure in parts.items():
                if isinstance(structure[0], list):
                    continue
                octets = items[number][f"BODY[{name}]"] or b""
                self.assertEqual(structure[6], len(octets), (self.messages[number - 1].name, name))
                if structure[0].lower() == b"text":
                    self.assertEqual(structure[7], octets.count(b"\n"))

    def test_mixed_sets_orders_and_uids(self):
        client = self.client()
        last = len(self.messages)
        shuffled = list(range(1, last + 1))
        self.random.shuffle(shuffled)
        some = ",".join(map(str, shuffled[:25]))
        for numbers in (some, f"{last}:1", "*", f"{last - 3}:*", "1,3,3,5:7,6"):
            for items in ("(FLAGS RFC822.SIZE)", "(UID BODY.PEEK[])", "BODY.PEEK[1]", "ENVELOPE"):
                with self.subTest(numbers=numbers, items=items):
                    self.compare(client, items, numbers)
                    self.compare(client, items, numbers, uid=True)
        # A result that the server has saved (RFC 5182).
        for items in ("(FLAGS RFC822.SIZE)", "(UID BODY.PEEK[])", "BODY.PEEK[1]", "ENVELOPE"):
            for each in (client, self.oracle):
                each.ok(f"SEARCH RETURN (SAVE) {some}")
            self.compare(client, items, "$")
            self.compare(client, items, "$", uid=True)
        # Beyond the last: "*" still names the last UID; a sequence number is an error.
        self.compare(client, "(UID RFC822.SIZE)", f"{last + 5}:*", uid=True)
        for each in (client, self.oracle):
            self.assertIn(b" BAD ", each.command(f"FETCH {last + 5} RFC822.SIZE")[-1])
            self.assertIn(b" OK ", each.command(f"UID FETCH {last + 5} RFC822.SIZE")[-1])

    def test_commands_may_be_pipelined(self):
        client = self.client()
        count = len(self.messages)
        client.send(b"".join(b"p%d UID FETCH %d (BODY.PEEK[])\r\n" % (n, n)
                             for n in range(1, count + 1)))
        waiting = {b"p%d" % n for n in range(1, count + 1)}
        answers = []
        while waiting:  # Dovecot begins a command before it has ended the last
            answers.append(client.response())
            if answers[-1][:1] == b"p":
                tag, status, _ = answers[-1].split(b" ", 2)
                self.assertEqual(status, b"OK")
                waiting.remove(tag)
        bodies = {number: items["BODY[]"]
                  for number, items in response.fetched(answers).items() if "BODY[]" in items}
        self.assertEqual(bodies, self.whole)


class OneViewStripped(OneView):
    """The same with what paperknife does by itself: HTML is written anew where anyone may have changed it."""

    html = "strip"

    test_odd_forms_are_answered_as_dovecot_does = None  # for all octets alike

    def test_only_html_that_is_not_authenticated_is_stripped(self):
        stripped = {number for number in self.whole if self.is_stripped(number)}
        self.assertGreater(len(stripped), 10)
        for number in stripped:
            self.assertIn(b"encryption=unauthenticated;", self.whole[number][:60])
            self.assertIn(b"text/html", self.messages[number - 1].plain)
        self.assertLess(len(stripped), sum(message.opens for message in self.messages) // 2)


class Seen(unittest.TestCase):
    """\\Seen is set exactly where the same command sets it on an ordinary message."""

    FORMS = ("BODY[]", "BODY.PEEK[]", "BODY[TEXT]", "BODY.PEEK[TEXT]", "BODY[HEADER]", "BODY[1]",
             "BODY[1.MIME]", "BODY.PEEK[1]", "BODY[]<0.10>", "BODY.PEEK[]<0.10>", "RFC822",
             "RFC822.TEXT", "RFC822.HEADER", "RFC822.SIZE", "BODYSTRUCTURE", "ENVELOPE", "ALL",
             "FULL", "FAST", "BODY", "(FLAGS BODY[])", "(BODY[1] FLAGS)", "(FLAGS BODY.PEEK[1])",
             "(UID RFC822.SIZE BODY[HEADER.FIELDS (SUBJECT)])", "BODY[9]",
             "BODY[HEADER.FIELDS.NOT (TO)]", "BINARY[1]", "BINARY.PEEK[1]", "BINARY.SIZE[1]", "BINARY[1]<0.3>",
             "BINARY[9]", "PREVIEW")

    def flags(self, port, server, octets, select, uid):
        """For each form: which items came, the flags in them, and the flags afterwards."""
        results = []
        for file in server.maildir(server.user).glob("*/*:2,*"):
            file.unlink()
        for _ in self.FORMS:
            server.deliver(octets, flags="")
        with RawClient(port) as client:
            client.login(server)
            client.ok(f"{select} INBOX")
            first = client.fetch("1", "UID")[1]["UID"]
            for number, form in enumerate(self.FORMS, 1):
                target = first + number - 1 if uid else number
                for _ in range(2):  # the second time all is known
                    items = client.fetch(str(target), form, uid)[number]
                    items.pop("UID", None)
                    flags = items.get("FLAGS")
                    results.append((form, sorted(items), sorted(flags) if flags else None))
            results.append([sorted(items["FLAGS"]) for _, items in
                            sorted(client.fetch("1:*", "FLAGS").items())])
        return results

    def test_seen(self):
        plain = next(m for m in messages.load() if m.name == "plain-mixed")
        with Dovecot() as server, Paperknife(
                [{"upstream": f"imap+plaintext://127.0.0.1:{server.port}"}],
                messages.keystore() + messages.NO_KEYWORDS) as service:
            for name in ("gcm256-v15-der-mixed", "foreign"):
                message = next(m for m in messages.load() if m.name == name)
                for select in ("SELECT", "EXAMINE"):
                    for uid in (False, True):
                        with self.subTest(name=name, select=select, uid=uid):
                            self.maxDiff = None
                            self.assertEqual(
                                self.flags(service.port, server, message.octets, select, uid),
                                self.flags(server.port, server, plain.octets, select, uid))


class ServerLearnsNothing(unittest.TestCase):
    """What a client's commands make the server see does not depend on plaintext."""

    SCRIPT = ("UID FETCH 1:* (UID FLAGS)", "FETCH 1:* (RFC822.SIZE BODYSTRUCTURE ENVELOPE)",
              "FETCH 1:* (FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT CONTENT-TYPE)])",
              "FETCH 2 BODY.PEEK[]", "FETCH 1:3 BODY.PEEK[1]", "FETCH 1:* BODY.PEEK[2]",
              "FETCH 1 (BODY.PEEK[1.1.MIME] BODY.PEEK[1.2])", "FETCH 3 BODY.PEEK[1.HEADER]",
              "UID FETCH 4 (BODY[1]<0.40> UID)", "UID FETCH 4 (BODY[1]<40.40000> UID)",
              "FETCH 5 BODY[2.1]", "FETCH 5 RFC822.TEXT", "FETCH 1:* FULL", "FETCH 6 BODY[]",
              "FETCH 6 BODY.PEEK[9]<3.3>", "FETCH 1:* (PREVIEW (LAZY))", "FETCH 1 (BINARY.PEEK[2] BINARY.SIZE[1.1])",
              "NOOP", "LOGOUT")
    # Each alone in a session that knows nothing yet.
    FIRST = ("FETCH 1:* BODY.PEEK[1]", "FETCH 1:* BODY.PEEK[2.MIME]", "FETCH 1:* RFC822.SIZE",
             "FETCH 1:* BODYSTRUCTURE", "FETCH 1 BODY[1]", "FETCH 1:* (BODY.PEEK[3] FLAGS)",
             "UID FETCH 1:* BODY.PEEK[TEXT]<0.100>", "FETCH 1:* BODY.PEEK[]<3.100>",
             "FETCH 1:3,5 ENVELOPE", "FETCH 1:* BODY.PEEK[1.TEXT]", "FETCH 1:* FULL", "FETCH 1:* PREVIEW",
             "FETCH 1:* (PREVIEW (LAZY) FLAGS)", "FETCH 1:* BINARY.PEEK[2]", "FETCH 2 BINARY[1.1]",
             "FETCH 1:* BINARY.SIZE[1]")

    @staticmethod
    def plaintexts(size):
        """Pairs of entities of one size that have little else in common."""
        text = b"Content-Type: text/plain\r\n\r\n"
        deep = (b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n"
                b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n"
                b"--b\r\nContent-Type: text/html\r\n\r\ntwo\r\n--b--\r\n--a\r\n\r\n%b\r\n--a--\r\n")
        letter = (b"Content-Type: message/rfc822\r\n\r\nSubject: within\r\n\r\n")
        missing = size - len(deep) + 2
        return (text + b"x" * (size - len(text)), deep.replace(b"%b", b"y" * missing),
                letter + b"\r\n" * ((size - len(letter)) // 2) + b"z" * ((size - len(letter)) % 2),
                b"\r\n" + b"<" * (size - 2))

    def seen_by_the_server(self, server, user, scripts):
        """The octets that reach the server, for each script in a session of its own."""
        recorded = []
        with Tap(server.port) as tap, Paperknife(
                [{"upstream": f"imap+plaintext://127.0.0.1:{tap.port}"}],
                messages.keystore() + messages.NO_KEYWORDS) as service:
            for script in scripts:
                # A service of its own for each would be cleaner, but what one session leaves in
                # memory must not tell either.
                with RawClient(service.port) as client:
                    client.ok(f'LOGIN {user} "{server.users[user]}"')
                    client.ok("SELECT INBOX")
                    for command in script:
                        client.command(command)
            for recording in tap.recordings:
                # paperknife's own tags are drawn at random for each session.
                octets = re.sub(rb"PK[0-9A-F]{16}\.", b"PK.", bytes(recording.client))
                recorded.append(octets.replace(user.encode(), b"USER"))
        return recorded

    def test_the_server_sees_the_same_of_different_plaintexts(self):
        users = {f"user{n}": f"secret{n}" for n in range(4)}
        scripts = [self.SCRIPT] + [(command,) for command in self.FIRST]
        with Dovecot(users=users) as server:
            for algorithm in ("-aes-256-cbc", "-aes-256-gcm"):
                for size in (300, 301, 5000):
                    for user, plain in zip(users, self.plaintexts(size), strict=True):
                        self.assertEqual(len(plain), size)
                        message = messages.wrap(messages.encrypt(plain, algorithm))
                        server.deliver(message, user)
            seen = [[r.replace(password.encode(), b"SECRET") for r in
                     self.seen_by_the_server(server, user, scripts)]
                    for user, password in users.items()]
            self.assertEqual(len(seen[0]), len(scripts))
            for other in seen[1:]:
                self.assertEqual(seen[0], other)
            self.assertNotIn(b"within", b"".join(seen[2]))

    def test_the_server_does_not_see_which_messages_open(self):
        """It could change a message and learn from what comes back whether that still opens (ENC-07)."""
        users = {f"user{n}": f"secret{n}" for n in range(2)}
        scripts = [self.SCRIPT] + [(command,) for command in self.FIRST]
        with Dovecot(users=users) as server:
            for algorithm in ("-aes-256-cbc", "-aes-256-gcm"):
                for size in (300, 301, 5000):
                    cms = messages.encrypt(self.plaintexts(size)[0], algorithm)
                    server.deliver(messages.wrap(cms), "user0")
                    # An octet of the ciphertext's last block, or of the tag.
                    changed = cms[:-3] + bytes([cms[-3] ^ 1]) + cms[-2:]
                    server.deliver(messages.wrap(changed), "user1")
            seen = [[r.replace(password.encode(), b"SECRET") for r in
                     self.seen_by_the_server(server, user, scripts)]
                    for user, password in users.items()]
            self.assertEqual(seen[0], seen[1])


if __name__ == "__main__":
    unittest.main()
