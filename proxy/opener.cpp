#include "proxy/opener.hpp"

#include <algorithm>
#include <asio/post.hpp>
#include <chrono>
#include <exception>
#include <thread>

#include "keystore/crypto.hpp"
#include "proxy/log.hpp"
#include "smime/arrival.hpp"

namespace proxy {
namespace {

MessageDigest digest_of(std::string_view message) {
    const auto* octets = reinterpret_cast<const std::uint8_t*>(message.data());
    const auto hash = keystore::hash(keystore::Digest::sha256, {octets, message.size()});
    MessageDigest digest{};
    std::copy(hash.begin(), hash.end(), digest.begin());
    return digest;
}

std::string named(const AccountState& account, const std::optional<imap::Uid>& uid) {
    return account.account.name + ": " +
           (uid ? "message UID " + std::to_string(uid->value()) : std::string{"a message"});
}

/// The message itself as its own view. What does not open is answered here too, from its own
/// octets: the server must not see by another question which messages opened (promise 4, ENC-07).
smime::View as_it_came(std::string_view message) {
    const auto crlf = message.find("\r\n\r\n");
    const auto lf = message.find("\n\n");
    auto end = message.size();
    if (crlf != std::string_view::npos) end = crlf + 4;
    if (lf != std::string_view::npos && lf + 2 < end) end = lf + 2;
    const auto body = message.substr(end);
    keystore::SecretBytes octets{
        keystore::BytesView{reinterpret_cast<const std::uint8_t*>(body.data()), body.size()}};
    return smime::View{std::string{message.substr(0, end)}, std::move(octets), 0, body.size()};
}

void open_message(const AccountState& account, const OpenRequest& request, OpenResult& result) {
    const auto message =
        std::string_view{result.response}.substr(request.message_offset, request.message_size);
    result.digest = digest_of(message);
    result.items = account.cache.find(result.digest);
    if (result.items) return;
    account.cache.make_room(message.size());
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    auto opened = smime::open(message, *account.keys, account.settings,
                              smime::arrival_time(message, now).value_or(now));
    const bool is_opened = opened.view.has_value();
    const auto keywords = keywords_of(opened.report, is_opened);
    auto outcome = MessageItems::Outcome::opened;
    if (!is_opened)
        outcome = opened.report.error ? MessageItems::Outcome::not_opened
                                      : MessageItems::Outcome::untouched;
    if (is_opened && account.opened && account.append.guards()) {
        account.opened->learn(*opened.view, message, keywords.encrypted);
    }
    if (!opened.view) {
        if (!opened.report.reason.empty()) {
            log::info(named(account, request.uid) +
                      " is delivered as it came: " + opened.report.reason);
        }
        opened.view = as_it_came(message);
    }
    result.items = std::make_shared<const MessageItems>(std::move(*opened.view), keywords, outcome);
    account.cache.put(result.digest, result.items);
}

/// The view takes the message's place: of what came only the other items are needed from now on.
void drop_message(const OpenRequest& request, std::string& response) {
    auto announcement = response.rfind('{', request.message_offset);
    const auto end = request.message_offset + request.message_size;
    if (announcement == std::string::npos || end > response.size()) return;
    if (announcement > 0 && response[announcement - 1] == '~') --announcement;
    response = response.substr(0, announcement) + "NIL" + response.substr(end);
}

}  // namespace

Opener::Opener(asio::any_io_executor sessions)
    : sessions_{std::move(sessions)}, pool_{std::max(1U, std::thread::hardware_concurrency())} {}

Opener::~Opener() {
    pool_.stop();
    pool_.join();
}

void Opener::open(SharedAccount account, OpenRequest request,
                  std::function<void(OpenResult)> done) {
    auto work = [this, account = std::move(account), request = std::move(request),
                 done = std::move(done)]() mutable {
        OpenResult result;
        result.id = request.id;
        result.octets = request.response.size();
        result.response = std::move(request.response);
        try {
            open_message(*account, request, result);
            if (result.items) drop_message(request, result.response);
        } catch (
            const std::exception& error) {  // no memory, most likely: the message goes as it came
            log::error(named(*account, request.uid) + " could not be opened: " + error.what());
            result.items = nullptr;
        }
        asio::post(sessions_, [done = std::move(done), result = std::move(result)]() mutable {
            done(std::move(result));
        });
    };
    asio::post(pool_, std::move(work));
}

void Opener::decide(SharedAccount account, AppendRequest request,
                    std::function<void(AppendResult)> done) {
    auto work = [this, account = std::move(account),
                 request = std::make_shared<AppendRequest>(std::move(request)),
                 done = std::move(done)]() mutable {
        auto result =
            std::make_shared<AppendResult>(decide_append(account->append, std::move(*request)));
        asio::post(sessions_, [done = std::move(done), result = std::move(result)]() {
            done(std::move(*result));
        });
    };
    asio::post(pool_, std::move(work));
}

}  // namespace proxy
