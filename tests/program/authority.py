"""Certificates, lists of revoked ones and signed messages, made by openssl."""

import datetime

from program import openssl

DAY = datetime.timedelta(days=1)


def moment(days):
    """So many days from now, as openssl ca reads it."""
    return (datetime.datetime.now(datetime.timezone.utc) + days * DAY).strftime("%Y%m%d%H%M%SZ")


class Authority:
    """A CA in a directory of its own: its key, its certificate, and what it issued."""

    extensions = ("basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign",
                  "subjectKeyIdentifier=hash")

    def __init__(self, directory, name, issuer=None, start=-400, end=4000, extensions=extensions, bits=2048):
        self.directory = directory / name
        self.directory.mkdir()
        self.name = name
        self.key = self.directory / "ca.key"
        self.certificate = self.directory / f"{name}.crt"
        (self.directory / "index").touch()
        (self.directory / "crlnumber").write_text("01\n")
        (self.directory / "ca.cnf").write_text(
            "[ca]\ndefault_ca=a\n[a]\ndatabase=index\nnew_certs_dir=.\nrand_serial=yes\ndefault_md=sha256\npolicy=p\n"
            "unique_subject=no\ncrlnumber=crlnumber\n[p]\ncommonName=supplied\norganizationName=optional\n"
            "emailAddress=optional\n")
        request = self.request(name, self.key, bits)
        self.issue_to(request, self.certificate, start, end, extensions, issuer or self, selfsign=issuer is None)

    def request(self, name, key, bits=2048):
        request = self.directory / f"{name}.csr"
        openssl("req", "-new", "-newkey", f"rsa:{bits}", "-nodes", "-subj", f"/O=Example/CN={name}", "-keyout", key,
                "-out", request)
        return request

    @staticmethod
    def issue_to(request, certificate, start, end, extensions, issuer, selfsign=False):
        file = issuer.directory / "extensions"
        file.write_text("\n".join(extensions) + "\n")
        how = ["-selfsign"] if selfsign else ["-cert", issuer.certificate]
        openssl("ca", "-batch", "-config", "ca.cnf", *how, "-keyfile", issuer.key, "-in", request, "-notext",
                "-preserveDN", "-startdate", moment(start), "-enddate", moment(end), "-extfile", file,
                "-out", certificate, cwd=issuer.directory)

    def person(self, name, start=-100, end=400, extensions=()):
        """A key and a certificate for NAME@example.org; gives the paths of both."""
        key, certificate = self.directory / f"{name}.key", self.directory / f"{name}.crt"
        request = self.request(name, key)
        self.issue_to(request, certificate, start, end,
                      [f"subjectAltName=email:{name}@example.org", *extensions], self)
        return key, certificate

    def crl(self, name="ca.crl", last=-1, next_=30):
        """A list of what it has revoked, from a day on until another."""
        file = self.directory / name
        openssl("ca", "-config", "ca.cnf", "-cert", self.certificate, "-keyfile", self.key, "-gencrl",
                "-crl_lastupdate", moment(last), "-crl_nextupdate", moment(next_), "-out", file, cwd=self.directory)
        return file

    def revoke(self, certificate):
        openssl("ca", "-config", "ca.cnf", "-cert", self.certificate, "-keyfile", self.key, "-revoke", certificate,
                cwd=self.directory)


def signed(person, address, *options):
    """A clear-signed message (CRLF) from address."""
    key, certificate = person
    entity = b"Content-Type: text/plain; charset=utf-8\r\n\r\nDear Bob,\r\nall is well.\r\n"
    message = openssl("cms", "-sign", "-signer", certificate, "-inkey", key, "-md", "sha256", *options, input=entity)
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%a, %d %b %Y %H:%M:%S +0000")
    head = f"From: {address}\r\nTo: bob@example.org\r\nSubject: news\r\nDate: {now}\r\n".encode()
    return head + message.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def fingerprint(certificate):
    """"sha256:…", as openssl counts it."""
    text = openssl("x509", "-noout", "-fingerprint", "-sha256", "-in", certificate).decode()
    return "sha256:" + text.split("=")[1].strip().replace(":", "").lower()
