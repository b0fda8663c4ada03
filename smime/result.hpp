#pragma once

#include <utility>
#include <variant>

namespace smime {

/// Why a message of ours can't be opened. Each has one stable word in the report (reason_word()).
enum class Error {
    malformed,              ///< not the CMS structure its media type promises
    unsupported_algorithm,  ///< well formed, but uses an algorithm that we do not offer
    unsupported_content,    ///< a content type that is recognised, and left alone
    legacy_algorithm,       ///< uses one that the settings do not let open (ENC-12)
    no_matching_recipient,  ///< none of our identities is among its RecipientInfos
    decryption_failed,      ///< a key matched, the content did not open; says no more on purpose
    too_complex,            ///< larger or deeper than smime::limits allow
    ambiguous_mime,         ///< two readers could see two messages (MIME-04)
};

/// Result is a T or the Error that stands in its place.
template <class T>
class Result {
public:
    Result(T value) : value_{std::move(value)} {}
    Result(Error error) : value_{error} {}
    bool has_value() const { return std::holds_alternative<T>(value_); }
    explicit operator bool() const { return has_value(); }
    T& operator*() { return std::get<T>(value_); }
    const T& operator*() const { return std::get<T>(value_); }
    T* operator->() { return &std::get<T>(value_); }
    const T* operator->() const { return &std::get<T>(value_); }
    Error error() const { return std::get<Error>(value_); }

private:
    std::variant<T, Error> value_;
};

}  // namespace smime
