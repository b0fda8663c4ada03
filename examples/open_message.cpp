// Opens one S/MIME message:  open_message KEY-DIRECTORY MESSAGE >PLAINTEXT
// All that paperknife does to a message, without IMAP. The key files must need no passphrase.

#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "keystore/keystore.hpp"
#include "smime/open.hpp"

int main(int argc, char** argv) try {
    if (argc != 3) {
        std::cerr << "usage: open_message KEY-DIRECTORY MESSAGE\n";
        return 2;
    }
    std::vector<keystore::KeyFileReport> reports;
    const auto no_passphrase = [](const auto&) { return std::nullopt; };
    const auto keys = keystore::Keystore::load(argv[1], no_passphrase, reports);

    std::ifstream file{argv[2], std::ios::binary};
    const std::string message{std::istreambuf_iterator<char>{file}, {}};
    const smime::Opened opened = smime::open(message, keys, {});

    std::cerr << smime::json(opened.report);
    if (opened.view)
        std::cout << opened.view->header() << opened.view->body();
    else
        std::cout << message;
    return opened.report.error ? 1 : 0;
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 2;
}
