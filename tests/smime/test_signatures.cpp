#include <algorithm>
#include <chrono>
#include <map>
#include <sstream>

#include "smime/entity.hpp"
#include "smime/header.hpp"
#include "smime/open.hpp"
#include "smime/own_field.hpp"
#include "smime/view_header.hpp"
#include "tests/catch.hpp"
#include "tests/smime/der_tree.hpp"
#include "tests/smime/samples.hpp"

// What make_signed.sh and make_signed.py made with openssl, each with what must be said of it.

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

fs::path directory() {
    const char* path = std::getenv("PAPERKNIFE_SIGNED_SAMPLES");
    if (!path) throw std::runtime_error{"PAPERKNIFE_SIGNED_SAMPLES: where make_signed.sh wrote to"};
    return path;
}

keystore::Certificate::Time now() {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

const keystore::Keystore& bob() {
    static const keystore::Keystore keys = [] {
        std::vector<keystore::Identity> identities;
        identities.push_back(samples::identity(directory() / "keys" / "bob.pem"));
        return keystore::Keystore{std::move(identities)};
    }();
    return keys;
}

/// That the CA of the samples, and its CRL, are all that is relied on.
const smime::Settings& settings() {
    static const smime::Settings all = [] {
        smime::Settings made;
        made.signatures =
            samples::signature_policy({directory() / "ca.crt"}, {directory() / "ca.crl"});
        return made;
    }();
    return all;
}

smime::Opened open(const std::string& message,
                   std::optional<keystore::Certificate::Time> at = now()) {
    return smime::open(message, bob(), settings(), at);
}

smime::Opened open_sample(const std::string& name) {
    return open(samples::read(directory() / (name + ".eml")));
}

std::string or_dash(std::string_view text) {
    return std::string{text.empty() ? "-" : text};
}

/// As make_signed.sh writes it.
std::string words(const smime::Report& report) {
    std::string text =
        std::string{smime::word(report.verdict)} + ' ' + or_dash(report.reason) + '\n';
    for (const auto& layer : report.layers)
        for (const auto& signer : layer.signers)
            text += std::string{smime::word(signer.verdict)} + ' ' + or_dash(signer.reason) + ' ' +
                    or_dash(signer.digest) + ' ' + or_dash(signer.signature) + '\n';
    return text;
}

/// The lines in an order that depends on nothing: a SET OF has none.
std::string sorted(const std::string& text) {
    std::istringstream in{text};
    std::string first, line, result;
    std::getline(in, first);
    std::vector<std::string> lines;
    while (std::getline(in, line)) lines.push_back(line);
    std::sort(lines.begin(), lines.end());
    for (const auto& one : lines) result += one + '\n';
    return first + '\n' + result;
}

std::string with_from(std::string message, const std::string& from) {
    const auto begin = message.find("From: ");
    return message.replace(begin, message.find("\r\n", begin) - begin, from);
}

}  // namespace

TEST_CASE("Signed messages of openssl get the verdict they must", "[signatures]") {
    std::size_t count = 0;
    for (const auto& entry : fs::directory_iterator{directory()}) {
        if (entry.path().extension() != ".eml") continue;
        ++count;
        INFO(entry.path().stem().string());
        const auto message = samples::read(entry.path());
        auto expectation = entry.path();
        const auto expected = samples::read(expectation.replace_extension(".expect"));
        const auto opened = open(message);
        CHECK(sorted(words(opened.report)) == sorted(expected));
        // Below what is said of it, clear-signed mail goes as it came, octet for octet (MIME-08).
        const bool clear = message.find("\nContent-Type: multipart/signed") != message.npos;
        if (clear && opened.view && opened.report.layers.size() == 1) {
            const auto header_size = smime::Entity::read(message).header.size();
            CHECK(opened.view->body() == message.substr(header_size));
            const auto kept = smime::signed_header(message.substr(0, header_size));
            CHECK(opened.view->header().ends_with(kept));
            CHECK(opened.view->header() ==
                  smime::signed_status_fields(opened.report, settings().presentation) + kept);
        }
        // A listing tells its size without opening it.
        if (clear && opened.report.encryption == smime::Encryption::none) {
            REQUIRE(opened.view);
            CHECK(opened.view->size() ==
                  message.size() + smime::signed_status_octets(settings().presentation));
        }
        // Nobody looks unless asked to, and then it is never a pass.
        const auto unasked = open(message, std::nullopt).report;
        CHECK(unasked.verdict != smime::Verdict::pass);
        CHECK(unasked.verdict != smime::Verdict::fail);
    }
    CHECK(count > 300);
}

