#!/bin/sh
# Makes signed_key.hpp, and the seeds of the target signed_data, with openssl. Run by hand when a
# seed is to be added; the results are in the repository, for a fuzzer's finding must keep its key.
set -eu
umask 022
cd "$(dirname "$0")"
work=$(mktemp -d)
mkdir -p corpus/signed_data corpus/author

# Curves: small, and quickly verified.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 36500 -subj /CN=ca \
    -keyout "$work/ca.key" -out "$work/ca.crt" 2>/dev/null
for name in a b; do
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$name" -keyout "$work/$name.key" \
        -out "$work/$name.csr" 2>/dev/null
    printf 'subjectAltName=email:%s@example.org\nsubjectKeyIdentifier=hash\n' $name >"$work/ext"
    openssl x509 -req -in "$work/$name.csr" -CA "$work/ca.crt" -CAkey "$work/ca.key" -CAcreateserial -days 36500 \
        -extfile "$work/ext" -out "$work/$name.crt" 2>/dev/null
done
{ printf '#pragma once\n\n#include <string_view>\n\n'
  printf '/// Made by make_signed_seeds.sh: who signed the seeds of the target signed_data chains to it.\n'
  printf 'namespace signed_key {\n\n'
  printf '/// Seconds since 1970.\ninline constexpr long long made_at = %s;\n' "$(date +%s)"
  printf '\ninline constexpr std::string_view anchor =\n'
  sed '/-----/d; s/.*/    "&"/' "$work/ca.crt" | sed '$s/$/;/'
  printf '\n}  // namespace signed_key\n'; } >signed_key.hpp

printf 'Content-Type: text/plain\r\n\r\nhello\r\n' >"$work/text"
sign() { # OUT arguments…
    out=$1; shift
    openssl cms -sign -binary -in "$work/text" -outform DER -out "corpus/signed_data/$out" -md sha256 "$@"
}
a="-signer $work/a.crt -inkey $work/a.key" b="-signer $work/b.crt -inkey $work/b.key"
# shellcheck disable=SC2086
{
    sign detached $a
    sign noattr $a -noattr
    sign keyid $a -keyid -nocerts -certfile "$work/a.crt"
    sign two $a $b
    sign opaque $a -nodetach
    sign opaque-ber $a -nodetach -stream -indef
    sign cades $a -cades
    sign sha512 $a -md sha512
}
printf 'From: "Alice (x)" <alice@example.org>\r\nDate: Mon, 23 Nov 2026 10:00:00 +0000 (UTC)\r\n\r\n' >corpus/author/plain
printf '=?utf-8?Q?bob=40example.org?= (a (b)) <"al\\"ice"@xn--bcher-kva.example>' >corpus/author/encoded
printf 'a@b, c@d; x:y;' >corpus/author/list
rm -rf "$work"
