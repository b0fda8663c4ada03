#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "keystore/der.hpp"

namespace keystore {

/// Extension (RFC 5280, 4.1), of a certificate, a CRL or an entry of one. Views into the input.
struct Extension {
    BytesView oid;  ///< content octets
    bool critical = false;
    BytesView value;  ///< what extnValue holds

    /// True if it is id-ce number, 2.5.29.number.
    bool is(std::uint8_t number) const {
        return oid.size() == 3 && oid[0] == 0x55 && oid[1] == 0x1d && oid[2] == number;
    }
};

/// Reads the content of an Extensions. Nothing if malformed.
std::optional<std::vector<Extension>> read_extensions(der::Reader in);

/// The OID of an extension that is there twice (RFC 5280, 4.2: never); empty if none is.
BytesView duplicate(const std::vector<Extension>& extensions);

/// AuthorityKeyIdentifier (RFC 5280, 4.2.1.1): a hint at which of an issuer's keys has signed.
struct AuthorityKeyIdentifier {
    std::optional<Bytes> key_identifier;

    static std::optional<AuthorityKeyIdentifier> parse(BytesView der);
};

}  // namespace keystore
