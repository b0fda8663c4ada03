#include "proxy/command_version.hpp"

#include "keystore/crypto.hpp"

namespace proxy {

std::string version_text() {
    std::string text = "paperknife " PAPERKNIFE_VERSION "\n" + keystore::library_version();
    if (!keystore::library_is_current()) text += " (lacks security fixes that 3.6.6 has)";
    return text;
}

}  // namespace proxy
