#pragma once

#include <toml++/toml.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/config.hpp"
#include "proxy/config_keys.hpp"

namespace proxy {

/// Complaints gathers what is wrong with a file, so that all of it is told at once.
class Complaints {
public:
    explicit Complaints(const std::filesystem::path& file);
    void add(const toml::source_position& where, std::string_view key, std::string_view text);
    /// "config.toml:12:10: key"
    std::string place(const toml::source_position& where, std::string_view key) const;
    /// Throws ConfigError with all complaints in the file's order, if there are any.
    void raise() const;

private:
    struct Complaint {
        toml::source_position where;
        std::string text;
    };
    std::string file_;
    std::vector<Complaint> complaints_;
};

/// Section reads the keys of one table. What is missing, unknown or of a wrong type becomes a
/// complaint and reads as nothing. Refers to the table and the complaints for its life.
class Section {
public:
    /// Complains about the keys that the section does not know.
    Section(const toml::table& table, const SectionKeys& keys, Complaints& complaints);

    bool has(std::string_view key) const { return table_.get(key) != nullptr; }
    /// True if the key's value is a string, for keys that may have another type, too.
    bool is_text(std::string_view key) const { return table_.get_as<std::string>(key) != nullptr; }
    std::optional<bool> boolean(std::string_view key);
    std::optional<std::int64_t> integer(std::string_view key, std::int64_t least,
                                        std::int64_t most);
    /// A string of at least one character, without control characters.
    std::optional<std::string> text(std::string_view key);
    /// A path, made absolute; whether anything is there is not looked at.
    std::optional<std::filesystem::path> path(std::string_view key,
                                              const std::filesystem::path& base);
    /// A list of paths, or one alone.
    std::vector<NamedPath> paths(std::string_view key, const std::filesystem::path& base);
    const toml::table* table(std::string_view key);

    /// True if key is there; complains if not.
    bool requires_key(std::string_view key);
    void complain(std::string_view key, std::string_view text);
    /// Where a key's value stands; the table itself, if it is not there.
    toml::source_position position(std::string_view key) const;

private:
    void complain_of_type(std::string_view key, std::string_view wanted);

    const toml::table& table_;
    const SectionKeys& keys_;
    Complaints& complaints_;
};

/// What a value is, in a word: "a string".
std::string_view type_name(const toml::node& node);

}  // namespace proxy
