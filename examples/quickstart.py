"""The demonstration of examples/quickstart, which starts it when all is built."""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import textwrap

root = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(root / "tests" / "dovecot"))

from server import Dovecot, StartError, die_with_parent, version  # noqa: E402

DEMO = root / "build" / "demo"
PROGRAM = root / "build" / "proxy" / "paperknife"
USER, PASSWORD = "alice", "wonderland"
PASSPHRASE = "rabbit hole"

LETTER = """\
Content-Type: multipart/mixed; boundary="=figures="

--=figures=
Content-Type: text/plain; charset=utf-8

Dear Alice,

the figures of the third quarter are attached.
Please tell nobody before Monday.

Bob
--=figures=
Content-Type: text/csv; name="figures.csv"
Content-Disposition: attachment; filename="figures.csv"

quarter,tarts
Q3,1024
--=figures=--
"""
SIGNED = """\
Content-Type: text/html; charset=utf-8

<p>Signed, then encrypted: <b>both</b> wrappings are taken off.</p>
"""
ORDINARY = """\
Content-Type: text/plain; charset=utf-8

An ordinary message passes octet for octet.
"""


def say(what, text):
    print(f"{what:<11} {text}", flush=True)


def openssl(*arguments, octets=b""):
    done = subprocess.run(["openssl", *map(str, arguments)], input=octets, capture_output=True)
    if done.returncode:
        sys.exit(f"openssl {arguments[0]} failed:\n{done.stderr.decode()}")
    return done.stdout


def make_pki():
    """pki/: a CA, Alice and Bob; keys/: Alice's key as paperknife gets it."""
    pki, keys = DEMO / "pki", DEMO / "keys"
    if (keys / "alice.p12").exists():
        say("PKI", f"there already, in {pki.relative_to(root)}/")
        return
    say("PKI", f"making a CA and the keys of Alice and Bob with openssl, in {pki.relative_to(root)}/")
    for directory in (DEMO, pki, keys):
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", 3650, "-subj",
            "/CN=Demonstration CA", "-keyout", pki / "ca.key", "-out", pki / "ca.crt")
    for name in ("alice", "bob"):
        (pki / "extensions").write_text(
            f"subjectAltName=email:{name}@example.org\nsubjectKeyIdentifier=hash\n")
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name.title()}",
                "-keyout", pki / f"{name}.key", "-out", pki / f"{name}.csr")
        openssl("x509", "-req", "-in", pki / f"{name}.csr", "-CA", pki / "ca.crt", "-CAkey",
                pki / "ca.key", "-CAcreateserial", "-days", 3650, "-extfile", pki / "extensions",
                "-out", pki / f"{name}.crt")
    openssl("pkcs12", "-export", "-inkey", pki / "alice.key", "-in", pki / "alice.crt", "-keypbe",
            "AES-256-CBC", "-certpbe", "AES-256-CBC", "-macalg", "sha256", "-passout",
            f"pass:{PASSPHRASE}", "-out", DEMO / "alice.p12")
    (DEMO / "alice.p12").chmod(0o600)
    (DEMO / "alice.p12").rename(keys / "alice.p12")
    (DEMO / "passphrase").write_text(PASSPHRASE + "\n")
    (DEMO / "passphrase").chmod(0o600)


def crlf(text):
    return text.replace("\n", "\r\n").encode()


def enveloped(entity, algorithm):
    """An entity encrypted to Alice, as an entity itself."""
    cms = openssl("cms", "-encrypt", "-binary", f"-{algorithm}", "-outform", "DER",
                  "-recip", DEMO / "pki" / "alice.crt", octets=entity)
    return wrapped(cms, "authEnveloped-data" if "gcm" in algorithm else "enveloped-data")


def signed(entity):
    pki = DEMO / "pki"
    return wrapped(openssl("cms", "-sign", "-binary", "-nodetach", "-outform", "DER", "-signer",
                           pki / "bob.crt", "-inkey", pki / "bob.key", octets=entity),
                   "signed-data")


def wrapped(cms, smime_type):
    text = openssl("base64", octets=cms).decode()
    return crlf("Content-Type: application/pkcs7-mime; name=smime.p7m;\n"
                f" smime-type={smime_type}\n"
                "Content-Transfer-Encoding: base64\n"
                "Content-Disposition: attachment; filename=smime.p7m\n\n" + text)


def message(subject, entity):
    return crlf("From: Bob <bob@example.org>\nTo: Alice <alice@example.org>\n"
                f"Subject: {subject}\nDate: Mon, 23 Nov 2026 10:00:00 +0000\n"
                f"Message-ID: <{subject.split()[-1]}@example.org>\nMIME-Version: 1.0\n") + entity


