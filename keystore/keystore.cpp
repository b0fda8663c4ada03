#include "keystore/keystore.hpp"

namespace keystore {

Keystore::Keystore(std::vector<Identity> identities) : identities_{std::move(identities)} {}

std::vector<const Identity*> Keystore::identities_matching(
    const RecipientIdentifier& identifier) const {
    std::vector<const Identity*> matching;
    for (const Identity& identity : identities_)
        if (identity.certificate().is_named_by(identifier)) matching.push_back(&identity);
    return matching;
}

}  // namespace keystore
