"""Other programs that make S/MIME messages, and open their own: openssl, gpgsm and NSS's cmsutil.

Each has a home of its own that is gone with the directory it was given. What a version can't do is
said by `unable`, a list of texts that the tests print.
"""

import os
import re
import subprocess

from program import openssl


class Person:
    """Someone with a key of a kind and a certificate by the CA."""

    def __init__(self, directory, name, *kind):
        self.name = name
        self.address = f"{name}@example.org"
        self.key, self.certificate = directory / f"{name}.key", directory / f"{name}.crt"
        self.p12, self.old_p12 = directory / f"{name}.p12", directory / f"{name}.old.p12"
        request, extensions = directory / f"{name}.csr", directory / f"{name}.ext"
        openssl("genpkey", "-out", self.key, *kind)
        openssl("req", "-new", "-key", self.key, "-subj", f"/O=Example/CN={name}", "-out", request)
        # gpgsm encrypts to nobody without keyEncipherment, whatever the key is.
        extensions.write_text(f"basicConstraints=CA:FALSE\nsubjectAltName=email:{self.address}\n"
                              "subjectKeyIdentifier=hash\n"
                              "keyUsage=digitalSignature,keyEncipherment,keyAgreement\n")
        openssl("x509", "-req", "-in", request, "-CA", directory / "ca.crt",
                "-CAkey", directory / "ca.key", "-CAcreateserial", "-days", 30,
                "-extfile", extensions, "-out", self.certificate)
        # gpgsm 2.2 knows the old ciphers only, and 2.4 fails to read them now and then.
        old = ("-certpbe", "PBE-SHA1-3DES", "-keypbe", "PBE-SHA1-3DES")
        for file, ciphers in (self.p12, ()), (self.old_p12, old):
            openssl("pkcs12", "-export", "-inkey", self.key, "-in", self.certificate, "-name", name,
                    "-passout", "pass:x", *ciphers, "-macalg", "sha1", "-out", file)

    @property
    def is_rsa(self):
        return self.name == "rsa"

    def pem(self):
        return self.key.read_bytes() + self.certificate.read_bytes()


def people(directory):
    """A CA, and somebody with a key of each kind."""
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", 30, "-subj", "/CN=CA",
            "-keyout", directory / "ca.key", "-out", directory / "ca.crt")
    kinds = {"rsa": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]}
    for curve in ("P-256", "P-384", "P-521", "brainpoolP256r1"):
        kinds[curve] = ["-algorithm", "EC", "-pkeyopt", f"ec_paramgen_curve:{curve}",
                        "-pkeyopt", "ec_param_enc:named_curve"]
    return {name: Person(directory, name, *kind) for name, kind in kinds.items()}


class Openssl:
    """openssl cms."""

    name = "openssl"
    version = openssl("version").decode().split()[1]
    unable = []
    ciphers = ("aes-128-cbc", "aes-192-cbc", "aes-256-cbc", "aes-128-gcm", "aes-192-gcm",
               "aes-256-gcm", "des-ede3-cbc")
    #: How the content key is handed over: a recipient's name and options.
    recipients = {
        "rsa": ("rsa", []),
        "rsa by key identifier": ("rsa", ["-keyid"]),
        "rsa-oaep": ("rsa", ["-keyopt", "rsa_padding_mode:oaep"]),
        "rsa-oaep sha512, mgf1 sha256": ("rsa", [
            "-keyopt", "rsa_padding_mode:oaep", "-keyopt", "rsa_oaep_md:sha512",
            "-keyopt", "rsa_mgf1_md:sha256"]),
        "rsa-oaep with a label": ("rsa", [
            "-keyopt", "rsa_padding_mode:oaep", "-keyopt", "rsa_oaep_label:4c6162656c"]),
        "P-256, sha1": ("P-256", []),
        "P-256 by key identifier, sha256, wrap 128": ("P-256", [
            "-keyid", "-keyopt", "ecdh_kdf_md:sha256", "-aes128-wrap"]),
        "P-384, sha384, wrap 256": ("P-384", ["-keyopt", "ecdh_kdf_md:sha384", "-aes256-wrap"]),
        "P-521, sha512, wrap 192": ("P-521", ["-keyopt", "ecdh_kdf_md:sha512", "-aes192-wrap"]),
        "P-256, cofactor, sha224": ("P-256", [
            "-keyopt", "ecdh_kdf_md:sha224", "-keyopt", "ecdh_cofactor_mode:1"]),
        "brainpoolP256r1, sha256": ("brainpoolP256r1", ["-keyopt", "ecdh_kdf_md:sha256"]),
    }

    def __init__(self, directory, persons):
        self.directory, self.persons = directory, persons

    def encrypt(self, octets, cipher, recipient, ber=False):
        person, options = self.recipients[recipient]
        wrap = [o for o in options if o.endswith("-wrap")]
        options = [o for o in options if o not in wrap]
        if cipher == "des-ede3-cbc" and person != "rsa" and not wrap:
            wrap = ["-aes128-wrap"]  # openssl's own choice is 3DES key wrap (RFC 3217), which is not offered
        return openssl("cms", "-encrypt", "-binary", "-outform", "DER", f"-{cipher}", *wrap,
                       *(["-stream"] if ber else []), *[o for o in options if o == "-keyid"],
                       "-recip", self.persons[person].certificate,
                       *[o for o in options if o != "-keyid"], input=octets)

    def decrypt(self, cms, person):
        return openssl("cms", "-decrypt", "-binary", "-inform", "DER", "-recip", person.certificate,
                       "-inkey", person.key, input=cms)

    def sign(self, octets, person, ber=False):
        return openssl("cms", "-sign", "-binary", "-nodetach", "-outform", "DER",
                       *(["-stream"] if ber else []), "-signer", person.certificate,
                       "-inkey", person.key, input=octets)

    def verify(self, cms):
        return openssl("cms", "-verify", "-noverify", "-binary", "-inform", "DER", input=cms)

    def close(self):
        pass


