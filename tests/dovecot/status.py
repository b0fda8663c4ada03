"""What a message's signature and encryption are worth, as a mail client sees it: at the top of views and in FLAGS."""

import email.utils
import os
import pathlib
import random
import re
import subprocess
import tempfile
import threading
import time
import unittest

import response
from client import RawClient
from server import Dovecot
from service import Paperknife, binary
from tap import Tap

# It arrives a minute from now, which is as good as now: the certificates are that young.
ARRIVAL = email.utils.formatdate(time.time() + 60).encode()
OUTER = (b"Received: from a by b; " + ARRIVAL + b"\r\nFrom: Alice <alice@example.org>\r\n"
         b"To: bob@example.org\r\nSubject: figures\r\n")
CONTENT = b"Content-Type: text/plain\r\n\r\nDear Bob,\r\nthe figures.\r\n"
KEYWORDS = {"$SMIME-Encrypted", "$SMIME-Verified", "$SMIME-Invalid"}


def openssl(*arguments, octets=b""):
    return subprocess.run(["openssl", *map(str, arguments)], input=octets, check=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


def network(octets):
    return re.sub(rb"\r?\n", b"\r\n", octets)


class Status(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        keys = cls.home / "keys"
        keys.mkdir(0o700)
        for ca in "ca", "stranger":
            openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", 30, "-subj", f"/CN={ca}", "-keyout",
                    cls.home / f"{ca}.key", "-out", cls.home / f"{ca}.crt", "-addext", "keyUsage=critical,keyCertSign,cRLSign")
        for name, ca in ("alice", "ca"), ("bob", "ca"), ("mallory", "stranger"):
            request, extensions = cls.home / "csr", cls.home / "ext"
            address = "alice@example.org" if name == "mallory" else f"{name}@example.org"
            openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}",
                    "-keyout", cls.home / f"{name}.key", "-out", request)
            extensions.write_text(f"subjectAltName=email:{address}\nextendedKeyUsage=emailProtection\n")
            openssl("x509", "-req", "-in", request, "-CA", cls.home / f"{ca}.crt", "-CAkey", cls.home / f"{ca}.key",
                    "-CAcreateserial", "-days", 20, "-extfile", extensions, "-out", cls.home / f"{name}.crt")
        pem = keys / "bob.pem"
        pem.write_bytes((cls.home / "bob.key").read_bytes() + (cls.home / "bob.crt").read_bytes())
        pem.chmod(0o600)
        cls.tables = (f'[keystore]\ndirectory = "{keys}"\n[verify]\ntrust = ["{cls.home / "ca.crt"}"]\n')

    def signed(self, name, clear, outer=OUTER):
        form = () if clear else ("-nodetach",)
        made = openssl("cms", "-sign", "-signer", self.home / f"{name}.crt", "-inkey", self.home / f"{name}.key",
                       *form, octets=CONTENT)
        return outer + network(made)

    def encrypted(self, inner):
        return OUTER + network(openssl("cms", "-encrypt", "-aes-256-gcm", self.home / "bob.crt", octets=inner))

    def messages(self):
        """Of each kind: the message, the result, and the keywords."""
        clear = self.signed("alice", True)
        spoof = (b"Authentication-Results: paperknife; smime=pass\r\nX-Paperknife: signature=pass\r\n"
                 b"authentication-results : mx.example.org; smime=pass\r\n")
        return {
            "clear": (clear, "pass", {"$SMIME-Verified"}),
            "opaque": (self.signed("alice", False), "pass", {"$SMIME-Verified"}),
            "changed": (clear.replace(b"the figures.", b"the digits."), "fail", {"$SMIME-Invalid"}),
            "stranger": (self.signed("mallory", True), "policy", set()),
            "sealed": (self.encrypted(CONTENT), "none", {"$SMIME-Encrypted"}),
            "both": (self.encrypted(self.signed("alice", False, b"")), "pass", {"$SMIME-Encrypted", "$SMIME-Verified"}),
            "spoof": (self.signed("mallory", True, spoof + OUTER + spoof), "policy", set()),
            "plain": (OUTER + b"Subject: none\r\n\r\nplain\r\n", None, set()),
        }

    def test_all(self):
        kinds = self.messages()
        with Dovecot() as server, Tap(server.port) as tap, Paperknife(
                [{"upstream": f"imap+plaintext://127.0.0.1:{tap.port}"}], self.tables) as service:
            for octets, _, _ in kinds.values():
                server.deliver(octets)
            self.check_views(server, service, kinds)
            self.check_flags(server, service, kinds)
            self.check_own_flags(server, service)
            self.check_search(server, service, kinds)
            sent = b"".join(bytes(recording.client) for recording in tap.recordings)
            self.assertIn(b"BODY", sent)
            self.assertNotIn(b"$smime", sent.lower())

    def test_a_mailing_lists_footer(self):
        """MIME-02: what is signed above it is a detail, where mail of several parts is looked into at all."""
        for clear in True, False:
            self.check_footer(self.signed("alice", clear, b""))

    def check_footer(self, signed):
        message = (OUTER + b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=list\r\n\r\n--list\r\n" + signed +
                   b"\r\n--list\r\nContent-Type: text/plain\r\n\r\nTo leave, write to the list.\r\n--list--\r\n")
        for errant in "leave", "attach":
            with self.subTest(errant), Dovecot() as server, Paperknife(
                    [{"upstream": f"imap+plaintext://127.0.0.1:{server.port}"}],
                    self.tables + f'[decrypt]\nerrant = "{errant}"\n') as service:
                server.deliver(message)
                size = self.client(server, service).fetch("1", "(UID RFC822.SIZE)")[1]["RFC822.SIZE"]
                client = self.client(server, service)
                view = client.fetch("1", "(UID BODY.PEEK[])")[1]["BODY[]"]
                self.assertEqual(len(view), int(size))
                self.assertEqual(KEYWORDS & set(client.fetch("1", "(UID FLAGS)")[1]["FLAGS"]), set())
                opened = subprocess.run(
                    [binary(), "open", "-c", service.config], input=message, stdout=subprocess.PIPE, check=True,
                    env={**os.environ, "XDG_STATE_HOME": str(service.directory / "state")}).stdout
                self.assertEqual(opened, view)
                listed = self.client(server, service).fetch("1", "(UID RFC822.SIZE BODYSTRUCTURE ENVELOPE BODY.PEEK[HEADER])")[1]
                self.assertTrue(view.startswith(listed["BODY[HEADER]"]))
                if errant == "leave":
                    self.assertEqual(view, message)
                    continue
                head = view[:view.index(b"Received: ")].replace(b"\r\n ", b" ")
                self.assertIn(b"signature=none; errant=list-modified  ", head)
                self.assertIn(b"smime=none reason=list-modified\r\n", head)
                self.assertTrue(view.endswith(message[message.index(b"--list"):]))

    def test_when_it_came(self):
        """CERT-06: validity is judged at the time of the topmost Received field, whatever is asked, and never later than now."""
        old, ahead = (b"Received: from a by b; 1 Jan 2001 00:00:00 +0000\r\n", b"Received: by b; 1 Jan 2099 00:00:00 +0000\r\n")
        fields = OUTER[OUTER.index(b"From: "):]
        kinds = {"now": (OUTER, b"pass"), "none": (fields, b"pass"), "ahead": (ahead + fields, b"pass"),
                 "old below": (OUTER[:OUTER.index(b"From: ")] + old + fields, b"pass"),
                 "no time": (b"Received: by b\r\n" + old + fields, b"pass"),
                 "old": (old + fields, b"policy reason=not-yet-valid"),
                 "old above": (old + OUTER, b"policy reason=not-yet-valid")}
        with Dovecot() as server, Paperknife(
                [{"upstream": f"imap+plaintext://127.0.0.1:{server.port}"}], self.tables) as service:
            messages = [(name, self.signed("alice", clear, outer), result)
                        for name, (outer, result) in kinds.items() for clear in (True, False)]
            for _, octets, _ in messages:
                server.deliver(octets)
            listed = self.client(server, service).fetch("1:*", "(UID RFC822.SIZE BODY.PEEK[HEADER])")
            client = self.client(server, service)
            whole = client.fetch("1:*", "(UID BODY.PEEK[])")
            flags = client.fetch("1:*", "(UID FLAGS)")
            for number, (name, octets, result) in enumerate(messages, 1):
                with self.subTest(name):
                    view = whole[number]["BODY[]"]
                    self.assertIn(b"smime=" + result + b" ", view.replace(b"\r\n", b""))
                    self.assertEqual(int(listed[number]["RFC822.SIZE"]), len(view))
                    self.assertTrue(view.startswith(listed[number]["BODY[HEADER]"]))
                    self.assertEqual(KEYWORDS & set(flags[number]["FLAGS"]), {"$SMIME-Verified"} if result == b"pass" else set())
                    opened = subprocess.run(
                        [binary(), "open", "-c", service.config, "--at", "received"], input=octets, stdout=subprocess.PIPE, check=True,
                        env={**os.environ, "XDG_STATE_HOME": str(service.directory / "state")}).stdout
                    self.assertEqual(opened, view)

    def test_mail_that_is_only_signed_is_listed_without_being_fetched(self):
        kinds = {name: octets for name, (octets, _, _) in self.messages().items() if b"multipart/signed" in octets}
        clear = kinds["clear"]
        boundary = re.search(rb'boundary="([^"]*)"', clear)[1]
        kinds |= {
            "three parts": clear.replace(b"\r\n--" + boundary + b"--", b"\r\n--" + boundary + b"\r\n\r\nmore\r\n--" + boundary + b"--"),
            "no signature": clear.replace(b"application/pkcs7-signature; name", b"text/plain; name"),
            "signature of letters": re.sub(rb"(?s)(smime.p7s\"\r\n\r\n).*?\r\n\r\n", rb"\1nothing\r\n\r\n", clear),
            "two readings": clear.replace(b"the figures.", b"--" + boundary + b" or not\r\nthe figures."),
            "no end": clear[:clear.rindex(b"--" + boundary)],
            "signed twice": clear.replace(CONTENT.strip(), self.signed("mallory", True, b"").strip()),
        }
        self.assertEqual(len(set(kinds.values())), len(kinds))
        with Dovecot() as server, Tap(server.port) as tap, Paperknife(
                [{"upstream": f"imap+plaintext://127.0.0.1:{tap.port}"}], self.tables) as service:
            for octets in kinds.values():
                server.deliver(octets)
            client = self.client(server, service)
            listed = client.fetch("1:*", "(RFC822.SIZE ENVELOPE BODYSTRUCTURE BODY.PEEK[HEADER.FIELDS (SUBJECT X-MAILER)])")
            self.assertNotIn(b"BODY.PEEK[]", b"".join(bytes(recording.client) for recording in tap.recordings))
            whole = client.fetch("1:*", "(UID BODY.PEEK[])")
            for number, name in enumerate(kinds, 1):
                with self.subTest(name):
                    view = whole[number]["BODY[]"]
                    self.assertTrue(view.startswith(b"X-Paperknife: "))
                    self.assertEqual(int(listed[number]["RFC822.SIZE"]), len(view))
            again = client.fetch("1:*", "(ENVELOPE BODYSTRUCTURE BODY.PEEK[HEADER])")  # of the views at hand
            for number, name in enumerate(kinds, 1):
                for item in "ENVELOPE", "BODYSTRUCTURE":
                    with self.subTest(name, item=item):
                        self.assertEqual(again[number][item], listed[number][item])

    def client(self, server, service):
        client = self.enterContext(RawClient(service.port))
        client.login(server)
        client.ok("SELECT INBOX")
        return client

    def check_views(self, server, service, kinds):
        client = self.client(server, service)
        listed = client.fetch("1:*", "(UID RFC822.SIZE BODY.PEEK[HEADER])")
        whole = client.fetch("1:*", "(UID BODY.PEEK[])")
        for number, (name, (octets, result, _)) in enumerate(kinds.items(), 1):
            with self.subTest(name):
                view = whole[number]["BODY[]"]
                self.assertEqual(int(listed[number]["RFC822.SIZE"]), len(view))
                self.assertTrue(view.startswith(listed[number]["BODY[HEADER]"]))
                if result is None:
                    self.assertEqual(view, octets)
                    continue
                lines = view.split(b"\r\n")
                self.assertTrue(lines[0].startswith(b"X-Paperknife: "))
                fields = re.findall(rb"(?im)^authentication-results *:.*(?:\r\n[ \t].*)*", view)
                self.assertEqual(len(fields), 1, fields)
                self.assertRegex(fields[0], rb"^Authentication-Results: paperknife\.[0-9a-f]{16};\s+smime=" +
                                 result.encode() + rb"\b")
                self.assertEqual(len(re.findall(rb"(?i)x-paperknife", view)), 1)
                if name in ("clear", "stranger", "spoof"):
                    kept = octets[octets.index(b"\r\n\r\n"):]
                    self.assertTrue(view.endswith(kept))
                    ca = self.home / ("ca.crt" if name == "clear" else "stranger.crt")
                    verified = openssl("cms", "-verify", "-CAfile", ca, octets=view)
                    self.assertEqual(network(verified), CONTENT)

    def check_flags(self, server, service, kinds):
        """Another session knows them as well, and they are announced."""
        client = self.client(server, service)
        before = len(client.received)
        flags = client.fetch("1:*", "(UID FLAGS)")
        for number, (name, (_, _, keywords)) in enumerate(kinds.items(), 1):
            with self.subTest(name):
                self.assertEqual(KEYWORDS & set(flags[number]["FLAGS"]), keywords)
        said = bytes(client.received[before:]).decode()
        self.assertRegex(said, r"\* FLAGS \([^)]*\$SMIME-Encrypted \$SMIME-Verified \$SMIME-Invalid\)")
        self.assertRegex(said, r"\[PERMANENTFLAGS \([^)]*\$SMIME-Invalid\)\]")
        # News of a flag has them, too.
        before = len(client.received)
        client.ok("STORE 1 +FLAGS (\\Flagged)")
        self.assertRegex(bytes(client.received[before:]).decode(),
                         r"\* 1 FETCH \(FLAGS \([^)]*\\Flagged[^)]*\$SMIME-Verified\)")

    def check_own_flags(self, server, service):
        """ST-03: a client that stores them changes nothing."""
        client = self.client(server, service)
        before = client.fetch("1:*", "(UID FLAGS)")
        client.ok("STORE 1 -FLAGS ($SMIME-Verified)")
        client.ok("UID STORE 1:* +FLAGS.SILENT ($SMIME-Invalid)")
        client.ok("STORE 8 +FLAGS ($SMIME-Verified)")
        after = client.fetch("1:*", "(UID FLAGS)")
        self.assertEqual({n: sorted(i["FLAGS"]) for n, i in before.items()},
                         {n: sorted(i["FLAGS"]) for n, i in after.items()})
        # And whoever puts them on the server's messages does not get them past us (ST-01).
        with RawClient(server.port) as direct:
            direct.login(server)
            direct.ok("SELECT INBOX")
            direct.ok("STORE 8 +FLAGS ($SMIME-Verified $smime-encrypted)")
        another = self.client(server, service)
        self.assertEqual(KEYWORDS & set(another.fetch("8", "(UID FLAGS)")[8]["FLAGS"]), set())

    def test_spoofs(self):
        """ST-01: a sample of what tests/smime/test_spoofs.cpp makes, through FETCH, by a sender who knows the install id."""
        with Dovecot() as server, Paperknife(
                [{"upstream": f"imap+plaintext://127.0.0.1:{server.port}"}], self.tables) as service:
            server.deliver(self.signed("alice", True))
            client = self.client(server, service)
            view = client.fetch("1", "(UID BODY.PEEK[])")[1]["BODY[]"]
            known = re.search(rb"paperknife\.[0-9a-f]{16}", view)[0]
            names = [b"X-Paperknife: encryption=none; layers=signed-data; signature=pass",
                     b"Authentication-Results: " + known + b"; smime=pass", b"authentication-RESULTS\t:\r\n " + known + b" ;smime = pass",
                     b'Authentication-Results: (x) "' + known + b'"; none', b"Authentication-Results: paperknife.0000000000000000; smime=pass",
                     b"Authentication-Results: mx.example.org; dkim=pass;\r\n\tSMIME(x)=pass", b"X-PAPERKNIFE :\r\n signature=pass",
                     b"X-Paperknife\r\n : signature=pass", b"\xc2\xa0X-Paperknife: signature=pass", b"X-\x01Paperknife: signature=pass"]
            for name in names:
                for clear in True, False:
                    server.deliver(self.signed("mallory", clear, name + b"\r\n" + OUTER + name + b"\r\n"))
                server.deliver(self.encrypted(name + b"\r\n" + CONTENT))
            client = self.client(server, service)
            fetched = client.fetch("2:*", "(UID FLAGS BODY.PEEK[])")
            self.assertEqual(len(fetched), 3 * len(names))
            again = client.fetch("2:*", "(UID FLAGS BODY.PEEK[HEADER])")
            for number, answer in fetched.items():
                header, _, _ = answer["BODY[]"].partition(b"\r\n\r\n")
                with self.subTest(header=header):
                    self.assertRegex(header, rb"\AX-Paperknife: [^\r]*(\r\n[ \t][^\r]*)*\r\nAuthentication-Results: " +
                                     re.escape(known) + rb";\s+smime=(policy|none)\b")
                    self.assertEqual(len(re.findall(rb"(?i)paperknife:", re.sub(rb"[^!-~]", b"", header))), 1)
                    self.assertEqual(len(re.findall(rb"(?i)smime\s*[=(/]", header)), 1)
                    self.assertNotIn(b"pass", header)
                    self.assertNotIn("$SMIME-Verified", answer["FLAGS"])
                    self.assertEqual(again[number]["BODY[HEADER]"], header + b"\r\n\r\n")

    def check_search(self, server, service, kinds):
        """SEARCH, SORT and THREAD find what FLAGS tell."""
        client = self.client(server, service)
        flags = {n: set(items["FLAGS"]) for n, items in client.fetch("1:*", "(UID FLAGS)").items()}
        uids = {n: items["UID"] for n, items in client.fetch("1:*", "UID").items()}

        def numbers(command):
            line, = (r for r in client.ok(command) if re.match(rb"\* (SEARCH|SORT)\b", r))
            return [int(n) for n in line.split()[2:]]

        for keyword in sorted(KEYWORDS):
            has = [n for n in flags if keyword in flags[n]]
            self.assertTrue(has)
            others = [n for n in flags if n not in has]
            self.assertEqual(numbers(f"SEARCH KEYWORD {keyword}"), has)
            self.assertEqual(numbers(f"SEARCH UNKEYWORD {keyword.upper()}"), others)
            self.assertEqual(numbers(f"UID SEARCH NOT UNKEYWORD {keyword}"), [uids[n] for n in has])
            self.assertEqual(numbers(f"SEARCH OR (KEYWORD {keyword} 1:2) 8"), [n for n in has if n < 3] + [8])
            self.assertEqual(sorted(numbers(f"SORT (REVERSE ARRIVAL) UTF-8 KEYWORD {keyword}")), has)
            self.assertEqual(numbers(f"SORT (REVERSE ARRIVAL) UTF-8 KEYWORD {keyword}"),
                             [n for n in numbers("SORT (REVERSE ARRIVAL) UTF-8 ALL") if n in has])
            threads, = client.ok(f"THREAD REFERENCES UTF-8 KEYWORD {keyword}")
            self.assertEqual(sorted(int(n) for n in re.findall(rb"\d+", threads)), has)
        both = [n for n in flags if {"$SMIME-Encrypted", "$SMIME-Verified"} <= flags[n]]
        self.assertEqual(numbers("SEARCH KEYWORD $SMIME-Encrypted KEYWORD $SMIME-Verified UNKEYWORD $SMIME-Invalid"), both)
        self.assertEqual(numbers("SEARCH KEYWORD $SMIME-Fake"), [])
        extended, = client.ok("UID SEARCH RETURN (MIN MAX COUNT) KEYWORD $SMIME-Encrypted")
        self.assertRegex(extended, rb'^\* ESEARCH \(TAG "\w+"\) UID MIN 5 MAX 6 COUNT 2\r\n$')
        # Literals of both kinds, the keyword before and behind them.
        client.send(b"x SEARCH KEYWORD $SMIME-Encrypted SUBJECT {7+}\r\nfigures\r\n")
        self.assertIn(b"* SEARCH 5 6\r\n", client.until("x"))
        client.send(b"y SEARCH CHARSET UTF-8 SUBJECT {7}\r\n")
        self.assertTrue(client.response().startswith(b"+"))
        client.send(b"figures NOT SUBJECT {2}\r\n")
        self.assertTrue(client.response().startswith(b"+"))
        client.send("é KEYWORD $SMIME-Encrypted\r\n".encode())
        self.assertIn(b"* SEARCH 5 6\r\n", client.until("y"))
        # Not an older result for one that could not be saved.
        client.ok("SEARCH RETURN (SAVE) ALL")
        refused = client.command("SEARCH RETURN (SAVE) KEYWORD $SMIME-Encrypted")[-1]
        self.assertRegex(refused, rb"^\w+ NO \[NOTSAVED\] ")
        self.assertEqual(numbers("SEARCH $"), [])

    def test_server_hears_no_more(self):
        """Promise 4: what the server hears is the same before and after the messages were opened."""
        commands = ["SEARCH KEYWORD $SMIME-Encrypted", "UID SEARCH RETURN (COUNT) OR UNKEYWORD $SMIME-Verified SEEN",
                    "UID SORT (DATE) UTF-8 KEYWORD $SMIME-Invalid", "FETCH 1:* FLAGS", "FETCH 1:2 FLAGS"]
        with Dovecot() as server, Tap(server.port) as tap, Paperknife(
                [{"upstream": f"imap+plaintext://127.0.0.1:{tap.port}"}], self.tables) as service:
            for octets, _, _ in self.messages().values():
                server.deliver(octets)
            heard = []
            for opens in False, True:
                if opens:
                    self.client(server, service).fetch("1:*", "(UID BODY.PEEK[])")
                client = self.client(server, service)
                before = len(tap.recordings[-1].client)
                answers = [client.ok(command) for command in commands]
                sent = bytes(tap.recordings[-1].client[before:])
                heard.append([line.partition(b" ")[2] for line in sent.splitlines()])
                self.assertEqual(b"$SMIME-Encrypted" in b"".join(answers[3]), opens)
                self.assertIn(b"* SEARCH 5 6\r\n" if opens else b"* SEARCH\r\n", answers[0])
            self.assertEqual(*heard)
            self.assertGreater(len(heard[0]), 2 * 3 + 2)

    def test_by_number(self):
        """Keywords are there with the message, though the client never asks for a UID."""
        with Dovecot() as server, Paperknife(
                [{"upstream": f"imap+plaintext://127.0.0.1:{server.port}"}], self.tables) as service:
            kinds = self.messages()
            for octets, _, _ in kinds.values():
                server.deliver(octets)
            for command in "(BODY.PEEK[] FLAGS)", "(FLAGS RFC822.SIZE)", "FLAGS":
                client = self.client(server, service)
                answers = client.fetch("1:*", command)
                for number, (name, (_, _, keywords)) in enumerate(kinds.items(), 1):
                    with self.subTest(name, command=command):
                        self.assertNotIn("UID", answers[number])
                        self.assertEqual(KEYWORDS & set(answers[number]["FLAGS"]), keywords)
            # A message that is none of ours comes as the server sends it.
            with RawClient(server.port) as direct:
                direct.login(server)
                direct.ok("SELECT INBOX")
                client = self.client(server, service)
                self.assertEqual(client.ok("FETCH 8 (FLAGS BODY[])"), direct.ok("FETCH 8 (FLAGS BODY[])"))

    def test_side_by_side(self):
        """ST-07: nothing of one message appears on another, whoever reads, and however numbers move."""
        kinds = [(self.encrypted(CONTENT + b"secret %d\r\n" % n), {"$SMIME-Encrypted"}) if n % 3 else
                 (OUTER + CONTENT + b"secret %d\r\n" % n, set())
                 for n in range(24)]
        failures = []

        def read(*arguments):
            try:
                read_on(*arguments)
            except Exception as error:  # which a thread would keep to itself
                failures.append(error)

        def read_on(service, server, seed):
            chance = random.Random(seed)
            with RawClient(service.port) as client:
                client.login(server)
                client.ok("SELECT INBOX")
                for _ in range(25):
                    items = chance.choice(["(FLAGS BODY.PEEK[] UID)", "(UID FLAGS BODY.PEEK[TEXT])",
                                           "(BODY.PEEK[TEXT]<0.400> FLAGS UID)"])
                    # What has gone meanwhile is a NO.
                    answers = response.fetched(client.command(f"FETCH {chance.randint(1, 12)} {items}"))
                    for answer in answers.values():
                        body = next((v for k, v in answer.items() if k.startswith("BODY")), None)
                        if body is None:  # news of flags
                            continue
                        _, keywords = kinds[answer["UID"] - 1]
                        secret = re.findall(rb"secret (\d+)\r\n", body)
                        if secret != [b"%d" % (answer["UID"] - 1)] or KEYWORDS & set(answer["FLAGS"]) != keywords:
                            failures.append((items, answer))

        with Dovecot() as server, Paperknife(
                [{"upstream": f"imap+plaintext://127.0.0.1:{server.port}"}], self.tables) as service:
            for octets, _ in kinds:
                server.deliver(octets)
            readers = [threading.Thread(target=read, args=(service, server, seed)) for seed in range(4)]
            for reader in readers:
                reader.start()
            with RawClient(server.port) as direct:
                direct.login(server)
                direct.ok("SELECT INBOX")
                for uid in range(1, 12, 2):
                    direct.ok(f"UID STORE {uid} +FLAGS (\\Deleted)")
                    direct.ok("EXPUNGE")
                    time.sleep(0.05)
            for reader in readers:
                reader.join()
        self.assertEqual(failures, [])

    def test_subject_tag(self):
        """ST-04: in every item of the view, and in what `open` gives."""
        with Dovecot() as server, Paperknife(
                [{"upstream": f"imap+plaintext://127.0.0.1:{server.port}"}],
                self.tables + "[present]\nsubject_tag = true\n") as service:
            spoof = OUTER.replace(b"Subject: ", "Subject: Re: =?utf-8?q?[v=D0=B5rified]?= ".encode())
            kinds = {
                "clear": (self.signed("alice", True), "[verified] figures"),
                "sealed": (self.encrypted(CONTENT), "[encrypted] figures"),
                "both": (self.encrypted(self.signed("alice", False, b"")), "[encrypted] [verified] figures"),
                "changed": (self.signed("alice", True).replace(b"the figures.", b"the digits."), "[invalid] figures"),
                "spoof": (self.signed("mallory", True, spoof), "Re: figures"),
                "plain": (spoof + b"\r\nplain\r\n", None),
            }
            for octets, _ in kinds.values():
                server.deliver(octets)
            client = self.client(server, service)
            listed = client.fetch("1:*", "(RFC822.SIZE ENVELOPE BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
            whole = client.fetch("1:*", "(BODY.PEEK[])")
            for number, (name, (octets, subject)) in enumerate(kinds.items(), 1):
                with self.subTest(name):
                    view = whole[number]["BODY[]"]
                    self.assertEqual(listed[number]["RFC822.SIZE"], len(view))
                    if subject is None:
                        self.assertEqual(view, octets)
                        continue
                    self.assertEqual(re.findall(rb"(?m)^Subject: (.*)\r$", view), [subject.encode()])
                    self.assertEqual(listed[number]["ENVELOPE"][1], subject.encode())
                    self.assertEqual(listed[number]["BODY[HEADER.FIELDS (SUBJECT)]"], f"Subject: {subject}\r\n\r\n".encode())
                    environment = {**os.environ, "XDG_STATE_HOME": str(service.directory / "state")}
                    opened = subprocess.run([binary(), "open", "-c", service.config], input=octets, env=environment,
                                            stdout=subprocess.PIPE, check=True).stdout
                    self.assertEqual(opened, view)
                    if name == "clear":
                        self.assertEqual(network(openssl("cms", "-verify", "-CAfile", self.home / "ca.crt", octets=view)), CONTENT)

    def test_without_header_or_keywords(self):
        with Dovecot() as server, Paperknife(
                [{"upstream": f"imap+plaintext://127.0.0.1:{server.port}"}],
                self.tables + "[present]\nheader = false\nkeywords = false\n") as service:
            octets = self.signed("alice", True)
            server.deliver(octets)
            server.deliver(self.encrypted(CONTENT))
            client = self.client(server, service)
            answers = client.fetch("1:2", "(FLAGS BODY.PEEK[])")
            self.assertEqual(answers[1]["BODY[]"], octets)
            self.assertNotIn(b"X-Paperknife", answers[2]["BODY[]"])
            self.assertIn(b"the figures", answers[2]["BODY[]"])
            self.assertFalse(KEYWORDS & set(answers[2]["FLAGS"]))
            # Whoever put them on the server's messages does not get them past us here either (ST-01).
            with RawClient(server.port) as direct:
                direct.login(server)
                direct.ok("SELECT INBOX")
                direct.ok("STORE 1 +FLAGS ($SMIME-Verified)")
            another = self.client(server, service)
            self.assertFalse(KEYWORDS & set(another.fetch("1", "(FLAGS)")[1]["FLAGS"]))
            self.assertNotIn(b"$SMIME", bytes(another.received))
            found, = (line for line in another.ok("SEARCH KEYWORD $SMIME-Verified") if line.startswith(b"* SEARCH"))
            self.assertEqual(found, b"* SEARCH\r\n")


if __name__ == "__main__":
    unittest.main(verbosity=2)
