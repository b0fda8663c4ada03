#pragma once

#include <cstdio>
#include <string>
#include <string_view>

#include "proxy/log.hpp"

namespace proxy {

/// Findings are what `check` says, a line each. They are printed as they come: a server that does
/// not answer takes its time.
class Findings {
public:
    void ok(const std::string& text) { print("ok", text); }
    void note(const std::string& text) { print("note", text); }
    void problem(const std::string& text) {
        print("problem", text);
        ++problems_;
    }
    int problems() const { return problems_; }

private:
    static void print(std::string_view kind, const std::string& text) {
        std::printf("%-8s %s\n", std::string{kind}.c_str(), log::one_line(text).c_str());
        std::fflush(stdout);
    }

    int problems_ = 0;
};

}  // namespace proxy
