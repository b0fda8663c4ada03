#include "proxy/main_keys.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>

#include "proxy/command_keys.hpp"
#include "proxy/nearest.hpp"

namespace {

constexpr std::array<std::string_view, 6> commands{"list",  "import",      "remove",
                                                   "trust", "export-cert", "harvest"};
constexpr const char* all_commands = "list, import, remove, trust, export-cert or harvest";

}  // namespace

struct KeysCommands::Lines {
    CLI::App* keys = nullptr;
    CLI::App *list = nullptr, *import = nullptr, *remove = nullptr, *trust = nullptr,
             *export_cert = nullptr, *harvest = nullptr;
    std::vector<std::string> words;  // files, names or messages, of whichever command there is
    proxy::KeysListArguments listed;
    bool intermediate = false, yes = false;
    std::string name, address, which, output;
};

KeysCommands::KeysCommands(CLI::App& app, const std::function<void(CLI::App&)>& add_config)
    : lines_{std::make_unique<Lines>()} {
    auto& l = *lines_;
    l.keys = app.add_subcommand("keys", "your keys, and whose signatures you believe");
    l.keys->require_subcommand(1);
    l.keys->footer(
        "Exit status: 0 done, 1 something was refused or is not there,\n"
        "2 usage or configuration error.");
    const auto add = [&](const char* name, const char* what) {
        auto* command = l.keys->add_subcommand(name, what);
        add_config(*command);
        return command;
    };
    l.list = add("list", "show keys, anchors, intermediates, lists of revoked certificates, pins");
    l.list->add_flag("--json", l.listed.json, "as JSON");
    l.list->add_flag("--unlock", l.listed.unlock, "ask for passphrases, if they are asked for");
    l.import = add("import", "copy key files (.p12, .pem, or .key beside .crt) to your keys");
    l.import->add_option("FILE", l.words, "key files")->required()->type_name("");
    l.import->add_option("--name", l.name, "its name among your keys")->type_name("NAME");
    l.remove = add("remove", "move a key or certificate aside, into the folder \"removed\"");
    l.remove->add_option("NAME", l.words, "files, as keys list shows them")
        ->required()
        ->type_name("");
    l.trust = add("trust", "believe CAs, or one person's certificate");
    l.trust->add_option("FILE", l.words, "certificates")->required()->type_name("");
    auto* intermediate = l.trust->add_flag(
        "--intermediate", l.intermediate,
        "add intermediates: they help to find the way to an anchor, and are none");
    l.trust->add_option("--address", l.address, "pin one person's certificate to this address")
        ->type_name("ADDRESS")
        ->excludes(intermediate);
    l.trust->add_flag("--yes", l.yes, "do not ask");
    l.export_cert = add("export-cert", "print a certificate of yours, for others to encrypt to");
    l.export_cert->add_option("WHICH", l.which, "its file, address or fingerprint")->type_name("");
    l.export_cert->add_option("-o,--output", l.output, "write it to a new file")->type_name("FILE");
    l.harvest = add("harvest", "keep the intermediates that came with messages");
    l.harvest->add_option("MESSAGE", l.words, "files with one message each")
        ->required()
        ->type_name("");
}

KeysCommands::~KeysCommands() = default;

bool KeysCommands::parsed() const {
    return lines_->keys->parsed();
}

int KeysCommands::run(const proxy::Config& config) const {
    const auto& l = *lines_;
    if (l.list->parsed()) return proxy::command_keys_list(config, l.listed);
    if (l.import->parsed()) return proxy::command_keys_import(config, l.words, l.name);
    if (l.remove->parsed()) return proxy::command_keys_remove(config, l.words);
    if (l.export_cert->parsed()) return proxy::command_keys_export_cert(config, l.which, l.output);
    if (l.harvest->parsed()) return proxy::command_keys_harvest(config, l.words);
    if (l.address.empty())
        return proxy::command_keys_trust(config, {l.words, l.intermediate, l.yes});
    if (l.words.size() > 1) throw proxy::ConfigError("paperknife: --address is for one file");
    return proxy::command_keys_pin(config, l.address, l.words.front(), l.yes);
}

std::string KeysCommands::complaint(const std::vector<std::string>& words) {
    const auto keys = std::find(words.begin(), words.end(), "keys");
    if (keys == words.end()) return {};
    for (auto word = keys + 1; word != words.end(); ++word) {
        if (*word == "-c" || *word == "--config") {
            if (++word == words.end()) break;
        } else if (!word->starts_with('-')) {
            if (std::find(commands.begin(), commands.end(), *word) != commands.end()) return {};
            const auto meant = proxy::nearest(*word, commands);
            return "there is no command keys \"" + *word + "\"" +
                   (meant ? "; did you mean \"" + std::string{*meant} + "\"?"
                          : std::string{", but "} + all_commands);
        }
    }
    return std::string{"keys: a word is missing: "} + all_commands;
}
