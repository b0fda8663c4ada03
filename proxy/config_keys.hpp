#pragma once

#include <span>
#include <string>
#include <string_view>

namespace proxy {

/// A key that this version reads.
struct KnownKey {
    std::string_view name;
    std::string_view example;  ///< how to write it
};

/// The keys of one section of the configuration.
struct SectionKeys {
    std::string_view name;   ///< "account", as complaints say it before a key
    std::string_view title;  ///< "[[account]]", as it stands in the file
    std::span<const KnownKey> known;
    std::span<const std::string_view> later;  ///< designed, and read by later versions
};

extern const SectionKeys top_keys;
extern const SectionKeys account_keys;
extern const SectionKeys decrypt_keys;
extern const SectionKeys verify_keys;
extern const SectionKeys present_keys;
extern const SectionKeys append_keys;
extern const SectionKeys keystore_keys;
extern const SectionKeys unlock_keys;
extern const SectionKeys log_keys;

/// What is wrong with a key that section does not know, and what to do.
std::string complaint_about_unknown(const SectionKeys& section, std::string_view key);

/// How to write a known key: "write listen = …".
std::string how_to_write(const SectionKeys& section, std::string_view key);

}  // namespace proxy
