#!/bin/sh
# Makes open_key.hpp, and the seeds of the targets open and cms, with openssl. Run by hand when a
# seed is to be added; the results are in the repository, for a fuzzer's finding must keep its key:
# the key that stands in open_key.hpp stays.
set -eu
umask 022
cd "$(dirname "$0")"
seeds=$PWD
work=$(mktemp -d)
mkdir -p corpus/open corpus/cms
rm -f corpus/open/message*

pem() { # NAME LABEL
    printf -- '-----BEGIN %s-----\n' "$2"
    awk -v name=" $1 =" 'index($0, name) { on = 1; next } on { last = /;$/; gsub(/[ ";]/, ""); print; if (last) exit }' open_key.hpp
    printf -- '-----END %s-----\n' "$2"
}
if [ -f open_key.hpp ]; then
    pem private_key 'PRIVATE KEY' >"$work/key"
    pem certificate CERTIFICATE >"$work/crt"
    pem ec_private_key 'PRIVATE KEY' >"$work/ec.key"
    pem ec_certificate CERTIFICATE >"$work/ec.crt"
    pem x25519_private_key 'PRIVATE KEY' >"$work/x25519.key"
    pem x25519_certificate CERTIFICATE >"$work/x25519.crt"
else
    # 1024 bits: a private operation costs a fifth, and nobody trusts this key.
    openssl req -x509 -newkey rsa:1024 -nodes -days 36500 -subj /CN=fuzz -keyout "$work/key" \
        -out "$work/crt" 2>/dev/null
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 36500 -subj /CN=ec \
        -keyout "$work/ec.key" -out "$work/ec.crt" 2>/dev/null
    openssl genpkey -algorithm X25519 -out "$work/x25519.key"
    openssl pkey -in "$work/x25519.key" -pubout -out "$work/x25519.pub"
    openssl req -new -key "$work/key" -subj /CN=x25519 -out "$work/csr"
    echo subjectKeyIdentifier=hash >"$work/ext"
    openssl x509 -req -in "$work/csr" -CA "$work/crt" -CAkey "$work/key" -set_serial 1 -days 36500 \
        -force_pubkey "$work/x25519.pub" -extfile "$work/ext" -out "$work/x25519.crt" 2>/dev/null
fi
constant() { # NAME FILE
    printf '\ninline constexpr std::string_view %s =\n' "$1"
    sed '/-----/d; s/.*/    "&"/' "$2" | sed '$s/$/;/'
}
{ printf '#pragma once\n\n#include <string_view>\n\n'
  printf '/// Made by make_open_seeds.sh: opens the seeds of the target open, and nothing else.\n'
  printf 'namespace open_key {\n'
  constant private_key "$work/key"
  constant certificate "$work/crt"
  constant ec_private_key "$work/ec.key"
  constant ec_certificate "$work/ec.crt"
  constant x25519_private_key "$work/x25519.key"
  constant x25519_certificate "$work/x25519.crt"
  printf '\n}  // namespace open_key\n'; } >"$work/open_key.hpp"
mv "$work/open_key.hpp" open_key.hpp

printf 'Content-Type: text/plain\r\n\r\nhello\r\n' >"$work/text"
printf 'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Transfer-Encoding: 8bit\r\n\r\na\000b\r\n--b--\r\n' >"$work/nul"
printf 'just text\r\n' >"$work/bare"
encrypt() { # IN OUT arguments…
    encrypt_to crt "$@"
}
encrypt_to() { # CERTIFICATE IN OUT arguments…
    recipient=$1 in=$2 out=$3; shift 3
    openssl cms -encrypt -binary -in "$work/$in" -outform DER -out "corpus/open/$out" \
        -recip "$work/$recipient" "$@"
}
encrypt text cbc -aes-128-cbc
encrypt nul cbc-ber-keyid -aes-256-cbc -stream -keyid
encrypt text gcm -aes-256-gcm
encrypt bare gcm-ber-oaep -aes-128-gcm -stream -keyopt rsa_padding_mode:oaep
encrypt text des3 -des-ede3-cbc
encrypt text des -provider legacy -provider default -des
encrypt text rc2-40 -provider legacy -provider default -rc2-40
encrypt bare rc2-128 -provider legacy -provider default -rc2-128 -stream
encrypt text password -aes-128-cbc -pwri_password x
encrypt_to ec.crt text agreement -aes-128-cbc
encrypt_to ec.crt nul agreement-ber-keyid -aes-256-gcm -stream -keyid -keyopt ecdh_kdf_md:sha256
encrypt_to ec.crt text agreement-cofactor -aes-192-cbc -aes256-wrap -keyopt ecdh_cofactor_mode:1
encrypt_to ec.crt text agreement-des3-wrap -des-ede3-cbc
encrypt_to ec.crt text agreement-in-company -aes-128-cbc -recip "$work/crt" -pwri_password x \
    -secretkeyid 01 -secretkey 000102030405060708090a0b0c0d0e0f
