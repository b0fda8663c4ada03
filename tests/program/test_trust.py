"""[verify]: what is wrong with certificates and CRLs, and signed parts that a mailing list has wrapped."""

import json
import pathlib
import socket
import tempfile
import unittest

from authority import Authority, signed
from program import Home, Owner, crlf, openssl


def setUpModule():
    global temporary, directory, root, alice, owner
    temporary = tempfile.TemporaryDirectory()
    directory = pathlib.Path(temporary.name)
    root = Authority(directory, "root")
    alice = root.person("alice")
    owner = Owner(directory, "bob")


def tearDownModule():
    temporary.cleanup()


class WithHome(unittest.TestCase):
    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.remove)
        self.home.write("root.pem", root.certificate.read_bytes())
        (self.home.path / "crls").mkdir()

    def put(self, name, file):
        return self.home.write(name, file if isinstance(file, bytes) else file.read_bytes())


class Check(WithHome):
    def check(self, text):
        self.home.configure(text)
        done = self.home.run("check")
        self.assertIn(done.returncode, (0, 1), done)  # there is no account
        return [line for line in done.stdout.decode().splitlines() if "verify" in line]

    def assert_says(self, found, kind, *texts):
        for line in found:
            if line.startswith(kind) and all(text in line for text in texts):
                return
        self.fail(f"no {kind} with {texts} in {found}")

    def test_all_is_well(self):
        self.put("crls/root.crl", root.crl())
        [line] = self.check('[verify]\ntrust = "root.pem"\ncrls = "crls"\n')
        self.assertEqual(line.split(maxsplit=1), ["ok", "[verify] certificates that are believed: 1, intermediates: 0, "
                                                        "CRLs: 1"])

    def test_places_name_file_line_key_and_what_to_do(self):
        for key in ("trust", "intermediates", "crls"):
            found = self.check(f'[verify]\ntrust = "root.pem"\n{key} = ["gone"]\n'.replace('trust = "root.pem"\ntrust', "trust"))
            self.assert_says(found, "problem", f"verify.{key}: ", "config.toml:", "/gone: it can't be read: No such file",
                             "create it, or name another")
        self.home.configure('[verify]\ncrls = ["root.pem",\n  "gone"]\n')
        done = self.home.run("open", input=b"Subject: x\r\n\r\n")
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr.decode(), r"config\.toml:5:3: verify\.crls: /.*/gone: it can't be read")
        self.put("open.pem", root.certificate).chmod(0o666)
        self.assert_says(self.check('[verify]\ntrust = ["open.pem"]\n'), "problem", "config.toml:4:10: verify.trust",
                         "open.pem: others may write it", "chmod go-w")

    def test_one_bad_file_of_a_folder_does_not_cost_the_others(self):
        self.put("crls/root.crl", root.crl())
        self.put("crls/nonsense.crl", b"nonsense")
        self.put("crls/cut.crl", root.crl().read_bytes()[:200])
        self.put("crls/key.pem", alice[0])
        self.put("crls/open.crl", root.crl()).chmod(0o666)
        found = self.check('[verify]\ntrust = "root.pem"\ncrls = "crls"\n')
        for name, text in [("nonsense.crl", "neither certificate nor CRL"), ("cut.crl", "PEM"),
                           ("key.pem", "neither certificate nor CRL"), ("open.crl", "others may write it")]:
            self.assert_says(found, "problem", "config.toml:5:8: verify.crls", f"/crls/{name}: ", text)
        self.assert_says(found, "ok", "CRLs: 1")

    def test_lists_that_are_old_foreign_or_forged(self):
        other = Authority(directory, "other")
        twin = Authority(directory / "other", "root")  # the same name, another key
        self.put("crls/old.crl", root.crl("old.crl", last=-40, next_=-10))
        self.put("crls/soon.crl", root.crl("soon.crl", last=-99, next_=1))
        self.put("crls/future.crl", root.crl("future.crl", last=5, next_=30))
        self.put("crls/foreign.crl", other.crl())
        self.put("crls/forged.crl", twin.crl())
        text = '[verify]\ntrust = "root.pem"\ncrls = "crls"\n'
        found = self.check(text)
        wanted = [("old.crl", "has expired on", "fetch a new one"), ("soon.crl", "ends on", "fetch a new one"),
                  ("future.crl", "from the future", "clock"), ("forged.crl", "signed by none of the certificates", "take it out"),
                  ("foreign.crl", "the list of CN=other,O=Example is of nobody", "messages that bring")]
        for name, *texts in wanted:
            self.assert_says(found, "note", name, *texts)
        self.assert_says(self.check(text + 'revocation = "require"\n'), "problem", "old.crl", "has expired")
        [_, off] = sorted(self.check(text + 'revocation = "off"\n'), reverse=True)
        self.assertIn("are not looked at", off)

    def test_certificates_that_end(self):
        for name, end in [("ended", -1), ("ending", 20), ("lasting", 40)]:
            authority = Authority(directory, name, end=end)
            self.put(f"{name}.pem", authority.certificate)
            self.put(f"middle-{name}.pem", Authority(directory, f"middle-{name}", issuer=root, end=end).certificate)
            key, certificate = root.person(f"own-{name}", end=end)
            self.put(f"keys/{name}.pem", key.read_bytes() + certificate.read_bytes())
        text = ('[verify]\ntrust = ["ended.pem", "ending.pem", "lasting.pem"]\n'
                'intermediates = ["middle-ended.pem", "middle-ending.pem", "middle-lasting.pem"]\n')
        found = self.check(text)
        self.assert_says(found, "note", "/ended.pem: CN=ended,O=Example has expired on")
        self.assert_says(found, "note", "/ending.pem: CN=ending,O=Example ends on", "ask whoever runs it")
        self.assert_says(found, "note", "/middle-ending.pem: ", "ends on")
        self.assertFalse([line for line in found if "lasting" in line])
        lines = self.home.run("check").stdout.decode().splitlines()
        self.assert_says(lines, "note", "keys/ending.pem: its certificate ends on", "get a new one")
        self.assert_says(lines, "note", "keys/ended.pem: ", "has expired")
        self.assertFalse([line for line in lines if line.startswith("note") and "keys/lasting.pem: its certificate" in line])

    def test_anchors_that_make_nobody_believed(self):
        web = Authority(directory, "web", extensions=(*Authority.extensions, "extendedKeyUsage=serverAuth"))
        self.put("web.pem", web.certificate)
        self.put("alice.pem", alice[1])
        found = self.check('[verify]\ntrust = ["web.pem", "alice.pem"]\nintermediates = "alice.pem"\n')
        self.assert_says(found, "note", "web.pem", "is not for mail", "take it out")
        self.assert_says(found, "note", "alice.pem", "is no CA: it leads nowhere")
        self.assertEqual(len([line for line in found if "alice.pem" in line]), 1)  # as an anchor it is for itself

    def test_pins_that_pin_nothing(self):
        self.home.configure('[verify]\npins = { "alice@example.org" = [] }\n')
        done = self.home.run("check")
        self.assertEqual(done.returncode, 2)
        self.assertIn('verify.pins."alice@example.org": there is no fingerprint', done.stderr.decode())


