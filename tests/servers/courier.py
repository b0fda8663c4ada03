"""A private Courier IMAP: its imapd behind a small login of our own, which ends as Courier's own login does, by becoming imapd
with the tag of the LOGIN command in the environment. Courier's would ask a daemon at a path that is compiled in.
"""

import os
import re
import socket
import subprocess
import threading

from unpacked import Server

CAPABILITIES = ("IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT THREAD=REFERENCES SORT QUOTA IDLE "
                "ACL ACL2=UNION")
GREETING = f"* OK [CAPABILITY {CAPABILITIES}] Courier-IMAP ready.\r\n"


class Courier(Server):
    """A running server. Any password is right."""

    name = "Courier"

    def __enter__(self):
        self.environment |= {
            "AUTHENTICATED": self.user, "AUTHADDR": self.user, "AUTHMODULE": "test", "PROTOCOL": "IMAP",
            "IMAP_CAPABILITY": CAPABILITIES.replace(" ACL ACL2=UNION", ""), "IMAP_ACL": "1", "IMAP_KEYWORDS": "1",
            "IMAP_USELOCKS": "1", "IMAP_ENHANCEDIDLE": "0", "IMAP_IDLE_TIMEOUT": "1", "MAILDIR": "Maildir",
            "LD_PRELOAD": os.environ.get("NO_FAM_LIBRARY", ""), "TCPREMOTEIP": self.host, "TCPREMOTEPORT": "1", "HOME": str(self.base)}
        for name in ("cur", "new", "tmp"):
            (self.base / "Maildir" / name).mkdir(parents=True)
        self.own()
        self._processes = []
        self._listener = socket.create_server((self.host, self.port), backlog=16)
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._log_in, args=(connection,), daemon=True).start()

    def _log_in(self, connection):
        with connection:
            connection.sendall(GREETING.encode())
            while line := self._line(connection):
                tag, _, command = line.partition(b" ")
                if re.match(rb"(?i)LOGIN ", command):
                    self._processes.append(subprocess.Popen(
                        [*self.as_user, self.root / "usr/bin/imapd", "Maildir"], stdin=connection, stdout=connection,
                        stderr=subprocess.DEVNULL, cwd=self.base,
                        env={**self.environment, "IMAPLOGINTAG": tag.decode()}))
                    return
                if re.match(rb"(?i)CAPABILITY\r", command):
                    connection.sendall(f"* CAPABILITY {CAPABILITIES}\r\n".encode() + tag + b" OK CAPABILITY completed\r\n")
                else:
                    connection.sendall(tag + b" NO Error in IMAP command received by server.\r\n")

    @staticmethod
    def _line(connection):
        """A line and not an octet more: the rest is imapd's."""
        line = b""
        while not line.endswith(b"\n"):
            octet = connection.recv(1)
            if not octet:
                return b""
            line += octet
        return line

    def __exit__(self, *_):
        self._listener.close()
        for process in self._processes:
            process.terminate()
            process.wait()
        super().__exit__()

    @staticmethod
    def files(base):
        """The messages of INBOX as they lie on the disk."""
        return sorted(file for name in ("cur", "new") for file in (base / "Maildir" / name).iterdir())
