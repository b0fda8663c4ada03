#include <cstdio>

#include "keystore/anchor.hpp"
#include "proxy/certificate_text.hpp"
#include "proxy/command_keys.hpp"
#include "proxy/log.hpp"
#include "proxy/own_keys.hpp"
#include "proxy/trust.hpp"

namespace proxy {
namespace {

using keystore::CertificateList;
using keystore::TrustFile;

/// "ok", "locked", "unusable"
std::string_view state(const OwnKey& key) {
    if (key.locked) return "locked";
    return key.usable ? "ok" : "unusable";
}

std::string hexadecimal(const keystore::Bytes& octets) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const auto octet : octets) {
        text += digits[octet >> 4];
        text += digits[octet & 15];
    }
    return text;
}

/// Everything that is listed.
struct Listing {
    std::chrono::sys_seconds now = this_second();
    std::vector<OwnKey> keys;
    TrustSources trust;
    const std::vector<smime::Pin>* pins = nullptr;
};

void print(const std::string& text) {
    std::printf("%s\n", log::one_line(text).c_str());
}

void print_key(const OwnKey& key, std::chrono::sys_seconds now) {
    print("  " + key.file.filename().string());
    if (key.locked) print("    locked        its passphrase was not asked for (--unlock does)");
    if (!key.problem.empty()) print("    note          " + key.problem);
    for (const auto& held : key.held) {
        std::fputs(certificate_text(held.certificate, now).c_str(), stdout);
        if (!held.key.empty())
            print("    key           " + held.key +
                  (key.without_passphrase ? ", without passphrase" : ", with passphrase"));
        print("    for           " + purposes(held.certificate) +
              (held.certificate.not_after < now ? ", of old mail" : ""));
    }
}

void print_list(const CertificateList& list) {
    print("    CRL of        " + list.issuer_text());
    print("    valid         " + day_text(list.this_update()) + " to " +
          (list.next_update() ? day_text(*list.next_update()) : "?") + ", " +
          std::to_string(list.size()) + " entries");
}

void print_files(std::string_view title, const std::vector<TrustFile>& files,
                 std::chrono::sys_seconds now) {
    if (files.empty()) return;
    print(std::string{title});
    for (const auto& file : files) {
        print("  " + file.path.string());
        for (const auto& problem : file.problems) print("    note          " + problem);
        for (const auto& certificate : file.certificates)
            std::fputs(certificate_text(certificate, now).c_str(), stdout);
        for (const auto& list : file.certificate_lists) print_list(list);
    }
}

void print_text(const Listing& listing, const Config& config) {
    const auto& directory = config.keystore.directory;
    print(directory ? "keys in " + directory->string() : "no [keystore] directory");
    for (const auto& key : listing.keys) print_key(key, listing.now);
    print_files("anchors", listing.trust.anchors, listing.now);
    if (listing.trust.system)
        print("anchors of the system, for mail: " +
              std::to_string(listing.trust.system->anchors.size()));
    print_files("intermediates", listing.trust.intermediates, listing.now);
    print_files("lists of revoked certificates", listing.trust.certificate_lists, listing.now);
    if (!listing.pins->empty()) print("pins");
    for (const auto& pin : *listing.pins)
        print("  " + pin.address.text() + "  sha256:" + hexadecimal(pin.fingerprint));
}

void write_key(smime::JsonWriter& out, const OwnKey& key, std::chrono::sys_seconds now) {
    out.begin_object();
    out.member("file", key.file.string());
    out.member("state", state(key));
    out.member("passphrase", !key.without_passphrase);
    if (!key.problem.empty()) out.member("note", key.problem);
    out.begin_array("certificates");
    for (const auto& held : key.held) {
        out.begin_object();
        write_certificate(out, held.certificate, now);
        if (!held.key.empty()) out.member("key", held.key);
        out.member("for", purposes(held.certificate));
        out.end_object();
    }
    out.end_array();
    out.end_object();
}

void write_list(smime::JsonWriter& out, const CertificateList& list) {
    out.begin_object();
    out.member("issuer", list.issuer_text());
    out.member("this_update", smime::time_text(list.this_update()));
    if (list.next_update()) out.member("next_update", smime::time_text(*list.next_update()));
    out.member("entries", std::to_string(list.size()));
    out.end_object();
}

void write_files(smime::JsonWriter& out, std::string_view name, const std::vector<TrustFile>& files,
                 std::chrono::sys_seconds now) {
    out.begin_array(name);
    for (const auto& file : files) {
        out.begin_object();
        out.member("file", file.path.string());
        for (const auto& problem : file.problems) out.member("note", problem);
        out.begin_array("certificates");
        for (const auto& certificate : file.certificates) {
            out.begin_object();
            write_certificate(out, certificate, now);
            out.end_object();
        }
        out.end_array();
        out.begin_array("crls");
        for (const auto& list : file.certificate_lists) write_list(out, list);
        out.end_array();
        out.end_object();
    }
    out.end_array();
}

std::string json(const Listing& listing) {
    smime::JsonWriter out;
    out.begin_object();
    out.begin_array("keys");
    for (const auto& key : listing.keys) write_key(out, key, listing.now);
    out.end_array();
    write_files(out, "anchors", listing.trust.anchors, listing.now);
    out.begin_array("system_anchors");
    if (listing.trust.system)
        for (const auto& anchor : listing.trust.system->anchors) {
            out.begin_object();
            write_certificate(out, anchor, listing.now);
            out.end_object();
        }
    out.end_array();
    write_files(out, "intermediates", listing.trust.intermediates, listing.now);
    write_files(out, "crls", listing.trust.certificate_lists, listing.now);
    out.begin_array("pins");
    for (const auto& pin : *listing.pins) {
        out.begin_object();
        out.member("address", pin.address.text());
        out.member("fingerprint", "sha256:" + hexadecimal(pin.fingerprint));
        out.end_object();
    }
    out.end_array();
    out.end_object();
    return out.take() + '\n';
}

}  // namespace

int command_keys_list(const Config& config, const KeysListArguments& arguments) {
    Listing listing;
    bool complete = true;
    try {
        listing.keys = own_keys(config, arguments.unlock);
    } catch (const keystore::KeyFileError& error) {
        refuse(error.what());
        complete = false;
    }
    try {
        listing.trust = TrustSources::read(config);
    } catch (const keystore::KeyFileError& error) {
        refuse(error.what());
        complete = false;
    }
    listing.pins = &config.verify.pins;
    if (arguments.json)
        std::fputs(json(listing).c_str(), stdout);
    else
        print_text(listing, config);
    return complete ? 0 : 1;
}

}  // namespace proxy
