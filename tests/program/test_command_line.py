"""What a new user mistypes, and what the program says to it."""

import ctypes
import os
import pathlib
import unittest

from program import Home, openssl

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


class CommandLine(unittest.TestCase):
    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.remove)

    def refused(self, *arguments, config=False):
        """Runs what must end with 2, nothing on standard output; gives standard error."""
        done = self.home.run(*arguments, config=config)
        self.assertEqual(done.returncode, 2, done)
        self.assertEqual(done.stdout, b"")
        self.assertEqual(done.stderr.count(b"\n"), 1, done.stderr)
        return done.stderr.decode()

    def test_a_missing_or_mistyped_command_is_named(self):
        for arguments, text in [
            ((), "a command is missing: run, check, open, keys or version"),
            (("chekc",), 'there is no command "chekc"; did you mean "check"?'),
            (("opne", "x"), 'there is no command "opne"; did you mean "open"?'),
            (("-c", "file", "rnu"), 'there is no command "rnu"; did you mean "run"?'),
            (("frobnicate",), 'there is no command "frobnicate", but run, check, open, keys and version'),
            (("a\nb\x1b[31m",), 'there is no command "a\\nb\\x1b[31m"'),
            (("run", "extra"), "extra"),
            (("run", "--fast"), "--fast"),
            (("check", "-c"), "--config"),
            (("open", "--report"), "--report"),
            (("open", "a", "b"), "b"),
        ]:
            with self.subTest(arguments):
                self.assertIn(text, self.refused(*arguments))

    def test_help_and_version_are_printed(self):
        for arguments in [("--help",), ("-h",), ("run", "--help"), ("check", "-h"), ("open", "--help")]:
            done = self.home.run(*arguments, config=False)
            self.assertEqual(done.returncode, 0)
            self.assertIn(b"--config FILE", done.stdout)
        for arguments in [("--version",), ("version",)]:
            done = self.home.run(*arguments, config=False)
            self.assertEqual(done.returncode, 0)
            self.assertRegex(done.stdout, rb"^paperknife \d+\.\d+\.\d+\nMbed TLS \d")

    def test_a_library_with_known_holes_is_named(self):
        """REL-09"""
        text = self.home.run("version", config=False).stdout.decode()
        version = tuple(map(int, text.split("Mbed TLS ")[1].split()[0].split(".")))
        self.assertEqual("lacks security fixes" in text, version < (3, 6, 6))

    def test_without_a_configuration_it_says_what_to_do(self):
        for command in ["run", "check", "open"]:
            text = self.refused(command)
            self.assertIn(f"{self.home.path}/.config/paperknife/config.toml is not there", text)
            self.assertIn("-c FILE", text)
            self.assertIn("there is no such file", self.refused(command, "-c", "nowhere.toml"))

    def test_the_default_configuration_is_found(self):
        directory = self.home.path / ".config/paperknife"
        directory.mkdir(parents=True)
        (directory / "config.toml").write_text("[log]\nlevel = 5\n")
        self.assertIn("config.toml:2:9: log.level", self.refused("run"))

    def test_the_option_stands_before_or_behind_the_command(self):
        self.home.write("config.toml", "lsten = 1\n")
        before = self.refused("-c", self.home.config, "run")
        self.assertEqual(before, self.refused("run", "-c", self.home.config))
        self.assertEqual(before, self.refused("run", f"--config={self.home.config}"))
        self.assertTrue(before.startswith(f"{self.home.config}:1:1: lsten: "))

    def test_all_mistakes_of_a_configuration_are_told_at_once(self):
        self.home.write("config.toml", "[[account]]\nnmae = 'x'\n[search]\n[log]\nlevel = 'x'\n")
        done = self.home.run("run")
        self.assertEqual(done.returncode, 2)
        for text in [":2:1: account.nmae: unknown key; did you mean \"name\"?",
                     ":3:2: search: [search] is not known to this version", ":5:9: log.level: "]:
            self.assertIn(str(self.home.config) + text, done.stderr.decode())

    def test_run_wants_an_account(self):
        self.home.write("config.toml", "")
        done = self.home.run("run")
        self.assertEqual((done.returncode, done.stdout), (2, b""))
        self.assertTrue(done.stderr.decode().splitlines()[-1].startswith(
            f"{self.home.config}: there is no [[account]]; write one"), done.stderr)

    def test_a_configuration_open_to_writing_is_refused(self):
        self.home.write("config.toml", "", mode=0o666)
        self.assertIn("chmod go-w", self.refused("check", config=True))

    @unittest.skipIf(os.geteuid() == 0, "root reads everything")
    def test_an_unreadable_configuration_is_refused(self):
        self.home.write("config.toml", "", mode=0o200)
        self.assertIn("Permission denied", self.refused("check", config=True))

    def test_a_port_that_is_not_ours_to_take_is_not_called_taken(self):
        if int(pathlib.Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text()) <= 80:
            self.skipTest("every port is everybody's")
        self.home.write("config.toml", '[[account]]\nname = "work"\nlisten = "127.0.0.1:80"\n'
                        'upstream = "imap+plaintext://127.0.0.1"\n')
        # Root is let without CAP_NET_BIND_SERVICE (PR_CAPBSET_DROP).
        done = self.home.run("run", preexec_fn=lambda: ctypes.CDLL(None).prctl(24, 10, 0, 0, 0))
        self.assertEqual(done.returncode, 1, done)
        self.assertIn(b"work: can't listen on 127.0.0.1:80: Permission denied; choose another", done.stderr)

    def test_times_are_checked(self):
        self.home.write("config.toml", "")
        for time in ["yesterday", "2026-13-01", "2026-02-30", "2026-11-23T10:00:00", "2026-11-23T24:00:00Z",
                     "2026-11-23T10:00:00+0100", "2026-11-23 10:00", "26-11-23", "2026-11-23x", "Received"]:
            self.assertIn("is no time; write 2026-11-23", self.refused("open", "--at", time, config=True))
        for time in ["2026-11-23", "2026-11-23T10:00:00Z", "2026-11-23 10:00:00.5+01:00", "2028-02-29",
                     "2016-12-31t23:59:60z", "received"]:
            self.assertEqual(self.home.run("open", "--at", time, input=b"x").returncode, 0, time)

    def test_the_sample_configuration_is_accepted_and_names_every_key(self):
        sample = (ROOT / "examples/config.toml").read_text()
        manual = (ROOT / "proxy/man/paperknife.toml.5").read_text()
        for key in ["name", "listen", "upstream", "ca_file", "connect_timeout", "idle_timeout", "enabled",
                    "max_message", "legacy", "unauthenticated_html", "trust", "intermediates", "crls", "revocation",
                    "pins", "header", "keywords", "directory", "unlock", "prompt", "command", "file",
                    "level"]:
            self.assertRegex(sample, rf"(?m)\b{key} = ")
            self.assertRegex(manual, rf"\b{key} No =")
        self.home.write("config.toml", sample)
        self.assertEqual(self.home.run("open", input=b"x").returncode, 0)
        # With its examples taken for real, too.
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=ca",
                "-keyout", self.home.path / "ca.key", "-out", self.home.path / "company-ca.pem")
        (self.home.path / "passphrase").touch()
        for folder in "trust", "intermediates", "crls":
            (self.home.path / folder).mkdir()
        for unlock in ["prompt", "command", "file"]:
            lines = []
            for line in sample.splitlines():
                example = line.removeprefix("# ")
                is_example = line.startswith("# ") and (" = " in example or example == "[[account]]")
                if is_example and (not example.startswith("unlock") or unlock in example):
                    line = example
                lines.append(line)
            self.home.write("config.toml", "\n".join(lines))
            done = self.home.run("open", input=b"x")
            self.assertEqual((done.returncode, done.stderr), (0, b""))


if __name__ == "__main__":
    unittest.main()
