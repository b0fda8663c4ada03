#include <CLI/CLI.hpp>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <new>
#include <string>
#include <vector>

#include "keystore/keystore.hpp"
#include "proxy/command_at.hpp"
#include "proxy/command_check.hpp"
#include "proxy/command_open.hpp"
#include "proxy/command_version.hpp"
#include "proxy/config.hpp"
#include "proxy/harden.hpp"
#include "proxy/log.hpp"
#include "proxy/main_keys.hpp"
#include "proxy/nearest.hpp"
#include "proxy/service.hpp"

namespace {

// Exit statuses; what a command says with 0 and 1 stands with the command.
constexpr int failed = 1;
constexpr int usage_or_configuration = 2;

/// Whatever can't be understood on the command line.
struct UsageError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The command line, as CLI11 fills it.
struct CommandLine {
    std::string config;
    std::string message = "-";
    std::string report;
    std::string at;
    bool summary = false;
    bool version = false;
};

proxy::Config load_config(const CommandLine& line) {
    if (!line.config.empty()) return proxy::Config::load(line.config);
    const auto file = proxy::default_config_file();
    if (!std::filesystem::exists(file)) {
        throw proxy::ConfigError(
            "there is no configuration yet: " + file.string() +
            " is not there; write it (examples/config.toml is a sample, paperknife.toml(5) "
            "tells all), or name "
            "another file with -c FILE");
    }
    return proxy::Config::load(file);
}

int run(const CommandLine& line) {
    const auto config = load_config(line);
    proxy::log::set_level(*proxy::log::level_named(config.log.level));
    return proxy::run_service(config);
}

int open(const CommandLine& line) {
    proxy::OpenArguments arguments;
    arguments.message = line.message;
    if (line.report == "-") {
        throw UsageError("--report: standard output is the message's; name a file, or /dev/stderr");
    }
    if (!line.report.empty()) arguments.report = line.report;
    arguments.at_arrival = line.at == "received";
    if (!line.at.empty() && !arguments.at_arrival) {
        arguments.at = proxy::parse_time(line.at);
        if (!arguments.at) {
            throw UsageError("--at: \"" + line.at +
                             "\" is no time; write 2026-11-23 or 2026-11-23T10:00:00Z (RFC 3339), "
                             "or received");
        }
    }
    arguments.summary = line.summary;
    const auto config = load_config(line);
    proxy::log::set_level(*proxy::log::level_named(config.log.level));
    return proxy::command_open(config, arguments);
}

int check(const CommandLine& line) {
    return proxy::command_check(load_config(line));
}

void add_config_option(CLI::App& command, CommandLine& line) {
    command
        .add_option("-c,--config", line.config,
                    "the configuration file [$XDG_CONFIG_HOME/paperknife/config.toml]")
        ->type_name("FILE");
}

void add_open_options(CLI::App& command, CommandLine& line) {
    command.add_option("--report", line.report, "write what was found to FILE, as JSON")
        ->type_name("FILE");
    command.add_flag(
        "--summary", line.summary,
        "tell on standard error what was found: who signed, what it is worth, and why");
    command
        .add_option("--at", line.at,
                    "judge validity at TIME, as 2026-11-23 or 2026-11-23T10:00:00Z, or received, "
                    "as in a mailbox [now]")
        ->type_name("TIME");
    command.add_option("MESSAGE", line.message, "a file with one message [standard input]")
        ->type_name("");
}

constexpr const char* missing_command = "a command is missing: run, check, open, keys or version";

/// The word that stands where a command should.
std::string command_word(const std::vector<std::string>& words) {
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i] == "-c" || words[i] == "--config") {
            ++i;
        } else if (!words[i].starts_with('-')) {
            return words[i];
        }
    }
    return {};
}

/// What CLI11 found wrong, or that there is no such command.
std::string complaint(const CLI::ParseError& error, const std::vector<std::string>& words) {
    constexpr std::string_view commands[] = {"run", "check", "open", "keys", "version"};
    const auto word = command_word(words);
    if (word.empty()) return missing_command;
    if (word == "keys") {
        auto text = KeysCommands::complaint(words);
        return text.empty() ? error.what() : text;
    }
    if (std::find(std::begin(commands), std::end(commands), word) != std::end(commands)) {
        return error.what();
    }
    const auto meant = proxy::nearest(word, commands);
    return "there is no command \"" + word + "\"" +
           (meant ? "; did you mean \"" + std::string{*meant} + "\"?"
                  : ", but run, check, open, keys and version");
}

int execute(int count, char** words, int& status_of_failure) {
    CommandLine line;
    CLI::App app{
        "paperknife opens S/MIME mail between a mail client and its IMAP server.\n"
        "It listens on this machine, passes everything on, and decrypts what is encrypted to you.",
        "paperknife"};
    app.require_subcommand(0, 1);
    app.footer(
        "paperknife COMMAND --help tells more; paperknife(1) and paperknife.toml(5) tell all.");
    add_config_option(app, line);
    app.add_flag("--version", line.version, "print name and version");
    auto* run_command =
        app.add_subcommand("run", "run the proxy, until it is told to end (SIGTERM)");
    auto* check_command = app.add_subcommand(
        "check", "look at configuration, keys and servers; say what is wrong and how to mend it");
    auto* open_command = app.add_subcommand(
        "open", "open one message, without any network; print it as clients see it");
    auto* version_command = app.add_subcommand("version", "print name and version");
    const KeysCommands keys_commands{app,
                                     [&](CLI::App& command) { add_config_option(command, line); }};
    for (auto* command : {run_command, check_command, open_command}) {
        add_config_option(*command, line);
    }
    add_open_options(*open_command, line);
    open_command->footer(
        "Exit status: 0 opened or nothing to open, 1 could not be opened (the message comes out\n"
        "unchanged), 2 usage or configuration error.");
    check_command->footer(
        "Exit status: 0 all is well, 1 there are problems, 2 usage or configuration error.");

    const std::vector<std::string> arguments(words + 1, words + count);
    try {
        app.parse(count, words);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) return app.exit(error);
        throw UsageError(complaint(error, arguments));
    }
    if (line.version || version_command->parsed()) {
        std::puts(proxy::version_text().c_str());
        return 0;
    }
    if (run_command->parsed()) {
        status_of_failure = failed;
        return run(line);
    }
    if (check_command->parsed()) return check(line);
    if (open_command->parsed()) return open(line);
    if (keys_commands.parsed()) return keys_commands.run(load_config(line));
    throw UsageError(missing_command);
}

void print_error(const std::string& text) {
    std::fprintf(stderr, "paperknife: %s\n", proxy::log::one_line(text).c_str());
}

}  // namespace

int main(int count, char** words) {
    int status_of_failure = usage_or_configuration;
    try {
        proxy::harden();
        return execute(count, words, status_of_failure);
    } catch (const UsageError& error) {
        print_error(error.what() + std::string{"; see paperknife --help"});
        return usage_or_configuration;
    } catch (const proxy::ConfigError& error) {
        // Its lines are escaped already, and begin with the place in the file.
        std::fprintf(stderr, "%s\n", error.what());
        return usage_or_configuration;
    } catch (const keystore::KeyFileError& error) {
        print_error(error.what());
        return usage_or_configuration;
    } catch (const std::bad_alloc&) {
        print_error("there is not enough memory");
        return status_of_failure;
    } catch (const std::exception& error) {
        print_error(error.what());
        return status_of_failure;
    }
}
