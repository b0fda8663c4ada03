#!/bin/sh
# Makes a throw-away PKI and messages with openssl:  make_data.sh DIRECTORY
#
#   pki/NAME.{key,crt}       ca, alice (RSA 2048), alice3072, bob, other
#   keys/                    the key directory of a user who has alice's two keys (passphrase
#                            "wonderland"): a PKCS#12 file and an encrypted PKCS#8 beside its
#                            certificate; keys-pem/ one PEM file with both, in the clear;
#                            keys-other/ only somebody else's key
#   messages/NAME.eml        a message, CRLF line ends
#   messages/NAME.plain      the MIME entity inside, if it opens
#   messages/NAME.expect     "expect: opened | not_smime | no_matching_recipient | malformed |
#                            unsupported_algorithm | unsupported_content | decryption_failed", and what it is
#
# Nothing here is made or judged by paperknife itself.
set -eu
umask 077

directory=${1:?usage: make_data.sh DIRECTORY}
mkdir -p "$directory"
cd "$directory"
rm -rf pki keys keys-pem keys-other messages work
mkdir pki keys keys-pem keys-other messages work
made_by=$(openssl version | cut -d' ' -f1,2)

# ---------------------------------------------------------------- keys

certificate() { # NAME BITS ADDRESS
    openssl req -newkey "rsa:$2" -nodes -subj "/CN=$1/emailAddress=$3" \
        -keyout "pki/$1.key" -out "work/$1.csr" 2>/dev/null
    printf 'subjectAltName=email:%s\nsubjectKeyIdentifier=hash\nbasicConstraints=CA:FALSE\n' "$3" \
        >"work/$1.ext"
    openssl x509 -req -in "work/$1.csr" -CA pki/ca.crt -CAkey pki/ca.key -CAcreateserial \
        -days 3650 -extfile "work/$1.ext" -out "pki/$1.crt" 2>/dev/null
}

openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj '/O=Throw-away/CN=Throw-away CA' \
    -keyout pki/ca.key -out pki/ca.crt 2>/dev/null
certificate alice 2048 alice@example.org
certificate alice3072 3072 alice@example.org
certificate bob 2048 bob@example.org
certificate other 2048 other@example.org

openssl pkcs12 -export -inkey pki/alice.key -in pki/alice.crt -certfile pki/ca.crt \
    -keypbe AES-256-CBC -certpbe AES-256-CBC -macalg sha256 -passout pass:wonderland \
    -out keys/alice.p12
openssl pkcs8 -topk8 -v2 aes-256-cbc -in pki/alice3072.key -passout pass:wonderland \
    -out keys/alice3072.key
cp pki/alice3072.crt keys/alice3072.crt
cat pki/alice.key pki/alice.crt >keys-pem/alice.pem
cat pki/other.key pki/other.crt >keys-other/other.pem
echo wonderland >passphrase

# ---------------------------------------------------------------- what is inside

lines() { # text with LF on standard input -> CRLF
    awk '{ printf "%s\r\n", $0 }'
}

text() { awk -v n="$1" 'BEGIN { for (i = 1; i <= n; i++)
    printf "Line %d of a letter that only its reader should see.\r\n", i }'; }
octets() { openssl enc -aes-128-ctr -nosalt -k "$2" -pbkdf2 -iter 1 -in /dev/zero 2>/dev/null |
    head -c "$1"; }
base64_lines() { openssl base64 | lines; }

inside=work/inside
mkdir "$inside"

{ printf 'Content-Type: text/plain; charset=us-ascii\r\nContent-Transfer-Encoding: 7bit\r\n\r\n'
  text 5; } >$inside/text
printf 'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGr\303\274\303\237e\r\n' \
    >$inside/eightbit
printf 'Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>Gr=C3=BC=C3=9Fe</p>=\r\n\r\n' \
    >$inside/quoted
printf 'Content-Type: text/plain\r\n\r\nno line end' >$inside/unended
printf 'Content-Type: text/plain\r\n\r\n' >$inside/empty
printf '\r\nNo header at all.\r\n' >$inside/bare
{ printf 'Content-Type: text/plain; charset=us-ascii\r\n\r\n'
  awk 'BEGIN { for (i = 0; i < 990; i++) printf "x"; printf "\r\n" }'; } >$inside/long
