#!/bin/sh
# Makes keys and S/MIME messages with openssl (3.0 and up; gpgsm joins in if it is there), and
# opens each of them with openssl too (make_messages.py makes what openssl can't):  make_messages.sh DIRECTORY [STAMP]
#
#   keys/NAME.pem            alice (RSA 2048), alice1024, alice3072, alice4096, bob, other; alice-CURVE, other-p256;
#                            twin-1 and twin-2, of one key identifier: key and certificate
#   open/NAME.eml            a message that alice's keys open
#   open/NAME.plain          what openssl makes of it: the entity inside
#   open/NAME.expect         the report's words: encryption, then type/cipher/key management of
#                            each layer
#   legacy/NAME.eml …        the same, if the owner lets weak ciphers be opened
#   closed/NAME.eml, .expect a message that stays as it is, and the report's reason
#   headers/NAME.eml, .view  a message with protected header fields, in the manner of RFC 9788,
#                            appendices C to E, and what a reader is to see, our own field aside
#   parts/                   pieces that tests put together themselves
set -eu
umask 077

directory=${1:?usage: make_messages.sh DIRECTORY [STAMP]}
scripts=$(realpath "$(dirname "$0")")
if [ -n "${2:-}" ]; then stamp=$(realpath "$2"); else stamp=; fi
mkdir -p "$directory"
cd "$directory"
rm -rf keys open legacy closed headers parts work
mkdir keys open legacy closed headers parts work

certificate() { # NAME BITS
    openssl req -newkey "rsa:$2" -nodes -subj "/O=Example/CN=$1" -keyout "work/$1.key" \
        -out "work/$1.csr" 2>/dev/null
    printf 'subjectAltName=email:%s@example.org\nsubjectKeyIdentifier=hash\n' "$1" >work/ext
    openssl x509 -req -in "work/$1.csr" -CA work/ca.crt -CAkey work/ca.key -CAcreateserial \
        -days 3650 -extfile work/ext -out "work/$1.crt" 2>/dev/null
    cat "work/$1.key" "work/$1.crt" >"keys/$1.pem"
}
openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=CA -keyout work/ca.key \
    -out work/ca.crt 2>/dev/null
certificate alice 2048
certificate alice1024 1024
certificate alice3072 3072
certificate alice4096 4096
certificate bob 2048
certificate other 2048

# ---------------------------------------------------------------- what is inside

lines() { awk '{ printf "%s\r\n", $0 }'; }

printf 'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGr\303\274\303\237e!\r\n' >work/text
lines >work/multipart <<'END'
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain

Hello
--b
Content-Type: text/html

<b>Hello</b>
--b--
END
{ printf 'Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n\r\nA file.\r\n--m\r\n'
  printf 'Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=a.pdf\r\n'
  printf 'Content-Transfer-Encoding: base64\r\n\r\n'
  head -c 40000 /dev/zero | openssl enc -aes-128-ctr -nosalt -k x -pbkdf2 -iter 1 |
      openssl base64 | lines
  printf -- '--m--\r\n'; } >work/attachment
printf 'Content-Type: text/plain\r\n\r\n' >work/empty

# ---------------------------------------------------------------- messages

head_lines='From: Bob <bob@example.org>\r\nTo: alice@example.org\r\nSubject: a letter\r\nMIME-Version: 1.0\r\n'

entity() { # CMS base64|binary
    printf 'Content-Type: application/pkcs7-mime; name=smime.p7m\r\nContent-Transfer-Encoding: %s\r\n\r\n' "$2"
    if [ "$2" = base64 ]; then openssl base64 <"$1" | lines; else cat "$1"; fi
}
message() { # CMS ENCODING FILE
    # shellcheck disable=SC2059
    { printf "$head_lines"; entity "$1" "$2"; } >"$3"
}
decrypted() { # CMS NAME [KEY]
    openssl cms -decrypt -binary -inform DER -in "$1" -recip "work/${3:-alice}.crt" \
        -inkey "work/${3:-alice}.key" -out "open/$2.plain"
}
encrypt() { # IN OUT arguments…
    encrypt_in=$1 encrypt_out=$2
    shift 2
    openssl cms -encrypt -binary -in "$encrypt_in" -outform DER -out "$encrypt_out" "$@"
}
sign() { # IN OUT arguments…
    sign_in=$1 sign_out=$2
    shift 2
    openssl cms -sign -binary -nodetach -in "$sign_in" -signer work/bob.crt -inkey work/bob.key \
        -outform DER -out "$sign_out" "$@"
}

