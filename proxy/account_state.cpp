#include "proxy/account_state.hpp"

#include "proxy/install_id.hpp"
#include "proxy/view_fingerprint.hpp"
#include "smime/limits.hpp"

namespace proxy {

smime::Settings smime_settings(const Config& config, std::shared_ptr<const keystore::Trust> trust) {
    smime::Settings settings;
    settings.max_message = config.decrypt.max_message;
    settings.legacy = config.decrypt.legacy;
    settings.errant = config.decrypt.errant;
    settings.unauthenticated_html = config.decrypt.unauthenticated_html;
    settings.signatures = {std::move(trust), config.verify.revocation, config.verify.pins};
    settings.presentation.header = config.present.header;
    settings.presentation.subject_tag = config.present.subject_tag;
    settings.presentation.authserv_id = authserv_id();
    return settings;
}

std::shared_ptr<AccountState> make_account_state(const Config& config, const Account& account,
                                                 std::shared_ptr<const keystore::Keystore> keys,
                                                 std::shared_ptr<const keystore::Trust> trust,
                                                 std::shared_ptr<OpenedMessages> opened) {
    auto state = std::make_shared<AccountState>();
    state->account = account;
    state->opens = config.decrypt.enabled;
    state->settings = smime_settings(config, std::move(trust));
    state->keywords = config.present.keywords;
    state->max_message =
        config.decrypt.max_message > 0 ? config.decrypt.max_message : smime::limits::message;
    if (state->opens || config.append.encrypt_to_self) {
        state->append = make_append_rules(config.append, state->max_message, keys, opened);
    }
    state->opened = std::move(opened);
    state->keys = std::move(keys);
    if (account.server.security != ServerAddress::Security::plaintext) {
        state->tls = std::make_unique<TlsContext>(account.ca_file);
    }
    return state;
}

void begin_epochs(AccountState& account, EpochStore& store) {
    account.epochs = store.begin(
        account.account.name,
        view_fingerprint(account.opens, account.settings, account.max_message, *account.keys));
}

}  // namespace proxy
