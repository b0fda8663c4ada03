#!/usr/bin/env python3
"""Who may connect, and to what (LOC-03, LOC-05): peers of the same user alone, IMAP alone, for a bounded time and in a bounded
number; local sockets.

Peers of another user need root (as in CI): they are processes that have become nobody. Without it those cases are named as skipped.
"""

import contextlib
import os
import pathlib
import pwd
import re
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import unittest.mock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "dovecot"))

from service import Paperknife, binary, is_sanitized  # noqa: E402

NOBODY = pwd.getpwnam("nobody").pw_uid
AS_NOBODY = {"user": NOBODY, "group": pwd.getpwnam("nobody").pw_gid, "extra_groups": []}
needs_root = unittest.skipUnless(os.getuid() == 0, "only root has a second user at hand")


def has_ipv6():
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        print("skipped: ::1, which this machine does not have", flush=True)
        return False
    return True


LOOPBACKS = [("127.0.0.1:0", "127.0.0.1")] + ([("[::1]:0", "::1")] if has_ipv6() else [])


@contextlib.contextmanager
def another_user(user=NOBODY):
    """Sockets that are made meanwhile are that user's, as those of its processes are."""
    os.seteuid(user)
    try:
        yield
    finally:
        os.seteuid(0)


class Server:
    """A mail server of few words; counts who connects."""

    def __init__(self):
        self.connections = 0
        self.received = b""
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()

    def run(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.talk, args=(connection,), daemon=True).start()

    def talk(self, connection):
        with connection:
            try:
                connection.sendall(b"* OK ready\r\n")
                for line in connection.makefile("rb"):
                    self.received += line
                    connection.sendall(line.split()[0] + b" OK done\r\n")
            except (OSError, IndexError):
                pass


def said_to(host, address):
    """All that somebody gets who connects and says NOOP; of a server that goes on, the greeting."""
    with socket.socket(socket.AF_UNIX if host == "unix" else socket.AF_INET6 if ":" in host else socket.AF_INET) as client:
        client.settimeout(15)
        try:
            client.connect(str(address) if host == "unix" else (host, address))
            client.sendall(b"a NOOP\r\n")
            return client.recv(65536)
        except ConnectionError:
            return b""


def wait_for(what, seconds=10):
    until = time.monotonic() + seconds
    while not (found := what()):
        if time.monotonic() > until:
            return found
        time.sleep(0.02)
    return found


