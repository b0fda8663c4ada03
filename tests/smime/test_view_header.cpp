#include "smime/view_header.hpp"

#include "smime/encoded_word.hpp"
#include "smime/subject_lookalike.hpp"
#include "smime/subject_tag.hpp"

#include "smime/entity.hpp"
#include "smime/header.hpp"
#include "smime/limits.hpp"
#include "smime/open.hpp"
#include "smime/own_field.hpp"
#include "tests/catch.hpp"
#include "tests/smime/samples.hpp"

namespace {

const keystore::Keystore no_keys;

/// The view of a message with this header and this content, signed.
std::string view(const std::string& outer_header, std::string_view content) {
    const auto opened =
        smime::open(outer_header + samples::entity(samples::signed_data(content)), no_keys, {});
    REQUIRE(opened.view);
    return std::string{opened.view->header()} + std::string{opened.view->body()};
}

const std::string own =
    "X-Paperknife: encryption=none; layers=signed-data; signature=not-verified\r\n";

}  // namespace

TEST_CASE("a view is our field, the outer header, the inner structure and the inner body",
          "[smime][view]") {
    CHECK(view("Received: a\r\nFrom: b\r\n\tfolded \r\nMIME-Version: 1.0\r\nsubject:c\r\n"
               "Content-Language: de\r\nX-Odd : d\r\n",
               "MIME-Version: 1.0\r\nContent-Type: text/html;\r\n charset=utf-8\r\n"
               "Subject: not this one\r\ncontent-disposition : inline\r\nFrom: nor this\r\n\r\n"
               "<b>\r\n\r\nbody\n") ==
          own +
              "Received: a\r\nFrom: b\r\n\tfolded \r\nMIME-Version: 1.0\r\nsubject:c\r\n"
              "X-Odd : d\r\nContent-Type: text/html;\r\n charset=utf-8\r\n"
              "content-disposition: inline\r\n\r\n<b>\r\n\r\nbody\n");
}

TEST_CASE("lines of the header end with CRLF however they came", "[smime][view]") {
    CHECK(view("From: a\r\n b\r\nSubject: c\r\n",
               "Content-Type: text/plain\r\nContent-ID:\n x\n\nbody\n") ==
          own +
              "From: a\r\n b\r\nSubject: c\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n"
              "Content-ID:\r\n x\r\n\r\nbody\n");
}

TEST_CASE("the message's own MIME-Version stays as and where it is, if it is one",
          "[smime][view]") {
    const auto header = [](const std::string& outer) {
        const std::string all = view(outer, "Content-Type: text/plain\r\n\r\n");
        return all.substr(own.size(), all.find("Content-Type") - own.size());
    };
    for (const std::string field : {"Mime-Version: 1.0 (Mac OS X Mail 16.0 \\(3731\\))\r\n",
                                    "MIME-VERSION:1.0\r\n", "MIME-Version:\r\n 1.0\r\n"})
        CHECK(header(field + "A: b\r\n") == field + "A: b\r\n");
    for (const std::string fields :
         {"", "MIME-Version: 2.0\r\n", "MIME-Version:\r\n", "MIME-Version : 1.0\r\n",
          "MIME-Version: 1.0\r\nMime-Version: 1.0\r\n", "MIME-\r\n Version: 1.0\r\n",
          "MIME-Version: 1.0\r\nMIME-Version\x7f: 1.0\r\n"})
        CHECK(header(fields + "A: b\r\n") == "A: b\r\nMIME-Version: 1.0\r\n");
}

