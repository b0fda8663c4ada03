# Read by scripts that have a directory work/. Of X25519 (RFC 8418) openssl cms knows nothing: here openssl
# agrees, derives, wraps, encrypts and writes down the structure, one by one.
# shellcheck shell=sh

hexadecimal() { od -An -v -tx1 "$1" | tr -d ' \n'; }
der() { # OUT: configuration of asn1parse -genconf on standard input
    cat >work/conf
    openssl asn1parse -genconf work/conf -noout -out "$1"
}
# x25519_message CERTIFICATE TEXT OUT HKDF|X963KDF DIGEST SCHEME-OID BITS WRAP-OID [MATERIAL]: the variable
# null may hold a field for the parameters of the key wrap.
x25519_message() {
    recipient=$1 text=$2 out=$3
    shift 2
    openssl x509 -in "$recipient" -noout -pubkey >work/recipient.pub
    openssl rand -out work/cek 16
    openssl rand -out work/iv 16
    openssl enc -aes-128-cbc -K "$(hexadecimal work/cek)" -iv "$(hexadecimal work/iv)" \
        -in "$text" -out work/encrypted
    openssl genpkey -algorithm X25519 -out work/ephemeral.key
    openssl pkey -in work/ephemeral.key -pubout -outform DER | tail -c 32 >work/ephemeral
    openssl pkeyutl -derive -inkey work/ephemeral.key -peerkey work/recipient.pub -out work/secret
    material=$(printf %s "${7:-}" | od -An -v -tx1 | tr -d ' \n')
    der work/info <<END
asn1=SEQUENCE:info
[info]
keyInfo=SEQUENCE:wrap
${7:+entityUInfo=EXPLICIT:0,FORMAT:HEX,OCTETSTRING:$material}
suppPubInfo=EXPLICIT:2,FORMAT:HEX,OCTETSTRING:$(printf %08x "$5")
[wrap]
algorithm=OID:$6
$null
END
    if [ -z "$material" ] || [ "$2" != HKDF ]; then salt=; else salt="-kdfopt hexsalt:$material"; fi
    # shellcheck disable=SC2086
    openssl kdf -binary -keylen $(($5 / 8)) -kdfopt "digest:$3" -out work/kek $salt \
        -kdfopt "hexkey:$(hexadecimal work/secret)" -kdfopt "hexinfo:$(hexadecimal work/info)" "$2"
    openssl enc "-id-aes$5-wrap" -K "$(hexadecimal work/kek)" -iv a6a6a6a6a6a6a6a6 -in work/cek \
        -out work/wrapped
    identifier=$(openssl x509 -in "$recipient" -noout -ext subjectKeyIdentifier |
        sed -n '2{s/[ :]//g;p;}')
    der "$out" <<END
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
$null
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
}
