"""The log of a running service: one line an event, with a clock of its own where there is none."""

import os
import signal
import subprocess
import unittest

from program import Home, binary


class Log(unittest.TestCase):
    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.remove)
        self.home.configure('[[account]]\nname = "work"\nlisten = "127.0.0.1:0"\n'
                            'upstream = "imap+plaintext://127.0.0.1:1"\n')
        self.home.write("keys/broken\n\x1b[31m.pem", "nonsense")

    def lines(self, **environment):
        """Runs the service until it listens, ends it, and gives the lines of its log."""
        reader, writer = os.pipe()
        about = os.fstat(writer)
        values = {name: value.format(about) for name, value in environment.items()}
        self.addCleanup(os.close, reader)
        service = subprocess.Popen([binary(), "run", "-c", str(self.home.config)], stderr=writer,
                                   stdout=subprocess.PIPE, env={**os.environ, **values})
        os.close(writer)
        try:
            self.assertIn(b"work: listening on 127.0.0.1:", service.stdout.readline())
        finally:
            service.send_signal(signal.SIGTERM)
            self.assertEqual(service.wait(30), 0)
            service.stdout.close()
        return os.read(reader, 1 << 16).decode().splitlines()

    def assert_lines(self, lines, start):
        self.assertTrue(lines)
        for line in lines:
            self.assertRegex(line, start)
            self.assertTrue(line.isprintable(), line)
        self.assertTrue(any("broken\\n\\x1b[31m.pem" in line for line in lines), lines)

    def test_lines_have_a_time(self):
        self.assert_lines(self.lines(JOURNAL_STREAM=""),
                          r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d (error|warning|info|debug|trace): ")

    def test_in_the_journal_they_have_none(self):
        self.assert_lines(self.lines(JOURNAL_STREAM="{0.st_dev}:{0.st_ino}"),
                          r"^(error|warning|info|debug|trace): ")

    def test_a_journal_that_is_not_ours_does_not_count(self):
        self.assert_lines(self.lines(JOURNAL_STREAM="1:{0.st_ino}"), r"^\d{4}-")


if __name__ == "__main__":
    unittest.main()
