"""Passphrases: at the terminal, by command, from a file (KEY-01)."""

import os
import pathlib
import signal
import tempfile
import time
import unittest

from program import Home, Owner
from terminal import Terminal

TEXT = b"Dear Alice"  # its line end differs at a terminal
SECRET = "correct horse"


def setUpModule():
    global directory, alice, bob, sealed_alice, sealed_bob
    directory = tempfile.TemporaryDirectory()
    alice = Owner(pathlib.Path(directory.name), "alice")
    bob = Owner(pathlib.Path(directory.name), "bob")
    sealed_alice = alice.pem(SECRET)
    sealed_bob = bob.pem("battery staple")


def tearDownModule():
    directory.cleanup()


class UnlockTest(unittest.TestCase):
    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.remove)
        self.home.write("keys/alice.pem", sealed_alice)
        self.home.write("message.eml", alice.message(TEXT))

    def opens(self, *extra):
        done = self.home.run("open", "message.eml", *extra)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertIn(TEXT, done.stdout)

    def refuses(self, *texts, **options):
        done = self.home.run("open", "message.eml", **options)
        self.assertEqual((done.returncode, done.stdout), (2, b""), done)
        for text in texts:
            self.assertIn(text, done.stderr.decode())
        self.assertNotIn(SECRET, done.stderr.decode())

    def leaves_locked(self, *texts):
        done = self.home.run("open", "message.eml")
        self.assertEqual(done.returncode, 1, done)
        for text in ["key file not used: ", "alice.pem", *texts]:
            self.assertIn(text, done.stderr.decode())


class Command(UnlockTest):
    def command(self, text):
        self.home.configure(unlock="{ command = '''" + text + " ''' }")

    def test_the_first_line_of_its_output_is_the_passphrase(self):
        for command in [f"echo '{SECRET}'", f"printf %s '{SECRET}'", f"printf '{SECRET}\\r\\nmore\\n'",
                        f"echo '{SECRET}'; echo more", f"echo '{SECRET}'; head -c 1000000 /dev/zero"]:
            with self.subTest(command):
                self.command(command)
                self.opens()

    def test_what_it_says_on_standard_error_is_shown(self):
        self.command(f"echo 'touch the key' >&2; echo '{SECRET}'")
        done = self.home.run("open", "message.eml")
        self.assertEqual((done.returncode, done.stderr), (0, b"touch the key\n"))

    def test_one_that_fails_is_an_error(self):
        for command, text in [("false", "it ended with exit status 1"),
                              (f"echo '{SECRET}'; exit 3", "it ended with exit status 3"),
                              ("kill -9 $$", "it was ended by signal 9"),
                              ("no-such-program", "it ended with exit status 127"),
                              ("true", "its first line of output is empty"),
                              ("echo; echo x", "its first line of output is empty"),
                              ("head -c 5000 /dev/zero", "its first line is too long")]:
            self.command(command)
            self.refuses("keystore.unlock.command: " + text, "run it by hand")

    def test_one_that_gives_a_wrong_passphrase_leaves_the_file_locked(self):
        self.command("echo wrong")
        self.leaves_locked("the passphrase is wrong")

    def test_it_inherits_nothing(self):
        """KEY-04"""
        self.command(f"ls /proc/self/fd > fds; cat > input; echo '{SECRET}'")
        reader, writer = os.pipe()
        os.set_inheritable(writer, True)
        done = self.home.run("open", "message.eml", pass_fds=[writer], input=b"not for the command")
        os.close(reader)
        os.close(writer)
        self.assertEqual(done.returncode, 0, done)
        self.assertEqual((self.home.path / "input").read_bytes(), b"")
        # 3 is the directory that ls itself reads.
        self.assertLessEqual(set((self.home.path / "fds").read_text().split()), {"0", "1", "2", "3"})

    def test_it_runs_once_for_all_files(self):
        self.home.write("keys/bob.pem", bob.pem(SECRET))
        self.command(f"echo x >> runs; echo '{SECRET}'")
        self.opens()
        self.assertEqual((self.home.path / "runs").read_text(), "x\n")

    def test_it_does_not_run_if_no_file_needs_it(self):
        self.home.write("keys/alice.pem", alice.pem())
        self.command("touch ran; false")
        self.opens()
        self.assertFalse((self.home.path / "ran").exists())

    def test_what_it_leaves_in_the_background_is_not_waited_for(self):
        self.command(f"sleep 25 2>&- & echo '{SECRET}'")
        begin = time.monotonic()
        self.opens()
        self.assertLess(time.monotonic() - begin, 20)


class File(UnlockTest):
    def setUp(self):
        super().setUp()
        self.home.configure(unlock='{ file = "passphrase" }')

    def test_its_first_line_is_the_passphrase(self):
        for text in [SECRET, f"{SECRET}\n", f"{SECRET}\r\nmore\n"]:
            self.home.write("passphrase", text)
            self.opens()
        self.home.write("passphrase", SECRET, mode=0o400)
        self.opens()

    def test_one_that_others_can_read_is_refused(self):
        for mode in [0o640, 0o604, 0o620, 0o602]:
            self.home.write("passphrase", SECRET, mode=mode)
            self.refuses("keystore.unlock.file: ", "others may read or write this file; forbid it: chmod 600")

    def test_an_empty_one_is_an_error(self):
        for text in ["", "\n", f"\n{SECRET}\n"]:
            self.home.write("passphrase", text)
            self.refuses("its first line is empty")
        self.home.write("passphrase", "x" * 5000)
        self.refuses("its first line is too long")

    def test_a_wrong_one_leaves_the_file_locked(self):
        self.home.write("passphrase", "wrong")
        self.leaves_locked("the passphrase is wrong")

    def test_a_pipe_is_refused_at_once(self):
        os.mkfifo(self.home.path / "passphrase", 0o600)
        self.refuses("this is not an ordinary file")

    @unittest.skipUnless(os.geteuid() == 0, "only root can give files away")
    def test_one_of_another_user_is_refused(self):
        os.chown(self.home.write("passphrase", SECRET), 12345, 12345)
        self.refuses("belongs to another user")


