# Read by make_messages.sh, with its functions: keys on elliptic curves, messages for them, and what
# stands beside them for others.
# shellcheck shell=sh disable=SC2154

agreement_certificate() { # NAME FILE-OF-A-KEY: SubjectKeyIdentifier and all, whatever the key
    mv "$2" "work/$1.key"
    openssl pkey -in "work/$1.key" -pubout -out "work/$1.pub"
    openssl req -new -key work/ca.key -subj "/O=Example/CN=$1" -out "work/$1.csr" 2>/dev/null
    printf 'subjectAltName=email:%s@example.org\nsubjectKeyIdentifier=hash\nkeyUsage=keyAgreement\n' \
        "$1" >work/ext
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

# X25519 (RFC 8418), of which openssl cms knows nothing: openssl agrees, derives, wraps, encrypts and
# writes down the structure, one by one.
hexadecimal() { od -An -v -tx1 "$1" | tr -d ' \n'; }
der() { # OUT: configuration of asn1parse -genconf on standard input
    cat >work/conf
    openssl asn1parse -genconf work/conf -noout -out "$1"
}
x25519() { # NAME HKDF|X963KDF DIGEST SCHEME-OID BITS WRAP-OID [MATERIAL]
    openssl rand -out work/cek 16
    openssl rand -out work/iv 16
    openssl enc -aes-128-cbc -K "$(hexadecimal work/cek)" -iv "$(hexadecimal work/iv)" \
        -in work/text -out work/encrypted
    openssl genpkey -algorithm X25519 -out work/ephemeral.key
    openssl pkey -in work/ephemeral.key -pubout -outform DER | tail -c 32 >work/ephemeral
    openssl pkeyutl -derive -inkey work/ephemeral.key -peerkey work/alice-x25519.pub -out work/secret
    material=$(printf %s "${7:-}" | od -An -v -tx1 | tr -d ' \n')
    der work/info <<END
asn1=SEQUENCE:info
[info]
keyInfo=SEQUENCE:wrap
${7:+entityUInfo=EXPLICIT:0,FORMAT:HEX,OCTETSTRING:$material}
suppPubInfo=EXPLICIT:2,FORMAT:HEX,OCTETSTRING:$(printf %08x "$5")
[wrap]
algorithm=OID:$6
END
    if [ -z "$material" ] || [ "$2" != HKDF ]; then salt=; else salt="-kdfopt hexsalt:$material"; fi
    # shellcheck disable=SC2086
    openssl kdf -binary -keylen $(($5 / 8)) -kdfopt "digest:$3" -out work/kek $salt \
        -kdfopt "hexkey:$(hexadecimal work/secret)" -kdfopt "hexinfo:$(hexadecimal work/info)" "$2"
    openssl enc "-id-aes$5-wrap" -K "$(hexadecimal work/kek)" -iv a6a6a6a6a6a6a6a6 -in work/cek \
        -out work/wrapped
    identifier=$(openssl x509 -in work/alice-x25519.crt -noout -ext subjectKeyIdentifier |
        sed -n '2{s/[ :]//g;p;}')
    der work/cms <<END
asn1=SEQUENCE:content_info
[content_info]
contentType=OID:1.2.840.113549.1.7.3
content=EXPLICIT:0,SEQUENCE:enveloped_data
[enveloped_data]
version=INTEGER:2
recipientInfos=SET:recipient_infos
encryptedContentInfo=SEQUENCE:encrypted
[recipient_infos]
kari=IMPLICIT:1,SEQUENCE:kari
[kari]
version=INTEGER:3
originator=EXPLICIT:0,IMPLICIT:1,SEQUENCE:key
${7:+ukm=EXPLICIT:1,FORMAT:HEX,OCTETSTRING:$material}
algorithm=SEQUENCE:scheme
keys=SEQUENCE:keys
[key]
algorithm=SEQUENCE:x25519
key=FORMAT:HEX,BITSTRING:$(hexadecimal work/ephemeral)
[x25519]
oid=OID:1.3.101.110
[scheme]
oid=OID:$4
wrap=SEQUENCE:wrap
[wrap]
oid=OID:$6
[keys]
first=SEQUENCE:recipient
[recipient]
rid=IMPLICIT:0,SEQUENCE:rid
key=FORMAT:HEX,OCTETSTRING:$(hexadecimal work/wrapped)
[rid]
identifier=FORMAT:HEX,OCTETSTRING:$identifier
[encrypted]
type=OID:1.2.840.113549.1.7.1
algorithm=SEQUENCE:aes
content=IMPLICIT:0,FORMAT:HEX,OCTETSTRING:$(hexadecimal work/encrypted)
[aes]
oid=OID:2.16.840.1.101.3.4.1.2
iv=FORMAT:HEX,OCTETSTRING:$(hexadecimal work/iv)
END
    message work/cms base64 "open/$1.eml"
    cp work/text "open/$1.plain"
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
encrypt work/multipart parts/mixed.der -aes-128-cbc -recip work/other-p256.crt -recip work/alice.crt \
    -recip work/alice-p256.crt -pwri_password secret
