#include <algorithm>
#include <filesystem>

#include "smime/open.hpp"
#include "tests/catch.hpp"
#include "tests/smime/samples.hpp"

namespace {

using smime::HeaderProtection;

/// A view's octets without our own field, which comes first.
std::string without_own_field(const smime::View& view) {
    const std::string all = std::string{view.header()} + std::string{view.body()};
    REQUIRE(all.starts_with("X-Paperknife: "));
    auto end = all.find("\r\n");
    while (all[end + 2] == ' ') end = all.find("\r\n", end + 1);
    return all.substr(end + 2);
}

const std::string outer =
    "From: Bob <bob@example.org>\r\nSubject: [...]\r\nMessage-ID: <1@example.org>\r\n"
    "MIME-Version: 1.0\r\n";

/// A signed message with this payload.
smime::Opened open(std::string_view payload, const std::string& header = outer) {
    auto opened =
        smime::open(header + samples::entity(samples::signed_data(payload)), samples::alice(), {});
    REQUIRE(opened.view);
    return opened;
}

std::string header_of(const smime::Opened& opened) {
    return std::string{opened.view->header()};
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a reader sees the header fields that were protected (RFC 9788; MIME-07)",
          "[smime][protected-header]") {
    int count = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator{samples::directory() / "headers"}) {
        auto file = entry.path();
        if (file.extension() != ".eml") continue;
        ++count;
        INFO(file.stem().string());
        const auto opened = smime::open(samples::read(file), samples::alice(), {});
        REQUIRE(opened.view);
        CHECK(!opened.report.error);
        CHECK(without_own_field(*opened.view) == samples::read(file.replace_extension(".view")));
    }
    CHECK(count == 9);
}

TEST_CASE("the report and our field say what the header's protection is",
          "[smime][protected-header]") {
    const auto opened = [](const std::string& name) {
        return smime::open(samples::read(samples::directory() / "headers" / (name + ".eml")),
                           samples::alice(), {});
    };
    const auto both = opened("signed-and-encrypted");
    CHECK(both.report.header_protection == HeaderProtection::cipher);
    CHECK(!both.report.from_mismatch);
    CHECK(has(header_of(both), " headers=protected"));
    CHECK(!has(header_of(both), "from="));
    CHECK(
        has(smime::json(both.report), R"("header_protection": "cipher", "from_mismatch": false)"));
    CHECK(opened("signed").report.header_protection == HeaderProtection::clear);
    CHECK(opened("wrapped").report.header_protection == HeaderProtection::wrapped);
    CHECK(opened("no-hp").report.header_protection == HeaderProtection::none);
    CHECK(!has(header_of(opened("no-hp")), " headers="));
    const auto other = opened("other-sender");
    CHECK(other.report.from_mismatch);
    CHECK(has(header_of(other), " from=unconfirmed"));
}

TEST_CASE("hp counts at the payload's root alone, once, and as it is written",
          "[smime][protected-header]") {
    const auto subject_is_outer = [](const std::string& payload) {
        INFO(payload);
        const auto opened = open(payload);
        CHECK(opened.report.header_protection == HeaderProtection::none);
        CHECK(has(header_of(opened), "\r\nSubject: [...]\r\n"));
        CHECK(!has(header_of(opened), "inner"));
    };
    const std::string inner = "Subject: inner\r\n";
    for (const char* type :
         {"text/plain", "text/plain; hp=other", "text/plain; hp", "text/plain; hp=\"\"",
          "text/plain; hp=CLEAR", "text/plain; hp=clear; hp=cipher", "text/plain; x=\"hp=clear\"",
          "text/plain (hp=clear)", "hp=clear"})
        subject_is_outer(inner + "Content-Type: " + type + "\r\n\r\nx");
    subject_is_outer("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + inner +
                     "Content-Type: text/plain; hp=clear\r\n\r\nx\r\n--b--\r\n");
    subject_is_outer("Content-Type: message/rfc822\r\n\r\n" + inner +
                     "Content-Type: text/plain; hp=clear\r\n\r\nx");
    // HP-Outer means nothing without it.
    const auto opened =
        open("Content-Type: text/plain\r\n\r\nx", "HP-Outer: Subject: x\r\n" + outer);
    CHECK(has(header_of(opened), "HP-Outer: Subject: x\r\n"));
}

