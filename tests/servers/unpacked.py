"""Where tests/servers/unpack has put the servers, and what they have in common: a directory, a user, an end."""

import os
import pathlib
import pwd
import shutil
import subprocess
import sys
import tempfile

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "dovecot"))  # behind: it has a cyrus.py, too

from client import RawClient  # noqa: E402
from server import StartError, die_with_parent, free_ports  # noqa: E402, F401

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent.parent


def root():
    """The directory that stands for / (PAPERKNIFE_SERVERS, or build/servers), or nothing."""
    directory = pathlib.Path(os.environ.get("PAPERKNIFE_SERVERS") or REPOSITORY / "build" / "servers") / "root"
    return directory if directory.is_dir() else None


class Server:
    """A private server: a directory that is gone with it, run as nobody if root runs the tests."""

    user, password, host = "alice", "wonderland", "127.0.0.1"

    def __init__(self):
        self.base = pathlib.Path(tempfile.mkdtemp(prefix="pks-", dir="/tmp"))
        self.base.chmod(0o755)
        self.port, = free_ports(1)
        # setpriv instead of Python's user=, so that threads of a test can start it.
        self.as_user = ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups"] if os.getuid() == 0 else []
        self.account = "nobody" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
        self.root = root()
        if self.as_user and subprocess.run([*self.as_user, "test", "-r", self.root], check=False).returncode:
            self.root = self.base / "root"  # below /root, say
            shutil.copytree(root(), self.root, symlinks=True)
        libraries = [self.root / "usr/lib", *(self.root / "usr/lib").glob("*-linux-gnu")]
        self.environment = {**os.environ, "LD_LIBRARY_PATH": ":".join(map(str, libraries))}

    def own(self):
        """Makes the directory the running user's own."""
        if os.getuid() == 0:
            for each in self.base.iterdir():
                if each != self.root:
                    subprocess.run(["chown", "-R", "nobody:nogroup", each], check=True)
            os.chown(self.base, pwd.getpwnam("nobody").pw_uid, -1)

    def __exit__(self, *_):
        shutil.rmtree(self.base, ignore_errors=True)

    def append(self, *messages, mailbox="INBOX"):
        """Appends messages as a client does, without paperknife."""
        with RawClient(self.port) as client:
            client.login(self)
            for octets in messages:
                client.send(b"a APPEND %s {%d}\r\n" % (mailbox.encode(), len(octets)))
                assert client.response().startswith(b"+"), client.received
                client.send(octets + b"\r\n")
                *_, tagged = client.until("a")
                assert tagged.startswith(b"a OK"), tagged
