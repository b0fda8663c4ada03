#!/usr/bin/env python3
"""p11-kit's trust module with folders of our own: system_trust.py PROGRAM"""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

PROGRAM = sys.argv.pop()
MODULE = "p11-kit-trust.so"
# p11-kit looks for it in its own folder.
places = subprocess.run(["pkg-config", "--variable=p11_module_path", "p11-kit-1"], capture_output=True, text=True)
if not os.path.exists(os.path.join(places.stdout.strip(), MODULE)):
    print(f"skipped: there is no {MODULE}: install p11-kit-modules")
    sys.exit(77)


class SystemTrust(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        for name in ("modules", "store/anchors", "store/blocklist", "store/blacklist"):
            (self.folder / name).mkdir(parents=True)

    def use_module(self, more="trust-policy: yes\n"):
        (self.folder / "modules" / "one.module").write_text(
            f"module: {MODULE}\nx-init-reserved: paths='{self.folder}/store'\n{more}")

    def certificate(self, name, place, *options, end=()):
        file = self.folder / f"{name}.crt"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", f"/CN={name}",
                        "-keyout", self.folder / "key", "-out", file], check=True, capture_output=True)
        octets = file.read_bytes()
        if options:
            octets = subprocess.run(["openssl", "x509", *options, "-in", file], check=True, capture_output=True).stdout
        for target in place:
            (self.folder / "store" / target / f"{name}.pem").write_bytes(octets)

    def read(self, status=0):
        done = subprocess.run([PROGRAM, self.folder], capture_output=True, text=True)
        self.assertEqual(done.returncode, status, done)
        return done.stdout.splitlines()

    def test_purposes_and_distrust(self):
        self.use_module()
        self.certificate("any", ["anchors"])
        self.certificate("mail", ["."], "-addtrust", "emailProtection")
        self.certificate("both", ["."], "-addtrust", "emailProtection", "-addtrust", "serverAuth")
        self.certificate("web", ["."], "-addtrust", "serverAuth")
        self.certificate("not-mail", ["."], "-addtrust", "serverAuth", "-addreject", "emailProtection")
        self.certificate("distrusted", ["blocklist", "blacklist"])
        self.certificate("twice", ["anchors", "blocklist", "blacklist"])
        self.certificate("plain", ["."])
        first, *anchors = self.read()
        self.assertEqual(first, "knows purposes")
        self.assertEqual(sorted(anchors), ["CN=any", "CN=both", "CN=mail"])

    def test_a_list_without_purposes(self):
        self.use_module()
        self.certificate("any", ["anchors"])
        self.assertEqual(self.read(), ["knows no purposes", "CN=any"])

    def test_no_module_is_an_error_that_says_what_to_do(self):
        self.assertIn("install p11-kit-modules", self.read(1)[0])
        self.use_module("")  # one that is no source of trust policy is not asked
        self.assertIn("install p11-kit-modules", self.read(1)[0])


if __name__ == "__main__":
    unittest.main()
