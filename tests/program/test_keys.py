"""paperknife keys: own keys, and whom their owner believes. openssl makes all that is read."""

import json
import os
import pathlib
import stat
import tempfile
import unittest

from authority import Authority, fingerprint, signed
from program import Home, Owner, openssl
from terminal import Terminal


def setUpModule():
    global temporary, directory, root, middle, person, alone
    temporary = tempfile.TemporaryDirectory()
    directory = pathlib.Path(temporary.name)
    root = Authority(directory, "root")
    middle = Authority(directory, "middle", issuer=root)
    person = middle.person("alice")
    alone = Owner(directory, "carol")  # a certificate that nobody else has issued, and no CA's
    plain = directory / "carol.cnf"
    plain.write_text("[req]\ndistinguished_name=d\n[d]\n")
    openssl("req", "-x509", "-config", plain, "-key", alone.key, "-days", 30, "-out", alone.certificate,
            "-subj", "/CN=carol", "-addext", "subjectAltName=email:carol@example.org")


def tearDownModule():
    temporary.cleanup()


class Keys(unittest.TestCase):
    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.remove)
        self.home.configure()

    def keys(self, *arguments, status=0, **options):
        """Runs `keys …`; gives standard output and standard error, together with the status."""
        done = self.home.run("keys", *arguments, **options)
        self.assertEqual(done.returncode, status, done)
        return done.stdout.decode(), done.stderr.decode()

    def listed(self, *arguments):
        return json.loads(self.keys("list", "--json", *arguments)[0])

    def verdict(self, message):
        self.home.write("message.eml", message)
        done = self.home.run("open", "message.eml", "--report", "report.json")
        self.assertEqual(done.returncode, 0, done)
        report = json.loads((self.home.path / "report.json").read_text())
        return report["verdict"], report["reason"]

    def verify(self, text):
        self.home.configure("[verify]\n" + text)

    def assert_private(self, file):
        self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600, file)
        self.assertEqual(stat.S_IMODE(file.parent.stat().st_mode), 0o700, file)


class List(Keys):
    def test_keys_for_the_eye_and_for_programs(self):
        self.home.write("keys/carol.pem", alone.pem())
        out, _ = self.keys("list")
        for text in ("carol.pem", "carol@example.org", "rsa 2048 bits, without passphrase", "decrypting, signing",
                     fingerprint(alone.certificate)):
            self.assertIn(text, out)
        for line in out.splitlines()[2:]:  # names and values stand in two columns
            self.assertRegex(line, r"^    \S.{12} \S")
        [key] = self.listed()["keys"]
        self.assertEqual((key["state"], key["passphrase"]), ("ok", False))
        [certificate] = key["certificates"]
        self.assertEqual(certificate["fingerprint"], fingerprint(alone.certificate))
        self.assertEqual(certificate["validity"], "valid")
        self.assertEqual(certificate["addresses"], [{"address": "carol@example.org"}])

    def test_a_locked_key_shows_what_everyone_may_read(self):
        self.home.configure(unlock="{ prompt = true }")
        self.home.write("keys/carol.pem", alone.pem("secret"))
        self.home.write("keys/beside.key", alone.pem("secret").split(b"-----BEGIN CERTIFICATE")[0])
        self.home.write("keys/beside.crt", alone.certificate.read_bytes())
        sealed = openssl("pkcs12", "-export", "-inkey", alone.key, "-in", alone.certificate, "-passout", "pass:secret")
        self.home.write("keys/sealed.p12", sealed)
        states = {pathlib.Path(key["file"]).name: (key["state"], len(key["certificates"]))
                  for key in self.listed()["keys"]}
        self.assertEqual(states, {"carol.pem": ("locked", 1), "beside.key": ("locked", 1), "sealed.p12": ("locked", 0)})
        self.assertIn("--unlock", self.keys("list")[0])
        terminal = Terminal(self.home, "keys", "list", "--unlock")
        terminal.wait_for(b"Passphrase of beside.key")
        terminal.type(b"secret\n")
        status, screen = terminal.finish()
        self.assertEqual(status, 0, screen)
        self.assertEqual(screen.count(b"rsa 2048 bits, with passphrase"), 1, screen)  # one certificate, three files

    def test_what_a_certificate_is_for(self):
        for name, extension, purpose in [
                ("crypt", "keyUsage=keyEncipherment", "decrypting"), ("sign", "keyUsage=digitalSignature", "signing"),
                ("web", "extendedKeyUsage=serverAuth", "nothing in mail")]:
            key, certificate = root.person(name, extensions=[extension])
            self.home.write(f"keys/{name}.pem", key.read_bytes() + certificate.read_bytes())
            self.addCleanup((self.home.keys / f"{name}.pem").unlink)
            with self.subTest(name):
                found = [held["for"] for held_key in self.listed()["keys"] for held in held_key["certificates"]
                         if held["subject"] == f"CN={name},O=Example"]
                self.assertEqual(found, [purpose])

    def test_whom_the_owner_believes(self):
        self.verify(f'trust = "{root.certificate}"\nintermediates = "{middle.certificate}"\ncrls = "{root.crl()}"\n'
                    f'pins = {{ "alice@example.org" = "{fingerprint(person[1])}" }}\n')
        found = self.listed()
        self.assertEqual(found["anchors"][0]["certificates"][0]["subject"], "CN=root,O=Example")
        self.assertEqual(found["intermediates"][0]["certificates"][0]["fingerprint"], fingerprint(middle.certificate))
        self.assertEqual(found["crls"][0]["crls"][0]["issuer"], "CN=root,O=Example")
        self.assertEqual(found["pins"], [{"address": "alice@example.org", "fingerprint": fingerprint(person[1])}])
        out, _ = self.keys("list")
        for text in ("anchors", str(root.certificate), "CRL of        CN=root", "pins", fingerprint(person[1])):
            self.assertIn(text, out)

    def test_what_can_not_be_read_does_not_hide_the_rest(self):
        self.home.write("keys/carol.pem", alone.pem())
        self.verify('trust = "gone.pem"\n')
        out, err = self.keys("list", status=1)
        self.assertIn("carol@example.org", out)
        self.assertIn("config.toml:4:9: verify.trust", err)


