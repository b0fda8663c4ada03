#!/usr/bin/env python3
"""The scripts of imaptest against Dovecot direct and through paperknife: no case differs.

imaptest.py CORPUS [NAME…]. A script passes where every command ends as it says and every response that it expects comes. Of scripts with one connection
all else that was said must be the same, too, but for what differs from run to run (UIDVALIDITY, dates, tags). Each script has a mailbox of its own.
Skipped are those whose capabilities Dovecot does not have, or paperknife hides; they are named.
"""

import collections
import os
import pathlib
import re
import sys

from client import Closed, RawClient
from imaptest_script import Matcher, mailbox_messages, read_script
from server import Dovecot
from service import Paperknife

corpus = pathlib.Path(os.environ.get("PAPERKNIFE_CORPUS", sys.argv[1] if len(sys.argv) > 1 else "")) / "imaptest"
SKIPPED_FOLDERS = ("broken",)  # as their authors call it

VOLATILE = ((rb"\(\d+\.\d+ \+ [^)]*\)", b"(time)"), (rb"(?i)(UIDVALIDITY|COPYUID|APPENDUID) \d+", rb"\1 V"),
            (rb'"[ \d]\d-\w{3}-\d{4} [\d:]+ [+-]\d{4}"', b"date"), (rb"(?i)(HIGHESTMODSEQ|MODSEQ) \(?\d+\)?", rb"\1 M"),
            (rb'(?i)\[CAPABILITY [^\]]*\]|^\* CAPABILITY .*', b"[capabilities]"), (rb'(?i)\(TAG "[^"]*"\)', b"(TAG)"))


class Failed(Exception):
    """Something else came than the script expects."""


class Connection:
    def __init__(self, port):
        self.client = RawClient(port)
        self.exists = 0
        self.untagged = []  # (response, the sequence numbers that those of the last command's beginning have now)
        self.numbers = {}
        self.under_way, self.expected = set(), []
        self.tagged = None

    def send(self, octets):
        """A command; its literals wait to be asked for, if they are to."""
        self.numbers = {n: n for n in range(1, self.exists + 1)}
        at = 0
        for found in re.finditer(rb"\{(\d+)\}\r\n", octets):
            if found.start() < at:
                continue
            self.client.send(octets[at:found.end()])
            while not (line := self.client.response()).startswith(b"+"):
                if not line.startswith(b"* "):  # refused: that ends the command
                    self.tagged = line
                    return
                self.on_untagged(line)
            at = found.end()
            literal_end = at + int(found[1])
            self.client.send(octets[at:literal_end])
            at = literal_end
        self.client.send(octets[at:] + b"\r\n")

    def on_untagged(self, response):
        numbered = re.match(rb"\* (\d+) (EXISTS|EXPUNGE)", response, re.I)
        self.untagged.append((response, dict(self.numbers)))
        if not numbered:
            return
        number = int(numbered[1])
        if numbered[2].upper() == b"EXISTS":
            for n in range(self.exists + 1, number + 1):
                self.numbers.setdefault(n, n)
            self.exists = number
            return
        self.exists -= 1
        self.numbers = {n: now - (now > number) for n, now in self.numbers.items() if now != number}

    def until(self, tag):
        """The tagged response; what comes before is kept."""
        if self.tagged:
            tagged, self.tagged = self.tagged, None
            return tagged
        while True:
            response = self.client.response()
            if response.startswith(tag + b" "):
                return response
            if response.startswith(b"* "):
                self.on_untagged(response)


