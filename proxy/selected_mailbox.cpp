#include "proxy/selected_mailbox.hpp"

#include <algorithm>
#include <utility>

#include "imap/letter_case.hpp"

namespace proxy {
namespace {

std::string key_of(const std::string& name, const std::string& validity) {
    if (name.empty() || validity.empty()) return {};
    return (imap::same_in_any_case(name, "INBOX") ? "INBOX" : name) + '\n' + validity;
}

}  // namespace

void SelectedMailbox::on_command(std::string_view tag, std::optional<std::string> name) {
    asked_.push_back({std::string{tag}, std::move(name)});
}

bool SelectedMailbox::on_response(const imap::Response& response) {
    if (response.kind == imap::Response::Kind::status && response.code == "UIDVALIDITY") {
        validity_ = response.code_arguments;
        if (asked_.empty() || !asked_.front().name) return false;
        key_ = key_of(*asked_.front().name, validity_);
        chosen_ = true;
        return true;
    }
    if (response.kind != imap::Response::Kind::tagged) return false;
    const auto asked = std::find_if(asked_.begin(), asked_.end(),
                                    [&](const Asked& each) { return each.tag == response.tag; });
    if (asked == asked_.end()) return false;
    const auto name = std::move(asked->name);
    asked_.erase(asked);
    const bool ok = response.condition == imap::Response::Condition::ok;
    if (!ok && !name) return false;  // a CLOSE that failed
    validity_.clear();
    if (std::exchange(chosen_, false) && ok && name) return false;
    key_.clear();  // a SELECT that fails leaves none selected
    return true;
}

}  // namespace proxy
