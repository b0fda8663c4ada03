#!/bin/sh
# Makes CMS structures of every kind for test_mutations.cpp to change, with openssl (and gpgsm and
# cmsutil if they are there; make_messages.py makes what openssl can't):  make_mutable.sh DIRECTORY STAMP
#
#   keys/NAME.pem     rsa, p256, p384, p521, brainpool: key and certificate
#   cms/NAME          KIND-…: KIND is cbc, gcm or signed, what the outermost layer is; in DER or BER;
#                     or ccm, chacha20, hkdf, compressed, which openssl cms knows nothing of
#   plain/NAME        what is in it
#
# The RSA key is small: a private operation costs a fifth, and there are many.
set -eu
umask 077

directory=${1:?usage: make_mutable.sh DIRECTORY STAMP}
scripts=$(realpath "$(dirname "$0")")
stamp=$(realpath "${2:?usage: make_mutable.sh DIRECTORY STAMP}")
mkdir -p "$directory"
cd "$directory"
rm -rf keys cms plain work
mkdir keys cms plain work

key() { # NAME genpkey-arguments…
    key_name=$1
    shift
    openssl genpkey -out "work/$key_name.key" "$@" 2>/dev/null
    openssl req -x509 -new -key "work/$key_name.key" -days 3650 -subj "/CN=$key_name" \
        -addext "subjectAltName=email:$key_name@example.org" \
        -addext keyUsage=digitalSignature,keyEncipherment,keyAgreement -out "work/$key_name.crt"
    cat "work/$key_name.key" "work/$key_name.crt" >"keys/$key_name.pem"
}
curve() { # NAME CURVE
    key "$1" -algorithm EC -pkeyopt "ec_paramgen_curve:$2" -pkeyopt ec_param_enc:named_curve
}
key rsa -algorithm RSA -pkeyopt rsa_keygen_bits:1024
key other -algorithm RSA -pkeyopt rsa_keygen_bits:1024
rm keys/other.pem
curve p256 P-256
curve p384 P-384
curve p521 P-521
curve brainpool brainpoolP256r1

printf 'Content-Type: text/plain; charset=utf-8\r\n\r\nGr\303\274\303\237e aus der Ferne!\r\n' >work/text

decrypted() { # NAME KEY
    openssl cms -decrypt -binary -inform DER -in "cms/$1" -recip "work/$2.crt" \
        -inkey "work/$2.key" -out "plain/$1"
}
encrypt() { # NAME KEY arguments…
    encrypt_name=$1 encrypt_key=$2
    shift 2
    openssl cms -encrypt -binary -in "${inside:-work/text}" -outform DER -out "cms/$encrypt_name" \
        "$@" -recip "work/$encrypt_key.crt" ${options:-}
    decrypted "$encrypt_name" "$encrypt_key"
}
sign() { # NAME KEY arguments…
    sign_name=$1 sign_key=$2
    shift 2
    openssl cms -sign -binary -nodetach -in "${inside:-work/text}" -outform DER \
        -out "cms/$sign_name" -signer "work/$sign_key.crt" -inkey "work/$sign_key.key" "$@"
    cp "${inside:-work/text}" "plain/$sign_name"
}

# Key transport
count=0
for cipher in aes-128-cbc aes-192-cbc aes-256-cbc aes-128-gcm aes-192-gcm aes-256-gcm; do
    mode=${cipher##*-}
    for transport in v15 oaep oaep256 label; do
        case $transport in
        v15) options= ;;
        oaep) options='-keyopt rsa_padding_mode:oaep' ;;
        oaep256) options='-keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha256 -keyopt rsa_mgf1_md:sha1' ;;
        label) options='-keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_label:616263' ;;
        esac
        count=$((count + 1))
        if [ $((count % 2)) = 0 ]; then form=-stream; else form=; fi
        if [ $((count / 2 % 2)) = 0 ]; then keyid=-keyid; else keyid=; fi
        # shellcheck disable=SC2086
        encrypt "$mode-$cipher-$transport" rsa "-$cipher" $form $keyid
    done
done

# Key agreement
agree() { # NAME KEY DIGEST WRAP arguments…
    agree_name=$1 agree_key=$2 options="-keyopt ecdh_kdf_md:$3" agree_wrap=$4
    shift 4
    encrypt "$agree_name" "$agree_key" "-aes$agree_wrap-wrap" "$@"
}
agree cbc-p256-sha1 p256 sha1 128 -aes-128-cbc
agree gcm-p256-sha224 p256 sha224 192 -aes-192-gcm -stream
agree cbc-p256-sha256 p256 sha256 128 -aes-256-cbc -keyid
agree gcm-p256-sha256 p256 sha256 256 -aes-256-gcm -stream -keyid
agree cbc-p384-sha384 p384 sha384 256 -aes-256-cbc -stream
agree gcm-p521-sha512 p521 sha512 256 -aes-256-gcm
agree gcm-brainpool-sha256 brainpool sha256 128 -aes-128-gcm
options='-keyopt ecdh_cofactor_mode:1' encrypt cbc-p256-cofactor p256 -aes-128-cbc
options=

