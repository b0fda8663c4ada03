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

bool is_p7m(const imap::BodyStructure& part) {
    const auto* name = part.parameter("name");
    if (name && lower(*name).ends_with(".p7m")) return true;
    if (!part.disposition) return false;
    const auto& parameters = part.disposition->parameters;
    return std::any_of(parameters.begin(), parameters.end(), [](const auto& parameter) {
        return lower(parameter.first) == "filename" && lower(parameter.second).ends_with(".p7m");
    });
}

}  // namespace

std::optional<CandidateStructure> read_candidate(std::string_view body_structure) {
    imap::Cursor cursor{body_structure};
    const auto root = imap::read_body_structure(cursor);
    if (!root || lower(root->type) != "application") return std::nullopt;
    const auto subtype = lower(root->subtype);
    const bool pkcs7 = subtype == "pkcs7-mime" || subtype == "x-pkcs7-mime";
    const bool octets = subtype == "octet-stream" && is_p7m(*root);
    if (!pkcs7 && !octets) return std::nullopt;
    return CandidateStructure{root->octets};
}

}  // namespace proxy
