#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <iostream>
#include <random>
#include <string>
#include <vector>

/// Does the clock tell one input from another? Both are worked on in random order, and Welch's t
/// says whether the two samples of times could be one (as dudect does: Reparaz, Balasch and
/// Verbauwhede, 2017). A |t| above 10 that grows with the number of samples is a leak; noise stays
/// below 5 or so.
namespace welch {

struct Sample {
    int kind;
    double nanoseconds;
};

struct Moments {
    double mean = 0, variance = 0;
    std::size_t count = 0;
};

inline Moments moments(const std::vector<Sample>& all, int kind, double longest) {
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

/// Measures and prints. prepare puts an input (0 or 1) in its place, which is one for both; run is
/// what the clock looks at. The slowest tenth is left out: interrupts and the like.
inline void compare(const std::string& what, int samples, const std::function<void(int)>& prepare,
                    const std::function<void()>& run) {
    std::mt19937 random{42};
    std::vector<Sample> all;
    for (int i = 0; i < samples; ++i) {
        const int kind = static_cast<int>(random() & 1U);
        prepare(kind);
        const auto start = std::chrono::steady_clock::now();
        run();
        const std::chrono::duration<double, std::nano> took =
            std::chrono::steady_clock::now() - start;
        all.push_back({kind, took.count()});
    }
    std::vector<double> times;
    for (const Sample& sample : all) times.push_back(sample.nanoseconds);
    const auto longest = times.begin() + static_cast<std::ptrdiff_t>(times.size() * 9 / 10);
    std::nth_element(times.begin(), longest, times.end());

    const Moments a = moments(all, 0, *longest), b = moments(all, 1, *longest);
    const double t = (a.mean - b.mean) / std::sqrt(a.variance / static_cast<double>(a.count) +
                                                   b.variance / static_cast<double>(b.count));
    std::cout << what << ": " << a.mean << " ns and " << b.mean << " ns, t = " << t << std::endl;
}

}  // namespace welch
