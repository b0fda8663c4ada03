#!/usr/bin/env python3
"""What openssl cms can not make: AES-CCM, ChaCha20-Poly1305, attributes that an AEAD authenticates, RFC 9709, compressed-data
(Debian's openssl has no zlib). Called by make_messages.sh in its directory, with alice's certificate in work/.

The primitives are those of python3-cryptography and of zlib; openssl reads every CMS structure made here.
"""

import base64
import itertools
import os
import pathlib
import subprocess
import zlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESCCM, AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

alice = x509.load_pem_x509_certificate(pathlib.Path("work/alice.crt").read_bytes())
HEAD = b"From: Bob <bob@example.org>\r\nTo: alice@example.org\r\nSubject: a letter\r\nMIME-Version: 1.0\r\n"
TEXT = pathlib.Path("work/text").read_bytes()
ATTACHMENT = pathlib.Path("work/attachment").read_bytes()


# ---------------------------------------------------------------- DER, and BER where that is wanted

def tlv(tag, *parts):
    content = b"".join(parts)
    size = len(content)
    if size < 128:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def indefinite(tag, *parts):
    return bytes([tag, 0x80]) + b"".join(parts) + b"\0\0"


def oid(dotted):
    first, second, *rest = map(int, dotted.split("."))
    out = b""
    for arc in [40 * first + second, *rest]:
        septets = [arc & 127]
        while arc := arc >> 7:
            septets.append(arc & 127 | 128)
        out += bytes(reversed(septets))
    return tlv(0x06, out)


