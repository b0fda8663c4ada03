#!/usr/bin/env python3
"""Cyrus and Courier through paperknife: ordinary messages octet for octet, S/MIME messages as the same server would tell of what
is inside. (tests/dovecot does the same for Dovecot, at length.)
"""

import re
import sys
import unittest

import unpacked
import messages
import response
from client import RawClient
from property import part_sections
from service import Paperknife

if not unpacked.root():
    print("skipped: no servers unpacked (tests/servers/unpack build/servers)")
    sys.exit(77)

from courier import Courier  # noqa: E402
from cyrus import Cyrus  # noqa: E402

SMIME = [m for m in messages.load() if m.name in (
    "cbc128-v15-der-mixed", "cbc256-oaep-ber-alternative", "cbc256-v15-keyid-der-letter", "gcm128-oaep256-der-attached",
    "gcm256-many-der-nested", "gcm256-v15-der-text", "gcm256-v15-der-empty", "gcm256-v15-der-digest", "clear-signed", "clear-encrypt",
    "foreign", "signed", "sign-encrypt", "triple", "wrong-tag", "certs-only", "plain-text", "plain-mixed", "below-multipart")]
PLAIN = [m for m in messages.load() if m.name.startswith("plain-") and m.name not in ("plain-unclosed", "plain-unended")]


def without_what_varies(octets):
    """What must be equal of two sessions with one mailbox."""
    octets = re.sub(rb"(?m)^\* CAPABILITY .*\r\n", b"", octets)
    octets = re.sub(rb"\[CAPABILITY [^\]]*\] ?", b"", octets)
    octets = re.sub(rb"SESSIONID=<[^>]*>", b"", octets)
    octets = re.sub(rb"\(?\d+\.\d{3} sec[^)\r]*\)?", b"secs", octets)
    octets = re.sub(rb'"[ \d]\d-\w{3}-\d{4} \d\d:\d\d:\d\d [+-]\d{4}"', b'"now"', octets)
    octets = re.sub(rb"(?<=[ (])\\Recent ?", b"", octets)
    octets = re.sub(rb"(?m)^\* \d+ RECENT\r\n", b"", octets)
    return re.sub(rb" +", b" ", octets)


def lowered(value):
    """A BODYSTRUCTURE with what no case matters in in lower case."""
    if isinstance(value, list):
        return [lowered(each) for each in value]
    return value.lower() if isinstance(value, (bytes, str)) else value