# Every algorithm, recipient identifier and encoding; structures and transfer encodings in turn.
count=0
for mode in cbc gcm; do
    case $mode in
    cbc) type=enveloped-data encryption=unauthenticated ;;
    gcm) type=authEnveloped-data encryption=authenticated ;;
    esac
    for bits in 128 192 256; do
        for transport in v15 oaep oaep256 oaep512mgf1; do
            case $transport in
            v15) word=rsa options= ;;
            oaep) word=rsa-oaep options='-keyopt rsa_padding_mode:oaep' ;;
            oaep256) word=rsa-oaep options='-keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha256' ;;
            oaep512mgf1) word=rsa-oaep options='-keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha512 -keyopt rsa_mgf1_md:sha1' ;;
            esac
            for rid in issuer keyid; do
                if [ $rid = keyid ]; then keyid=-keyid; else keyid=; fi
                for form in der ber; do
                    if [ $form = ber ]; then stream=-stream; else stream=; fi
                    for encoding in base64 binary; do
                        count=$((count + 1))
                        case $((count % 7)) in
                        0) inside=attachment ;;
                        1 | 4) inside=multipart ;;
                        2) inside=empty ;;
                        *) inside=text ;;
                        esac
                        name=$mode$bits-$transport-$rid-$form-$encoding-$inside
                        # shellcheck disable=SC2086
                        encrypt work/$inside work/cms -aes-$bits-$mode $stream $keyid \
                            -recip work/alice.crt $options
                        message work/cms $encoding "open/$name.eml"
                        decrypted work/cms "$name"
                        echo "$encryption $type/aes-$bits-$mode/$word" >"open/$name.expect"
                    done
                done
            done
        done
    done
done

made() { # NAME EXPECT CMS [KEY]: base64
    message "$3" base64 "open/$1.eml"
    decrypted "$3" "$1" "${4:-}"
    echo "$2" >"open/$1.expect"
}
made_from() { # NAME EXPECT CMS PLAIN: openssl's plaintext is at hand
    message "$3" base64 "open/$1.eml"
    cp "$4" "open/$1.plain"
    echo "$2" >"open/$1.expect"
}
cbc='enveloped-data/aes-256-cbc/rsa'
gcm='authEnveloped-data/aes-256-gcm/rsa'

# Keys and recipients
encrypt work/text work/cms -aes-256-cbc -recip work/alice3072.crt
made rsa3072 "unauthenticated $cbc" work/cms alice3072
encrypt work/text work/cms -aes-256-gcm -recip work/alice4096.crt -keyopt rsa_padding_mode:oaep
made rsa4096 "authenticated $gcm-oaep" work/cms alice4096
encrypt work/text work/cms -aes-256-cbc -recip work/alice.crt -recip work/bob.crt
made first-of-two "unauthenticated $cbc" work/cms
encrypt work/text work/cms -aes-256-cbc -recip work/bob.crt -keyid -recip work/alice.crt
made second-of-two "unauthenticated $cbc" work/cms
encrypt work/text work/cms -aes-256-gcm -recip work/alice3072.crt -keyid -recip work/alice.crt
made two-of-ours "authenticated $gcm" work/cms
encrypt work/text work/cms -aes-256-cbc -recip work/alice.crt -pwri_password secret
made beside-a-password "unauthenticated $cbc" work/cms
encrypt work/text work/cms -aes-256-cbc -recip work/alice.crt -secretkeyid 01 \
    -secretkey 000102030405060708090a0b0c0d0e0f
