#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "smime/mail_address.hpp"

namespace smime {

/// Author is whom a message claims to be from, and when it claims to be written: what a signature
/// is held against (CERT-05, ST-06, SIG-08).
struct Author {
    enum class Status {
        one,           ///< one From field with one address, which no reader takes for another
        none,          ///< no From field, or none with an address: empty, a group, malformed
        several,       ///< more than one From field, or more than one address in it
        display_name,  ///< one address, and a display name that shows another one
    };
    Status status = Status::none;
    std::optional<MailAddress> address;  ///< of one and display_name
    std::optional<std::chrono::sys_seconds> date;
    /// There are several, of which nobody knows which one a reader shows, or it can't be read.
    bool doubtful_date = false;

    static Author read(std::string_view header);
};

}  // namespace smime
