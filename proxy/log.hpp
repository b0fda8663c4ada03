#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "keystore/secret.hpp"

/// The log: one line an event, to standard error. No text that comes here may hold plaintext, a
/// passphrase, a login or key material (KEY-05); control characters are escaped, so that what a
/// server or a file says can't forge a line.
namespace proxy::log {

enum class Level { error, warn, info, debug, trace };

/// The level of a name ("error", "warn", "info", "debug", "trace"), or nothing.
std::optional<Level> level_named(std::string_view name);

/// Lines below this level are not written; info until said otherwise. Any thread may call it.
void set_level(Level level);

/// True if a line of this level would be written: spares forming texts that nobody reads.
bool writes(Level level);

void error(std::string_view text);
void warn(std::string_view text);
void info(std::string_view text);
void debug(std::string_view text);
void trace(std::string_view text);

/// Text as one printable line: control characters, octets that are not UTF-8 and the characters
/// that reorder a line become \xNN, overlong text is cut. For texts to a terminal, too.
std::string one_line(std::string_view text);

// A secret is never logged: the compiler says so.
void error(const keystore::SecretBytes&) = delete;
void warn(const keystore::SecretBytes&) = delete;
void info(const keystore::SecretBytes&) = delete;
void debug(const keystore::SecretBytes&) = delete;
void trace(const keystore::SecretBytes&) = delete;

}  // namespace proxy::log
