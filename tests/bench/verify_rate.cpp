// Verified messages a second: verify_rate SAMPLES [SECONDS]. Whole `smime::open` of a clear-signed
// message, with the path of its signer, on one core, beside nothing but the signatures that have to
// be verified for it: that of the message and that of the signer's certificate.

#include <chrono>
#include <ctime>
#include <functional>
#include <iomanip>
#include <iostream>

#include "keystore/public_key.hpp"
#include "keystore/signature_algorithm.hpp"
#include "smime/open.hpp"
#include "tests/smime/samples.hpp"

namespace {

using keystore::PublicKey;
using keystore::SignatureAlgorithm;

/// How often in a second of processor time.
double rate(double seconds, const std::function<void()>& work) {
    const auto spent = [] {
        timespec now{};
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
        return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
    };
    work();
    const double start = spent();
    std::size_t count = 0;
    while (spent() - start < seconds)
        for (int i = 0; i < 20; ++i, ++count) work();
    return static_cast<double>(count) / (spent() - start);
}

keystore::Certificate certificate(const std::filesystem::path& file) {
    return keystore::Certificate::parse(samples::pem_blocks(file).at(0)).value();
}

/// One verification of a certificate's signature, which was digested before.
std::function<void()> verification(const keystore::Certificate& what,
                                   const keystore::Certificate& issuer) {
    const auto algorithm = SignatureAlgorithm::parse(what.signature_algorithm).value();
    const auto key = PublicKey::parse(issuer.subject_public_key_info).value();
    const auto digest = keystore::hash(*algorithm.digest, what.tbs_certificate());
    return [=, signature = what.signature] {
        if (!key.verify_digest(algorithm, digest, signature)) throw std::runtime_error{"it is bad"};
    };
}

/// One verification by the curve's key. That the signature is not over this digest takes no less
/// time.
std::function<void()> curve_verification(const keystore::Certificate& signer,
                                         const std::string& signature) {
    const auto key = PublicKey::parse(signer.subject_public_key_info).value();
    SignatureAlgorithm algorithm;
    algorithm.family = SignatureAlgorithm::Family::ecdsa;
    algorithm.digest = keystore::Digest::sha256;
    const keystore::Bytes digest(32, 0x5a);
    const auto octets = samples::octets(signature);
    return [=, value = keystore::Bytes{octets.begin(), octets.end()}] {
        if (key.verify_digest(algorithm, digest, value)) throw std::runtime_error{"it is good"};
    };
}

/// The last OCTET STRING of a message's CMS: its signer's signature.
std::string signature_of(const std::string& message) {
    const auto begin = message.find("\r\n\r\n", message.rfind("\r\n--=_b\r\n")) + 4;
    const auto cms = smime::decode_base64(
        std::string_view{message}.substr(begin, message.rfind("--=_b--") - begin));
    const std::string text{cms.octets.expose_text()};
    for (auto at = text.size() - 2; at > 0; --at)
        if (text[at] == '\x04' &&
            static_cast<std::size_t>(static_cast<unsigned char>(text[at + 1])) + at + 2 ==
                text.size())
            return text.substr(at + 2);
    throw std::runtime_error{"no signature"};
}

}  // namespace

int main(int count, char** words) {
    if (count < 2) return 2;
    const std::filesystem::path directory = words[1];
    const double seconds = count > 2 ? std::strtod(words[2], nullptr) : 2;
    smime::Settings settings;
    settings.signatures = samples::signature_policy({directory / "ca.crt"});
    const keystore::Keystore nobody;
    const auto at = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    const auto anchor = certificate(directory / "ca.crt");
    const double rsa =
        rate(seconds, verification(certificate(directory / "single" / "rsa.crt"), anchor));
    const auto p256 = samples::read(directory / "p256-ecdsa-p256-sha256-attr-issuer-detached.eml");
    const double curve = rate(
        seconds,
        curve_verification(certificate(directory / "single" / "p256.crt"), signature_of(p256)));
    const auto print = [&](const std::string& what, const std::string& name, double bare) {
        const auto message = samples::read(directory / (name + ".eml"));
        const double opened = rate(seconds, [&] {
            if (smime::open(message, nobody, settings, at).report.verdict != smime::Verdict::pass)
                throw std::runtime_error{name + " does not pass"};
        });
        std::cout << std::fixed << std::setprecision(0) << "| " << what << " | " << opened << " | "
                  << bare << " | " << std::setprecision(2) << opened / bare << " |" << std::endl;
    };
    std::cout << "| clear-signed, one core | verified messages/s | its bare signature checks/s | "
                 "ratio |\n"
                 "|---|---|---|---|\n";
    print("RSA 2048, CA of RSA 2048", "rsa-rsa-sha256-attr-issuer-detached", rsa / 2);
    print("P-256, CA of RSA 2048", "p256-ecdsa-p256-sha256-attr-issuer-detached",
          1 / (1 / rsa + 1 / curve));
}
