// CERT-10: what a message may cost that was made to cost us: hostile_signatures SAMPLES
// [MILLISECONDS]
//
// Each way to make somebody else's computer verify is taken as far as it goes, in a message of any
// size that a mail server takes. Prints the processor time of each; fails if one takes longer than
// MILLISECONDS.

#include <sodium.h>

#include <array>
#include <ctime>
#include <functional>
#include <iomanip>
#include <iostream>

#include "smime/base64.hpp"
#include "smime/open.hpp"
#include "tests/smime/samples.hpp"

namespace {

namespace der = keystore::der;
using keystore::Bytes;
using keystore::BytesView;

// ------------------------------------------------------------------ DER

Bytes joined(const std::vector<Bytes>& parts) {
    Bytes all;
    for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
    return all;
}

Bytes element(der::Tag tag, const std::vector<Bytes>& parts) {
    der::Writer out;
    out.element(tag, joined(parts));
    return out.take();
}

Bytes sequence(const std::vector<Bytes>& parts) {
    return element(der::sequence, parts);
}

Bytes oid(std::string_view dotted) {
    der::Writer out;
    out.oid(dotted);
    return out.take();
}

Bytes integer(std::uint64_t value) {
    der::Writer out;
    out.integer(value);
    return out.take();
}

Bytes text(std::string_view value) {
    return {value.begin(), value.end()};
}

Bytes explicit_tag(std::uint32_t number, const std::vector<Bytes>& parts) {
    return element(der::context(number, true), parts);
}

Bytes octet_string(const Bytes& content) {
    return element(der::octet_string, {content});
}

Bytes bit_string(const Bytes& content) {
    return element(der::bit_string, {{0}, content});
}

Bytes name(const std::string& common_name) {
    const Bytes value = element({0, 12, false}, {text(common_name)});
    return sequence({element(der::set, {sequence({oid("2.5.4.3"), value})})});
}

const Bytes ed25519 = sequence({oid("1.3.101.112")});
const Bytes sha512 = sequence({oid("2.16.840.1.101.3.4.2.3")});

/// A key of Ed25519, whose signatures cost nothing to make.
struct Key {
    std::array<std::uint8_t, crypto_sign_PUBLICKEYBYTES> open{};
    std::array<std::uint8_t, crypto_sign_SECRETKEYBYTES> secret{};

