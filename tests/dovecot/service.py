"""Paperknife under test: a configuration file, the running program, what it said."""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time

from server import die_with_parent

SANITIZER = re.compile(r"(AddressSanitizer|LeakSanitizer|ThreadSanitizer|runtime error:)")


def binary():
    """The program: $PAPERKNIFE, or what ./build holds."""
    root = pathlib.Path(__file__).resolve().parent.parent.parent
    return os.environ.get("PAPERKNIFE") or str(root / "build" / "proxy" / "paperknife")


def is_sanitized():
    """True if the program was built with AddressSanitizer: slower, and hungrier."""
    with open(binary(), "rb") as file:
        return b"__asan_init" in file.read()


class Paperknife:
    """A running service, and its standard output and error so far.

    accounts is a list of dictionaries of [[account]] keys; name and listen have defaults. tables
    is the rest of the configuration file, as text.
    """

    def __init__(self, accounts, tables="", arguments=()):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="pks-", dir="/tmp"))
        self.config = self.directory / "config.toml"
        self.accounts = [{"name": f"account{n}", "listen": "127.0.0.1:0", **keys}
                         for n, keys in enumerate(accounts)]
        self.configure(tables)
        self._arguments = arguments
        self._lines = []
        self._said = threading.Condition()
        self.process = None
        self.ports = {}

    def configure(self, tables="", accounts=None):
        """Writes the configuration file; the service reads it at start and on SIGHUP."""
        text = ""
        for account in accounts if accounts is not None else self.accounts:
            text += "[[account]]\n"
            text += "".join(f"{key} = {json.dumps(value, default=str)}\n" for key, value in account.items())
        self.config.write_text(text + "\n" + tables)

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, *_):
        self.stop(check=kind is None)

    def start(self):
        """Starts it and waits until every account listens."""
        self.launch()
        for account in self.accounts:
            line = self.wait_for(rf"^{re.escape(account['name'])}: listening on .*")
            where = line.rstrip(".").rsplit(":", 1)[1]
            self.ports[account["name"]] = int(where) if where.isdigit() else where
        return self

    def launch(self):
        """Starts it and waits for nothing."""
        self.stderr_file = self.directory / "stderr"
        environment = {"ASAN_OPTIONS": "abort_on_error=0:exitcode=99:detect_leaks=1",
                       "UBSAN_OPTIONS": "print_stacktrace=1", **os.environ,
                       "XDG_STATE_HOME": str(self.directory / "state")}
        with open(self.stderr_file, "ab") as stderr:
            self.process = subprocess.Popen(
                [binary(), "run", "-c", str(self.config), *self._arguments],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr,
                env=environment, text=True, preexec_fn=die_with_parent)
        threading.Thread(target=self._listen, args=(self.process.stdout,), daemon=True).start()

    def _listen(self, stdout):
        for line in stdout:
            with self._said:
                self._lines.append(line.rstrip("\n"))
                self._said.notify_all()
        with self._said:
            self._lines.append(None)
            self._said.notify_all()

    def wait_for(self, pattern, seconds=30):
        """The first line of standard output that matches."""
        until = time.monotonic() + seconds
        with self._said:
            while True:
                for line in self._lines:
                    if line is not None and re.search(pattern, line):
                        return line
                if None in self._lines or time.monotonic() >= until:
                    raise AssertionError(f"no line {pattern!r}; it said:\n{self.output()}")
                self._said.wait(until - time.monotonic())

    @property
    def port(self):
        """The port of the first account; the path, if it is a local socket."""
        return self.ports[self.accounts[0]["name"]]

    def stderr(self):
        return self.stderr_file.read_text(errors="replace")

    def output(self):
        return "\n".join(line for line in self._lines if line is not None) + "\n" + self.stderr()

    def hang_up(self):
        """Sends SIGHUP: read the configuration again."""
        self.process.send_signal(signal.SIGHUP)

    def restart(self, number=signal.SIGKILL):
        """Ends it by a signal and starts it again, with the state that is left."""
        self.process.send_signal(number)
        self.process.wait(20)
        with self._said:
            self._said.wait_for(lambda: None in self._lines, 20)
            self._lines.clear()
        self.process.stdout.close()
        return self.start()

    def peak_memory(self):
        """The greatest resident size so far, in octets (VmHWM)."""
        return self._memory("VmHWM")

    def resident_memory(self):
        return self._memory("VmRSS")

    def _memory(self, name):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"{name}:\s+(\d+) kB", status)[1]) * 1024

    def stop(self, check=True):
        """Ends it by SIGTERM; with check it must end in time, with status 0 and no complaint."""
        status = None
        if self.process:
            if self.process.poll() is None:
                self.process.terminate()
            try:
                status = self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        output = self.output() if self.process else ""
        shutil.rmtree(self.directory, ignore_errors=True)
        if self.process and SANITIZER.search(output):
            raise AssertionError("a sanitizer spoke:\n" + output)
        if check and self.process and status != 0:
            raise AssertionError(f"exit status {status} (None: did not end in 10 s):\n{output}")
        self.process = None
        return status