class Trust(Keys):
    def test_an_anchor_is_added_and_then_believed(self):
        out, _ = self.keys("trust", root.certificate, "--yes")
        self.assertIn(fingerprint(root.certificate), out)
        self.assertIn('write below [verify]: trust = ["trust"]', out)
        [file] = (self.home.path / "trust").iterdir()
        self.assert_private(file)
        self.assertEqual(openssl("x509", "-in", file), openssl("x509", "-in", root.certificate))
        self.verify('trust = ["trust"]\n')
        self.assertEqual(self.verdict(signed(person, "alice@example.org", "-certfile", middle.certificate)), ("pass", ""))
        out, _ = self.keys("trust", root.certificate, "--yes")
        self.assertIn("there already", out)
        self.assertEqual([file], list((self.home.path / "trust").iterdir()))

    def test_the_folder_is_the_one_that_the_configuration_names(self):
        self.home.write("one.pem", root.certificate.read_bytes())
        self.verify('trust = ["one.pem", "cas"]\n')
        out, _ = self.keys("trust", root.certificate, "--yes")
        self.assertNotIn("To have it used", out)
        self.assertEqual(len(list((self.home.path / "cas").iterdir())), 1)
        self.verify('trust = ["one.pem"]\n')
        out, _ = self.keys("trust", root.certificate, "--yes")
        self.assertRegex(out, r'add "trust" to the list: .*config.toml:4:10: verify.trust')

    def test_somebody_is_asked(self):
        _, err = self.keys("trust", root.certificate, status=2)
        self.assertIn("--yes", err)
        for answer, added in [(b"\n", 0), (b"y\n", 0), (b"yes\n", 1)]:
            with self.subTest(answer):
                terminal = Terminal(self.home, "keys", "trust", root.certificate)
                screen = terminal.wait_for(b"Believe whomever it vouches for?")
                self.assertIn(fingerprint(root.certificate).encode(), screen)
                terminal.type(answer)
                status, _ = terminal.finish()
                folder = self.home.path / "trust"
                self.assertEqual(len(list(folder.iterdir())) if folder.exists() else 0, added)
                self.assertEqual(status == 0, added == 1)

    def test_what_is_no_anchor_is_refused(self):
        web = ["extendedKeyUsage=serverAuth"]
        names = {
            "expired": dict(start=-400, end=-10), "later": dict(start=10, end=400),
            "web": dict(extensions=(*Authority.extensions, *web)),
            "nosign": dict(extensions=("basicConstraints=critical,CA:TRUE", "keyUsage=critical,cRLSign")),
            "short": dict(bits=1024),
            "demands": dict(extensions=(*Authority.extensions, "1.2.3.4=critical,DER:0500"))}
        words = {"expired": "has expired", "later": "is not valid yet", "web": "is not for mail",
                 "nosign": "key usage forbids it", "short": "too weak", "demands": "demands the extension 1.2.3.4"}
        for name, options in names.items():
            with self.subTest(name):
                authority = Authority(directory, name, **options)
                _, err = self.keys("trust", authority.certificate, "--yes", status=1)
                self.assertIn(words[name], err)
        _, err = self.keys("trust", person[1], "--yes", status=1)
        self.assertIn("is no CA", err)
        _, err = self.keys("trust", person[0], "--yes", status=1)
        self.assertIn("neither certificate nor CRL", err)
        self.home.write("nonsense", "nonsense")
        _, err = self.keys("trust", "nonsense", "--yes", status=1)
        self.assertIn("nonsense: it holds neither certificate nor CRL", err)
        _, err = self.keys("trust", "gone", "--yes", status=2)
        self.assertIn("gone", err)
        self.assertFalse((self.home.path / "trust").exists())

    def test_one_persons_certificate_is_believed_for_its_address_alone(self):
        out, _ = self.keys("trust", "--address", "carol@example.org", alone.certificate, "--yes")
        pin = f'pins = {{ "carol@example.org" = "{fingerprint(alone.certificate)}" }}'
        self.assertIn(pin, out)
        self.verify(f'trust = ["trust"]\n{pin}\n')
        carol = (alone.key, alone.certificate)
        self.assertEqual(self.verdict(signed(carol, "carol@example.org")), ("pass", ""))
        self.assertEqual(self.verdict(signed(carol, "dora@example.org")), ("policy", "unbound-address"))
        out, _ = self.keys("trust", "--address", "carol@example.org", alone.certificate, "--yes")
        self.assertIn("pinned already", out)
        _, err = self.keys("trust", "--address", "dora@example.org", alone.certificate, "--yes", status=1)
        self.assertIn("no certificate in it is for dora@example.org, but carol@example.org", err)

    def test_a_pin_of_what_a_ca_issued_adds_no_anchor(self):
        out, _ = self.keys("trust", "--address", "alice@example.org", person[1])
        self.assertIn(fingerprint(person[1]), out)
        self.assertFalse((self.home.path / "trust").exists())

    def test_intermediates(self):
        self.home.write("root.pem", root.certificate.read_bytes())
        self.verify('trust = ["root.pem"]\n')
        message = signed(person, "alice@example.org")
        self.assertEqual(self.verdict(message), ("policy", "untrusted"))
        out, _ = self.keys("trust", "--intermediate", middle.certificate)
        self.assertIn('intermediates = ["intermediates"]', out)
        self.verify('trust = ["root.pem"]\nintermediates = ["intermediates"]\n')
        self.assertEqual(self.verdict(message), ("pass", ""))
        self.verify('intermediates = ["intermediates"]\n')  # it is no anchor
        self.assertEqual(self.verdict(message), ("policy", "untrusted"))