lines >$inside/alternative <<'END'
Content-Type: multipart/alternative; boundary="a b"

A preamble.
--a b
Content-Type: text/plain; charset=us-ascii; format=flowed
Content-Language: en, de

Hello
--a b
Content-Type: text/html
Content-Location: http://example.org/

<b>Hello</b>
--a b--
An epilogue.
END
{ printf 'Content-Type: multipart/mixed; boundary=mixed\r\n\r\n'
  printf -- '--mixed\r\nContent-Type: text/plain\r\n\r\nSee the file.\r\n--mixed\r\n'
  printf 'Content-Type: application/pdf; name="a file.pdf"\r\nContent-Transfer-Encoding: base64\r\n'
  printf 'Content-ID: <1@example.org>\r\nContent-Description: a file\r\nContent-MD5: abc\r\n'
  printf 'Content-Disposition: attachment; filename="a file.pdf"\r\n\r\n'
  octets 5000 file | base64_lines
  printf -- '--mixed--\r\n'; } >$inside/mixed
lines >$inside/nested <<'END'
Content-Type: multipart/mixed; boundary=one

--one
Content-Type: multipart/related; boundary=two; type="text/html"

--two
Content-Type: multipart/alternative; boundary=three

--three

plain
--three
Content-Type: text/html

<i>html</i>
--three--
--two
Content-Type: image/png
Content-Transfer-Encoding: base64
Content-ID: <image@example.org>

iVBORw0KGgo=
--two--
--one
Content-Type: text/plain

last
--one--
END
lines >$inside/attached <<'END'
Content-Type: multipart/mixed; boundary=outer

--outer

A letter is attached.
--outer
Content-Type: message/rfc822
Content-Disposition: attachment

From: "Carol, of course" <carol@example.org>
To: Undisclosed:;
Cc: a@example.org, "B \"b\" B" <b@example.org>
Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=
Date: Mon, 23 Nov 2026 10:00:00 +0000
Message-ID: <attached@example.org>
In-Reply-To: <other@example.org>
Content-Type: multipart/mixed; boundary=inner

--inner

first
--inner
Content-Type: message/rfc822

Subject: deeper

deepest
--inner--
--outer--
END
lines >$inside/letter <<'END'
Content-Type: message/rfc822

From: dave@example.org
Subject: all of it

the letter
END
lines >$inside/digest <<'END'
Content-Type: multipart/digest; boundary=d

--d

Subject: first

one
--d

Subject: second

two
--d--
END
lines >$inside/unclosed <<'END'
Content-Type: multipart/mixed; boundary=never

--never

no boundary closes this
END
structures="text eightbit quoted unended empty bare long alternative mixed nested attached letter
digest unclosed"

# ---------------------------------------------------------------- CMS

encrypt() { # IN OUT openssl's arguments…: alice is no recipient unless named
    in=$1 out=$2
    shift 2
    openssl cms -encrypt -binary -in "$in" -outform DER -out "$out" "$@"
}
sign() { # IN OUT [arguments…]: opaque signed-data
    in=$1 out=$2
    shift 2
    openssl cms -sign -binary -nodetach -in "$in" -signer pki/bob.crt -inkey pki/bob.key \
        -outform DER -out "$out" "$@"
}

entity() { # CMS SMIME-TYPE: a pkcs7-mime entity in base64 on standard output
    printf 'Content-Type: application/pkcs7-mime; name="smime.p7m"; smime-type=%s\r\n' "$2"
    printf 'Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename="smime.p7m"\r\n\r\n'
    base64_lines <"$1"
}

# ---------------------------------------------------------------- messages

header() { # NAME: the outer header, but for the structural fields
    printf 'Received: from a by b; Mon, 23 Nov 2026 10:00:00 +0000\r\n'
    printf 'From: Bob <bob@example.org>\r\nTo: "Alice (A.)" <alice@example.org>\r\n'
    printf 'Subject: %s,\r\n folded\r\nDate: Mon, 23 Nov 2026 10:00:00 +0000\r\n' "$1"
    printf 'Message-ID: <%s@example.org>\r\nMIME-Version: 1.0\r\n' "$1"
}
message() { # NAME: the entity comes on standard input
    { header "$1"; cat; } >"messages/$1.eml"
}
expect() { # NAME EXPECTATION WHAT [PLAIN]
    printf 'expect: %s\nmade-by: %s\nwhat: %s\n' "$2" "$made_by" "$3" >"messages/$1.expect"
    if [ -n "${4:-}" ]; then cp "$4" "messages/$1.plain"; fi
}

