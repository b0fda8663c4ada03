#include "proxy/service.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/redirect_error.hpp>
#include <asio/signal_set.hpp>
#include <asio/use_awaitable.hpp>
#include <csignal>
#include <iostream>
#include <string_view>
#include <vector>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "proxy/account_state.hpp"
#include "proxy/install_id.hpp"
#include "proxy/listener.hpp"
#include "proxy/log.hpp"
#include "proxy/opener.hpp"
#include "proxy/state_directory.hpp"
#include "proxy/trust.hpp"
#include "proxy/unlock.hpp"

namespace proxy {
namespace {

using SharedTrust = std::shared_ptr<const keystore::Trust>;
using SharedKeys = std::shared_ptr<const keystore::Keystore>;

void log_reports(const std::vector<keystore::KeyFileReport>& reports) {
    for (const auto& report : reports) {
        if (!report.problem.empty()) {
            log::warn((report.usable ? "key file " : "key file not used: ") + report.file.string() +
                      ": " + report.problem);
        }
    }
}

SharedKeys load_keys(const Config& config, bool interactive) {
    std::vector<keystore::KeyFileReport> reports;
    auto keys =
        std::make_shared<const keystore::Keystore>(load_keystore(config, interactive, reports));
    log_reports(reports);
    const auto count = keys->identities().size();
    if (count == 0 && config.keystore.directory) {
        log::warn(
            "no key to open mail with: encrypted mail is delivered as it came; paperknife check "
            "says what to do");
        return keys;
    }
    log::info(std::to_string(count) + (count == 1 ? " key" : " keys") + " to open mail with");
    return keys;
}

/// Everything that is wrong with a configuration has a line of its own.
void log_failed_reload(std::string_view problems) {
    while (!problems.empty()) {
        const auto line = problems.substr(0, problems.find('\n'));
        log::error("configuration not changed: " + std::string{line});
        problems.remove_prefix(std::min(problems.size(), line.size() + 1));
    }
}

/// What a large message had needed goes back to the system at once: glibc would learn from it to
/// keep tens of megabytes.
void give_memory_back() {
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, 1024 * 1024);
    mallopt(M_TRIM_THRESHOLD, 1024 * 1024);
#endif
}

/// A session has two descriptors; systems begin with 1024 for a process and let it have more.
void take_all_descriptors() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

/// What runs: the listeners of the configuration in force.
class Service {
public:
    explicit Service(const Config& config)
        : config_{config}, keys_{load_keys(config, true)}, opener_{context_.get_executor()} {
        const auto problem = install_id_problem();
        if (!problem.empty()) log::warn(problem);
        apply(config, keys_, trust_of(config));
    }

    int run() {
        asio::co_spawn(context_, wait_for_signals(), asio::detached);
        context_.run();
        log::info("stopped");
        return 0;
    }

private:
    asio::awaitable<void> wait_for_signals() {
        while (true) {
            asio::error_code error;
            const auto signal =
                co_await signals_.async_wait(asio::redirect_error(asio::use_awaitable, error));
            if (error) continue;
            if (signal != SIGHUP) break;
            reload();
        }
        for (const auto& listener : listeners_) {
            listener->stop_accepting();
            listener->close_sessions();
        }
        context_.stop();
    }

    static SharedTrust trust_of(const Config& config) {
        std::vector<std::string> problems;
        auto trust = load_trust(config, problems);
        for (const auto& problem : problems) log::warn(problem);
        return trust;
    }

    /// A configuration that can't be used changes nothing.
    void reload() {
        try {
            const auto config = Config::load(config_.file);
            auto keys = keys_;
            try {
                keys = load_keys(config, false);
            } catch (const PassphraseNeeded& needed) {
                log::warn(std::string{needed.what()} + "; the keys in force stay in force");
            }
            apply(config, keys, trust_of(config));
            log::info("configuration read again; sessions that run keep what they began with");
        } catch (const std::exception& error) {
            log_failed_reload(error.what());
        }
    }

    /// Binds what is new before anything is given up.
    void apply(const Config& config, SharedKeys keys, const SharedTrust& trust) {
        if (config.accounts.empty()) {
            throw ConfigError{config.file.string() +
                              ": there is no [[account]]; write one (paperknife.toml(5))"};
        }
        std::vector<std::shared_ptr<Listener>> listeners, begun;
        std::vector<std::pair<std::shared_ptr<Listener>, SharedAccount>> kept;
        std::vector<std::shared_ptr<AccountState>> states;
        for (const auto& account : config.accounts) {
            auto state = make_account_state(config, account, keys, trust, opened_);
            states.push_back(state);
            auto same = find(account.listen);
            if (same) {
                kept.emplace_back(same, std::move(state));
            } else {
                same =
                    std::make_shared<Listener>(context_.get_executor(), std::move(state), opener_);
                begun.push_back(same);
            }
            listeners.push_back(std::move(same));
        }
        for (auto& state : states) begin_epochs(*state, *epochs_);
        for (const auto& listener : listeners_) {
            if (std::find(listeners.begin(), listeners.end(), listener) == listeners.end()) {
                listener->stop_accepting();
                leaving_.push_back(listener);
            }
        }
        for (auto& [listener, state] : kept) listener->set_account(std::move(state));
        listeners_ = std::move(listeners);
        log::set_level(log::level_named(config.log.level).value_or(log::Level::info));
        config_ = config;
        keys_ = std::move(keys);
        for (const auto& listener : begun) {
            asio::co_spawn(context_, listener->accept(), asio::detached);
            std::cout << listener->account().account.name << ": listening on "
                      << listener->address() << std::endl;
        }
    }

    std::shared_ptr<Listener> find(const ListenAddress& address) const {
        for (const auto& listener : listeners_) {
            const auto& listen = listener->account().account.listen;
            if (listen.host == address.host && listen.port == address.port &&
                listen.path == address.path)
                return listener;
        }
        return nullptr;
    }

    asio::io_context context_{1};
    std::shared_ptr<EpochStore> epochs_ = EpochStore::open(state_directory());
    Config config_;
    SharedKeys keys_;
    std::shared_ptr<OpenedMessages> opened_ = std::make_shared<OpenedMessages>();
    Opener opener_;
    /// Before anything listens, so that no signal finds us without it; after the passphrase was
    /// asked for, which Ctrl-C is to end.
    asio::signal_set signals_{context_, SIGHUP, SIGTERM, SIGINT};
    std::vector<std::shared_ptr<Listener>> listeners_;
    std::vector<std::shared_ptr<Listener>>
        leaving_;  ///< no longer configured; their sessions live on
};

}  // namespace

int run_service(const Config& config) {
    give_memory_back();
    take_all_descriptors();
    return Service{config}.run();
}

}  // namespace proxy
