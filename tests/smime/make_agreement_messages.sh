# Read by make_messages.sh, with its functions: keys on elliptic curves, messages for them, and what
# stands beside them for others.
# shellcheck shell=sh disable=SC2154

agreement_certificate() { # NAME FILE-OF-A-KEY [KEY-IDENTIFIER]: whatever the key
    mv "$2" "work/$1.key"
    openssl pkey -in "work/$1.key" -pubout -out "work/$1.pub"
    openssl req -new -key work/ca.key -subj "/O=Example/CN=$1" -out "work/$1.csr" 2>/dev/null
    printf 'subjectAltName=email:%s@example.org\nsubjectKeyIdentifier=%s\nkeyUsage=keyAgreement,keyEncipherment\n' \
        "$1" "${3:-hash}" >work/ext
    openssl x509 -req -in "work/$1.csr" -CA work/ca.crt -CAkey work/ca.key -CAcreateserial \
        -force_pubkey "work/$1.pub" -days 3650 -extfile work/ext -out "work/$1.crt" 2>/dev/null
    cat "work/$1.key" "work/$1.crt" >"keys/$1.pem"
}
for curve in p256:P-256 p384:P-384 p521:P-521 bp256:brainpoolP256r1 bp384:brainpoolP384r1 \
    bp512:brainpoolP512r1; do
    openssl genpkey -algorithm EC -pkeyopt "ec_paramgen_curve:${curve#*:}" -out work/new.key
    agreement_certificate "alice-${curve%:*}" work/new.key
done
openssl genpkey -algorithm X25519 -out work/new.key
agreement_certificate alice-x25519 work/new.key
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out work/new.key
agreement_certificate other-p256 work/new.key
for twin in 1 2; do
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out work/new.key
    agreement_certificate twin-$twin work/new.key 01020304
done

# Every curve, derivation, key wrap, content encryption, identifier and encoding, in turn
count=0
for curve in p256 p384 p521 bp256 bp384 bp512; do
    for digest in sha1 sha224 sha256 sha384 sha512; do
        for bits in 128 192 256; do
            for cofactor in 0 1; do
                count=$((count + 1))
                case $((count % 2)) in 0) mode=cbc ;; *) mode=gcm ;; esac
                case $((count % 3)) in 0) content=128 ;; 1) content=192 ;; *) content=256 ;; esac
                case $((count % 4)) in 0 | 3) keyid=-keyid ;; *) keyid= ;; esac
                case $((count % 5)) in 0 | 3) stream=-stream form=ber ;; *) stream='' form=der ;; esac
                case $((count % 7)) in 0 | 4) encoding=binary ;; *) encoding=base64 ;; esac
                case $((count % 11)) in 0) inside=attachment ;; 1) inside=empty ;; 2 | 6) inside=multipart ;;
                *) inside=text ;; esac
                case $mode in
                cbc) words="unauthenticated enveloped-data" ;;
                gcm) words="authenticated authEnveloped-data" ;;
                esac
                case $cofactor in 0) word=ecdh ;; *) word=ecdh-cofactor ;; esac
                name=$curve-$word-$digest-wrap$bits-$mode$content${keyid}-$form-$encoding-$inside
                # shellcheck disable=SC2086
                encrypt work/$inside work/cms -aes-$content-$mode -aes$bits-wrap $stream $keyid \
                    -recip work/alice-$curve.crt -keyopt ecdh_kdf_md:$digest \
                    -keyopt ecdh_cofactor_mode:$cofactor
                message work/cms $encoding "open/$name.eml"
                decrypted work/cms "$name" alice-$curve
                echo "$words/aes-$content-$mode/$word-$digest" >"open/$name.expect"
            done
        done
    done
done

# In company
agreement='enveloped-data/aes-256-cbc/ecdh-sha1'
encrypt work/text work/cms -aes-256-cbc -recip work/bob.crt -recip work/alice-p256.crt
made agreement-behind-transport "unauthenticated $agreement" work/cms alice-p256
encrypt work/text work/cms -aes-256-cbc -recip work/other-p256.crt -recip work/alice.crt
made transport-behind-agreement "unauthenticated $cbc" work/cms
encrypt work/text work/cms -aes-256-cbc -keyid -recip work/other-p256.crt -recip work/alice-p521.crt
made agreement-behind-agreement "unauthenticated $agreement" work/cms alice-p521
encrypt work/text work/cms -aes-256-gcm -recip work/alice-p384.crt -recip work/alice.crt
# In a SET OF the RSA recipient comes first, whoever was named first.
made agreement-and-transport "authenticated authEnveloped-data/aes-256-gcm/rsa" work/cms alice-p384
encrypt work/text work/cms -aes-256-cbc -recip work/other-p256.crt -recip work/bob.crt \
    -recip work/alice-bp256.crt -pwri_password secret -secretkeyid 01 \
    -secretkey 000102030405060708090a0b0c0d0e0f
made agreement-beside-all "unauthenticated $agreement" work/cms alice-bp256
encrypt work/signed.mime work/cms -aes-256-gcm -recip work/alice-p256.crt -keyopt ecdh_kdf_md:sha256
made_from signed-in-agreement "authenticated authEnveloped-data/aes-256-gcm/ecdh-sha256 signed-data" \
    work/cms work/plain

