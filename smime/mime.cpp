#include "smime/mime.hpp"

#include <algorithm>

#include "smime/limits.hpp"

namespace smime {
namespace {

// RFC 2046, 5.1.1 allows 70. Dovecot cuts off what is more, and so do we.
constexpr std::size_t boundary_limit = 80;

/// std::count adds up in 64 bits, two sums in a vector; of sums of eight bits it holds sixteen.
std::uint64_t count_line_ends(std::string_view text) {
    constexpr std::size_t most = 255;
    std::uint64_t lines = 0;
    for (; !text.empty(); text.remove_prefix(std::min(text.size(), most))) {
        std::uint8_t few = 0;
        for (const char c : text.substr(0, most))
            few = static_cast<std::uint8_t>(few + (c == '\n'));
        lines += few;
    }
    return lines;
}

struct Boundary {
    std::string text;
    std::uint32_t part;  // whose parts it separates
};

/// MimeScanner reads a message line by line, once. All it knows of the lines before is the part
/// that it is in and the boundaries that may still come.
class MimeScanner {
public:
    MimeScanner(std::string_view header, std::string_view body, std::vector<MimePart>& parts)
        : body_offset_{header.size()}, body_{body}, parts_{parts} {
        add_part();
        HeaderScanner fields{header};
        HeaderFindings findings;
        while (const auto field = fields.next()) note(*field, findings);
        part().header_size = header.size();
        part().body_offset = header.size();
        decide_kind(findings, fields.ended_by_blank_line());
        if (part().kind == MimePart::Kind::message) read_part();
    }

    void read() {
        while (position_ < body_.size()) read_body();
        while (current_ != MimePart::none) end_part(position_, lines_);
    }

private:
    /// What a header says of its part's structure.
    struct HeaderFindings {
        bool is_mime = false;
        std::optional<ContentType> type;
    };

    MimePart& part() { return parts_[current_]; }
    bool at_limit() const { return parts_.size() >= limits::mime_parts; }

    /// Reads to the next boundary line, and what that line brings.
    void read_body() {
        if (boundaries_.empty() || at_limit()) {
            lines_ += count_line_ends(body_.substr(position_));
            position_ = body_.size();
            return;
        }
        const auto start = position_;
        for (; position_ < body_.size(); skip_line()) {
            const auto boundary = find_boundary();
            if (boundary == none) continue;
            // The line end before a boundary line is the boundary's (RFC 2046, 5.1.1).
            if (position_ == start) {
                shorten_header(boundary);
                end_parts(boundary, position_, lines_);
            } else {
                end_parts(boundary, position_ - line_end_before(), lines_ - 1);
            }
            return;
        }
    }

    /// Takes the line end before a boundary line from the header that it ends, if there is no body
    /// between: of the current part, or of a message/rfc822 that it is the empty message of.
    void shorten_header(std::size_t boundary) {
        for (auto i = current_; i != boundaries_[boundary].part; i = parts_[i].parent) {
            auto& header_size = parts_[i].header_size;
            if (header_size == 0) continue;
            if (parts_[i].header_offset + header_size == body_offset_ + position_)
                header_size -= line_end_before();
            return;
        }
    }

    /// Ends the parts that the boundary line here ends, and reads that line and what it begins.
    void end_parts(std::size_t boundary, std::size_t end, std::uint64_t lines) {
        while (current_ != boundaries_[boundary].part) end_part(end, lines);
        const bool last =
            body_.substr(position_ + 2 + boundaries_[boundary].text.size()).starts_with("--");
        boundaries_.resize(last ? boundary : boundary + 1);
        skip_line();
        if (!last && body_[position_ - 1] == '\n') read_part();
    }

    void end_part(std::size_t end, std::uint64_t lines) {
        part().body_size = body_offset_ + end - part().body_offset;
        part().body_lines = lines - part().body_lines;
        last_child_ = current_;
        current_ = part().parent;
        --depth_;
    }

    /// Reads the header of a part that begins here; if it holds a message, that one's too.
    void read_part() {
        do {
            add_part();
            const auto start = position_;
            HeaderScanner fields{body_.substr(start)};
            HeaderFindings findings;
            findings.is_mime = parts_[part().parent].kind == MimePart::Kind::multipart;
            while (find_boundary() == none) {
                const auto field = fields.next();
                const auto line = position_;
                position_ = start + fields.offset();
                lines_ += count_line_ends(body_.substr(line, position_ - line));
                if (!field) break;
                note(*field, findings);
            }
            part().header_size = position_ - start;
            part().body_offset = body_offset_ + position_;
            part().body_lines = lines_;
            decide_kind(findings, fields.ended_by_blank_line());
        } while (part().kind == MimePart::Kind::message);
    }

    void add_part() {
        const auto index = static_cast<std::uint32_t>(parts_.size());
        MimePart added;
        added.parent = current_;
        added.header_offset = index == 0 ? 0 : body_offset_ + position_;
        if (current_ != MimePart::none) {
            auto& link = part().first_child == MimePart::none ? part().first_child
                                                              : parts_[last_child_].next_sibling;
            link = index;
        }
        parts_.push_back(added);
        current_ = index;
        ++depth_;
    }

