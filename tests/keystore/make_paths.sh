#!/bin/sh
# Makes certificates, paths and CRLs with openssl: make_paths.sh DIRECTORY STAMP
#
#   NAME.crt, NAME.der   certificates; valid 2020 to 2049 unless their name says otherwise
#   NAME.crl             CRLs in DER
#   cases                a line each: NAME EXPECTED ANCHORS TARGET BAG CRLS REVOCATION; lists are joined by commas, "-" is
#                        none. The time is 2035-06-01. paths.py asks openssl the same.
#
# Nothing here is made or judged by paperknife itself.
set -eu
umask 077
out=$1
stamp=$(realpath -m "$2")
rm -rf "$out"
mkdir -p "$out"
cd "$out"
log=$out/make_paths.log
exec 3>&2 >"$log" 2>&1
trap 'status=$?; [ $status = 0 ] || cat "$log" >&3' EXIT

cat >ca.cnf <<'END'
[ca]
default_ca = a
[a]
database = $ENV::database
crlnumber = $ENV::crlnumber
serial = serial
new_certs_dir = .
default_md = sha256
policy = p
unique_subject = no
email_in_dn = yes
copy_extensions = none
[p]
countryName = optional
organizationName = optional
commonName = optional
emailAddress = optional
[req]
distinguished_name = d
string_mask = utf8only
utf8 = yes
[d]
END
export database=index.txt crlnumber=crlnumber
touch index.txt

