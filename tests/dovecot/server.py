"""A private Dovecot on loopback: one directory, one user to run as, gone when stopped.

Works as root (Dovecot then runs as nobody) and as an ordinary user, with Dovecot 2.3 and 2.4,
whose configuration languages differ. Used by the tests and by examples/quickstart.

    with Dovecot() as server:
        server.deliver(b"Subject: hello\r\n\r\nHello\r\n")
        imap = imaplib.IMAP4("127.0.0.1", server.port)
        imap.login(server.user, server.password)

Run by itself it starts a server and waits for Ctrl-C:  python3 server.py
"""

import base64
import ctypes
import grp
import hashlib
import hmac
import itertools
import json
import os
import pathlib
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

DOVECOT = shutil.which("dovecot", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
MODULES = (pathlib.Path("/usr/lib/dovecot/modules"), pathlib.Path("/usr/lib64/dovecot"))

CONFIG = """
{own}
base_dir = {base}/run
state_dir = {base}/state
log_path = {base}/dovecot.log
auth_verbose = yes
protocols = imap
listen = 127.0.0.1
default_internal_user = {account}
default_internal_group = {group}
default_login_user = {account}
auth_mechanisms = plain login scram-sha-256 xoauth2 oauthbearer
auth_failure_delay = 0
mail_uid = {uid}
mail_gid = {gid}
first_valid_uid = 1
first_valid_gid = 1
mail_fsync = never
mail_max_userip_connections = 0
{rawlog}
ssl = yes
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {imaps_port}
    ssl = yes
  }}
  process_min_avail = 1
  client_limit = 1000
}}
service imap {{
  process_limit = 1024
}}
{compress}
"""

OWN_2_3 = """
disable_plaintext_auth = no
mail_location = maildir:{base}/mail/%n
mail_home = {base}/home/%n
ssl_cert = <{base}/pki/server.crt
ssl_key = <{base}/pki/server.key
ssl_min_protocol = TLSv1.2
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {base}/oauth2.conf
}}
passdb {{
  driver = passwd-file
  args = username_format=%n {base}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={base}/home/%n
}}
namespace inbox {{
  inbox = yes
  mailbox Sent {{
    special_use = \\Sent
    auto = create
  }}
}}
service imap-login {{
  service_count = 0
}}
service imap {{
  vsz_limit = 0
}}
"""

COMPRESS_2_3 = """
protocol imap {
  mail_plugins = zlib imap_zlib
}
"""

OAUTH2_2_3 = """
introspection_mode = local
local_validation_key_dict = fs:posix:prefix={base}/tokens/
username_attribute = sub
issuers = paperknife-test
"""

OWN_2_4 = """
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
auth_allow_cleartext = yes
mail_driver = maildir
mail_path = {base}/mail/%{{user | username}}
mail_home = {base}/home/%{{user | username}}
ssl_server_cert_file = {base}/pki/server.crt
ssl_server_key_file = {base}/pki/server.key
oauth2 {{
  introspection_mode = local
  username_attribute = sub
  issuers = paperknife-test
}}
oauth2_local_validation {{
  dict fs {{
    fs posix {{
      prefix = {base}/tokens/
    }}
  }}
}}
passdb oauth2 {{
  mechanisms_filter = xoauth2 oauthbearer
}}
passdb passwd-file {{
  passwd_file_path = {base}/users
}}
userdb static {{
  fields {{
    uid = {uid}
    gid = {gid}
    home = {base}/home/%{{user | username}}
  }}
}}
namespace inbox {{
  inbox = yes
  mailbox Sent {{
    special_use = "\\\\Sent"
    auto = create
  }}
}}
service imap-login {{
  restart_request_count = unlimited
}}
service imap {{
  vsz_limit = unlimited
}}
"""


class StartError(RuntimeError):
    """The server did not come up; the text ends with its log."""


def die_with_parent():
    """Has the process that is about to start end with this one, however this one ends (Linux)."""
    try:
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
    except (OSError, AttributeError):
        pass


def free_ports(count):
    """Ports of 127.0.0.1 that nobody listens on just now."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def make_pki(directory):
    """Makes ca.crt and server.{crt,key} for localhost and 127.0.0.1."""

    def openssl(*arguments):
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)

    directory.mkdir(parents=True, exist_ok=True)
    ca, server = directory / "ca", directory / "server"
    extensions = directory / "server.ext"
    extensions.write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n"
                          "extendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n")
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    openssl("req", "-x509", *curve, "-days", "3650", "-subj", "/CN=Throw-away CA",
            "-keyout", f"{ca}.key", "-out", f"{ca}.crt",
            "-addext", "keyUsage=critical,keyCertSign,cRLSign")
    openssl("req", *curve, "-subj", "/CN=localhost", "-keyout", f"{server}.key", "-out",
            f"{server}.csr")
    openssl("x509", "-req", "-in", f"{server}.csr", "-CA", f"{ca}.crt", "-CAkey", f"{ca}.key",
            "-CAcreateserial", "-days", "3650", "-extfile", extensions, "-out", f"{server}.crt")


def version():
    """Dovecot's version, (2, 3, 19), or nothing if there is none."""
    if not DOVECOT:
        return None
    words = subprocess.run([DOVECOT, "--version"], capture_output=True, text=True).stdout
    numbers = re.match(r"(\d+)\.(\d+)(?:\.(\d+))?", words)
    return tuple(int(n or 0) for n in numbers.groups()) if numbers else None


class Dovecot:
    """A running server. user and password are those of the first of users."""

    def __init__(self, users=None, directory=None, rawlog=False, ports=None):
        self.users = users or {"alice": "wonderland"}
        self.user, self.password = next(iter(self.users.items()))
        self.version = version()
        if not self.version:
            raise StartError("Dovecot is not installed (dovecot-imapd)")
        self._own_directory = directory is None
        # The paths of Dovecot's sockets must stay below 108 octets: no deep directories.
        self.base = pathlib.Path(directory or tempfile.mkdtemp(prefix="pkd-", dir="/tmp"))
        self.base.mkdir(parents=True, exist_ok=True)
        self._rawlog = rawlog
        self._ports = ports
        self._process = None
        self._names = itertools.count(1)
        self._secret = b"a secret of 32 octets for tokens"
        if os.getuid() == 0:
            self.uid = pwd.getpwnam("nobody").pw_uid
            self.gid = pwd.getpwnam("nobody").pw_gid
        else:
            self.uid, self.gid = os.getuid(), os.getgid()

    host = "127.0.0.1"

    @property
    def ca_file(self):
        return self.base / "pki" / "ca.crt"

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def start(self):
        """Starts it and waits until it accepts connections."""
        self.base.chmod(0o755)
        if not self.ca_file.exists():
            make_pki(self.base / "pki")
        for name in ("run", "state", "mail", "home", "tokens/default/HS256"):
            (self.base / name).mkdir(parents=True, exist_ok=True)
        for user in self.users:
            home = self.base / "home" / user
            home.mkdir(exist_ok=True)
            if self._rawlog:
                self.rawlog_directory(user).mkdir(exist_ok=True)
        (self.base / "users").write_text(
            "".join(f"{user}:{{PLAIN}}{password}\n" for user, password in self.users.items()))
        (self.base / "tokens/default/HS256/default").write_bytes(base64.b64encode(self._secret))
        (self.base / "oauth2.conf").write_text(OAUTH2_2_3.format(base=self.base))
        for _ in range(5):
            self.port, self.imaps_port = self._ports or free_ports(2)
            if self._launch():
                return self
            if self._ports or "in use" not in self.log():
                break
        self.stop(keep=True)
        raise StartError("Dovecot did not start:\n" + self.log())

    def _write_config(self):
        compress = any((m / "lib30_imap_zlib_plugin.so").exists() for m in MODULES)
        old = self.version < (2, 4)
        names = {"base": self.base, "uid": self.uid, "gid": self.gid}
        text = CONFIG.format(
            **names, own=(OWN_2_3 if old else OWN_2_4).format(**names), port=self.port,
            imaps_port=self.imaps_port,
            account=pwd.getpwuid(self.uid).pw_name, group=grp.getgrgid(self.gid).gr_name,
            rawlog=f"rawlog_dir = {self.base}/home/%{'n' if old else '{user | username}'}/rawlog"
            if self._rawlog else "",
            compress=COMPRESS_2_3 if old and compress else "")
        (self.base / "dovecot.conf").write_text(text)

    def _launch(self):
        self._write_config()
        (self.base / "dovecot.log").write_text("")
        self._own(self.base)
        identity = {"user": self.uid, "group": self.gid, "extra_groups": []} \
            if os.getuid() == 0 else {}
        with open(self.base / "dovecot.out", "wb") as out:
            self._process = subprocess.Popen(
                [DOVECOT, "-F", "-c", str(self.base / "dovecot.conf")], stdout=out, stderr=out,
                stdin=subprocess.DEVNULL, start_new_session=True, cwd=self.base,
                preexec_fn=die_with_parent, **identity)
        until = time.monotonic() + 20
        while time.monotonic() < until:
            if self._process.poll() is not None:
                return False
            try:
                with socket.create_connection((self.host, self.port), 2) as probe:
                    probe.settimeout(10)
                    if probe.recv(4).startswith(b"* OK"):
                        return True
            except OSError:
                pass
            time.sleep(0.02)
        return False

    def _own(self, path):
        """Makes a tree the running user's own."""
        if os.getuid() != 0:
            return
        os.chown(path, self.uid, self.gid)
        for directory, folders, files in os.walk(path):
            for name in folders + files:
                os.chown(os.path.join(directory, name), self.uid, self.gid,
                         follow_symlinks=False)

    def stop(self, keep=False):
        """Stops it and all it started, and removes a directory that it made itself."""
        process, self._process = self._process, None
        if process:
            if not self._own_directory:  # else there is nothing to save
                process.terminate()
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    pass
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()
        if self._own_directory and not keep:
            shutil.rmtree(self.base, ignore_errors=True)

    def log(self):
        """What it logged so far."""
        texts = (self.base / name for name in ("dovecot.out", "dovecot.log"))
        return "".join(t.read_text(errors="replace") for t in texts if t.exists())

    def maildir(self, user=None, mailbox="INBOX"):
        """The Maildir of a mailbox, made if it is not there."""
        root = self.base / "mail" / (user or self.user)
        path = root if mailbox == "INBOX" else root / ("." + mailbox)
        for name in (root, path, path / "cur", path / "new", path / "tmp"):
            if not name.exists():
                name.mkdir(mode=0o700)
                if os.getuid() == 0:
                    os.chown(name, self.uid, self.gid)
        return path

    def deliver(self, octets, user=None, mailbox="INBOX", flags="S", arrived=1_700_000_000):
        """Puts a message into a mailbox as a delivery agent does; UIDs follow the order.

        flags are Maildir's letters: S is \\Seen, empty unseen. arrived is the INTERNALDATE.
        """
        number = next(self._names)
        file = self.maildir(user, mailbox) / "cur" / f"{arrived + number}.M{number}.test:2,{flags}"
        file.write_bytes(octets)
        os.utime(file, (arrived, arrived))
        if os.getuid() == 0:
            os.chown(file, self.uid, self.gid)
        return file

    def rawlog_directory(self, user=None):
        return self.base / "home" / (user or self.user) / "rawlog"

    def rawlog(self, user=None):
        """What each connection of a user sent after login, oldest first (rawlog=True)."""
        files = sorted(self.rawlog_directory(user).glob("*.in"),
                       key=lambda f: f.stat().st_ctime_ns)
        # A line begins with the time that it came at.
        return [re.sub(rb"(?m)^\d{5,}\.\d+ ", b"", f.read_bytes()) for f in files]

    def token(self, user=None):
        """A bearer token (JWT, HS256) that OAUTHBEARER and XOAUTH2 accept."""

        def part(octets):
            return base64.urlsafe_b64encode(octets).rstrip(b"=")

        now = int(time.time())
        claims = {"iss": "paperknife-test", "sub": user or self.user, "iat": now - 60,
                  "nbf": now - 60, "exp": now + 3600}
        signed = b".".join(part(json.dumps(each).encode())
                           for each in ({"alg": "HS256", "typ": "JWT"}, claims))
        return (signed + b"." + part(hmac.digest(self._secret, signed, hashlib.sha256))).decode()


if __name__ == "__main__":
    with Dovecot() as running:
        print(f"IMAP and STARTTLS 127.0.0.1:{running.port}, IMAPS localhost:{running.imaps_port}, "
              f"user {running.user}, password {running.password}, directory {running.base}")
        try:
            signal.pause()
        except KeyboardInterrupt:
            pass