TEST_CASE("What the report says of a signer", "[signatures]") {
    const auto report = open_sample("p256-ecdsa-p256-sha256-attr-issuer-opaque").report;
    REQUIRE(report.layers.size() == 1);
    REQUIRE(report.layers[0].signers.size() == 1);
    const smime::Signer& signer = report.layers[0].signers[0];
    CHECK(signer.address == "alice@example.org");
    CHECK(signer.subject == "O=Example,CN=p256");
    CHECK(signer.issuer == "CN=ca,O=Example");
    REQUIRE(signer.signing_time);
    CHECK(*signer.signing_time > now() - 24h);
    REQUIRE(signer.valid);
    CHECK(smime::time_text(signer.valid->first) == "2020-01-01T00:00:00Z");
    CHECK(smime::time_text(signer.valid->second) == "2049-12-31T23:59:59Z");
    CHECK(signer.revocation == keystore::Revocation::good);
    CHECK(report.signature == "pass");
    CHECK(report.layers[0].intact);
    const auto json = smime::json(report);
    CHECK(json.find(
              R"("signers": [{"verdict": "pass", "reason": "", "address": "alice@example.org", )"
              R"("subject": "O=Example,CN=p256", "issuer": "CN=ca,O=Example", )"
              R"("digest": "sha-256", "signature": "ecdsa-p256", "signing_time": "20)") !=
          json.npos);
}

TEST_CASE("SIG-08: both times are told if they differ", "[signatures]") {
    const auto dates = [](const std::string& name) {
        const auto report = open_sample(name).report;
        const smime::Signer& signer = report.layers.at(0).signers.at(0);
        return std::pair{signer.signing_time.has_value(), signer.date};
    };
    const auto [signed_now, dated] = dates("dated");
    CHECK(signed_now);
    REQUIRE(dated);
    CHECK(smime::time_text(*dated) == "2024-01-01T00:00:00Z");
    CHECK(smime::json(open_sample("dated").report).find(R"("date": "2024-01-01T00:00:00Z")") !=
          std::string::npos);
    CHECK_FALSE(dates("signed-minute").second);
}

TEST_CASE("SIG-08: a Date that can't be read, or is not there, hides no old signature",
          "[signatures]") {
    const auto message = samples::read(directory() / "signed-year.eml");
    const auto reason = [&](const std::string& date) {
        auto changed = message;
        const auto begin = changed.find("Date: ");
        changed.replace(begin, changed.find("\r\n", begin) + 2 - begin, date);
        return open(changed).report.reason;
    };
    CHECK(open(message).report.reason == "date");
    CHECK(reason("") == "date");
    CHECK(reason("Date:\r\n") == "date");
    CHECK(reason("Date: today at noon\r\n") == "date");
    CHECK(reason("Date: 23 Nov 2026 24:00:00 +0000\r\n") == "date");
    // What has just been signed came just now.
    auto undated = samples::read(directory() / "attributes.eml");
    const auto begin = undated.find("Date: ");
    undated.erase(begin, undated.find("\r\n", begin) + 2 - begin);
    CHECK(open(undated).report.reason.empty());
}

