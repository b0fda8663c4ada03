#include "keystore/name_constraints.hpp"

#include <algorithm>
#include <string_view>

namespace keystore {
namespace {

using Form = GeneralName::Form;

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 0x20) : c;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

/// A host name in letters, digits, hyphens and underscores; A-labels are such (RFC 5890).
bool is_host(std::string_view host) {
    if (host.empty() || host.size() > 255) return false;
    std::size_t label = 0;
    for (const char c : host) {
        const bool letter = (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9');
        if (c == '.' ? label == 0 : !letter && c != '-' && c != '_') return false;
        label = c == '.' ? 0 : label + 1;
        if (label > 63) return false;
    }
    return label > 0;
}

bool is_ip_address(std::string_view host) {
    return host.find_first_not_of("0123456789.") == std::string_view::npos;
}

/// True if host is domain or stands below it.
bool is_in_domain(std::string_view host, std::string_view domain) {
    if (equal_ignoring_case(host, domain)) return true;
    return host.size() > domain.size() && host[host.size() - domain.size() - 1] == '.' &&
           equal_ignoring_case(host.substr(host.size() - domain.size()), domain);
}

/// "host" is that host alone, ".domain" every host below (RFC 5280, 4.2.1.10, rfc822Name and URI).
bool host_matches(std::string_view host, std::string_view base) {
    if (!base.starts_with('.')) return equal_ignoring_case(host, base);
    base.remove_prefix(1);
    return is_in_domain(host, base) && host.size() > base.size();
}

struct Mailbox {
    std::string_view local_part;
    std::string_view domain;
};

/// A Mailbox whose domain is a host name and whose local part is no quoted string: for others,
/// readers do not agree on where the domain begins.
std::optional<Mailbox> mailbox(std::string_view address) {
    const std::size_t at = address.find('@');
    if (at == 0 || at == std::string_view::npos) return std::nullopt;
    const Mailbox parts{address.substr(0, at), address.substr(at + 1)};
    if (!is_host(parts.domain)) return std::nullopt;
    for (const char c : parts.local_part)
        if (static_cast<unsigned char>(c) <= ' ' || c == 0x7f || c == '"' || c == '\\')
            return std::nullopt;
    return parts;
}

/// The host of a URI's authority (RFC 3986, 3.2), if it is a name.
std::optional<std::string_view> uri_host(std::string_view uri) {
    const std::size_t scheme = uri.find("://");
    if (scheme == std::string_view::npos) return std::nullopt;
    uri.remove_prefix(scheme + 3);
    uri = uri.substr(0, uri.find_first_of("/?#"));
    if (const std::size_t user = uri.rfind('@'); user != std::string_view::npos)
        uri.remove_prefix(user + 1);
    if (const std::size_t port = uri.find(':'); port != std::string_view::npos) {
        if (uri.find_first_not_of("0123456789", port + 1) != std::string_view::npos)
            return std::nullopt;
        uri = uri.substr(0, port);
    }
    if (!is_host(uri) || is_ip_address(uri) || uri.find('.') == std::string_view::npos)
        return std::nullopt;
    return uri;
}

/// What a constraint of an address says of a name: yes, no, or that they can't be compared.
enum class Match { no, yes, unknown };

Match match_mailbox(const GeneralName& name, std::string_view base, bool excluding) {
    const auto parts = mailbox(name.value);
    if (!parts) return Match::unknown;
    const std::size_t at = base.find('@');
    if (at == std::string_view::npos)
        return host_matches(parts->domain, base) ? Match::yes : Match::no;
    // Whoever compares local parts does it with regard to case, or without: excluding takes the
    // wider sense, permitting the narrower.
    const std::string_view local_part = base.substr(0, at);
    const bool same = excluding ? equal_ignoring_case(parts->local_part, local_part)
                                : parts->local_part == local_part;
    return same && equal_ignoring_case(parts->domain, base.substr(at + 1)) ? Match::yes : Match::no;
}

Match match_dns(std::string_view name, std::string_view base, bool excluding) {
    const bool wildcard = name.starts_with("*.");
    if (wildcard) name.remove_prefix(2);
    if (!is_host(name)) return Match::unknown;
    if (base.empty()) return Match::yes;
    const bool below_only = base.starts_with('.');
    if (below_only) base.remove_prefix(1);
    // A wildcard stands for all that could be in its place.
    if (wildcard && excluding && is_in_domain(base, name)) return Match::yes;
    if (!is_in_domain(name, base)) return Match::no;
    return below_only && !wildcard && name.size() == base.size() ? Match::no : Match::yes;
}

Match match_ip_address(std::string_view name, std::string_view base) {
    if (name.size() != 4 && name.size() != 16) return Match::unknown;
    if (base.size() != name.size() * 2) return Match::no;
    for (std::size_t i = 0; i < name.size(); ++i)
        if (((name[i] ^ base[i]) & base[name.size() + i]) != 0) return Match::no;
    return Match::yes;
}

Match match_directory_name(const DistinguishedName& name, const DistinguishedName& base,
                           bool excluding) {
    if (name.is_within(base)) return Match::yes;
    return excluding && !base.is_ascii() ? Match::unknown : Match::no;
}

Match match(const GeneralName& name, const GeneralName& base, bool excluding) {
    switch (base.form) {
        case Form::rfc822_name:
            return match_mailbox(name, base.value, excluding);
        case Form::dns_name:
            return match_dns(name.value, base.value, excluding);
        case Form::directory_name:
            return match_directory_name(name.directory_name, base.directory_name, excluding);
        case Form::uri: {
            const auto host = uri_host(name.value);
            if (!host) return Match::unknown;
            return host_matches(*host, base.value) ? Match::yes : Match::no;
        }
        case Form::ip_address:
            return match_ip_address(name.value, base.value);
        case Form::other_name:
        case Form::x400_address:
        case Form::edi_party_name:
        case Form::registered_id:
        case Form::smtp_utf8_mailbox:
            return Match::unknown;
    }
    return Match::unknown;
}

/// True if base is about names of name's form.
bool is_about(const GeneralName& base, const GeneralName& name) {
    if (base.form == Form::rfc822_name && name.form == Form::smtp_utf8_mailbox) return true;
    return base.form == name.form && base.type == name.type;
}

bool is_allowed(const GeneralName& name, const NameConstraints& constraints) {
    for (const GeneralName& base : constraints.excluded)
        if (is_about(base, name) && match(name, base, true) != Match::no) return false;
    bool constrained = false;
    for (const GeneralName& base : constraints.permitted) {
        if (!is_about(base, name)) continue;
        constrained = true;
        if (match(name, base, false) == Match::yes) return true;
    }
    return !constrained;
}

bool is_mask(std::string_view mask) {
    bool ended = false;
    for (const char c : mask) {
        const auto octet = static_cast<unsigned char>(c);
        if (ended && octet != 0) return false;
        if (octet == 0xff) continue;
        ended = true;
        const unsigned rest = 0xffU & ~static_cast<unsigned>(octet);
        if ((rest & (rest + 1)) != 0) return false;  // not ones, then zeros
    }
    return true;
}

bool is_base(const GeneralName& base) {
    const std::string_view value = base.value;
    const std::string_view host = value.starts_with('.') ? value.substr(1) : value;
    switch (base.form) {
        case Form::rfc822_name:
            return value.find('@') == std::string_view::npos ? is_host(host)
                                                             : mailbox(value).has_value();
        case Form::dns_name:
            return value.empty() || is_host(host);
        case Form::uri:
            return is_host(host);
        case Form::ip_address:
            return (value.size() == 8 || value.size() == 32) &&
                   is_mask(value.substr(value.size() / 2));
        case Form::other_name:
        case Form::x400_address:
        case Form::directory_name:
        case Form::edi_party_name:
        case Form::registered_id:
        case Form::smtp_utf8_mailbox:
            return true;
    }
    return false;
}

/// GeneralSubtrees.
bool read_subtrees(der::Reader in, std::vector<GeneralName>& bases) {
    while (!in.at_end()) {
        auto subtree = in.enter(der::sequence);
        auto base = subtree ? GeneralName::read(*subtree) : std::nullopt;
        if (!base || !is_base(*base)) return false;
        if (const auto minimum = subtree->next_context(0))
            if (minimum->content.size() != 1 || minimum->content[0] != 0) return false;
        if (!subtree->at_end()) return false;  // a maximum, or worse
        bases.push_back(std::move(*base));
    }
    return !bases.empty();
}

}  // namespace

std::optional<NameConstraints> NameConstraints::parse(BytesView der) {
    der::Reader outer{der, der::Limits::ber()};
    auto in = outer.enter(der::sequence);
    if (!in || !outer.at_end()) return std::nullopt;
    NameConstraints constraints;
    const auto permitted = in->enter_context(0);
    if (permitted && !read_subtrees(*permitted, constraints.permitted)) return std::nullopt;
    const auto excluded = in->enter_context(1);
    if (excluded && !read_subtrees(*excluded, constraints.excluded)) return std::nullopt;
    if (!in->at_end() || (!permitted && !excluded)) return std::nullopt;
    return constraints;
}

bool NameConstraints::allow(const std::vector<GeneralName>& names) const {
    return std::all_of(names.begin(), names.end(),
                       [&](const GeneralName& name) { return is_allowed(name, *this); });
}

}  // namespace keystore
