#!/bin/sh
# Makes signed messages with openssl, and has openssl judge each: make_signed.sh DIRECTORY STAMP
#
#   ca.crt                 the one anchor; other-ca.crt is none
#   NAME.eml               a message from alice@example.org
#   NAME.expect            the verdict and its reason; then a line for each signer: verdict, reason,
#                          digest, signature ("-" for nothing)
#   keys/bob.pem           who can decrypt
#   johnny/CLASS-name.eml  forgeries (make_johnny.py)
#   single/                pieces that tests put together themselves
set -eu
umask 077
script=$(realpath "$(dirname "$0")")
out=$1
stamp=$(realpath -m "$2")
rm -rf "$out"
mkdir -p "$out/keys" "$out/single" "$out/work"
cd "$out"
log=work/log
trap 'status=$?; [ $status = 0 ] || cat "$log" >&2' EXIT
exec 3>&1 >"$log" 2>&1

now=$(date -u '+%a, %d %b %Y %H:%M:%S +0000')

# ------------------------------------------------------------------ certificates

ca() { # NAME
    openssl req -new -newkey rsa:2048 -nodes -subj "/O=Example/CN=$1" -keyout "work/$1.key" -out "work/$1.csr"
    : >"work/$1.index"
    printf '%s\n' "[ca]" "default_ca=a" "[a]" "database=work/$1.index" "new_certs_dir=work" "rand_serial=yes" \
        "default_md=sha256" "policy=p" "default_crl_days=30" "unique_subject=no" "[p]" "commonName=supplied" \
        "organizationName=optional" >"work/$1.cnf"
    printf '%s\n' basicConstraints=critical,CA:TRUE keyUsage=critical,keyCertSign,cRLSign subjectKeyIdentifier=hash >work/ext
    # Older than whatever it has signed (CERT-06).
    openssl ca -batch -config "work/$1.cnf" -selfsign -keyfile "work/$1.key" -in "work/$1.csr" -notext -preserveDN \
        -startdate 20000101000000Z -enddate 20491231235959Z -extfile work/ext -out "$1.crt"
}
ca ca
ca other-ca

key() { # NAME: a key of its kind
    case $1 in
        *bp256*) openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:brainpoolP256r1 -out "work/$1.key" ;;
        *bp384*) openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:brainpoolP384r1 -out "work/$1.key" ;;
        *bp512*) openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:brainpoolP512r1 -out "work/$1.key" ;;
        *p256*) openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "work/$1.key" ;;
        *p384*) openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out "work/$1.key" ;;
        *p521*) openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-521 -out "work/$1.key" ;;
        *explicit*) openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit \
            -out "work/$1.key" ;;
        *ed25519*) openssl genpkey -algorithm ED25519 -out "work/$1.key" ;;
        *dsa*)
            openssl dsaparam -out work/dsa.parameters 1024
            openssl gendsa -out "work/$1.key" work/dsa.parameters ;;
        *short*) openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out "work/$1.key" ;;
        *psskey*) openssl genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_pss_keygen_md:sha256 \
            -pkeyopt rsa_pss_keygen_mgf1_md:sha256 -pkeyopt rsa_pss_keygen_saltlen:32 -out "work/$1.key" ;;
        *) openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "work/$1.key" ;;
    esac
}

certificate() { # NAME CA START END EXTENSION…: for work/NAME.key
    name=$1 by=$2 start=$3 end=$4
    shift 4
    printf 'subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n' >work/ext
    printf '%s\n' "$@" >>work/ext
    openssl req -new -key "work/$name.key" -subj "/O=Example/CN=$name" -out work/csr
    openssl ca -batch -config "work/$by.cnf" -cert "$by.crt" -keyfile "work/$by.key" -in work/csr -notext \
        -startdate "$start" -enddate "$end" -extfile work/ext -out "work/$name.crt"
    cp "work/$name.crt" "single/$name.crt"
}
person() { # NAME ADDRESS [EXTENSION…]
    name=$1 address=$2
    shift 2
    key "$name"
    certificate "$name" ca 20200101000000Z 20491231235959Z "subjectAltName=email:$address" "$@"
}
for name in rsa p256 p384 p521 bp256 bp384 bp512 ed25519 psskey short explicit dsa; do
    person "$name" alice@example.org