def make_mailbox(server):
    server.deliver(message("The figures", enveloped(crlf(LETTER), "aes-256-gcm")), flags="")
    server.deliver(message("Signed and sealed",
                           enveloped(signed(crlf(SIGNED)), "aes-256-cbc")), flags="")
    server.deliver(message("An ordinary message", crlf(ORDINARY)), flags="")


def free_port(*wished):
    for port in (*wished, 0):
        try:
            with socket.create_server(("127.0.0.1", port)) as probe:
                return probe.getsockname()[1]
        except OSError:
            pass


def start_paperknife(server):
    """Starts it and gives the process and the port."""
    config = DEMO / "config.toml"
    config.write_text(textwrap.dedent(f"""\
        [[account]]
        name = "demo"
        listen = "127.0.0.1:{free_port(1143, 2143)}"
        upstream = "imaps://localhost:{server.imaps_port}"
        ca_file = "{server.ca_file}"

        [keystore]
        directory = "keys"
        unlock = {{ file = "passphrase" }}
        """))
    log = open(DEMO / "paperknife.log", "wb")
    process = subprocess.Popen([str(PROGRAM), "run", "-c", str(config)], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=log, text=True,
                               start_new_session=True, preexec_fn=die_with_parent)
    line = process.stdout.readline()
    if "listening on" not in line:
        process.wait(5)
        sys.exit("paperknife did not start:\n" + (DEMO / "paperknife.log").read_text())
    return process, int(line.rsplit(":", 1)[1])


def fetch(port):
    url = f"imap://127.0.0.1:{port}/INBOX;UID=1"
    done = subprocess.run(["curl", "-sS", "--max-time", "20", "-u", f"{USER}:{PASSWORD}", url],
                          capture_output=True)
    if done.returncode:
        sys.exit(f"curl {url}: {done.stderr.decode()}")
    return done.stdout.decode(errors="replace").splitlines()


def column(lines, width, height):
    lines = [line if len(line) <= width else line[:width - 1] + "…" for line in lines]
    if len(lines) > height:
        lines[height - 1:] = [f"… {len(lines) - height + 1} more lines"]
    return lines


def side_by_side(left, right):
    width = min(max(shutil.get_terminal_size((100, 24)).columns, 80), 140)
    width, height = (width - 7) // 2, 26
    left, right = column(left, width, height), column(right, width, height)
    rows = max(len(left), len(right))
    left += [""] * (rows - len(left))
    right += [""] * (rows - len(right))
    print(f"  {'WITHOUT paperknife':<{width}} │ WITH paperknife")
    print(f"  {'─' * width}─┼─{'─' * width}")
    for one, other in zip(left, right):
        print(f"  {one:<{width}} │ {other}".rstrip())


def main():
    make_pki()
    try:
        server = Dovecot(users={USER: PASSWORD}).start()
    except StartError as error:
        sys.exit(str(error))
    paperknife = None
    try:
        make_mailbox(server)
        say("mail server", f"a private Dovecot {'.'.join(map(str, version()))}, with three messages")
        paperknife, port = start_paperknife(server)
        say("paperknife", f"listening on 127.0.0.1:{port}")
        print(f"\nThe first message, by  curl -u {USER}:{PASSWORD} 'imap://127.0.0.1:PORT/INBOX;UID=1'\n"
              f"with PORT {server.port} (the mail server) and PORT {port} (paperknife):\n")
        direct, through = fetch(server.port), fetch(port)
        side_by_side(direct, through)
        if "the figures of the third quarter are attached." not in through:
            sys.exit("\nThe message did not open; see build/demo/paperknife.log")
        print(textwrap.dedent(f"""
            Point any mail client at it:
              IMAP server  127.0.0.1, port {port}, no TLS (connection security "None")
              user         {USER}
              password     {PASSWORD}
            The server itself, to compare: 127.0.0.1, port {server.port}, same user and password.
            The configuration: build/demo/config.toml; what it logs: build/demo/paperknife.log"""))
        if "--once" in sys.argv[1:]:
            return
        print("\nBoth run until Ctrl-C.", flush=True)
        paperknife.wait()
        sys.exit("paperknife has ended by itself; see build/demo/paperknife.log")
    except KeyboardInterrupt:
        print("\nStopping.")
    finally:
        if paperknife and paperknife.poll() is None:
            paperknife.terminate()
            paperknife.wait(10)
        server.stop()


if __name__ == "__main__":
    os.umask(0o077)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    main()
