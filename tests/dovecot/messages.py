"""The messages of tests/data, made once and shared by all scripts of a build."""

import base64
import dataclasses
import fcntl
import functools
import os
import pathlib
import shutil
import subprocess
import tempfile

SCRIPT = pathlib.Path(__file__).resolve().parent.parent / "data" / "make_data.sh"


@functools.cache
def directory():
    """Where the data is: below $PAPERKNIFE_TEST_DATA, or below the directory for temporary files."""
    base = pathlib.Path(os.environ.get("PAPERKNIFE_TEST_DATA") or
                        pathlib.Path(tempfile.gettempdir()) / f"paperknife-data-{os.getuid()}")
    base.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = base / "made"
    with open(base / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists() or made.stat().st_mtime < SCRIPT.stat().st_mtime:
            shutil.rmtree(base / "data", ignore_errors=True)
            subprocess.run(["sh", str(SCRIPT), str(base / "data")], check=True)
            made.touch()
    return base / "data"


def keystore(name="keys"):
    """The configuration of a key directory."""
    return (f'[keystore]\ndirectory = "{directory() / name}"\n'
            f'unlock = {{ file = "{directory() / "passphrase"}" }}\n')


# For tests that compare flags with the server's own.
NO_KEYWORDS = "[present]\nkeywords = false\n"


@dataclasses.dataclass
class Message:
    name: str
    octets: bytes
    expectation: str
    plain: bytes  # the entity inside; empty if it does not open

    @property
    def opens(self):
        return self.expectation == "opened"

    @property
    def on_the_wire(self):
        """As an IMAP server gives it: every line ends with CRLF."""
        return self.octets.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def load(keep=lambda message: True):
    """The messages that can be kept by an IMAP server, by name."""
    messages = []
    for file in sorted((directory() / "messages").glob("*.eml")):
        expectation = file.with_suffix(".expect").read_text().split("\n")[0].split(": ")[1]
        plain = file.with_suffix(".plain")
        message = Message(file.stem, file.read_bytes(), expectation,
                          plain.read_bytes() if plain.exists() else b"")
        if keep(message) and b"\0" not in message.octets:
            messages.append(message)
    return messages


def encrypt(plain, *arguments, recipient="alice", keyopt=()):
    """A CMS message in DER, by openssl. keyopt says how the key is encrypted."""
    certificate = directory() / "pki" / f"{recipient}.crt"
    with tempfile.NamedTemporaryFile() as file:
        file.write(plain)
        file.flush()
        return subprocess.run(
            ["openssl", "cms", "-encrypt", "-binary", "-in", file.name, "-outform", "DER",
             *(arguments or ["-aes-256-cbc"]), "-recip", str(certificate),
             *(word for option in keyopt for word in ("-keyopt", option))],
            check=True, capture_output=True).stdout


def wrap(cms, subject="a letter"):
    """A message with a CMS message in base64 at its root."""
    head = (f"From: bob@example.org\r\nTo: alice@example.org\r\nSubject: {subject}\r\n"
            "Date: Mon, 23 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\n"
            "Content-Type: application/pkcs7-mime; name=smime.p7m; smime-type=enveloped-data\r\n"
            "Content-Transfer-Encoding: base64\r\n\r\n")
    return head.encode() + base64.encodebytes(cms).replace(b"\n", b"\r\n")
