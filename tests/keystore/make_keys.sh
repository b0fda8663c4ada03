#!/bin/sh
# Makes keys and certificates of all forms with openssl: make_keys.sh DIRECTORY STAMP
set -eu
umask 077
out=$1
stamp=$(realpath -m "$2")
rm -rf "$out"
mkdir -p "$out"
cd "$out"
log=$out/make_keys.log
trap 'status=$?; [ $status = 0 ] || cat "$log" >&2' EXIT
exec 3>&1 >"$log" 2>&1

# certificate NAME SUBJECT [OPTION...]: a self-signed one for NAME.key
certificate() {
    name=$1
    subject=$2
    shift 2
    openssl req -x509 -new -key "$name.key" -subj "$subject" -days 365 -out "$name.crt" "$@"
}

for name in alice bob; do
    openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out $name.key
    certificate $name "/O=Example/CN=$name" -addext "subjectAltName=email:$name@example.org" \
        -addext keyUsage=critical,keyEncipherment
done
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out weak.key
certificate weak /CN=weak
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ec.key
certificate ec /CN=ec
openssl genpkey -algorithm ED25519 -out ed25519.key
certificate ed25519 /CN=ed25519
# A second certificate for the same key, and one that ended long ago.
cp alice.key renewed.key
certificate renewed /CN=renewed
cp alice.key expired.key
touch index.txt
printf '[ca]\ndefault_ca=a\n[a]\ndatabase=index.txt\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n' >ca.cnf
openssl req -new -key expired.key -subj /CN=expired -out expired.csr
openssl ca -batch -config ca.cnf -selfsign -keyfile expired.key -in expired.csr -notext \
    -create_serial -startdate 20100101000000Z -enddate 20110101000000Z -out expired.crt
# The form of 1988: no extensions at all. openssl 3.4 adds some unless told not to.
if openssl req -help 2>&1 | grep -q x509v1; then
    printf '[req]\ndistinguished_name=d\n[d]\n' >req.cnf
    openssl req -x509v1 -config req.cnf -new -key alice.key -subj /CN=v1 -days 365 -out v1.crt
else
    openssl req -new -key alice.key -subj /CN=v1 -out v1.csr
    openssl x509 -req -in v1.csr -signkey alice.key -days 365 -out v1.crt
fi
for name in alice ec ed25519 v1; do openssl x509 -in $name.crt -outform DER -out $name.der; done

# Private keys.
openssl pkey -in alice.key -outform DER -out pkcs8.der
openssl rsa -in alice.key -traditional -out pkcs1.pem
openssl rsa -in alice.key -traditional -outform DER -out pkcs1.der
openssl ec -in ec.key -out sec1.pem
openssl ec -in ec.key -outform DER -out sec1.der
for prf in hmacWithSHA1 hmacWithSHA224 hmacWithSHA256 hmacWithSHA384 hmacWithSHA512; do
    openssl pkcs8 -topk8 -in alice.key -v2prf $prf -passout pass:secret -out pbes2-$prf.pem
done
for cipher in aes-128-cbc aes-192-cbc aes-256-cbc des3; do
    openssl pkcs8 -topk8 -in alice.key -v2 $cipher -passout pass:secret -out pbes2-$cipher.pem
done
openssl pkcs8 -topk8 -in alice.key -passout pass:secret -outform DER -out pbes2.der
openssl pkcs8 -topk8 -in alice.key -scrypt -passout pass:secret -out pbes2-scrypt.pem
openssl pkcs8 -topk8 -in alice.key -iter 6000000 -passout pass:secret -out too-many-iterations.pem
openssl pkcs8 -topk8 -in alice.key -v1 PBE-SHA1-3DES -passout pass:secret -out old-pbe.pem
openssl rsa -in alice.key -traditional -aes128 -passout pass:secret -out old-pem.pem

