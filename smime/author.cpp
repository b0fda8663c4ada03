#include "smime/author.hpp"

#include <algorithm>

#include "smime/date.hpp"
#include "smime/encoded_word.hpp"
#include "smime/header.hpp"
#include "smime/limits.hpp"

namespace smime {

namespace {

/// What a From field's value holds, read strictly (RFC 5322, 3.4): what is not clear is no mailbox.
struct Mailbox {
    std::string address;
    std::string shown;  ///< the display name and every comment
};

bool is_special(char c) {
    return std::string_view{"()<>[]:;@\\,\""}.find(c) != std::string_view::npos;
}

/// What an atom may hold here; letters beyond ASCII too (RFC 6532).
bool is_in_address(char c) {
    return static_cast<unsigned char>(c) > ' ' && c != '\x7f' && !is_special(c);
}

/// MailboxReader reads one mailbox, and tells whether it was one.
class MailboxReader {
public:
    explicit MailboxReader(std::string_view text) : text_{text} {}

    ///     mailbox = [display-name] "<" addr-spec ">" / addr-spec, with comments around
    std::optional<Mailbox> read() {
        if (!read_word_run()) return std::nullopt;
        if (take('<')) {
            mailbox_.shown += run_;
            const auto end = text_.find('>');
            if (end == text_.npos) return std::nullopt;
            mailbox_.address = text_.substr(0, end);
            text_.remove_prefix(end + 1);
        } else {
            // An addr-spec without brackets. read_word_run() stopped at its "@", or it is none.
            if (words_ != 1 || !take('@')) return std::nullopt;
            const auto end = std::min(text_.find_first_of(" \t\r\n("), text_.size());
            mailbox_.address = run_ + '@' + std::string{text_.substr(0, end)};
            text_.remove_prefix(end);
        }
        if (!skip_comments() || !text_.empty()) return std::nullopt;
        return mailbox_;
    }

private:
    bool take(char c) {
        if (!text_.starts_with(c)) return false;
        text_.remove_prefix(1);
        return true;
    }

    /// Atoms and quoted strings up to the first special. As they are written if it is one word, for
    /// it may be a local part.
    bool read_word_run() {
        while (skip_comments() && !text_.empty()) {
            if (text_.front() == '"') {
                if (!read_quoted()) return false;
            } else if (!is_special(text_.front())) {
                std::size_t end = 0;
                while (end < text_.size() && is_in_address(text_[end])) ++end;
                if (end == 0) return false;  // a control
                append_word(text_.substr(0, end));
                text_.remove_prefix(end);
            } else {
                break;
            }
        }
        return !comment_open_;
    }

    void append_word(std::string_view word) {
        if (words_++ > 0) run_ += ' ';
        run_ += word;
    }

    bool read_quoted() {
        std::size_t end = 1;
        while (end < text_.size() && text_[end] != '"') end += text_[end] == '\\' ? 2U : 1U;
        if (end >= text_.size()) return false;
        append_word(text_.substr(0, end + 1));
        text_.remove_prefix(end + 1);
        return true;
    }

    /// False if a comment does not end.
    bool skip_comments() {
        std::size_t depth = 0;
        while (!text_.empty()) {
            const char c = text_.front();
            if (depth == 0 && c != '(' && c != ' ' && c != '\t' && c != '\r' && c != '\n') break;
            if (c == '(') ++depth;
            if (c == ')') --depth;
            if (depth > 0 || c == ')') mailbox_.shown += c;
            text_.remove_prefix(1);
            if (c != '\\' || text_.empty()) continue;
            mailbox_.shown += text_.front();
            text_.remove_prefix(1);
        }
        comment_open_ = depth > 0;
        return !comment_open_;
    }

    std::string_view text_;
    std::string run_;
    std::size_t words_ = 0;
    bool comment_open_ = false;
    Mailbox mailbox_;
};

/// True if a value has a comma or semicolon outside of quotes and comments: a list, or a group.
bool may_be_several(std::string_view value) {
    bool quoted = false;
    int comments = 0;
    for (std::size_t i = 0; i < value.size(); ++i) {
        const char c = value[i];
        if (c == '\\')
            ++i;
        else if (c == '"' && comments == 0)
            quoted = !quoted;
        else if (quoted)
            continue;
        else if (c == '(')
            ++comments;
        else if (c == ')')
            --comments;
        else if (comments <= 0 && (c == ',' || c == ';'))
            return true;
    }
    return false;
}

/// Wide and small forms of "@" and "." as what they look like.
std::string with_plain_signs(std::string text) {
    for (const std::string_view at : {"\xef\xbc\xa0", "\xef\xb9\xab"})
        for (auto i = text.find(at); i != text.npos; i = text.find(at)) text.replace(i, 3, "@");
    for (const std::string_view dot : {"\xef\xbc\x8e", "\xef\xb9\x92", "\xe3\x80\x82"})
        for (auto i = text.find(dot); i != text.npos; i = text.find(dot)) text.replace(i, 3, ".");
    return text;
}

/// True if a text shows an address other than this one: something on both sides of an "@".
bool shows_another_address(std::string_view text, const MailAddress& address) {
    for (auto at = text.find('@'); at != text.npos; at = text.find('@', at + 1)) {
        auto begin = at, end = at + 1;
        while (begin > 0 && is_in_address(text[begin - 1])) --begin;
        while (end < text.size() && is_in_address(text[end])) ++end;
        auto shown = text.substr(begin, end - begin);
        if (begin == at || end == at + 1) continue;
        while (shown.ends_with('.') || shown.ends_with('\'')) shown.remove_suffix(1);
        while (shown.starts_with('\'')) shown.remove_prefix(1);
        const auto other = MailAddress::parse(shown);
        if (!other || !(*other == address)) return true;
    }
    return false;
}

/// Both as they stand and with quoting undone, for clients do the one or the other.
bool misleads(const std::string& shown, const MailAddress& address) {
    bool charset_hides = false;
    const auto decoded = with_plain_signs(without_encoded_words(shown, charset_hides));
    std::string unquoted = decoded;
    std::erase_if(unquoted, [](char c) { return c == '\\' || c == '"'; });
    return charset_hides || shows_another_address(decoded, address) ||
           shows_another_address(unquoted, address);
}

void read_from(std::string_view value, Author& author) {
    using Status = Author::Status;
    author.status = may_be_several(value) ? Status::several : Status::none;
    if (author.status == Status::several || value.size() > limits::from_field) return;
    const auto mailbox = MailboxReader{value}.read();
    if (!mailbox) return;
    author.address = MailAddress::parse(mailbox->address);
    if (!author.address) return;
    author.status = misleads(mailbox->shown, *author.address) ? Status::display_name : Status::one;
}

}  // namespace

Author Author::read(std::string_view header) {
    Author author;
    int froms = 0, dates = 0;
    HeaderScanner fields{header};
    while (const auto field = fields.next()) {
        const std::string name = lenient_name(*field);
        if (same_name(name, "From") && ++froms == 1) {
            // Whoever reads the name otherwise sees another field here.
            if (field->is("From")) read_from(field->value, author);
        } else if (same_name(name, "Date") && ++dates == 1) {
            author.date = read_date(field->value);
        }
    }
    if (froms > 1) author.status = Status::several;
    author.doubtful_date = dates > 1 || (dates == 1 && !author.date);
    return author;
}

}  // namespace smime
