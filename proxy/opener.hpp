#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/thread_pool.hpp>
#include <functional>

#include "proxy/account_state.hpp"
#include "proxy/append_decision.hpp"
#include "proxy/open_request.hpp"

namespace proxy {

/// Opener opens messages on a pool of threads, one a core, so that no session waits for another's
/// private key. What it works on is immutable but for the account's cache.
class Opener {
public:
    explicit Opener(asio::any_io_executor sessions);
    ~Opener();

    /// Opens the request's message, or finds it in the account's cache; calls done on the sessions'
    /// executor.
    void open(SharedAccount account, OpenRequest request, std::function<void(OpenResult)> done);

    /// Decides what becomes of a message that a client appends, in the same way.
    void decide(SharedAccount account, AppendRequest request,
                std::function<void(AppendResult)> done);

private:
    asio::any_io_executor sessions_;
    asio::thread_pool pool_;
};

}  // namespace proxy