done
person carol carol@example.org
person nobody '' || true
key nobody
certificate nobody ca 20200101000000Z 20491231235959Z basicConstraints=CA:FALSE
person tls alice@example.org extendedKeyUsage=serverAuth
person encipher alice@example.org keyUsage=critical,keyEncipherment
key expired
certificate expired ca 20100101000000Z 20110101000000Z subjectAltName=email:alice@example.org
key later
certificate later ca 20480101000000Z 20491231235959Z subjectAltName=email:alice@example.org
key untrusted
certificate untrusted other-ca 20200101000000Z 20491231235959Z subjectAltName=email:alice@example.org
key self
openssl req -x509 -new -key work/self.key -days 3650 -subj /CN=alice -addext subjectAltName=email:alice@example.org \
    -out work/self.crt
person revoked alice@example.org
openssl ca -config work/ca.cnf -cert ca.crt -keyfile work/ca.key -revoke work/revoked.crt
openssl ca -config work/ca.cnf -cert ca.crt -keyfile work/ca.key -gencrl -out ca.crl
cp work/rsa.key work/renewed.key # the same key, another certificate
certificate renewed ca 20200101000000Z 20491231235959Z subjectAltName=email:renewed@example.org

openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=bob -addext subjectAltName=email:bob@example.org \
    -keyout work/bob.key -out work/bob.crt
cat work/bob.key work/bob.crt >keys/bob.pem

# ------------------------------------------------------------------ messages

printf 'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nDear Bob,\r\n\r\nthe figures are attached, I hope. \r\nF\303\274r dich. \r\n' >content
tr -d '\r' <content >content.lf
headers() {
    printf 'From: %s\r\nTo: bob@example.org\r\nSubject: figures\r\nDate: %s\r\n' "${from:-Alice <alice@example.org>}" "${date:-$now}"
}

# detached NAME FILE.p7s CONTENT; opaque NAME FILE.p7m: put a signature into a message
detached() {
    {
        headers
        printf 'MIME-Version: 1.0\r\nContent-Type: multipart/signed; protocol="application/pkcs7-signature";\r\n micalg=sha-256; boundary="=_b"\r\n\r\n'
        printf 'This is a signed message.\r\n--=_b\r\n'
        cat "$3"
        printf '\r\n--=_b\r\nContent-Type: application/pkcs7-signature; name=smime.p7s\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        openssl base64 -in "$2" | sed 's/$/\r/'
        printf -- '--=_b--\r\n'
    } >"$1.eml"
}
opaque() {
    {
        headers
        printf 'MIME-Version: 1.0\r\nContent-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        openssl base64 -in "$2" | sed 's/$/\r/'
    } >"$1.eml"
}
# sign FILE OPTION…: signed-data over the content, in DER
sign() {
    file=$1
    shift
    openssl cms -sign -binary -in "${content:-content}" -outform DER -out "$file" "$@"
}
by() { # NAME: the options that sign with it
    printf -- '-signer work/%s.crt -inkey work/%s.key' "$1" "$1"
}
# judged FILE GOOD CONTENT: openssl says the same of it, of the path too
judged() {
    set -- "$1" "$2" "${3:-content}"
    if openssl cms -verify -binary -inform DER -in "$1" -content "$3" -CAfile ca.crt -purpose any -out /dev/null; then
        [ "$2" = yes ]
    else
        [ "$2" = no ]
    fi
}
# expect NAME "verdict reason" "verdict reason digest signature"…
expect() {
    expected=$1
    shift
    printf '%s\n' "$@" >"$expected.expect"
}
good() { # NAME FILE DIGEST SIGNATURE: both ways of a signature that passes
    detached "$1-detached" "$2" content
    expect "$1-detached" 'pass -' "pass - $3 $4"
}