TEST_CASE("ENC-04: what was signed and whole was not changed on its way", "[signatures]") {
    using smime::Encryption;
    CHECK(open_sample("encrypted-signed-aes256").report.encryption == Encryption::authenticated);
    CHECK(open_sample("encrypted-signed-aes-256-gcm").report.encryption ==
          Encryption::authenticated);
    CHECK(open_sample("triple").report.encryption == Encryption::authenticated);
    // The outer signature says nothing of what was inside.
    CHECK(open_sample("signed-encrypted").report.encryption == Encryption::unauthenticated);
    const auto message = samples::read(directory() / "encrypted-signed-aes256.eml");
    CHECK(open(message, std::nullopt).report.encryption == Encryption::unauthenticated);
}

TEST_CASE("SIG-10: what a signer need not have known is not added to what he signed",
          "[signatures]") {
    auto attaching = settings();
    attaching.errant = smime::Errant::attach;
    const auto message = samples::read(directory() / "signed-ciphertext-beside-text.eml");
    const auto opened = smime::open(message, bob(), attaching, now());
    CHECK(opened.report.verdict == smime::Verdict::pass);
    REQUIRE(opened.report.errant.size() == 1);
    CHECK(opened.report.errant[0].result == "errant-layer");
    REQUIRE(opened.view);
    CHECK(opened.view->body().find("opened-errant-layer") == std::string_view::npos);
    CHECK(opened.view->body() == open(message).view.value().body());
}

TEST_CASE("The view of an opaque message says what its signature is worth", "[signatures]") {
    const auto header = [](const std::string& name) {
        return std::string{open_sample(name).view.value().header()};
    };
    CHECK(header("rsa-rsa-sha256-attr-issuer-opaque").find("; signature=pass") !=
          std::string::npos);
    const auto three = header("signed-signed");
    CHECK(three.find("signature=policy; reason=unbound-address") != std::string::npos);
    CHECK(open_sample("rsa-rsa-sha256-attr-issuer-opaque").view.value().body() ==
          "Dear Bob,\r\n\r\nthe figures are attached, I hope. \r\nF\u00fcr dich. \r\n");
}

TEST_CASE("CERT-06: validity is judged when the message came", "[signatures]") {
    const auto message = samples::read(directory() / "expired.eml");
    const auto at = [&](int year) {
        const auto report =
            open(message, std::chrono::sys_days{std::chrono::year{year} / 6 / 1}).report;
        return std::string{smime::word(report.verdict)} + ' ' + report.reason;
    };
    // The signature itself was made today: its time is ahead of those.
    CHECK(at(2009).starts_with("policy "));
    CHECK(at(2010) == "policy date");
    CHECK(at(2011) == "policy expired");
}

TEST_CASE("CERT-11: a pin holds whatever the chain says", "[signatures]") {
    const auto certificate = [](const std::string& name) {
        const auto pem = samples::read(directory() / "single" / (name + ".crt"));
        const auto begin = pem.find('\n') + 1;
        return smime::decode_base64(
            std::string_view{pem}.substr(begin, pem.find("-----END") - begin));
    };
    const auto pin = [&](const std::string& address, const std::string& name) {
        return smime::Pin{
            *smime::MailAddress::parse(address),
            keystore::hash(keystore::Digest::sha256, certificate(name).octets.expose())};
    };
    const auto message = samples::read(directory() / "attributes.eml");
    const auto reason = [&](std::vector<smime::Pin> pins) {
        auto pinned = settings();
        pinned.signatures.pins = std::move(pins);
        return smime::open(message, bob(), pinned, now()).report.reason;
    };
    CHECK(reason({pin("alice@example.org", "rsa")}) == "");
    CHECK(reason({pin("ALICE@example.org", "p256")}) == "pin");
    CHECK(reason({pin("alice@example.org", "p256"), pin("alice@example.org", "rsa")}) == "");
    CHECK(reason({pin("carol@example.org", "p256")}) == "");
}