# Several recipients
encrypt cbc-two rsa -aes-128-cbc -recip work/other.crt
encrypt gcm-two rsa -aes-128-gcm -recip work/other.crt -keyid -stream
encrypt cbc-beside-kari rsa -aes-256-cbc -recip work/p256.crt
encrypt cbc-beside-password rsa -aes-128-cbc -pwri_password secret
encrypt gcm-beside-kek rsa -aes-128-gcm -secretkeyid 01 -secretkey 000102030405060708090a0b0c0d0e0f

# Signed
sign signed-rsa rsa
sign signed-rsa-ber rsa -stream
sign signed-bare rsa -noattr -nocerts
sign signed-keyid-pss rsa -keyid -keyopt rsa_padding_mode:pss
sign signed-p256 p256 -nocerts
sign signed-two rsa -nocerts -signer work/p256.crt -inkey work/p256.key -stream
sign signed-certificates rsa -certfile work/other.crt

# In one another
entity() { # NAME base64|binary
    printf 'Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: %s\r\n\r\n' "$2"
    if [ "$2" = base64 ]; then openssl base64 -in "cms/$1" | sed 's/$/\r/'; else cat "cms/$1"; fi
}
entity signed-bare base64 >work/signed
entity signed-rsa-ber binary >work/signed-binary
entity gcm-aes-128-gcm-v15 binary >work/enveloped
inside=work/signed
encrypt cbc-signed-inside rsa -aes-128-cbc
inside=work/signed-binary
encrypt gcm-signed-inside rsa -aes-256-gcm -stream
inside=work/enveloped
sign signed-enveloped-inside rsa -nocerts
encrypt cbc-enveloped-inside rsa -aes-256-cbc
inside=

# Other contents
: >work/empty
head -c 9000 /dev/zero | tr '\0' 'x' | fold -w 70 | sed 's/$/\r/' >work/pieces
printf 'Content-Type: application/octet-stream\r\n\r\nNUL \000 and \377\r\n' >work/binary
printf 'no header at all\r\n' >work/bare
for what in empty binary bare; do
    inside=work/$what
    encrypt cbc-$what rsa -aes-128-cbc
    encrypt gcm-$what rsa -aes-128-gcm
done
inside=work/pieces  # OpenSSL writes a stream in pieces of 4 KiB
encrypt cbc-pieces rsa -aes-128-cbc -stream
encrypt gcm-pieces rsa -aes-128-gcm -stream
sign signed-pieces rsa -nocerts -stream
inside=

# What openssl cms can't make
mkdir work/made
(
    cd work/made
    mkdir work open closed parts
    cp ../text work/text
    cp ../text work/attachment
    for name in alice bob; do
        cp ../rsa.key work/$name.key
        cp ../rsa.crt work/$name.crt
    done
    python3 "$scripts/make_messages.py"
)
for name in ccm chacha20 compressed; do
    cp work/made/parts/$name.der cms/$name
    cp work/text plain/$name
done
sed '1,/^\r$/d' work/made/open/hkdf-gcm256.eml | openssl base64 -d >cms/hkdf-gcm
cp work/text plain/hkdf-gcm

# Of others' making
if command -v gpgsm >/dev/null; then
    home=$(mktemp -d)
    gpg() { gpgsm --homedir "$home" --batch --quiet --disable-crl-checks --disable-policy-checks \
        --no-common-certs-import "$@" 2>/dev/null; }
    openssl x509 -in work/rsa.crt -noout -fingerprint -sha1 |
        sed 's/.*=//; s/$/ S relax/' >"$home/trustlist.txt"
    for cipher in AES AES256; do
        if gpg --import work/rsa.crt &&
            gpg --cipher-algo $cipher --recipient rsa@example.org --encrypt <work/text >cms/cbc-gpgsm-$cipher; then
            decrypted cbc-gpgsm-$cipher rsa
        else
            rm -f cms/cbc-gpgsm-$cipher
        fi
    done
    gpgconf --homedir "$home" --kill all 2>/dev/null || true
    rm -rf "$home"
fi
if command -v cmsutil >/dev/null; then
    mkdir work/nss
    certutil -N -d work/nss --empty-password
    certutil -A -d work/nss -n rsa -t P,P,P -i work/rsa.crt
    cmsutil -E -d work/nss -r rsa -i work/text -o cms/cbc-nss && decrypted cbc-nss rsa ||
        rm -f cms/cbc-nss
fi

rm -rf work
touch "$stamp"
