#pragma once

#include <string>
#include <string_view>

#include "smime/header.hpp"
#include "smime/view.hpp"

/// A message as it stands, as if it were the view of another: what items must tell of it, a server
/// can be asked.
inline smime::View plain_view(std::string_view message) {
    const auto header = smime::header_size(message);
    const auto* const octets = reinterpret_cast<const std::uint8_t*>(message.data());
    return {std::string{message.substr(0, header)},
            keystore::SecretBytes{keystore::BytesView{octets, message.size()}}, header,
            message.size() - header};
}
