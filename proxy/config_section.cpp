#include "proxy/config_section.hpp"

#include <algorithm>

#include "proxy/config.hpp"
#include "proxy/config_path.hpp"
#include "proxy/log.hpp"

namespace proxy {
namespace {

// A key of a file may be anything; more of it than this does not help who reads the complaint.
constexpr std::size_t shown_key_limit = 60;

// One mistake can have a hundred consequences (a wrong bracket): the first ones tell.
constexpr std::size_t complaint_limit = 20;

std::string full_key(const SectionKeys& section, std::string_view key) {
    key = key.substr(0, shown_key_limit);
    if (section.name.empty()) return std::string{key};
    return std::string{section.name} + "." + std::string{key};
}

}  // namespace

Complaints::Complaints(const std::filesystem::path& file) : file_{file.string()} {}

void Complaints::add(const toml::source_position& where, std::string_view key,
                     std::string_view text) {
    std::string line = place(where, key);
    if (!key.empty()) line += ": ";
    complaints_.push_back({where, log::one_line(line + std::string{text})});
}

std::string Complaints::place(const toml::source_position& where, std::string_view key) const {
    return file_ + ":" + std::to_string(where.line) + ":" + std::to_string(where.column) + ": " +
           std::string{key};
}

void Complaints::raise() const {
    if (complaints_.empty()) return;
    auto sorted = complaints_;
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const auto& a, const auto& b) { return a.where < b.where; });
    std::string text;
    for (std::size_t i = 0; i < std::min(sorted.size(), complaint_limit); ++i) {
        text += (i > 0 ? "\n" : "") + sorted[i].text;
    }
    if (sorted.size() > complaint_limit) {
        text += "\nand " + std::to_string(sorted.size() - complaint_limit) + " more";
    }
    throw ConfigError(text);
}

Section::Section(const toml::table& table, const SectionKeys& keys, Complaints& complaints)
    : table_{table}, keys_{keys}, complaints_{complaints} {
    for (auto&& [key, value] : table) {
        const std::string_view name = key.str();
        const auto is_it = [&](const KnownKey& known) { return known.name == name; };
        if (std::any_of(keys.known.begin(), keys.known.end(), is_it)) continue;
        complaints.add(key.source().begin, full_key(keys, name),
                       complaint_about_unknown(keys, name));
    }
}

std::optional<bool> Section::boolean(std::string_view key) {
    const auto* node = table_.get(key);
    if (!node) return std::nullopt;
    if (const auto* value = node->as_boolean()) return value->get();
    complain_of_type(key, "true or false");
    return std::nullopt;
}

std::optional<std::int64_t> Section::integer(std::string_view key, std::int64_t least,
                                             std::int64_t most) {
    const auto* node = table_.get(key);
    if (!node) return std::nullopt;
    const auto* value = node->as_integer();
    if (!value) {
        complain_of_type(key, "a whole number");
        return std::nullopt;
    }
    if (value->get() >= least && value->get() <= most) return value->get();
    complain(key, std::to_string(value->get()) + " is out of range; from " + std::to_string(least) +
                      " to " + std::to_string(most) + " is possible");
    return std::nullopt;
}

std::optional<std::string> Section::text(std::string_view key) {
    const auto* node = table_.get(key);
    if (!node) return std::nullopt;
    const auto* value = node->as_string();
    if (!value) {
        complain_of_type(key, "a string");
        return std::nullopt;
    }
    const auto is_control = [](char octet) {
        return static_cast<unsigned char>(octet) < 0x20 || octet == 0x7f;
    };
    if (value->get().empty()) {
        complain(key, "this is empty; " + how_to_write(keys_, key));
    } else if (std::any_of(value->get().begin(), value->get().end(), is_control)) {
        complain(key, "control characters are not possible here; " + how_to_write(keys_, key));
    } else {
        return value->get();
    }
    return std::nullopt;
}

std::optional<std::filesystem::path> Section::path(std::string_view key,
                                                   const std::filesystem::path& base) {
    const auto name = text(key);
    if (!name) return std::nullopt;
    auto path = expand_path(*name, base);
    if (!path) {
        complain(key,
                 "\"~\" stands for your own home directory only; write \"~/…\" or a full path");
    }
    return path;
}

std::vector<NamedPath> Section::paths(std::string_view key, const std::filesystem::path& base) {
    std::vector<NamedPath> paths;
    const auto* node = table_.get(key);
    if (!node) return paths;
    const toml::array one{node->is_string() ? node->value_or(std::string{}) : std::string{}};
    const auto* list = node->is_string() ? &one : node->as_array();
    if (!list) {
        complain_of_type(key, "a list of strings");
        return paths;
    }
    for (const auto& item : *list) {
        const auto name = item.value<std::string>();
        if (!name || name->empty()) {
            complain(key,
                     "every item is the name of a file or folder; " + how_to_write(keys_, key));
        } else if (auto path = expand_path(*name, base)) {
            const auto& at = list == &one ? node->source() : item.source();
            paths.push_back({std::move(*path), complaints_.place(at.begin, full_key(keys_, key))});
        } else {
            complain(key,
                     "\"~\" stands for your own home directory only; write \"~/…\" or a full path");
        }
    }
    return paths;
}

const toml::table* Section::table(std::string_view key) {
    const auto* node = table_.get(key);
    if (!node) return nullptr;
    if (!node->as_table()) complain_of_type(key, keys_.name.empty() ? "a section" : "a table");
    return node->as_table();
}

bool Section::requires_key(std::string_view key) {
    if (has(key)) return true;
    complain(key, "this key is missing; " + how_to_write(keys_, key));
    return false;
}

void Section::complain(std::string_view key, std::string_view text) {
    complaints_.add(position(key), full_key(keys_, key), text);
}

toml::source_position Section::position(std::string_view key) const {
    const auto* node = table_.get(key);
    return node ? node->source().begin : table_.source().begin;
}

void Section::complain_of_type(std::string_view key, std::string_view wanted) {
    complain(key, std::string{wanted} + " is wanted, this is " +
                      std::string{type_name(*table_.get(key))} + "; " + how_to_write(keys_, key));
}

std::string_view type_name(const toml::node& node) {
    switch (node.type()) {
        case toml::node_type::none:
            return "nothing";
        case toml::node_type::table:
            return "a table";
        case toml::node_type::array:
            return "a list";
        case toml::node_type::string:
            return "a string";
        case toml::node_type::integer:
            return "a whole number";
        case toml::node_type::floating_point:
            return "a number with a fraction";
        case toml::node_type::boolean:
            return "true or false";
        case toml::node_type::date:
            return "a date";
        case toml::node_type::time:
            return "a time";
        case toml::node_type::date_time:
            return "a date and time";
    }
    return "something else";
}

}  // namespace proxy
