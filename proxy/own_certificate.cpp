#include "proxy/own_certificate.hpp"

#include <algorithm>
#include <filesystem>
#include <vector>

#include "smime/header.hpp"
#include "smime/header_address.hpp"

namespace proxy {
namespace {

using keystore::Certificate;
using keystore::Identity;

/// RFC 5280, 4.2.1.3.
constexpr unsigned key_encipherment = 1U << 2;
constexpr unsigned key_agreement = 1U << 4;

bool is_for_encryption(const Certificate& certificate) {
    if (!certificate.key_usage) return true;
    const auto needed = certificate.key_algorithm == "rsa" ? key_encipherment : key_agreement;
    return (*certificate.key_usage & needed) != 0;
}

bool has_address(const Certificate& certificate, std::string_view address) {
    return std::any_of(certificate.addresses.begin(), certificate.addresses.end(),
                       [&](const std::string& own) { return smime::same_name(own, address); });
}

bool is_named(const Identity& identity, std::string_view name) {
    const std::filesystem::path file{identity.source()};
    return has_address(identity.certificate(), name) || file.filename() == name ||
           file.stem() == name;
}

std::vector<std::string> senders(std::string_view message) {
    std::vector<std::string> found;
    const auto from = smime::find_field(message, "From");
    if (!from) return found;
    for (const auto& address : smime::read_addresses(smime::folded_with_lf(*from)))
        if (address.mailbox && address.domain)
            found.push_back(*address.mailbox + '@' + *address.domain);
    return found;
}

}  // namespace

OwnCertificate own_certificate(const keystore::Keystore* keys, std::string_view name,
                               std::string_view message, Certificate::Time now) {
    std::vector<const Identity*> found;
    if (keys)
        for (const Identity& identity : keys->identities())
            if (name.empty() || is_named(identity, name)) found.push_back(&identity);
    if (found.empty())
        return {nullptr, name.empty() ? "there is no key in the key directory"
                                      : "no key in the key directory is of " + std::string{name}};
    std::erase_if(found, [&](const Identity* identity) {
        const Certificate& certificate = identity->certificate();
        return now < certificate.not_before || now > certificate.not_after;
    });
    if (found.empty()) return {nullptr, "no certificate of yours is valid today"};
    std::erase_if(found, [](const Identity* identity) {
        return identity->is_weak() || !is_for_encryption(identity->certificate());
    });
    if (found.empty()) return {nullptr, "no certificate of yours is made for encryption"};

    const auto from = senders(message);
    const auto rank = [&](const Identity* identity) {
        const Certificate& certificate = identity->certificate();
        const bool is_senders = std::any_of(
            from.begin(), from.end(),
            [&](const std::string& sender) { return has_address(certificate, sender); });
        return std::pair{is_senders, certificate.not_before};
    };
    const auto* best = *std::max_element(
        found.begin(), found.end(),
        [&](const Identity* one, const Identity* other) { return rank(one) < rank(other); });
    return {&best->certificate(), {}};
}

}  // namespace proxy
