"""The built program, a home for it, and keys and messages made by openssl."""

import os
import pathlib
import shutil
import subprocess
import tempfile


def binary():
    """The program: $PAPERKNIFE, or what ./build holds."""
    root = pathlib.Path(__file__).resolve().parent.parent.parent
    return os.environ.get("PAPERKNIFE") or str(root / "build" / "proxy" / "paperknife")


def openssl(*arguments, **options):
    """What an openssl command prints."""
    return subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, **options).stdout


class Home:
    """A directory with a configuration and a key directory, for one test."""

    def __init__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="pkp-"))
        self.keys = self.path / "keys"
        self.keys.mkdir(mode=0o700)
        self.config = self.path / "config.toml"

    def remove(self):
        shutil.rmtree(self.path)

    def write(self, name, content, mode=0o600):
        """Writes a file that only its mode opens to others."""
        file = self.path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        file.chmod(mode)
        return file

    def configure(self, text="", unlock=None):
        """Writes the configuration: the key directory, unlock, and text."""
        keystore = '[keystore]\ndirectory = "keys"\n'
        if unlock:
            keystore += f"unlock = {unlock}\n"
        return self.write("config.toml", keystore + text)

    def run(self, *arguments, config=True, **options):
        """Runs the program; has no terminal, and standard input only if it is given."""
        command = [binary(), *map(str, arguments)]
        if config:
            command += ["-c", str(self.config)]
        environment = {**os.environ, "HOME": str(self.path), **options.pop("env", {})}
        environment.pop("XDG_CONFIG_HOME", None)
        if "input" not in options:
            options.setdefault("stdin", subprocess.DEVNULL)
        return subprocess.run(command, stdout=options.pop("stdout", subprocess.PIPE),
                              stderr=subprocess.PIPE, timeout=60, cwd=self.path,
                              start_new_session=True, env=environment, **options)


class Owner:
    """Someone with a key and a certificate."""

    def __init__(self, directory, name, bits=2048, expired=False):
        self.name = name
        self.key = directory / f"{name}.key"
        self.certificate = directory / f"{name}.crt"
        subject = ["-subj", f"/CN={name}/emailAddress={name}@example.org"]
        openssl("req", "-x509", "-newkey", f"rsa:{bits}", "-nodes", "-days", 30, "-keyout", self.key,
                "-out", self.certificate, *subject)
        if expired:
            self._expire(directory, subject)

    def _expire(self, directory, subject):
        """Makes a certificate that ended long ago, which openssl req can not."""
        settings = directory / "ca.cnf"
        settings.write_text("[ca]\ndefault_ca=a\n[a]\ndatabase=index.txt\nserial=serial\nnew_certs_dir=.\n"
                            "default_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n")
        (directory / "index.txt").touch()
        request = directory / f"{self.name}.csr"
        openssl("req", "-new", "-key", self.key, "-out", request, *subject)
        openssl("ca", "-batch", "-config", settings, "-selfsign", "-keyfile", self.key, "-in", request,
                "-notext", "-create_serial", "-startdate", "20100101000000Z",
                "-enddate", "20110101000000Z", "-out", self.certificate, cwd=directory)

    def pem(self, passphrase=None):
        """Key and certificate in one PEM text, the key sealed if there is a passphrase."""
        key = self.key.read_bytes()
        if passphrase:
            key = openssl("pkcs8", "-topk8", "-v2", "aes-256-cbc", "-iter", "2048", "-in", self.key,
                          "-passout", f"pass:{passphrase}")
        return key + self.certificate.read_bytes()

    def message(self, text, *options):
        """A message (LF line ends) encrypted to the owner."""
        entity = b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + text
        return openssl("cms", "-encrypt", "-aes256", "-subject", "A letter", "-from", "bob@example.org",
                       *options, self.certificate, input=entity)


def crlf(octets):
    return octets.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