class Harvest(Keys):
    def test_intermediates_of_a_message_help_with_later_mail(self):
        self.home.write("root.pem", root.certificate.read_bytes())
        self.verify('trust = ["root.pem"]\nintermediates = ["intermediates"]\n')
        (self.home.path / "intermediates").mkdir()
        bare = signed(person, "alice@example.org")
        rich = signed(person, "alice@example.org", "-certfile", middle.certificate)
        self.assertEqual(self.verdict(bare), ("policy", "untrusted"))
        self.assertEqual(self.verdict(rich), ("pass", ""))
        self.assertEqual(self.verdict(bare), ("policy", "untrusted"))  # nothing is remembered (promise 2)
        self.home.write("rich.eml", rich)
        out, _ = self.keys("harvest", "rich.eml")
        self.assertIn("1 added, 0 known already, of 1 messages", out)
        [file] = (self.home.path / "intermediates").iterdir()
        self.assertEqual(openssl("x509", "-in", file), openssl("x509", "-in", middle.certificate))
        self.assertEqual(self.verdict(bare), ("pass", ""))
        self.assertIn("0 added, 1 known already", self.keys("harvest", "rich.eml")[0])

    def test_what_is_encrypted_is_opened_for_it(self):
        self.home.write("root.pem", root.certificate.read_bytes())
        self.verify('trust = ["root.pem"]\n')
        self.home.write("keys/carol.pem", alone.pem())
        rich = signed(person, "alice@example.org", "-certfile", middle.certificate)
        self.home.write("sealed.eml", openssl("cms", "-encrypt", "-aes256", alone.certificate,
                                              input=rich[rich.index(b"MIME-Version"):]))
        self.assertIn("1 added", self.keys("harvest", "sealed.eml")[0])

    def test_strangers_leave_nothing_behind(self):
        self.home.write("root.pem", root.certificate.read_bytes())
        stranger = Authority(directory, "stranger")
        between = Authority(directory, "between", issuer=stranger)
        message = signed(between.person("mallory"), "mallory@example.org", "-certfile", between.certificate)
        self.home.write("stranger.eml", message)
        self.verify('trust = ["root.pem"]\n')
        self.assertIn("0 added", self.keys("harvest", "stranger.eml")[0])
        self.assertFalse((self.home.path / "intermediates").exists())
        self.verify("")
        self.assertIn("trust names nobody", self.keys("harvest", "stranger.eml", status=1)[1])


