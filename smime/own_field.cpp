#include "smime/own_field.hpp"

#include <algorithm>
#include <vector>

#include "smime/authentication_results.hpp"
#include "smime/folded_field.hpp"
#include "smime/limits.hpp"

namespace smime {

namespace {

std::string_view headers_word(HeaderProtection protection) {
    return protection == HeaderProtection::none ? "" : "protected";
}

std::string errant_word(const Report& report) {
    if (report.errant.empty()) return {};
    std::string_view said = list_modified;
    for (const ErrantLayer& errant : report.errant) {
        if (errant.result == "attached") return "attached";
        if (errant.result != list_modified) said = "left";
    }
    return std::string{said};
}

}  // namespace

std::string own_field(const Report& report) {
    std::vector<std::string> layers;
    for (const Layer& layer : report.layers)
        if (layer.result == "opened" || layer.detached) layers.push_back(layer.type + ',');
    if (layers.empty()) layers.push_back(",");
    layers.front().insert(0, "layers=");
    layers.back().pop_back();

    std::vector<std::vector<std::string>> words;
    const auto add = [&](std::string_view name, std::string_view value) {
        if (!value.empty()) words.push_back({std::string{name} + '=' + std::string{value}});
    };
    add("encryption", word(report.encryption));
    words.push_back(std::move(layers));
    add("signature", report.signature);
    add("headers", headers_word(report.header_protection));
    add("from", report.from_mismatch ? "unconfirmed" : "");
    add("errant", errant_word(report));
    add("html", report.html);
    add("reason", report.error ? word(*report.error) : report.signature_reason);

    FoldedField field{"X-Paperknife"};
    for (auto& pieces : words) {
        if (&pieces != &words.back()) pieces.back() += ';';
        field.add_together(pieces);
    }
    return field.take();
}

std::string status_fields(const Report& report, const Presentation& presentation) {
    if (!presentation.header) return {};
    return own_field(report) + authentication_results(report, presentation.authserv_id);
}

std::string signed_status_fields(const Report& report, const Presentation& presentation) {
    if (!presentation.header) return {};
    std::string own = own_field(report);
    std::string results = authentication_results(report, presentation.authserv_id);
    if (own.size() + results.size() > limits::signed_status)
        results = authentication_results(report, presentation.authserv_id, false);
    const std::size_t octets = std::min(own.size() + results.size(), limits::signed_status);
    constexpr std::size_t line_end = 2;
    own.insert(own.size() - line_end, limits::signed_status - octets, ' ');
    return own + results;
}

std::size_t signed_status_octets(const Presentation& presentation) {
    return presentation.header ? limits::signed_status : 0;
}

bool is_own_field(const HeaderField& field) {
    const std::string name = lenient_name(field);
    if (same_name(name, "X-Paperknife")) return true;
    if (!same_name(name, "Authentication-Results")) return false;
    const auto colon = field.octets.find(':');
    return colon != std::string_view::npos && tells_of_smime(field.octets.substr(colon + 1));
}

}  // namespace smime
