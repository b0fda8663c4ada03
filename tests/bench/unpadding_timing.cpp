#include <algorithm>
#include <array>

#include "keystore/crypto.hpp"
#include "tests/bench/welch.hpp"

// Does the clock tell a good padding from a bad one?

using namespace keystore;

namespace {

constexpr int samples = 200'000;
constexpr std::size_t modulus_size = 256, key_length = 32;

/// Four at a time: one is about as quick as the clock is fine.
void compare(const std::string& what, const std::array<SecretBytes, 2>& inputs,
             const std::function<void(const SecretBytes&)>& unpad) {
    SecretBytes input{inputs[0].expose()};  // one place in memory for both
    welch::compare(
        what, samples,
        [&](int kind) {
            const BytesView chosen = inputs[static_cast<std::size_t>(kind)].expose();
            std::copy(chosen.begin(), chosen.end(), input.expose().begin());
        },
        [&] {
            for (int repeat = 0; repeat < 4; ++repeat) unpad(input);
        });
}

SecretBytes encoded(std::uint8_t second, std::size_t zero_at) {
    SecretBytes em{modulus_size};
    std::fill(em.expose().begin(), em.expose().end(), std::uint8_t{0x77});
    em.expose()[0] = 0;
    em.expose()[1] = second;
    em.expose()[zero_at] = 0;
    return em;
}

Bytes from_hex(std::string_view text) {
    Bytes octets;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2)
        octets.push_back(
            static_cast<std::uint8_t>(std::stoi(std::string{text.substr(i, 2)}, nullptr, 16)));
    return octets;
}

/// A wrapped key, and one that was changed in its last octet.
std::array<SecretBytes, 2> good_and_bad(const Bytes& wrapped) {
    Bytes changed = wrapped;
    changed.back() ^= 2;
    return {SecretBytes{BytesView{wrapped}}, SecretBytes{BytesView{changed}}};
}

}  // namespace

int main() {
    const std::size_t separator = modulus_size - key_length - 1;
    const auto v15 = [](const SecretBytes& em) { unpad_pkcs1_v15(em, SecretBytes{key_length}); };
    const auto pair = [](SecretBytes a, SecretBytes b) {
        return std::array<SecretBytes, 2>{std::move(a), std::move(b)};
    };
    compare("v1.5, the same twice", pair(encoded(2, separator), encoded(2, separator)), v15);
    compare("v1.5, good and wrong type", pair(encoded(2, separator), encoded(1, separator)), v15);
    compare("v1.5, good and early zero", pair(encoded(2, separator), encoded(2, 5)), v15);
    compare("v1.5, good and no zero", pair(encoded(2, separator), encoded(2, 0)), v15);

    // Whatever OAEP finds is random, but for one that begins with a zero and one that does not.
    const auto oaep = [](const SecretBytes& em) {
        unpad_oaep(em, Digest::sha256, Digest::sha256, {}, SecretBytes{key_length});
    };
    SecretBytes other = encoded(2, 0);
    other.expose()[0] = 1;
    compare("OAEP, zero first and not", pair(encoded(2, 0), std::move(other)), oaep);

    // Key unwrapping: what is in the wrapped key, or what is not (RFC 3394, 3217).
    const Bytes kek = from_hex("255e0d1c07b646dfb3134cc843ba8aa71f025b7c0838251f");
    const auto aes = [&](const SecretBytes& wrapped) {
        aes_unwrap_key(kek, wrapped.expose(), SecretBytes{16});
    };
    const Bytes aes_wrapped =  // the key of RFC 3394, 4.1, by openssl enc -id-aes192-wrap
        from_hex("3717d973b5e633ca72fbdc85c5aafd0add4d64bf41395b4a");
    compare("AES unwrapping, good and bad", good_and_bad(aes_wrapped), aes);
    const auto des3 = [&](const SecretBytes& wrapped) {
        des3_unwrap_key(kek, wrapped.expose(), SecretBytes{24});
    };
    const Bytes des3_wrapped = from_hex(  // RFC 3217, 3.4
        "690107618ef092b3b48ca1796b234ae9fa33ebb4159604037db5d6a84eb3aac2768c632775a467d4");
    compare("3DES unwrapping, good and bad", good_and_bad(des3_wrapped), des3);

    const auto cbc = [](const SecretBytes& text) {
        volatile std::uint8_t seen = unpad_pkcs7(text.expose(), 16).valid;
        static_cast<void>(seen);
    };
    SecretBytes good{modulus_size}, bad{modulus_size};
    std::fill(good.expose().begin(), good.expose().end(), std::uint8_t{16});
    std::fill(bad.expose().begin(), bad.expose().end(), std::uint8_t{17});
    compare("CBC padding, good and bad", pair(std::move(good), std::move(bad)), cbc);
}
