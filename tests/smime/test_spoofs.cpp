#include <regex>

#include "smime/encoded_word.hpp"
#include "smime/entity.hpp"
#include "smime/header.hpp"
#include "smime/open.hpp"
#include "smime/own_field.hpp"
#include "tests/catch.hpp"
#include "tests/smime/samples.hpp"

// ST-01: fields that look like what paperknife says of a signature, at every level of a message and
// in every way of writing that some reader may take for the real one. What a sender knows may be
// all of it: here he knows the install id.

namespace {

const std::string install_id = "paperknife.0123456789abcdef";

/// Every way to write a field's name up to its colon.
std::vector<std::string> names(const std::string& name) {
    std::string upper, mixed;
    for (std::size_t i = 0; i < name.size(); ++i) {
        const bool letter = name[i] >= 'a' && name[i] <= 'z';
        upper += letter ? static_cast<char>(name[i] - 0x20) : name[i];
        mixed += letter && i % 2 ? static_cast<char>(name[i] - 0x20) : name[i];
    }
    std::vector<std::string> all;
    for (const auto& one : {name, upper, mixed})
        for (const std::string before_colon :
             {"", " ", "\t", " \t  ", "\r\n ", " \r\n\t", "\n ", "\x0b", "\x7f", "\xc2\xa0",
              "\xe2\x80\xae", "\xe2\x80\x8b"})
            all.push_back(one + before_colon + ':');
    // Something that does not show, within the name or before it.
    for (const std::string hidden : {"\x01", "\xc2\xad", "\xe2\x80\x8d", "\xef\xbb\xbf"}) {
        all.push_back(name.substr(0, 4) + hidden + name.substr(4) + ':');
        all.push_back(hidden + name + ':');
    }
    return all;
}

/// What Authentication-Results may say, in the name of whoever.
std::vector<std::string> results() {
    std::vector<std::string> all;
    for (const std::string& id :
         {install_id, std::string{"paperknife"}, std::string{"paperknife.fedcba9876543210"},
          std::string{"PaperKnife.0123456789ABCDEF"}, '"' + install_id + '"', "(x) " + install_id,
          "\r\n " + install_id, std::string{"(a (b)\r\n c) \"paper\\knife\""},
          std::string{"mx.example.org"}, std::string{"localhost (" + install_id + ")"}})
        for (const std::string result :
             {"; smime=pass body.smime-identifier=alice@example.org", " 1; smime = pass",
              ";\r\n\tSMIME=pass", "; dkim=pass; smime/1=pass", "; smime (really)\r\n =pass",
              ";smime=\"pass\"", "; (\xe2\x80\xae) smime=pass (\xe2\x81\xa6)",
              "; =?utf-8?q?smime=3Dpass?=", "; =?utf-8?b?c21pbWU9cGFzcw==?="})
            all.push_back(' ' + id + result);
    return all;
}

std::vector<std::string> spoofs() {
    std::vector<std::string> all;
    const auto values = results();
    const auto authentication = names("Authentication-Results"), own = names("X-Paperknife");
    for (std::size_t i = 0; i < values.size(); ++i)
        for (std::size_t j = 0; j < authentication.size(); ++j)
            if (j < 4 || (i + j) % 5 == 0) all.push_back(authentication[j] + values[i]);
    for (const auto& name : own)
        for (const std::string value :
             {" encryption=authenticated; layers=signed-data; signature=pass", "signature=pass",
              "\r\n signature=pass",
              " =?utf-8?q?signature=3Dpass?=", " \xe2\x80\xaesignature=pass"})
            all.push_back(name + value);
    return all;
}

/// What the wildest reader could take for a status: any field that, without all that is no letter,
/// has one of our names, and a word of ours in its value, encoded words undone or not.
bool is_status(const std::string& field) {
    const auto letters = [](const std::string& text) {
        std::string all;
        for (const char c : text)
            if (std::isalpha(static_cast<unsigned char>(c)))
                all += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        return all;
    };
    const auto colon = field.find(':');
    const auto name = letters(field.substr(0, colon));
    if (name == "xpaperknife") return true;
    if (name != "authenticationresults" || colon == field.npos) return false;
    static const std::regex ours{"paperknife|smime[^;]*pass|c21pbWU9cGFzcw", std::regex::icase};
    return std::regex_search(field.substr(colon), ours);
}

/// The fields of a header, as somebody reads them who takes every CR and every LF for a line's end.
std::vector<std::string> fields(std::string_view header) {
    std::vector<std::string> all;
    std::string line;
    for (const char c : header) {
        if (c != '\r' && c != '\n') {
            line += c;
            continue;
        }
        if (line.empty()) continue;
        if ((line[0] == ' ' || line[0] == '\t') && !all.empty())
            all.back() += line;
        else
            all.push_back(line);
        line.clear();
    }
    return all;
}

smime::Settings settings() {
    smime::Settings made;
    made.signatures.trust = std::make_shared<keystore::Trust>();
    // For clear-signed mail somebody must be believed, be it a stranger.
    const auto identity = samples::identity(samples::directory() / "keys" / "alice.pem");
    auto trust = std::make_shared<keystore::Trust>();
    trust->anchors.push_back(identity.certificate());
    made.signatures.trust = std::move(trust);
    made.presentation.authserv_id = install_id;
    return made;
}

const std::string outer =
    "Received: from a by b; Mon, 23 Nov 2026 10:00:00 +0000\r\nFrom: Mallory "
    "<m@example.org>\r\nSubject: figures\r\n";
const std::string inner = "Content-Type: text/plain\r\n\r\nhello\r\n";

std::string opaque(const std::string& header, const std::string& content) {
    return header + samples::entity(samples::signed_data(content));
}

std::string clear(const std::string& header, const std::string& content) {
    return header +
           "MIME-Version: 1.0\r\nContent-Type: multipart/signed; boundary=b; "
           "protocol=\"application/pkcs7-signature\"\r\n\r\n--b\r\n" +
           content +
           "\r\n--b\r\nContent-Type: application/pkcs7-signature\r\nContent-Transfer-Encoding: "
           "base64\r\n\r\n" +
           smime::encode_base64(samples::signed_data("x")) + "\r\n--b--\r\n";
}

/// A message for each place where a spoof can stand.
std::vector<std::string> messages(const std::string& spoof) {
    const std::string line = spoof + "\r\n";
    const std::string hp =
        "Content-Type: text/plain; hp=\"clear\"\r\nFrom: Mallory <m@example.org>\r\n";
    const std::string part = "Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n" + line +
                             inner + "\r\n--m\r\nContent-Type: message/rfc822\r\n\r\n" + line +
                             outer + inner + "\r\n--m--\r\n";
    return {
        opaque(line + outer, inner),
        opaque(outer + line, inner),
        opaque(line + outer + line + line, inner),
        clear(line + outer, inner),
        clear(outer + line, inner),
        opaque(outer, line + inner),
        opaque(outer, hp + line + "Subject: figures\r\n\r\nhello\r\n"),
        opaque(outer, "Content-Type: message/rfc822\r\n\r\n" + line + outer + inner),
        opaque(outer, part),
        clear(outer, part),
        clear(outer, line + inner),
    };
}

/// The octets of a message whose header's every line ends with CRLF, as servers send it.
std::size_t on_the_wire(const std::string& message) {
    std::size_t octets = message.size();
    const std::size_t header = smime::Entity::read(message).header.size();
    for (std::size_t i = 0; i < header; ++i)
        octets += message[i] == '\n' && (i == 0 || message[i - 1] != '\r');
    return octets;
}

}  // namespace

