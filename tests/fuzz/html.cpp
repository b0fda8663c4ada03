// HTML in a message of which the first octet says what is done to it. Whatever stands in it, no tag
// or attribute comes out that is not known, and what came out once comes out the same again.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "smime/base64.hpp"
#include "smime/header.hpp"
#include "smime/html_elements.hpp"
#include "smime/mime.hpp"
#include "smime/unauthenticated_html.hpp"

namespace {

void check(bool holds) {
    if (!holds) std::abort();
}

/// The only functions of a style make colours; a word that is called url loads nothing.
void check_style(std::string_view style) {
    check(style.find_first_of("\\@'*{}") == style.npos);
    for (auto at = style.find('('); at != style.npos; at = style.find('(', at + 1)) {
        const auto before = style.substr(0, at);
        const auto name = before.substr(before.find_last_not_of("abcdefghijklmnopqrstuvwxyz"
                                                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                                "0123456789-") +
                                        1);
        check(smime::same_name(name, "rgb") || smime::same_name(name, "rgba") ||
              smime::same_name(name, "hsl") || smime::same_name(name, "hsla"));
    }
}

/// The tags of a document are written in one way only.
void check_document(std::string_view html) {
    constexpr std::string_view doctype = "<!DOCTYPE html>\n<html>";
    check(html.starts_with(doctype) && html.ends_with("</html>"));
    html.remove_prefix(doctype.size());
    for (auto at = html.find('<'); at != html.npos; at = html.find('<')) {
        html.remove_prefix(at + 1);
        if (html == "/html>") return;
        const bool end = html.starts_with('/');
        if (end) html.remove_prefix(1);
        const auto name = html.substr(0, html.find_first_of(" >"));
        check(smime::find_html_element(name) != nullptr);
        html.remove_prefix(name.size());
        while (html.starts_with(' ')) {
            check(!end);
            const auto equals = html.find("=\"");
            check(equals != html.npos && smime::is_harmless_attribute(html.substr(1, equals - 1)));
            const auto value = html.substr(equals + 2, html.find('"', equals + 2) - equals - 2);
            check(value.find_first_of("<>") == value.npos);
            if (html.substr(1, equals - 1) == "style") check_style(value);
            html.remove_prefix(equals + 2 + value.size() + 1);
        }
        check(html.starts_with('>'));
    }
    check(false);
}

smime::View harmless(smime::View view, smime::UnauthenticatedHtml how) {
    smime::Report report;
    report.encryption = smime::Encryption::unauthenticated;
    auto written = smime::with_harmless_html(std::move(view), how, report);
    check(written.has_value());
    return std::move(*written);
}

smime::View make_view(const std::string& header, std::string_view body) {
    keystore::SecretBytes octets{
        keystore::BytesView{reinterpret_cast<const std::uint8_t*>(body.data()), body.size()}};
    return {header, std::move(octets), 0, body.size()};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static constexpr std::string_view charsets[] = {"utf-8",  "utf-7", "utf-16", "iso-2022-jp",
                                                    "gb2312", "big5",  "x",      "euc-kr"};
    std::string_view html{reinterpret_cast<const char*>(data), size};
    const unsigned kind = html.empty() ? 0 : static_cast<unsigned char>(html[0]);
    if (!html.empty()) html.remove_prefix(1);
    const auto how =
        (kind & 1) ? smime::UnauthenticatedHtml::text : smime::UnauthenticatedHtml::strip;
    const std::string own = "X-Paperknife: encryption=unauthenticated\r\nMIME-Version: 1.0\r\n";

    // As the body of a part, and as a message of many parts.
    const std::string header =
        own + "Content-Type: text/html; charset=" + std::string{charsets[kind >> 1 & 7]} +
        "\r\n\r\n";
    const auto view = harmless(make_view(header, html), how);
    const auto decoded = smime::decode_base64(view.body());
    check(!decoded.junk);
    if (view.header().find("Content-Type: text/html") != std::string_view::npos) {
        check(how == smime::UnauthenticatedHtml::strip);
        const auto document = decoded.octets.expose_text();
        check_document(document);
        const auto again =
            harmless(make_view(own + "Content-Type: text/html\r\n\r\n", document), how);
        check_document(smime::decode_base64(again.body()).octets.expose_text());
    }

    const std::string mixed = own + "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
    const auto parts = harmless(make_view(mixed, html), how);
    check(parts.header().ends_with("\r\n\r\n"));
    const smime::MimeStructure structure{parts.header(), parts.body()};
    for (const auto& part : structure.parts()) {
        if (part.kind != smime::MimePart::Kind::single || part.header_offset == 0) continue;
        const auto at = part.header_offset - parts.header().size();
        const auto fields = smime::read_content_fields(parts.body().substr(at, part.header_size));
        if (!fields.type || !fields.type->is("text", "html")) continue;
        check(how == smime::UnauthenticatedHtml::strip);
        const auto body =
            parts.body().substr(part.body_offset - parts.header().size(), part.body_size);
        check_document(smime::decode_base64(body).octets.expose_text());
    }
    return 0;
}
