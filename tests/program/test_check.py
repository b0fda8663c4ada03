"""paperknife check: what is wrong, and how to mend it."""

import pathlib
import socket
import tempfile
import threading
import unittest

from program import Home, Owner


def setUpModule():
    global directory, alice, weak
    directory = tempfile.TemporaryDirectory()
    alice = Owner(pathlib.Path(directory.name), "alice")
    weak = Owner(pathlib.Path(directory.name), "weak", bits=1024)


def tearDownModule():
    directory.cleanup()


class Greeter:
    """A server that greets whoever connects, and says no more."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._greet, daemon=True).start()

    def _greet(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            with client:
                client.sendall(b"* OK ready\r\n")
                client.recv(4096)


class Check(unittest.TestCase):
    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.remove)
        greeter = Greeter()
        self.addCleanup(greeter.listener.close)
        self.account = self.account_at(greeter.port)
        self.home.write("keys/alice.pem", alice.pem("secret"))
        self.home.write("passphrase", "secret")
        self.unlock = '{ file = "passphrase" }'

    @staticmethod
    def account_at(port, more=""):
        return (f'[[account]]\nname = "work"\nlisten = "127.0.0.1:0"\n'
                f'upstream = "imap+plaintext://127.0.0.1:{port}"\n{more}')

    def check(self, status, text=None, unlock=None):
        """Checks a configuration; gives the lines as (kind, text)."""
        self.home.configure(self.account if text is None else text, unlock or self.unlock)
        done = self.home.run("check")
        self.assertEqual((done.returncode, done.stderr), (status, b""), done)
        lines = done.stdout.decode().splitlines()
        if status == 1:
            self.assertRegex(lines.pop(), r"^\d+ problems?$")
        found = [tuple(line.split(maxsplit=1)) for line in lines]
        self.assertLessEqual({kind for kind, _ in found}, {"ok", "note", "problem"})
        self.assertEqual(status, int("problem" in [kind for kind, _ in found]))
        return found

    def assert_says(self, found, kind, *texts):
        for line_kind, line in found:
            if line_kind == kind and all(text in line for text in texts):
                return
        self.fail(f"no {kind} with {texts} in {found}")

    def test_all_is_well(self):
        found = self.check(0)
        self.assert_says(found, "ok", "config.toml: accounts: 1")
        self.assert_says(found, "ok", "alice.pem: alice@example.org, rsa 2048 bits, until 20")
        self.assert_says(found, "ok", "account work: the server 127.0.0.1 greets, without TLS")
        self.assertTrue(any("library: Mbed TLS" in line for _, line in found))

    def test_a_key_without_passphrase_is_noted(self):
        self.home.write("keys/alice.pem", alice.pem())
        self.assert_says(self.check(0), "note", "alice.pem: its private key has no passphrase", "openssl pkcs8")

    def test_a_weak_key_is_noted(self):
        self.home.write("keys/weak.pem", weak.pem("secret"))
        self.assert_says(self.check(0), "note", "weak.pem", "1024 bits")

    def test_an_expired_certificate_is_noted(self):
        old = Owner(pathlib.Path(directory.name), "old", expired=True)
        self.home.write("keys/old.pem", old.pem("secret"))
        self.assert_says(self.check(0), "note", "old.pem", "has expired")

    def test_a_file_that_can_not_be_used_is_a_problem(self):
        self.home.write("keys/broken.pem", "nonsense")
        self.home.write("keys/open.pem", alice.pem(), mode=0o640)
        self.home.write("keys/alone.key", alice.key.read_bytes())
        found = self.check(1)
        self.assert_says(found, "problem", "broken.pem")
        self.assert_says(found, "problem", "open.pem", "chmod 600")
        self.assert_says(found, "problem", "alone.key", "alone.crt")
        self.assert_says(found, "ok", "alice.pem")

    def test_a_wrong_passphrase_is_a_problem(self):
        self.home.write("passphrase", "wrong")
        self.assert_says(self.check(1), "problem", "alice.pem: the passphrase is wrong")

    def test_a_passphrase_that_can_not_be_had_is_a_problem(self):
        self.assert_says(self.check(1, unlock='{ command = "exit 5" }'), "problem", "exit status 5")
        self.assert_says(self.check(1, unlock="{ prompt = true }"), "problem", "there is no terminal")
        self.home.write("passphrase", "secret", mode=0o644)
        self.assert_says(self.check(1), "problem", "chmod 600")

    def test_keys_that_could_not_be_unlocked_are_not_called_missing(self):
        found = self.check(1, unlock='{ command = "false" }')
        self.assertNotIn("there is no key file here", str(found))

    def test_a_key_file_open_to_others_is_named_once_and_in_what_mends_it(self):
        file = self.home.write("keys/alice.pem", alice.pem("secret"), mode=0o640)
        self.assert_says(self.check(1), "problem", f"{file}: it is open to other users: chmod 600 {file}")

    def test_a_ca_file_without_certificates_is_told_with_its_line(self):
        file = self.home.write("ca.pem", "nothing")
        account = self.account.replace("imap+plaintext://127.0.0.1", "imaps://localhost") + 'ca_file = "ca.pem"\n'
        self.home.configure(account, self.unlock)
        for command in "check", "run":
            done = self.home.run(command)
            self.assertEqual(done.returncode, 2, done)
            self.assertIn(f"config.toml:8:11: account.ca_file: {file}: no certificate can be read from it".encode(),
                          done.stderr)

    def test_state_that_can_not_be_kept_is_a_problem(self):
        self.home.configure(self.account, self.unlock)
        done = self.home.run("check", env={"XDG_STATE_HOME": str(self.home.write("state", ""))})
        self.assertEqual(done.returncode, 1, done)
        self.assertRegex(done.stdout.decode(), "problem  .*/state/paperknife can't be written: .*XDG_STATE_HOME")

    def test_a_port_that_speaks_no_tls_is_told_of_the_other_way(self):
        account = self.account.replace("imap+plaintext://127.0.0.1", "imaps://localhost")
        self.assert_says(self.check(1, account), "problem", "no TLS connection", "imap://", "STARTTLS")

    def test_a_port_that_waits_for_tls_is_told_of_the_other_way(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            account = self.account_at(silent.getsockname()[1], "connect_timeout = 1\n")
            found = self.check(1, account.replace("imap+plaintext:", "imap:"))
        self.assert_says(found, "problem", "no answer in time", "imaps://")

    def test_a_key_directory_open_to_others_is_a_problem(self):
        self.home.keys.chmod(0o755)
        self.assert_says(self.check(1), "problem", "chmod 700")

    def test_an_empty_key_directory_is_a_problem(self):
        (self.home.keys / "alice.pem").unlink()
        self.assert_says(self.check(1), "problem", "there is no key file here")

    def test_no_key_directory_is_noted(self):
        self.home.write("config.toml", self.account)
        done = self.home.run("check")
        self.assertEqual(done.returncode, 0)
        self.assertIn(b"note     [keystore] directory is not set", done.stdout)

    def test_an_unreachable_server_is_a_problem(self):
        with socket.create_server(("127.0.0.1", 0)) as closed:
            port = closed.getsockname()[1]
        found = self.check(1, self.account_at(port))
        self.assert_says(found, "problem", "account work: ", f"127.0.0.1:{port}", "refused")

    def test_a_silent_server_is_a_problem(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            found = self.check(1, self.account_at(silent.getsockname()[1], "connect_timeout = 1\n"))
        self.assert_says(found, "problem", "account work: ", "no answer in time")

    def test_settings_that_will_annoy_are_noted(self):
        found = self.check(0, self.account + "idle_timeout = 60\n[decrypt]\nenabled = false\n")
        self.assert_says(found, "note", "idle_timeout is below 30 minutes")
        self.assert_says(found, "note", "enabled = false")

    def test_a_configuration_that_the_group_may_write_is_noted(self):
        self.home.configure(self.account, self.unlock).chmod(0o660)
        done = self.home.run("check")
        self.assertEqual(done.returncode, 0, done)
        self.assertIn(b"chmod go-w", done.stdout)

    def test_no_account_is_a_problem(self):
        self.assert_says(self.check(1, ""), "problem", "there is no [[account]]")


if __name__ == "__main__":
    unittest.main()