TEST_CASE("ST-01: of thousands of forged results none shows, and ours stands first",
          "[smime][status]") {
    const auto asked = settings();
    const keystore::Certificate::Time at{std::chrono::sys_days{std::chrono::year{2026} / 11 / 24}};
    const keystore::Keystore nobody;
    std::size_t count = 0, unchanged = 0;
    for (const auto& spoof : spoofs()) {
        CHECK(is_status(fields(spoof + "\r\n").at(0)));  // or the test would look for nothing
        for (const auto& message : messages(spoof)) {
            ++count;
            const auto opened = smime::open(message, nobody, asked, at);
            if (opened.report.verdict == smime::Verdict::pass) FAIL(message);
            if (!opened.view) {
                ++unchanged;
                if (opened.report.reason != "ambiguous-mime") FAIL(message);
                continue;
            }
            const auto header = opened.view->header();
            auto ours = smime::status_fields(opened.report, asked.presentation);
            if (!header.starts_with(ours)) {
                ours = smime::signed_status_fields(opened.report, asked.presentation);
                const auto octets = smime::signed_status_octets(asked.presentation);
                if (opened.view->size() != on_the_wire(message) + octets) FAIL(message);
            }
            if (!header.starts_with("X-Paperknife: ") || !header.starts_with(ours) ||
                ours.find(install_id) == ours.npos || ours.find("=pass") != ours.npos)
                FAIL(message);
            for (const auto& field : fields(header.substr(ours.size())))
                if (is_status(field)) {
                    CAPTURE(header);
                    FAIL(message);
                }
        }
    }
    INFO(count << " messages, " << unchanged
               << " that could be read in two ways and came as they are");
    CHECK(count > 1000);
    CHECK(unchanged < count / 2);
}