. "$scripts/x25519_message.sh"
# shellcheck disable=SC2034
null=
x25519() { # NAME FUNCTION DIGEST SCHEME-OID BITS WRAP-OID [MATERIAL]
    x25519_name=$1
    shift
    x25519_message work/alice-x25519.crt work/text work/cms "$@"
    message work/cms base64 "open/$x25519_name.eml"
    cp work/text "open/$x25519_name.plain"
}
for row in sha256:19:128:5 sha256:19:256:45 sha384:20:192:25 sha384:20:256:45 sha512:21:128:5 sha512:21:256:45; do
    IFS=: read -r digest arc bits wrap <<END
$row
END
    for material in '' 'user keying material'; do
        name=x25519-hkdf-$digest-wrap$bits${material:+-material}
        x25519 "$name" HKDF "$digest" "1.2.840.113549.1.9.16.3.$arc" "$bits" "2.16.840.1.101.3.4.1.$wrap" "$material"
        echo "unauthenticated enveloped-data/aes-128-cbc/ecdh-hkdf-$digest" >"open/$name.expect"
    done
done
for row in sha256:1:128:5 sha384:2:192:25 sha512:3:256:45; do
    IFS=: read -r digest arc bits wrap <<END
$row
END
    name=x25519-x963-$digest-wrap$bits
    x25519 "$name" X963KDF "$digest" "1.3.132.1.11.$arc" "$bits" "2.16.840.1.101.3.4.1.$wrap" "material"
    echo "unauthenticated enveloped-data/aes-128-cbc/ecdh-$digest" >"open/$name.expect"
done
cp work/cms parts/x25519.der

# Parameters of the key wrap are derived from as they were sent.
null=parameters=NULL
x25519 x25519-null-parameters HKDF sha256 1.2.840.113549.1.9.16.3.19 128 2.16.840.1.101.3.4.1.5
echo "unauthenticated enveloped-data/aes-128-cbc/ecdh-hkdf-sha256" >open/x25519-null-parameters.expect

# Others' hands: gpgsm encrypts to curves from 2.4 on
if command -v gpgsm >/dev/null; then
    home=$(mktemp -d)
    if openssl x509 -in work/ca.crt -outform DER | gpg --import &&
        openssl x509 -in work/alice-p384.crt -outform DER | gpg --import &&
        openssl x509 -in work/ca.crt -noout -fingerprint -sha1 |
            sed 's/.*=//; s/$/ S relax/' >"$home/trustlist.txt" &&
        gpg --cipher-algo AES256 --recipient alice-p384@example.org --encrypt <work/attachment >work/cms; then
        digest=$(openssl cms -cmsout -print -inform DER -in work/cms | sed -n 's/.*stdDH-\(sha[0-9]*\)kdf.*/\1/p')
        made gpgsm-agreement "unauthenticated enveloped-data/aes-256-cbc/ecdh-$digest" work/cms alice-p384
    fi
    gpgconf --homedir "$home" --kill all 2>/dev/null || true
    rm -rf "$home"
fi

# Weak keys and key wraps: legacy/, and closed/ as well
encrypt work/text work/cms -aes-256-gcm -recip work/alice1024.crt
weak rsa1024 "legacy authEnveloped-data/aes-256-gcm/rsa" work/cms work/text
encrypt work/text work/cms -des-ede3-cbc -recip work/alice-p256.crt -keyopt ecdh_kdf_md:sha256
weak des3-agreement "legacy enveloped-data/des-ede3-cbc/ecdh-sha256" work/cms work/text
encrypt work/text work/cms -aes-192-cbc -des3-wrap -keyid -recip work/alice-bp384.crt
weak des3-wrap "legacy enveloped-data/aes-192-cbc/ecdh-sha1" work/cms work/text
encrypt work/text work/cms -aes-256-gcm -recip work/alice1024.crt -recip work/alice-p384.crt
made strong-beside-weak "authenticated authEnveloped-data/aes-256-gcm/ecdh-sha1" work/cms alice-p384

# What stays as it is
encrypt work/text work/cms -aes-256-cbc -recip work/other-p256.crt
closed foreign-agreement no-matching-recipient work/cms
encrypt work/text work/cms -aes-256-cbc -keyid -recip work/other-p256.crt -pwri_password secret \
    -secretkeyid 01 -secretkey 000102030405060708090a0b0c0d0e0f
closed nobody-of-ours no-matching-recipient work/cms
cp work/cms parts/nobody.der

# Pieces
encrypt work/text parts/agreement.der -aes-256-cbc -recip work/alice-p256.crt -keyopt ecdh_kdf_md:sha256
encrypt work/text parts/agreement-gcm.der -aes-256-gcm -keyid -recip work/alice-p384.crt \
    -keyopt ecdh_kdf_md:sha384
encrypt work/text parts/agreement.ber -aes-256-cbc -stream -recip work/alice-bp256.crt
encrypt work/text parts/twin.der -aes-128-cbc -keyid -recip work/twin-2.crt
encrypt work/multipart parts/mixed.der -aes-128-cbc -recip work/other-p256.crt -recip work/alice.crt \
    -recip work/alice-p256.crt -pwri_password secret