made beside-a-kek "unauthenticated $cbc" work/cms
repeat() { i=0; while [ $i -lt "$1" ]; do echo "-recip work/$2.crt"; i=$((i + 1)); done; }
# shellcheck disable=SC2046
encrypt work/text work/cms -aes-256-cbc $(repeat 16 alice)
made sixteen-times "unauthenticated $cbc" work/cms

# Layers
sign work/multipart work/signed
made_signed() { # NAME CMS
    message "$2" base64 "open/$1.eml"
    openssl cms -verify -noverify -certfile work/bob.crt -binary -inform DER -in "$2" -out "open/$1.plain" 2>/dev/null
    echo "none signed-data" >"open/$1.expect"
}
made_signed signed work/signed
sign work/attachment work/cms -stream
made_signed signed-ber work/cms
sign work/text work/cms -noattr -nocerts
made_signed signed-bare work/cms
entity work/signed base64 >work/signed.mime
encrypt work/signed.mime work/enveloped -aes-256-cbc -recip work/alice.crt
openssl cms -decrypt -binary -inform DER -in work/enveloped -recip work/alice.crt \
    -inkey work/alice.key | openssl cms -verify -noverify -binary -inform SMIME 2>/dev/null >work/plain
made_from signed-in-enveloped "unauthenticated $cbc signed-data" work/enveloped work/plain
entity work/signed binary >work/signed-binary.mime
encrypt work/signed-binary.mime work/cms -aes-256-gcm -stream -recip work/alice.crt
made_from binary-signed-in-enveloped "authenticated $gcm signed-data" work/cms work/plain
encrypt work/text work/inner -aes-128-gcm -recip work/alice.crt
entity work/inner base64 >work/inner.mime
sign work/inner.mime work/cms
made_from enveloped-in-signed "authenticated signed-data authEnveloped-data/aes-128-gcm/rsa" \
    work/cms work/text
entity work/enveloped base64 >work/enveloped.mime
sign work/enveloped.mime work/triple
made_from triple "unauthenticated signed-data $cbc signed-data" work/triple work/plain
encrypt work/enveloped.mime work/cms -aes-256-gcm -recip work/alice4096.crt
made_from at-rest "unauthenticated $gcm $cbc signed-data" work/cms work/plain
encrypt work/inner.mime work/cms -aes-256-cbc -recip work/alice.crt
made_from gcm-in-cbc "authenticated $cbc authEnveloped-data/aes-128-gcm/rsa" work/cms work/text
openssl cms -sign -in work/multipart -signer work/bob.crt -inkey work/bob.key -crlfeol \
    -out work/clear 2>/dev/null
encrypt work/clear work/cms -aes-256-gcm -recip work/alice.crt
made clear-signed-inside "authenticated $gcm signed-data" work/cms
encrypt work/text work/foreign -aes-256-gcm -recip work/other.crt
entity work/foreign base64 >work/foreign.mime
encrypt work/foreign.mime work/cms -aes-256-cbc -recip work/alice.crt
made foreign-inside "unauthenticated $cbc authEnveloped-data/aes-256-gcm/rsa" work/cms

# Eight layers are the limit, nine are too many
cp work/text work/mime
for layer in 1 2 3 4 5 6 7 8; do
    sign work/mime work/cms -nocerts
    entity work/cms base64 >work/mime
done
made_from eight-layers "none signed-data signed-data signed-data signed-data signed-data signed-data signed-data signed-data" \
    work/cms work/text

# Others' hands
if command -v gpgsm >/dev/null; then
    home=$(mktemp -d)
    gpg() { gpgsm --homedir "$home" --batch --quiet --disable-crl-checks --disable-policy-checks \
        --no-common-certs-import "$@" 2>/dev/null; }
    if openssl x509 -in work/ca.crt -outform DER | gpg --import &&
        openssl x509 -in work/alice.crt -outform DER | gpg --import &&
        openssl x509 -in work/ca.crt -noout -fingerprint -sha1 |
            sed 's/.*=//; s/$/ S relax/' >"$home/trustlist.txt" &&
        gpg --cipher-algo AES256 --recipient alice@example.org --encrypt <work/attachment >work/cms; then
        made gpgsm "unauthenticated $cbc" work/cms
        gpg --cipher-algo 3DES --recipient alice@example.org --encrypt <work/attachment >work/gpgsm
    fi
    gpgconf --homedir "$home" --kill all 2>/dev/null || true
    rm -rf "$home"
