"""Where gpgsm's answers differ from ours, and why: names of make_signed.sh's messages, as regular expressions."""

NOT_ASKED = {
    r"encrypted-signed-.*|triple": "gpgsm would have to decrypt first; the signatures inside are like those of the matrix",
}

# A pass here, and gpgsm can't judge, with what it says itself (a regular expression): never that a signature is bad which it can calculate,
# but for the one of MGF1. openssl says that all of these are good.
FAILS_THERE = {
    r".*-keyid-.*|two-certificates(-2)?":
        ("libksba 1.6.3 reads no signer that is named by its key identifier: an error, or not a word about any signature",
         "ksba_cms_parse failed: BER error|^$"),
    r"attributes-unknown":
        ("libksba 1.6.3 stumbles over an unknown attribute with several values", "ksba_cms_parse failed: BER error"),
    r"p521-.*-issuer-.*":
        ("gpgsm 2.2 refuses P-521, whose field has 521 bits: no multiple of 8",
         "DSA requires the hash length to be a multiple of 8 bits"),
    r"ed25519-.*":
        ("gpgsm 2.2 treats Ed25519 as if it were ECDSA", "DSA requires the hash length to be a multiple of 8 bits"),
    r"rsa-rsa-pss-.*-issuer-.*|salt-long":
        ("gpgsm takes a salt as long as the digest only; openssl 3.0 makes the longest", "rejected due to salt length"),
    r"salt-none":
        ("gpgsm takes a salt as long as the digest only", "length of PSS salt too short"),
    r"mgf1-unlike":
        ("gpgsm takes MGF1's digest to be the message's, whatever the parameters say (RFC 4055, 3.1)", "Bad signature"),
}

# The same of what signature_mutations kept, for every name.
UNREADABLE_THERE = ("libksba 1.6.3 does not read all of BER: indefinite and overlong lengths where it expects none",
                    "ksba_cms_parse failed: (Encoding problem|BER error)")

# Good for gpgsm, and no pass here.
PASSES_THERE = {
    r"attributes-no-type": "without content-type the attributes may be of something else (RFC 5652, 5.3 and 11.1; SIG-04)",
    r"attributes-two-(capabilities|times)": "one of each at most (RFC 8551, 2.5; SIG-12)",
    r"no-attributes-other-type": "attributes must be there if the content is not id-data (RFC 5652, 5.3; SIG-05)",
    r"stripped(-opaque)?": "signed attributes, shown as if they were the content (SIG-05)",
    r"ess-.*": "gpgsm does not look at signingCertificateV2 (RFC 5035; SIG-09)",
    r"protection-.*": "gpgsm does not look at CMSAlgorithmProtection (RFC 6211; SIG-09)",
    r"signature-parameters": "parameters that sha256WithRSAEncryption has not (RFC 4055, 5)",
    r"digest-(list-)?(empty-boolean|number)": "parameters that a digest algorithm has not (RFC 5754, 2)",
    r"version-none": "CMS has no such version (RFC 5652, 10.2.5)",
    r"carol|nobody|from-(other|two|display-name.*)|signed-signed":
        "gpgsm verifies whoever signed; that it is the author is our question (CERT-05, ST-06)",
    r"dated|signed-(1950|2049|day-before|year|hours-ahead|years-ahead)(-generalized)?":
        "gpgsm knows no Date field, and believes a signature of tomorrow (SIG-08)",
    r"(ecdsa-)?sha1|sha224|md5|short": "weak: known, named, and no proof (SIG-06)",
    r"tls|encipher": "gpgsm warns of a certificate that is not for mail or for signing; here it is no pass (CERT-03)",
    r"revoked": "gpgsm asks its dirmngr for CRLs, not the file that the test has; it is not asked to (CERT-07)",
    r"signed-encrypted.*": "who signs a ciphertext says nothing of what is in it (SIG-10)",
}

# The same of gpgsm 2.4.
PASSES_LATER = {"sha3": "gpgsm 2.4 has SHA-3, which is not on the list of digests here (SIG-06)"}