    explicit Key(std::uint8_t seed) {
        std::array<std::uint8_t, crypto_sign_SEEDBYTES> octets{};
        octets.fill(seed);
        crypto_sign_seed_keypair(open.data(), secret.data(), octets.data());
    }
    Bytes sign(const Bytes& what) const {
        Bytes signature(crypto_sign_BYTES);
        crypto_sign_detached(signature.data(), nullptr, what.data(), what.size(), secret.data());
        return signature;
    }
    Bytes info() const { return sequence({ed25519, bit_string({open.begin(), open.end()})}); }
};

const Key root{1}, mallory{2};

Bytes signed_by(const Key& key, const Bytes& what) {
    return sequence({what, ed25519, bit_string(key.sign(what))});
}

Bytes extension(std::string_view id, const Bytes& value) {
    return sequence({oid(id), octet_string(value)});
}

Bytes time(std::string_view value) {
    return element(der::generalized_time, {text(value)});
}

const Bytes ca = extension("2.5.29.19", sequence({element(der::boolean, {{0xff}})}));

struct Made {
    std::string subject = "mallory", issuer = "root";
    std::uint64_t serial = 1;
    std::vector<Bytes> extensions = {};
    const Key* by = &mallory;
    Bytes key = mallory.info();
};

Bytes certificate(const Made& made) {
    std::vector<Bytes> fields{explicit_tag(0, {integer(2)}),
                              integer(made.serial),
                              ed25519,
                              name(made.issuer),
                              sequence({time("20200101000000Z"), time("20491231235959Z")}),
                              name(made.subject),
                              made.key};
    if (!made.extensions.empty()) fields.push_back(explicit_tag(3, {sequence(made.extensions)}));
    return signed_by(*made.by, sequence(fields));
}

/// GeneralNames of one form, or GeneralSubtrees of them.
Bytes addresses(std::size_t count, std::size_t size, bool subtrees) {
    std::vector<Bytes> all;
    for (std::size_t i = 0; i < count; ++i) {
        const std::string local(size, subtrees ? 'y' : 'x');
        const std::string address = local + std::to_string(i) + "@example.org";
        const Bytes one = element(der::context(1, false), {text(address)});
        all.push_back(subtrees ? sequence({one}) : one);
    }
    return joined(all);
}

Bytes alternative_names(std::size_t count, std::size_t size) {
    return extension("2.5.29.17", sequence({addresses(count, size, false)}));
}

Bytes name_constraints(std::size_t count, std::size_t size) {
    return extension("2.5.29.30", sequence({explicit_tag(1, {addresses(count, size, true)})}));
}

// ------------------------------------------------------------------ messages

const std::string content = "Content-Type: text/plain\r\n\r\nhello\r\n";

/// A SignerInfo without attributes.
Bytes signer(const Bytes& identifier, const Bytes& signature, const Bytes& algorithm = ed25519,
             const Bytes& digest = sha512) {
    return sequence({integer(3), identifier, digest, algorithm, octet_string(signature)});
}

Bytes named(const std::string& issuer, std::uint64_t serial) {
    return sequence({name(issuer), integer(serial)});
}

Bytes good_signature(const Key& key = mallory) {
    return key.sign(text(content));
}

struct Parts {
    std::vector<Bytes> certificates = {}, lists = {}, signers = {};
    std::string content = ::content;
};

const std::vector<std::string> digest_oids{"1.2.840.113549.2.5",     "1.3.14.3.2.26",
                                           "2.16.840.1.101.3.4.2.4", "2.16.840.1.101.3.4.2.1",
                                           "2.16.840.1.101.3.4.2.2", "2.16.840.1.101.3.4.2.3"};

Bytes signed_data(const Parts& parts, bool detached) {
    std::vector<Bytes> digests, inside{oid("1.2.840.113549.1.7.1")};
    for (const auto& one : digest_oids) digests.push_back(sequence({oid(one)}));
    if (!detached) inside.push_back(explicit_tag(0, {octet_string(text(parts.content))}));
    std::vector<Bytes> fields{integer(3), element(der::set, digests), sequence(inside),
                              explicit_tag(0, parts.certificates)};
    if (!parts.lists.empty()) fields.push_back(explicit_tag(1, parts.lists));
    fields.push_back(element(der::set, parts.signers));
    return sequence({oid("1.2.840.113549.1.7.2"), explicit_tag(0, {sequence(fields)})});
}

std::string message(const Parts& parts) {
    return "From: mallory@example.org\r\nMIME-Version: 1.0\r\n" +
           samples::entity(signed_data(parts, false));
}

std::string clear_signed(const Parts& parts) {
    return "From: mallory@example.org\r\nMIME-Version: 1.0\r\nContent-Type: multipart/signed; "
           "protocol=\"application/pkcs7-signature\"; boundary=b\r\n\r\n--b\r\n" +
           parts.content +
           "\r\n--b\r\nContent-Type: application/pkcs7-signature\r\n"
           "Content-Transfer-Encoding: base64\r\n\r\n" +
           smime::encode_base64(signed_data(parts, true)) + "--b--\r\n";
}

/// So many signers, each with a certificate of its own that made changes.
Parts signers(std::size_t count, const std::function<void(Made&)>& make,
              const Bytes& signature = good_signature(), const Bytes& algorithm = ed25519) {
    Parts parts;
    for (std::size_t i = 0; i < count; ++i) {
        Made made;
        made.serial = 1000 + i;
        make(made);
        parts.certificates.push_back(certificate(made));
        parts.signers.push_back(signer(named(made.issuer, made.serial), signature, algorithm));
    }
    return parts;
}

Bytes key_of(const std::filesystem::path& file) {
    return keystore::Certificate::parse(samples::pem_blocks(file).at(0))
        .value()
        .subject_public_key_info;
}

/// The slowest RSA key that is allowed: 8192 bits, and an exponent of 256.
Bytes slow_rsa(std::uint8_t number) {
    Bytes modulus(1024, 0xa5), exponent(32, 0xff);
    modulus[10] = number;
    modulus.back() = 0xff;
    der::Writer inside;
    inside.unsigned_integer(modulus);
    inside.unsigned_integer(exponent);
    return sequence(
        {sequence({oid("1.2.840.113549.1.1.1"), {5, 0}}), bit_string(sequence({inside.take()}))});
}

Bytes list(const std::string& issuer, std::size_t entries, const Key& key) {
    std::vector<Bytes> revoked;
    for (std::size_t i = 0; i < entries; ++i)
        revoked.push_back(sequence({integer(100'000 + i), time("20250101000000Z")}));
    return signed_by(key, sequence({integer(1), ed25519, name(issuer), time("20250101000000Z"),
                                    time("20491231235959Z"), sequence({joined(revoked)})}));
}

struct Case {
    std::string what;
    std::function<std::string()> make;
};

std::vector<Case> cases(const std::filesystem::path& samples) {
    const Bytes rsa_sha512 = sequence({oid("1.2.840.113549.1.1.13"), {5, 0}});
    const Bytes ecdsa_sha512 = sequence({oid("1.2.840.10045.4.3.4")});
    const auto large = Bytes(63, 0x55);
    der::Writer number;
    number.unsigned_integer(large);
    const Bytes ecdsa_value = sequence({number.octets(), number.octets()});
    const auto curve = [=](const std::string& which) {
        return [=] {
            const Bytes key = key_of(samples / "single" / (which + ".crt"));
            return message(signers(
                100, [&](Made& made) { made.key = key; }, ecdsa_value, ecdsa_sha512));
        };
    };
    return {
        {"100 signers, trusted",
         [] { return message(signers(100, [](Made& made) { made.by = &root; })); }},
        {"1 000 signers", [] { return message(signers(1000, [](Made&) {})); }},
        {"100 signers, RSA of 8192 bits, exponent of 256",
         [=] {
             std::uint8_t next = 0;
             return message(signers(
                 100, [&](Made& made) { made.key = slow_rsa(next++); }, Bytes(1024, 0x11),
                 rsa_sha512));
         }},
        {"100 signers, P-521", curve("p521")},
        {"100 signers, brainpoolP512r1", curve("bp512")},
        {"a chain of 50, twice",
         [] {
             Parts parts = signers(1, [](Made& made) { made.issuer = "0"; });
             for (int i = 0; i < 50; ++i)
                 for (std::uint64_t serial : {1U, 2U})
                     parts.certificates.push_back(
                         certificate({std::to_string(i),
                                      i == 49 ? "root" : std::to_string(i + 1),
                                      serial,
                                      {ca}}));
             return message(parts);
         }},
        {"9 CAs, all cross-certified by all; 100 signers",
         [] {
             Parts parts = signers(100, [](Made& made) { made.issuer = "0"; });
             std::uint64_t serial = 1;
             for (int i = 0; i < 9; ++i) {
                 for (int by = 0; by < 9; ++by)
                     if (i != by)
                         parts.certificates.push_back(
                             certificate({std::to_string(i), std::to_string(by), serial++, {ca}}));
                 parts.certificates.push_back(
                     certificate({std::to_string(i), "root", serial++, {ca}}));
             }
             return message(parts);
         }},
        {"20 CAs, the same; 1 signer",
         [] {
             Parts parts = signers(1, [](Made& made) { made.issuer = "0"; });
             std::uint64_t serial = 1;
             for (int i = 0; i < 20; ++i)
                 for (int by = 0; by < 20; ++by)
                     parts.certificates.push_back(
                         certificate({std::to_string(i),
                                      i == by ? "root" : std::to_string(by),
                                      serial++,
                                      {ca}}));
             return message(parts);
         }},
        {"400 issuers of one name; 100 signers",
         [] {
             Parts parts = signers(100, [](Made& made) { made.issuer = "0"; });
             for (std::uint64_t i = 0; i < 400; ++i)
                 parts.certificates.push_back(certificate({"0", "root", i, {ca}}));
             return message(parts);
         }},
        {"400 issuers with names of 2 kB; 100 signers",
         [] {
             const auto long_name = [](std::uint64_t i) {
                 return std::string(2000, 'n') + std::to_string(1000 + i);
             };
             Parts parts = signers(100, [&](Made& made) { made.issuer = long_name(0); });
             for (std::uint64_t i = 0; i < 400; ++i)
                 parts.certificates.push_back(
                     certificate({long_name(i), i == 399 ? "root" : long_name(i + 1), i, {ca}}));
             return message(parts);
         }},
        {"450 names, 440 constraints; 100 signers",
         [] {
             Parts parts = signers(1, [](Made& made) {
                 made.issuer = "0";
                 made.extensions = {alternative_names(450, 8)};
             });
             parts.signers.assign(100, parts.signers[0]);
             parts.certificates.push_back(
                 certificate({"0", "root", 7, {ca, name_constraints(440, 8)}}));
             return message(parts);
         }},
        {"450 names of 2 kB, 440 constraints; 1 signer",
         [] {
             Parts parts = signers(1, [](Made& made) {
                 made.issuer = "0";
                 made.extensions = {alternative_names(450, 2000)};
             });
             parts.certificates.push_back(
                 certificate({"0", "root", 7, {ca, name_constraints(440, 2000)}}));
             return message(parts);
         }},
        {"450 names of 50 kB, 440 constraints; 1 signer",
         [] {
             Parts parts = signers(1, [](Made& made) {
                 made.issuer = "0";
                 made.extensions = {alternative_names(450, 50'000)};
             });
             parts.certificates.push_back(
                 certificate({"0", "root", 7, {ca, name_constraints(440, 50'000)}}));
             return message(parts);
         }},
        {"10 000 certificates",
         [] {
             Parts parts = signers(1, [](Made& made) { made.by = &root; });
             for (std::uint64_t i = 0; i < 10'000; ++i)
                 parts.certificates.push_back(certificate({"0", "root", i}));
             return message(parts);
         }},
        {"a certificate of 25 MB; 100 signers",
         [] {
             Parts parts = signers(1, [](Made& made) {
                 made.by = &root;
                 made.extensions = {alternative_names(1, 25'000'000)};
             });
             parts.signers.assign(100, parts.signers[0]);
             return message(parts);
         }},
        {"499 certificates of one key identifier with 60 addresses; 100 signers",
         [] {
             const Bytes id = extension("2.5.29.14", octet_string(Bytes(20, 9)));
             Parts parts;
             for (std::uint64_t i = 0; i < 499; ++i)
                 parts.certificates.push_back(
                     certificate({"mallory", "root", i, {id, alternative_names(60, 8)}}));
             parts.signers.assign(
                 100, signer(element(der::context(0, false), {Bytes(20, 9)}), good_signature()));
             return message(parts);
         }},
        {"499 keys of 50 kB, named by their digest; 100 signers",
         [] {
             Parts parts;
             for (std::uint64_t i = 0; i < 499; ++i) {
                 Made made{"mallory", "root", i};
                 made.key = sequence({sequence({oid("1.2.3.4")}), bit_string(Bytes(50'000, 1))});
                 parts.certificates.push_back(certificate(made));
             }
             parts.signers.assign(
                 100, signer(element(der::context(0, false), {Bytes(20, 9)}), good_signature()));
             return message(parts);
         }},
        {"50 MB, 6 digests, lines of LF; clear",
         [] {
             Parts parts = signers(1, [](Made& made) { made.by = &root; });
             for (const auto& one : digest_oids)
                 for (const auto* algorithm : {"1.2.840.113549.1.1.1", "1.2.840.113549.1.1.13"})
                     parts.signers.push_back(signer(named("root", 1000), Bytes(256, 1),
                                                    sequence({oid(algorithm), {5, 0}}),
                                                    sequence({oid(one)})));
             // A key that all of these fit.
             parts.certificates = {
                 certificate({"mallory", "root", 1000, {}, &mallory, slow_rsa(1)})};
             parts.content = "Content-Type: text/plain\n\n";
             while (parts.content.size() < 50'000'000)
                 parts.content += "All work and no play makes Jack a dull boy\n";
             return clear_signed(parts);
         }},
        {"50 MB, 100 signers by Ed25519, lines of LF; clear",
         [] {
             Parts parts = signers(1, [](Made& made) { made.by = &root; });
             parts.signers.assign(100, parts.signers[0]);
             parts.content = "Content-Type: text/plain\n\n";
             while (parts.content.size() < 50'000'000)
                 parts.content += "All work and no play makes Jack a dull boy\n";
             return clear_signed(parts);
         }},
        {"100 CRLs of 10 000 entries",
         [] {
             Parts parts = signers(50, [](Made& made) { made.by = &root; });
             for (int i = 0; i < 100; ++i)
                 parts.lists.push_back(list("root", 10'000, i % 2 ? root : mallory));
             return message(parts);
         }},
        {"1 CRL of a million entries; 50 signers",
         [] {
             Parts parts = signers(50, [](Made& made) { made.by = &root; });
             parts.lists.push_back(list("root", 999'999, root));
             return message(parts);
         }},
        {"1 000 distribution points, 100 CRLs for 1 000; 50 signers",
         [] {
             std::vector<Bytes> uris;
             for (int i = 0; i < 1000; ++i)
                 uris.push_back(element(der::context(6, false),
                                        {text("http://example.org/" + std::to_string(i))}));
             std::vector<Bytes> points;
             for (int i = 0; i < 1000; ++i)
                 points.push_back(sequence({explicit_tag(
                     0, {explicit_tag(
                            0, {element(der::context(6, false),
                                        {text("http://example.com/" + std::to_string(i))})})})}));
             Parts parts = signers(50, [&](Made& made) {
                 made.by = &root;
                 if (made.serial == 1000)
                     made.extensions = {extension("2.5.29.31", sequence(points))};
             });
             parts.signers.assign(50, parts.signers[0]);
             for (std::uint64_t i = 0; i < 100; ++i) {
                 const Bytes point = sequence({oid("2.5.29.28"), element(der::boolean, {{0xff}}),
                                               octet_string(sequence({explicit_tag(
                                                   0, {explicit_tag(0, {joined(uris)})})}))});
                 parts.lists.push_back(signed_by(
                     root,
                     sequence({integer(1), ed25519, name("root"), time("20250101000000Z"),
                               time("20491231235959Z"),
                               explicit_tag(
                                   0, {sequence({point, extension("2.5.29.20", integer(i))})})})));
             }
             return message(parts);
         }},
    };
}

double processor_milliseconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

}  // namespace

int main(int count, char** words) {
    if (count < 2 || sodium_init() < 0) return 2;
    const double allowed = count > 2 ? std::strtod(words[2], nullptr) : 1e9;
    const keystore::Certificate::Time at{std::chrono::sys_days{std::chrono::year{2030} / 6 / 1}};
    auto trust = std::make_shared<keystore::Trust>();
    trust->anchors.push_back(
        keystore::Certificate::parse(certificate({"root", "root", 1, {ca}, &root, root.info()}))
            .value());
    smime::Settings settings;
    settings.signatures.trust = std::move(trust);
    const keystore::Keystore nobody;
    double worst = 0;
    for (const Case& one : cases(words[1])) {
        const std::string made = one.make();
        const double start = processor_milliseconds();
        const auto opened = smime::open(made, nobody, settings, at);
        const double spent = processor_milliseconds() - start;
        worst = std::max(worst, spent);
        std::cout << std::setw(7) << std::fixed << std::setprecision(0) << spent << " ms  "
                  << std::setw(5) << std::setprecision(1) << static_cast<double>(made.size()) / 1e6
                  << " MB  " << smime::word(opened.report.verdict) << ' ' << opened.report.reason
                  << "  " << one.what << (spent > allowed ? "  TOO LONG" : "") << std::endl;
    }
    return worst > allowed;
}