fi

# ---------------------------------------------------------------- what stays as it is

closed() { # NAME REASON CMS
    message "$3" base64 "closed/$1.eml"
    echo "$2" >"closed/$1.expect"
}
closed foreign no-matching-recipient work/foreign
encrypt work/text work/cms -aes-256-cbc -keyid -recip work/other.crt -recip work/bob.crt
closed foreign-keyid no-matching-recipient work/cms
encrypt work/text work/cms -aes-256-cbc -pwri_password secret
closed password no-matching-recipient work/cms
for cipher in camellia-128-cbc aes-128-cfb; do
    encrypt work/text work/cms -$cipher -recip work/alice.crt
    closed "$cipher" unsupported-algorithm work/cms
done

# Weak ciphers: legacy/, and closed/ as well
half_weak() { # NAME EXPECT CMS PLAIN: the layers around it open in any case
    message "$3" base64 "legacy/$1.eml"
    cp "$4" "legacy/$1.plain"
    echo "$2" >"legacy/$1.expect"
}
weak() { # NAME EXPECT CMS PLAIN
    half_weak "$@"
    closed "$1" legacy-algorithm "$3"
}
for inside in text empty multipart attachment; do
    for cipher in des3 des rc2-40 rc2-64 rc2-128; do
        case $cipher in
        des3) word=des-ede3-cbc ;;
        des) word=des-cbc ;;
        *) word=rc2-cbc ;;
        esac
        for stream in '' -stream; do
            # shellcheck disable=SC2086
            encrypt work/$inside work/cms -provider legacy -provider default -$cipher $stream \
                -recip work/alice.crt
            weak "$cipher-$inside$stream" "legacy enveloped-data/$word/rsa" work/cms work/$inside
        done
    done
done
# A weak key makes weak what is strong otherwise (RFC 8551, 4.5)
for cipher in aes-256-cbc aes-256-gcm; do
    encrypt work/text work/cms -$cipher -recip work/alice1024.crt
    case $cipher in *gcm) word=authEnveloped-data ;; *) word=enveloped-data ;; esac
    weak "weak-key-$cipher" "legacy $word/$cipher/rsa" work/cms work/text
done

encrypt work/text work/weak -des3 -recip work/alice.crt
entity work/weak base64 >work/weak.mime
sign work/weak.mime work/cms
half_weak des3-in-signed "legacy signed-data enveloped-data/des-ede3-cbc/rsa" work/cms work/text
entity work/signed base64 >work/signed.mime
encrypt work/signed.mime work/cms -des3 -recip work/alice.crt
openssl cms -decrypt -binary -inform DER -in work/cms -recip work/alice.crt \
    -inkey work/alice.key | openssl cms -verify -noverify -binary -inform SMIME 2>/dev/null >work/plain
weak signed-in-des3 "legacy enveloped-data/des-ede3-cbc/rsa signed-data" work/cms work/plain
if [ -s work/gpgsm ]; then
    weak gpgsm-des3 "legacy enveloped-data/des-ede3-cbc/rsa" work/gpgsm work/attachment
fi
encrypt work/weak.mime work/cms -aes-256-gcm -recip work/alice.crt
half_weak des3-in-gcm "legacy authEnveloped-data/aes-256-gcm/rsa enveloped-data/des-ede3-cbc/rsa" work/cms work/text
encrypt work/inner.mime work/cms -des3 -recip work/alice.crt
weak gcm-in-des3 "authenticated enveloped-data/des-ede3-cbc/rsa authEnveloped-data/aes-128-gcm/rsa" \
    work/cms work/text