class Files(Keys):
    def p12(self, passphrase):
        return openssl("pkcs12", "-export", "-inkey", alone.key, "-in", alone.certificate, "-passout",
                       f"pass:{passphrase}")

    def test_import_closes_the_file_and_opens_mail(self):
        self.home.configure(unlock='{ file = "passphrase" }')
        self.home.write("passphrase", "secret")
        self.home.write("mine.p12", self.p12("secret"), mode=0o644)
        out, _ = self.keys("import", "mine.p12")
        self.assertIn("carol@example.org", out)
        self.assert_private(self.home.keys / "mine.p12")
        self.assertEqual([file.name for file in self.home.keys.iterdir()], ["mine.p12"])
        self.home.write("sealed.eml", alone.message(b"for carol"))
        self.assertIn(b"for carol", self.home.run("open", "sealed.eml").stdout)
        self.assertIn("there already", self.keys("import", "mine.p12")[0])

    def test_import_makes_the_key_directory(self):
        self.home.keys.rmdir()
        self.home.write("config.toml", "")
        self.home.write("mine", alone.pem())
        out, _ = self.keys("import", "mine")
        self.assert_private(self.home.keys / "mine.pem")
        self.assertIn('write below [keystore]: directory = "keys"', out)

    def test_import_never_overwrites(self):
        self.home.write("mine.pem", alone.pem())
        self.keys("import", "mine.pem")
        other = Owner(directory, "dora")
        self.home.write("mine.pem", other.pem())
        before = (self.home.keys / "mine.pem").read_bytes()
        _, err = self.keys("import", "mine.pem", status=2)
        self.assertIn("another name", err)
        self.assertEqual((self.home.keys / "mine.pem").read_bytes(), before)
        self.keys("import", "mine.pem", "--name", "dora.pem")
        self.assertEqual(sorted(file.name for file in self.home.keys.iterdir()), ["dora.pem", "mine.pem"])
        self.assertIn("no name of a file", self.keys("import", "mine.pem", "--name", "../x.pem", status=2)[1])

    def test_import_takes_a_key_with_the_certificate_beside_it(self):
        self.home.write("mine.key", alone.key.read_bytes())
        _, err = self.keys("import", "mine.key", status=1)
        self.assertIn("mine.crt", err)
        self.home.write("mine.crt", alone.certificate.read_bytes())
        self.keys("import", "mine.key")
        self.assertEqual(sorted(file.name for file in self.home.keys.iterdir()), ["mine.crt", "mine.key"])

    def test_import_refuses_what_the_service_could_not_use(self):
        self.home.configure(unlock='{ file = "passphrase" }')
        self.home.write("passphrase", "another")
        self.home.write("mine.p12", self.p12("secret"))
        self.assertIn("the passphrase is wrong", self.keys("import", "mine.p12", status=1)[1])
        self.home.write("mine.pem", alone.certificate.read_bytes())
        self.assertIn("no private key", self.keys("import", "mine.pem", status=1)[1])
        self.home.write("mine.pem", "nonsense")
        self.assertIn("not imported", self.keys("import", "mine.pem", status=1)[1])
        self.assertEqual(list(self.home.keys.iterdir()), [])

    def test_removed_is_moved_aside(self):
        self.home.write("mine.pem", alone.pem())
        for copy in ("mine.pem", "mine.pem.1"):
            self.keys("import", "mine.pem")
            out, _ = self.keys("remove", "mine.pem")
            self.assertIn(f"removed/{copy}", out)
            self.assertEqual((self.home.keys / "removed" / copy).read_bytes(), alone.pem())
            self.assert_private(self.home.keys / "removed" / copy)
        self.assertEqual(self.listed()["keys"], [])
        self.assertIn("keys list shows", self.keys("remove", "mine.pem", status=1)[1])

    def test_what_is_not_of_ours_is_not_removed(self):
        self.home.write("precious.pem", "precious")
        for name in ("precious.pem", "./precious.pem", "keys/../precious.pem", ".", "/etc/passwd", "removed"):
            self.keys("remove", name, status=1)
        self.assertEqual((self.home.path / "precious.pem").read_text(), "precious")

    def test_what_the_configuration_names_by_itself_is_taken_out_there(self):
        self.home.write("root.pem", root.certificate.read_bytes())
        self.verify('trust = ["root.pem"]\n')
        self.assertIn("config.toml:4:10: verify.trust", self.keys("remove", "root.pem", status=1)[1])
        self.assertTrue((self.home.path / "root.pem").exists())

    def test_remove_takes_an_anchor_back(self):
        self.keys("trust", root.certificate, "--yes")
        [file] = (self.home.path / "trust").iterdir()
        self.verify('trust = ["trust"]\n')
        self.keys("remove", file.name)
        self.assertTrue((file.parent / "removed" / file.name).exists())
        self.assertEqual(self.verdict(signed(person, "alice@example.org", "-certfile", middle.certificate)),
                         ("policy", "untrusted"))

    def test_a_name_in_two_folders_needs_its_folder(self):
        self.home.write("keys/same.pem", alone.pem())
        (self.home.path / "trust").mkdir()
        self.home.write("trust/same.pem", root.certificate.read_bytes())
        self.assertIn("name it with its folder", self.keys("remove", "same.pem", status=1)[1])
        self.keys("remove", "trust/same.pem")
        self.assertTrue((self.home.keys / "same.pem").exists())

    def test_export_cert(self):
        self.home.write("keys/carol.pem", alone.pem())
        out, _ = self.keys("export-cert")
        self.assertEqual(out.encode(), openssl("x509", "-in", alone.certificate))
        self.assertNotIn("PRIVATE", out)
        other = Owner(directory, "erin")
        self.home.write("keys/erin.pem", other.pem())
        _, err = self.keys("export-cert", status=1)
        self.assertIn("erin.pem: erin@example.org", err)
        for which in ("erin.pem", "ERIN@example.org", fingerprint(other.certificate)[:20],
                      fingerprint(other.certificate).split(":")[1]):
            self.assertEqual(self.keys("export-cert", which)[0].encode(), openssl("x509", "-in", other.certificate))
        self.assertIn("no certificate of yours", self.keys("export-cert", "frank@example.org", status=1)[1])
        self.keys("export-cert", "erin.pem", "-o", "erin.crt")
        self.assertEqual((self.home.path / "erin.crt").read_bytes(), openssl("x509", "-in", other.certificate))
        self.keys("export-cert", "erin.pem", "-o", "erin.crt", status=2)

    def test_export_prefers_what_is_valid(self):
        old = Owner(directory, "old", expired=True)
        new = Owner(directory, "old2")
        openssl("req", "-x509", "-key", new.key, "-days", 30, "-out", new.certificate,
                "-subj", "/CN=old/emailAddress=old@example.org")
        self.home.write("keys/old.pem", old.pem())
        self.home.write("keys/new.pem", new.pem())
        self.assertEqual(self.keys("export-cert", "old@example.org")[0].encode(),
                         openssl("x509", "-in", new.certificate))
        out, err = self.keys("export-cert", fingerprint(old.certificate))
        self.assertEqual(out.encode(), openssl("x509", "-in", old.certificate))
        self.assertIn("not valid now", err)


class CommandLine(Keys):
    def test_mistakes(self):
        for words, text in [(["keys"], "a word is missing"), (["keys", "lst"], 'did you mean "list"?'),
                            (["keys", "trust"], "FILE"), (["kyes"], 'did you mean "keys"?')]:
            done = self.home.run(*words)
            self.assertEqual(done.returncode, 2, done)
            self.assertIn(text, done.stderr.decode())
        done = self.home.run("keys", "--help", config=False)
        self.assertEqual(done.returncode, 0, done)
        for word in ("list", "import", "remove", "trust", "export-cert", "harvest"):
            self.assertIn(word, done.stdout.decode())


if __name__ == "__main__":
    unittest.main()
