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

bool is_p7m(const imap::BodyStructure& part) {
    const auto* name = part.parameter("name");
    if (name && has_p7m_ending(*name)) return true;
    if (!part.disposition) return false;
    const auto& parameters = part.disposition->parameters;
    return std::any_of(parameters.begin(), parameters.end(), [](const auto& parameter) {
        return lower(parameter.first) == "filename" && has_p7m_ending(parameter.second);
    });
}

bool is_pkcs7_mime(const imap::BodyStructure& part) {
    if (lower(part.type) != "application") return false;
    const auto subtype = lower(part.subtype);
    if (subtype == "pkcs7-mime" || subtype == "x-pkcs7-mime") return true;
    return subtype == "octet-stream" && is_p7m(part);
}

/// True if a layer that open() takes begins here. What is only signed, and not opened, it leaves as
/// it is, and so the list needs not open it.
bool is_layer(const imap::BodyStructure& part) {
    const auto* inner = &part;
    while (inner->is_multipart() && lower(inner->subtype) == "signed" && !inner->children.empty())
        inner = &inner->children.front();
    return is_pkcs7_mime(*inner);
}

/// True if a part may be an encrypted one below plaintext.
bool has_errant_part(const imap::BodyStructure& part) {
    return is_pkcs7_mime(part) ||
           std::any_of(part.children.begin(), part.children.end(), has_errant_part);
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
                                                 smime::Errant errant) {
    imap::Cursor cursor{body_structure};
    const auto root = imap::read_body_structure(cursor);
    if (!root) return std::nullopt;
    const bool may_attach = errant == smime::Errant::attach && has_errant_part(*root);
    if (!is_layer(*root) && !may_attach) return std::nullopt;
    return CandidateStructure{octets_of(*root)};
}

}  // namespace proxy
