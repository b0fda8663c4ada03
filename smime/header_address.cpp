#include "smime/header_address.hpp"

#include "smime/header_cursor.hpp"

namespace smime {
namespace {

using Next = HeaderCursor::Next;

class AddressReader {
public:
    explicit AddressReader(std::string_view value) : in_{value} {}

    // address-list = address *("," address)
    std::vector<Address> read() {
        if (in_.skip_cfws() != Next::text) return {};
        while (read_address() != Next::end && in_.at(',')) {
            in_.skip_octet();
            const auto next = in_.skip_cfws();
            if (next == Next::malformed) add_mended();
            if (next != Next::text) break;
        }
        return std::move(addresses_);
    }

private:
    // address = mailbox / group
    Next read_address() {
        const auto start = in_.position();
        if (read_group()) return in_.at_end() ? Next::end : Next::text;
        in_.rewind(start);
        return read_mailbox();
    }

    // group = display-name ":" [mailbox-list / CFWS] ";" [CFWS]
    bool read_group() {
        std::string name;
        if (in_.phrase(name) != Next::text || !in_.at(':')) return false;
        in_.skip_octet();
        auto next = in_.skip_cfws();
        addresses_.push_back({{}, {}, std::move(name), {}});
        if (next == Next::text && !in_.at(';')) {
            for (;;) {
                read_mailbox();
                if (!in_.at(',')) break;
                in_.skip_octet();
                next = in_.skip_cfws();
                if (next != Next::text) {
                    next = Next::malformed;
                    break;
                }
            }
        }
        if (next != Next::malformed && in_.at(';')) {
            in_.skip_octet();
            in_.skip_cfws();
        }
        addresses_.push_back({});
        return true;
    }

    // mailbox = name-addr / addr-spec
    Next read_mailbox() {
        const auto start = in_.position();
        auto next = read_name_addr();
        if (next == Next::malformed) {
            in_.rewind(start);
            next = read_addr_spec();
        }
        add_mended();
        return next;
    }

    // name-addr = [display-name] angle-addr
    Next read_name_addr() {
        std::string name;
        if (in_.phrase(name) != Next::text || !in_.at('<')) return Next::malformed;
        if (!name.empty()) address_.name = std::move(name);
        if (read_angle_addr() == Next::malformed) address_.domain = "SYNTAX_ERROR";
        return in_.at_end() ? Next::end : Next::text;
    }

    // angle-addr = "<" [ "@" route ":" ] addr-spec ">"
    Next read_angle_addr() {
        in_.skip_octet();
        if (in_.skip_cfws() != Next::text) return Next::malformed;
        if (in_.at('@')) {
            if (read_route() && in_.at(':'))
                in_.skip_octet();
            else
                address_.route = "INVALID_ROUTE";
            if (in_.skip_cfws() != Next::text) return Next::malformed;
        }
        if (!in_.at('>')) {
            if (read_local_part() != Next::text) return Next::malformed;
            if (in_.at('@') && read_domain() != Next::text) return Next::malformed;
        }
        if (!in_.at('>')) return Next::malformed;
        in_.skip_octet();
        return in_.skip_cfws();
    }

    // obs-domain-list = "@" domain *(*(CFWS / "," ) [CFWS] "@" domain)
    bool read_route() {
        std::string route;
        while (in_.at('@')) {
            route += route.empty() ? "@" : ",@";
            if (in_.domain(route) != Next::text) return false;
            while (in_.skip_cfws() == Next::text && in_.at(',')) in_.skip_octet();
        }
        if (in_.at_end()) return false;
        address_.route = std::move(route);
        return true;
    }

    // addr-spec = local-part "@" domain. A comment behind it is the name (RFC 822).
    Next read_addr_spec() {
        in_.last_comment().clear();
        const bool quoted = in_.at('"');
        auto next = read_local_part();
        const bool has_domain = next != Next::end && in_.at('@');
        if (has_domain)
            if (const auto behind = read_domain(); behind != Next::text) next = behind;
        if (!in_.last_comment().empty()) {
            address_.name = in_.last_comment();
            return next;
        }
        if (has_domain) return next;
        // A word alone is a mailbox, several are somebody's name.
        std::string words = local_part_ + ' ';
        const auto size = words.size();
        in_.phrase(words);
        if (words.size() != size) {
            address_.mailbox.reset();
            address_.name = std::move(words);
        } else if (!quoted) {
            address_.domain = "";
        }
        if (!address_.name && address_.mailbox && !address_.domain) {
            address_.name = std::move(address_.mailbox);
            address_.mailbox.reset();
        }
        return Next::malformed;
    }

    // local-part = dot-atom / quoted-string / obs-local-part
    Next read_local_part() {
        local_part_.clear();
        const auto next =
            in_.at('"') ? in_.quoted_string(local_part_) : in_.local_part(local_part_);
        if (next != Next::malformed) address_.mailbox = local_part_;
        return next;
    }

    Next read_domain() {
        std::string domain;
        const auto next = in_.domain(domain);
        if (next != Next::malformed) address_.domain = std::move(domain);
        return next;
    }

    void add_mended() {
        if (!address_.mailbox) address_.mailbox = "MISSING_MAILBOX";
        if (!address_.domain || address_.domain->empty()) address_.domain = "MISSING_DOMAIN";
        addresses_.push_back(std::move(address_));
        address_ = {};
    }

    HeaderCursor in_;
    Address address_;
    std::string local_part_;
    std::vector<Address> addresses_;
};

}  // namespace

std::vector<Address> read_addresses(std::string_view value) {
    return AddressReader{value}.read();
}

}  // namespace smime