def integer(number):
    return tlv(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def sequence(*parts):
    return tlv(0x30, *parts)


def octet_string(octets):
    return tlv(0x04, octets)


DATA = "1.2.840.113549.1.7.1"
ENVELOPED, AUTH_ENVELOPED = "1.2.840.113549.1.7.3", "1.2.840.113549.1.9.16.1.23"
COMPRESSED, AUTHENTICATED = "1.2.840.113549.1.9.16.1.9", "1.2.840.113549.1.9.16.1.2"
AES = "2.16.840.1.101.3.4.1."
CHACHA = "1.2.840.113549.1.9.16.3.18"
HKDF_SHA256 = "1.2.840.113549.1.9.16.3.31"
ZLIB = "1.2.840.113549.1.9.16.3.8"


def content_info(content_type, content):
    return sequence(oid(content_type), tlv(0xa0, content))


# ---------------------------------------------------------------- enveloped

def recipients(key):
    name = sequence(alice.issuer.public_bytes(), integer(alice.serial_number))
    wrapped = octet_string(alice.public_key().encrypt(key, PKCS1v15()))
    return tlv(0x31, sequence(integer(0), name, sequence(oid("1.2.840.113549.1.1.1"), tlv(0x05)), wrapped))


def encrypted(algorithm, ciphertext, form=tlv):
    if form is indefinite:  # in pieces of 1000
        pieces = [octet_string(ciphertext[at:at + 1000]) for at in range(0, len(ciphertext), 1000)]
        return indefinite(0x30, oid(DATA), algorithm, indefinite(0xa0, *pieces))
    return sequence(oid(DATA), algorithm, tlv(0x80, ciphertext))


def auth_enveloped(key, algorithm, ciphertext, tag, attributes=b"", form=tlv):
    return content_info(AUTH_ENVELOPED, form(0x30, integer(0), recipients(key), encrypted(algorithm, ciphertext, form),
                                             attributes, octet_string(tag)))


def enveloped(key, algorithm, ciphertext, form=tlv):
    return content_info(ENVELOPED, form(0x30, integer(0), recipients(key), encrypted(algorithm, ciphertext, form)))


def derived(key, algorithm):
    return HKDF(hashes.SHA256(), len(key), b"The Cryptographic Message Syntax", algorithm).derive(key)


def with_derivation(algorithm):
    return sequence(oid(HKDF_SHA256), algorithm)


def aead(mode, bits, nonce_size, tag_size):
    """Key, AlgorithmIdentifier, and what seals: plaintext, AAD and key to ciphertext and tag."""
    key, nonce = os.urandom(bits // 8), os.urandom(nonce_size)
    if mode == "chacha20":
        return key, sequence(oid(CHACHA), octet_string(nonce)), lambda text, aad, key: split(
            ChaCha20Poly1305(key).encrypt(nonce, text, aad), 16)
    number = {"gcm": 6, "ccm": 7}[mode] + {128: 0, 192: 20, 256: 40}[bits]
    size = b"" if tag_size == 12 else integer(tag_size)  # the default is left out
    algorithm = sequence(oid(f"{AES}{number}"), sequence(octet_string(nonce), size))
    if mode == "ccm":
        return key, algorithm, lambda text, aad, key: split(AESCCM(key, tag_size).encrypt(nonce, text, aad), tag_size)

    def seal(text, aad, key):
        ciphertext, tag = split(AESGCM(key).encrypt(nonce, text, aad), 16)
        return ciphertext, tag[:tag_size]
    return key, algorithm, seal


def cbc(bits):
    key, iv = os.urandom(bits // 8), os.urandom(16)
    number = 2 + {128: 0, 192: 20, 256: 40}[bits]

    def seal(text, key):
        pad = padding.PKCS7(128).padder()
        encryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
        return encryptor.update(pad.update(text) + pad.finalize()) + encryptor.finalize()
    return key, sequence(oid(f"{AES}{number}"), octet_string(iv)), iv, seal


def split(sealed, tag_size):
    return sealed[:-tag_size], sealed[-tag_size:]


# ---------------------------------------------------------------- what is written

def message(cms):
    text = base64.encodebytes(cms).replace(b"\n", b"\r\n")
    return (HEAD + b"Content-Type: application/pkcs7-mime; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\n" + text)


def judge(cms):
    subprocess.run(["openssl", "cms", "-cmsout", "-print", "-inform", "DER"], input=cms, check=True, stdout=subprocess.DEVNULL)


def opened(name, expect, cms, plain):
    judge(cms)
    pathlib.Path(f"open/{name}.eml").write_bytes(message(cms))
    pathlib.Path(f"open/{name}.plain").write_bytes(plain)
    pathlib.Path(f"open/{name}.expect").write_text(expect + "\n")


def closed(name, reason, cms, structured=True):
    if structured:
        judge(cms)
    pathlib.Path(f"closed/{name}.eml").write_bytes(message(cms))
    pathlib.Path(f"closed/{name}.expect").write_text(reason + "\n")


def part(name, cms):
    pathlib.Path(f"parts/{name}").write_bytes(cms)


def entity(cms):
    return message(cms)[len(HEAD):]


# ---------------------------------------------------------------- AEADs

words = {"gcm": "aes-{}-gcm", "ccm": "aes-{}-ccm", "chacha20": "chacha20-poly1305"}
cases = [("ccm", bits, nonce, tag) for bits, nonce, tag in itertools.product((128, 192, 256), (7, 10, 12, 13), (12, 14, 16))]
cases += [("gcm", bits, 12, tag) for bits, tag in itertools.product((128, 256), (12, 13, 14, 15, 16))]
cases += [("chacha20", 256, 12, 16)]
for number, (mode, bits, nonce, tag_size) in enumerate(cases):
    key, algorithm, seal = aead(mode, bits, nonce, tag_size)
    text, form = (ATTACHMENT, indefinite) if number % 3 == 0 else (TEXT, tlv)
    ciphertext, tag = seal(text, b"", key)
    opened(f"{mode}{bits}-nonce{nonce}-tag{tag_size}", f"authenticated authEnveloped-data/{words[mode].format(bits)}/rsa",
           auth_enveloped(key, algorithm, ciphertext, tag, form=form), text)

# Attributes: what is authenticated is the DER of their SET OF, whatever was sent (RFC 5083, 2.2).
attributes = [sequence(oid("1.2.840.113549.1.9.3"), tlv(0x31, oid(DATA))),
              sequence(oid("1.2.840.113549.1.9.5"), tlv(0x31, tlv(0x17, b"261123100000Z"))),
              sequence(oid("1.2.3.4"), tlv(0x31, octet_string(b"long enough" * 20)))]
aad = tlv(0x31, *sorted(attributes))
sent = {"der": tlv(0xa1, *sorted(attributes)), "unsorted": tlv(0xa1, *reversed(sorted(attributes))),
        "ber": indefinite(0xa1, *[indefinite(0x30, a[2:] if a[1] < 128 else a[3:]) for a in reversed(sorted(attributes))])}
for mode, bits, size in (("gcm", 256, 16), ("ccm", 128, 16), ("chacha20", 256, 16)):
    for how, field in sent.items():
        key, algorithm, seal = aead(mode, bits, 12, size)
        ciphertext, tag = seal(TEXT, aad, key)
        name = f"{mode}-attributes-{how}"
        opened(name, f"authenticated authEnveloped-data/{words[mode].format(bits)}/rsa",
               auth_enveloped(key, algorithm, ciphertext, tag, field), TEXT)
        closed(f"{name}-missing", "decryption-failed", auth_enveloped(key, algorithm, ciphertext, tag))
        changed = field.replace(b"261123100000Z", b"261123100001Z")
        closed(f"{name}-changed", "decryption-failed", auth_enveloped(key, algorithm, ciphertext, tag, changed))
    part(f"{mode}.der", auth_enveloped(key, algorithm, ciphertext, tag, sent["der"]))
    flipped = tag[:-1] + bytes([tag[-1] ^ 1])
    closed(f"{mode}-tag", "decryption-failed", auth_enveloped(key, algorithm, ciphertext, flipped, sent["der"]))

# ---------------------------------------------------------------- RFC 9709

for mode, bits, size in (("gcm", 128, 12), ("gcm", 256, 16), ("ccm", 192, 14), ("chacha20", 256, 16)):
    key, algorithm, seal = aead(mode, bits, 12, size)
    ciphertext, tag = seal(TEXT, b"", derived(key, algorithm))
    opened(f"hkdf-{mode}{bits}", f"authenticated authEnveloped-data/cek-hkdf-sha256+{words[mode].format(bits)}/rsa",
           auth_enveloped(key, with_derivation(algorithm), ciphertext, tag), TEXT)
    closed(f"hkdf-{mode}{bits}-taken-off", "decryption-failed", auth_enveloped(key, algorithm, ciphertext, tag))
for bits in (128, 192, 256):
    key, algorithm, _, seal = cbc(bits)
    opened(f"hkdf-cbc{bits}", f"unauthenticated enveloped-data/cek-hkdf-sha256+aes-{bits}-cbc/rsa",
           enveloped(key, with_derivation(algorithm), seal(TEXT, derived(key, algorithm))), TEXT)
part("hkdf-cbc.der", enveloped(key, with_derivation(algorithm), seal(TEXT, derived(key, algorithm))))


def is_padded(ciphertext, iv, key):
    decryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
    unpad = padding.PKCS7(128).unpadder()
    try:
        unpad.update(decryptor.update(ciphertext) + decryptor.finalize())
        unpad.finalize()
        return True
    except ValueError:
        return False


# The attack that RFC 9709 is made against (RFC 9709, 1): a message in GCM is given out for CBC.
while True:  # a garbled text has a right padding once in 256
    key, gcm, gcm_seal = aead("gcm", 128, 12, 16)
    ciphertext, tag = gcm_seal(TEXT + b" " * (-len(TEXT) % 16), b"", derived(key, gcm))
    _, algorithm, iv, _ = cbc(128)
    if not is_padded(ciphertext, iv, derived(key, algorithm)) and not is_padded(ciphertext, iv, key):
        break
closed("hkdf-relabelled", "decryption-failed", enveloped(key, with_derivation(algorithm), ciphertext))
closed("hkdf-relabelled-taken-off", "decryption-failed", enveloped(key, algorithm, ciphertext))
closed("hkdf-gcm-in-enveloped", "malformed", enveloped(key, with_derivation(gcm), ciphertext))
closed("hkdf-cbc-in-auth-enveloped", "malformed", auth_enveloped(key, with_derivation(algorithm), ciphertext, tag))
closed("hkdf-twice", "unsupported-algorithm", enveloped(key, with_derivation(with_derivation(algorithm)), ciphertext))
closed("hkdf-of-nothing", "malformed", enveloped(key, sequence(oid(HKDF_SHA256)), ciphertext))
closed("hkdf-des3", "legacy-algorithm", enveloped(
    key, with_derivation(sequence(oid("1.2.840.113549.3.7"), octet_string(iv[:8]))), ciphertext))

# ---------------------------------------------------------------- compressed


def compressed(octets, form=tlv, algorithm=ZLIB, content_type=DATA):
    if form is indefinite:
        pieces = [octet_string(octets[at:at + 100]) for at in range(0, len(octets), 100)]
        content = indefinite(0x24, *pieces)
    else:
        content = octet_string(octets)
    return content_info(COMPRESSED, form(0x30, integer(0), sequence(oid(algorithm)),
                                         form(0x30, oid(content_type), form(0xa0, content))))


def sealed(octets):
    key, algorithm, seal = aead("gcm", 128, 12, 16)
    ciphertext, tag = seal(octets, b"", key)
    return auth_enveloped(key, algorithm, ciphertext, tag)


def signed(octets):
    return subprocess.run(["openssl", "cms", "-sign", "-binary", "-nodetach", "-signer", "work/bob.crt", "-inkey", "work/bob.key",
                           "-outform", "DER"], input=octets, check=True, stdout=subprocess.PIPE).stdout


for form in (tlv, indefinite):
    for level in (0, 1, 9):
        opened(f"compressed-{form.__name__}-{level}", "none compressed-data", compressed(zlib.compress(ATTACHMENT, level), form),
               ATTACHMENT)
small = compressed(zlib.compress(TEXT))
gcm_word = "authEnveloped-data/aes-128-gcm/rsa"
opened("compressed-in-enveloped", f"authenticated {gcm_word} compressed-data", sealed(entity(small)), TEXT)
opened("compressed-in-signed", "none signed-data compressed-data", signed(entity(small)), TEXT)
opened("signed-in-compressed", "none compressed-data signed-data", compressed(zlib.compress(entity(signed(TEXT)))), TEXT)
opened("enveloped-in-compressed", f"authenticated compressed-data {gcm_word}",
       compressed(zlib.compress(entity(sealed(TEXT)))), TEXT)
opened("signed-in-compressed-in-enveloped", f"authenticated {gcm_word} compressed-data signed-data",
       sealed(entity(compressed(zlib.compress(entity(signed(TEXT)))))), TEXT)
opened("compressed-in-signed-in-enveloped", f"authenticated {gcm_word} signed-data compressed-data",
       sealed(entity(signed(entity(small)))), TEXT)

bomb = compressed(zlib.compress(b"Content-Type: text/plain\r\n\r\n" + b" " * (20 << 20), 9))
closed("bomb", "too-complex", bomb)
part("bomb-in-enveloped.der", sealed(entity(bomb)))
part("bomb-in-enveloped-in-signed.der", signed(entity(sealed(entity(bomb)))))
part("compressed-in-compressed.der", compressed(zlib.compress(entity(small))))
part("compressed.der", small)
stream = zlib.compress(TEXT)
closed("compressed-cut", "malformed", compressed(stream[:-1]))
closed("compressed-and-more", "malformed", compressed(stream + b"more"))
closed("compressed-twice-over", "malformed", compressed(stream + stream))
closed("compressed-wrong-sum", "malformed", compressed(stream[:-1] + bytes([stream[-1] ^ 1])))
closed("compressed-nothing", "malformed", compressed(b""))
closed("compressed-raw-deflate", "malformed", compressed(stream[2:-4]))
closed("compressed-otherwise", "unsupported-algorithm", compressed(stream, algorithm="1.2.3.4"))
closed("compressed-other-content", "unsupported-content", compressed(stream, content_type="1.2.3.4"))

# ---------------------------------------------------------------- recognised and left alone

closed("authenticated-data", "unsupported-content", content_info(AUTHENTICATED, sequence(
    integer(0), recipients(os.urandom(16)), sequence(oid("1.2.840.113549.2.9")), tlv(0xa1, oid("2.16.840.1.101.3.4.2.1")),
    sequence(oid(DATA), tlv(0xa0, octet_string(TEXT))), tlv(0xa2, *sorted(attributes)), octet_string(os.urandom(32)))))
closed("unknown-content", "unsupported-content", content_info("1.2.3.4", sequence(integer(0))), structured=False)
