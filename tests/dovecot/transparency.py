#!/usr/bin/env python3
"""Where no S/MIME message is concerned a client gets the server's octets (design, promise 1).

The same session is held with Dovecot directly and through paperknife, over copies of one mailbox,
and what the client was sent must be equal, octet for octet. Not compared is only what differs
between two direct sessions as well (a third session checks that nothing else does), and the
capability list, which is paperknife's to shorten:

- the time a command took: "(0.001 + 0.000 secs)";
- the INTERNALDATE of a message appended during the session, which is now;
- the bearer token and the SCRAM nonces, which are made anew;
- the order of responses to commands that are sent at once (mbsync, pipelined): Dovecot begins a
  command before it has ended the last if its output is not taken fast enough.

Over STARTTLS the greeting's text is paperknife's, since the server's was sent before TLS; curl,
mutt and mbsync then ask for the capabilities, one command more, and are not compared octet for
octet there. Dovecot's answer for the header of a message that has no blank line depends on
whether BODYSTRUCTURE was asked for before, so there is none such in the mailbox.
"""

import base64
import fcntl
import hashlib
import hmac
import imaplib
import os
import pathlib
import pty
import random
import re
import select
import shutil
import struct
import subprocess
import tempfile
import termios
import textwrap
import time
import unittest

import messages
import response
from client import Closed, RawClient
from server import Dovecot
from service import Paperknife, is_sanitized
from tap import Tap

PASSWORD = "wonderland"
SLOW = 3 if is_sanitized() else 1


def without_what_varies(octets):
    """What must be equal of two recordings."""
    octets = re.sub(rb"(?m)^\* CAPABILITY .*\r\n", b"", octets)
    octets = re.sub(rb"\[CAPABILITY [^\]]*\] ", b"", octets)
    octets = re.sub(rb"\(\d+\.\d+ \+ \d+\.\d+( \+ \d+\.\d+)? secs\)", b"(secs)", octets)
    # Messages of the template arrived in 2023; what is of this year was appended just now.
    year = time.strftime("%Y").encode()
    octets = re.sub(rb'"[ \d]\d-\w{3}-' + year + rb' \d\d:\d\d:\d\d [+-]\d{4}"', b'"now"', octets)
    return re.sub(rb"(?m)^\+ [A-Za-z0-9+/=]{24,}\r\n", b"+ nonce\r\n", octets)


