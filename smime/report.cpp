#include "smime/report.hpp"

#include <array>
#include <cstdio>

#include "smime/algorithms.hpp"
#include "smime/json.hpp"

namespace smime {

bool may_encrypt(const Layer& layer) {
    for (const auto open : {oid::data, oid::signed_data, oid::digested_data, oid::compressed_data})
        if (layer.type == cms_content_type_word(open)) return false;
    return true;
}

std::string_view word(Verdict verdict) {
    switch (verdict) {
        case Verdict::none:
            return "none";
        case Verdict::pass:
            return "pass";
        case Verdict::fail:
            return "fail";
        case Verdict::policy:
            return "policy";
        case Verdict::neutral:
            return "neutral";
        case Verdict::temperror:
            return "temperror";
        case Verdict::permerror:
            return "permerror";
    }
    return {};
}

std::string_view word(Encryption encryption) {
    switch (encryption) {
        case Encryption::none:
            return "none";
        case Encryption::authenticated:
            return "authenticated";
        case Encryption::unauthenticated:
            return "unauthenticated";
        case Encryption::failed:
            return "failed";
        case Encryption::legacy:
            return "legacy";
    }
    return {};
}

std::string_view word(HeaderProtection protection) {
    switch (protection) {
        case HeaderProtection::none:
            return "none";
        case HeaderProtection::clear:
            return "clear";
        case HeaderProtection::cipher:
            return "cipher";
        case HeaderProtection::wrapped:
            return "rfc822";
    }
    return {};
}

std::string_view word(keystore::Revocation revocation) {
    switch (revocation) {
        case keystore::Revocation::good:
            return "good";
        case keystore::Revocation::revoked:
            return "revoked";
        case keystore::Revocation::not_checked:
            return "not-checked";
    }
    return {};
}

std::string_view word(Error error) {
    switch (error) {
        case Error::malformed:
            return "malformed";
        case Error::unsupported_algorithm:
            return "unsupported-algorithm";
        case Error::unsupported_content:
            return "unsupported-content";
        case Error::legacy_algorithm:
            return "legacy-algorithm";
        case Error::no_matching_recipient:
            return "no-matching-recipient";
        case Error::decryption_failed:
            return "decryption-failed";
        case Error::too_complex:
            return "too-complex";
        case Error::ambiguous_mime:
            return "ambiguous-mime";
    }
    return {};
}

std::string time_text(std::chrono::sys_seconds time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{time - day};
    std::array<char, 32> text{};
    const int size = std::snprintf(
        text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
        static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
        static_cast<int>(clock.seconds().count()));
    return {text.data(), static_cast<std::size_t>(size)};
}

namespace {

void write_recipients(JsonWriter& out, const std::vector<Recipient>& recipients) {
    out.begin_array("recipients");
    for (const Recipient& recipient : recipients) {
        out.begin_object();
        out.member("key_management", recipient.key_management);
        if (!recipient.serial.empty()) {
            out.member("issuer", recipient.issuer);
            out.member("serial", recipient.serial);
        }
        if (!recipient.subject_key_identifier.empty())
            out.member("subject_key_identifier", recipient.subject_key_identifier);
        out.end_object();
    }
    out.end_array();
}

void write_signer(JsonWriter& out, const Signer& signer) {
    out.begin_object();
    out.member("verdict", word(signer.verdict));
    out.member("reason", signer.reason);
    out.member("address", signer.address);
    out.member("subject", signer.subject);
    out.member("issuer", signer.issuer);
    out.member("digest", signer.digest);
    out.member("signature", signer.signature);
    if (signer.signing_time) out.member("signing_time", time_text(*signer.signing_time));
    if (signer.date) out.member("date", time_text(*signer.date));
    if (signer.valid) {
        out.member("not_before", time_text(signer.valid->first));
        out.member("not_after", time_text(signer.valid->second));
    }
    if (signer.revocation) out.member("revocation", word(*signer.revocation));
    out.end_object();
}

void write_layer(JsonWriter& out, const Layer& layer) {
    out.begin_object();
    out.member("type", layer.type);
    out.member("result", layer.result);
    if (layer.type == "signed-data") {
        out.member("detached", layer.detached);
        out.begin_array("signers");
        for (const Signer& signer : layer.signers) write_signer(out, signer);
        out.end_array();
    }
    if (!layer.content_encryption.empty())
        out.member("content_encryption", layer.content_encryption);
    if (!layer.key_management.empty()) out.member("key_management", layer.key_management);
    if (!layer.recipient_serial.empty()) {
        out.begin_object("recipient");
        out.member("issuer", layer.recipient_issuer);
        out.member("serial", layer.recipient_serial);
        out.end_object();
    }
    if (!layer.recipients.empty()) write_recipients(out, layer.recipients);
    out.end_object();
}

void write_errant(JsonWriter& out, const std::vector<ErrantLayer>& layers) {
    out.begin_array("errant");
    for (const ErrantLayer& layer : layers) {
        out.begin_object();
        out.member("part", layer.part);
        out.member("type", layer.type);
        out.member("result", layer.result);
        if (!layer.signers.empty()) {
            out.begin_array("signers");
            for (const Signer& signer : layer.signers) write_signer(out, signer);
            out.end_array();
        }
        out.end_object();
    }
    out.end_array();
}

}  // namespace

std::string json(const Report& report) {
    JsonWriter out;
    out.begin_object();
    out.member("verdict", word(report.verdict));
    out.member("reason", report.reason);
    out.member("encryption", word(report.encryption));
    if (!report.html.empty()) out.member("html", report.html);
    out.begin_array("layers");
    for (const Layer& layer : report.layers) write_layer(out, layer);
    out.end_array();
    if (report.header_protection != HeaderProtection::none) {
        out.member("header_protection", word(report.header_protection));
        out.member("from_mismatch", report.from_mismatch);
    }
    if (!report.errant.empty()) write_errant(out, report.errant);
    out.end_object();
    return out.take() + '\n';
}

}  // namespace smime