    static void note(const HeaderField& field, HeaderFindings& findings) {
        if (field.is("MIME-Version")) findings.is_mime = true;
        if (!field.is("Content-Type")) return;
        findings.is_mime = true;
        if (!findings.type) findings.type = read_content_type(folded_with_lf(field));
    }

    /// Says what the current part is once its header was read. Without a blank line behind it, a
    /// multipart has no parts.
    void decide_kind(const HeaderFindings& findings, bool blank_line) {
        part().is_mime = findings.is_mime;
        const auto& type = findings.type;
        const auto* parent = part().parent == MimePart::none ? nullptr : &parts_[part().parent];
        if (type ? type->is("message", "rfc822") : parent && parent->is_digest) {
            if (depth_ < limits::mime_depth && !at_limit()) part().kind = MimePart::Kind::message;
        } else if (type && same_name(type->type, "multipart") && type->well_formed) {
            const auto& parameters = type->parameters;
            const auto boundary = std::find_if(
                parameters.begin(), parameters.end(),
                [](const Parameter& parameter) { return same_name(parameter.name, "boundary"); });
            const bool bounded = blank_line && boundary != parameters.end();
            if (bounded && depth_ >= limits::mime_depth) return;
            part().kind = MimePart::Kind::multipart;
            part().is_digest = same_name(type->subtype, "digest");
            if (bounded)
                boundaries_.push_back({boundary->value.substr(0, boundary_limit), current_});
        }
    }

    /// The boundary that the line here begins with. One that is all of the line, or all but the
    /// "--" of a last line, is the one; else the longest is, of equal ones the innermost.
    std::size_t find_boundary() const {
        auto line = body_.substr(position_);
        if (!line.starts_with("--") || boundaries_.empty() || at_limit()) return none;
        line.remove_prefix(2);
        bool dashes = false;
        if (const auto end = line.find('\n'); end != std::string_view::npos) {
            line = line.substr(0, end);
            if (line.ends_with('\r')) line.remove_suffix(1);
            dashes = line.size() > 2 && line.ends_with("--");
        }
        auto best = none;
        for (auto i = boundaries_.size(); i-- > 0;) {
            const auto& text = boundaries_[i].text;
            if (!line.starts_with(text)) continue;
            if (best == none || boundaries_[best].text.size() < text.size()) best = i;
            if (best == i &&
                (text.size() == line.size() || (dashes && text.size() + 2 == line.size())))
                break;
        }
        return best;
    }

    void skip_line() {
        const auto end = body_.find('\n', position_);
        position_ = end == std::string_view::npos ? body_.size() : end + 1;
        if (end != std::string_view::npos) ++lines_;
    }

    std::size_t line_end_before() const {
        return position_ >= 2 && body_[position_ - 2] == '\r' ? 2 : 1;
    }

    static constexpr std::size_t none = SIZE_MAX;

    std::size_t body_offset_;
    std::string_view body_;
    std::vector<MimePart>& parts_;
    std::vector<Boundary> boundaries_;           // outermost first
    std::uint32_t current_ = MimePart::none;     // the part that the scanner is in
    std::uint32_t last_child_ = MimePart::none;  // the part that ended last
    int depth_ = 0;                              // of the current part; the root's is 1
    std::size_t position_ = 0;                   // in body_, the beginning of a line
    std::uint64_t lines_ = 0;                    // of body_, before position_
};

}  // namespace

MimeStructure::MimeStructure(std::string_view header, std::string_view body) {
    MimeScanner{header, body, parts_}.read();
}

ContentFields read_content_fields(std::string_view header) {
    ContentFields content;
    const auto keep_first = [](std::optional<std::string>& value, const HeaderField& field) {
        if (!value) value = folded_with_lf(field);
    };
    HeaderScanner fields{header};
    while (const auto field = fields.next()) {
        if (!field->is_structural()) continue;
        if (field->is("Content-Type")) {
            if (!content.type) content.type = read_content_type(folded_with_lf(*field));
        } else if (field->is("Content-Transfer-Encoding")) {
            if (!content.transfer_encoding)
                content.transfer_encoding = read_transfer_encoding(folded_with_lf(*field));
        } else if (field->is("Content-Disposition")) {
            // One without parameters gives way to a later one, as in Dovecot.
            if (!content.disposition || content.disposition->parameters.empty())
                if (auto disposition = read_content_disposition(folded_with_lf(*field)))
                    content.disposition = std::move(disposition);
        } else if (field->is("Content-Language")) {
            if (content.languages.empty())
                content.languages = read_content_language(folded_with_lf(*field));
        } else if (field->is("Content-ID")) {
            keep_first(content.id, *field);
        } else if (field->is("Content-Description")) {
            keep_first(content.description, *field);
        } else if (field->is("Content-MD5")) {
            keep_first(content.md5, *field);
        } else if (field->is("Content-Location")) {
            keep_first(content.location, *field);
        }
    }
    return content;
}

}  // namespace smime
