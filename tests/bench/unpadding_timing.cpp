#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <functional>
#include <iostream>
#include <random>
#include <string>

#include "keystore/crypto.hpp"

// Does the clock tell a good padding from a bad one? Both are unpadded in random order, and Welch's
// t says whether the two samples of times could be one (as dudect does: Reparaz, Balasch and
// Verbauwhede, 2017). A |t| above 10 that grows with the number of samples is a leak; noise stays
// below 5 or so.

using namespace keystore;

namespace {

constexpr int samples = 200'000;
constexpr std::size_t modulus_size = 256, key_length = 32;

struct Sample {
    int kind;
    double nanoseconds;
};

struct Moments {
    double mean = 0, variance = 0;
    std::size_t count = 0;
};

Moments moments(const std::vector<Sample>& all, int kind, double longest) {
    Moments m;
    double sum = 0, squares = 0;
    for (const Sample& sample : all) {
        if (sample.kind != kind || sample.nanoseconds > longest) continue;
        sum += sample.nanoseconds;
        squares += sample.nanoseconds * sample.nanoseconds;
        ++m.count;
    }
    const auto n = static_cast<double>(m.count);
    m.mean = sum / n;
    m.variance = (squares - sum * sum / n) / (n - 1);
    return m;
}

/// Measures both inputs in random order. The slowest tenth is left out: interrupts and the like.
void compare(const std::string& what, const std::array<SecretBytes, 2>& inputs,
             const std::function<void(const SecretBytes&)>& unpad) {
    std::mt19937 random{42};
    SecretBytes input{inputs[0].expose()};  // one place in memory for both
    std::vector<Sample> all;
    for (int i = 0; i < samples; ++i) {
        const int kind = static_cast<int>(random() & 1U);
        const BytesView chosen = inputs[static_cast<std::size_t>(kind)].expose();
        std::copy(chosen.begin(), chosen.end(), input.expose().begin());
        const auto start = std::chrono::steady_clock::now();
        for (int repeat = 0; repeat < 4; ++repeat) unpad(input);
        const std::chrono::duration<double, std::nano> took =
            std::chrono::steady_clock::now() - start;
        all.push_back({kind, took.count() / 4});
    }
    std::vector<double> times;
    for (const Sample& sample : all) times.push_back(sample.nanoseconds);
    const auto longest = times.begin() + static_cast<std::ptrdiff_t>(times.size() * 9 / 10);
    std::nth_element(times.begin(), longest, times.end());

    const Moments a = moments(all, 0, *longest), b = moments(all, 1, *longest);
    const double t = (a.mean - b.mean) / std::sqrt(a.variance / static_cast<double>(a.count) +
                                                   b.variance / static_cast<double>(b.count));
    std::cout << what << ": " << a.mean << " ns and " << b.mean << " ns, t = " << t << '\n';
}

SecretBytes encoded(std::uint8_t second, std::size_t zero_at) {
    SecretBytes em{modulus_size};
    std::fill(em.expose().begin(), em.expose().end(), std::uint8_t{0x77});
    em.expose()[0] = 0;
    em.expose()[1] = second;
    em.expose()[zero_at] = 0;
    return em;
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

    const auto cbc = [](const SecretBytes& text) {
        volatile bool seen = size_without_padding(text.expose(), 16).has_value();
        static_cast<void>(seen);
    };
    SecretBytes good{modulus_size}, bad{modulus_size};
    std::fill(good.expose().begin(), good.expose().end(), std::uint8_t{16});
    std::fill(bad.expose().begin(), bad.expose().end(), std::uint8_t{17});
    compare("CBC padding, good and bad", pair(std::move(good), std::move(bad)), cbc);
}
