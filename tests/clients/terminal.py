"""A program that wants a terminal: keys are typed, and its screen is waited for."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time


class Terminal:
    """A program on a terminal of 40 lines and 120 columns. text is all that it wrote, without the controls."""

    def __init__(self, command, directory, environment, seconds=30):
        self._seconds = seconds
        self._process, self._terminal = pty.fork()
        if self._process == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
            os.chdir(directory)
            os.execvpe(command[0], command, environment)
        self._octets = b""
        self._seen = 0

    @property
    def text(self):
        text = re.sub(rb"\x1b\[[0-9;?]* ?[A-Za-z]|\x1b[()][A-Z0-9]|\x1b[=>78]|\x1b\][^\x07\x1b]*(\x07|\x1b\\)", b"", self._octets)
        return text.decode(errors="replace")

    def _read(self, seconds):
        if not select.select([self._terminal], [], [], seconds)[0]:
            return True
        try:
            octets = os.read(self._terminal, 65536)
        except OSError:
            octets = b""
        self._octets += octets
        if b"\x1b[6n" in octets:  # it asks where the cursor stands
            os.write(self._terminal, b"\x1b[1;1R")
        return bool(octets)

    def type(self, keys):
        """Types keys; what is waited for next must be written after them."""
        while select.select([self._terminal], [], [], 0.1)[0] and self._read(0):
            pass
        self._seen = len(self.text)
        os.write(self._terminal, keys.encode())

    def wait(self, pattern):
        """Waits until the program has written what matches."""
        until = time.monotonic() + self._seconds
        while not (found := re.search(pattern, self.text[self._seen:])):
            if time.monotonic() > until or not self._read(0.2):
                raise AssertionError(f"no {pattern!r} on the terminal: {self.text[-3000:]!r}")
        return found

    def end(self):
        """Waits for its end and gives its status."""
        until = time.monotonic() + self._seconds
        while self._read(0.2):
            if time.monotonic() > until:
                self.kill()
                raise AssertionError(f"it did not end: {self.text[-3000:]!r}")
        os.close(self._terminal)
        _, status = os.waitpid(self._process, 0)
        self._process = 0
        return os.waitstatus_to_exitcode(status)

    def kill(self):
        if self._process:
            os.kill(self._process, signal.SIGKILL)
            os.waitpid(self._process, 0)
            self._process = 0
