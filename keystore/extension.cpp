#include "keystore/extension.hpp"

#include <algorithm>

namespace keystore {

std::optional<std::vector<Extension>> read_extensions(der::Reader in) {
    std::vector<Extension> extensions;
    while (!in.at_end()) {
        auto inside = in.enter(der::sequence);
        const auto oid = inside ? inside->next(der::oid) : std::nullopt;
        if (!oid) return std::nullopt;
        const bool critical = inside->boolean().value_or(false);
        const auto value = inside->next(der::octet_string);
        if (!value || value->tag.constructed || !inside->at_end()) return std::nullopt;
        extensions.push_back({oid->content, critical, value->content});
    }
    return extensions;
}

BytesView duplicate(const std::vector<Extension>& extensions) {
    std::vector<BytesView> oids;
    oids.reserve(extensions.size());
    for (const Extension& extension : extensions) oids.push_back(extension.oid);
    std::sort(oids.begin(), oids.end(), [](BytesView a, BytesView b) {
        return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
    });
    const auto twice = std::adjacent_find(oids.begin(), oids.end(), [](BytesView a, BytesView b) {
        return std::equal(a.begin(), a.end(), b.begin(), b.end());
    });
    return twice == oids.end() ? BytesView{} : *twice;
}

std::optional<AuthorityKeyIdentifier> AuthorityKeyIdentifier::parse(BytesView der) {
    der::Reader outer{der, der::Limits::ber()};
    auto in = outer.enter(der::sequence);
    if (!in || !outer.at_end()) return std::nullopt;
    AuthorityKeyIdentifier found;
    if (const auto key = in->next_context(0))
        found.key_identifier = Bytes{key->content.begin(), key->content.end()};
    in->next_context(1);  // authorityCertIssuer
    in->next_context(2);  // authorityCertSerialNumber
    if (!in->at_end()) return std::nullopt;
    return found;
}

}  // namespace keystore