# ec NAME: its private key, unless there is one.
ec() { [ -f "$1.key" ] || openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key"; }

start=20200101000000Z end=20490101000000Z digest=sha256
# issue NAME ISSUER SUBJECT: the extensions come on standard input. A certificate of its own issuer is self-signed.
issue() {
    ec "$1"
    cat >"$1.ext"
    openssl req -new -config ca.cnf -key "$1.key" -subj "$3" -out "$1.csr"
    if [ "$1" = "$2" ]; then signer="-selfsign -keyfile $1.key"; else signer="-cert $2.crt -keyfile $2.key"; fi
    # shellcheck disable=SC2086
    openssl ca -batch -config ca.cnf $signer -in "$1.csr" -notext -rand_serial -md $digest -startdate $start \
        -enddate $end -extfile "$1.ext" -preserveDN -out "$1.crt"
    openssl x509 -in "$1.crt" -outform DER -out "$1.der"
}
ca_extensions() { # [PATH LENGTH]
    echo "basicConstraints=critical,CA:TRUE${1:+,pathlen:$1}"
    printf 'keyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n'
}
authority() { echo authorityKeyIdentifier=keyid; }
leaf_extensions() { # ADDRESS
    printf 'basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=emailProtection\n'
    printf 'subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n'
    if [ -n "${1:-}" ]; then echo "subjectAltName=email:$1"; fi
}
root() { ca_extensions | issue "$1" "$1" "/O=Test/CN=$1"; }
sub() { { ca_extensions; authority; cat; } | issue "$1" "$2" "/O=Test/CN=$1"; } # NAME ISSUER: more on standard input
leaf() { leaf_extensions "$3" | issue "$1" "$2" "/CN=$1"; }                     # NAME ISSUER ADDRESS

: >cases
tell() { # NAME EXPECTED ANCHORS TARGET BAG [CRLS [REVOCATION]]
    echo "$1 $2 $3 $4 $5 ${6:--} ${7:-off}" >>cases
}

root root
sub sub root </dev/null
leaf alice sub alice@good.example
tell plain valid root alice sub
tell direct-issuer untrusted root alice -
tell anchor-in-the-bag untrusted - alice sub,root
tell intermediate-as-anchor valid sub alice -
tell itself-as-anchor valid alice alice -

# MEAS-1, MEAS-1b: a sub-CA that may certify good.example alone.
for kind in plain critical; do
    if [ $kind = critical ]; then critical=critical,; else critical=; fi
    echo "nameConstraints=${critical}permitted;email:good.example" | sub "constrained-$kind" root
    leaf "victim-$kind" "constrained-$kind" victim@bank.example
    leaf "good-$kind" "constrained-$kind" good@good.example
    tell "MEAS-1-victim-$kind" name-constraints root "victim-$kind" "constrained-$kind"
    tell "MEAS-1-good-$kind" valid root "good-$kind" "constrained-$kind"
done
leaf_extensions "" | issue victim-dn constrained-plain "/CN=Victim/emailAddress=victim@bank.example"
tell MEAS-1-victim-dn name-constraints root victim-dn constrained-plain
{ leaf_extensions ""; printf 'subjectAltName=@n\n[n]\nemail=good@good.example\notherName=1.3.6.1.5.5.7.8.9;UTF8:vïctim@bank.example\n'; } |
    issue victim-utf8 constrained-plain "/CN=Victim"
tell MEAS-1-victim-utf8 name-constraints root victim-utf8 constrained-plain
{ leaf_extensions ""; printf 'subjectAltName=@n\n[n]\notherName=1.3.6.1.5.5.7.8.9;UTF8:gööd@good.example\n'; } |
    issue good-utf8 constrained-plain "/CN=Good"
tell MEAS-1-good-utf8 valid root good-utf8 constrained-plain
# A CA below the constrained one does not free itself.
sub below constrained-plain </dev/null
leaf victim-below below victim@bank.example
tell MEAS-1-victim-below name-constraints root victim-below below,constrained-plain
printf 'nameConstraints=critical,excluded;email:bank.example\n' | sub excluding root
leaf excluded excluding victim@BANK.example
leaf not-excluded excluding victim@sub.bank.example
tell excluded name-constraints root excluded excluding
tell not-excluded valid root not-excluded excluding
printf 'nameConstraints=critical,permitted;dirName:n\n[n]\nO=Good\n' | sub named root
leaf_extensions a@b.example | issue in-directory named "/O=good /CN=a"
leaf_extensions a@b.example | issue out-of-directory named "/O=Bad/CN=a"
tell in-directory valid root in-directory named
tell out-of-directory name-constraints root out-of-directory named
printf 'nameConstraints=critical,permitted;otherName:1.2.3.4;UTF8:x\n' | sub odd root
leaf no-odd-name odd a@b.example
{ leaf_extensions ""; echo 'subjectAltName=otherName:1.2.3.4;UTF8:x'; } | issue odd-name odd "/CN=odd"
tell unsupported-form-absent valid root no-odd-name odd
tell unsupported-form name-constraints root odd-name odd

# MEAS-2: a CA for TLS is none for mail.
echo extendedKeyUsage=serverAuth | sub tls root
leaf from-tls tls alice@good.example
tell MEAS-2 extended-key-usage root from-tls tls
echo extendedKeyUsage=serverAuth,emailProtection | sub tls-and-mail root
leaf from-both tls-and-mail alice@good.example
tell MEAS-2-both valid root from-both tls-and-mail
echo extendedKeyUsage=anyExtendedKeyUsage | sub any-purpose root
leaf from-any any-purpose alice@good.example
tell MEAS-2-any valid root from-any any-purpose
leaf_extensions alice@good.example | sed s/emailProtection/serverAuth/ | issue server sub /CN=server
tell server-certificate extended-key-usage root server sub
leaf_extensions alice@good.example | sed s/digitalSignature/keyEncipherment/ | issue encipher sub /CN=encipher
tell encryption-only key-usage root encipher sub
leaf_extensions alice@good.example | sed '/^keyUsage/d; /^extendedKeyUsage/d' | issue unrestricted sub /CN=unrestricted
tell unrestricted valid root unrestricted sub

# Issuers that may not issue.
leaf_extensions a@b.example | issue end-entity sub /CN=end-entity
leaf from-end-entity end-entity a@b.example
tell not-a-ca basic-constraints root from-end-entity end-entity,sub
{ printf 'keyUsage=keyCertSign\nsubjectKeyIdentifier=hash\n'; authority; } | issue bare root /CN=bare
leaf from-bare bare a@b.example
tell no-basic-constraints basic-constraints root from-bare bare
{ printf 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,cRLSign\nsubjectKeyIdentifier=hash\n'; authority; } |
    issue no-cert-sign root /CN=no-cert-sign
leaf from-no-cert-sign no-cert-sign a@b.example
tell no-key-cert-sign key-usage root from-no-cert-sign no-cert-sign
{ ca_extensions 0; authority; } | issue short root /CN=short
sub too-far short </dev/null
leaf from-too-far too-far a@b.example
leaf from-short short a@b.example
tell path-length basic-constraints root from-too-far too-far,short
tell path-length-0 valid root from-short short
echo 1.2.3.4=critical,ASN1:NULL | sub strange root
leaf from-strange strange a@b.example
tell unknown-critical-extension unknown-critical-extension root from-strange strange
echo 1.2.3.4=ASN1:NULL | sub strange-not-critical root
leaf from-strange-not-critical strange-not-critical a@b.example
tell unknown-extension valid root from-strange-not-critical strange-not-critical

# Time.
start=20200101000000Z end=20340101000000Z
leaf expired sub a@b.example
sub expired-sub root </dev/null
end=20490101000000Z
leaf from-expired expired-sub a@b.example
start=20410101000000Z
leaf not-yet sub a@b.example
start=20200101000000Z
tell expired expired root expired sub
tell expired-issuer expired root from-expired expired-sub
tell not-yet-valid not-yet-valid root not-yet sub

# Signatures.
digest=sha1
leaf by-sha1 sub a@b.example
digest=sha256
tell sha-1 weak-algorithm root by-sha1 sub
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out weak.key
sub weak root </dev/null
leaf from-weak weak a@b.example
tell rsa-1024 weak-algorithm root from-weak weak
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.key
sub rsa root </dev/null
leaf from-rsa rsa a@b.example
tell rsa-2048 valid root from-rsa rsa
for curve in P-384 P-521 brainpoolP256r1 brainpoolP384r1 brainpoolP512r1; do
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:$curve -out $curve.key
    sub $curve root </dev/null
    leaf from-$curve $curve a@b.example
    tell $curve valid root from-$curve $curve
done
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit -out explicit.key
sub explicit root </dev/null
leaf from-explicit explicit a@b.example
tell explicit-curve weak-algorithm root from-explicit explicit
# MEAS-6: Ed25519 (RFC 9216); openssl signs it without a digest.
openssl genpkey -algorithm ED25519 -out ed25519.key
sub ed25519 root </dev/null
digest=null
openssl genpkey -algorithm ED25519 -out from-ed25519.key
leaf from-ed25519 ed25519 a@b.example
digest=sha256
tell MEAS-6 valid root from-ed25519 ed25519
openssl genpkey -algorithm ED448 -out ed448.key
sub ed448 root </dev/null
digest=null
leaf from-ed448 ed448 a@b.example
digest=sha256
tell ed448 unsupported-algorithm root from-ed448 ed448
# The right names and a wrong key.
cp sub.ext forged.ext
ca_extensions | issue forged-root forged-root "/O=Test/CN=root"
{ ca_extensions; authority; } | issue forged forged-root "/O=Test/CN=sub"
leaf forged-alice forged alice@good.example
tell forged untrusted root forged-alice forged,forged-root
tell forged-beside-the-right untrusted root forged-alice forged,forged-root,sub

# MEAS-5: sub's key, certified by another root that nobody trusts, by itself, and in an expired twin.
root other-root
cp sub.key cross.key
{ ca_extensions; authority; } | issue cross other-root "/O=Test/CN=sub"
cp sub.key itself.key
ca_extensions | issue itself itself "/O=Test/CN=sub"
cp sub.key twin.key
end=20340101000000Z
{ ca_extensions; authority; } | issue twin root "/O=Test/CN=sub"
end=20490101000000Z
tell MEAS-5 valid root alice cross,sub
tell MEAS-5-other valid other-root alice sub,cross
tell MEAS-5-all valid root alice cross,itself,twin,forged,other-root,sub
tell MEAS-5-twin-alone expired root alice twin
# Two CAs that certify each other, and a loop that leads nowhere.
root ring-a
root ring-b
cp ring-a.key ring-a-by-b.key
{ ca_extensions; authority; } | issue ring-a-by-b ring-b "/O=Test/CN=ring-a"
cp ring-b.key ring-b-by-a.key
{ ca_extensions; authority; } | issue ring-b-by-a ring-a "/O=Test/CN=ring-b"
sub ring-sub ring-b </dev/null
leaf ring-leaf ring-sub a@b.example
tell ring valid ring-a ring-leaf ring-a-by-b,ring-b-by-a,ring-sub
tell ring-nowhere untrusted root ring-leaf ring-a-by-b,ring-b-by-a,ring-sub

# MEAS-8: keys that cost too much. Nobody can sign with them; a twin with an ordinary key has.
modulus() { printf '0x%s%s1' c0ffee "$(openssl rand -hex $(($1 / 8)) | cut -c1-$(($1 / 4 - 7)))"; }
costly() { # NAME BITS EXPONENT
    {   echo asn1=SEQUENCE:k
        printf '[k]\na=SEQUENCE:a\nb=BITWRAP,SEQUENCE:b\n[a]\no=OID:rsaEncryption\np=NULL\n'
        printf '[b]\nn=INTEGER:%s\ne=INTEGER:%s\n' "$(modulus "$2")" "$3"; } >"$1.asn1"
    openssl asn1parse -genconf "$1.asn1" -noout -out "$1.spki"
    openssl pkey -pubin -inform DER -in "$1.spki" -pubout -out "$1.pub"
    { ca_extensions; } >"$1.ext"
    openssl x509 -new -force_pubkey "$1.pub" -subj /O=Test/CN=sub -CA root.crt -CAkey root.key -set_serial 7 \
        -days 36500 -extfile "$1.ext" -out "$1.crt"
    openssl x509 -in "$1.crt" -outform DER -out "$1.der"
}
costly exponent 8192 "$(modulus 8192)"
costly modulus 16384 65537
# Such keys are tried on a signature that is RSA's: of a CA of the same name.
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa-sub.key
{ ca_extensions; authority; } | issue rsa-sub root "/O=Test/CN=sub"
leaf rsa-alice rsa-sub alice@good.example
costly slowest 8192 "0xff$(openssl rand -hex 30)f1"

# As long as a path may be, and one longer (CERT-10): ten certificates, the anchor among them.
above=root deep=
for n in 1 2 3 4 5 6 7 8 9; do
    sub deep-$n $above </dev/null
    above=deep-$n
    deep=$deep${deep:+,}deep-$n
done
leaf from-deep-8 deep-8 a@b.example
leaf from-deep-9 deep-9 a@b.example
tell depth-10 valid root from-deep-8 "$deep"
tell depth-11 too-complex root from-deep-9 "$deep"
# A thousand names beside a thousand constraints: neither is many, both together are.
{ printf 'nameConstraints=critical,@c\n[c]\n'
  awk 'BEGIN { for (i = 0; i < 1000; i++) printf "excluded;email.%d=host%d.example\n", i, i }'; } | sub many-constraints root
{ leaf_extensions ""; printf 'subjectAltName=@n\n[n]\n'
  awk 'BEGIN { for (i = 0; i < 1000; i++) printf "email.%d=a%d@good.example\n", i, i }'; } | issue many-names many-constraints /CN=many
leaf few-names many-constraints a@good.example
tell many-names too-complex root many-names many-constraints
tell few-names valid root few-names many-constraints

# ---------------------------------------------------------------- CRLs

crl() { # NAME ISSUER THIS NEXT [EXTENSION…]: of what stands in $database
    name=$1 issuer=$2 made=$3 until=$4
    shift 4
    cp ca.cnf crl.cnf
    { echo '[x]'; echo authorityKeyIdentifier=keyid; for line in "$@"; do echo "$line"; done; } >>crl.cnf
    openssl ca -gencrl -config crl.cnf -crlexts x -cert "$issuer.crt" -keyfile "$issuer.key" -md sha256 \
        -crl_lastupdate "$made" -crl_nextupdate "$until" -out "$name.pem"
    openssl crl -in "$name.pem" -outform DER -out "$name.crl"
}
serial_of() { openssl x509 -in "$1.crt" -noout -serial | cut -d= -f2; }
revoked() { # DATE[,REASON] CERTIFICATE…: the whole of what is revoked
    when=$1
    shift
    for certificate in "$@"; do
        printf 'R\t490101000000Z\t%s\t%s\tunknown\t/CN=x\n' "$when" "$(serial_of "$certificate")"
    done >revoked.txt
    database=revoked.txt
}
number() { echo "$1" >crlnumber; }
this=20350501000000Z next=20350801000000Z

leaf bob sub bob@good.example
revoked 350101000000Z
number 01
crl root-empty root $this $next
crl sub-empty sub $this $next
crl sub-stale sub 20350101000000Z 20350201000000Z
crl sub-future sub 20350701000000Z 20350901000000Z
crl sub-idp sub $this $next issuingDistributionPoint=critical,@i '[i]' onlyuser=TRUE
crl sub-only-cas sub $this $next issuingDistributionPoint=critical,@i '[i]' onlyCA=TRUE
crl sub-unknown sub $this $next 1.2.3.4=critical,ASN1:NULL
crl other other-root $this $next
crl sub-some sub $this $next issuingDistributionPoint=critical,@i '[i]' onlysomereasons=keyCompromise,CACompromise
crl sub-others sub $this $next issuingDistributionPoint=critical,@i '[i]' \
    onlysomereasons=affiliationChanged,superseded,cessationOfOperation,certificateHold,privilegeWithdrawn,AACompromise
revoked 350201000000Z,keyCompromise alice
crl sub-revoked sub $this $next
crl sub-revoked-stale sub 20350210000000Z 20350301000000Z
crl sub-revoked-before sub 20350401000000Z $next
crl sub-revoked-idp sub $this $next issuingDistributionPoint=critical,@i '[i]' onlyuser=TRUE
revoked 350701000000Z,superseded alice
crl sub-revoked-later sub 20350702000000Z 20350901000000Z
revoked 350201000000Z,keyTime,20350101000000Z sub
crl root-revoked root $this $next
revoked 350201000000Z,certificateHold alice
number 05
crl sub-hold sub $this $next
revoked 350520000000Z,removeFromCRL alice
number 06
crl sub-unhold sub 20350521000000Z $next 2.5.29.27=critical,ASN1:INTEGER:5
revoked 350520000000Z,keyCompromise bob
number 06
crl sub-delta sub 20350521000000Z $next 2.5.29.27=critical,ASN1:INTEGER:5
number 09
crl sub-delta-too-far sub 20350521000000Z $next 2.5.29.27=critical,ASN1:INTEGER:8
head -c 100 sub-empty.crl >damaged.crl

for policy in soft require; do
    if [ $policy = soft ]; then unknown=valid; else unknown=revocation-not-checked; fi
    tell crl-good-$policy valid root alice sub root-empty,sub-empty $policy
    tell crl-revoked-$policy revoked root alice sub root-empty,sub-revoked $policy
    tell crl-revoked-other-$policy valid root bob sub root-empty,sub-revoked $policy
    tell crl-issuer-revoked-$policy revoked root alice sub root-revoked,sub-empty $policy
    tell MEAS-3-good-$policy valid root alice sub root-empty,sub-idp $policy
    tell MEAS-3-revoked-$policy revoked root alice sub root-empty,sub-revoked-idp $policy
    tell MEAS-4-none-$policy $unknown root alice sub - $policy
    tell MEAS-4-damaged-$policy $unknown root alice sub root-empty,damaged $policy
    tell crl-stale-$policy $unknown root alice sub root-empty,sub-stale $policy
    tell crl-unknown-critical-$policy $unknown root alice sub root-empty,sub-unknown $policy
    tell crl-of-others-$policy $unknown root alice sub root-empty,other $policy
    tell crl-only-cas-$policy $unknown root alice sub root-empty,sub-only-cas $policy
    tell crl-some-reasons-$policy $unknown root alice sub root-empty,sub-some $policy
    tell crl-all-reasons-$policy valid root alice sub root-empty,sub-some,sub-others $policy
    tell crl-newest-good-$policy valid root alice sub root-empty,sub-revoked-before,sub-empty $policy
    tell crl-hold-$policy revoked root alice sub root-empty,sub-hold $policy
    tell crl-unhold-$policy valid root alice sub root-empty,sub-hold,sub-unhold $policy
    tell crl-delta-$policy revoked root bob sub root-empty,sub-hold,sub-delta $policy
    tell crl-delta-without-base-$policy $unknown root bob sub root-empty,sub-delta $policy
    tell crl-delta-of-another-base-$policy valid root bob sub root-empty,sub-hold,sub-delta-too-far $policy
done
tell crl-off valid root alice sub root-empty,sub-revoked off

# A CRL of 100 000 entries.
awk 'BEGIN { for (i = 0; i < 100000; i++) printf "R\t490101000000Z\t350201000000Z,superseded\t%012X\tunknown\t/CN=x\n", 1000000 + i * 7 }' >many.txt
printf 'R\t490101000000Z\t350201000000Z\t%s\tunknown\t/CN=x\n' "$(serial_of bob)" >>many.txt
database=many.txt
crl sub-many sub $this $next
tell crl-100000-good valid root alice sub root-empty,sub-many require
tell crl-100000-revoked revoked root bob sub root-empty,sub-many require
: >"$stamp"
