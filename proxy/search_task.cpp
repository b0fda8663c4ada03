#include "proxy/search_task.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "imap/letter_case.hpp"
#include "imap/sequence_set.hpp"
#include "proxy/protocol_error.hpp"

namespace proxy {
namespace {

using Kind = imap::SearchCommand::Kind;

/// What we can make of the result (RFC 4731, RFC 5267). SAVE is refused, and the rest belongs to
/// extensions that are hidden.
bool is_result_option(std::string_view option) {
    constexpr std::array known{std::string_view{"MIN"}, std::string_view{"MAX"},
                               std::string_view{"ALL"}, std::string_view{"COUNT"}};
    return std::find(known.begin(), known.end(), option) != known.end();
}

bool contains(const std::vector<std::string>& options, std::string_view option) {
    return std::find(options.begin(), options.end(), option) != options.end();
}

}  // namespace

SearchTask::SearchTask(SearchContext context, imap::SearchCommand command)
    : context_{std::move(context)}, command_{std::move(command)} {
    for (const auto keyword : all_keyword_flags()) {
        const auto& keys = command_.keyword_keys;
        if (std::any_of(keys.begin(), keys.end(), [&](const auto& key) {
                return imap::same_in_any_case(key.keyword, keyword);
            }))
            named_.push_back(keyword);
    }
    plan();
    if (commands_.empty()) {
        refuse(refusal_);
    } else {
        ask();
    }
}

void SearchTask::plan() {
    const auto options = command_.result_options.value_or(std::vector<std::string>{});
    if (contains(options, "SAVE")) {
        // The saved result must not be an older one (RFC 5182, 2.1), nor could the server be told
        // this one.
        refusal_ = " NO [NOTSAVED] A search for keywords of paperknife can't be saved.\r\n";
        commands_.push_back("UID SEARCH RETURN (SAVE) NOT ALL");
        return;
    }
    if (!std::all_of(options.begin(), options.end(), is_result_option)) {
        refusal_ = " BAD A result option of this search is not available here.\r\n";
        return;
    }
    const Case cases = 1U << named_.size();
    if (command_.kind != Kind::search) commands_.push_back(order_command());
    for (Case which = cases; which-- > 0;) {
        std::string text = command_.by_uid ? "UID SEARCH " : "SEARCH ";
        if (!command_.charset.empty()) text += "CHARSET " + command_.charset + ' ';
        commands_.push_back(text + program_of(which));
    }
}

/// The order of all messages that are in any answer.
std::string SearchTask::order_command() const {
    std::string text = command_.by_uid ? "UID " : "";
    text += command_.kind == Kind::sort ? "SORT " : "THREAD ";
    text += command_.order + ' ' + command_.charset;
    const Case cases = 1U << named_.size();
    for (Case which = 0; which < cases; ++which)
        text += (which + 1 < cases ? " OR (" : " (") + program_of(which) + ')';
    return text;
}

std::string SearchTask::program_of(Case which) const {
    return imap::program_if(command_, [&](std::string_view keyword) {
        for (std::size_t i = 0; i < named_.size(); ++i)
            if (imap::same_in_any_case(keyword, named_[i])) return ((which >> i) & 1U) != 0;
        return false;
    });
}

SearchTask::Case SearchTask::case_of(std::uint32_t number) const {
    const auto flags = flags_of(context_.keywords_of(number));
    Case which = 0;
    for (std::size_t i = 0; i < named_.size(); ++i)
        if (std::find(flags.begin(), flags.end(), named_[i]) != flags.end()) which |= 1U << i;
    return which;
}

void SearchTask::ask() {
    own_tag_ = context_.tags.next();
    asks_order_ = command_.kind != Kind::search && commands_.size() == 1;
    pieces_ = imap::command_pieces(own_tag_ + ' ' + commands_.back() + "\r\n");
    std::reverse(pieces_.begin(), pieces_.end());
    commands_.pop_back();
    send_piece();
}

void SearchTask::send_piece() {
    context_.to_server += pieces_.back();
    pieces_.pop_back();
}

bool SearchTask::on_continuation() {
    if (pieces_.empty()) return false;
    send_piece();
    return true;
}

void SearchTask::on_result(std::string_view response) {
    if (asks_order_ && command_.kind == Kind::thread) {
        threads_ = imap::read_thread_response(response);
        if (!threads_) throw ProtocolError{"a THREAD response that can't be read"};
        return;
    }
    auto result = imap::read_search_response(response);
    if (!result) throw ProtocolError{"a SEARCH response that can't be read"};
    modseq_ = std::max(modseq_, result->modseq);
    if (asks_order_) {
        order_ = std::move(result->numbers);
        return;
    }
    for (const auto number : result->numbers)
        if (case_of(number) == asked_) found_.insert(number);
}

void SearchTask::on_tagged(std::string_view line, const imap::Response& response) {
    if (!refusal_.empty()) return refuse(refusal_);
    const auto text = line.substr(own_tag_.size());
    if (response.condition != imap::Response::Condition::ok) return refuse(text);
    ++asked_;
    if (!commands_.empty()) return ask();
    answer();
    context_.to_client.write(command_.tag + std::string{text});
    done_ = true;
}

void SearchTask::refuse(std::string_view text) {
    context_.to_client.write(command_.tag + std::string{text});
    done_ = true;
}

void SearchTask::answer() {
    if (command_.kind == Kind::thread) return answer_threads();
    answer_numbers();
}

void SearchTask::answer_numbers() {
    std::vector<std::uint32_t> numbers;
    if (command_.kind == Kind::sort) {
        for (const auto number : order_)
            if (found_.contains(number)) numbers.push_back(number);
    } else {
        numbers.assign(found_.begin(), found_.end());
    }
    std::string text;
    if (!command_.result_options) {
        text = command_.kind == Kind::sort ? "* SORT" : "* SEARCH";
        for (const auto number : numbers) text += ' ' + std::to_string(number);
        if (modseq_ && !numbers.empty()) text += " (MODSEQ " + std::to_string(*modseq_) + ')';
        return context_.to_client.write(text + "\r\n");
    }
    text = "* ESEARCH (TAG \"" + command_.tag + "\")";
    if (command_.by_uid) text += " UID";
    if (!numbers.empty()) {
        imap::SequenceSet set;
        for (const auto number : numbers) set.add(number);
        if (returns("MIN")) text += " MIN " + std::to_string(numbers.front());
        if (returns("MAX")) text += " MAX " + std::to_string(numbers.back());
        if (returns("ALL")) text += " ALL " + set.text();
    }
    if (returns("COUNT")) text += " COUNT " + std::to_string(numbers.size());
    if (modseq_ && !numbers.empty()) text += " MODSEQ " + std::to_string(*modseq_);
    context_.to_client.write(text + "\r\n");
}

void SearchTask::answer_threads() {
    const auto threads = threads_.value_or(imap::Threads{});
    std::vector<bool> keep;
    for (const auto& message : threads.messages) keep.push_back(found_.contains(message.number));
    const bool by_subject = imap::same_in_any_case(command_.order, "ORDEREDSUBJECT");
    context_.to_client.write(threads.only(keep, by_subject).text() + "\r\n");
}

/// No option at all means ALL (RFC 9051, 6.4.4).
bool SearchTask::returns(std::string_view option) const {
    const auto& options = *command_.result_options;
    return contains(options, option) || (options.empty() && option == "ALL");
}

}  // namespace proxy
