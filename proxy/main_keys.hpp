#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "proxy/config.hpp"

namespace CLI {
class App;
}

/// KeysCommands is `paperknife keys …` on the command line.
class KeysCommands {
public:
    /// Adds the command to app. add_config gives each of its commands the option -c.
    KeysCommands(CLI::App& app, const std::function<void(CLI::App&)>& add_config);
    ~KeysCommands();
    KeysCommands(const KeysCommands&) = delete;
    KeysCommands& operator=(const KeysCommands&) = delete;

    bool parsed() const;
    /// Runs the one that was parsed, and gives its exit status.
    int run(const proxy::Config& config) const;

    /// What is wrong with a command line whose first word is "keys", in better words than the
    /// parser's; empty if the parser's will do.
    static std::string complaint(const std::vector<std::string>& words);

private:
    struct Lines;
    std::unique_ptr<Lines> lines_;
};
