// Signed-data, inside of a message and beside it, with an anchor that the seeds' signer chains to.
// What passes over one content must not pass over another.

#include <cstdlib>
#include <memory>
#include <string>

#include "smime/base64.hpp"
#include "smime/open.hpp"
#include "tests/fuzz/signed_key.hpp"

namespace {

using Time = keystore::Certificate::Time;

void check(bool holds) {
    if (!holds) std::abort();
}

smime::Settings trusting() {
    const auto octets = smime::decode_base64(signed_key::anchor).octets;
    auto anchor = keystore::Certificate::parse(octets.expose());
    check(anchor.has_value());
    auto trust = std::make_shared<keystore::Trust>();
    trust->anchors.push_back(std::move(*anchor));
    smime::Settings settings;
    settings.signatures.trust = std::move(trust);
    return settings;
}

const std::string head = "From: a@example.org\r\nMIME-Version: 1.0\r\n";

std::string beside(const std::string& cms, const std::string& content) {
    return head +
           "Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; "
           "boundary=b\r\n"
           "\r\n--b\r\n" +
           content +
           "\r\n--b\r\nContent-Type: application/pkcs7-signature\r\n"
           "Content-Transfer-Encoding: base64\r\n\r\n" +
           smime::encode_base64({reinterpret_cast<const std::uint8_t*>(cms.data()), cms.size()}) +
           "--b--\r\n";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const smime::Settings settings = trusting();
    static const keystore::Keystore nobody;
    constexpr Time at{std::chrono::seconds{signed_key::made_at}};
    const std::string cms{reinterpret_cast<const char*>(data), size};
    const auto verdict = [at](const std::string& message) {
        const auto report = smime::open(message, nobody, settings, at).report;
        bool one_passes = false;
        for (const auto& layer : report.layers) {
            for (const auto& signer : layer.signers) {
                check((signer.verdict == smime::Verdict::pass) == signer.reason.empty());
                one_passes |= signer.verdict == smime::Verdict::pass;
            }
        }
        const bool pass = report.verdict == smime::Verdict::pass;
        check(!pass || (one_passes && report.reason.empty() && report.signature == "pass"));
        return pass;
    };
    const std::string content = "Content-Type: text/plain\r\n\r\nhello\r\n";
    if (verdict(beside(cms, content))) {
        check(!verdict(beside(cms, content + "x")));
        check(!verdict(beside(cms, "Content-Type: text/plain\r\n\r\nHello\r\n")));
    }
    verdict(head +
            "Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: binary\r\n\r\n" +
            cms);
    return 0;
}