# The matrix: algorithm, digest, attributes or none, detached or opaque, DER or BER.
matrix() { # NAME ALGORITHM DIGESTS [OPTION…]
    name=$1 word=$2 digests=$3
    shift 3
    for digest in $digests; do
        dashed=sha-${digest#sha}
        for form in attr noattr; do
            for id in issuer keyid; do
                options=
                [ $form = attr ] || options="$options -noattr"
                [ $id = issuer ] || options="$options -keyid"
                # shellcheck disable=SC2046,SC2086
                sign work/d.p7 $(by "$name") -md "$digest" $options "$@"
                judged work/d.p7 yes
                [ "$word" != rsa ] || shown=rsa-$digest
                [ "$word" = rsa ] || shown=$word
                detached "$name-$word-$digest-$form-$id-detached" work/d.p7 content
                expect "$name-$word-$digest-$form-$id-detached" 'pass -' "pass - $dashed $shown"
                # shellcheck disable=SC2046,SC2086
                sign work/o.p7 $(by "$name") -md "$digest" $options -nodetach "$@"
                opaque "$name-$word-$digest-$form-$id-opaque" work/o.p7
                expect "$name-$word-$digest-$form-$id-opaque" 'pass -' "pass - $dashed $shown"
                [ "$word" != rsa-pss ] || continue # openssl 3.0 has no parameters in time for it
                # shellcheck disable=SC2046,SC2086
                sign work/o.p7 $(by "$name") -md "$digest" $options -nodetach -stream -indef "$@"
                opaque "$name-$word-$digest-$form-$id-ber" work/o.p7
                expect "$name-$word-$digest-$form-$id-ber" 'pass -' "pass - $dashed $shown"
            done
        done
    done
}
matrix rsa rsa 'sha256 sha384 sha512'
matrix rsa rsa-pss 'sha256 sha512' -keyopt rsa_padding_mode:pss
matrix psskey rsa-pss 'sha256' -keyopt rsa_padding_mode:pss
for curve in p256 p384 p521; do matrix $curve ecdsa-$curve 'sha256 sha384 sha512'; done
for curve in 256:256 384:384 512:512; do matrix bp${curve%:*} ecdsa-brainpool-p${curve%:*}r1 "sha${curve#*:}"; done

one() { # NAME KEY VERDICT "DIGEST SIGNATURE" OPENSSL [OPTION…]: one signer, detached
    name=$1 key=$2 verdict=$3 words=$4 openssl=$5
    shift 5
    # shellcheck disable=SC2046
    sign work/one.p7 $(by "$key") "$@"
    judged work/one.p7 "$openssl"
    detached "$name" work/one.p7 content
    expect "$name" "$verdict" "$verdict $words"
}
one mgf1-unlike rsa 'pass -' 'sha-256 rsa-pss' yes -md sha256 -keyopt rsa_padding_mode:pss -keyopt rsa_mgf1_md:sha1
one salt-none rsa 'pass -' 'sha-256 rsa-pss' yes -md sha256 -keyopt rsa_padding_mode:pss -keyopt rsa_pss_saltlen:0
one salt-long rsa 'pass -' 'sha-256 rsa-pss' yes -md sha256 -keyopt rsa_padding_mode:pss -keyopt rsa_pss_saltlen:max
one sha1 rsa 'policy weak-algorithm' 'sha-1 rsa-sha1' yes -md sha1
one md5 rsa 'policy weak-algorithm' 'md5 rsa-md5' yes -md md5
one sha224 rsa 'policy weak-algorithm' 'sha-224 rsa-sha224' yes -md sha224
one pss-sha1 rsa 'policy weak-algorithm' 'sha-1 rsa-pss' yes -md sha1 -keyopt rsa_padding_mode:pss
one ecdsa-sha1 p256 'policy weak-algorithm' 'sha-1 ecdsa-p256' yes -md sha1
one short short 'policy weak-algorithm' 'sha-256 rsa-sha256' yes -md sha256
one explicit explicit 'policy weak-algorithm' 'sha-256 ecdsa-sha256' no -md sha256
one dsa dsa 'neutral unsupported-algorithm' 'sha-256 dsa-sha256' yes -md sha256
one sha3 rsa 'neutral unsupported-algorithm' '2.16.840.1.101.3.4.2.8 rsa' yes -md sha3-256
one carol carol 'policy unbound-address' 'sha-256 rsa-sha256' yes -md sha256
one nobody nobody 'policy unbound-address' 'sha-256 rsa-sha256' yes -md sha256
one untrusted untrusted 'policy untrusted' 'sha-256 rsa-sha256' no -md sha256
one self self 'policy untrusted' 'sha-256 rsa-sha256' no -md sha256
one expired expired 'policy expired' 'sha-256 rsa-sha256' no -md sha256
one later later 'policy not-yet-valid' 'sha-256 rsa-sha256' no -md sha256
one tls tls 'policy extended-key-usage' 'sha-256 rsa-sha256' yes -md sha256
one encipher encipher 'policy key-usage' 'sha-256 rsa-sha256' yes -md sha256
one revoked revoked 'fail revoked' 'sha-256 rsa-sha256' yes -md sha256
one bag-large rsa 'pass -' 'sha-256 rsa-sha256' yes -md sha256 -certfile work/carol.crt
one receipt rsa 'pass -' 'sha-256 rsa-sha256' yes -md sha256 -receipt_request_all -receipt_request_to alice@example.org

# shellcheck disable=SC2046
{
    sign work/one.p7 $(by rsa) -md sha256 -nocerts
    detached no-certificate work/one.p7 content
    expect no-certificate 'permerror no-certificate' 'permerror no-certificate sha-256 rsa-sha256'

    # What was signed is not what is there.
    sign work/one.p7 $(by rsa) -md sha256
    sed 's/attached/detached/' content >work/other
    detached changed work/one.p7 work/other
    expect changed 'fail digest-mismatch' 'fail digest-mismatch sha-256 rsa-sha256'
    sed 's/ \r$/\r/' content >work/other
    detached trailing-blank work/one.p7 work/other
    expect trailing-blank 'fail digest-mismatch' 'fail digest-mismatch sha-256 rsa-sha256'
    sign work/one.p7 $(by rsa) -md sha256 -noattr
    detached changed-noattr work/one.p7 work/other
    expect changed-noattr 'fail bad-signature' 'fail bad-signature sha-256 rsa-sha256'

    # Line ends: as received, and LF as CRLF (SIG-07).
    sign work/one.p7 $(by rsa) -md sha256
    detached stored-lf work/one.p7 content.lf
    expect stored-lf 'pass -' 'pass - sha-256 rsa-sha256'
    tr '\n' '\r' <content.lf >work/cr
    detached stored-cr work/one.p7 work/cr
    expect stored-cr 'permerror ambiguous-mime' 'fail digest-mismatch sha-256 rsa-sha256'
    content=content.lf sign work/one.p7 $(by rsa) -md sha256
    detached signed-lf work/one.p7 content.lf
    expect signed-lf 'pass -' 'pass - sha-256 rsa-sha256'
    detached signed-lf-stored-crlf work/one.p7 content
    expect signed-lf-stored-crlf 'fail digest-mismatch' 'fail digest-mismatch sha-256 rsa-sha256'
    { cat content.lf; printf 'and\r\nmixed\r\n'; } >work/mixed
    content=work/mixed sign work/one.p7 $(by rsa) -md sha256 -noattr
    detached signed-mixed work/one.p7 work/mixed
    expect signed-mixed 'pass -' 'pass - sha-256 rsa-sha256'

    # Several signers (SIG-03).
    sign work/two.p7 $(by rsa) $(by carol) -md sha256
    judged work/two.p7 yes
    detached two work/two.p7 content
    expect two 'pass -' 'pass - sha-256 rsa-sha256' 'policy unbound-address sha-256 rsa-sha256'
    sign work/two.p7 $(by rsa) $(by p256) $(by p384) -md sha256 -nodetach
    judged work/two.p7 yes
    opaque three work/two.p7
    expect three 'pass -' 'pass - sha-256 rsa-sha256' 'pass - sha-256 ecdsa-p256' 'pass - sha-256 ecdsa-p384'
    sign work/two.p7 $(by rsa) $(by self) -md sha256
    judged work/two.p7 no
    detached two-untrusted work/two.p7 content
    expect two-untrusted 'policy untrusted' 'pass - sha-256 rsa-sha256' 'policy untrusted sha-256 rsa-sha256'
    sign work/two.p7 $(by rsa) $(by dsa) -md sha256
    detached two-unsupported work/two.p7 content
    expect two-unsupported 'neutral unsupported-algorithm' 'pass - sha-256 rsa-sha256' \
        'neutral unsupported-algorithm sha-256 dsa-sha256'

    # Who, and when.
    sign work/one.p7 $(by rsa) -md sha256
    from='carol@example.org' detached from-other work/one.p7 content
    expect from-other 'policy unbound-address' 'policy unbound-address sha-256 rsa-sha256'
    from='ALICE@EXAMPLE.ORG' detached from-case work/one.p7 content
    expect from-case 'pass -' 'pass - sha-256 rsa-sha256'
    from='"alice@example.org" <carol@example.org>' detached from-display-name work/one.p7 content
    expect from-display-name 'policy unbound-address' 'policy unbound-address sha-256 rsa-sha256'
    from='"carol@example.org" <alice@example.org>' detached from-display-name-2 work/one.p7 content
    expect from-display-name-2 'policy display-name' 'policy display-name sha-256 rsa-sha256'
    from='alice@example.org, carol@example.org' detached from-two work/one.p7 content
    expect from-two 'policy multiple-from' 'policy multiple-from sha-256 rsa-sha256'
    date='Mon, 01 Jan 2024 00:00:00 +0000' detached dated work/one.p7 content
    expect dated 'policy date' 'policy date sha-256 rsa-sha256'

    # Two certificates of one key, and thus of one key identifier (SIG-09).
    sign work/one.p7 $(by rsa) -md sha256 -keyid -certfile work/renewed.crt
    detached two-certificates work/one.p7 content
    expect two-certificates 'pass -' 'pass - sha-256 rsa-sha256'
    sign work/one.p7 -signer work/renewed.crt -inkey work/rsa.key -md sha256 -keyid -certfile work/rsa.crt
    detached two-certificates-2 work/one.p7 content
    expect two-certificates-2 'pass -' 'pass - sha-256 rsa-sha256'
    sign work/one.p7 -signer work/renewed.crt -inkey work/rsa.key -md sha256 -keyid -certfile work/rsa.crt -cades
    detached two-certificates-cades work/one.p7 content
    expect two-certificates-cades 'policy unbound-address' 'policy unbound-address sha-256 rsa-sha256'
    sign work/one.p7 $(by rsa) -md sha256 -cades
    judged work/one.p7 yes
    detached cades work/one.p7 content
    expect cades 'pass -' 'pass - sha-256 rsa-sha256'

    # SIG-02: certificates only.
    openssl crl2pkcs7 -nocrl -certfile work/rsa.crt -outform DER -out work/certs.p7
    opaque certs-only work/certs.p7
    expect certs-only 'none -'

    # SIG-01: a detached signature that holds content of its own.
    sign work/one.p7 $(by rsa) -md sha256 -nodetach
    detached two-contents work/one.p7 content
    expect two-contents 'permerror two-contents' 'pass - sha-256 rsa-sha256'
    printf 'Content-Type: text/plain\r\n\r\nPay 1000 EUR to Mallory.\r\n' >work/other
    detached two-contents-2 work/one.p7 work/other
    expect two-contents-2 'permerror two-contents' 'fail digest-mismatch sha-256 rsa-sha256'

    # Inside and outside of encryption (SIG-10, ENC-04).
    encrypt() { openssl cms -encrypt -binary -in "$1" -outform DER -out "$2" "$3" work/bob.crt; }
    sign work/in.p7 $(by rsa) -md sha256 -nodetach
    { printf 'Content-Type: application/pkcs7-mime; smime-type=signed-data\r\nContent-Transfer-Encoding: base64\r\n\r\n'
      openssl base64 -in work/in.p7 | sed 's/$/\r/'; } >work/signed.entity
    for cipher in aes256 aes-256-gcm; do
        encrypt work/signed.entity work/env.p7 -$cipher
        opaque encrypted-signed-$cipher work/env.p7
        expect encrypted-signed-$cipher 'pass -' 'pass - sha-256 rsa-sha256'
    done
    encrypt content work/env.p7 -aes256
    { printf 'Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\nContent-Transfer-Encoding: base64\r\n\r\n'
      openssl base64 -in work/env.p7 | sed 's/$/\r/'; } >work/enveloped.entity
    content=work/enveloped.entity sign work/outer.p7 $(by rsa) -md sha256 -nodetach
    opaque signed-encrypted work/outer.p7
    expect signed-encrypted 'none -' 'none outer-signature sha-256 rsa-sha256'
    content=work/enveloped.entity sign work/outer.p7 $(by rsa) -md sha256
    detached signed-encrypted-detached work/outer.p7 work/enveloped.entity
    expect signed-encrypted-detached 'none -' 'none outer-signature sha-256 rsa-sha256'
    { printf 'Content-Type: multipart/mixed; boundary="=_m"\r\n\r\n--=_m\r\nContent-Type: text/plain\r\n\r\nDear Bob\r\n--=_m\r\n'
      cat work/enveloped.entity
      printf -- '--=_m--\r\n'; } >work/mixed.entity
    content=work/mixed.entity sign work/outer.p7 $(by rsa) -md sha256 -nodetach
    opaque signed-ciphertext-beside-text work/outer.p7
    expect signed-ciphertext-beside-text 'pass -' 'pass - sha-256 rsa-sha256'
    encrypt work/signed.entity work/env.p7 -aes256
    { printf 'Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\nContent-Transfer-Encoding: base64\r\n\r\n'
      openssl base64 -in work/env.p7 | sed 's/$/\r/'; } >work/triple.entity
    content=work/triple.entity sign work/outer.p7 $(by carol) -md sha256 -nodetach
    opaque triple work/outer.p7
    expect triple 'pass -' 'policy unbound-address sha-256 rsa-sha256' 'pass - sha-256 rsa-sha256'
    sign work/in.p7 $(by carol) -md sha256 -nodetach
    { printf 'Content-Type: application/pkcs7-mime; smime-type=signed-data\r\nContent-Transfer-Encoding: base64\r\n\r\n'
      openssl base64 -in work/in.p7 | sed 's/$/\r/'; } >work/signed.entity
    content=work/signed.entity sign work/outer.p7 $(by rsa) -md sha256 -nodetach
    opaque signed-signed work/outer.p7
    expect signed-signed 'policy unbound-address' 'pass - sha-256 rsa-sha256' 'policy unbound-address sha-256 rsa-sha256'
}

# What openssl does not make: python puts it together, openssl's keys sign it.
python3 "$script/make_signed.py"
python3 "$script/make_johnny.py"
cp work/rsa.crt work/rsa.key work/ed25519.crt single/
: >"$stamp"