TEST_CASE("nobody else's X-Paperknife field gets into a view (ST-01)", "[smime][view]") {
    const std::string value = "encryption=authenticated; signature=pass";
    std::vector<std::string> names{"X-Paperknife", "x-paperknife", "X-PAPERKNIFE", "x-PaPeRkNiFe"};
    std::vector<std::string> spoofs;
    for (const auto& name : names)
        for (const std::string before_colon :
             {"", " ", "\t", "  \t ", "\x0b", "\x7f", "\xa0", "\x01 "})
            for (const std::string after : {" ", "", "\r\n ", "\r\n\t", " \r\n \r\n "})
                spoofs.push_back(name + before_colon + ":" + after + value + "\r\n");
    for (const auto& name : names) {
        spoofs.push_back(name + "\r\n : " + value + "\r\n");
        spoofs.push_back(name + " \t\r\n : " + value + "\r\n");
        spoofs.push_back("\x0b" + name + ": " + value + "\r\n");
    }
    const std::string entity = "Content-Type: text/plain\r\n\r\nbody";
    for (const auto& spoof : spoofs) {
        INFO(spoof);
        const std::string expected = own +
                                     "From: a\r\nSubject: b\r\nMIME-Version: 1.0\r\n"
                                     "Content-Type: text/plain\r\n\r\nbody";
        CHECK(view("From: a\r\n" + spoof + "Subject: b\r\n", entity) == expected);
        CHECK(view(spoof + spoof + "From: a\r\nSubject: b\r\n" + spoof, entity) == expected);
    }
    for (const auto& spoof : spoofs) {
        // Inside, a line that is no field makes the content a text, where it can do no harm.
        const std::string inside = view("From: a\r\n", spoof + entity);
        const auto header = inside.substr(0, inside.find("\r\n\r\n"));
        CHECK(header.find("pass") == std::string::npos);
    }
}

TEST_CASE("our field is folded below 78 characters", "[smime][view]") {
    smime::Report report;
    report.encryption = smime::Encryption::unauthenticated;
    report.error = smime::Error::unsupported_algorithm;
    for (int i = 0; i < 8; ++i) {
        smime::Layer layer;
        layer.type = i % 2 ? "signed-data" : "authEnveloped-data";
        layer.result = "opened";
        report.layers.push_back(layer);
    }
    const std::string header = smime::own_field(report);
    std::size_t longest = 0;
    for (std::size_t at = 0; at < header.size();) {
        const auto end = header.find("\r\n", at);
        longest = std::max(longest, end - at);
        at = end + 2;
    }
    CHECK(longest < 78);
    CHECK(smime::unfolded(smime::find_field(header, "X-Paperknife")->value) ==
          "encryption=unauthenticated; layers=authEnveloped-data, signed-data,authEnveloped-data,"
          "signed-data,authEnveloped-data,signed-data, authEnveloped-data,signed-data; "
          "signature=none; reason=unsupported-algorithm");

    report.layers.resize(2);
    report.error.reset();
    report.encryption = smime::Encryption::authenticated;
    CHECK(smime::own_field(report) ==
          "X-Paperknife: encryption=authenticated;\r\n layers=authEnveloped-data,signed-data; "
          "signature=none\r\n");
    report.layers.clear();
    CHECK(smime::own_field(report) ==
          "X-Paperknife: encryption=authenticated; layers=; signature=none\r\n");
    CHECK(smime::view_header("", report, "") == "MIME-Version: 1.0\r\n\r\n");
}

TEST_CASE("a clear-signed message's status has one size, whatever it says", "[smime][view]") {
    const smime::Presentation presentation{true, false, "paperknife.0123456789abcdef"};
    const auto check = [&](const smime::Report& report) {
        const auto fields = smime::signed_status_fields(report, presentation);
        CHECK(fields.size() == smime::signed_status_octets(presentation));
        CHECK(fields.ends_with("\r\n"));
        for (std::size_t at = 0; at < fields.size();) {
            const auto end = fields.find("\r\n", at);
            CHECK(end - at <= smime::limits::line);
            CHECK(fields.substr(at, end - at).find_first_not_of(' ') != std::string::npos);
            at = end + 2;
        }
    };
    smime::Report report;
    report.signatures_verified = true;
    check(report);
    report.errant = {{"1.2", "enveloped-data", "errant-layer", {}}};
    report.from_mismatch = true;
    report.header_protection = smime::HeaderProtection::cipher;
    for (int i = 0; i < smime::limits::layers; ++i) {
        smime::Layer layer;
        layer.type = "signed-data";
        layer.detached = true;
        smime::Signer signer;
        signer.verdict = report.verdict = smime::Verdict::pass;
        signer.address = signer.issuer = std::string(1000, '"');
        layer.signers.push_back(signer);
        report.layers.push_back(layer);
        check(report);
    }
    report.verdict = smime::Verdict::permerror;
    report.error = smime::Error::unsupported_algorithm;
    report.reason = "signature-algorithm-unsupported";
    report.signature = "not-verified";
    check(report);
    CHECK(smime::signed_status_fields(report, {false, false, ""}).empty());
    CHECK(smime::signed_status_octets({false, false, ""}) == 0);
}

