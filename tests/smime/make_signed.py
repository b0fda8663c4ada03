#!/usr/bin/env python3
"""Signed messages that openssl does not make, in the directory of make_signed.sh: it lends its keys and signs."""

import base64
import datetime
import email.utils
import hashlib
import pathlib
import subprocess

work = pathlib.Path("work")
content = pathlib.Path("content").read_bytes()


def der(tag, *parts):
    body = b"".join(parts)
    if len(body) < 128:
        return bytes([tag, len(body)]) + body
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(size)]) + size + body


def oid(dotted):
    first, second, *arcs = map(int, dotted.split("."))
    octets = b""
    for arc in [first * 40 + second, *arcs]:
        piece = [arc & 0x7f]
        while arc := arc >> 7:
            piece.insert(0, 0x80 | arc & 0x7f)
        octets += bytes(piece)
    return der(6, octets)


def sequence(*parts):
    return der(0x30, *parts)


def integer(number):
    return der(2, number.to_bytes(number.bit_length() // 8 + 1, "big"))


null = der(5)
data = oid("1.2.840.113549.1.7.1")
hashes = {"md5": "1.2.840.113549.2.5", "sha1": "1.3.14.3.2.26", "sha256": "2.16.840.1.101.3.4.2.1",
          "sha384": "2.16.840.1.101.3.4.2.2", "sha512": "2.16.840.1.101.3.4.2.3"}
rsa = "1.2.840.113549.1.1.1"
rsa_sha256 = "1.2.840.113549.1.1.11"
rsa_sha512 = "1.2.840.113549.1.1.13"
ed25519 = "1.3.101.112"


def algorithm(dotted, parameters=null):
    return sequence(oid(dotted), parameters)


def attribute(dotted, *values):
    return sequence(oid(dotted), der(0x31, *values))


def content_type(dotted="1.2.840.113549.1.7.1"):
    return attribute("1.2.840.113549.1.9.3", oid(dotted))


def message_digest(octets=content, hash_name="sha256"):
    return attribute("1.2.840.113549.1.9.4", der(4, hashlib.new(hash_name, octets).digest()))


def signing_time(moment, generalized=False):
    text = moment.strftime("%Y%m%d%H%M%SZ" if generalized else "%y%m%d%H%M%SZ")
    return attribute("1.2.840.113549.1.9.5", der(0x18 if generalized else 0x17, text.encode()))


def protection(digest_identifier, signature_identifier):
    return attribute("1.2.840.113549.1.9.52", sequence(digest_identifier, b"\xa1" + signature_identifier[1:]))


def certificate(name):
    text = (work / f"{name}.crt").read_text()
    return base64.b64decode(text.split("-----")[2])


def issuer_and_serial(name):
    """Of a certificate: the two fields behind the version."""
    tbs = inside(inside(certificate(name)))
    parts = elements(tbs)
    return sequence(parts[3], parts[1])


def inside(element):
    return element[header(element):]


def header(element):
    return 2 if element[1] < 0x80 else 2 + (element[1] & 0x7f)


def elements(octets):
    found = []
    while octets:
        size = header(octets)
        length = octets[1] if octets[1] < 0x80 else int.from_bytes(octets[2:size], "big")
        found.append(octets[:size + length])
        octets = octets[size + length:]
    return found


def signing_certificate(hash_of, digest=None, serial=None):
    """SigningCertificateV2 (RFC 5035)."""
    fields = [algorithm(hashes[digest])] if digest else []
    fields.append(der(4, hashlib.new(digest or "sha256", hash_of).digest()))
    if serial:
        name, number = elements(inside(issuer_and_serial(serial)))
        fields.append(sequence(sequence(der(0xa4, name)), number))
    return attribute("1.2.840.113549.1.9.16.2.47", sequence(sequence(sequence(*fields))))


def signed_by(name, octets, hash_name="sha256"):
    (work / "tbs").write_bytes(octets)
    if name == "ed25519":
        command = ["pkeyutl", "-sign", "-rawin", "-inkey", f"work/{name}.key", "-in", "work/tbs"]
    else:
        command = ["dgst", f"-{hash_name}", "-sign", f"work/{name}.key", "work/tbs"]
    return subprocess.run(["openssl", *command], check=True, stdout=subprocess.PIPE).stdout


def signer_info(name, attributes, digest="sha256", signature=None, unsorted=False, signed=None, octets=content,
                identifier_of=None, hash_name=None, version=1, parameters=null):
    """A SignerInfo over these attributes, or over octets if there are none (None)."""
    signature = signature or algorithm(rsa_sha256)
    fields = [integer(version), issuer_and_serial(identifier_of or name), algorithm(hashes[digest], parameters)]
    hash_name = hash_name or digest
    if attributes is None:
        value = signed_by(name, signed or octets, hash_name)
    else:
        body = b"".join(attributes if unsorted else sorted(attributes))
        fields.append(der(0xa0, body))
        value = signed_by(name, signed or der(0x31, body), hash_name)
    return sequence(*fields, signature, der(4, value))


def signed_data(infos, digests=("sha256",), e_content=None, certificates=("rsa",), type_oid="1.2.840.113549.1.7.1",
                digest_parameters=null, more_digests=b""):
    encapsulated = sequence(oid(type_oid), *([der(0xa0, der(4, e_content))] if e_content is not None else []))
    body = sequence(integer(1), der(0x31, *[algorithm(hashes[d], digest_parameters) for d in digests], more_digests), encapsulated,
                    der(0xa0, *[certificate(c) for c in certificates]), der(0x31, *infos))
    return sequence(oid("1.2.840.113549.1.7.2"), der(0xa0, body))


now = datetime.datetime.now(datetime.timezone.utc)


def write(name, cms, expect, part=content, date=now):
    lines = [b"From: Alice <alice@example.org>", b"To: bob@example.org", b"Subject: figures",
             b"Date: " + email.utils.format_datetime(date).encode(), b"MIME-Version: 1.0",
             b'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; boundary="=_b"', b"", b"--=_b"]
    encoded = base64.encodebytes(cms).replace(b"\n", b"\r\n")
    pathlib.Path(f"{name}.eml").write_bytes(
        b"\r\n".join(lines) + b"\r\n" + part + b"\r\n--=_b\r\nContent-Type: application/pkcs7-signature\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n" + encoded + b"--=_b--\r\n")
    pathlib.Path(f"{name}.expect").write_text("\n".join(expect) + "\n")


def opaque(name, cms, expect):
    encoded = base64.encodebytes(cms).replace(b"\n", b"\r\n")
    pathlib.Path(f"{name}.eml").write_bytes(
        b"From: alice@example.org\r\nMIME-Version: 1.0\r\nContent-Type: application/pkcs7-mime\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n" + encoded)
    pathlib.Path(f"{name}.expect").write_text("\n".join(expect) + "\n")


def openssl_says(cms):
    (work / "judged.p7").write_bytes(cms)
    return subprocess.run(["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "work/judged.p7", "-content",
                           "content", "-CAfile", "ca.crt", "-out", "/dev/null"], stderr=subprocess.DEVNULL).returncode == 0


def one(name, verdict, attributes, words="sha-256 rsa-sha256", openssl=None, **how):
    outer = {key: how.pop(key) for key in ("digests", "certificates", "type_oid", "digest_parameters", "more_digests")
             if key in how}
    cms = signed_data([signer_info("rsa", attributes, **how)], **outer)
    if openssl is not None:
        assert openssl_says(cms) == openssl, name
    write(name, cms, [verdict, f"{verdict} {words}"])


basic = [content_type(), message_digest()]
passes = "pass -"


def main():

    # The rules of signed attributes (SIG-04).
    one("attributes", passes, basic, openssl=True)
    one("attributes-unsorted", passes, sorted(basic, reverse=True), openssl=True, unsorted=True)
    bad = "fail bad-attributes"
    one("attributes-none", bad, [])
    one("attributes-no-digest", bad, [content_type()], openssl=False)
    one("attributes-no-type", bad, [message_digest()], openssl=False)
    one("attributes-two-digests", bad, [content_type(), message_digest(), message_digest(b"other")])
    one("attributes-same-digest-twice", bad, [content_type(), message_digest(), message_digest()])
    one("attributes-two-types", bad, [content_type(), content_type("1.2.840.113549.1.7.3"), message_digest()])
    one("attributes-two-values", bad, [content_type(), attribute(
        "1.2.840.113549.1.9.4", der(4, hashlib.sha256(content).digest()), der(4, hashlib.sha256(b"other").digest()))])
    one("attributes-no-values", bad, [content_type(), attribute("1.2.840.113549.1.9.4")])
    one("attributes-other-type", bad, [content_type("1.2.840.113549.1.7.3"), message_digest()])
    one("attributes-digest-type", bad, [content_type(), attribute("1.2.840.113549.1.9.4", integer(7))])
    one("attributes-other-digest", "fail digest-mismatch", [content_type(), message_digest(b"other")], openssl=False)
    one("attributes-short-digest", "fail digest-mismatch", [content_type(), attribute(
        "1.2.840.113549.1.9.4", der(4, hashlib.sha256(content).digest()[:16]))], openssl=False)
    one("attributes-sha1-digest", "fail digest-mismatch", [content_type(), message_digest(hash_name="sha1")], openssl=False)
    one("attributes-two-capabilities", bad, basic + [attribute("1.2.840.113549.1.9.15", sequence()),
                                                      attribute("1.2.840.113549.1.9.15", sequence(sequence(oid("1.2.3"))))])
    one("attributes-two-times", bad, basic + [signing_time(now), signing_time(now - datetime.timedelta(hours=1))])
    one("attributes-unknown", passes, basic + [attribute("1.2.3.4", null), attribute("1.2.3.4", integer(1), integer(2))],
        openssl=True)
    one("attributes-over-context-tag", "fail bad-signature", basic, openssl=False, signed=der(0xa0, *sorted(basic)))

    # Versions: senders mix them up, but there are no more than six.
    one("version-3", passes, basic, openssl=True, version=3)
    one("version-none", "permerror malformed", basic, words="- -", openssl=False, version=0x4578616d706c65)

    # What ESS has besides is known and without effect (SIG-12): a label, a list's history, a hint at the content.
    ess = "1.2.840.113549.1.9.16.2."
    one("ess-label", passes, basic + [attribute(ess + "2", der(0x31, oid("1.2.3.4"), integer(3)))], openssl=True)
    one("ess-mailing-list", passes, basic + [attribute(ess + "3", sequence(sequence(
        der(4, b"list"), der(0x18, b"20260101000000Z"))))], openssl=True)
    one("ess-hint", passes, basic + [attribute(ess + "4", sequence(der(12, b"figures"), oid("1.2.840.113549.1.7.1")))], openssl=True)

    # A signature over attributes, replayed with the attributes as its content (SIG-05).
    replayed = der(0x31, *sorted(basic))
    cms = signed_data([signer_info("rsa", None, octets=replayed)])
    write("stripped", cms, ["permerror ambiguous-mime", "fail stripped-attributes sha-256 rsa-sha256"], part=replayed)
    cms = signed_data([signer_info("rsa", None, octets=replayed)], e_content=replayed)
    opaque("stripped-opaque", cms, ["fail stripped-attributes", "fail stripped-attributes sha-256 rsa-sha256"])
    one("no-attributes-other-type", "fail bad-attributes", None, type_oid="1.2.840.113549.1.9.16.1.4")

    # Which algorithm, which certificate (SIG-09; RFC 6211, 5035).
    sha256_rsa = (algorithm(hashes["sha256"]), algorithm(rsa_sha256))
    one("protection", passes, basic + [protection(*sha256_rsa)], openssl=True)
    one("protection-no-parameters", passes, basic + [protection(sequence(oid(hashes["sha256"])), algorithm(rsa_sha256))])
    mismatch = "fail algorithm-mismatch"
    one("protection-digest", mismatch, basic + [protection(algorithm(hashes["sha512"]), algorithm(rsa_sha256))])
    one("protection-signature", mismatch, basic + [protection(algorithm(hashes["sha256"]), algorithm(rsa))])
    one("protection-mac", mismatch, basic + [attribute("1.2.840.113549.1.9.52", sequence(
        algorithm(hashes["sha256"]), b"\xa2" + algorithm(rsa_sha256)[1:]))])
    one("protection-twice", bad, basic + [protection(*sha256_rsa), protection(*sha256_rsa)])
    one("digest-null-filled", mismatch, basic, openssl=False, digest_parameters=der(5, b"xyz"))
    # RFC 5754, 2: no parameters, or NULL.
    one("digest-no-parameters", passes, basic, openssl=True, parameters=b"")
    one("digest-empty-boolean", "permerror malformed", basic, openssl=False, parameters=der(1))
    one("digest-number", "permerror malformed", basic, parameters=integer(1))
    one("digest-list-empty-boolean", mismatch, basic, openssl=False, digest_parameters=der(1))
    one("digest-list-number", mismatch, basic, digest_parameters=integer(1))
    # Another signer's, of whom openssl wants to know, too.
    one("digest-list-other", passes, basic, more_digests=sequence(oid("1.2.3.4"), integer(1)))
    one("digest-list-broken", mismatch, basic, openssl=False, more_digests=sequence(sequence(oid("1.2.3.4"))))
    one("digest-not-listed", mismatch, basic, openssl=False, digests=("sha512",))
    one("digest-of-signature", mismatch, basic, words="sha-256 rsa-sha512", signature=algorithm(rsa_sha512))
    one("signature-parameters", "permerror malformed", basic, words="sha-256 -", signature=algorithm(rsa_sha256, integer(1)))
    one("ess", passes, basic + [signing_certificate(certificate("rsa"))], openssl=True)
    one("ess-sha512", passes, basic + [signing_certificate(certificate("rsa"), "sha512", "rsa")])
    other_certificate = "fail certificate-mismatch"
    one("ess-other", other_certificate, basic + [signing_certificate(certificate("carol"))])
    one("ess-other-serial", other_certificate, basic + [signing_certificate(certificate("rsa"), "sha256", "carol")])
    first = "1.2.840.113549.1.9.16.2.12"  # of ESS' first version, with SHA-1 (RFC 2634)
    for name, verdict, whose in ("ess-v1", passes, "rsa"), ("ess-v1-other", other_certificate, "carol"):
        one(name, verdict, basic + [attribute(first, sequence(sequence(sequence(der(4, hashlib.sha1(certificate(whose)).digest())))))])
    one("ess-v1-malformed", bad, basic + [attribute(first, sequence())])
    one("ess-twice", bad, basic + [signing_certificate(certificate("rsa")), signing_certificate(certificate("rsa"), "sha512")])
    one("other-key", "fail bad-signature", basic, openssl=False, identifier_of="carol", certificates=("carol",))

    # The time of signing (SIG-08). The message's Date is now.
    for name, difference, verdict in (("minute", 1, passes), ("minute-before", -1, passes), ("hours", -23 * 60, passes),
                                      ("day-before", -25 * 60, "policy date"), ("hours-ahead", 23 * 60, "policy date"),
                                      ("year", -365 * 24 * 60, "policy date"), ("years-ahead", 2 * 365 * 24 * 60, "policy date")):
        moment = now + datetime.timedelta(minutes=difference)
        one(f"signed-{name}", verdict, basic + [signing_time(moment)])
        one(f"signed-{name}-generalized", verdict, basic + [signing_time(moment, True)])
    one("signed-1950", "policy date", basic + [attribute("1.2.840.113549.1.9.5", der(0x17, b"500101000000Z"))])
    one("signed-2049", "policy date", basic + [attribute("1.2.840.113549.1.9.5", der(0x17, b"491231235959Z"))])

    # Ed25519 (RFC 8419).
    ed = sequence(oid(ed25519))
    ed_words = "sha-512 ed25519"


    def ed_signed(name, verdict, info, digests=("sha512",), words=ed_words):
        write(name, signed_data([info], digests=digests, certificates=("ed25519",)), [verdict, f"{verdict} {words}"])


    ed_basic = [content_type(), message_digest(hash_name="sha512")]
    ed_signed("ed25519-attr", passes, signer_info("ed25519", ed_basic, "sha512", ed))
    ed_signed("ed25519-noattr", passes, signer_info("ed25519", None, "sha512", ed))
    ed_signed("ed25519-digest", mismatch, signer_info("ed25519", basic, "sha256", ed), ("sha256",), "sha-256 ed25519")
    ed_signed("ed25519-changed", "fail bad-signature", signer_info("ed25519", None, "sha512", ed, octets=b"other"))
    ed_signed("ed25519-null", "permerror malformed", signer_info("ed25519", ed_basic, "sha512", algorithm(ed25519)),
              words="sha-512 -")
    cms = signed_data([signer_info("ed25519", ed_basic, "sha512", ed), signer_info("rsa", basic)],
                      digests=("sha512", "sha256"), certificates=("ed25519", "rsa"))
    write("ed25519-and-rsa", cms, [passes, f"{passes} {ed_words}", f"{passes} sha-256 rsa-sha256"])

    # Names of what nobody here can verify (SIG-11).
    for name, dotted, word in (("ml-dsa", "2.16.840.1.101.3.4.3.18", "ml-dsa-65"), ("ed448", "1.3.101.113", "ed448"),
                               ("slh-dsa", "2.16.840.1.101.3.4.3.20", "slh-dsa-sha2-128s"), ("unknown", "1.2.3.4.5", "1.2.3.4.5"),
                               ("shake", "1.3.6.1.5.5.7.6.31", "rsa-pss-shake256")):
        one(f"unsupported-{name}", "neutral unsupported-algorithm", basic, words=f"sha-256 {word}", signature=sequence(oid(dotted)))

    # No SignerInfo at all, and one that is none (SIG-02).
    opaque("no-signers", signed_data([], e_content=content), ["none -"])
    write("no-signers-detached", signed_data([]), ["none -"])
    write("signer-malformed", signed_data([sequence(integer(1))]), ["permerror malformed", "permerror malformed - -"])


if __name__ == "__main__":
    main()
