#!/usr/bin/env python3
"""The server's side of TLS: who is trusted, who is not, and that nothing is said before (TLS-01 to TLS-03, IMAP-07).

The servers here are Python's ssl module and sockets, with certificates made by openssl; each says what a wrong, hostile or
broken server would.
"""

import os
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "dovecot"))

from service import Paperknife  # noqa: E402


def openssl(*arguments, text=None):
    subprocess.run(["openssl", *arguments], check=True, capture_output=True, input=text)


class Pki:
    """An authority, and one certificate for each way in which one can be right or wrong."""

    CASES = {
        "good": ("DNS:localhost,IP:127.0.0.1", []),
        "name_only": ("DNS:localhost", []),
        "other_name": ("DNS:elsewhere.example", []),
        "other_address": ("IP:127.0.0.2", []),
        "no_names": (None, []),
        "expired": ("DNS:localhost,IP:127.0.0.1", ["-days", "-1"]),
    }

    def __init__(self, directory):
        self.directory = directory
        self.authority("ca")
        self.authority("stranger")
        for name, (names, days) in self.CASES.items():
            self.certificate(name, names, days, "ca")
        self.certificate("untrusted", "DNS:localhost,IP:127.0.0.1", [], "stranger")
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                "-keyout", self.path("self_signed.key"), "-out", self.path("self_signed.crt"))

    def path(self, name):
        return str(self.directory / name)

    def authority(self, name):
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}",
                "-keyout", self.path(name + ".key"), "-out", self.path(name + ".crt"))

    def certificate(self, name, names, days, authority):
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}",
                "-keyout", self.path(name + ".key"), "-out", self.path(name + ".csr"))
        extensions = self.directory / (name + ".ext")
        extensions.write_text("basicConstraints=CA:FALSE\n" + (f"subjectAltName={names}\n" if names else ""))
        sign = ["x509", "-req", "-in", self.path(name + ".csr"), "-CA", self.path(authority + ".crt"),
                "-CAkey", self.path(authority + ".key"), "-set_serial", "7", "-extfile", str(extensions),
                "-out", self.path(name + ".crt")]
        try:
            openssl(*sign, *(days or ["-days", "2"]))
        except subprocess.CalledProcessError:  # OpenSSL 3.5 takes no days before today
            openssl(*sign, "-not_before", "20200101000000Z", "-not_after", "20200102000000Z")


class Server:
    """Accepts one connection after the other and lets play() talk; keeps what it received."""

    def __init__(self, play):
        self.play = play
        self.received = b""
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(5)
                try:
                    self.play(self, connection)
                except (OSError, ssl.SSLError):
                    pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()

    def read(self, connection):
        octets = connection.recv(65536)
        self.received += octets
        return octets


def tls_context(pki, name, newest=None, protocols=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pki.path(name + ".crt"), pki.path(name + ".key"))
    if newest:
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = newest
        context.set_ciphers("ALL:@SECLEVEL=0")
        # Python's servers choose by their own taste, and would choose PSS, which Mbed TLS 3.6 takes
        # from no TLS 1.2 server (proxy/tls.cpp). Most servers choose by the client's.
        context.options &= ~ssl.OP_CIPHER_SERVER_PREFERENCE
    if protocols:
        context.set_alpn_protocols(protocols)
    return context


def serve(server, tls, greeting=b"* OK [CAPABILITY IMAP4rev1] hello\r\n"):
    """A few words of IMAP over TLS."""
    tls.sendall(greeting)
    while line := server.read(tls):
        tls.sendall(line.split()[0] + b" OK done\r\n")


