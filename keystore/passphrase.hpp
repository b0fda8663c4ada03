#pragma once

#include <functional>
#include <optional>

#include "keystore/key_file_error.hpp"
#include "keystore/secret.hpp"

namespace keystore {

/// Passphrase of one key file: asked for when it is first needed, and never again.
class Passphrase {
public:
    using Ask = std::function<std::optional<SecretBytes>()>;
    explicit Passphrase(Ask ask) : ask_{std::move(ask)} {}

    /// Throws KeyFileError if none is to be had.
    const SecretBytes& get() {
        if (!asked_) passphrase_ = ask_();
        asked_ = true;
        if (!passphrase_) throw KeyFileError{"it needs a passphrase, and there is none"};
        return *passphrase_;
    }

private:
    Ask ask_;
    bool asked_ = false;
    std::optional<SecretBytes> passphrase_;
};

}  // namespace keystore
