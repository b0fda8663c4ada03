#include "proxy/candidate.hpp"

#include <algorithm>
#include <cctype>
#include <string>

#include "imap/body_structure.hpp"

namespace proxy {
namespace {

std::string lower(std::string_view text) {
    std::string out{text};
    std::transform(out.begin(), out.end(), out.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

bool has_p7m_ending(std::string_view name) {
    const auto lowered = lower(name);
    return lowered.ends_with(".p7m") || lowered.ends_with(".p7s") || lowered.ends_with(".p7c") ||
           lowered.ends_with(".p7z");
}

/// True if a parameter of this name, or a piece of it (RFC 2231), ends as files of ours do.
bool names_p7m(const auto& parameters, std::string_view name) {
    return std::any_of(parameters.begin(), parameters.end(), [&](const auto& parameter) {
        const auto known = lower(parameter.first);
        return known.substr(0, known.find('*')) == name && has_p7m_ending(parameter.second);
    });
}

bool is_p7m(const imap::BodyStructure& part) {
    return names_p7m(part.parameters, "name") ||
           (part.disposition && names_p7m(part.disposition->parameters, "filename"));
}

bool is_pkcs7_mime(const imap::BodyStructure& part) {
    if (lower(part.type) != "application") return false;
    const auto subtype = lower(part.subtype);
    if (subtype == "pkcs7-mime" || subtype == "x-pkcs7-mime") return true;
    return subtype == "octet-stream" && is_p7m(part);
}

/// True if a layer that open() takes out begins here, be it below a signature.
bool is_layer(const imap::BodyStructure& part) {
    const auto* inner = &part;
    while (inner->is_multipart() && lower(inner->subtype) == "signed" && !inner->children.empty())
        inner = &inner->children.front();
    return is_pkcs7_mime(*inner);
}

bool is_pkcs7_signature(std::string_view type) {
    return lower(type) == "application/pkcs7-signature" ||
           lower(type) == "application/x-pkcs7-signature";
}

/// As smime::Entity has it: a protocol that is PKCS #7, or none at all (MIME-01).
bool is_clear_signed(const imap::BodyStructure& root) {
    if (!root.is_multipart() || lower(root.subtype) != "signed") return false;
    const auto* protocol = root.parameter("protocol");
    return !protocol || is_pkcs7_signature(*protocol);
}

/// True if the protocol is written in pieces, or encoded (RFC 2231): the header is read otherwise.
bool has_doubtful_protocol(const imap::BodyStructure& root) {
    return std::any_of(root.parameters.begin(), root.parameters.end(), [](const auto& parameter) {
        return lower(parameter.first).starts_with("protocol*");
    });
}

/// True if a part may be an encrypted one below plaintext.
bool has_errant_part(const imap::BodyStructure& part) {
    return is_pkcs7_mime(part) ||
           std::any_of(part.children.begin(), part.children.end(), has_errant_part);
}

/// True if it may be a signed part with a mailing list's footer below.
bool is_list_modified(const imap::BodyStructure& root) {
    if (lower(root.subtype) != "mixed" || root.children.size() != 2) return false;
    const auto& first = root.children.front();
    return first.is_multipart() && lower(first.subtype) == "signed";
}

/// Of all its parts. A multipart's own octets are told nowhere.
std::uint64_t octets_of(const imap::BodyStructure& part) {
    std::uint64_t octets = part.octets;
    if (part.is_multipart())
        for (const auto& child : part.children) octets += octets_of(child);
    return octets;
}

}  // namespace

std::optional<CandidateStructure> read_candidate(std::string_view body_structure,
                                                 smime::Errant errant, bool shows_signatures) {
    imap::Cursor cursor{body_structure};
    const auto root = imap::read_body_structure(cursor);
    if (!root) return std::nullopt;
    const bool may_attach =
        errant == smime::Errant::attach && (has_errant_part(*root) || is_list_modified(*root));
    const bool may_be_shown = shows_signatures && is_clear_signed(*root);
    const bool may_open = is_layer(*root) || may_attach;
    if (!may_open && !may_be_shown) return std::nullopt;
    const bool only_signed =
        !may_open && root->children.size() >= 2 && !has_doubtful_protocol(*root);
    return CandidateStructure{octets_of(*root), only_signed};
}

}  // namespace proxy