encrypt work/text work/cms -des3 -recip work/other.crt
closed foreign-des3 legacy-algorithm work/cms
sign work/mime work/cms -nocerts
closed nine-layers too-complex work/cms
# shellcheck disable=SC2046
encrypt work/text work/cms -aes-256-cbc $(repeat 17 alice)
closed seventeen-times too-complex work/cms
# shellcheck disable=SC2046
encrypt work/text work/cms -aes-256-cbc $(repeat 1001 other)
closed recipients too-complex work/cms
openssl crl2pkcs7 -nocrl -certfile work/bob.crt -outform DER -out work/cms
closed certs-only '' work/cms
openssl cms -sign -binary -in work/text -signer work/bob.crt -inkey work/bob.key -outform DER \
    -out work/cms
closed detached not-verified work/cms
openssl cms -digest_create -binary -in work/text -outform DER -out work/cms
closed digested unsupported-content work/cms
openssl cms -EncryptedData_encrypt -binary -in work/text -aes256 -outform DER -out work/cms \
    -secretkey 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
closed encrypted-data unsupported-content work/cms
openssl cms -data_create -binary -in work/text -outform DER -out work/cms
closed data malformed work/cms

# ---------------------------------------------------------------- protected header fields

# The outer header, the payload and the view come on standard input, a line "----" between them.
# The layers are named from the inside to the outside.
protected() { # NAME sign|encrypt|encrypt-cbc…
    protected_name=$1
    shift
    rm -f work/outer work/mime work/view
    awk 'BEGIN { file = "work/outer" }
        $0 == "----" { file = file == "work/outer" ? "work/mime" : "work/view"; next }
        { printf "%s\r\n", $0 > file }'
    for layer in "$@"; do
        case $layer in
        sign) sign work/mime work/cms ;;
        encrypt) encrypt work/mime work/cms -aes-256-gcm -recip work/alice.crt ;;
        encrypt-cbc) encrypt work/mime work/cms -aes-128-cbc -recip work/alice.crt ;;
        esac
        entity work/cms base64 >work/mime
    done
    cat work/outer work/mime >"headers/$protected_name.eml"
    cp work/view "headers/$protected_name.view"
}

protected signed-and-encrypted sign encrypt <<'END'
Received: from sender.example; Sat, 20 Feb 2021 10:09:03 -0500
MIME-Version: 1.0
Subject: [...]
Message-ID: <signed-and-encrypted@example.org>
From: Bob <bob@example.org>
To: Alice <alice@example.org>
Date: Sat, 20 Feb 2021 10:09:02 -0500
User-Agent: Sample MUA Version 1.0
----
MIME-Version: 1.0
Content-Transfer-Encoding: 7bit
Subject: the real
 Subject
Message-ID: <signed-and-encrypted@example.org>
From: Bob <bob@example.org>
To: Alice <alice@example.org>
Cc: Carol <carol@example.org>
Date: Sat, 20 Feb 2021 10:09:02 -0500
User-Agent: Sample MUA Version 1.0
HP-Outer: Subject: [...]
HP-Outer: Message-ID: <signed-and-encrypted@example.org>
HP-Outer: From: Bob <bob@example.org>
HP-Outer: To: Alice <alice@example.org>
HP-Outer: Date: Sat, 20 Feb 2021 10:09:02 -0500
HP-Outer: User-Agent: Sample MUA Version 1.0
Content-Type: text/plain; charset="utf-8"; hp="cipher"

This is the message.
----
Received: from sender.example; Sat, 20 Feb 2021 10:09:03 -0500
MIME-Version: 1.0
Subject: the real
 Subject
Message-ID: <signed-and-encrypted@example.org>
From: Bob <bob@example.org>
To: Alice <alice@example.org>
Date: Sat, 20 Feb 2021 10:09:02 -0500
User-Agent: Sample MUA Version 1.0
Cc: Carol <carol@example.org>
Content-Transfer-Encoding: 7bit
Content-Type: text/plain; charset="utf-8"; hp="cipher"

This is the message.
END

protected signed sign <<'END'
Subject: what the outer header says
From: Bob <bob@example.org>
MIME-Version: 1.0
----
MIME-Version: 1.0
Subject: what was signed
From: Bob <bob@example.org>
Content-Type: text/plain; charset="us-ascii"; hp="clear"