TEST_CASE("CERT-10: what a message may cost", "[signatures]") {
    namespace der = keystore::der;
    const auto message = samples::read(directory() / "attributes.eml");
    const auto begin = message.rfind("\r\n\r\n", message.rfind("--=_b--")) + 4;
    const auto cms = smime::decode_base64(
        std::string_view{message}.substr(begin, message.rfind("--=_b--") - begin));
    auto root = der_tree::parse(cms.octets.expose());
    auto& signed_data = root.children[1].children[0].children;
    const auto put_back = [&] {
        const auto octets = der_tree::write(root, der_tree::Form::definite);
        return message.substr(0, begin) + smime::encode_base64(octets) + "--=_b--\r\n";
    };
    const auto started = std::chrono::steady_clock::now();
    SECTION("certificates") {
        auto& certificates = signed_data[3].children;
        while (certificates.size() < 500) certificates.push_back(certificates[0]);
        CHECK(open(put_back()).report.verdict == smime::Verdict::pass);
        while (certificates.size() < 10'000) certificates.push_back(certificates[0]);
        const auto report = open(put_back()).report;
        CHECK(report.verdict == smime::Verdict::permerror);
        CHECK(report.reason == "too-complex");
    }
    SECTION("signers") {
        auto& infos = signed_data[4].children;
        while (infos.size() < 1'000) infos.push_back(infos[0]);
        const auto report = open(put_back()).report;
        CHECK(report.verdict == smime::Verdict::permerror);
        CHECK(report.reason == "too-complex");
        CHECK(report.layers[0].signers.size() == 101);
    }
    SECTION("nesting in the attributes") {
        der_tree::Node nested{der::sequence, {}, {}};
        for (int i = 0; i < 40; ++i) nested = der_tree::Node{der::sequence, {}, {nested}};
        signed_data[4].children[0].children[3].children.push_back(nested);
        CHECK(open(put_back()).report.verdict == smime::Verdict::fail);
    }
    CHECK(std::chrono::steady_clock::now() - started < 30s);
}

TEST_CASE("SIG-01: text around the parts of multipart/signed is not signed", "[signatures]") {
    const auto message = samples::read(directory() / "attributes.eml");
    const auto at = message.find("--=_b\r\n");
    CHECK(open(message).report.layers[0].intact);
    auto before = message;
    before.insert(at, "Pay Mallory.\r\n");
    CHECK(open(before).report.verdict == smime::Verdict::pass);
    CHECK_FALSE(open(before).report.layers[0].intact);
    CHECK_FALSE(open(message + "Pay Mallory.\r\n").report.layers[0].intact);
}

TEST_CASE("ST-06: only who is shown to have written has signed", "[signatures]") {
    const auto message = samples::read(directory() / "attributes.eml");
    const auto reason = [&](const std::string& from) {
        const auto report = open(with_from(message, from)).report;
        CHECK((report.verdict == smime::Verdict::pass) == report.reason.empty());
        return report.reason;
    };
    CHECK(reason("From: <alice@example.org>") == "");
    CHECK(reason("X-From: alice@example.org") == "unbound-address");
    CHECK(reason("Sender: alice@example.org") == "unbound-address");
    CHECK(reason("From: mallory@example.org\r\nSender: alice@example.org") == "unbound-address");
    CHECK(reason("From: alice@example.org\r\nFrom: mallory@example.org") == "multiple-from");
    CHECK(reason("From: =?utf-8?Q?Bob_=3Cbob=40example.org=3E?= <alice@example.org>") ==
          "display-name");
}

namespace {

const std::string footer = "Content-Type: text/plain\r\n\r\nTo leave, write to the list.\r\n";

/// A message's signed entity in a multipart/mixed with a mailing list's footer below.
std::string with_footer(const std::string& message) {
    const auto mime = message.find("MIME-Version: 1.0\r\n");
    return message.substr(0, mime) +
           "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=list\r\n\r\n--list\r\n" +
           message.substr(mime) + "\r\n--list\r\n" + footer + "--list--\r\n";
}

bool passes_anywhere(const smime::Report& report) {
    const auto passes = [](const smime::Signer& signer) {
        return signer.verdict == smime::Verdict::pass;
    };
    return report.verdict == smime::Verdict::pass || report.signature == "pass" ||
           std::ranges::any_of(report.errant, [&](const smime::ErrantLayer& errant) {
               return std::ranges::any_of(errant.signers, passes);
           });
}

}  // namespace

TEST_CASE("MIME-02: what a mailing list has put a footer below is a detail", "[signatures]") {
    int told = 0;
    for (const auto& entry : fs::directory_iterator{directory()}) {
        if (entry.path().extension() != ".eml") continue;
        const auto message = samples::read(entry.path());
        if (message.find("MIME-Version: 1.0\r\n") == std::string::npos) continue;
        INFO(entry.path());
        const auto alone = open(message).report;
        const auto report = open(with_footer(message)).report;
        CHECK_FALSE(passes_anywhere(report));
        CHECK(report.layers.empty());
        const bool signed_at_root = !alone.layers.empty() && alone.layers.front().has_signers;
        if (!signed_at_root || alone.error || alone.encryption != smime::Encryption::none) continue;
        ++told;
        REQUIRE(report.errant.size() == 1);
        CHECK(report.verdict == smime::Verdict::none);
        CHECK(report.reason == smime::list_modified);
        const auto& signers = report.errant[0].signers;
        REQUIRE(signers.size() == alone.layers.front().signers.size());
        for (std::size_t i = 0; i < signers.size(); ++i) {
            const auto& before = alone.layers.front().signers[i];
            const bool passed = before.verdict == smime::Verdict::pass;
            CHECK(signers[i].reason == (passed ? smime::list_modified : before.reason));
            CHECK(signers[i].verdict == (passed ? smime::Verdict::none : before.verdict));
        }
    }
    CHECK(told > 50);
}

TEST_CASE("MIME-02: a footer cut anywhere makes no pass", "[signatures]") {
    const auto message = with_footer(samples::read(directory() / "attributes.eml"));
    for (std::size_t size = 0; size <= message.size(); ++size)
        if (passes_anywhere(open(message.substr(0, size)).report)) FAIL(size);
}

TEST_CASE("\"Johnny, you are fired!\": nothing forged passes", "[signatures]") {
    std::map<std::string, int> classes;
    for (const auto& entry : fs::directory_iterator{directory() / "johnny"}) {
        const auto name = entry.path().stem().string();
        INFO(name);
        const auto opened = open(samples::read(entry.path()));
        CHECK((opened.report.verdict == smime::Verdict::pass) == (name == "untouched"));
        CHECK((opened.report.signature == "pass") == (name == "untouched"));
        CHECK(passes_anywhere(opened.report) == (name == "untouched"));
        ++classes[name.substr(0, 2)];
        // Covert content: below anything that is plain, nothing is opened for whoever put it there.
        const std::string_view shown = opened.view ? opened.view->body() : std::string_view{};
        if (name[0] == 'X' && !name.starts_with("X1"))
            CHECK(shown.find("The secret of Bob") == shown.npos);
        if (!opened.view) continue;
        // Of whatever the message brought, nothing stands where our word stands.
        const auto header = opened.view->header();
        if (name == "untouched") continue;
        CHECK(header.starts_with("X-Paperknife: "));
        CHECK(header.find("X-Paperknife", 1) == header.npos);
        CHECK(header.find("signature=pass") == header.npos);
        CHECK(smime::json(opened.report).find("\\u000a") == std::string::npos);
    }
    for (const auto name : {"C1", "C2", "C3", "C4", "M1", "M2", "M3", "M4", "I1", "I2", "I3", "G1",
                            "G2", "U1", "X1", "X2", "X3", "X4"}) {
        INFO(name);
        CHECK(classes[name] >= 2);
    }
}
