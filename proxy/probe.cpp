#include "proxy/probe.hpp"

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/use_future.hpp>

#include "proxy/connect.hpp"

namespace proxy {

namespace {

asio::awaitable<void> connect_once(SharedAccount account) {
    co_await connect_server(std::move(account));
}

}  // namespace

std::string probe_server(const Account& account) {
    try {
        Config config;
        const auto state = make_account_state(config, account, nullptr, nullptr);
        asio::io_context context{1};
        auto connected = asio::co_spawn(context, connect_once(state), asio::use_future);
        context.run();
        connected.get();
        return {};
    } catch (const std::exception& error) {
        return error.what();
    }
}

}  // namespace proxy