class Gpgsm:
    """gpgsm with an agent of its own."""

    name = "gpgsm"
    ciphers = ("AES128", "AES192", "AES256", "3DES")

    def __init__(self, directory, persons):
        self.home = directory / "gnupg"
        self.home.mkdir(mode=0o700)
        # Unlocking a key takes the agent a tenth of a second of work otherwise, each time.
        (self.home / "gpg-agent.conf").write_text("s2k-count 1024\n")
        self.version = re.search(r"\d+\.\d+\.\d+", self._run("--version").decode())[0]
        ca = directory / "ca.crt"
        fingerprint = openssl("x509", "-in", ca, "-noout", "-fingerprint", "-sha1").decode().strip()
        (self.home / "trustlist.txt").write_text(fingerprint.partition("=")[2] + " S relax\n")
        self._run("--import", ca)
        self.recipients, self.unable = {}, []
        curves = tuple(map(int, self.version.split("."))) >= (2, 3)
        for name, person in persons.items():
            if not person.is_rsa and not curves:
                self.unable.append(f"gpgsm {self.version} encrypts to no elliptic curve")
                continue
            self._run("--import", person.p12 if curves else person.old_p12)
            self.recipients[name] = name
        self.unable = sorted(set(self.unable))
        self.persons = persons

    def _run(self, *arguments, octets=b""):
        password, writer = os.pipe()
        os.write(writer, b"x\n")
        os.close(writer)
        try:
            return subprocess.run(
                ["gpgsm", "--homedir", self.home, "--batch", "--quiet", "--no-secmem-warning",
                 "--disable-crl-checks", "--disable-policy-checks", "--no-common-certs-import",
                 "--pinentry-mode", "loopback", "--passphrase-fd", str(password), *arguments],
                input=octets, check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                pass_fds=[password]).stdout
        except subprocess.CalledProcessError as error:
            raise RuntimeError(f"gpgsm {arguments}: {error.stderr.decode(errors='replace')}") from error
        finally:
            os.close(password)

    def encrypt(self, octets, cipher, recipient, ber=False):
        del ber  # gpgsm has one encoding
        return self._run("--cipher-algo", cipher, "--recipient", self.persons[recipient].address,
                         "--encrypt", octets=octets)

    def decrypt(self, cms, person):
        del person
        return self._run("--decrypt", octets=cms)

    def sign(self, octets, person, ber=False):
        del ber
        return self._run("--local-user", person.address, "--sign", octets=octets)

    def verify(self, cms):
        return self._run("--output", "-", "--verify", octets=cms)

    def close(self):
        subprocess.run(["gpgconf", "--homedir", self.home, "--kill", "all"], check=False,
                       capture_output=True)


class Nss:
    """NSS with a certificate database of its own. It chooses the cipher by itself."""

    name = "cmsutil"
    ciphers = ("of its own choice",)

    def __init__(self, directory, persons):
        self.directory = directory / "nss"
        self.directory.mkdir()
        self.version = "of NSS"  # it tells none
        self._run("certutil", "-N", "--empty-password")
        self._run("certutil", "-A", "-n", "CA", "-t", "CT,C,C", "-i", directory / "ca.crt")
        self.recipients, self.unable = {}, []
        for name, person in persons.items():
            self._run("pk12util", "-i", person.old_p12, "-W", "x")
            try:
                self._run("cmsutil", "-E", "-r", person.address, octets=b"x")
            except RuntimeError as error:
                self.unable.append(f"cmsutil does not encrypt to {name}: {error}")
                continue
            self.recipients[name] = name
        self.persons = persons

    def _run(self, program, *arguments, octets=b""):
        done = subprocess.run([program, *arguments, "-d", self.directory], input=octets, check=False,
                              capture_output=True)
        # cmsutil ends with 0 whatever happened.
        if done.returncode or (program == "cmsutil" and not done.stdout):
            raise RuntimeError(done.stderr.decode(errors="replace").strip().rpartition("\n")[2])
        return done.stdout

    def encrypt(self, octets, cipher, recipient, ber=False):
        del cipher, ber
        return self._run("cmsutil", "-E", "-r", self.persons[recipient].address, octets=octets)

    def decrypt(self, cms, person):
        del person
        return self._run("cmsutil", "-D", octets=cms)

    def sign(self, octets, person, ber=False):
        del ber
        return self._run("cmsutil", "-S", "-N", person.name, "-G", "-P", octets=octets)

    def verify(self, cms):
        return self._run("cmsutil", "-D", octets=cms)

    def close(self):
        pass
