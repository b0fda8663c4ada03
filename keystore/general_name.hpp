#pragma once

#include <optional>
#include <string>
#include <vector>

#include "keystore/der.hpp"
#include "keystore/distinguished_name.hpp"

namespace keystore {

/// GeneralName (RFC 5280, 4.2.1.6).
struct GeneralName {
    /// The numbers are the tags of the CHOICE.
    enum class Form {
        other_name = 0,
        rfc822_name = 1,
        dns_name = 2,
        x400_address = 3,
        directory_name = 4,
        edi_party_name = 5,
        uri = 6,
        ip_address = 7,
        registered_id = 8,
        smtp_utf8_mailbox,  ///< an otherName (RFC 9598, 3)
    };

    Form form = Form::other_name;
    std::string value;  ///< the text; the octets of an iPAddress; the DER of what is neither
    std::string type;   ///< of an otherName: its type-id
    DistinguishedName directory_name;

    bool operator==(const GeneralName&) const = default;

    /// Reads one. Nothing if it is not well-formed, or none of these.
    static std::optional<GeneralName> read(der::Reader& in);
};

/// Reads the content of a GeneralNames: at least one, all well-formed, or nothing.
std::optional<std::vector<GeneralName>> read_general_names(der::Reader in);

}  // namespace keystore
