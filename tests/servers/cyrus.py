"""A private Cyrus IMAP: its master with one service, whose configuration and mail lie in one directory."""

import os
import signal
import socket
import subprocess
import time

from unpacked import Server, StartError, die_with_parent

SETTINGS = """
configdirectory: {base}/conf
proc_path: {base}/proc
mboxname_lockpath: {base}/lock
defaultpartition: default
partition-default: {base}/spool
idlesocket: {base}/socket/idle
notifysocket: {base}/socket/notify
lmtpsocket: {base}/socket/lmtp
cyrus_user: {account}
allowplaintext: yes
sasl_pwcheck_method: alwaystrue
sasl_mech_list: PLAIN LOGIN
autocreate_quota: 0
autocreate_post: yes
altnamespace: yes
unixhierarchysep: yes
imapidlepoll: 1
skiplist_unsafe: yes
"""

SERVICES = """
START {{
}}
SERVICES {{
  imap cmd="{programs}/imapd -C {base}/imapd.conf" listen="127.0.0.1:{port}" prefork=1
}}
EVENTS {{
}}
"""


class Cyrus(Server):
    """A running server. Any password is right."""

    name = "Cyrus"

    def __enter__(self):
        programs = self.root / "usr/lib/cyrus/bin"
        for name in ("conf/db", "conf/log", "conf/msg", "conf/proc", "conf/quota", "conf/socket", "conf/user",
                     "lock", "proc", "socket", "spool"):
            (self.base / name).mkdir(parents=True)
        names = {"base": self.base, "account": self.account, "programs": programs, "port": self.port}
        (self.base / "imapd.conf").write_text(SETTINGS.format(**names))
        (self.base / "cyrus.conf").write_text(SERVICES.format(**names))
        self.own()
        with open(self.base / "out", "wb") as out:
            self._process = subprocess.Popen(
                [*self.as_user, programs / "master", "-D", "-C", self.base / "imapd.conf", "-M", self.base / "cyrus.conf",
                 "-p", self.base / "pid"],
                stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=self.environment, start_new_session=True,
                preexec_fn=die_with_parent)
        until = time.monotonic() + 20
        while time.monotonic() < until and self._process.poll() is None:
            try:
                with socket.create_connection((self.host, self.port), 2) as probe:
                    probe.settimeout(10)
                    if probe.recv(4).startswith(b"* OK"):
                        return self
            except OSError:
                time.sleep(0.02)
        said = (self.base / "out").read_text(errors="replace")
        self.__exit__()
        raise StartError(f"Cyrus did not start: {said}")

    def __exit__(self, *_):
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            pass
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self._process.wait()
        super().__exit__()

    @staticmethod
    def files(base):
        """The messages as they lie on the disk."""
        return sorted(base.glob("spool/uuid/**/[0-9]*."))