for structure in $structures; do
    message "plain-$structure" <"$inside/$structure"
    expect "plain-$structure" not_smime "an ordinary message, $structure"
done

arguments() { # what openssl is told for an algorithm
    case $1 in
    cbc128-v15) echo -aes-128-cbc -recip pki/alice.crt ;;
    cbc256-v15-keyid) echo -aes-256-cbc -keyid -recip pki/alice.crt ;;
    cbc192-v15-3072) echo -aes-192-cbc -recip pki/alice3072.crt ;;
    cbc256-oaep) echo -aes-256-cbc -recip pki/alice.crt -keyopt rsa_padding_mode:oaep ;;
    gcm256-v15) echo -aes-256-gcm -recip pki/alice.crt ;;
    gcm128-oaep256) echo -aes-128-gcm -recip pki/alice.crt -keyopt rsa_padding_mode:oaep \
        -keyopt rsa_oaep_md:sha256 ;;
    gcm256-many) echo -aes-256-gcm -recip pki/bob.crt -recip pki/other.crt -keyid \
        -recip pki/alice3072.crt -keyopt rsa_padding_mode:oaep ;;
    esac
}
for algorithm in cbc128-v15 cbc256-v15-keyid cbc192-v15-3072 cbc256-oaep gcm256-v15 \
    gcm128-oaep256 gcm256-many; do
    case $algorithm in gcm*) type=authEnveloped-data ;; *) type=enveloped-data ;; esac
    for encoding in der ber; do
        if [ $encoding = ber ]; then stream=-stream; else stream=; fi
        for structure in $structures; do
            name=$algorithm-$encoding-$structure
            # shellcheck disable=SC2046,SC2086
            encrypt "$inside/$structure" work/cms $stream $(arguments $algorithm)
            entity work/cms $type | message "$name"
            expect "$name" opened "$algorithm, $encoding, $structure" "$inside/$structure"
        done
    done
done

opened() { # NAME WHAT PLAIN: standard input is the entity
    message "$1"
    expect "$1" opened "$2" "$3"
}
untouched() { # NAME EXPECTATION WHAT
    message "$1"
    expect "$1" "$2" "$3"
}
alice="-aes-256-cbc -recip pki/alice.crt"
# shellcheck disable=SC2086
encrypt $inside/mixed work/der $alice
# shellcheck disable=SC2086
encrypt $inside/mixed work/ber -stream $alice
encrypt $inside/mixed work/gcm -aes-256-gcm -recip pki/alice.crt

# How the entity is written down
for form in der ber gcm; do
    { printf 'Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n'
      printf 'Content-Transfer-Encoding: base64\r\n\r\n'
      openssl base64 -A <work/$form | fold -w 900 | lines; } |
        opened "base64-wide-$form" "base64 in lines of 900" $inside/mixed
    { printf 'content-type: APPLICATION/X-PKCS7-MIME\r\nContent-Transfer-Encoding: BASE64\r\n\r\n'
      base64_lines <work/$form | awk '{ print } NR % 5 == 0 { printf " \t\r\n" }'; } |
        opened "base64-blank-$form" "x-pkcs7-mime without smime-type, blank lines in base64" \
            $inside/mixed
    { printf 'Content-Type: application/octet-stream; name="smime.p7m"\r\n'
      printf 'Content-Transfer-Encoding: base64\r\n\r\n'
      base64_lines <work/$form; } |
        opened "octet-stream-$form" "octet-stream named smime.p7m" $inside/mixed
    { printf 'Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n'
      printf 'Content-Disposition: attachment; filename=letter.P7M\r\n\r\n'
      base64_lines <work/$form; } |
        opened "octet-stream-disposition-$form" "octet-stream, filename letter.P7M" $inside/mixed
    { printf 'Content-Type: application/pkcs7-mime;\r\n\tname=smime.p7m;\r\n\tsmime-type=authenticated-enveloped-data\r\n'
      printf 'Content-Transfer-Encoding: base64\r\n\r\n'
      base64_lines <work/$form; } |
        opened "folded-$form" "a folded Content-Type with an unknown smime-type" $inside/mixed