class Peers(unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(Server())

    def service(self, tables="", **keys):
        return self.enterContext(Paperknife(
            [{"upstream": f"imap+plaintext://127.0.0.1:{self.server.port}", **keys}], tables))

    def connect(self, service, timeout=15):
        client = socket.create_connection(("127.0.0.1", service.port), timeout=timeout)
        self.addCleanup(client.close)
        return client

    def test_a_process_of_the_same_user_is_served(self):
        for listen, host in LOOPBACKS:
            service = self.service(listen=listen)
            with socket.create_connection((host, service.port), timeout=15) as client:
                stream = client.makefile("rb")
                self.assertEqual(stream.readline(), b"* OK ready\r\n")
                client.sendall(b"a NOOP\r\n")
                self.assertEqual(stream.readline(), b"a OK done\r\n")

    @unittest.skipIf(len(LOOPBACKS) < 2, "no IPv6 here")
    def test_a_socket_of_ipv6_that_is_connected_to_ipv4_is_known_too(self):
        service = self.service()
        with socket.socket(socket.AF_INET6) as client:  # as Java's are
            client.settimeout(15)
            client.connect(("::ffff:127.0.0.1", service.port))
            self.assertEqual(client.recv(100), b"* OK ready\r\n")

    @needs_root
    def test_a_process_of_another_user_is_closed_before_the_greeting(self):
        for listen, host in LOOPBACKS:
            with self.subTest(host):
                service = self.service(listen=listen)
                with another_user():
                    self.assertEqual(said_to(host, service.port), b"")
                    if len(LOOPBACKS) > 1:
                        self.assertEqual(said_to("::ffff:127.0.0.1" if host == "127.0.0.1" else host, service.port), b"")
                self.assertIn(f"a connection was refused: it is of user {NOBODY}, and only your own may connect", service.stderr())
        self.assertEqual(self.server.connections, 0, "the mail server hears nothing of it")

    @unittest.skipUnless("FAIL_ONCE_LIBRARY" in os.environ and not is_sanitized(), "only with the library, which the sanitizers do not like before them")
    def test_where_the_kernel_can_not_be_asked_its_tables_are_read(self):
        with unittest.mock.patch.dict(os.environ, LD_PRELOAD=os.environ["FAIL_ONCE_LIBRARY"], NO_NETLINK="1"):
            services = [(self.service(listen=listen), host) for listen, host in LOOPBACKS]
        for service, host in services:
            for address in {host, "::ffff:127.0.0.1" if host == "127.0.0.1" and len(LOOPBACKS) > 1 else host}:
                with self.subTest(address):
                    self.assertTrue(said_to(address, service.port).startswith(b"* OK ready\r\n"), service.stderr())
                    if os.getuid() == 0:
                        with another_user():
                            self.assertEqual(said_to(address, service.port), b"")
                        self.assertIn(f"it is of user {NOBODY}", service.stderr())

    @needs_root
    def test_root_is_another_user_too(self):
        with tempfile.TemporaryDirectory() as directory:
            directory = pathlib.Path(directory)
            directory.chmod(0o755)
            config = directory / "config.toml"
            config.write_text(f'[[account]]\nname = "a"\nlisten = "127.0.0.1:0"\nupstream = "imap+plaintext://127.0.0.1:{self.server.port}"\n')
            program = directory / "paperknife"
            program.write_bytes(pathlib.Path(binary()).read_bytes())
            program.chmod(0o755)
            state = directory / "state"
            state.mkdir()
            os.chown(state, NOBODY, -1)
            with subprocess.Popen([program, "run", "-c", config], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd="/",
                                  env={**os.environ, "XDG_STATE_HOME": str(state), "HOME": str(state)}, **AS_NOBODY) as process:
                port = int(process.stdout.readline().rsplit(":", 1)[1])
                self.assertEqual(said_to("127.0.0.1", port), b"")
                with another_user():
                    self.assertTrue(said_to("127.0.0.1", port).startswith(b"* OK ready\r\n"))
                process.terminate()
                self.assertIn("it is of user 0", process.stderr.read())

    @needs_root
    def test_any_local_user_lets_others_in(self):
        service = self.service(any_local_user=True)
        with another_user():
            self.assertTrue(said_to("127.0.0.1", service.port).startswith(b"* OK ready\r\n"))

    def test_who_has_closed_already_is_not_taken_for_root(self):
        service = self.service()
        for _ in range(20):
            with socket.create_connection(("127.0.0.1", service.port), timeout=15) as client:
                client.sendall(b"a LOGIN u p\r\n")
        # Some of them were looked at in time, and served; whose the others were nobody knows.
        self.assertTrue(wait_for(lambda: self.server.connections + service.stderr().count("can't be known") >= 20),
                        service.stderr())

    def test_what_is_not_imap_is_dropped_and_said_to_be(self):
        service = self.service()
        for octets, words in (
                (b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "it spoke HTTP"),
                (b"POST /a HTTP/1.1\r\nHost: localhost\r\n\r\na LOGIN evil-user evil\r\n", "it spoke HTTP"),
                (b"CONNECT localhost:993 HTTP/1.1\r\n\r\n", "it spoke HTTP"),
                (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "it spoke HTTP"),
                (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "it began TLS"),
                (b"SSH-2.0-OpenSSH_9.2\r\n", "it spoke SSH"),
                (b"EHLO [127.0.0.1]\r\n", "no IMAP command"),
                (b"\r\n\r\n", "no IMAP command"),
                (b"\x00" * 100, "no IMAP command"),
                (b"a" * 5000, "no IMAP command"),
                (b"a 1234\r\n", "no IMAP command")):
            with self.subTest(octets[:20]):
                client = self.connect(service)
                client.sendall(octets)
                said = b""
                try:
                    while more := client.recv(65536):
                        said += more
                except ConnectionResetError:
                    pass
                self.assertIn(said, (b"", b"* OK ready\r\n"), "nothing is echoed")
                self.assertTrue(wait_for(lambda: words in service.stderr().rsplit("the client was dropped", 1)[-1]), service.stderr())
        self.assertEqual(self.server.received, b"", "nothing of it is for the mail server")
        self.assertNotIn("evil", service.stderr())

    def test_imap_in_pieces_is_not_dropped(self):
        service = self.service()
        client = self.connect(service)
        stream = client.makefile("rb")
        stream.readline()
        for octet in b"tag.1 noop\r\n":
            client.sendall(bytes([octet]))
            time.sleep(0.005)
        self.assertEqual(stream.readline(), b"tag.1 OK done\r\n")

    def test_who_does_not_log_in_is_left(self):
        service = self.service(login_timeout=1)
        idle, busy, user = self.connect(service), self.connect(service), self.connect(service)
        stream = user.makefile("rb")
        stream.readline()
        user.sendall(b"a LOGIN u p\r\n")
        self.assertEqual(stream.readline(), b"a OK done\r\n")
        until = time.monotonic() + 10
        ended = False
        while not ended and time.monotonic() < until:
            try:
                busy.sendall(b"a NOOP\r\n")  # being busy is not logging in
                ended = not busy.recv(65536)
            except ConnectionError:
                ended = True
            time.sleep(0.05)
        self.assertTrue(ended)
        self.assertEqual(idle.makefile("rb").read(), b"* OK ready\r\n")
        user.sendall(b"b NOOP\r\n")
        self.assertEqual(stream.readline(), b"b OK done\r\n")
        self.assertIn("nobody has logged in", service.stderr())

    def test_connections_are_bounded(self):
        service = self.service(max_connections=2)
        first, second = self.connect(service), self.connect(service)
        for client in first, second:
            stream = client.makefile("rb")
            stream.readline()
            client.sendall(b"a LOGIN u p\r\n")
            self.assertEqual(stream.readline(), b"a OK done\r\n")
        self.assertEqual(self.connect(service).makefile("rb").read(), b"* BYE Too many connections.\r\n")
        first.close()
        self.assertTrue(wait_for(lambda: self.connect(service).recv(100) == b"* OK ready\r\n"))

    def test_a_local_socket(self):
        with tempfile.TemporaryDirectory(prefix="pk-", dir="/tmp") as directory:
            path = pathlib.Path(directory) / "imap.sock"
            service = self.service(listen=f"unix:{path}")
            about = path.stat()
            self.assertTrue(stat.S_ISSOCK(about.st_mode))
            self.assertEqual(stat.S_IMODE(about.st_mode), 0o600)
            self.assertIn(f"account0: listening on unix:{path}", service.output())
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(15)
                client.connect(str(path))
                stream = client.makefile("rb")
                self.assertEqual(stream.readline(), b"* OK ready\r\n")
                client.sendall(b"a NOOP\r\n")
                self.assertEqual(stream.readline(), b"a OK done\r\n")
            with self.subTest("a second paperknife does not take it"):
                second = Paperknife([{"upstream": f"imap+plaintext://127.0.0.1:{self.server.port}", "listen": f"unix:{path}"}])
                second.launch()
                self.assertNotEqual(second.process.wait(20), 0)
                self.assertIn("somebody listens there", second.stderr())
                second.stop(check=False)
                self.assertTrue(path.exists())
            with self.subTest("another user, even where the mode lets it"):
                if os.getuid() == 0:
                    path.parent.chmod(0o755)
                    path.chmod(0o666)
                    with another_user():
                        self.assertEqual(said_to("unix", path), b"")
                    self.assertIn(f"it is of user {NOBODY}", service.stderr())
            service.stop()
            self.assertFalse(path.exists(), "removed at the end")

    def test_what_a_dead_process_left_is_replaced_and_nothing_else(self):
        with tempfile.TemporaryDirectory(prefix="pk-", dir="/tmp") as directory:
            path = pathlib.Path(directory) / "imap.sock"
            service = Paperknife([{"upstream": f"imap+plaintext://127.0.0.1:{self.server.port}", "listen": f"unix:{path}"}]).start()
            service.process.kill()
            service.process.wait()
            service.stop(check=False)
            self.assertTrue(path.exists())
            service = self.service(listen=f"unix:{path}")
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(15)
                client.connect(str(path))
                self.assertEqual(client.recv(100), b"* OK ready\r\n")
            path.unlink()
            path.write_text("a letter")
            service.stop()
            self.assertEqual(path.read_text(), "a letter", "what has been put in its place stays")
            refused = Paperknife([{"upstream": f"imap+plaintext://127.0.0.1:{self.server.port}", "listen": f"unix:{path}"}])
            refused.launch()
            self.assertNotEqual(refused.process.wait(20), 0)
            self.assertIn("there is a file of that name", refused.stderr())
            refused.stop(check=False)
            self.assertEqual(path.read_text(), "a letter")

    def test_paths_that_are_relative_or_too_long(self):
        service = Paperknife([{"upstream": f"imap+plaintext://127.0.0.1:{self.server.port}", "listen": "unix:near.sock"}]).start()
        self.assertTrue((service.directory / "near.sock").exists())
        service.stop()
        refused = Paperknife([{"upstream": f"imap+plaintext://127.0.0.1:{self.server.port}", "listen": "unix:" + "x" * 120}])
        refused.launch()
        self.assertEqual(refused.process.wait(20), 2)
        self.assertRegex(refused.stderr(), r"config.toml:3:10: account.listen: the socket's path has \d+ octets, 107 are possible")
        refused.stop(check=False)

    @unittest.skipUnless(pathlib.Path("/usr/bin/ss").exists() or pathlib.Path("/bin/ss").exists(), "no ss to look with")
    def test_a_server_that_may_have_vanished_is_asked_after(self):
        service = self.service()
        client = self.connect(service)
        client.recv(100)
        shown = subprocess.run(["ss", "-tnoH", f"( dport = :{self.server.port} )"], capture_output=True, text=True).stdout
        timers = re.findall(r"timer:\(keepalive,(\d+)(min|sec)", shown)
        self.assertEqual(len(timers), 1, shown)
        for number, unit in timers:
            self.assertLessEqual(int(number) * (60 if unit == "min" else 1), 120, shown)


if __name__ == "__main__":
    unittest.main()
