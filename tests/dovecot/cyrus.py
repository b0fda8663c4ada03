#!/usr/bin/env python3
"""Cyrus behind paperknife: OBJECTID, and another server's ways with BINARY and PREVIEW.

Dovecot 2.3 knows no EMAILID. Cyrus must be started as root, and gives its rights up by itself. Its package can't
be installed beside Dovecot's, so this is run by hand:

    apt-get install --no-install-recommends cyrus-common sasl2-bin libsasl2-modules
    apt-get download cyrus-imapd && dpkg-deb -x cyrus-imapd_*.deb cyrus
    CYRUS_IMAPD=cyrus/usr/lib/cyrus/bin/imapd PAPERKNIFE=build/proxy/paperknife python3 tests/dovecot/cyrus.py
"""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
import unittest

import messages
from client import RawClient
from server import StartError, die_with_parent, free_ports
from service import Paperknife

MASTER = shutil.which("cyrmaster", path=os.environ.get("PATH", "") + ":/usr/sbin")
IMAPD = pathlib.Path(os.environ.get("CYRUS_IMAPD", "/usr/lib/cyrus/bin/imapd")).resolve()

CONFIG = """
configdirectory: {base}/conf
partition-default: {base}/spool
defaultpartition: default
servername: localhost
unixhierarchysep: yes
allowplaintext: yes
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: {base}/sasldb2
sasl_mech_list: PLAIN LOGIN
autocreate_quota: 0
conversations: yes
idlesocket: {base}/conf/idle
notifysocket: {base}/conf/notify
lmtpsocket: {base}/conf/lmtp
"""

SERVICES = """
START {{
  recover cmd="/usr/lib/cyrus/bin/ctl_cyrusdb -C {base}/imapd.conf -r"
}}
SERVICES {{
  imap cmd="{imapd} -C {base}/imapd.conf" listen="127.0.0.1:{port}" prefork=1 maxchild=20
}}
"""


class Cyrus:
    """A private Cyrus on loopback with one user, whose INBOX is made when he logs in."""

    user, password = "alice", "wonderland"

    def __enter__(self):
        self.base = pathlib.Path(tempfile.mkdtemp(prefix="cyr-", dir="/tmp"))
        self.port, = free_ports(1)
        for name in ("db", "proc", "socket", "log", "lock", "user", "quota", "msg", "ptclient"):
            (self.base / "conf" / name).mkdir(parents=True)
        (self.base / "spool").mkdir()
        (self.base / "imapd.conf").write_text(CONFIG.format(base=self.base))
        (self.base / "cyrus.conf").write_text(
            SERVICES.format(base=self.base, port=self.port, imapd=IMAPD))
        subprocess.run(["saslpasswd2", "-p", "-c", "-f", self.base / "sasldb2", "-u", "localhost", self.user],
                       input=self.password.encode(), check=True)
        subprocess.run(["chown", "-R", "cyrus:mail", self.base], check=True)
        with open(self.base / "master.log", "wb") as log:
            self.process = subprocess.Popen(
                [MASTER, "-D", "-C", self.base / "imapd.conf", "-M", self.base / "cyrus.conf",
                 "-p", self.base / "master.pid"], stdout=log, stderr=log, preexec_fn=die_with_parent)
        until = time.monotonic() + 30
        while True:
            try:
                RawClient(self.port).close()
                return self
            except OSError:
                if time.monotonic() > until or self.process.poll() is not None:
                    said = (self.base / "master.log").read_text()
                    self.__exit__()
                    raise StartError(f"Cyrus did not start:\n{said}") from None
                time.sleep(0.1)

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.base, ignore_errors=True)


PLAIN = (b"From: bob@example.org\r\nTo: alice@example.org\r\nDate: Mon, 23 Nov 2026 10:00:00 +0000\r\n"
         b"Message-ID: <1@example.org>\r\nSubject: plain\r\n\r\nGood day\r\n")
INSIDE = (b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nhi there\r\n"
          b"--b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8A\r\n"
          b"--b\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\nbegin\r\n--b--\r\n")


