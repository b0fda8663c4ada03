#include "keystore/distribution_point.hpp"

namespace keystore {
namespace {

constexpr auto encoding = der::Limits::ber();

/// The value of an [n] IMPLICIT BOOLEAN, or nothing if it is none.
std::optional<bool> implicit_boolean(const std::optional<der::Element>& element) {
    if (!element) return false;
    if (element->tag.constructed || element->content.size() != 1) return std::nullopt;
    return element->content[0] != 0;
}

std::optional<DistributionPoint> read_distribution_point(der::Reader in) {
    DistributionPoint point;
    if (const auto name = in.enter_context(0)) {
        point.name = DistributionPointName::read(*name);
        if (!point.name) return std::nullopt;
    }
    if (const auto reasons = in.next_context(1)) point.reasons = reason_flags(reasons->content);
    if (const auto issuer = in.enter_context(2)) {
        auto names = read_general_names(*issuer);
        if (!names) return std::nullopt;
        point.crl_issuer = std::move(*names);
    }
    if (!in.at_end()) return std::nullopt;
    return point;
}

}  // namespace

ReasonFlags reason_flags(BytesView bit_string) {
    ReasonFlags flags = 0;
    for (std::size_t bit = 0; bit < 9 && bit / 8 + 1 < bit_string.size(); ++bit)
        if ((bit_string[bit / 8 + 1] & (0x80 >> bit % 8)) != 0)
            flags = static_cast<ReasonFlags>(flags | 1 << bit);
    return flags & all_reasons;
}

std::optional<DistributionPointName> DistributionPointName::read(der::Reader in) {
    DistributionPointName name;
    if (const auto full = in.enter_context(0)) {
        auto names = read_general_names(*full);
        if (!names) return std::nullopt;
        name.full_name = std::move(*names);
    } else if (const auto relative = in.next(der::context(1, true))) {
        name.relative_name = {relative->content.begin(), relative->content.end()};
    } else {
        return std::nullopt;
    }
    if (!in.at_end()) return std::nullopt;
    return name;
}

std::vector<GeneralName> DistributionPointName::names(const DistinguishedName& issuer) const {
    if (relative_name.empty()) return full_name;
    auto directory = issuer.with_relative_name(relative_name);
    if (!directory) return {};
    GeneralName name;
    name.form = GeneralName::Form::directory_name;
    name.directory_name = std::move(*directory);
    return {name};
}

std::optional<std::vector<DistributionPoint>> DistributionPoint::parse(BytesView der) {
    der::Reader outer{der, encoding};
    auto in = outer.enter(der::sequence);
    if (!in || !outer.at_end()) return std::nullopt;
    std::vector<DistributionPoint> points;
    while (!in->at_end()) {
        const auto inside = in->enter(der::sequence);
        auto point = inside ? read_distribution_point(*inside) : std::nullopt;
        if (!point) return std::nullopt;
        points.push_back(std::move(*point));
    }
    if (points.empty()) return std::nullopt;
    return points;
}

std::optional<IssuingDistributionPoint> IssuingDistributionPoint::parse(BytesView der) {
    der::Reader outer{der, encoding};
    auto in = outer.enter(der::sequence);
    if (!in || !outer.at_end()) return std::nullopt;
    IssuingDistributionPoint point;
    if (const auto name = in->enter_context(0)) {
        point.name = DistributionPointName::read(*name);
        if (!point.name) return std::nullopt;
    }
    const auto user = implicit_boolean(in->next_context(1));
    const auto ca = implicit_boolean(in->next_context(2));
    if (const auto reasons = in->next_context(3)) point.reasons = reason_flags(reasons->content);
    const auto indirect = implicit_boolean(in->next_context(4));
    const auto attribute = implicit_boolean(in->next_context(5));
    if (!user || !ca || !indirect || !attribute || !in->at_end()) return std::nullopt;
    point.only_user_certificates = *user;
    point.only_ca_certificates = *ca;
    point.indirect = *indirect;
    point.only_attribute_certificates = *attribute;
    return point;
}

}  // namespace keystore