class NoWay(UnlockTest):
    def test_a_sealed_file_says_how_to_have_its_passphrase(self):
        self.home.configure()
        self.leaves_locked("it needs a passphrase; write below [keystore]", "unlock = { prompt = true }")


class Prompt(UnlockTest):
    def setUp(self):
        super().setUp()
        self.home.configure(unlock="{ prompt = true }")

    def start(self, *arguments):
        return Terminal(self.home, *(arguments or ("open", "message.eml")))

    def answer(self, terminal, name, passphrase):
        """Answers one prompt; gives what stood on the screen before."""
        screen = terminal.wait_for(f"Passphrase of {name} (empty: go on without it): ".encode())
        self.assertFalse(terminal.echoes())
        terminal.type(passphrase.encode() + b"\n")
        return screen

    def assert_ends(self, terminal, status, *texts):
        ended, screen = terminal.finish()
        self.assertEqual((os.WIFEXITED(ended), os.WEXITSTATUS(ended)), (True, status), screen)
        for text in texts:
            self.assertIn(text, screen)
        self.assertNotIn(SECRET.encode(), screen)

    def test_the_right_passphrase_opens(self):
        terminal = self.start()
        self.answer(terminal, "alice.pem", SECRET)
        self.assert_ends(terminal, 0, TEXT)

    def test_there_are_three_tries(self):
        terminal = self.start()
        self.answer(terminal, "alice.pem", "wrong")
        for passphrase in ["wrong again", SECRET]:
            screen = self.answer(terminal, "alice.pem", passphrase)
            self.assertIn(b"alice.pem: the passphrase is wrong", screen)
        self.assert_ends(terminal, 0, TEXT)

    def test_after_the_third_it_ends(self):
        terminal = self.start()
        for _ in range(3):
            self.answer(terminal, "alice.pem", "wrong")
        self.assert_ends(terminal, 2, b"the passphrase is wrong", b"(3 tries); start again")

    def test_an_empty_answer_goes_on_without_the_file(self):
        for passphrase in ["", "wrong"]:
            terminal = self.start()
            self.answer(terminal, "alice.pem", passphrase)
            if passphrase:
                self.answer(terminal, "alice.pem", "")
            self.assert_ends(terminal, 1, b"it needs a passphrase, and there is none", b"pkcs7-mime")

    def test_the_end_of_input_is_an_empty_answer(self):
        terminal = self.start()
        terminal.wait_for(b"go on without it): ")
        terminal.type(b"\x04")
        self.assert_ends(terminal, 1, b"it needs a passphrase, and there is none")

    def test_one_passphrase_is_asked_once_for_all_files(self):
        self.home.write("keys/bob.pem", bob.pem(SECRET))
        terminal = self.start()
        self.answer(terminal, "alice.pem", SECRET)
        self.assert_ends(terminal, 0, TEXT)

    def test_a_file_with_another_is_asked_for_alone(self):
        self.home.write("keys/bob.pem", sealed_bob)
        terminal = self.start()
        self.answer(terminal, "alice.pem", SECRET)
        screen = self.answer(terminal, "bob.pem", "battery staple")
        self.assertIn(b"bob.pem: the passphrase is wrong", screen)
        self.assert_ends(terminal, 0, TEXT)

    def test_a_signal_ends_it_with_the_echo_back_on(self):
        for number, how in [(signal.SIGINT, lambda t: t.type(b"secret-typed\x03")),
                            (signal.SIGTERM, lambda t: os.kill(t.process, signal.SIGTERM)),
                            (signal.SIGHUP, lambda t: os.kill(t.process, signal.SIGHUP))]:
            with self.subTest(number):
                terminal = self.start()
                terminal.wait_for(b"go on without it): ")
                self.assertFalse(terminal.echoes())
                how(terminal)
                _, status = os.waitpid(terminal.process, 0)
                self.assertTrue(os.WIFSIGNALED(status))
                self.assertEqual(os.WTERMSIG(status), number)
                self.assertTrue(terminal.echoes())
                os.close(terminal.end)

    def test_after_a_stop_it_asks_again(self):
        terminal = self.start()
        terminal.wait_for(b"go on without it): ")
        os.kill(terminal.process, signal.SIGSTOP)  # an orphaned group ignores SIGTSTP (POSIX, 11.1.4)
        os.kill(terminal.process, signal.SIGCONT)
        terminal.type(SECRET.encode() + b"\n")
        self.assert_ends(terminal, 0, TEXT)

    def test_what_was_typed_ahead_is_not_taken(self):
        terminal = self.start()
        terminal.type(b"ls -l\n")
        terminal.wait_for(b"go on without it): ")
        terminal.type(SECRET.encode() + b"\n")
        ended, screen = terminal.finish()
        self.assertEqual(os.WEXITSTATUS(ended), 0, screen)

    def test_without_a_terminal_it_says_what_to_write(self):
        self.refuses("keystore.unlock.prompt: there is no terminal", 'unlock = { command = "…" }')

    def test_without_a_sealed_file_no_terminal_is_needed(self):
        self.home.write("keys/alice.pem", alice.pem())
        self.opens()


if __name__ == "__main__":
    unittest.main()