def big_message(size, seed):
    lines = random.Random(seed)
    body = b"".join(b"%064x\r\n" % lines.getrandbits(256) for _ in range(size // 66))
    return b"From: a@example.org\r\nSubject: big\r\n\r\n" + body


def template(server, user):
    """Fills a user's mailboxes; the others get copies, with UIDs and UIDVALIDITY."""
    for message in messages.load(lambda m: m.expectation == "not_smime"):
        server.deliver(message.octets, user)
    server.deliver(b"Subject: no body\r\n\r\n", user, flags="")
    server.deliver(b"", user)
    server.deliver(b"Subject: LF\n\nline\nline\n", user, flags="")
    server.deliver(b"Subject: lone\r\n\r\nCR \r and LF \n and {5}\r\n* 1 FETCH (FLAGS ())\r\n", user)
    server.deliver(b"Subject: 8 bit \xfc\xff\r\n\r\n\xc3\xbc\xfc\x80\r\n", user)
    server.deliver(b"Subject: " + b"long " * 30000 + b"\r\n\r\n" + b"x" * 300000, user)
    server.deliver(b"Subject: quoted \\\"{3}\\\" {3}\r\n\r\n* BYE {10}\r\n", user, flags="F")
    server.deliver(big_message(3_000_000, 1), user)
    for number in range(30):
        server.deliver(b"Subject: number %d\r\n\r\nbody\r\n" % number, user, "Lists", flags="")
    with RawClient(server.port) as client:
        client.ok(f"LOGIN {user} {server.users[user]}")
        client.ok("SUBSCRIBE INBOX")
        for mailbox in ("INBOX", "Lists", "Sent"):
            client.ok(f"SELECT {mailbox}")
    # Indexes are made anew in each copy, so that all of them start alike.
    for index in server.maildir(user).rglob("dovecot.index*"):
        index.unlink()
    for index in server.maildir(user).glob("dovecot.list.index*"):
        index.unlink()


# ---------------------------------------------------------------- the clients

def curl(port, user, server, scratch):
    base = f"imap://127.0.0.1:{port}"
    (scratch / "letter").write_bytes(b"Subject: from curl\r\n\r\nHello\r\n")
    for path, *options in (
            ("/",), ("/INBOX;UID=1",), ("/INBOX;UID=2;SECTION=TEXT",),
            ("/INBOX;UID=3;SECTION=HEADER.FIELDS%20(SUBJECT)",), ("/INBOX;MAILINDEX=4",),
            ("/INBOX;UID=5;PARTIAL=0.100",), ("/INBOX?ALL",), ("/INBOX?SUBJECT%20number",),
            ("/INBOX", "-X", "FETCH 1:* (FLAGS RFC822.SIZE)"), ("/INBOX", "-X", "FETCH 1:5 FULL"),
            ("", "-X", "NOOP"), ("/INBOX", "-X", "EXAMINE Lists"), ("/INBOX;UID=99",),
            ("/INBOX", "-T", str(scratch / "letter"))):
        subprocess.run(["curl", "-sS", "--max-time", "30", "-u", f"{user}:{PASSWORD}",
                        *options, base + path], capture_output=True, timeout=40)


def python_imaplib(port, user, server, scratch):
    random.seed(1)  # imaplib chooses its tags at random
    imap = imaplib.IMAP4("127.0.0.1", port, timeout=30)
    imap.login(user, PASSWORD)
    imap.enable("CONDSTORE")
    imap.list()
    imap.lsub()
    imap.namespace()
    imap.select()
    imap.fetch("1:*", "(RFC822)")
    imap.fetch("1:*", "ALL")
    imap.fetch("1:*", "FULL")
    imap.fetch("1:*", "FAST")
    imap.fetch("1:3", "(RFC822.HEADER RFC822.TEXT)")
    imap.uid("FETCH", "1:*", "(UID FLAGS BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])")
    imap.uid("FETCH", "1:*", "(BODYSTRUCTURE ENVELOPE INTERNALDATE BODY[1] BODY.PEEK[2.MIME])")
    imap.store("1:3", "+FLAGS", r"(\Flagged custom)")
    imap.append("INBOX", r"(\Seen)", '"01-Jan-2020 10:00:00 +0000"', b"Subject: x\r\n\r\nbody\r\n")
    imap.append("INBOX", None, None, big_message(500_000, 2))
    imap.search(None, "OR", "TEXT", "body", "SUBJECT", "number")
    imap.sort("REVERSE DATE", "UTF-8", "ALL")
    imap.thread("REFERENCES", "UTF-8", "ALL")
    imap.copy("1:2", "Sent")
    imap.store("2", "+FLAGS", r"\Deleted")
    imap.expunge()
    imap.create("Würfel".encode("utf-8").decode("latin-1").encode("ascii", "ignore").decode())
    imap.rename("Wrfel", "Other")
    imap.status("Other", "(MESSAGES UIDNEXT UNSEEN)")
    imap.delete("Other")
    imap.check()
    imap.noop()
    imap.unselect()
    imap.select("Lists", readonly=True)
    imap.fetch("1:*", "(FLAGS BODY.PEEK[])")
    imap.close()
    imap.logout()


def mutt(port, user, server, scratch):
    rc = scratch / "muttrc"
    rc.write_text(textwrap.dedent(f"""
        set imap_user="{user}" imap_pass="{PASSWORD}" imap_authenticators="plain"
        set ssl_starttls=no ssl_force_tls=no imap_idle=no imap_keepalive=300 mail_check=300
        set folder="imap://127.0.0.1:{port}/" spoolfile="+INBOX" record="" copy=no
        set timeout=600 wait_key=no quit=yes delete=yes confirmappend=no beep=no mark_old=no
        set pager="cat >/dev/null" prompt_after=no imap_check_subscribed=no crypt_use_gpgme=no
        set header_cache="" move=no mbox=""
        push "<display-message><next-undeleted><display-message><last-entry><display-message>\\
        <first-entry><flag-message><delete-message><change-folder>=Lists<enter><display-message>\\
        <tag-pattern>~A<enter><limit>~s number<enter><quit>"
        """))
    run_in_terminal(["mutt", "-n", "-F", str(rc), "-f", f"imap://127.0.0.1:{port}/INBOX"], scratch)


def run_in_terminal(command, scratch):
    """Runs a program that wants a terminal, at most a minute."""
    process, terminal = pty.fork()
    if process == 0:
        # A terminal without a size is none to ncurses 6.5.
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        os.environ.update(TERM="xterm", HOME=str(scratch), LC_ALL="C.UTF-8")
        os.execvp(command[0], command)
    until = time.monotonic() + 60
    try:
        while time.monotonic() < until:
            if select.select([terminal], [], [], 1)[0] and not os.read(terminal, 65536):
                break
        else:
            os.kill(process, 9)
            raise AssertionError(f"{command[0]} did not end")
    except OSError:  # it has closed its terminal
        pass
    finally:
        os.close(terminal)
        os.waitpid(process, 0)


def mbsync(port, user, server, scratch):
    rc = scratch / "mbsyncrc"
    local = scratch / "local"
    shutil.rmtree(local, ignore_errors=True)
    local.mkdir()
    rc.write_text(textwrap.dedent(f"""
        FSync no

        IMAPAccount a
        Host 127.0.0.1
        Port {port}
        User {user}
        Pass {PASSWORD}
        AuthMechs LOGIN
        SSLType None
        DisableExtension COMPRESS=DEFLATE

        IMAPStore far
        Account a

        MaildirStore near
        Path {local}/
        Inbox {local}/INBOX
        SubFolders Verbatim

        Channel c
        Far :far:
        Near :near:
        Patterns *
        Create Near
        Sync All
        Expunge Both
        SyncState *
        """))

    def run():
        done = subprocess.run(["mbsync", "-c", str(rc), "-a"], capture_output=True, timeout=60,
                              env={**os.environ, "HOME": str(scratch)})
        if done.returncode:
            raise AssertionError(done.stderr.decode())

    run()
    lists = sorted((local / "Lists").glob("*/*"))
    for file in lists[:3]:
        file.rename(local / "Lists" / "cur" / (file.name.split(":")[0] + ":2,FS"))
    for file in lists[3:5]:
        file.rename(local / "Lists" / "cur" / (file.name.split(":")[0] + ":2,ST"))
    (local / "INBOX" / "new" / "1.new.host").write_bytes(b"Subject: from here\n\nHello\n")
    run()
    run()


def scripted(port, user, server, scratch):
    """Literals of both kinds, IDLE, 8-bit, long lines, errors."""
    sizes = random.Random(3)
    with RawClient(port, timeout=30 * SLOW) as client:
        client.send(b"a CAPABILITY\r\nb NOOP\r\n")
        client.until("b")
        client.send(b'c LOGIN {%d}\r\n' % len(user))
        client.line()
        client.send(user.encode() + b' {%d+}\r\n' % len(PASSWORD) + PASSWORD.encode() + b"\r\n")
        client.until("c")
        client.ok('ID ("name" "a {3}" "version" NIL)')
        client.ok("ENABLE CONDSTORE")
        client.ok("SELECT INBOX (CONDSTORE)")
        append = big_message(2_000_000, 4)
        client.send(b"l APPEND INBOX (\\Seen) {%d+}\r\n" % len(append) + append + b"\r\n")
        client.until("l")
        client.send(b"m APPEND INBOX {%d}\r\n" % len(append))
        client.line()
        client.send_in_pieces(append + b"\r\n", iter(lambda: sizes.randint(1, 70000), 0))
        client.until("m")
        two = b"Subject: one of two\r\n\r\n\xff\x80 8 bit\r\n"
        client.send(b"n APPEND INBOX {%d+}\r\n" % len(two) + two +
                    b" {%d+}\r\n" % len(two) + two + b"\r\n")
        client.until("n")
        client.ok("FETCH 1:* (FLAGS BODY.PEEK[HEADER])")
        client.ok("FETCH 1:* (RFC822.SIZE INTERNALDATE BODYSTRUCTURE UID ENVELOPE)")
        client.ok("FETCH 1:* (BODY.PEEK[1] BODY.PEEK[TEXT]<0.5> BODY.PEEK[2.HEADER])")
        client.ok("FETCH 1:* (BODY.PEEK[]<100.1000>)")
        client.command("FETCH 1:* (NO SUCH ITEM)")
        client.command("FETCH 1:* BODY[")
        client.command("UID FETCH 1:* (BODY[1)")
        client.command("")
        client.command('FETCH "1" FLAGS')
        client.ok("FETCH 1:* (FLAGS) (CHANGEDSINCE 1)")
        client.ok("UID FETCH 1:* (BODY.PEEK[1]) (CHANGEDSINCE 1)")
        client.command("FETCH 1:* (FLAGS) (CHANGEDSINCE 1 VANISHED)")
        client.command("STORE 1 +FLAGS (" + "keyword" * 3000 + ")")
        client.command("LIST \"\" \"" + "x" * 7000 + "\"")
        client.command(b"LIST \"\" \"\xff\xfe\x01\"")
        client.ok("STORE 1:5 (UNCHANGEDSINCE 1) +FLAGS (one two)")
        client.ok("UID MOVE 3 Lists")
        client.command("GETQUOTAROOT INBOX")
        client.ok('LIST (SUBSCRIBED) "" "*" RETURN (STATUS (MESSAGES))')
        client.ok("UID EXPUNGE 1:4")
        client.ok("SELECT Lists")
        client.ok("UID COPY 1:3 INBOX")
        client.send(b"o IDLE\r\n")
        client.line()
        with RawClient(server.port) as other:
            other.ok(f"LOGIN {user} {PASSWORD}")
            other.ok("APPEND Lists {28+}\r\nSubject: idle\r\n\r\nHello all\r\n")
        while b"EXISTS" not in client.line():
            pass
        client.send(b"DONE\r\n")
        client.until("o")
        client.ok("UNSELECT")
        client.command("FETCH 1 FLAGS")
        client.send(b"p LOGOUT\r\nq NOOP\r\n")
        client.rest()


def pipelined(port, user, server, scratch):
    """Many commands at once, and commands cut at odd places."""
    sizes = random.Random(6)
    with RawClient(port, timeout=30 * SLOW) as client:
        client.ok(f"LOGIN {user} {PASSWORD}")
        client.ok("SELECT INBOX (CONDSTORE)")
        # Sent in pieces of one to nine octets, without waiting for any answer.
        commands = (b"d FETCH 1:* (UID FLAGS MODSEQ)\r\ne UID FETCH 1:* (UID RFC822.SIZE)\r\n"
                    b"f FETCH 1:5 (BODY.PEEK[HEADER.FIELDS ({7+}\r\nSubject {4+}\r\nFrom)])\r\n"
                    b"g SEARCH CHARSET UTF-8 TEXT {6+}\r\nGr\xc3\xbcn\r\n"
                    b"h FETCH 1:3 BODY.PEEK[]\r\ni UID SEARCH RETURN (COUNT MIN) ALL\r\n"
                    b"j STATUS Lists (MESSAGES HIGHESTMODSEQ)\r\nk NOOP\r\n")
        client.send_in_pieces(commands, iter(lambda: sizes.randint(1, 9), 0), 0.0005)
        until_all(client, b"defghijk")
        # Several thousand commands at once.
        client.send(b"".join(b"x%d NOOP\r\n" % n for n in range(3000)))
        client.until("x2999")
        client.send(b"".join(b"y%d UID FETCH %d (BODY.PEEK[])\r\n" % (n, n) for n in (1, 2, 3)))
        client.until("y3")
        client.send(b"z LOGOUT\r\n")
        client.rest()


def until_all(client, tags):
    """Reads until each one-letter tag has answered, in any order."""
    waiting = set(tags)
    while waiting:
        answer = client.response()
        if answer[1:2] == b" ":
            waiting.discard(answer[0])


def garbage(port, user, server, scratch):
    """What is no IMAP at all, before and after login, and clients that just go. Only the first line must be IMAP's (LOC-05)."""
    noise = random.Random(5)
    with RawClient(port, timeout=30 * SLOW) as client:
        for line in (b"z NOOP", b"", b"a", b"a b c", b"\xff\xfe\x01", b"* OK hello", b"a LOGIN", b"{5}"):
            try:
                client.send(line + b"\r\n")
                client.line()
            except (Closed, OSError):
                break
        client.rest()
    with RawClient(port, timeout=30 * SLOW) as client:
        client.ok(f"LOGIN {user} {PASSWORD}")
        client.ok("SELECT INBOX")
        for _ in range(12):
            line = bytes(noise.choice(b"abc ()[]<>{}\"\\*%1.:,\xff\x01~+") for _ in range(40))
            try:
                client.send(b"z " + line.replace(b"{", b"(") + b"\r\n")
                client.line()
            except (Closed, OSError):
                break
        else:
            client.send(b"y LOGOUT\r\n")
        client.rest()
    with RawClient(port) as client:
        client.ok(f"LOGIN {user} {PASSWORD}")
        client.ok("SELECT INBOX")
        client.ok("NOOP")
        client.send(b"b NOOP")  # and goes in the middle of a line
    with RawClient(port) as client:
        client.command(f"LOGIN {user} wrong")
        client.command("AUTHENTICATE NONE")
        client.command("SELECT INBOX")
        client.command("LOGOUT")
        client.rest()


def authentication(port, user, server, scratch):
    """Every mechanism that the server offers passes through."""
    def encoded(octets):
        return base64.b64encode(octets if isinstance(octets, bytes) else octets.encode()).decode()

    def session():
        return RawClient(port, timeout=30 * SLOW)

    plain = encoded(f"\0{user}\0{PASSWORD}")
    with session() as client:
        client.ok(f"AUTHENTICATE PLAIN {plain}")
        client.ok("LOGOUT")
    with session() as client:
        client.send(b"a AUTHENTICATE PLAIN\r\n")
        client.line()
        client.send(plain.encode() + b"\r\n")
        client.until("a")
    with session() as client:
        client.send(b"a AUTHENTICATE LOGIN\r\n")
        for word in (user, PASSWORD):
            client.line()
            client.send(encoded(word).encode() + b"\r\n")
        client.until("a")
    with session() as client:
        client.send(b"a AUTHENTICATE PLAIN\r\n")
        client.line()
        client.send(b"*\r\n")  # the client thinks better of it
        client.until("a")
        client.command("AUTHENTICATE PLAIN =")
        client.command("LOGOUT")
    with session() as client:
        client.ok("AUTHENTICATE XOAUTH2 " +
                  encoded(f"user={user}\1auth=Bearer {server.token(user)}\1\1"))
    with session() as client:
        client.ok("AUTHENTICATE OAUTHBEARER " +
                  encoded(f"n,a={user},\1auth=Bearer {server.token(user)}\1\1"))
    with session() as client:
        client.send(b"a AUTHENTICATE XOAUTH2 " + encoded(
            f"user={user}\1auth=Bearer wrong\1\1").encode() + b"\r\n")
        client.line()
        client.send(b"\r\n")
        client.until("a")
    with session() as client:
        scram(client, user)


def scram(client, user):
    """RFC 5802 with SHA-256, no channel binding."""
    first = f"n={user},r=clientnonce"
    client.send(b"a AUTHENTICATE SCRAM-SHA-256\r\n")
    client.line()
    client.send(base64.b64encode(b"n,," + first.encode()) + b"\r\n")
    challenge = base64.b64decode(client.line()[2:]).decode()
    fields = dict(field.split("=", 1) for field in challenge.split(","))
    salted = hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), base64.b64decode(fields["s"]),
                                 int(fields["i"]))
    key = hmac.digest(salted, b"Client Key", "sha256")
    last = f"c=biws,r={fields['r']}"
    signed = f"{first},{challenge},{last}".encode()
    signature = hmac.digest(hashlib.sha256(key).digest(), signed, "sha256")
    proof = bytes(a ^ b for a, b in zip(key, signature, strict=True))
    client.send(base64.b64encode(f"{last},p={base64.b64encode(proof).decode()}".encode()) + b"\r\n")
    client.line()
    client.send(b"\r\n")
    assert b" OK " in client.until("a")[-1]