done

entity work/der enveloped-data | opened lf "line ends of LF alone" $inside/mixed
tr -d '\r' <messages/lf.eml >work/lf
mv work/lf messages/lf.eml
{ printf 'Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n'
  printf 'Content-Transfer-Encoding: binary\r\n\r\n'
  cat work/der; } |
    opened binary "binary: has octets of zero, which IMAP servers do not keep" $inside/mixed

# Layers
sign $inside/mixed work/signed
entity work/signed signed-data | opened signed "opaque signed-data" $inside/mixed
sign $inside/mixed work/signed-ber -stream
entity work/signed-ber signed-data | opened signed-ber "opaque signed-data, BER" $inside/mixed
entity work/signed signed-data >work/signed.mime
# shellcheck disable=SC2086
encrypt work/signed.mime work/sign-encrypt $alice
entity work/sign-encrypt enveloped-data |
    opened sign-encrypt "signed, then encrypted" $inside/mixed
entity work/sign-encrypt enveloped-data >work/sign-encrypt.mime
sign work/sign-encrypt.mime work/triple
entity work/triple signed-data | opened triple "signed, encrypted, signed" $inside/mixed
encrypt work/sign-encrypt.mime work/twice -aes-256-gcm -recip pki/alice3072.crt
entity work/twice authEnveloped-data |
    opened twice "encrypted by the sender, and again by the server at rest" $inside/mixed
openssl cms -sign -in $inside/mixed -signer pki/bob.crt -inkey pki/bob.key -crlfeol \
    -out work/clear 2>/dev/null
tr -d '\r' <work/clear | lines | sed '/^MIME-Version:/d' >work/clear.mime
untouched clear-signed not_smime "clear-signed: its octets stay" <work/clear.mime
# shellcheck disable=SC2086
encrypt work/clear.mime work/clear-encrypt $alice
entity work/clear-encrypt enveloped-data |
    opened clear-encrypt "clear-signed, then encrypted" work/clear.mime

# What can't be opened
encrypt $inside/text work/foreign -aes-256-cbc -recip pki/other.crt
entity work/foreign enveloped-data |
    untouched foreign no_matching_recipient "for somebody else"
encrypt $inside/text work/foreign-gcm -aes-256-gcm -keyid -recip pki/other.crt -recip pki/bob.crt
entity work/foreign-gcm authEnveloped-data |
    untouched foreign-gcm no_matching_recipient "for two others"
encrypt $inside/text work/password -aes-256-cbc -pwri_password secret
entity work/password enveloped-data |
    untouched password no_matching_recipient "for a password"
encrypt $inside/text work/camellia -camellia256 -recip pki/alice.crt
entity work/camellia enveloped-data |
    untouched camellia unsupported_algorithm "an algorithm we do not offer"
head -c 300 work/der >work/truncated
entity work/truncated enveloped-data | untouched truncated malformed "cut off after 300 octets"
size=$(wc -c <work/gcm)
{ head -c $((size - 1)) work/gcm
  if [ "$(tail -c 1 work/gcm | od -An -tx1 | tr -d ' ')" = 00 ]; then printf '\001'
  else printf '\000'; fi; } >work/tag
entity work/tag authEnveloped-data | untouched wrong-tag decryption_failed "a tag with a wrong octet"
{ printf 'Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n'
  printf 'Content-Transfer-Encoding: base64\r\n\r\n*** this is no base64 ***\r\n'; } |
    untouched no-base64 malformed "nothing that decodes to CMS"
printf 'Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: base64\r\n\r\n' |
    untouched nothing malformed "an empty body"
openssl crl2pkcs7 -nocrl -certfile pki/bob.crt -outform DER -out work/certs
entity work/certs certs-only | untouched certs-only malformed "certificates only: nothing inside"
openssl cms -digest_create -binary -in $inside/text -outform DER -out work/digested
entity work/digested digested-data |
    untouched digested unsupported_content "digested-data: not of S/MIME"
{ printf 'Content-Type: multipart/mixed; boundary=footer\r\n\r\n--footer\r\n'
  entity work/der enveloped-data
  printf -- '--footer\r\n\r\nA list footer.\r\n--footer--\r\n'; } |
    untouched below-multipart not_smime "encrypted below multipart/mixed stays closed"

rm -rf work