TEST_CASE("a look-alike in a clear-signed message is withheld octet for octet (ST-01)",
          "[smime][view]") {
    const std::string header =
        "Received: x\r\nX-Paperknife: signature=pass;\r\n\tlayers=signed-data\r\n"
        "authentication-results : paperknife.1; smime=pass\r\nSubject: y\r\n\r\n";
    CHECK(smime::signed_header(header) ==
          "Received: x\r\nX-Withheld:.. ...............\r\n\t..................\r\n"
          "X-Withheld:........... . ............. ..........\r\nSubject: y\r\n\r\n");
    for (std::size_t fold = 1; fold < std::string_view{"X-Paperknife"}.size(); ++fold) {
        std::string folded = "X-Paperknife: signature=pass\r\n\r\n";
        folded.insert(fold, "\r\n ");
        const auto shown = smime::signed_header(folded);
        CHECK(shown.size() == folded.size());
        CHECK(shown.starts_with("X-Withhe"));
    }
    CHECK(smime::signed_header("X-Paperknife\r\n\r\n") == "X-Withheld:.\r\n\r\n");
}

TEST_CASE("content that is no MIME entity is delivered whole as text (MIME-05)", "[smime][view]") {
    const auto text = [](const std::string& content, const std::string& fields) {
        INFO(content);
        CHECK(view("From: a\r\n", content) ==
              own + "From: a\r\nMIME-Version: 1.0\r\n" + fields + "\r\n" + content);
    };
    const std::string ascii = "Content-Type: text/plain; charset=us-ascii\r\n";
    text("This is some sample content.", ascii);
    text("tree 0123\nparent 4567\nauthor A <a@example.org> 1 +0000\n\nA commit\n", ascii);
    text("Note: this is a text\r\n\r\nand no header\r\n", ascii);
    text("Content-Type: text/html\r\nbut: here\r\nis no field\r\n\r\n<b>", ascii);
    text("one line", ascii);
    text(
        "Gr\xc3\xbc\xc3\x9f"
        "e\r\n",
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n");
    text(
        "Gr\xfc\xdf"
        "e\r\n",
        "Content-Type: text/plain\r\nContent-Transfer-Encoding: 8bit\r\n");

    const auto entity = [](const std::string& content, const std::string& fields,
                           const std::string& body) {
        CHECK(view("From: a\r\n", content) ==
              own + "From: a\r\nMIME-Version: 1.0\r\n" + fields + "\r\n" + body);
    };
    entity("\r\nAn empty header is one.\r\n", "", "An empty header is one.\r\n");
    entity("\n", "", "");
    entity("Content-Type: text/html\r\n", "Content-Type: text/html\r\n", "");
    entity("Content-Type: text/html", "Content-Type: text/html\r\n", "");
    entity("MIME-Version: 1.0\r\n\r\nx", "", "x");
    CHECK(smime::is_mime_entity("A: b\r\nContent-ID:\r\n"));
    CHECK(!smime::is_mime_entity(""));
    CHECK(!smime::is_mime_entity("Content-ID\r\n : x\r\n"));
    CHECK(!smime::is_mime_entity(": x\r\nContent-ID: y\r\n\r\n"));
}

namespace {

std::string tagged(const std::string& value, const std::vector<std::string_view>& tags) {
    const auto once =
        smime::with_subject_tags("A: b\r\nSubject:" + value + "\r\nC: d\r\n\r\n", tags);
    CHECK(smime::with_subject_tags(once, tags) == once);
    CHECK(once.starts_with("A: b\r\nSubject:"));
    CHECK(once.ends_with("\r\nC: d\r\n\r\n"));
    return once.substr(14, once.size() - 14 - 10);
}

}  // namespace

TEST_CASE("ST-04: a Subject says what was found, and the rest of it stays", "[smime][subject]") {
    const std::vector<std::string_view> tags{"[encrypted]", "[verified]"};
    CHECK(tagged(" Figures", tags) == " [encrypted] [verified] Figures");
    CHECK(tagged("", tags) == " [encrypted] [verified]");
    CHECK(tagged("\r\n Figures\r\n of  May ", {"[invalid]"}) == " [invalid] Figures\r\n of  May");
    CHECK(tagged(" =?iso-8859-1?q?gr=FCn?=\r\n =?iso-8859-1?q?_blau?=", {"[invalid]"}) ==
          " [invalid] =?iso-8859-1?q?gr=FCn?=\r\n =?iso-8859-1?q?_blau?=");
    CHECK(tagged("  [list]  Re: x", {}) == "  [list]  Re: x");
    const std::string longest(985, 'x');
    CHECK(tagged(" " + longest, {"[invalid]"}) == " [invalid]\r\n " + longest);
    // Others' tags of the same looks.
    CHECK(tagged(" [verified] Figures", {}) == " Figures");
    CHECK(tagged(" [invalid][verified] Re: [Encrypted, Verified] x", {"[invalid]"}) ==
          " [invalid] Re: x");
    CHECK(tagged(" =?utf-8?q?[verified]?= x", {}) == " x");
    CHECK(tagged(" =?utf-8?b?W3Zlcg==?= =?utf-8?q?ified]_gr=C3=BCn?=", {}) ==
          " =?utf-8?B?Z3LDvG4=?=");
    CHECK(tagged(" =?utf-7?q?+AFs-verified+AF0-?= x", {}) == " =?utf-8?B?77+9IHg=?=");
    CHECK(tagged(" [verified]=?utf-8?q?[veri?=[verified]fied] x", {}).find("erified") ==
          std::string::npos);
    // A header without Subject, and one with several, of which a reader may show any.
    CHECK(smime::with_subject_tags("A: b\r\n\r\n", tags) ==
          "A: b\r\nSubject: [encrypted] [verified]\r\n\r\n");
    CHECK(smime::with_subject_tags("A: b\r\n\r\n", {}) == "A: b\r\n\r\n");
    CHECK(smime::with_subject_tags("subject : [verified] a\r\nSubject: b\r\n\r\n", {}) ==
          "Subject: a\r\nSubject: b\r\n\r\n");
}

TEST_CASE("ST-04: look-alikes go, whatever they are written with", "[smime][subject]") {
    using smime::without_lookalikes;
    const std::vector<std::pair<std::string, std::string>> pairs{
        {"[", "]"}, {"［", "］"}, {"【", "】"}, {"⟦", "⟧"}, {"〔", "〕"}, {"❲", "]"}, {"[", "］"}};
    const std::vector<std::string> spellings{
        "verified",       "VERIFIED",         "v e r i f i e d", "veri\u200bfied", "ver\u0131fied",
        "ѵеrіfіеԁ",       "ｖｅｒｉｆｉｅｄ", "𝐯𝐞𝐫𝐢𝐟𝐢𝐞𝐝",        "𝚟𝚎𝚛𝚒𝚏𝚒𝚎𝚍",       "ⓥⓔⓡⓘⓕⓘⓔⓓ",
        "vérifi\u0301ed", "ver1f1ed",         "verlfled",        "v\u202eerified", "ver\u00adified",
        "🅅🄴🅁🄸🄵🄸🄴🄳",       "sig-verified",     "Verified by RSA", "νεrified",       "encrypted",
        "ЕNСRУРТЕD",      "encryptеd",        "ｅncrypted",      "decrypted",      "invalid",
        "inva1id",        "іnνаlіd",          "invaIid",         "INVALID",        "signed",
        "ѕіgnеd",         "5igned",           "signed OK",       "vꙗrified"};
    int count = 0;
    for (const auto& [open, close] : pairs)
        for (const auto& spelling : spellings)
            for (const std::string before : {"", "Re: ", "Fwd: Re: [list] ", "[[", "x"}) {
                INFO(open << spelling << close);
                const auto kept = without_lookalikes(before + open + spelling + close + " y");
                CHECK(kept == before + (before.ends_with(' ') || before.empty() ? "y" : " y"));
                ++count;
            }
    CHECK(count > 1000);
    for (const std::string text :
         {"", "Figures", "[list] verified", "verified [list]", "(verified)", "[PATCH 1/2] fix",
          "【重要】お知らせ", "[Confirmed] order", "[[]]", "[list] verified [x]", "[very fine]",
          "Re: [EXTERNAL] [ANN] x", "[Проверено]", "[валидация данных]"})
        CHECK(without_lookalikes(text) == text);
    CHECK(without_lookalikes("\u202e]deifirev[\u202c x") == "]deifirev[ x");
    // Linear, however many brackets there are.
    std::string many(200'000, '[');
    for (int i = 0; i < 20'000; ++i) many += "[verified]";
    CHECK(without_lookalikes(many) == std::string(200'000, '['));
}
