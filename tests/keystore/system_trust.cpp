// Prints whom p11-kit trusts for mail, as configured in a folder of its own: system_trust FOLDER

#define P11_KIT_FUTURE_UNSTABLE_API 1
#include "keystore/system_trust.hpp"

#include <p11-kit/p11-kit.h>

#include <cstdio>
#include <filesystem>

#include "keystore/key_file_error.hpp"

int main(int count, char** words) {
    if (count != 2) return 2;
    const auto folder = std::filesystem::absolute(words[1]);
    const auto modules = folder / "modules", none = folder / "none";
    p11_kit_override_system_files(none.c_str(), none.c_str(), modules.c_str(), none.c_str(),
                                  none.c_str());
    try {
        const auto trust = keystore::SystemTrust::read();
        std::printf("%s\n", trust.knows_purposes ? "knows purposes" : "knows no purposes");
        for (const auto& anchor : trust.anchors) std::printf("%s\n", anchor.subject_text.c_str());
    } catch (const keystore::KeyFileError& error) {
        std::printf("%s\n", error.what());
        return 1;
    }
    return 0;
}
