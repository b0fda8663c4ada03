#!/usr/bin/env python3
"""Makes the seeds of the targets path and certificate_list with python3-cryptography (OpenSSL). Run by hand when a seed
is to be added. Every key is the one of Ed25519 whose seed is all zeros: path.cpp signs with it what a fuzzer has changed.
"""

import datetime
import pathlib

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

here = pathlib.Path(__file__).parent
key = Ed25519PrivateKey.from_private_bytes(bytes(32))
start, end = datetime.datetime(2020, 1, 1), datetime.datetime(2049, 12, 31)
serials = iter(range(1, 1000))


def name(text):
    return x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Example"), x509.NameAttribute(NameOID.COMMON_NAME, text)])


def certificate(subject, issuer, *extensions, until=end, serial=None):
    builder = (x509.CertificateBuilder().subject_name(name(subject)).issuer_name(name(issuer)).public_key(key.public_key())
               .serial_number(serial or next(serials)).not_valid_before(start).not_valid_after(until))
    for extension in extensions:
        critical = isinstance(extension, (x509.BasicConstraints, x509.KeyUsage, x509.PolicyConstraints))
        builder = builder.add_extension(extension, critical)
    return builder.sign(key, None).public_bytes(Encoding.DER)


def ca(length=None):
    return x509.BasicConstraints(True, length)


def usage(*chosen):
    names = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
             "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")
    return x509.KeyUsage(**{one: one in chosen for one in names})


issues = usage("key_cert_sign", "crl_sign")
mail = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
ski = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
aki = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())


def address(text="alice@example.org"):
    return x509.SubjectAlternativeName([x509.RFC822Name(text)])


def constraints(permitted=(), excluded=()):
    return x509.NameConstraints([x509.RFC822Name(one) for one in permitted] or None,
                                [x509.RFC822Name(one) for one in excluded] or None)


def policies(*oids):
    return x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier(one), None) for one in oids])


def crl(issuer, *entries, delta=None, point=None):
    builder = (x509.CertificateRevocationListBuilder().issuer_name(name(issuer)).last_update(start).next_update(end)
               .add_extension(x509.CRLNumber(7), False))
    if delta:
        builder = builder.add_extension(x509.DeltaCRLIndicator(delta), True)
    if point:
        builder = builder.add_extension(point, True)
    for serial, reason, other in entries:
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(start)
        if reason:
            entry = entry.add_extension(x509.CRLReason(reason), False)
        if other:
            entry = entry.add_extension(x509.CertificateIssuer([x509.DirectoryName(name(other))]), True)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(key, None).public_bytes(Encoding.DER)


def distribution(**what):
    fields = {"full_name": None, "relative_name": None, "only_contains_user_certs": False, "only_contains_ca_certs": False,
              "only_some_reasons": None, "indirect_crl": False, "only_contains_attribute_certs": False}
    return x509.IssuingDistributionPoint(**{**fields, **what})


def write(target, seed, *pieces):
    octets = b"".join(kind.encode() + len(der).to_bytes(2, "big") + der for kind, der in pieces)
    (here / "corpus" / target / seed).write_bytes(octets)


root = ("a", certificate("root", "root", ca(), issues, ski))
sub = ("c", certificate("sub", "root", ca(0), issues, mail, ski, aki))
alice = ("t", certificate("alice", "sub", address(), usage("digital_signature"), mail, ski, aki, serial=500))
flags = {one: ("f", bytes([one])) for one in range(64)}


def main():
    for target in ("path", "certificate_list"):
        (here / "corpus" / target).mkdir(parents=True, exist_ok=True)
    write("path", "direct", root, ("t", certificate("alice", "root", address())))
    write("path", "chain", root, sub, alice, flags[1])
    write("path", "constrained", root, ("c", certificate("sub", "root", ca(), constraints(["example.org"], ["bad.example.org"]))),
          alice)
    write("path", "refused", root, ("c", certificate("sub", "root", ca(), constraints(["example.com"]))), alice)
    write("path", "policies", root, ("c", certificate("sub", "root", ca(), policies("1.2.3.1"), x509.PolicyConstraints(0, 0))),
          ("t", certificate("alice", "sub", address(), policies("1.2.3.1"))), flags[36])
    write("path", "mesh", root, *[("c", certificate(one, other, ca())) for one in ("a", "b", "c") for other in ("a", "b", "c", "root")
                                  if one != other], ("t", certificate("alice", "a", address())))
    write("path", "expired-twin", root, ("c", certificate("sub", "root", ca(), until=datetime.datetime(2021, 1, 1))), sub, alice)
    write("path", "revoked", root, sub, alice, ("m", crl("sub", (500, x509.ReasonFlags.key_compromise, None))), ("l", crl("root")), flags[3])
    write("path", "good", root, sub, alice, ("l", crl("sub", (501, None, None))), ("l", crl("root")), flags[3])
    write("path", "indirect", root, sub, ("t", certificate("alice", "sub", address(), x509.CRLDistributionPoints([x509.DistributionPoint(
        None, None, None, [x509.DirectoryName(name("lists"))])]), serial=500)), ("c", certificate("lists", "root", usage("crl_sign"))),
        ("m", crl("lists", (500, None, "sub"), point=distribution(indirect_crl=True))), flags[2])
    write("path", "delta", root, sub, alice, ("l", crl("sub")), ("l", crl("sub", (500, x509.ReasonFlags.remove_from_crl, None), delta=7)),
          ("l", crl("root")), flags[3])
    for seed, octets in {"empty": crl("sub"), "entries": crl("sub", *[(n, x509.ReasonFlags.superseded, None) for n in range(1, 9)]),
                         "delta": crl("sub", (4, x509.ReasonFlags.remove_from_crl, None), delta=3),
                         "indirect": crl("sub", (1, None, None), (2, None, "a"), (3, None, None), (1, None, "b"),
                                         point=distribution(indirect_crl=True)),
                         "partition": crl("sub", (1, None, None), point=distribution(
                             full_name=[x509.UniformResourceIdentifier("http://example.org/1.crl")],
                             only_some_reasons=frozenset([x509.ReasonFlags.key_compromise])))}.items():
        (here / "corpus/certificate_list" / seed).write_bytes(octets)


if __name__ == "__main__":
    main()