CLIENTS = (curl, python_imaplib, mutt, mbsync, scripted, pipelined, garbage, authentication)


def user_of(run, client):
    """Each run has a user of its own; the hyphens keep the name from standing in some base64."""
    return f"{run}-{CLIENTS.index(client)}-"


class Transparency(unittest.TestCase):
    maxDiff = 2000

    @classmethod
    def setUpClass(cls):
        runs = ("one", "two", "pln", "tls", "sta")
        users = {"template": PASSWORD}
        users |= {user_of(run, client): PASSWORD for run in runs for client in CLIENTS}
        cls.server = cls.enterClassContext(Dovecot(users=users))
        template(cls.server, "template")
        for user in users:
            if user != "template":
                subprocess.run(["cp", "-a", str(cls.server.maildir("template")),
                                str(cls.server.base / "mail" / user)], check=True)
        upstreams = {
            "pln": {"upstream": f"imap+plaintext://127.0.0.1:{cls.server.port}"},
            "tls": {"upstream": f"imaps://localhost:{cls.server.imaps_port}",
                    "ca_file": cls.server.ca_file},
            "sta": {"upstream": f"imap://localhost:{cls.server.port}",
                    "ca_file": cls.server.ca_file},
        }
        cls.service = cls.enterClassContext(Paperknife(
            [{"name": name, **keys} for name, keys in upstreams.items()], messages.keystore()))

    def record(self, run, client, port):
        """What a client was sent in a run, session after session."""
        user = user_of(run, client)
        with Tap(port) as tap, tempfile.TemporaryDirectory() as scratch:
            client(tap.port, user, self.server, pathlib.Path(scratch))
            time.sleep(0.1)
            return [without_what_varies(bytes(recording.server).replace(user.encode(), b"USER"))
                    for recording in tap.recordings]

    def compare(self, one, other, what):
        """Fails with the place where two recordings part."""
        self.assertEqual(len(one), len(other), f"{what}: number of connections")
        for number, (a, b) in enumerate(zip(one, other, strict=True)):
            if a != b:
                at = len(os.path.commonprefix([a, b]))
                self.fail(f"{what}, connection {number}, octet {at} of {len(a)} and {len(b)}:\n"
                          f"{a[max(0, at - 200):at + 200]!r}\nbut\n"
                          f"{b[max(0, at - 200):at + 200]!r}")

    def responses(self, recordings):
        """The responses of each connection, sorted."""
        return [b"".join(sorted(response.split(octets))) for octets in recordings]

    def check(self, client):
        first = self.record("one", client, self.server.port)
        self.assertGreater(sum(map(len, first)), 100)
        again = self.record("two", client, self.server.port)
        if client in (mbsync, pipelined):
            self.compare(self.responses(first), self.responses(again), "two direct sessions")
        else:
            self.compare(first, again, "two direct sessions")
        greeting = first[0].split(b"\r\n")[0]
        for upstream in ("pln", "tls", "sta"):
            with self.subTest(upstream=upstream):
                through = self.record(upstream, client, self.service.ports[upstream])
                if upstream == "sta":
                    if client in (curl, mutt, mbsync):
                        self.assertGreater(sum(map(len, through)), sum(map(len, first)) - 1000)
                        continue
                    through = [octets.replace(b"* OK IMAP4rev1 server ready", greeting)
                               for octets in through]
                if client in (mbsync, pipelined):
                    first, through = self.responses(first), self.responses(through)
                self.compare(first, through, f"{client.__name__} direct and through {upstream}")

    def test_curl(self):
        self.check(curl)

    def test_python_imaplib(self):
        self.check(python_imaplib)

    @unittest.skipUnless(shutil.which("mutt"), "mutt is not installed")
    def test_mutt(self):
        self.check(mutt)

    @unittest.skipUnless(shutil.which("mbsync"), "mbsync (isync) is not installed")
    def test_mbsync(self):
        self.check(mbsync)

    def test_scripted(self):
        self.check(scripted)

    def test_pipelined(self):
        self.check(pipelined)

    def test_garbage(self):
        self.check(garbage)

    def test_authentication(self):
        self.check(authentication)


if __name__ == "__main__":
    unittest.main()
