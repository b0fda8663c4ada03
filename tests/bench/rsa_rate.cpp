// The bare rate of RSA private operations on every core, as openings use them:  rsa_rate KEY.der
// SECONDS prints "OPERATIONS_PER_SECOND THREADS". Nothing can open messages faster.

#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <thread>
#include <vector>

#include "keystore/crypto.hpp"

int main(int count, char** arguments) {
    if (count != 3) return 1;
    std::ifstream file{arguments[1], std::ios::binary};
    const std::vector<char> octets{std::istreambuf_iterator<char>{file}, {}};
    const auto key = keystore::PrivateKey::parse(
        {reinterpret_cast<const std::uint8_t*>(octets.data()), octets.size()});
    if (!key) return 2;
    const auto threads = std::max(1U, std::thread::hardware_concurrency());
    const auto end =
        std::chrono::steady_clock::now() + std::chrono::seconds{std::atoi(arguments[2])};
    std::atomic<std::size_t> operations = 0;
    const auto start = std::chrono::steady_clock::now();
    std::vector<std::thread> workers;
    for (unsigned i = 0; i < threads; ++i) {
        workers.emplace_back([&] {
            keystore::Bytes ciphertext((key->bits() + 7) / 8, 1);
            while (std::chrono::steady_clock::now() < end) {
                if (key->rsa_raw(ciphertext)) ++operations;
            }
        });
    }
    for (auto& worker : workers) worker.join();
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    std::printf("%.1f %u\n", static_cast<double>(operations) / seconds.count(), threads);
    return 0;
}