class Tls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.pki = Pki(pathlib.Path(cls.temporary.name))

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def ask(self, play, scheme="imaps", host="localhost"):
        """What a client of paperknife before this server gets: its first line, what one command says, and what the server received."""
        with Server(play) as server, Paperknife([{
                "upstream": f"{scheme}://{host}:{server.port}", "connect_timeout": 10,
                "ca_file": self.pki.path("ca.crt")}]) as service:
            with socket.create_connection(("127.0.0.1", service.port), timeout=15) as client:
                stream = client.makefile("rb")
                greeting = stream.readline()
                answer = b""
                if greeting.startswith(b"* OK"):
                    client.sendall(b"a LOGIN secret-user secret-password\r\n")
                    answer = stream.readline()
            return greeting, answer, server.received

    def imaps(self, certificate, **options):
        context = tls_context(self.pki, certificate, **options)

        def play(server, connection):
            with context.wrap_socket(connection, server_side=True) as tls:
                serve(server, tls)
        return play

    def start_tls(self, certificate, greeting=b"* OK hello\r\n", answer=b"S1 OK begin\r\n", behind=b""):
        context = tls_context(self.pki, certificate)

        def play(server, connection):
            connection.sendall(greeting)
            server.read(connection)
            connection.sendall(answer + behind)
            with context.wrap_socket(connection, server_side=True) as tls:
                serve(server, tls, b"")
        return play

    def assert_refused(self, result, words):
        greeting, _, received = result
        self.assertTrue(greeting.startswith(b"* BYE paperknife: "), greeting)
        self.assertIn(words, greeting)
        self.assertNotIn(b"secret", received)

    def test_a_trusted_server_is_used_by_name_and_by_address(self):
        for host in ("localhost", "127.0.0.1"):
            for certificate, works in (("good", True), ("name_only", host == "localhost")):
                with self.subTest(host=host, certificate=certificate):
                    result = self.ask(self.imaps(certificate), host=host)
                    if works:
                        self.assertEqual(result[1], b"a OK done\r\n")
                    else:
                        self.assert_refused(result, b"is for another name")

    def test_a_server_that_can_not_be_trusted_gets_nothing(self):
        for certificate, words in (("other_name", b"is for another name"), ("no_names", b"is for another name"),
                                   ("expired", b"has expired"), ("untrusted", b"not signed by an authority"),
                                   ("self_signed", b"not signed by an authority")):
            with self.subTest(certificate=certificate):
                self.assert_refused(self.ask(self.imaps(certificate)), words)
                self.assert_refused(self.ask(self.start_tls(certificate), scheme="imap"), words)
        with self.subTest(certificate="other_address"):
            self.assert_refused(self.ask(self.imaps("other_address"), host="127.0.0.1"), b"is for another name")

    def test_old_tls_is_refused(self):
        for newest in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
            with self.subTest(newest=newest):
                self.assert_refused(self.ask(self.imaps("good", newest=newest)), b"TLS")

    def test_tls_1_2_and_alpn_imap(self):
        self.assertEqual(self.ask(self.imaps("good", newest=ssl.TLSVersion.TLSv1_2))[1], b"a OK done\r\n")
        self.assertEqual(self.ask(self.imaps("good", protocols=["imap"]))[1], b"a OK done\r\n")

    def test_start_tls(self):
        greeting, answer, received = self.ask(self.start_tls("good"), scheme="imap")
        self.assertTrue(greeting.startswith(b"* OK "))
        self.assertNotIn(b"hello", greeting, "what was said before TLS may be anybody's")
        self.assertEqual(answer, b"a OK done\r\n")
        self.assertTrue(received.startswith(b"S1 STARTTLS\r\n"))

    def test_start_tls_is_not_to_be_talked_out_of(self):
        for what, options, words in (
                ("preauth", {"greeting": b"* PREAUTH hello\r\n"}, b"does not let TLS begin"),
                ("bye", {"greeting": b"* BYE go to [REFERRAL imap://evil/] \r\n"}, b"does not let TLS begin"),
                ("no", {"answer": b"S1 NO not now\r\n"}, b"does not offer STARTTLS"),
                ("bad", {"answer": b"S1 BAD what\r\n"}, b"does not offer STARTTLS"),
                ("injection", {"behind": b"* CAPABILITY IMAP4rev1 LOGIN\r\n"}, b"between STARTTLS and TLS"),
                ("half a line", {"behind": b"x"}, b"between STARTTLS and TLS"),
                ("no IMAP", {"greeting": b"220 smtp hello\r\n"}, b"is not IMAP"),
                ("endless", {"greeting": b"* OK " + b"x" * 100000}, b"has no end")):
            with self.subTest(what):
                self.assert_refused(self.ask(self.start_tls("good", **options), scheme="imap"), words)

    def test_a_connection_that_is_cut_is_no_end_of_a_message(self):
        context = tls_context(self.pki, "good")

        def play(server, connection):
            with context.wrap_socket(connection, server_side=True) as tls:
                tls.sendall(b"* OK hello\r\n")
                server.read(tls)
                tls.sendall(b"* 1 FETCH (BODY[] {100}\r\nSubject: x\r\n")
                # Closed by the system, without TLS saying so: an attacker on the way can do that.
                os.close(tls.detach())

        with Server(play) as server, Paperknife([{
                "upstream": f"imaps://localhost:{server.port}", "ca_file": self.pki.path("ca.crt")}]) as service:
            with socket.create_connection(("127.0.0.1", service.port), timeout=15) as client:
                client.sendall(b"a NOOP\r\n")
                said = client.makefile("rb").read()
            self.assertIn(b"{100}", said)
            self.assertNotIn(b")\r\n", said)
            self.assertIn("without a TLS closure", service.stderr())

    def test_what_came_before_the_cut_is_not_lost(self):
        context = tls_context(self.pki, "good")
        answer = b"* BYE " + b"x" * 300000 + b"\r\na OK bye\r\n"

        def play(server, connection):
            with context.wrap_socket(connection, server_side=True) as tls:
                tls.sendall(b"* OK hello\r\n")
                server.read(tls)
                tls.sendall(answer)
                os.close(tls.detach())

        with Server(play) as server, Paperknife([{
                "upstream": f"imaps://localhost:{server.port}", "ca_file": self.pki.path("ca.crt")}]) as service:
            with socket.socket() as client:
                client.settimeout(15)
                client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                client.connect(("127.0.0.1", service.port))
                client.sendall(b"a LOGOUT\r\n")
                time.sleep(1)  # the connection to the server has long been cut
                self.assertTrue(client.makefile("rb").read().endswith(answer))

    def test_a_server_that_talks_without_end_before_tls_is_left(self):
        def play(server, connection):
            while True:
                connection.sendall(b"* OK still here\r\n" * 4000)

        self.assert_refused(self.ask(play, scheme="imap"), b"has no end")

    def test_a_server_that_is_silent_or_gone_is_said_to_be(self):
        with Paperknife([{"upstream": "imaps://localhost:1", "ca_file": self.pki.path("ca.crt")}]) as service:
            with socket.create_connection(("127.0.0.1", service.port), timeout=15) as client:
                self.assertIn(b"* BYE paperknife: the server localhost:1 can't be used: Connection refused",
                              client.makefile("rb").read())
        with Server(lambda server, connection: server.read(connection) and server.read(connection)) as server, \
                Paperknife([{"upstream": f"imaps://localhost:{server.port}", "connect_timeout": 1,
                             "ca_file": self.pki.path("ca.crt")}]) as service:
            with socket.create_connection(("127.0.0.1", service.port), timeout=15) as client:
                self.assertIn(b"* BYE paperknife: ", client.makefile("rb").read())

    def test_each_step_towards_the_server_has_its_end(self):
        """REL-03: TLS, greeting and STARTTLS all count towards connect_timeout, and so do octets that drip."""
        context = tls_context(self.pki, "good")

        def no_greeting(server, connection):
            with context.wrap_socket(connection, server_side=True) as tls:
                server.read(tls)

        def dripping_greeting(server, connection):
            with context.wrap_socket(connection, server_side=True) as tls:
                for octet in b"* OK " + b"x" * 100:
                    tls.sendall(bytes([octet]))
                    time.sleep(0.1)

        def dripping_tls(server, connection):
            for octet in b"\x16\x03\x03\x00\x7a" + bytes(100):
                connection.sendall(bytes([octet]))
                time.sleep(0.1)

        def no_answer_to_starttls(server, connection):
            connection.sendall(b"* OK hello\r\n")
            server.read(connection)
            server.read(connection)

        for scheme, play in (("imaps", no_greeting), ("imaps", dripping_greeting), ("imaps", dripping_tls), ("imap", no_answer_to_starttls)):
            with self.subTest(play.__name__), Server(play) as server, Paperknife([{
                    "upstream": f"{scheme}://localhost:{server.port}", "connect_timeout": 1, "ca_file": self.pki.path("ca.crt")}]) as service:
                start = time.monotonic()
                with socket.create_connection(("127.0.0.1", service.port), timeout=15) as client:
                    self.assertRegex(client.makefile("rb").read(), rb"^\* BYE paperknife: the server localhost:\d+ can't be used: no answer in time")
                self.assertLess(time.monotonic() - start, 5)

    def test_a_session_on_which_nobody_speaks_ends(self):
        with Server(self.imaps("good")) as server, Paperknife([{
                "upstream": f"imaps://localhost:{server.port}", "idle_timeout": 1, "ca_file": self.pki.path("ca.crt")}]) as service:
            with socket.create_connection(("127.0.0.1", service.port), timeout=15) as client:
                stream = client.makefile("rb")
                stream.readline()
                client.sendall(b"a LOGIN u p\r\n")
                stream.readline()
                self.assertEqual(stream.read(), b"")
            self.assertIn("neither side has said anything", service.stderr())


if __name__ == "__main__":
    unittest.main()
