#include "proxy/trust_folder.hpp"

#include <algorithm>

#include "keystore/anchor.hpp"
#include "keystore/pem.hpp"
#include "keystore/trust_files.hpp"
#include "proxy/own_folder.hpp"

namespace proxy {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t longest_name = 40;
constexpr std::size_t shown_digits = 12;

/// True for what is a folder, or is not there yet and looks like one.
bool is_folder(const NamedPath& named) {
    std::error_code ignored;
    if (fs::exists(named.path, ignored)) return fs::is_directory(named.path, ignored);
    return named.path.extension().empty();
}

TrustFolder folder_of(const Config& config, const std::vector<NamedPath>& named,
                      const std::string& key, const NamedPath* other) {
    const auto found = std::find_if(named.begin(), named.end(), is_folder);
    if (found != named.end()) return {found->path, {}};
    TrustFolder folder{config.file.parent_path() / key, {}};
    const auto* list = named.empty() ? other : &named.front();
    folder.hint =
        list ? "add \"" + key + "\" to the list: " + list->where
             : config.file.string() + ": write below [verify]: " + key + " = [\"" + key + "\"]";
    return folder;
}

/// "example-root-ca-0123456789ab.pem": whom it is of, and which one.
std::string file_name(const keystore::Certificate& certificate) {
    std::string name;
    for (const char c : certificate.subject_text) {
        if (name.size() == longest_name) break;
        const bool plain =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (plain)
            name += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        else if (!name.empty() && name.back() != '-')
            name += '-';
    }
    if (!name.empty() && name.back() != '-') name += '-';
    const auto fingerprint = keystore::fingerprint_text(certificate.der);
    return name + fingerprint.substr(fingerprint.find(':') + 1, shown_digits) + ".pem";
}

}  // namespace

TrustFolder TrustFolder::of_anchors(const Config& config) {
    const auto& verify = config.verify;
    return folder_of(config, verify.trust, "trust",
                     verify.system_trust ? &*verify.system_trust : nullptr);
}

TrustFolder TrustFolder::of_intermediates(const Config& config) {
    return folder_of(config, config.verify.intermediates, "intermediates", nullptr);
}

fs::path TrustFolder::file_with(const keystore::Certificate& certificate) const {
    std::error_code ignored;
    if (!fs::exists(path, ignored)) return {};
    keystore::TrustFiles there;
    there.add(path);
    for (const auto& file : there.files)
        for (const auto& other : file.certificates)
            if (other.der == certificate.der) return file.path;
    return {};
}

fs::path TrustFolder::add(const keystore::Certificate& certificate) const {
    const auto text = keystore::write_pem("CERTIFICATE", certificate.der);
    return OwnFolder{path}.add(file_name(certificate),
                               {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

}  // namespace proxy
