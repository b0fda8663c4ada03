#include "keystore/pkcs8.hpp"

#include "keystore/der.hpp"
#include "keystore/pbes2.hpp"

namespace keystore {

SecretBytes open_encrypted_private_key_info(BytesView der, const SecretBytes& passphrase,
                                            DerivationBudget& budget) {
    constexpr auto encoding = der::Limits::ber();
    der::Reader outer{der, encoding};
    auto in = outer.enter(der::sequence);
    if (!in) throw KeyFileError{"its encrypted private key is damaged"};
    der::Reader algorithm = *in;
    in->next(der::sequence);
    const auto element = in->next(der::octet_string);
    const auto sealed = element ? der::string_octets(*element, encoding) : std::nullopt;
    if (!sealed) throw KeyFileError{"its encrypted private key is damaged"};
    return open_pbes2(algorithm, *sealed, passphrase, budget);
}

}  // namespace keystore
