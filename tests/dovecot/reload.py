#!/usr/bin/env python3
"""The service's life: starting, accounts, a changed configuration, ending."""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

import messages
from client import RawClient
from server import Dovecot, free_ports
from service import Paperknife, binary

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TEXT = b"Content-Type: text/plain\r\n\r\nfor the reader only\r\n"


class Life(unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(Dovecot(users={"alice": "wonderland", "bobby": "builder"}))
        for user in self.server.users:
            self.server.deliver(messages.wrap(messages.encrypt(TEXT)), user)
        self.upstream = {"upstream": f"imap+plaintext://127.0.0.1:{self.server.port}"}

    def session(self, port, user="alice"):
        client = self.enterContext(RawClient(port))
        client.ok(f"LOGIN {user} {self.server.users[user]}")
        client.ok("SELECT INBOX")
        return client

    def opens(self, client):
        return b"for the reader only" in client.fetch("1", "BODY.PEEK[]")[1]["BODY[]"]

    def wait_for_stderr(self, service, pattern):
        until = time.monotonic() + 20
        while not re.search(pattern, service.stderr()):
            if time.monotonic() > until:
                self.fail(f"no {pattern!r} in:\n{service.output()}")
            time.sleep(0.02)

    def test_it_says_where_each_account_listens(self):
        with Paperknife([self.upstream | {"name": "home"}, self.upstream | {"name": "work"}],
                        messages.keystore()) as service:
            lines = [line for line in service.output().splitlines() if "listening on" in line]
            self.assertEqual(lines, [f"{name}: listening on 127.0.0.1:{service.ports[name]}"
                                     for name in ("home", "work")])
            self.assertNotEqual(service.ports["home"], service.ports["work"])
            for name, user in (("home", "alice"), ("work", "bobby")):
                self.assertTrue(self.opens(self.session(service.ports[name], user)))

    def test_it_ends_in_time_with_sessions_open(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            service = Paperknife([self.upstream], messages.keystore()).start()
            clients = [self.session(service.port) for _ in range(3)]
            clients[0].send(b"i IDLE\r\n")
            clients[0].line()
            clients[1].send(b"f FETCH 1 BODY")  # in the middle of a command
            service.process.send_signal(number)
            self.assertEqual(service.process.wait(5), 0)
            for client in clients:
                client.rest()
            service.stop()

    def test_a_port_in_use_is_an_error_that_says_so(self):
        taken = self.server.imaps_port
        service = Paperknife([self.upstream | {"listen": f"127.0.0.1:{taken}"}])
        service.launch()
        # Not 2: the port may be free later, so that a service manager should try again.
        self.assertEqual(service.process.wait(10), 1)
        self.assertIn(str(taken), service.stderr())
        service.stop(check=False)

    def test_a_wrong_configuration_is_an_error_with_file_line_and_key(self):
        service = Paperknife([self.upstream], "[decrypt]\nenabeld = true\n")
        service.launch()
        self.assertEqual(service.process.wait(10), 2)
        for word in ("config.toml", "enabeld", "enabled"):
            self.assertIn(word, service.stderr())
        line = service.config.read_text().splitlines().index("enabeld = true") + 1
        self.assertRegex(service.stderr(), rf"\b{line}\b")
        service.stop(check=False)

    def test_a_changed_configuration_is_taken_over_and_sessions_live_on(self):
        ports = free_ports(2)
        first, second = ({"name": f"account{port}", "listen": f"127.0.0.1:{port}", **self.upstream}
                         for port in ports)
        with Paperknife([first], messages.keystore()) as service:
            old = self.session(ports[0])
            self.assertTrue(self.opens(old))
            # Nothing is opened any more, and there is a second account.
            service.configure(messages.keystore() + "[decrypt]\nenabled = false\n", [first, second])
            service.hang_up()
            service.wait_for(f"^{second['name']}: listening on 127.0.0.1:{ports[1]}$")
            self.assertTrue(self.opens(old))
            self.assertFalse(self.opens(self.session(ports[0])))
            self.assertFalse(self.opens(self.session(ports[1], "bobby")))
            # The first account goes; its session stays.
            service.configure(messages.keystore(), [second])
            service.hang_up()
            self.assertTrue(self.eventually(lambda: self.opens(self.session(ports[1]))))
            self.assertTrue(self.opens(old))
            self.assertTrue(self.eventually(lambda: self.refuses(ports[0])))
            old.ok("LOGOUT")
            # It comes back.
            service.configure(messages.keystore(), [first, second])
            service.hang_up()
            self.assertTrue(self.eventually(lambda: not self.refuses(ports[0])))
            self.assertTrue(self.opens(self.session(ports[0])))

    def test_a_broken_edit_changes_nothing(self):
        port, = free_ports(1)
        account = {"listen": f"127.0.0.1:{port}", **self.upstream}
        with Paperknife([account], messages.keystore()) as service:
            old = self.session(port)
            good = service.config.read_text()
            for number, broken in enumerate((
                    good + "[decrypt]\nenabled = maybe\n", good.replace("[keystore]", "[keystroe]"),
                    good.replace("unlock", "lock"), "", good + '[log]\nlevel = "loud"\n',
                    good.replace('/keys"', '/nowhere"'), good.replace("imap+plaintext", "gopher")), 1):
                with self.subTest(broken):
                    service.config.write_text(broken)
                    service.hang_up()
                    self.wait_for_stderr(
                        service, f"(?s)(configuration not changed.*){{{number}}}")
                    self.assertTrue(self.opens(old))
                    self.assertTrue(self.opens(self.session(port)))
            service.config.write_text(good + '[log]\nlevell = "loud"\nlouder = 1\n')
            service.hang_up()
            self.wait_for_stderr(service, r"configuration not changed: .*levell: .*\n.*configuration not changed: .*louder: ")
            service.config.write_text(good + "[decrypt]\nenabled = false\n")
            service.hang_up()
            self.assertTrue(self.eventually(lambda: not self.opens(self.session(port))))

    def test_a_new_key_is_found_when_the_configuration_is_read_again(self):
        with tempfile.TemporaryDirectory() as keys:
            tables = f'[keystore]\ndirectory = "{keys}"\n'
            port, = free_ports(1)
            with Paperknife([{"listen": f"127.0.0.1:{port}", **self.upstream}], tables) as service:
                self.assertFalse(self.opens(self.session(port)))
                shutil.copy(messages.directory() / "keys-pem" / "alice.pem", keys)
                service.hang_up()
                self.assertTrue(self.eventually(lambda: self.opens(self.session(port))))

    def test_hanging_up_often_does_no_harm(self):
        port, = free_ports(1)
        with Paperknife([{"listen": f"127.0.0.1:{port}", **self.upstream}],
                        messages.keystore()) as service:
            for _ in range(20):
                client = self.session(port)
                service.hang_up()
                self.assertTrue(self.opens(client))

    @staticmethod
    def eventually(condition):
        until = time.monotonic() + 20
        while time.monotonic() < until:
            if condition():
                return True
            time.sleep(0.05)
        return False

    @staticmethod
    def refuses(port):
        try:
            RawClient(port, timeout=5).close()
        except OSError:
            return True
        return False


class Unit(unittest.TestCase):
    @unittest.skipUnless(shutil.which("systemd-analyze"), "systemd is not installed")
    def test_the_user_unit_is_sound(self):
        text = (ROOT / "examples" / "paperknife.service").read_text()
        with tempfile.TemporaryDirectory() as directory:
            unit = pathlib.Path(directory) / "paperknife.service"
            unit.write_text(text.replace("ExecStart=paperknife", f"ExecStart={binary()}"))
            done = subprocess.run(
                ["systemd-analyze", "--user", "--man=no", "--recursive-errors=no", "verify",
                 str(unit)], capture_output=True, text=True,
                env={**os.environ, "XDG_RUNTIME_DIR": directory})
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