@unittest.skipUnless(MASTER and IMAPD.exists() and shutil.which("saslpasswd2") and os.getuid() == 0,
                     "no Cyrus, no saslpasswd2, or not root")
class BehindPaperknife(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Cyrus())
        sealed = messages.encrypt(INSIDE, "-aes-256-gcm")
        cls.direct = cls.client(cls.server.port)
        # The last one does not open: its tag is not the right one.
        for message in (PLAIN, messages.wrap(sealed), messages.wrap(sealed[:-1] + bytes([sealed[-1] ^ 1]))):
            cls.direct.send(b"a APPEND INBOX {%d+}\r\n%b\r\n" % (len(message), message))
            assert b" OK " in cls.direct.until("a")[-1]
        cls.direct.ok("SELECT INBOX")
        cls.service = cls.enterClassContext(Paperknife(
            [{"upstream": f"imap+plaintext://127.0.0.1:{cls.server.port}"}], messages.keystore()))

    @classmethod
    def client(cls, port):
        client = RawClient(port)
        cls.addClassCleanup(client.close)
        client.login(cls.server)
        return client

    def through(self):
        client = self.client(self.service.port)
        client.ok("SELECT INBOX")
        return client

    def email_ids(self, client, items="(EMAILID THREADID)"):
        ids = {}
        for each in client.ok(f"FETCH 1:3 {items}"):
            if found := re.match(rb"(?s)\* (\d+) FETCH .*EMAILID \(([A-Za-z0-9_-]+)\)", each):
                ids[int(found[1])] = found[2].decode()
        return ids

    def test_an_opened_message_has_an_email_id_of_its_own(self):
        first, second = self.through(), self.through()
        ours, theirs = self.email_ids(first), self.email_ids(self.direct)
        self.assertEqual(sorted(ours), [1, 2, 3])
        self.assertEqual((ours[1], ours[3]), (theirs[1], theirs[3]))
        self.assertRegex(ours[2], "^PK[0-9A-F]{16}-" + theirs[2] + "$")
        for items in ("(EMAILID BODY.PEEK[])", "(BODY.PEEK[1] EMAILID)", "(RFC822.SIZE EMAILID)", "(EMAILID)"):
            for client in (first, second):
                self.assertEqual(self.email_ids(client, items), ours, items)

    def test_search_takes_it(self):
        client = self.through()
        ours = self.email_ids(client)
        for key, found in ((f"EMAILID {ours[2]}", b"2"), (f"NOT EMAILID {ours[2]}", b"1 3"),
                           (f"OR EMAILID {ours[1]} EMAILID {ours[2]}", b"1 2"), (f"EMAILID {ours[3]}", b"3")):
            with self.subTest(key):
                self.assertEqual(client.ok(f"SEARCH {key}")[0], b"* SEARCH " + found + b"\r\n")
        self.assertEqual(client.ok(f"SORT (ARRIVAL) UTF-8 EMAILID {ours[2]}")[0], b"* SORT 2\r\n")

    def test_binary_and_preview_are_of_the_view(self):
        client = self.through()
        items = client.fetch("2", "(BINARY.PEEK[2] BINARY.SIZE[2] BINARY.PEEK[1]<0.2> PREVIEW)")[2]
        self.assertEqual(items, {"BINARY[2]": b"hello\0", "BINARY.SIZE[2]": 6, "BINARY[1]<0>": b"hi",
                                 "PREVIEW": b"hi there"})
        *_, tagged = client.command("FETCH 1:2 BINARY.PEEK[3]")
        self.assertIn(b" NO [UNKNOWN-CTE] ", tagged)
        # What the server makes of ordinary messages is the client's, octet for octet.
        for command in ("FETCH 1 (BINARY.PEEK[1] BINARY.SIZE[1])", "FETCH 1 PREVIEW"):
            self.assertEqual(client.ok(command), self.direct.ok(command))


if __name__ == "__main__":
    unittest.main()