class NoNetwork(WithHome):
    def test_no_address_in_a_certificate_is_connected_to(self):
        """CERT-08: where its CRL, its OCSP responder and its issuer's certificate are said to be, somebody listens."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            url = f"URI:http://127.0.0.1:{listener.getsockname()[1]}/"
            person = root.person("canary", extensions=[
                f"crlDistributionPoints={url}ca.crl", f"authorityInfoAccess=OCSP;{url}ocsp,caIssuers;{url}ca.crt"])
            for revocation in ("soft", "require"):
                self.home.configure(f'[verify]\ntrust = "root.pem"\nrevocation = "{revocation}"\n')
                done = self.home.run("open", "--summary", input=signed(person, "canary@example.org"))
                self.assertEqual(done.returncode, 0, done)
                self.assertIn(b"revocation: not-checked", done.stderr)
            listener.setblocking(False)
            self.assertRaises(BlockingIOError, listener.accept)


class ListFooter(WithHome):
    FOOTER = b"Content-Type: text/plain\r\n\r\nTo leave this list, write to it.\r\n"

    def wrapped(self, message, *parts, kind=b"mixed"):
        """What a mailing list makes of a message: its signed part, and others."""
        head, body = message.split(b"MIME-Version", 1)
        parts = [b"MIME-Version" + body if part is None else part for part in parts]
        return (head + b"MIME-Version: 1.0\r\nContent-Type: multipart/" + kind + b"; boundary=list\r\n\r\n" +
                b"".join(b"--list\r\n" + part + b"\r\n" for part in parts) + b"--list--\r\n")

    def report(self, message, more=""):
        self.home.configure('[verify]\ntrust = "root.pem"\n' + more)
        self.home.write("message.eml", message)
        done = self.home.run("open", "message.eml", "--report", "report.json", "--summary")
        self.assertEqual(done.returncode, 0, done)
        report = json.loads((self.home.path / "report.json").read_text())
        self.assertNotIn("pass", json.dumps(report) + done.stderr.decode())
        self.assertNotIn(b"smime=pass", done.stdout)
        return report, done

    def test_the_signed_part_is_shown_as_what_it_is(self):
        for name, options, author in [("detached", [], "alice"), ("opaque", ["-nodetach"], "alice")]:
            with self.subTest(name):
                message = self.wrapped(signed(alice, f"{author}@example.org", *options), None, self.FOOTER)
                report, done = self.report(message)
                self.assertEqual((report["verdict"], report["reason"]), ("none", "list-modified"))
                [part] = report["errant"]
                self.assertEqual((part["part"], part["type"], part["result"]), ("1", "signed-data", "list-modified"))
                [signer] = part["signers"]
                self.assertEqual((signer["verdict"], signer["reason"], signer["address"]),
                                 ("none", "list-modified", "alice@example.org"))
                self.assertEqual(done.stdout, message)  # it is no message that FETCH would look into
                self.assertIn(b"a mailing list has put", done.stderr)

    def test_a_part_that_is_not_good_says_so(self):
        forged = signed(alice, "alice@example.org").replace(b"all is well", b"all is lost")
        report, _ = self.report(self.wrapped(forged, None, self.FOOTER))
        self.assertEqual(report["verdict"], "none")
        [signer] = report["errant"][0]["signers"]
        self.assertEqual((signer["verdict"], signer["reason"]), ("fail", "digest-mismatch"))
        report, _ = self.report(self.wrapped(signed(alice, "mallory@example.org"), None, self.FOOTER))
        self.assertEqual(report["errant"][0]["signers"][0]["reason"], "unbound-address")

    def test_the_view_shows_it_where_there_is_one(self):
        message = self.wrapped(signed(alice, "alice@example.org"), None, self.FOOTER)
        _, done = self.report(message, '[decrypt]\nerrant = "attach"\n')
        head = done.stdout[:done.stdout.index(b"From: ")]
        self.assertIn(b"X-Paperknife: encryption=none; layers=; signature=none; errant=list-modified  ",
                      head.replace(b"\r\n ", b" "))
        self.assertIn(b"smime=none reason=list-modified", head.replace(b"\r\n ", b" "))
        self.assertTrue(done.stdout.endswith(message[message.index(b"\r\n\r\n"):]))
        # A mailbox that its server encrypts.
        self.home.write("keys/bob.pem", owner.pem())
        at = message.index(b"MIME-Version")
        sealed = message[:at] + crlf(openssl("cms", "-encrypt", "-aes-256-gcm", owner.certificate, input=message[at:]))
        report, done = self.report(sealed)
        self.assertEqual((report["reason"], report["encryption"]), ("list-modified", "authenticated"))
        self.assertIn(b"errant=list-modified", done.stdout[:done.stdout.index(b"From: ")])

    def test_nothing_else_gets_the_detail(self):
        message = signed(alice, "alice@example.org")
        html = b"Content-Type: text/html\r\n\r\n<p>look at this</p>\r\n"
        attachment = b"Content-Type: text/plain\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nx\r\n"
        long = b"Content-Type: text/plain\r\n\r\n" + b"buy this\r\n" * 2000
        inner = self.wrapped(message, None, self.FOOTER)
        for name, other in {
                "before": self.wrapped(message, self.FOOTER, None),
                "both": self.wrapped(message, self.FOOTER, None, self.FOOTER),
                "html": self.wrapped(message, None, html), "attachment": self.wrapped(message, None, attachment),
                "long": self.wrapped(message, None, long), "alone": self.wrapped(message, None),
                "alternative": self.wrapped(message, None, self.FOOTER, kind=b"alternative"),
                "two": self.wrapped(message, None, None), "no-signature": self.wrapped(message, html, self.FOOTER),
                "deeper": self.wrapped(inner, None, self.FOOTER)}.items():
            with self.subTest(name):
                report, done = self.report(other)
                self.assertEqual((report["verdict"], report["reason"], report.get("errant", [])), ("none", "", []))
                self.assertEqual(done.stdout, other)


if __name__ == "__main__":
    unittest.main()