TEST_CASE("below multipart/signed the root is what is signed, and its octets stay",
          "[smime][protected-header]") {
    const std::string body =
        "--b\r\nSubject: inner\r\nContent-Type: text/plain; hp=cipher; hp-legacy-display=1\r\n\r\n"
        "Subject: inner\r\n\r\ntext\r\n--b\r\nContent-Type: application/pkcs7-signature\r\n\r\n"
        "MA==\r\n--b--\r\n";
    const auto opened = open(
        "Content-Type: multipart/signed; boundary=b; "
        "protocol=\"application/pkcs7-signature\"\r\n\r\n" +
        body);
    CHECK(opened.report.header_protection == HeaderProtection::cipher);
    CHECK(has(header_of(opened), "\r\nSubject: inner\r\n"));
    CHECK(opened.view->body() == body);
}

TEST_CASE("protected fields come in place of their twins, and never twice",
          "[smime][protected-header]") {
    const auto opened = open(
        "x-one: a\r\nX-One: b\r\nSubject: inner\r\nContent-Type: text/plain; hp=clear\r\n\r\nx",
        "Subject: one\r\nSUBJECT : two\r\nX-Other: o\r\nX-One: outer\r\n");
    CHECK(without_own_field(*opened.view) ==
          "Subject: inner\r\nX-Other: o\r\nx-one: a\r\nX-One: b\r\nMIME-Version: 1.0\r\n"
          "Content-Type: text/plain; hp=clear\r\n\r\nx");
}

TEST_CASE("what is ours, or of transit, is never taken from inside (ST-01)",
          "[smime][protected-header]") {
    std::string spoofs;
    for (const std::string name :
         {"X-Paperknife", "x-PAPERKNIFE", "X-Paperknife ", "X-Paper\r\n knife", "X-Paperknife\x7f",
          "Received", "Return-Path", "DKIM-Signature", "ARC-Seal", "Authentication-Results",
          "authentication-results", "HP-Outer", "Delivered-To", "Received-SPF"})
        spoofs += name + ": spoof\r\n";
    // A line that is no field makes it no entity (MIME-05): then all of it is text.
    const auto text = open(spoofs + "Content-Type: text/plain; hp=clear\r\n\r\nx");
    CHECK(!has(header_of(text), "spoof"));
    for (const std::string name : {"X-Paperknife", "x-PAPERKNIFE", "X-Paperknife ", "Received",
                                   "ARC-Seal", "Authentication-Results", "HP-Outer"}) {
        const auto opened = open(name + ": spoof\r\nContent-Type: text/plain; hp=clear\r\n\r\nx");
        CHECK(opened.report.header_protection == HeaderProtection::clear);
        CHECK(!has(header_of(opened), "spoof"));
        CHECK(opened.view->body() == "x");
    }
}

TEST_CASE("results in our name are not let pass, those of others are (RFC 8601, 5)",
          "[smime][protected-header]") {
    const auto stays = [](const std::string& value) {
        const std::string field = "Authentication-Results:" + value + "\r\n";
        return has(header_of(open("Content-Type: text/plain\r\n\r\nx", outer + field)), field);
    };
    for (const char* value :
         {" paperknife; smime=pass", "paperknife;smime=pass", " PaperKnife.home 1; smime=pass",
          " knife.paperknife.example; smime=pass", " (a) paperknife; smime=pass",
          "\r\n paperknife-1; smime=pass", " \"paperknife.x\"; smime=pass"})
        CHECK(!stays(value));
    for (const char* value : {" mx.example.org; dkim=pass", " knife.paperknife.example; dkim=pass",
                              "", " (paperknife)"})
        CHECK(stays(value));
}

TEST_CASE("the inner From is used only if it is the same sender (RFC 9788, 4.4)",
          "[smime][protected-header]") {
    const auto from = [](const std::string& inner, const std::string& outer_fields) {
        const auto opened = open(inner + "Content-Type: text/plain; hp=cipher\r\n\r\nx",
                                 outer_fields + "Subject: s\r\n");
        const std::string header = header_of(opened);
        const auto at = header.find("\r\nFrom:");
        std::string shown = opened.report.from_mismatch ? "unconfirmed" : "";
        if (at != std::string::npos)
            shown += header.substr(at + 6, header.find("\r\n", at + 2) - at - 6);
        return shown;
    };
    const std::string bob = "From: Bob <bob@example.org>\r\n";
    CHECK(from("", bob) == ": Bob <bob@example.org>");
    CHECK(from("From: B <bob@EXAMPLE.ORG>\r\n", bob) == ": B <bob@EXAMPLE.ORG>");
    CHECK(from("From: BOB@example.org\r\n", bob) == ": BOB@example.org");
    for (const char* inner :
         {"From: Eve <eve@example.org>\r\n", "From: bob@example.com\r\n",
          "From: bob@example.org, eve@example.org\r\n", "From: \"eve@x.org\" <bob@example.org>\r\n",
          "From: bob@example.org\r\nFrom: bob@example.org\r\n", "From:\r\n", "From: bob\r\n",
          "From: group: bob@example.org;\r\n"})
        CHECK(from(inner, bob) == "unconfirmed: Bob <bob@example.org>");
    CHECK(from(bob, bob + "From: eve@example.org\r\n") == "unconfirmed: Bob <bob@example.org>");
    CHECK(from(bob, "") == "unconfirmed");
    const std::string odd = "From: \"bob@example.org\" <bob@example.org>\r\n";
    CHECK(from(odd, odd) == ": \"bob@example.org\" <bob@example.org>");
}

