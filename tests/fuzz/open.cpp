// The whole way from a message to its view, with a key that opens the seeds. Input that begins as
// CMS does is put into a message of its own, so that mutation need not go through base64.

#include "smime/open.hpp"

#include <cstdlib>
#include <string>

#include "smime/base64.hpp"
#include "smime/header.hpp"
#include "tests/fuzz/open_key.hpp"

namespace {

void check(bool holds) {
    if (!holds) std::abort();
}

keystore::Identity identity(std::string_view private_key, std::string_view certificate) {
    auto read = keystore::Certificate::parse(smime::decode_base64(certificate).octets.expose());
    auto key = keystore::PrivateKey::parse(smime::decode_base64(private_key).octets.expose());
    check(read && key);
    return {std::move(*read), std::move(*key), "fuzz"};
}

keystore::Keystore load() {
    std::vector<keystore::Identity> identities;
    identities.push_back(identity(open_key::private_key, open_key::certificate));
    identities.push_back(identity(open_key::ec_private_key, open_key::ec_certificate));
    identities.push_back(identity(open_key::x25519_private_key, open_key::x25519_certificate));
    return keystore::Keystore{std::move(identities)};
}

void check_view(const smime::View& view) {
    check(view.size() == view.header().size() + view.body().size());
    check(view.header().starts_with("X-Paperknife: encryption="));
    check(view.header().ends_with("\r\n\r\n"));
    check(view.body().find('\0') == std::string_view::npos);
    check(view.header().find('\0') == std::string_view::npos);
    int ours = 0;
    int versions = 0;
    smime::HeaderScanner fields{view.header()};
    while (const auto field = fields.next()) {
        ours += field->is("X-Paperknife");
        versions += field->is("MIME-Version");
        check(field->octets.ends_with("\r\n"));
    }
    check(ours == 1 && versions == 1);
    check(fields.offset() == view.header().size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const keystore::Keystore keys = load();
    std::string message{reinterpret_cast<const char*>(data), size};
    if (message.starts_with('0'))
        message =
            "From: a\r\nContent-Type: application/pkcs7-mime\r\n"
            "Content-Transfer-Encoding: binary\r\n\r\n" +
            message;
    smime::Settings settings;
    settings.legacy = true;
    const std::string before = message;
    smime::Settings attaching = settings;
    attaching.errant = smime::Errant::attach;
    const auto attached = smime::open(message, keys, attaching);
    check(!attached.view || smime::is_candidate(message, attaching.errant));
    if (attached.view) check_view(*attached.view);
    const auto opened = smime::open(message, keys, settings);
    check(message == before);
    check(!opened.view || smime::is_candidate(message));
    check(!opened.view || attached.view);
    if (opened.view) check_view(*opened.view);
    const std::string json = smime::json(opened.report);
    check(json.ends_with("}\n") && json.find('\n') == json.size() - 1);
    // The same message gives the same view and the same report.
    const auto again = smime::open(message, keys, settings);
    check(smime::json(again.report) == json && again.view.has_value() == opened.view.has_value());
    if (opened.view)
        check(again.view->header() == opened.view->header() &&
              again.view->body() == opened.view->body());
    return 0;
}
