#include "keystore/certificate_extensions.hpp"

#include <algorithm>

#include "keystore/limits.hpp"

namespace keystore {
namespace {

constexpr auto encoding = der::Limits::ber();

/// Each reader of an extension's value says whether it could.
using Read = bool (*)(BytesView value, CertificateExtensions& out);

/// The content of the SEQUENCE that an extension is; nothing if it is none.
std::optional<der::Reader> inside(BytesView value) {
    der::Reader outer{value, encoding};
    auto in = outer.enter(der::sequence);
    if (!in || !outer.at_end()) return std::nullopt;
    return in;
}

/// "?" for what has too many arcs: never the same as another's.
std::string written(BytesView oid) {
    return der::oid_text(oid).value_or("?");
}

bool read_basic_constraints(BytesView value, CertificateExtensions& out) {
    auto in = inside(value);
    if (!in) return false;
    CertificateExtensions::BasicConstraints constraints;
    constraints.ca = in->boolean().value_or(false);
    if (!in->at_end()) {
        constraints.path_length = in->small_integer();
        if (!constraints.path_length) return false;
    }
    if (!in->at_end()) return false;
    out.basic_constraints = constraints;
    return true;
}

bool read_key_usage(BytesView value, CertificateExtensions& out) {
    der::Reader in{value, encoding};
    const auto bits = in.next(der::bit_string);
    if (!bits || bits->tag.constructed || bits->content.size() < 2 || !in.at_end()) return false;
    std::uint16_t usage = 0;
    for (std::size_t bit = 0; bit < 9 && bit / 8 + 1 < bits->content.size(); ++bit)
        if ((bits->content[bit / 8 + 1] & (0x80 >> bit % 8)) != 0)
            usage = static_cast<std::uint16_t>(usage | 1 << bit);
    out.key_usage = usage;
    return usage != 0;
}

bool read_extended_key_usage(BytesView value, CertificateExtensions& out) {
    auto in = inside(value);
    if (!in) return false;
    std::vector<std::string> purposes;
    while (!in->at_end()) {
        const auto oid = in->next(der::oid);
        if (!oid) return false;
        purposes.push_back(written(oid->content));
    }
    if (purposes.empty()) return false;
    out.extended_key_usage = std::move(purposes);
    return true;
}

/// Names up to the first that can't be read are kept: mail may be encrypted to them.
bool read_subject_alt_name(BytesView value, CertificateExtensions& out) {
    auto in = inside(value);
    while (in && !in->at_end()) {
        auto name = GeneralName::read(*in);
        if (!name) return false;
        out.subject_alt_names.push_back(std::move(*name));
    }
    return !out.subject_alt_names.empty();
}

bool read_name_constraints(BytesView value, CertificateExtensions& out) {
    out.name_constraints = NameConstraints::parse(value);
    return out.name_constraints.has_value();
}

bool read_policies(BytesView value, CertificateExtensions& out) {
    auto in = inside(value);
    if (!in) return false;
    std::vector<std::string> policies;
    while (!in->at_end()) {
        auto information = in->enter(der::sequence);
        const auto oid = information ? information->oid() : std::nullopt;
        if (!oid || policies.size() == limits::policies) return false;
        information->next(der::sequence);  // qualifiers are for people
        if (!information->at_end()) return false;
        policies.push_back(*oid);
    }
    std::sort(policies.begin(), policies.end());
    const bool twice = std::adjacent_find(policies.begin(), policies.end()) != policies.end();
    if (policies.empty() || twice) return false;
    out.policies = std::move(policies);
    return true;
}

bool read_policy_mappings(BytesView value, CertificateExtensions& out) {
    auto in = inside(value);
    while (in && !in->at_end()) {
        auto mapping = in->enter(der::sequence);
        auto issuer = mapping ? mapping->oid() : std::nullopt;
        auto subject = issuer ? mapping->oid() : std::nullopt;
        if (!subject || !mapping->at_end() || out.policy_mappings.size() == limits::policies)
            return false;
        out.policy_mappings.emplace_back(std::move(*issuer), std::move(*subject));
    }
    return !out.policy_mappings.empty();
}

/// SkipCerts: any number beyond the depth of a path is as good as another.
std::optional<std::uint64_t> skip_certificates(BytesView content) {
    if (content.empty() || content[0] >= 0x80) return std::nullopt;
    if (content.size() > 4) return limits::path_depth + 1;
    std::uint64_t value = 0;
    for (const std::uint8_t octet : content) value = value << 8 | octet;
    return value;
}

bool read_policy_constraints(BytesView value, CertificateExtensions& out) {
    auto in = inside(value);
    if (!in || in->at_end()) return false;
    if (const auto skip = in->next(der::context(0, false))) {
        out.require_explicit_policy = skip_certificates(skip->content);
        if (!out.require_explicit_policy) return false;
    }
    if (const auto skip = in->next(der::context(1, false))) {
        out.inhibit_policy_mapping = skip_certificates(skip->content);
        if (!out.inhibit_policy_mapping) return false;
    }
    return in->at_end();
}

bool read_inhibit_any_policy(BytesView value, CertificateExtensions& out) {
    der::Reader in{value, encoding};
    const auto octets = in.integer_octets();
    if (!octets || !in.at_end()) return false;
    out.inhibit_any_policy = skip_certificates(*octets);
    return out.inhibit_any_policy.has_value();
}

bool read_subject_key_identifier(BytesView value, CertificateExtensions& out) {
    der::Reader in{value, encoding};
    const auto octets = in.next(der::octet_string);
    if (!octets || octets->tag.constructed || !in.at_end()) return false;
    out.subject_key_identifier = Bytes{octets->content.begin(), octets->content.end()};
    return true;
}

bool read_authority_key_identifier(BytesView value, CertificateExtensions& out) {
    out.authority_key_identifier = AuthorityKeyIdentifier::parse(value);
    return out.authority_key_identifier.has_value();
}

bool read_distribution_points(BytesView value, CertificateExtensions& out) {
    auto points = DistributionPoint::parse(value);
    if (!points) return false;
    out.distribution_points = std::move(*points);
    return true;
}

struct Known {
    std::string_view oid;
    Read read;
    bool may_be_critical;
};

/// What we process. A key identifier is a hint only, and must not be critical.
constexpr Known known_extensions[] = {
    {"2.5.29.14", read_subject_key_identifier, false},
    {"2.5.29.15", read_key_usage, true},
    {"2.5.29.17", read_subject_alt_name, true},
    {"2.5.29.19", read_basic_constraints, true},
    {"2.5.29.30", read_name_constraints, true},
    {"2.5.29.31", read_distribution_points, true},
    {"2.5.29.32", read_policies, true},
    {"2.5.29.33", read_policy_mappings, true},
    {"2.5.29.35", read_authority_key_identifier, false},
    {"2.5.29.36", read_policy_constraints, true},
    {"2.5.29.37", read_extended_key_usage, true},
    {"2.5.29.54", read_inhibit_any_policy, true},
};

void read_one(const Extension& extension, CertificateExtensions& out) {
    const std::string oid = written(extension.oid);
    const auto known = std::find_if(std::begin(known_extensions), std::end(known_extensions),
                                    [&](const Known& one) { return one.oid == oid; });
    const bool is_known = known != std::end(known_extensions);
    if (extension.critical && !(is_known && known->may_be_critical))
        out.unknown_critical.push_back(oid);
    if (is_known && !known->read(extension.value, out) && out.malformed.empty())
        out.malformed = oid;
}

}  // namespace

bool CertificateExtensions::allow_purpose(std::string_view purpose) const {
    if (!extended_key_usage) return true;
    return std::any_of(
        extended_key_usage->begin(), extended_key_usage->end(),
        [&](const std::string& oid) { return oid == purpose || oid == any_extended_key_usage; });
}

CertificateExtensions CertificateExtensions::read(const std::vector<Extension>& extensions) {
    CertificateExtensions out;
    for (const Extension& extension : extensions) read_one(extension, out);
    if (const BytesView twice = duplicate(extensions); !twice.empty())
        out.malformed = written(twice);
    return out;
}

}  // namespace keystore