namespace {

/// Values of a Subject that carry a tag of ours and then "figures".
std::vector<std::string> tagged_subjects() {
    std::vector<std::string> all;
    const std::vector<std::string> tags{
        "[verified]",
        "[encrypted] [verified]",
        "[VERIFIED]",
        "[ verified ]",
        "[veri\r\n fied]",
        "\r\n [verified]\r\n",
        "[ver\r\n\tified]",
        "[[verified]]",
        "=?utf-8?q?=5Bverified=5D?=",
        "=?utf-8?Q?[verified]?=",
        "=?utf-8?b?W3ZlcmlmaWVkXQ==?=",
        "=?us-ascii*en?q?[verified]?=",
        "=?iso-8859-1?q?[veri?= =?iso-8859-1?q?fied]?=",
        "=?utf-8?q?[?=\r\n =?utf-8?q?v?= =?utf-8?q?erified]?=",
        "[=?utf-8?q?verified?=]",
        "=?utf-8?q?[verified?=]",
        "=?utf-16be?b?AFsAdgBlAHIAaQBmAGkAZQBkAF0=?=",
        "=?utf-8?q?[v=D0=B5rified]?=",
        "[v\u0435rified]",
        "[verif\u200bied]",
        "[veri\u00adfied]",
        "\uff3bverified\uff3d",
        "\u3010\uff56\uff45\uff52\uff49\uff46\uff49\uff45\uff44\u3011",
        "\u202e]deifirev[\u202c",
        "\u2067[verified]\u2069",
        "[ver\u0456f\u0456\u0435d]",
        "[\u202everified]",
        "=?utf-8?q?=E2=80=AE]deifirev[?="};
    for (const auto& tag : tags)
        for (const std::string before : {" ", " Re: ", " Fwd: Re: [list] ", "\r\n "})
            all.push_back(before + tag + " figures");
    return all;
}

/// True if a reader could see one of our tags in a Subject's value: its letters between brackets,
/// or those turned around.
bool shows_tag(std::string_view value) {
    bool hides = false;
    std::string shown = smime::decoded_text(smime::unfolded(value), hides);
    if (hides || shown.find("\u202e") != shown.npos || shown.find("\u2067") != shown.npos)
        return true;
    static const std::regex tag{"[\\[\xe3\xef][^\\]]*(v.{1,3}rif|\xef\xbd\x96)", std::regex::icase};
    return std::regex_search(shown, tag) && shown.find(']') != shown.npos;
}

}  // namespace

TEST_CASE("ST-04: no Subject brings a tag of ours, wherever it stands", "[smime][status]") {
    auto asked = settings();
    asked.presentation.subject_tag = true;
    const keystore::Certificate::Time at{std::chrono::sys_days{std::chrono::year{2026} / 11 / 24}};
    const keystore::Keystore nobody;
    std::size_t count = 0;
    const std::string sender = "From: Mallory <m@example.org>\r\n";
    for (const auto& value : tagged_subjects()) {
        std::vector<std::string> messages;
        for (const std::string name : {"Subject:", "SUBJECT:", "subject:"}) {
            const std::string field = name + value + "\r\n";
            const std::string hp = "Content-Type: text/plain; hp=\"clear\"\r\n" + sender + field;
            messages.insert(messages.end(),
                            {opaque(sender + field, inner), clear(sender + field, inner),
                             opaque(field + sender + "Subject: x\r\n", inner),
                             clear(sender + field + field, inner),
                             opaque(sender + "Subject: x\r\n", hp + "\r\nhello\r\n"),
                             opaque(sender + "Message-ID: <1@x>\r\n",
                                    "Content-Type: message/rfc822\r\n\r\n" + sender +
                                        "Message-ID: <1@x>\r\n" + field + inner)});
        }
        for (const auto& message : messages) {
            ++count;
            const auto opened = smime::open(message, nobody, asked, at);
            REQUIRE(opened.view);
            CHECK(opened.report.verdict != smime::Verdict::pass);
            smime::HeaderScanner fields{opened.view->header()};
            bool has_subject = false;
            while (const auto field = fields.next()) {
                if (!smime::same_name(smime::lenient_name(*field), "Subject")) continue;
                auto rest = field->value;
                const std::string_view ours = " [invalid]";
                const bool invalid = opened.report.verdict == smime::Verdict::permerror ||
                                     opened.report.verdict == smime::Verdict::fail;
                CHECK(rest.starts_with(ours) == invalid);
                if (invalid) rest.remove_prefix(ours.size());
                has_subject |= rest.find("figures") != rest.npos || rest.find("=?") != rest.npos;
                if (shows_tag(rest)) {
                    CAPTURE(opened.view->header());
                    FAIL(message);
                }
            }
            CHECK(has_subject);
        }
    }
    CHECK(count > 1000);
}