TEST_CASE("a wrapped message is unwrapped only if it is surely this one (RFC 9788, 4.10)",
          "[smime][protected-header]") {
    const std::string message =
        "From: bob@example.org\r\nMessage-ID: <1@example.org>\r\nSubject: inner\r\n";
    const auto unwraps = [&](const std::string& type, const std::string& inner) {
        const auto opened = open("Content-Type: " + type + "\r\n\r\n" + inner + "\r\nx");
        return opened.report.header_protection == HeaderProtection::wrapped &&
               opened.view->body() == "x";
    };
    CHECK(unwraps("message/rfc822", message));
    CHECK(unwraps("Message/RFC822; forwarded=no", "From: bob@example.org\r\n"));
    CHECK(!unwraps("message/rfc822", "From: bob@example.org\r\n"));
    CHECK(!unwraps("message/rfc822; forwarded=yes", message));
    CHECK(!unwraps("message/rfc822; forwarded=no", "From: eve@example.org\r\n"));
    CHECK(!unwraps("message/rfc822", message + "Message-ID: <2@example.org>\r\n"));
    CHECK(!unwraps("message/rfc822", message + "From: eve@example.org\r\n"));
    CHECK(!unwraps("message/rfc822", message + "Content-Type: text/plain; hp=clear\r\n"));
    CHECK(!unwraps("message/rfc822", message + "Content-Type: application/pkcs7-mime\r\n"));
    CHECK(!unwraps("message/rfc822\r\nContent-Transfer-Encoding: base64", message));
    CHECK(!unwraps("message/global", message));
}

TEST_CASE("a legacy display element is hidden only if it is surely one (RFC 9788, 4.5.3)",
          "[smime][protected-header]") {
    const auto body = [](const std::string& type, const std::string& text,
                         const std::string& hp = "cipher") {
        const auto opened = open("Content-Type: " + type + "; hp=" + hp + "\r\n\r\n" + text);
        return std::string{opened.view->body()};
    };
    const std::string flagged = "text/plain; hp-legacy-display=1";
    const std::string plain = "Subject: s\r\nTo: a,\r\n b\r\n\r\ntext\r\n\r\nmore";
    CHECK(body(flagged, plain) == "text\r\n\r\nmore");
    CHECK(body(flagged, plain, "clear") == plain);
    CHECK(body("text/plain", plain) == plain);
    CHECK(body("text/plain; hp-legacy-display=0", plain) == plain);
    CHECK(body("text/markdown; hp-legacy-display=1", plain) == plain);
    for (const std::string text :
         {"", "\r\n", "\r\ntext", "text: x", "Dear Alice,\r\n\r\nSubject: x\r\n\r\n",
          "Subject: x\r\nno field\r\n\r\ntext"})
        CHECK(body(flagged, text) == text);

    const std::string html = "text/html; hp-legacy-display=1";
    const std::string start = "<div class=\"header-protection-legacy-display\">";
    const std::string element = start + "<pre>Subject: &lt;s&gt;</pre></div>";
    CHECK(body(html, "<html><body class=x>\r\n" + element + "<p>") ==
          "<html><body class=x>\r\n<p>");
    CHECK(body(html, element).empty());
    for (const std::string& text : {"<p>" + element, "<body><p>" + element, std::string{"<body"},
                                    start, start + "<a>x</a></div>", start + "<div></div></div>"})
        CHECK(body(html, text) == text);

    const auto base64 = open("Content-Transfer-Encoding: base64\r\nContent-Type: " + flagged +
                             "; hp=cipher\r\n\r\n" + smime::encode_base64(samples::octets(plain)));
    CHECK(base64.view->body() == smime::encode_base64(samples::octets("text\r\n\r\nmore")));
    const auto quoted = open(
        "Content-Transfer-Encoding: quoted-printable\r\nContent-Type: " + html +
        "; hp=cipher\r\n\r\n<div class=3D\"header-protection-legacy-=\r\ndisplay\">s</div>a=C3=BC");
    CHECK(quoted.view->body() == smime::encode_base64(samples::octets("a\xc3\xbc")));
    CHECK(has(header_of(quoted), "Content-Transfer-Encoding: base64\r\n"));
}
