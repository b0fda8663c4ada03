#include "keystore/pkcs12_mac.hpp"

#include "keystore/pbes2.hpp"

namespace keystore {
namespace {

constexpr auto encoding = der::Limits::ber();
constexpr std::string_view pbmac1_oid = "1.2.840.113549.1.5.14";

[[noreturn]] void malformed() {
    throw KeyFileError{"its MAC is damaged"};
}

template <class T>
T need(std::optional<T> value) {
    if (!value) malformed();
    return std::move(*value);
}

/// A character of UTF-8 in UTF-16, big endian.
void append_utf16(SecretBytes& out, std::uint32_t c) {
    const auto unit = [&out](std::uint32_t value) {
        std::uint8_t two[] = {static_cast<std::uint8_t>(value >> 8 & 0xff),
                              static_cast<std::uint8_t>(value & 0xff)};
        out.append(two);
        wipe(two, sizeof two);
    };
    if (c >= 0x10000) {
        unit(0xd800 + ((c - 0x10000) >> 10));
        unit(0xdc00 + ((c - 0x10000) & 0x3ff));
    } else {
        unit(c);
    }
}

/// The passphrase as a BMPString with a final zero (RFC 7292, B.1). What is not UTF-8 is taken
/// octet for octet, as openssl does.
SecretBytes bmp_string(BytesView passphrase) {
    SecretBytes bmp, octet_for_octet;
    bool is_utf8 = true;
    for (const std::uint8_t octet : passphrase) append_utf16(octet_for_octet, octet);
    for (std::size_t i = 0; i < passphrase.size();) {
        const std::uint8_t lead = passphrase[i++];
        const std::size_t more = lead < 0x80   ? 0
                                 : lead < 0xc2 ? 4
                                 : lead < 0xe0 ? 1
                                 : lead < 0xf0 ? 2
                                               : 3;
        is_utf8 = is_utf8 && more < 4 && lead < 0xf5 && more <= passphrase.size() - i;
        if (!is_utf8) break;
        std::uint32_t c = more == 0 ? lead : lead & (0x3fU >> more);
        for (std::size_t k = 0; k < more; ++k, ++i) {
            is_utf8 = is_utf8 && (passphrase[i] & 0xc0) == 0x80;
            c = c << 6 | (passphrase[i] & 0x3fU);
        }
        append_utf16(bmp, c);
    }
    SecretBytes& chosen = is_utf8 ? bmp : octet_for_octet;
    append_utf16(chosen, 0);
    return std::move(chosen);
}

/// Octets repeated until they fill whole blocks (RFC 7292, B.2, steps 2 and 3).
void append_filled(SecretBytes& out, BytesView octets, std::size_t block) {
    if (octets.empty()) return;
    const std::size_t size = (octets.size() + block - 1) / block * block;
    for (std::size_t i = 0; i < size; ++i) {
        const std::uint8_t octet[] = {octets[i % octets.size()]};
        out.append(octet);
    }
}

}  // namespace

Pkcs12Mac Pkcs12Mac::read(der::Reader& in) {
    Pkcs12Mac mac;
    auto data = need(in.enter(der::sequence));
    auto digest_info = need(data.enter(der::sequence));
    auto algorithm = need(digest_info.enter(der::sequence));
    const auto oid = need(algorithm.oid());
    const auto digest = digest_of(oid);
    if (oid == pbmac1_oid) {
        const auto parameters = need(algorithm.next(der::sequence));
        mac.pbmac1_parameters_.emplace(parameters.octets.begin(), parameters.octets.end());
    } else if (!digest) {
        throw KeyFileError{"its MAC algorithm " + oid + " is unknown"};
    } else {
        mac.digest_ = *digest;
    }
    mac.mac_ = need(der::string_octets(need(digest_info.next(der::octet_string)), encoding));
    mac.salt_ = need(der::string_octets(need(data.next(der::octet_string)), encoding));
    if (mac.salt_.size() > limits::salt) malformed();
    if (!data.at_end()) mac.iterations_ = need(data.small_integer());
    return mac;
}

/// The key of the MAC (RFC 7292, B.2 with the ID 3). It is as long as the digest: one round of the
/// outer loop.
SecretBytes Pkcs12Mac::key_of(BytesView bmp_passphrase) const {
    const std::size_t block = digest_size(digest_) > 32 ? 128 : 64;
    SecretBytes input;
    append_filled(input, Bytes{3}, block);
    append_filled(input, salt_, block);
    append_filled(input, bmp_passphrase, block);
    SecretBytes key = std::move(input);
    for (std::uint64_t i = 0; i < iterations_; ++i) {
        Hash hash{digest_};
        hash.update(key.expose());
        key = hash.finish_secret();
    }
    return key;
}

/// PBMAC1-params (RFC 8018, A.5): a PBKDF2 that names its key's length, and an HMAC.
bool Pkcs12Mac::verify_pbmac1(BytesView content, const SecretBytes& passphrase,
                              DerivationBudget& budget) const {
    der::Reader outer{*pbmac1_parameters_, encoding};
    auto parameters = need(outer.enter(der::sequence));
    auto derivation = need(parameters.enter(der::sequence));
    auto scheme = need(parameters.enter(der::sequence));
    const auto digest = hmac_digest_of(need(scheme.oid()));
    if (derivation.oid() != "1.2.840.113549.1.5.12" || !digest)
        throw KeyFileError{"its MAC algorithm is unknown"};
    der::Reader ahead = derivation;
    auto kdf = need(ahead.enter(der::sequence));
    kdf.next(der::octet_string);
    kdf.small_integer();
    const auto length = need(kdf.small_integer());
    if (length == 0 || length > 1024) malformed();
    const SecretBytes key =
        derive_pbkdf2(derivation, passphrase, static_cast<std::size_t>(length), budget);
    return equal_in_constant_time(hmac(*digest, key.expose(), content).expose(), mac_);
}

bool Pkcs12Mac::verify(BytesView content, const SecretBytes& passphrase,
                       DerivationBudget& budget) const {
    if (pbmac1_parameters_) return verify_pbmac1(content, passphrase, budget);
    budget.spend_iterations(iterations_);
    const auto fits = [&](BytesView bmp_passphrase) {
        const SecretBytes key = key_of(bmp_passphrase);
        return equal_in_constant_time(hmac(digest_, key.expose(), content).expose(), mac_);
    };
    if (fits(bmp_string(passphrase.expose()).expose())) return true;
    // No passphrase at all is not the same as an empty one; both are written.
    if (!passphrase.empty()) return false;
    budget.spend_iterations(iterations_);
    return fits({});
}

}  // namespace keystore
