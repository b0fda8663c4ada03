#include "proxy/fetch_rewriter.hpp"

#include <algorithm>

namespace proxy {
namespace {

bool contains(const std::vector<imap::DataItem>& items, imap::DataItem item) {
    return std::find(items.begin(), items.end(), item) != items.end();
}

///     fetch-emailid-resp = "EMAILID" SP "(" objectid ")"
void write_server_item(imap::Writer& out, const imap::MessageDataItem& item,
                       const MessageItems& view) {
    imap::Cursor value{item.value};
    const bool is_email_id = item.item == imap::DataItem::email_id && value.special('(');
    const auto id = is_email_id ? value.atom() : std::nullopt;
    if (!id) return out.raw(item.octets);
    out.raw("EMAILID (");
    out.raw(view.email_id(*id));
    out.raw(")");
}

/// Joins items by single spaces, between the beginning of the server's response and ")".
class ResponseWriter {
public:
    explicit ResponseWriter(const imap::FetchResponse& server) {
        out_.raw("* ");
        out_.number(server.by_uid ? server.by_uid->value() : server.number.value());
        out_.raw(server.by_uid ? " UIDFETCH (" : " FETCH (");
    }
    imap::Writer& next_item() {
        if (!empty_) out_.sp();
        empty_ = false;
        return out_;
    }
    std::string finish() {
        if (empty_) return {};
        out_.raw(")\r\n");
        return out_.take();
    }

private:
    imap::Writer out_;
    bool empty_ = true;
};

}  // namespace

std::string without_items(std::string_view response, const imap::FetchResponse& parsed,
                          const std::vector<imap::DataItem>& unasked) {
    return without_items(response, parsed, [&](const imap::MessageDataItem& item) {
        return contains(unasked, item.item);
    });
}

std::string without_items(std::string_view response, const imap::FetchResponse& parsed,
                          const std::function<bool(const imap::MessageDataItem&)>& is_unasked) {
    std::string out{response.substr(0, response.find('(') + 1)};
    bool empty = true;
    for (const auto& item : parsed.items) {
        if (is_unasked(item)) continue;
        if (!empty) out += ' ';
        empty = false;
        out += item.octets;
    }
    if (empty) return {};
    return out + ")\r\n";
}

std::string with_larger_size(const imap::FetchResponse& server,
                             const std::vector<imap::DataItem>& unasked, std::size_t larger_by,
                             std::size_t max_message) {
    ResponseWriter response{server};
    for (const auto& item : server.items) {
        if (contains(unasked, item.item)) continue;
        imap::Cursor value{item.value};
        const auto size =
            item.item == imap::DataItem::rfc822_size ? value.number64() : std::nullopt;
        if (size && *size <= max_message)
            response.next_item().raw("RFC822.SIZE " + std::to_string(*size + larger_by));
        else
            response.next_item().raw(item.octets);
    }
    return response.finish();
}

std::string compose_response(const imap::FetchResponse& server,
                             const std::vector<imap::DataItem>& unasked,
                             const std::vector<imap::MessageDataItemName>& names,
                             const MessageItems& view) {
    ResponseWriter response{server};
    for (const auto& item : server.items) {
        if (imap::depends_on_content(item.item) || contains(unasked, item.item)) continue;
        write_server_item(response.next_item(), item, view);
    }
    for (const auto& name : names)
        if (view.can_answer(name)) view.write(response.next_item(), name);
    return response.finish();
}

std::string compose_without_preview(const imap::FetchResponse& server,
                                    const std::vector<imap::DataItem>& unasked) {
    ResponseWriter response{server};
    for (const auto& item : server.items) {
        if (imap::depends_on_content(item.item) || contains(unasked, item.item)) continue;
        response.next_item().raw(item.octets);
    }
    response.next_item().raw("PREVIEW NIL");
    return response.finish();
}

std::string replace_items(const imap::FetchResponse& server, const MessageItems& view) {
    ResponseWriter response{server};
    for (const auto& item : server.items) {
        if (!imap::depends_on_content(item.item)) {
            write_server_item(response.next_item(), item, view);
            continue;
        }
        imap::MessageDataItemName name;
        name.item = item.item;
        name.section = item.section;
        view.write(response.next_item(), name);
    }
    return response.finish();
}

}  // namespace proxy