This is the message.
----
Subject: what was signed
From: Bob <bob@example.org>
MIME-Version: 1.0
Content-Type: text/plain; charset="us-ascii"; hp="clear"

This is the message.
END

protected legacy-text encrypt-cbc <<'END'
Date: Fri, 21 Jan 2022 20:40:48 -0500
From: Bob <bob@example.org>
Subject: [...]
MIME-Version: 1.0
----
Date: Fri, 21 Jan 2022 20:40:48 -0500
From: Bob <bob@example.org>
Subject: Dinner plans
MIME-Version: 1.0
Content-Type: text/plain; charset="us-ascii"; hp-legacy-display="1";
 hp="cipher"
HP-Outer: Date: Fri, 21 Jan 2022 20:40:48 -0500
HP-Outer: From: Bob <bob@example.org>
HP-Outer: Subject: [...]

Subject: Dinner plans

Let's meet at 8pm.

Subject: this is said by the letter
----
Date: Fri, 21 Jan 2022 20:40:48 -0500
From: Bob <bob@example.org>
Subject: Dinner plans
MIME-Version: 1.0
Content-Type: text/plain; charset="us-ascii"; hp-legacy-display="1";
 hp="cipher"

Let's meet at 8pm.

Subject: this is said by the letter
END

# An attachment that begins with something like it keeps it.
protected legacy-alternative sign encrypt <<'END'
From: Bob <bob@example.org>
Subject: [...]
MIME-Version: 1.0
----
From: Bob <bob@example.org>
Subject: Dinner plans
MIME-Version: 1.0
HP-Outer: From: Bob <bob@example.org>
HP-Outer: Subject: [...]
Content-Type: multipart/mixed; boundary="m"; hp="cipher"

--m
Content-Type: multipart/alternative; boundary="a"

--a
Content-Type: text/plain; charset="us-ascii"; hp-legacy-display="1"
Content-Transfer-Encoding: quoted-printable

Subject: Dinner plans

Let's meet=
 at 8pm.
--a
Content-Type: text/html; charset="us-ascii"; hp-legacy-display="1"

<html><head><title></title></head><body>
<div class="header-protection-legacy-display">
<pre>Subject: Dinner plans</pre>
</div>
<p>Let's meet at 8pm.</p></body></html>
--a--
--m
Content-Type: text/plain; hp-legacy-display="1"

Subject: Dinner plans

This is a file.
--m--
----
From: Bob <bob@example.org>
Subject: Dinner plans
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="m"; hp="cipher"

--m
Content-Type: multipart/alternative; boundary="a"

--a
Content-Type: text/plain; charset="us-ascii"; hp-legacy-display="1"
Content-Transfer-Encoding: quoted-printable

Let's meet=
 at 8pm.
--a
Content-Type: text/html; charset="us-ascii"; hp-legacy-display="1"

<html><head><title></title></head><body>

<p>Let's meet at 8pm.</p></body></html>
--a--
--m
Content-Type: text/plain; hp-legacy-display="1"

Subject: Dinner plans

This is a file.
--m--
END

protected wrapped sign encrypt <<'END'
Received: from sender.example; Sat, 20 Feb 2021 10:09:03 -0500
MIME-Version: 1.0
Subject: [...]
Message-ID: <wrapped@example.org>
From: Bob <bob@example.org>
----
Content-Type: message/rfc822

MIME-Version: 1.0
Subject: wrapped as in RFC 8551
Message-ID: <wrapped@example.org>
From: "Bob B." <bob@EXAMPLE.org>
Keywords: secret
Content-Type: text/plain

This is the message.
----
Received: from sender.example; Sat, 20 Feb 2021 10:09:03 -0500
MIME-Version: 1.0
Subject: wrapped as in RFC 8551
Message-ID: <wrapped@example.org>
From: "Bob B." <bob@EXAMPLE.org>
Keywords: secret
Content-Type: text/plain

This is the message.
END

protected wrapped-says-so sign <<'END'
MIME-Version: 1.0
From: bob@example.org
Subject: [...]
----
Content-Type: message/rfc822; forwarded=no

