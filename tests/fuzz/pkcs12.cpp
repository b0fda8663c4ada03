#include "keystore/pkcs12.hpp"

#include <string_view>

using namespace keystore;

/// With the passphrase of the seeds, and few iterations, so that a run is short. The MAC stands
/// before most of the reader: the input is read as a PEM file and a PrivateKeyInfo too, which have
/// none.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
    constexpr std::string_view secret = "alice";
    const BytesView input{octets, size};
    const auto ask = [&]() -> std::optional<SecretBytes> {
        return SecretBytes{
            BytesView{reinterpret_cast<const std::uint8_t*>(secret.data()), secret.size()}};
    };
    for (const bool as_pkcs12 : {true, false}) {
        try {
            Passphrase passphrase{ask};
            DerivationBudget budget{200};
            const KeyFile file = as_pkcs12 ? read_pkcs12(input, passphrase, budget)
                                           : read_key_file(SecretBytes{input}, passphrase, budget);
            std::vector<std::string> problems;
            identities_of(file, "fuzz", problems);
        } catch (const KeyFileError&) {
            // A refusal with its reason is what most inputs deserve.
        }
    }
    return 0;
}
