#include <algorithm>
#include <array>
#include <bit>
#include <mutex>

#include "keystore/crypto.hpp"
#include "keystore/crypto_object.hpp"
#include "keystore/crypto_random.hpp"
#include "keystore/crypto_rsa.hpp"
#include "keystore/der.hpp"
#include "keystore/ec_private_key.hpp"
#include "keystore/limits.hpp"

namespace keystore {
namespace {

constexpr auto encoding = der::Limits::ber();  // old key files are not always DER

/// The fields of an RSAPrivateKey (RFC 8017, A.1.2) that the rest follows from.
struct RsaNumbers {
    BytesView n, e, d, p, q;
};

std::optional<BytesView> positive_integer(der::Reader& in) {
    auto octets = in.integer_octets();
    if (!octets || octets->front() >= 0x80) return std::nullopt;
    while (!octets->empty() && octets->front() == 0) octets = octets->subspan(1);
    return octets->empty() ? std::nullopt : octets;
}

std::optional<RsaNumbers> read_rsa_private_key(BytesView octets) {
    der::Reader outer{octets, encoding};
    auto in = outer.enter(der::sequence);
    if (!in || in->small_integer() != 0) return std::nullopt;  // 1: more than two primes
    const auto n = positive_integer(*in), e = positive_integer(*in), d = positive_integer(*in),
               p = positive_integer(*in), q = positive_integer(*in);
    if (!n || !e || !d || !p || !q) return std::nullopt;
    return RsaNumbers{*n, *e, *d, *p, *q};
}

std::size_t bit_size(BytesView magnitude) {
    return magnitude.size() * 8 - static_cast<std::size_t>(std::countl_zero(magnitude.front()));
}

Bytes subject_public_key_info(const RsaNumbers& numbers) {
    der::Writer key, algorithm, info, outer;
    key.unsigned_integer(numbers.n);
    key.unsigned_integer(numbers.e);
    der::Writer rsa_public_key;
    rsa_public_key.raw(std::array<std::uint8_t, 1>{0});  // no unused bits
    rsa_public_key.element(der::sequence, key.octets());
    algorithm.oid("1.2.840.113549.1.1.1");  // rsaEncryption
    algorithm.null();
    info.element(der::sequence, algorithm.octets());
    info.element(der::bit_string, rsa_public_key.octets());
    outer.element(der::sequence, info.octets());
    return outer.take();
}

/// What a PrivateKeyInfo (RFC 5958, 2) says its key is, and the key's octets.
struct PrivateKeyInfo {
    std::string algorithm;
    der::Reader parameters;
    BytesView key;
};

std::optional<PrivateKeyInfo> read_private_key_info(BytesView octets) {
    der::Reader outer{octets, encoding};
    auto in = outer.enter(der::sequence);
    if (!in || !in->small_integer()) return std::nullopt;
    auto algorithm = in->enter(der::sequence);
    if (!algorithm) return std::nullopt;
    auto oid = algorithm->oid();
    const auto key = in->next(der::octet_string);
    if (!oid || !key || key->tag.constructed) return std::nullopt;
    return PrivateKeyInfo{std::move(*oid), *algorithm, key->content};
}

/// True for rsaEncryption, RSAES-OAEP and RSASSA-PSS (RFC 4055): one kind of key.
bool is_rsa_oid(std::string_view oid) {
    return oid == "1.2.840.113549.1.1.1" || oid == "1.2.840.113549.1.1.7" ||
           oid == "1.2.840.113549.1.1.10";
}

}  // namespace

struct PrivateKey::State {
    std::optional<Curve> curve;
    std::size_t bits = 0;
    Bytes public_key;
    SecretBytes rejection_secret;
    SecretBytes ec_private_key;

    // mbedTLS locks an RSA context for the whole of a private operation. So the first is only
    // copied from, and each operation takes a copy out of the pool; the mutex is held for that
    // alone.
    Rsa rsa;
    std::mutex mutex;
    std::vector<std::unique_ptr<Rsa>> pool;

    std::unique_ptr<Rsa> take() {
        {
            const std::lock_guard lock{mutex};
            if (!pool.empty()) {
                auto copy = std::move(pool.back());
                pool.pop_back();
                return copy;
            }
        }
        auto copy = std::make_unique<Rsa>();
        if (mbedtls_rsa_copy(copy->get(), rsa.get()) != 0) return nullptr;
        return copy;
    }

