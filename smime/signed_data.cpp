#include "smime/signed_data.hpp"

#include "smime/algorithms.hpp"

namespace smime {

Result<std::optional<std::span<std::uint8_t>>> open_signed_data(const SignedData& signed_data,
                                                                std::span<std::uint8_t> buffer,
                                                                Layer& layer) {
    using Content = std::optional<std::span<std::uint8_t>>;
    layer.has_signers = signed_data.has_signers;
    if (!signed_data.e_content) {
        layer.detached = signed_data.has_signers;
        layer.result = layer.detached ? "detached" : "no-content";
        return Content{};
    }
    // A receipt, a time-stamp token …: no MIME entity (RFC 2634, 2.8).
    if (signed_data.content_type != oid::data) return Error::unsupported_content;
    const auto octets = join_in_place(*signed_data.e_content, buffer);
    if (!octets) return Error::malformed;
    // Some write certificates-only with an empty content instead of none (RFC 8551, 3.8).
    if (octets->empty() && !signed_data.has_signers) {
        layer.result = "no-content";
        return Content{};
    }
    return Content{octets};
}

}  // namespace smime
