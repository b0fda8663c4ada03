#include "proxy/selected_mailbox.hpp"

#include "imap/letter_case.hpp"

namespace proxy {

void SelectedMailbox::on_command(std::string_view tag, std::optional<std::string> name) {
    asked_.insert_or_assign(std::string{tag}, std::move(name));
}

bool SelectedMailbox::on_response(const imap::Response& response) {
    if (response.kind == imap::Response::Kind::status && response.code == "UIDVALIDITY") {
        validity_ = response.code_arguments;
        return false;
    }
    if (response.kind != imap::Response::Kind::tagged) return false;
    const auto asked = asked_.find(response.tag);
    if (asked == asked_.end()) return false;
    const auto name = std::move(asked->second);
    asked_.erase(asked);
    const bool ok = response.condition == imap::Response::Condition::ok;
    if (!ok && !name) return false;  // a CLOSE that failed
    key_.clear();
    // A SELECT that fails leaves none selected.
    if (ok && name && !name->empty() && !validity_.empty()) {
        key_ = imap::same_in_any_case(*name, "INBOX") ? "INBOX" : *name;
        key_ += '\n' + validity_;
    }
    validity_.clear();
    return true;
}

}  // namespace proxy