    void give_back(std::unique_ptr<Rsa> copy) {
        const std::lock_guard lock{mutex};
        pool.push_back(std::move(copy));
    }

    bool set_rsa(const RsaNumbers& k);
    bool set_ec(const EcPrivateKey& k);
};

bool PrivateKey::State::set_rsa(const RsaNumbers& k) {
    bits = bit_size(k.n);
    if (bits > limits::rsa_bits || k.e.size() > limits::rsa_exponent) return false;
    public_key = subject_public_key_info(k);
    Hash secret{Digest::sha256};
    secret.update(k.d);
    rejection_secret = secret.finish_secret();
    return mbedtls_rsa_import_raw(rsa.get(), k.n.data(), k.n.size(), k.p.data(), k.p.size(),
                                  k.q.data(), k.q.size(), k.d.data(), k.d.size(), k.e.data(),
                                  k.e.size()) == 0 &&
           mbedtls_rsa_complete(rsa.get()) == 0 && mbedtls_rsa_check_privkey(rsa.get()) == 0;
}

bool PrivateKey::State::set_ec(const EcPrivateKey& k) {
    const auto point = ecdh_public_key(k.curve, k.octets);
    if (!point) return false;
    curve = k.curve;
    bits = field_bits(k.curve);
    public_key = subject_public_key_info(k.curve, *point);
    ec_private_key = SecretBytes{k.octets};
    Hash secret{Digest::sha256};
    secret.update(k.octets);
    rejection_secret = secret.finish_secret();
    return true;
}

PrivateKey::PrivateKey(std::unique_ptr<State> state) : state_{std::move(state)} {}
PrivateKey::~PrivateKey() = default;
PrivateKey::PrivateKey(PrivateKey&&) noexcept = default;
PrivateKey& PrivateKey::operator=(PrivateKey&&) noexcept = default;

std::optional<PrivateKey> PrivateKey::parse(BytesView der) {
    auto state = std::make_unique<State>();
    const auto info = read_private_key_info(der);
    if (const auto ec = info ? EcPrivateKey::read(info->algorithm, info->parameters, info->key)
                             : EcPrivateKey::read(der)) {
        if (!state->set_ec(*ec)) return std::nullopt;
        return PrivateKey{std::move(state)};
    }
    if (info && !is_rsa_oid(info->algorithm)) return std::nullopt;
    const auto rsa = read_rsa_private_key(info ? info->key : der);
    if (!rsa || !state->set_rsa(*rsa)) return std::nullopt;
    return PrivateKey{std::move(state)};
}

bool PrivateKey::is_rsa() const {
    return !state_->curve;
}
std::optional<Curve> PrivateKey::curve() const {
    return state_->curve;
}
std::size_t PrivateKey::bits() const {
    return state_->bits;
}
const Bytes& PrivateKey::public_key() const {
    return state_->public_key;
}

std::optional<SecretBytes> PrivateKey::rsa_raw(BytesView c) const {
    if (state_->curve || c.size() != (state_->bits + 7) / 8) return std::nullopt;
    auto rsa = state_->take();
    if (!rsa) return std::nullopt;
    SecretBytes m{c.size()};
    const int status =
        mbedtls_rsa_private(rsa->get(), random_for_mbedtls, nullptr, c.data(), m.expose().data());
    state_->give_back(std::move(rsa));
    if (status != 0) return std::nullopt;
    return m;
}

std::optional<SecretBytes> PrivateKey::agree(BytesView public_key) const {
    if (!state_->curve) return std::nullopt;
    return ecdh(*state_->curve, state_->ec_private_key.expose(), public_key);
}

SecretBytes PrivateKey::substitute(BytesView c, std::size_t length) const {
    SecretBytes key;
    key.reserve(length + 32);
    for (std::uint8_t counter = 0; key.size() < length; ++counter) {
        Bytes input{counter};
        input.insert(input.end(), c.begin(), c.end());
        key.append(hmac(Digest::sha256, state_->rejection_secret.expose(), input).expose());
    }
    key.resize(length);
    return key;
}

}  // namespace keystore