From: bob@example.org
Subject: wrapped, says forwarded=no

This is the message.
----
MIME-Version: 1.0
From: bob@example.org
Subject: wrapped, says forwarded=no

This is the message.
END

# A letter that is passed on is no wrapping, though nothing else is in the message.
protected forwarded sign encrypt <<'END'
From: Bob <bob@example.org>
Message-ID: <forward@example.org>
Subject: Fwd: a letter
MIME-Version: 1.0
----
Content-Type: message/rfc822

From: Bob <bob@example.org>
Message-ID: <letter@example.org>
Subject: a letter

This is the letter.
----
From: Bob <bob@example.org>
Message-ID: <forward@example.org>
Subject: Fwd: a letter
MIME-Version: 1.0
Content-Type: message/rfc822

From: Bob <bob@example.org>
Message-ID: <letter@example.org>
Subject: a letter

This is the letter.
END

# Nobody vouches for another From, and what says no hp protects no header.
protected other-sender sign encrypt <<'END'
From: Mallory <mallory@example.org>
Subject: [...]
MIME-Version: 1.0
----
From: Bob <bob@example.org>
Subject: from me, Bob
Content-Type: text/plain; hp="cipher"

This is the message.
----
From: Mallory <mallory@example.org>
Subject: from me, Bob
MIME-Version: 1.0
Content-Type: text/plain; hp="cipher"

This is the message.
END
protected no-hp sign encrypt <<'END'
From: Mallory <mallory@example.org>
Subject: [...]
MIME-Version: 1.0
----
From: Bob <bob@example.org>
Subject: an older draft
Content-Type: text/plain; charset="us-ascii"; protected-headers="v1"

This is the message.
----
From: Mallory <mallory@example.org>
Subject: [...]
MIME-Version: 1.0
Content-Type: text/plain; charset="us-ascii"; protected-headers="v1"

This is the message.
END

# ---------------------------------------------------------------- pieces

encrypt work/text parts/cbc.der -aes-256-cbc -recip work/alice.crt
encrypt work/text parts/des3.der -des3 -recip work/alice.crt
encrypt work/text parts/des.der -provider legacy -provider default -des -recip work/alice.crt
encrypt work/text parts/rc2.der -provider legacy -provider default -rc2-40 -recip work/alice.crt
encrypt work/text parts/gcm.der -aes-256-gcm -recip work/alice.crt
encrypt work/multipart parts/oaep.der -aes-128-gcm -keyid -recip work/alice.crt \
    -keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha256
encrypt work/multipart parts/two.der -aes-128-cbc -recip work/bob.crt -recip work/alice.crt
encrypt work/text parts/cbc.ber -aes-256-cbc -stream -recip work/alice.crt
encrypt work/text parts/gcm.ber -aes-256-gcm -stream -recip work/alice.crt
sign work/text parts/signed.der
sign work/text parts/signed.ber -stream
cp work/text parts/text
cp work/multipart parts/multipart
wrap() { # NAME arguments…: a key of alice's size, wrapped
    wrap_name=$1
    shift
    openssl pkeyutl -encrypt -certin -inkey work/alice.crt -out "parts/wrapped-$wrap_name" "$@"
}
head -c 32 /dev/zero | wrap other-key -pkeyopt rsa_padding_mode:pkcs1
head -c 31 /dev/zero | wrap short-key -pkeyopt rsa_padding_mode:pkcs1
head -c 33 /dev/zero | wrap long-key -pkeyopt rsa_padding_mode:pkcs1
: | wrap empty-key -pkeyopt rsa_padding_mode:pkcs1
head -c 256 /dev/zero | wrap zero -pkeyopt rsa_padding_mode:none
{ head -c 1 /dev/zero; head -c 255 /dev/zero | tr '\0' '\125'; } |
    wrap no-padding -pkeyopt rsa_padding_mode:none

# What openssl has no words for
python3 "$scripts/make_messages.py"
. "$scripts/make_agreement_messages.sh"

rm -rf work
if [ -n "$stamp" ]; then touch "$stamp"; fi