class Run:
    """One script against one server."""

    def __init__(self, script, messages, port, user):
        self.script, self.messages, self.port, self.user = script, messages, port, user
        self.matcher = Matcher({"mailbox": b"imaptest", "user": user.encode(), "username": user.encode(), "password": b"secret", "domain": b""})
        self.next_message = 0
        self.connections, self.tags, self.log = [], {}, []
        self.last_tag = 0

    def tag(self):
        self.last_tag += 1
        return b"c%d" % self.last_tag

    def ok(self, connection, octets):
        tag = self.tag()
        connection.send(tag + b" " + octets)
        tagged = connection.until(tag)
        if not tagged.startswith(tag + b" OK"):
            raise Failed(f"{octets[:40]!r}: {tagged!r}")

    def message(self):
        date, octets = self.messages[self.next_message % len(self.messages)]
        self.next_message += 1
        return date, octets

    def prepare(self):
        state = self.script.header.get("state", "selected")
        for _ in range(int(self.script.header.get("connections", 1))):
            self.connections.append(Connection(self.port))
            if state != "nonauth":
                self.ok(self.connections[-1], b'LOGIN "%s" secret' % self.user.encode())
        first = self.connections[0]
        if state in ("created", "appended", "selected"):
            self.ok(first, b"CREATE imaptest")
        if state in ("appended", "selected"):
            count = self.script.header.get("messages", "all")
            for _ in range(len(self.messages) if count == "all" else int(count)):
                date, octets = self.message()
                self.ok(first, b'APPEND imaptest "%s" {%d}\r\n' % (date.encode(), len(octets)) + octets)
        if state == "selected":
            for connection in self.connections:
                self.ok(connection, b"SELECT imaptest")

    def run(self):
        """Nothing, or why it fails."""
        try:
            self.prepare()
            for step in self.script.steps:
                try:
                    self.step(step)
                except Failed as failure:
                    return f"line {step.line}: {failure}"
                except (Closed, OSError, TimeoutError) as failure:
                    return f"line {step.line}: {type(failure).__name__}"
        except Failed as failure:
            return f"before the script: {failure}"
        finally:
            for connection in self.connections:
                connection.client.close()
        return None

    def command(self, connection, text):
        octets = self.matcher.substitute(text.encode("utf-8", "surrogateescape"), connection.numbers)
        if octets is None:
            raise Failed(f"a variable of {text[:60]!r} has no value")
        if re.match(rb"(?i)append\b", octets) and not re.search(rb"\{\d+\}\r\n|(?i:catenate)", octets):
            date, message = self.message()
            if octets.lower() == b"append":
                octets += b" imaptest"
            octets += b' "%s" {%d}\r\n' % (date.encode(), len(message)) + message
        return octets

    def step(self, step):
        """Sends a command, awaits the end of one, or both. What was expected is looked for once nothing is under way."""
        connection = self.connections[step.connection - 1]
        if step.command is not None:
            tag = self.tags[step.connection, step.tag] = self.matcher.variables["tag"] = self.tag()
            if not connection.under_way:
                connection.untagged, connection.expected = [], []
            connection.under_way.add(tag)
            connection.expected += step.expected
            connection.send(tag + b" " + self.command(connection, step.command))
            if step.result is None:
                return
        else:
            tag = self.tags[step.connection, step.tag]
            connection.expected += step.expected
        tagged = connection.until(tag)
        connection.under_way.discard(tag)
        word = tagged.split(b" ", 2)[1].decode()
        self.log.append((step.line, word, collections.Counter(self.steady(r) for r, _ in connection.untagged),
                         self.steady(tagged.split(b" ", 1)[1])))
        if step.result != '""' and step.result.upper() != word:
            raise Failed(f"{tagged!r}")
        wanted = self.matcher.substitute(step.prefix.encode(), connection.numbers) if step.prefix else b""
        if wanted and not tagged.split(b" ", 2)[2].lower().startswith(wanted.lower()):
            raise Failed(f"{tagged!r}, not {step.prefix!r}")
        if not connection.under_way:
            self.expect(connection)

    def expect(self, connection):
        left = list(connection.untagged)  # one that no pattern has taken comes first, but several may be in one response
        for wanted, pattern in connection.expected:
            octets = pattern.encode("utf-8", "surrogateescape")
            for each in left + connection.untagged if wanted else connection.untagged:
                response, numbers = each
                if self.matcher.matches(octets, response[2:], numbers):
                    if not wanted:
                        raise Failed(f"{response!r} came, which must not")
                    if each in left:
                        left.remove(each)
                    break
            else:
                if wanted:
                    raise Failed(f"nothing like {pattern!r} among {[r for r, _ in connection.untagged]!r:.600}")

    @staticmethod
    def steady(response):
        for pattern, instead in VOLATILE:
            response = re.sub(pattern, instead, response)
        return response


def capabilities(port, user):
    with RawClient(port) as client:
        client.ok(f"LOGIN {user} secret")
        return set(client.ok("CAPABILITY")[0].upper().split()[2:])


def main():
    names = sys.argv[2:] or sorted(f.name for f in corpus.iterdir() if f.is_file() and f.suffix == "" and f.name != "PROVENANCE.txt") \
        if corpus.is_dir() else []
    if not names:
        print(f"no scripts in {corpus}")
        return 77
    users = {f"{side}-{name}": "secret" for name in names + ["caps"] for side in "dp"}
    bad = 0
    with Dovecot(users=users) as server, Paperknife([{"upstream": f"imap+plaintext://127.0.0.1:{server.port}"}]) as service:
        direct, through = capabilities(server.port, "d-caps"), capabilities(service.port, "p-caps")
        count = collections.Counter()
        for name in names:
            text = (corpus / name).read_bytes().decode(errors="surrogateescape")
            script = read_script(text)
            needed = {c.encode() for c in script.header.get("capabilities", "").upper().split()}
            if missing := needed - direct:
                print(f"skipped  {name}: Dovecot has no {b' '.join(sorted(missing)).decode()}")
                count["skipped"] += 1
                continue
            if missing := needed - through:
                print(f"skipped  {name}: paperknife hides {b' '.join(sorted(missing)).decode()}")
                count["skipped"] += 1
                continue
            mbox = corpus / (name + ".mbox")
            messages = mailbox_messages((mbox if mbox.exists() else corpus / "default.mbox").read_bytes())
            runs = [Run(read_script(text), messages, port, f"{side}-{name}") for side, port in (("d", server.port), ("p", service.port))]
            results = [run.run() for run in runs]
            same = results[0] == results[1] or (results[0] and results[1] and results[0].split(":")[0] == results[1].split(":")[0])
            said = ""
            if same and int(script.header.get("connections", 1)) == 1:
                for one, other in zip(runs[0].log, runs[1].log):
                    if one != other:
                        same, said = False, f"line {one[0]}: {one[1:]} direct, {other[1:]} through paperknife"
                        break
            word = "passes" if not results[0] else "fails"
            count[word if same else "differs"] += 1
            bad += not same
            if not same:
                print(f"DIFFERS  {name}: direct: {results[0] or 'passes'}; through paperknife: {results[1] or 'passes'} {said}")
            else:
                print(f"{word:8} {name}" + (f": on both, {results[0]:.200}" if results[0] else ""))
    for folder in SKIPPED_FOLDERS:
        print(f"skipped  {folder}/: broken, as imaptest says itself")
    print(", ".join(f"{n} {word}" for word, n in sorted(count.items())))
    return 1 if bad or not count["passes"] else 0


if __name__ == "__main__":
    sys.exit(main())