. "$seeds/../smime/x25519_message.sh"
# shellcheck disable=SC2034
null=
x25519() { # OUT arguments…
    to=$1; shift
    (cd "$work" && mkdir -p work && x25519_message x25519.crt text "$seeds/corpus/open/$to" "$@")
}
x25519 x25519 HKDF sha256 1.2.840.113549.1.9.16.3.19 128 2.16.840.1.101.3.4.1.5
x25519 x25519-material HKDF sha512 1.2.840.113549.1.9.16.3.21 256 2.16.840.1.101.3.4.1.45 material
x25519 x25519-x963 X963KDF sha256 1.3.132.1.11.1 128 2.16.840.1.101.3.4.1.5 material
sign() { # IN OUT arguments…
    in=$1 out=$2; shift 2
    openssl cms -sign -binary -nodetach -nocerts -in "$in" -outform DER -out "corpus/open/$out" \
        -signer "$work/crt" -inkey "$work/key" -md sha256 "$@"
}
sign "$work/text" signed
sign "$work/nul" signed-ber -stream
entity() { # NAME
    printf 'Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    openssl base64 <"corpus/open/$1" | awk '{ printf "%s\r\n", $0 }'
}
entity gcm >"$work/gcm"
sign "$work/gcm" enveloped-in-signed -noattr
# CCM, ChaCha20-Poly1305, attributes, derived keys, compressed-data
( cd "$work" && mkdir -p work && mkdir open closed parts && cp text work/text && cp text work/attachment
  for name in alice bob; do cp key work/$name.key; cp crt work/$name.crt; done
  python3 "$seeds/../smime/make_messages.py" )
for part in ccm chacha20 gcm hkdf-cbc compressed compressed-in-compressed; do
    cp "$work/parts/$part.der" "corpus/open/$part-made"
done
for name in gcm-attributes-ber compressed-in-signed-in-enveloped hkdf-gcm256 compressed-cut; do
    sed '1,/^\r$/d' "$work"/[oc]*/$name.eml | openssl base64 -d >"corpus/open/$name"
done
cp corpus/open/* corpus/cms/
# Structures: in multipart/signed, below plaintext, with protected header fields
signature='--b\r\nContent-Type: application/pkcs7-signature\r\n\r\nMA==\r\n--b--\r\n'
{ printf 'Content-Type: multipart/signed; boundary=b; protocol="application/pkcs7-signature"\r\n\r\n--b\r\n'
  entity gcm
  printf '\r\n%b' "$signature"; } >corpus/open/clear-signed
{ printf 'From: a\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b\r\n'
  entity cbc
  printf '\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n'
  entity gcm
  printf '\r\n--b--\r\n'; } >corpus/open/errant
protected='From: a@b\r\nSubject: x\r\nHP-Outer: Subject: y\r\n'
{ printf "$protected"
  printf 'Content-Type: text/plain; hp=cipher; hp-legacy-display=1\r\n\r\nSubject: x\r\n\r\nhello\r\n'; } >"$work/plain"
{ printf "$protected"
  printf 'Content-Type: multipart/alternative; hp=cipher; boundary=b\r\n\r\n--b\r\n'
  printf 'Content-Type: text/html; hp-legacy-display=1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
  printf '<div class=3D"header-protection-legacy-display"><pre>x</pre></div>hello\r\n--b--\r\n'; } >"$work/html"
printf 'Content-Type: message/rfc822; forwarded=no\r\n\r\nFrom: a@b\r\nSubject: x\r\n\r\nhello\r\n' >"$work/wrapped"
for name in plain html wrapped; do
    encrypt $name $name -aes-128-gcm
    { printf 'From: a@b\r\nSubject: y\r\n'; entity $name; } >"$work/message"
    mv "$work/message" "corpus/open/protected-$name"
    rm "corpus/open/$name"
done
{ printf 'From: a\r\nX-Paperknife : x\r\n'; entity enveloped-in-signed; } >corpus/open/message
{ printf 'From: a\n'; entity cbc | tr -d '\r'; } >corpus/open/message-lf
rm -rf "$work"
