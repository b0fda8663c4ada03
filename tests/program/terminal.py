"""The program at a terminal of its own."""

import os
import pty
import select
import termios
import time

from program import binary


class Terminal:
    """A program run in a new session whose terminal we hold the other end of."""

    def __init__(self, home, *arguments):
        self.screen = b""
        command = [binary(), *map(str, arguments), "-c", str(home.config)]
        self.process, self.end = pty.fork()
        if self.process == 0:
            os.chdir(home.path)
            os.execv(command[0], command)

    def wait_for(self, text, seconds=30):
        """Reads until the screen shows text; takes the screen up to there."""
        until = time.monotonic() + seconds
        while text not in self.screen:
            if not self._read(until - time.monotonic()):
                raise AssertionError(f"no {text!r} on the screen: {self.screen!r}")
        before, _, self.screen = self.screen.partition(text)
        return before + text

    def type(self, octets):
        os.write(self.end, octets)

    def echoes(self):
        return bool(termios.tcgetattr(self.end)[3] & termios.ECHO)

    def finish(self, seconds=30):
        """Waits for the end; gives the status as waitpid does, and the rest of the screen."""
        until = time.monotonic() + seconds
        while self._read(until - time.monotonic()):
            pass
        _, status = os.waitpid(self.process, 0)
        os.close(self.end)
        return status, self.screen

    def _read(self, seconds):
        if seconds <= 0 or not select.select([self.end], [], [], seconds)[0]:
            raise AssertionError(f"nothing more on the screen: {self.screen!r}")
        try:
            octets = os.read(self.end, 65536)
        except OSError:  # Linux says EIO when the other end is closed
            octets = b""
        self.screen += octets
        return bool(octets)
