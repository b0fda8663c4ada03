// An Exchange between two fuzzed streams: whatever they say, nothing is lost on the way to the
// server's side that the client was allowed to say, memory stays bounded, and what is opened or not
// comes back in its place.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "proxy/exchange.hpp"
#include "proxy/protocol_error.hpp"

namespace {

smime::View view() {
    static constexpr std::string_view body = "Hello\r\n";
    keystore::SecretBytes octets{
        keystore::BytesView{reinterpret_cast<const std::uint8_t*>(body.data()), body.size()}};
    return smime::View{"Subject: x\r\n\r\n", std::move(octets), 0, body.size()};
}

/// Rules by which a view is put back as "original", what answers <1@a> is encrypted, and the rest
/// passes.
const proxy::AppendRules& rules() {
    static const proxy::AppendRules rules = [] {
        proxy::AppendRules made;
        made.encrypts = true;
        made.max_message = 4096;
        made.opened = std::make_shared<proxy::OpenedMessages>();
        made.opened->learn(view(), "original\r\n", true);
        made.opened->learn(smime::View{"Message-ID: <1@a>\r\n\r\n", {}, 0, 0}, "other\r\n", true);
        made.encrypt = [](std::string_view message) -> proxy::Encryption {
            if (message.size() % 2 == 0) return {{}, "an even size"};
            return {"encrypted\r\n", {}};
        };
        return made;
    }();
    return rules;
}

}  // namespace

/// The first octet of each piece says whose it is and how long: 0ccc cccc the client's, 1sss ssss
/// the server's.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    proxy::ViewCache cache{1 << 16};
    const auto store = proxy::EpochStore::open(std::nullopt, [] { return 0; });
    for (const auto* mailbox : {"INBOX", "a"})
        store->begin("x", "before")->met(mailbox, imap::UidValidity{7}, imap::UidValidity{7});
    const auto epochs = store->begin("x", "now");
    proxy::KeywordStore keywords;
    const bool opens = size % 8 != 7;  // and now and then only looks
    proxy::Exchange exchange{
        {opens, 4096, smime::Errant::leave, false, &keywords, epochs.get(), &rules(), true, true},
        cache,
        "PK."};
    std::string_view input{reinterpret_cast<const char*>(data), size};
    try {
        exchange.from_server("* PREAUTH ready\r\n");
        while (!input.empty()) {
            const auto head = static_cast<std::uint8_t>(input.front());
            const auto piece = input.substr(1, head & 0x7fU);
            input.remove_prefix(1 + piece.size());
            if ((head & 0x80U) != 0) {
                exchange.from_server(piece);
            } else {
                exchange.from_client(piece);
            }
            for (auto& request : exchange.take_append_requests()) {
                if (request.message.size() > rules().max_message) std::abort();
                exchange.on_append_decided(proxy::decide_append(rules(), std::move(request)));
            }
            // What comes behind is compressed for the Stream only: here it goes on as it is.
            const auto plain = exchange.take_client_compression();
            if (plain && *plain > exchange.to_client().size()) std::abort();
            if (const auto rest = exchange.take_server_compression()) exchange.from_server(*rest);
            for (auto& request : exchange.take_open_requests()) {
                if (request.message_offset + request.message_size > request.response.size()) {
                    std::abort();
                }
                proxy::OpenResult result;
                result.id = request.id;
                result.octets = request.response.size();
                result.response = std::move(request.response);
                if (request.id % 2 == 0) {
                    result.items = std::make_shared<const proxy::MessageItems>(view());
                    result.digest[0] = static_cast<std::uint8_t>(request.id);
                    cache.put(result.digest, result.items);
                }
                exchange.on_opened(std::move(result));
            }
        }
    } catch (const proxy::ProtocolError&) {
    }
    return 0;
}
