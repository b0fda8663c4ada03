"""paperknife open, on messages made by openssl."""

import json
import os
import subprocess
import tempfile
import pathlib
import unittest

from program import Home, Owner, binary, crlf, openssl

TEXT = "Dear Alice,\r\n\r\nvery truly yours, Bob \u2709\r\n".encode()


def setUpModule():
    global directory, alice, mallory
    directory = tempfile.TemporaryDirectory()
    alice = Owner(pathlib.Path(directory.name), "alice")
    mallory = Owner(pathlib.Path(directory.name), "mallory")


def tearDownModule():
    directory.cleanup()


class Open(unittest.TestCase):
    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.remove)
        self.home.write("keys/alice.pem", alice.pem())
        self.home.configure()

    def assert_opened(self, done):
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        header, _, body = done.stdout.partition(b"\r\n\r\n")
        self.assertEqual(body, TEXT)
        self.assertIn(b"Subject: A letter\r\n", header)
        self.assertIn(b"Content-Type: text/plain", header)
        self.assertNotIn(b"pkcs7", header)

    def assert_unchanged(self, done, message, status, *texts):
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertEqual(done.stdout, message)
        for text in texts:
            self.assertIn(text, done.stderr.decode())

    def test_a_message_is_opened_whatever_its_line_ends(self):
        message = alice.message(TEXT)
        for octets in [message, crlf(message)]:
            self.assert_opened(self.home.run("open", input=octets))
            self.assert_opened(self.home.run("open", "-", input=octets))
            self.assert_opened(self.home.run("open", self.home.write("message.eml", octets)))

    def test_binary_cms_behind_a_header_of_files_keeps_its_octets(self):
        # So many octets of ciphertext that a line end is among them.
        cms = alice.message(TEXT + b"\n" * 20_000, "-outform", "DER")
        self.assertIn(b"\n", cms)
        header = b"Subject: A letter\nContent-Type: application/pkcs7-mime\nContent-Transfer-Encoding: binary\n\n"
        done = self.home.run("open", input=header + cms)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertIn(TEXT, done.stdout)

    def test_a_message_of_any_size_is_read_from_a_pipe(self):
        for size in [0, 1, 65535, 65536, 65537, 131072, 1_000_000]:
            message = b"Subject: x\n\n" + b"x" * size
            self.assert_unchanged(self.home.run("open", input=message), message, 0)

    def test_the_view_agrees_with_openssl(self):
        message = alice.message(TEXT)
        plain = openssl("cms", "-decrypt", "-inkey", alice.key, "-recip", alice.certificate, input=message)
        self.assertTrue(self.home.run("open", input=message).stdout.endswith(plain.partition(b"\r\n\r\n")[2]))

    def test_the_report_tells_what_was_found(self):
        report = self.home.path / "report.json"
        self.assert_opened(self.home.run("open", "--report", report, input=alice.message(TEXT)))
        found = json.loads(report.read_text())
        self.assertEqual(found["verdict"], "none")
        self.assertEqual(found["encryption"], "unauthenticated")
        self.assertEqual(found["layers"][0]["type"], "enveloped-data")
        self.assertEqual(report.stat().st_mode & 0o777, 0o600)

    def test_the_report_does_not_mix_with_the_message(self):
        message = self.home.write("message.eml", alice.message(TEXT))
        done = self.home.run("open", "--report", "-", message)
        self.assert_unchanged(done, b"", 2, "standard output is the message's")
        done = self.home.run("open", "--report", message, message)
        self.assert_unchanged(done, b"", 2, "the report would overwrite the message")
        self.assertIn(b"pkcs7-mime", message.read_bytes())

    def test_a_message_for_another_comes_out_unchanged(self):
        for message in [mallory.message(TEXT), crlf(mallory.message(TEXT))]:
            report = self.home.path / "report.json"
            done = self.home.run("open", "--report", report, input=message)
            self.assert_unchanged(done, message, 1, "was not opened", "no-matching-recipient")
            self.assertEqual(json.loads(report.read_text())["reason"], "no-matching-recipient")

    def test_a_damaged_message_comes_out_unchanged(self):
        message = alice.message(TEXT)
        for damaged in [message[:-200], message.replace(b"MII", b"MIX", 1)]:
            self.assert_unchanged(self.home.run("open", input=damaged), damaged, 1, "was not opened")

    def test_what_is_no_smime_comes_out_unchanged(self):
        for message in [b"", b"\n", b"Subject: x\n\nplain\n", b"Subject: x\r\n\r\nplain", b"\0\xff\n\r\n\r",
                        os.urandom(100_000)]:
            self.assert_unchanged(self.home.run("open", input=message), message, 0)

    def test_a_message_larger_than_the_limit_comes_out_unchanged(self):
        self.home.configure("[decrypt]\nmax_message = 500\n")
        message = alice.message(TEXT)
        self.assert_unchanged(self.home.run("open", input=message), message, 1, "too-complex")

    def test_a_large_message_is_opened_whole(self):
        text = (b"0123456789" * 7 + b"\r\n") * 100_000
        done = self.home.run("open", input=alice.message(text))
        self.assertEqual(done.returncode, 0)
        self.assertTrue(done.stdout.endswith(b"\r\n\r\n" + text))

    def test_the_setting_enabled_is_for_the_proxy(self):
        self.home.configure("[decrypt]\nenabled = false\n")
        self.assert_opened(self.home.run("open", input=alice.message(TEXT)))

    def test_without_keys_nothing_opens(self):
        self.home.write("config.toml", "")
        message = alice.message(TEXT)
        self.assert_unchanged(self.home.run("open", input=message), message, 1, "no-matching-recipient")

    def test_a_key_that_can_not_be_used_is_named(self):
        self.home.write("keys/broken.pem", "nonsense")
        self.home.write("keys/open.pem", mallory.pem(), mode=0o644)
        done = self.home.run("open", input=alice.message(TEXT))
        self.assertEqual(done.returncode, 0)
        self.assertIn(f"key file not used: {self.home.keys}/broken.pem", done.stderr.decode())
        self.assertIn("chmod 600", done.stderr.decode())
        self.assertIn(TEXT, done.stdout)

    def test_what_can_not_be_read_is_named(self):
        for name, text in [("nowhere.eml", "nowhere.eml: No such file"), (".", "Is a directory")]:
            self.assert_unchanged(self.home.run("open", name), b"", 2, text)

    def test_a_full_disk_is_noticed(self):
        message = self.home.write("message.eml", alice.message(TEXT))
        with open("/dev/full", "wb") as full:
            done = self.home.run("open", message, stdout=full)
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"writing to standard output: No space left", done.stderr)
        done = self.home.run("open", "--report", "/dev/full", message)
        self.assert_unchanged(done, b"", 2, "writing to /dev/full: No space left")

    def test_a_closed_pipe_is_noticed(self):
        reader, writer = os.pipe()
        os.close(reader)
        done = self.home.run("open", stdout=writer, input=alice.message(TEXT))
        os.close(writer)
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"writing to standard output: Broken pipe", done.stderr)

    def test_a_closed_standard_output_does_not_become_the_report(self):
        self.home.write("message.eml", alice.message(TEXT))
        command = f"exec '{binary()}' open -c config.toml --report report.json message.eml >&-"
        done = subprocess.run(["sh", "-c", command], cwd=self.home.path, stderr=subprocess.PIPE, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"writing to standard output", done.stderr)
        json.loads((self.home.path / "report.json").read_text())


if __name__ == "__main__":
    unittest.main()
