#include "smime/encrypted_message.hpp"

#include <algorithm>
#include <array>

#include "smime/base64.hpp"
#include "smime/entity.hpp"
#include "smime/header.hpp"
#include "smime/mime.hpp"
#include "smime/own_field.hpp"
#include "smime/view_header.hpp"

namespace smime {

namespace {

using keystore::BytesView;
using keystore::SecretBytes;

/// What the server's own answers are made of (RFC 9051, 7.5.2: ENVELOPE; sorting and threading).
constexpr std::array kept_outside{std::string_view{"Date"},       std::string_view{"From"},
                                  std::string_view{"Sender"},     std::string_view{"Reply-To"},
                                  std::string_view{"To"},         std::string_view{"Cc"},
                                  std::string_view{"Message-ID"}, std::string_view{"In-Reply-To"},
                                  std::string_view{"References"}};

/// What was added on the way: it is no part of what its author protects.
constexpr std::array of_transit{
    std::string_view{"Received"},       std::string_view{"Return-Path"},
    std::string_view{"Delivered-To"},   std::string_view{"Received-SPF"},
    std::string_view{"DKIM-Signature"}, std::string_view{"Authentication-Results"}};

template <std::size_t Size>
bool is_one_of(const std::array<std::string_view, Size>& names, const HeaderField& field) {
    return std::any_of(names.begin(), names.end(),
                       [&](std::string_view name) { return field.is(name); });
}

bool is_of_transit(const HeaderField& field) {
    return is_one_of(of_transit, field) || same_name(field.name.substr(0, 4), "ARC-");
}

std::string_view without_line_end(std::string_view text) {
    while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
    return text;
}

/// What goes around: the fields outside, and the header of what is encrypted.
struct Headers {
    std::string outside, inside;
};

/// Of a message whose own entity is encrypted with all its fields (RFC 9788, 4.1 and 5.1).
Headers protected_headers(std::string_view header) {
    Headers headers;
    std::string told, structural;
    HeaderScanner fields{header};
    while (const auto field = fields.next()) {
        if (is_own_field(*field) || field->is("HP-Outer")) continue;
        const std::string line = std::string{without_line_end(field->octets)} + "\r\n";
        if (field->is("Content-Type")) {
            std::string_view value = without_line_end(line);
            while (value.ends_with(';') || value.ends_with(' ') || value.ends_with('\t'))
                value.remove_suffix(1);
            structural.append(value).append(";\r\n hp=\"cipher\"\r\n");
        } else if (field->is_structural()) {
            if (!field->is("MIME-Version")) structural += line;
        } else if (is_of_transit(*field)) {
            headers.outside += line;
        } else {
            headers.inside += line;
            if (!is_one_of(kept_outside, *field)) continue;
            headers.outside += line;
            told += "HP-Outer: " + line;
        }
    }
    const bool has_subject = find_field(header, "Subject").has_value();
    if (has_subject) {
        headers.outside += "Subject: [...]\r\n";
        told += "HP-Outer: Subject: [...]\r\n";
    }
    if (structural.empty() || !find_field(header, "Content-Type"))
        structural += "Content-Type: text/plain; charset=us-ascii; hp=\"cipher\"\r\n";
    headers.inside += told + "MIME-Version: 1.0\r\n" + structural + "\r\n";
    return headers;
}

/// Of one that keeps its fields where they are: only what describes its body goes inside.
Headers plain_headers(std::string_view header) {
    Headers headers;
    HeaderScanner fields{header};
    while (const auto field = fields.next())
        if (!is_own_field(*field) && !field->is_structural())
            headers.outside.append(without_line_end(field->octets)).append("\r\n");
    headers.inside = structural_fields(header) + "\r\n";
    return headers;
}

/// Of one that is encrypted whole, octet for octet.
Headers wrapping_headers(std::string_view header) {
    Headers headers = protected_headers(header);
    headers.inside = "Content-Type: message/rfc822; forwarded=no\r\n\r\n";
    return headers;
}

/// True if every reader finds the same fields, and a parameter can be added to the Content-Type (or
/// there is none) that none there contradicts.
bool takes_parameter(const Entity& entity) {
    if (entity.ambiguous) return false;
    HeaderScanner fields{entity.header};
    while (const auto field = fields.next())
        if (!is_field_name(field->name)) return false;
    const auto field = find_field(entity.header, "Content-Type");
    if (!field) return true;
    const auto type = read_content_type(field->value);
    const auto speaks_of_headers = [](const Parameter& parameter) {
        return same_name(parameter.name, "hp") || same_name(parameter.name, "hp-legacy-display");
    };
    return type.strict &&
           std::none_of(type.parameters.begin(), type.parameters.end(), speaks_of_headers);
}

std::string transport_fields(EnvelopeCipher cipher) {
    return "MIME-Version: 1.0\r\nContent-Type: application/pkcs7-mime; smime-type=" +
           std::string{smime_type(cipher)} +
           ";\r\n name=\"smime.p7m\"\r\n"
           "Content-Transfer-Encoding: base64\r\n"
           "Content-Disposition: attachment; filename=\"smime.p7m\"\r\n\r\n";
}

BytesView octets_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// Base64 of octets that come in pieces, without a copy of them all.
class Base64Writer {
public:
    explicit Base64Writer(std::string& text) : text_{text} {}
    void write(BytesView octets) {
        if (!rest_.empty()) {
            for (; rest_.size() < line && !octets.empty(); octets = octets.subspan(1))
                rest_.push_back(octets.front());
            if (rest_.size() < line) return;
            finish();
        }
        while (octets.size() >= line) {
            const auto whole = std::min(octets.size(), piece) / line * line;
            text_ += encode_base64(octets.first(whole));
            octets = octets.subspan(whole);
        }
        rest_.assign(octets.begin(), octets.end());
    }
    void finish() {
        text_ += encode_base64(rest_);
        rest_.clear();
    }

private:
    static constexpr std::size_t line = 57;  // octets of 76 characters
    static constexpr std::size_t piece = 64 * 1024;
    std::string& text_;
    keystore::Bytes rest_;
};

}  // namespace

std::optional<std::string> encrypted_message(std::string_view message,
                                             const keystore::Certificate& recipient,
                                             EnvelopeCipher cipher) {
    const Entity entity = Entity::read(message);
    const bool is_plain = entity.kind == Entity::Kind::other;
    const bool wraps = is_plain && !takes_parameter(entity);
    const Headers headers = wraps      ? wrapping_headers(entity.header)
                            : is_plain ? protected_headers(entity.header)
                                       : plain_headers(entity.header);
    const std::string_view body = wraps ? message : entity.body;
    constexpr std::size_t padding = 16;
    SecretBytes content;
    content.reserve(headers.inside.size() + body.size() + padding);
    content.append(octets_of(headers.inside));
    content.append(octets_of(body));
    const auto envelope = write_envelope(std::move(content), recipient, cipher);
    if (!envelope) return std::nullopt;

    std::string text = headers.outside + transport_fields(cipher);
    const auto octets =
        envelope->before.size() + envelope->ciphertext.size() + envelope->behind.size();
    text.reserve(text.size() + octets / 54 * 74 + 128);
    Base64Writer base64{text};
    base64.write(envelope->before);
    base64.write(envelope->ciphertext.expose());
    base64.write(envelope->behind);
    base64.finish();
    return text;
}

bool says_encrypted(std::string_view header) {
    const Entity entity = Entity::read(header);
    const auto type = read_content_fields(entity.header).type;
    if (!type) return false;
    if (type->is("multipart", "encrypted")) return true;
    if (entity.kind == Entity::Kind::p7m_file) return true;
    if (entity.kind != Entity::Kind::pkcs7_mime) return false;
    const auto smime_type = decoded_parameter(type->parameters, "smime-type").value_or("");
    return !same_name(smime_type, "signed-data") && !same_name(smime_type, "certs-only") &&
           !same_name(smime_type, "compressed-data");
}

}  // namespace smime