class OfAServer:
    """The tests; a class for each server follows."""

    SESSION = (
        "CAPABILITY", 'LIST "" "*"', "NAMESPACE", "STATUS Plain (MESSAGES UIDNEXT UNSEEN)", "SELECT Plain",
        "FETCH 1:* (UID FLAGS RFC822.SIZE INTERNALDATE)", "UID FETCH 1:* (ENVELOPE BODYSTRUCTURE)", "FETCH 1:* FULL",
        "FETCH 1:* (BODY.PEEK[HEADER.FIELDS (SUBJECT FROM)] UID)", "FETCH 1:* BODY.PEEK[]", "FETCH 1 BODY[1]", "FETCH 2 BODY[]",
        "FETCH 1:* (BODY.PEEK[1] BODY.PEEK[1.MIME])", "FETCH 3 BODY.PEEK[]<10.50>", "FETCH 1:* (RFC822.HEADER RFC822.TEXT)",
        "FETCH 99 RFC822.SIZE", "FETCH 1:* (NONSENSE)", "UID SEARCH TEXT Bob", "SEARCH SUBJECT plain", "SORT (SUBJECT) UTF-8 ALL",
        "THREAD REFERENCES UTF-8 ALL", "STORE 1 +FLAGS (\\Flagged)", "STORE 2 +FLAGS.SILENT (\\Deleted work)", "COPY 1:2 Copies",
        "UID FETCH 1:* FLAGS", "STORE 1:* -FLAGS (\\Flagged \\Seen \\Deleted work)", "NOOP", "CHECK", "CLOSE", "LOGOUT")

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(cls.Server())
        cls.service = cls.enterClassContext(Paperknife(
            [{"upstream": f"imap+plaintext://127.0.0.1:{cls.server.port}"}],
            messages.keystore() + messages.NO_KEYWORDS + '[decrypt]\nunauthenticated_html = "keep"\n'))
        with RawClient(cls.server.port) as client:
            client.login(cls.server)
            for name in ("Plain", "Views", "Copies"):
                client.ok(f"CREATE {cls.PREFIX}{name}")
        cls.server.append(*(message.on_the_wire for message in SMIME))
        cls.server.append(*(message.on_the_wire for message in PLAIN), mailbox=cls.PREFIX + "Plain")
        with cls.client() as client:
            cls.whole = {number: items["BODY[]"] for number, items in client.fetch("1:*", "BODY.PEEK[]").items()}
        cls.server.append(*(cls.whole[number] for number in sorted(cls.whole)), mailbox=cls.PREFIX + "Views")

    @classmethod
    def client(cls, mailbox="INBOX", direct=False):
        client = RawClient(cls.server.port if direct else cls.service.port)
        client.login(cls.server)
        client.ok(f"SELECT {mailbox}")
        return client

    def session(self, port):
        with RawClient(port) as client:
            client.login(self.server)
            for command in self.SESSION:
                client.command(re.sub(r"\b(Plain|Copies)\b", self.PREFIX + r"\1", command))
            return bytes(client.received)

    def test_ordinary_messages_pass_octet_for_octet(self):
        self.session(self.server.port)  # the first copy is made, all flags are gone
        direct = without_what_varies(self.session(self.server.port))
        through = without_what_varies(self.session(self.service.port))
        varying = re.compile(rb"COPYUID \d+ [\d:,]+ [\d:,]+|UIDNEXT \d+|HIGHESTMODSEQ \d+|MODSEQ \(\d+\)")
        self.assertEqual([line for line in varying.sub(b"", through).split(b"\r\n")],
                         [line for line in varying.sub(b"", direct).split(b"\r\n")])
        self.assertGreater(len(direct), 40_000)

    def test_what_should_open_opens_and_the_rest_is_as_the_server_has_it(self):
        self.assertEqual(len(self.whole), len(SMIME))
        for number, message in enumerate(SMIME, 1):
            with self.subTest(message.name):
                whole = self.whole[number]
                if message.opens:
                    self.assertTrue(whole.startswith(b"X-Paperknife: "), whole[:200])
                    body = message.plain.split(b"\r\n\r\n", 1)[1] if message.plain[:2] != b"\r\n" else message.plain[2:]
                    self.assertEqual(whole.split(b"\r\n\r\n", 1)[1], body)
                elif message.name != "clear-signed":
                    self.assertEqual(whole, message.on_the_wire)

    def test_views_are_told_of_as_the_server_tells_of_the_same_octets(self):
        with self.client(direct=True, mailbox=self.PREFIX + "Views") as oracle, self.client() as client:
            every = f"1:{len(SMIME)}"
            parts = {number: dict(part_sections(items["BODYSTRUCTURE"]))
                     for number, items in client.fetch(every, "BODYSTRUCTURE").items()}
            sections = sorted({name for each in parts.values() for name in each})
            forms = {form: None for form in (
                "RFC822.SIZE", "RFC822", "RFC822.HEADER", "RFC822.TEXT", "ENVELOPE", "BODYSTRUCTURE", "BODY.PEEK[]<7.100>",
                "BODY.PEEK[HEADER]", "BODY.PEEK[TEXT]<3.20>", "BODY.PEEK[HEADER.FIELDS (SUBJECT FROM CONTENT-TYPE)]",
                "BODY.PEEK[HEADER.FIELDS.NOT (SUBJECT)]")}
            forms |= {f"BODY.PEEK[{section}{kind}]": section for section in sections for kind in ("", ".MIME")}
            for form, section in forms.items():
                ours, theirs = client.fetch(every, f"(UID {form})"), oracle.fetch(every, f"(UID {form})")
                self.assertEqual(sorted(ours), sorted(theirs), form)
                for number, expected in theirs.items():
                    message = SMIME[number - 1]
                    # Of a part that there is not one server says NIL, another an empty string.
                    if not message.opens or (section and section not in parts[number]):
                        continue
                    if self.tells_otherwise(message, form, parts[number]):
                        continue
                    with self.subTest(message=message.name, form=form):
                        self.compare(form, ours[number], expected)

    def compare(self, form, ours, theirs):
        name, = set(ours) - {"UID", "FLAGS"}
        if form == "BODYSTRUCTURE":
            self.assertEqual(list(self.outline(ours[name])), list(self.outline(theirs[name])))
        else:
            self.assertEqual(ours[name], theirs[name])

    @staticmethod
    def outline(structure):
        """Number, type, subtype and octets of all parts; servers tell the rest in ways of their own."""
        for name, part in part_sections(structure):
            if isinstance(part[0], list):
                yield name, next(each for each in part if not isinstance(each, list)).lower()
            else:
                yield name, part[0].lower(), part[1].lower(), part[6]

    @staticmethod
    def tells_otherwise(message, form, parts):
        """True where the server is known to answer in a way of its own, for ordinary messages too."""
        del message, form, parts
        return False

    def test_sizes_and_structures_agree_with_the_whole(self):
        with self.client() as client:
            answers = client.fetch(f"1:{len(SMIME)}", "(RFC822.SIZE BODYSTRUCTURE BODY.PEEK[HEADER] BODY.PEEK[TEXT])")
            for number, items in answers.items():
                whole = self.whole[number]
                self.assertEqual(items["RFC822.SIZE"], len(whole))
                self.assertEqual(items["BODY[HEADER]"] + items["BODY[TEXT]"], whole)
                parts = dict(part_sections(items["BODYSTRUCTURE"]))
                bodies = client.fetch(str(number), "(" + " ".join(f"BODY.PEEK[{name}]" for name in parts) + ")")[number]
                for name, structure in parts.items():
                    if not isinstance(structure[0], list):
                        self.assertEqual(structure[6], len(bodies[f"BODY[{name}]"] or b""), (SMIME[number - 1].name, name))

    def test_seen_flags_and_moves_are_the_servers(self):
        number = next(n for n, m in enumerate(SMIME, 1) if m.name == "gcm256-v15-der-text")
        with self.client() as client, self.client(direct=True) as other:
            client.ok(f"STORE {number} -FLAGS (\\Seen)")
            client.fetch(str(number), "BODY.PEEK[1]")
            client.fetch(str(number), "(RFC822.SIZE BODYSTRUCTURE ENVELOPE)")
            self.assertNotIn("\\Seen", client.fetch(str(number), "FLAGS")[number]["FLAGS"])
            client.fetch(str(number), "BODY[1]")
            self.assertIn("\\Seen", client.fetch(str(number), "FLAGS")[number]["FLAGS"])
            other.ok("NOOP")
            self.assertIn("\\Seen", other.fetch(str(number), "FLAGS")[number]["FLAGS"])
            client.ok(f"STORE {number} +FLAGS (\\Flagged)")
            client.ok(f"COPY {number} {self.PREFIX}Copies")
            # IDLE, with a message arriving meanwhile.
            client.send(b"i IDLE\r\n")
            self.assertTrue(client.response().startswith(b"+"))
            sealed = SMIME[number - 1]
            self.server.append(sealed.on_the_wire)
            seen = b""
            while b" EXISTS" not in seen:
                seen = client.response()
            last = int(seen.split()[1])
            client.send(b"DONE\r\n")
            self.assertIn(b"i OK", client.until("i")[-1])
            items = client.fetch(str(last), "(UID RFC822.SIZE BODY.PEEK[])")[last]
            self.assertEqual(items["BODY[]"].split(b"\r\n\r\n", 1)[1], self.whole[number].split(b"\r\n\r\n", 1)[1])
            self.assertEqual(items["RFC822.SIZE"], len(items["BODY[]"]))
            client.ok(f"STORE {last} +FLAGS.SILENT (\\Deleted)")
            client.ok("EXPUNGE")
        with self.client(self.PREFIX + "Copies") as client:
            last = max(client.fetch("1:*", "UID"))
            copied = client.fetch(str(last), "BODY.PEEK[]")[last]["BODY[]"]
            self.assertTrue(copied.startswith(b"X-Paperknife: "))

    def test_the_servers_copies_are_what_was_appended(self):
        stored = {file.read_bytes().replace(b"\r\n", b"\n") for file in self.server.files(self.server.base)}
        for message in SMIME:
            self.assertIn(message.octets.replace(b"\r\n", b"\n"), stored, message.name)


class OfCyrus(OfAServer, unittest.TestCase):
    Server, PREFIX = Cyrus, ""


class OfCourier(OfAServer, unittest.TestCase):
    Server, PREFIX = Courier, "INBOX."

    @staticmethod
    def tells_otherwise(message, form, parts):
        """Courier 5.0 leaves the last LF out of a part whose last line is the message's last boundary or end, takes a message/rfc822's
        header for the part's, and gives of a message of one part only the Content-* fields as 1.MIME.
        """
        within = any(marked in message.name for marked in ("letter", "digest", "attached", "nested"))
        return (within and (form == "BODYSTRUCTURE" or re.match(r"BODY.PEEK\[\d", form))) or (
            len(parts) == 1 and form == "BODY.PEEK[1.MIME]")


if __name__ == "__main__":
    unittest.main()
