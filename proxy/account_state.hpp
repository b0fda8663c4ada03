#pragma once

#include <memory>

#include "keystore/keystore.hpp"
#include "proxy/append_rules.hpp"
#include "proxy/config.hpp"
#include "proxy/epochs.hpp"
#include "proxy/keyword_store.hpp"
#include "proxy/limits.hpp"
#include "proxy/tls.hpp"
#include "proxy/view_cache.hpp"
#include "smime/open.hpp"

namespace proxy {

/// What the sessions of an account share: its settings, keys and opened messages. Made anew when
/// the configuration is read again; a session keeps the one that it began with, so that its views
/// do not change under its client.
struct AccountState {
    Account account;
    bool opens = true;
    smime::Settings settings;
    std::size_t max_message = 0;
    std::shared_ptr<const keystore::Keystore> keys;
    std::unique_ptr<TlsContext> tls;  ///< null for a plaintext server
    bool keywords = true;             ///< messages get the keywords of what was found
    std::shared_ptr<Epochs> epochs;   ///< null: UIDVALIDITY is the server's
    mutable KeywordStore keyword_store;
    AppendRules append;
    std::shared_ptr<OpenedMessages> opened;  ///< of all accounts; null: nothing is remembered
    mutable ViewCache cache{limits::view_cache_octets};
};

using SharedAccount = std::shared_ptr<const AccountState>;

/// What the configuration says to smime::open.
smime::Settings smime_settings(const Config& config, std::shared_ptr<const keystore::Trust> trust);

/// Its epochs are yet to be begun (begin_epochs). Throws TlsError.
std::shared_ptr<AccountState> make_account_state(const Config& config, const Account& account,
                                                 std::shared_ptr<const keystore::Keystore> keys,
                                                 std::shared_ptr<const keystore::Trust> trust,
                                                 std::shared_ptr<OpenedMessages> opened = nullptr);

/// The sessions of the account that begin from now on have these settings.
void begin_epochs(AccountState& account, EpochStore& store);

}  // namespace proxy