# Signatures over the file signed, by NAME.spki: NAME-HASH.signature and, for RSA, NAME-pss-HASH-MGF1-SALT.signature.
printf 'Dear Bob, the figures are attached.' >signed
for curve in P-384:p384 P-521:p521 brainpoolP256r1:bp256 brainpoolP384r1:bp384 brainpoolP512r1:bp512 secp256k1:k1; do
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:${curve%:*} -out ${curve#*:}.key
done
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit -out explicit.key
openssl genpkey -algorithm ED448 -out ed448.key
openssl genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_pss_keygen_md:sha256 \
    -pkeyopt rsa_pss_keygen_mgf1_md:sha256 -pkeyopt rsa_pss_keygen_saltlen:32 -out pss.key
# A modulus of 2049 bits, which openssl does not make but takes: PSS encodes into an octet less than it has.
p=$(openssl prime -generate -bits 1025) q=$(openssl prime -generate -bits 1024)
python3 - "$p" "$q" >odd.cnf <<'END'
import sys
p, q = sorted(map(int, sys.argv[1:]), reverse=True)
d = pow(65537, -1, (p - 1) * (q - 1))
print("asn1=SEQUENCE:key\n[key]")
for name, value in zip("vnedpqabc", (0, p * q, 65537, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p))):
    print(f"{name}=INTEGER:{value}")
END
openssl asn1parse -genconf odd.cnf -noout -out odd.der
openssl pkey -inform DER -in odd.der -out odd.key
for name in alice weak odd ec p384 p521 bp256 bp384 bp512 k1 explicit ed25519 ed448 pss; do
    openssl pkey -in $name.key -pubout -outform DER -out $name.spki
done
openssl pkey -in ec.key -pubout -ec_conv_form compressed -outform DER -out compressed.spki
for name in alice weak odd ec p384 p521 bp256 bp384 bp512 explicit; do
    for hash in md5 sha1 sha224 sha256 sha384 sha512; do
        openssl dgst -$hash -sign $name.key -out $name-$hash.signature signed
    done
