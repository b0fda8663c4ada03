#include "proxy/uid_probe.hpp"

#include <utility>

#include "proxy/fetch_rewriter.hpp"

namespace proxy {

UidProbe::UidProbe(std::string tag, std::string_view set, std::string& to_server,
                   std::function<void(imap::SequenceNumber, imap::Uid)> learn)
    : tag_{std::move(tag)}, learn_{std::move(learn)} {
    to_server.append(tag_).append(" FETCH ").append(set).append(" (UID)\r\n");
}

void UidProbe::on_fetch(std::string_view response, Outgoing& to_client) const {
    const auto parsed = imap::read_fetch_response(response);
    const auto uid = parsed ? parsed->uid() : std::nullopt;
    if (!uid) return to_client.write(response);
    learn_(parsed->number, *uid);
    to_client.write(without_items(response, *parsed, {imap::DataItem::uid}));
}

}  // namespace proxy