done
openssl pkeyutl -sign -rawin -inkey ed25519.key -in signed -out ed25519.signature
for name in alice odd; do
    for parameters in sha256:sha256:32 sha256:sha1:20 sha512:sha256:0 sha384:sha384:48 sha1:sha1:20; do
        hash=${parameters%%:*} salt=${parameters##*:} mgf1=${parameters#*:} mgf1=${mgf1%:*}
        openssl dgst -$hash -sign $name.key -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:$salt \
            -sigopt rsa_mgf1_md:$mgf1 -out $name-pss-$hash-$mgf1-$salt.signature signed
    done
done
openssl dgst -sha256 -sign pss.key -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 -out pss.signature signed

# PKCS#12.
p12() {
    name=$1
    shift
    openssl pkcs12 -export -inkey alice.key -in alice.crt -out "$name.p12" "$@"
}
p12 plain -passout pass:secret
p12 with-chain -passout pass:secret -certfile bob.crt
p12 sha512 -passout pass:secret -macalg sha512 -keypbe aes-128-cbc -certpbe aes-192-cbc
p12 sha1 -passout pass:secret -macalg sha1
p12 no-mac -passout pass:secret -nomac
p12 empty-passphrase -passout pass:
p12 in-the-clear -passout pass:secret -keypbe NONE -certpbe NONE
p12 certificates-in-the-clear -passout pass:secret -certpbe NONE
p12 utf8 -passout 'pass:pässwörd€𝄞'
p12 legacy -passout pass:secret -legacy
p12 3des -passout pass:secret -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES
p12 slow-mac -passout pass:secret -iter 1000 -maciter
if openssl pkcs12 -help 2>&1 | grep -q pbmac1; then p12 pbmac1 -passout pass:secret -pbmac1_pbkdf2; fi
openssl pkcs12 -export -nokeys -in alice.crt -passout pass:secret -out only-certificate.p12
openssl pkcs12 -export -nocerts -inkey alice.key -passout pass:secret -out only-key.p12
# What our message on old files tells the owner to do.
openssl pkcs12 -legacy -in legacy.p12 -passin pass:secret -passout pass:secret -out converted-legacy.pem
openssl pkcs8 -topk8 -provider legacy -provider default -in old-pbe.pem -passin pass:secret \
    -passout pass:secret -out converted-old-pbe.pem
openssl pkcs8 -topk8 -in old-pem.pem -passin pass:secret -passout pass:secret -out converted-old-pem.pem

# Content-encryption keys, wrapped for alice.
printf 0123456789abcdef0123456789abcdef >cek
wrap() {
    name=$1
    shift
    openssl pkeyutl -encrypt -certin -inkey alice.crt -in cek -out "$name.wrapped" "$@"
}
wrap v15 -pkeyopt rsa_padding_mode:pkcs1
for hash in sha1 sha224 sha256 sha384 sha512; do
    for mgf1 in sha1 sha256 sha512; do
        wrap oaep-$hash-$mgf1 -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:$hash \
            -pkeyopt rsa_mgf1_md:$mgf1
    done
done
wrap oaep-label -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_label:6c6162656c

# Keys of ECDH on every curve, in every form; what openssl agrees on with a peer; and what it derives
# and wraps from that.
elliptic() { # NAME OCTETS-OF-A-PUBLIC-KEY genpkey's arguments…
    curve=$1 octets=$2
    shift 2
    for whose in own peer; do openssl genpkey "$@" -out "$curve-$whose.key"; done
    openssl pkey -in "$curve-own.key" -outform DER -out "$curve.pkcs8"
    openssl pkey -in "$curve-own.key" -pubout -out "$curve-own.pub"
    openssl req -new -key alice.key -subj "/CN=$curve" -out "$curve.csr"
    openssl x509 -req -in "$curve.csr" -CA alice.crt -CAkey alice.key -CAcreateserial -days 365 \
        -force_pubkey "$curve-own.pub" -out "$curve.crt"
    openssl x509 -in "$curve.crt" -outform DER -out "$curve.der"
    openssl pkcs12 -export -inkey "$curve-own.key" -in "$curve.crt" -passout pass:secret -out "$curve.p12"
    openssl pkey -in "$curve-peer.key" -pubout -out "$curve-peer.pub"
    openssl pkey -pubin -in "$curve-peer.pub" -outform DER | tail -c "$octets" >"$curve.peer"
    openssl pkeyutl -derive -inkey "$curve-own.key" -peerkey "$curve-peer.pub" -out "$curve.secret"
}
for curve in P-256:65 P-384:97 P-521:133 brainpoolP256r1:65 brainpoolP384r1:97 brainpoolP512r1:129; do
    elliptic "${curve%:*}" "${curve#*:}" -algorithm EC -pkeyopt "ec_paramgen_curve:${curve%:*}"
    openssl ec -in "${curve%:*}-own.key" -outform DER -out "${curve%:*}.sec1"
    openssl ec -in "${curve%:*}-own.key" -no_public -outform DER -out "${curve%:*}.sec1-without-public"
done
elliptic X25519 32 -algorithm X25519
openssl ecparam -name prime256v1 -genkey -noout -param_enc explicit -outform DER -out explicit.sec1
openssl ecparam -name secp256k1 -genkey -noout -outform DER -out secp256k1.sec1
openssl ec -pubin -in P-256-peer.pub -conv_form compressed -outform DER | tail -c 33 >P-256.peer-compressed

hexadecimal() { od -An -v -tx1 "$1" | tr -d ' \n'; }
kek() { # FUNCTION DIGEST SECRET LENGTH OUT [option…]: derives from the info "shared info"
    function=$1 digest=$2 from=$3 length=$4 to=$5
    shift 5
    openssl kdf -binary -keylen "$length" -kdfopt "digest:$digest" -kdfopt "hexkey:$(hexadecimal "$from")" \
        -kdfopt info:'shared info' "$@" -out "$to" "$function"
}
key_wrap() { # BITS KEK OUT
    openssl enc "-id-aes$1-wrap" -K "$(hexadecimal "$2")" -iv a6a6a6a6a6a6a6a6 -in cek -out "$3"
}
for digest in SHA1 SHA224 SHA256 SHA384 SHA512; do
    for length in 16 24 32 100; do
        kek X963KDF $digest P-521.secret $length x963-$digest-$length
        kek HKDF $digest P-521.secret $length hkdf-$digest-$length
        kek HKDF $digest P-521.secret $length hkdf-salt-$digest-$length -kdfopt salt:material
    done
done
for bits in 128 192 256; do
    for curve in P-256 brainpoolP512r1 X25519; do
        kek X963KDF SHA256 $curve.secret $((bits / 8)) kek
        key_wrap $bits kek $curve-x963-$bits.wrapped
        kek HKDF SHA512 $curve.secret $((bits / 8)) kek
        key_wrap $bits kek $curve-hkdf-$bits.wrapped
        kek HKDF SHA512 $curve.secret $((bits / 8)) kek -kdfopt salt:material
        key_wrap $bits kek $curve-hkdf-salt-$bits.wrapped
    done
done
: >"$stamp"
