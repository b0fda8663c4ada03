#include "smime/errant.hpp"

#include <algorithm>

#include "smime/mime.hpp"
#include "tests/catch.hpp"
#include "tests/smime/samples.hpp"

namespace {

using smime::Errant;

smime::Opened open(const std::string& message, Errant errant) {
    smime::Settings settings;
    settings.errant = errant;
    return smime::open(message, samples::alice(), settings);
}

std::string layers(const smime::Opened& opened) {
    std::string words;
    for (const auto& layer : opened.report.errant)
        words += layer.part + ' ' + layer.type + ' ' + layer.result + '\n';
    return words;
}

std::string encrypted() {
    return samples::entity(samples::part("cbc.der"));
}

/// A multipart of this type with these parts.
std::string multipart(const std::string& type, const std::vector<std::string>& parts) {
    std::string all = "Content-Type: multipart/" + type + "\r\n\r\n";
    for (const auto& part : parts) all += "--b\r\n" + part + "\r\n";
    return all + "--b--\r\n";
}

std::string mixed(const std::vector<std::string>& parts) {
    return multipart("mixed; boundary=b", parts);
}

const std::string text = "Content-Type: text/plain\r\n\r\nlook at this";
const std::string letter =
    "Content-Type: message/rfc822\r\n\r\nFrom: carol@example.org\r\nSubject: fwd\r\n";

/// The attachments of a view, decoded.
std::vector<std::string> attachments(const smime::View& view) {
    const smime::MimeStructure structure{view.header(), view.body()};
    const std::string all = std::string{view.header()} + std::string{view.body()};
    std::vector<std::string> found;
    for (const auto& part : structure.parts()) {
        if (part.parent != 0) continue;
        const auto fields = smime::read_content_fields(
            std::string_view{all}.substr(part.header_offset, part.header_size));
        if (!fields.disposition || fields.disposition->type != "attachment") continue;
        CHECK(fields.type->is("application", "octet-stream"));
        CHECK(smime::decoded_parameter(fields.disposition->parameters, "filename") ==
              "opened-errant-layer-" + std::to_string(found.size() + 1) + ".eml");
        const auto body = std::string_view{all}.substr(part.body_offset, part.body_size);
        found.emplace_back(smime::decode_base64(body).octets.expose_text());
    }
    return found;
}

}  // namespace

TEST_CASE("what is encrypted below plaintext is left as it is, and the report says so (MIME-02)",
          "[smime][errant]") {
    const auto check = [](const std::string& entity, const std::string& expected) {
        INFO(entity);
        const auto opened = open(samples::outer_header + entity, Errant::leave);
        CHECK(!opened.view);
        CHECK(!opened.report.error);
        CHECK(opened.report.verdict == smime::Verdict::none);
        CHECK(opened.report.encryption == smime::Encryption::none);
        CHECK(layers(opened) == expected);
        CHECK(opened.report.reason == (expected.empty() ? "" : "errant-layer"));
    };
    const std::string word = " enveloped-data errant-layer\n";
    check(mixed({text, encrypted()}), "2" + word);
    check(mixed({encrypted(), text}), "1" + word);
    check(multipart("alternative; boundary=b", {text, encrypted()}), "2" + word);
    check(mixed({text, encrypted(), encrypted()}), "2" + word + "3" + word);
    check(mixed({text, letter + encrypted()}), "2.1" + word);
    check(letter + encrypted(), "1.1" + word);
    check(letter + mixed({text, encrypted()}), "1.2" + word);
    check(mixed({text, "Content-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n" + encrypted() +
                           "\r\n--c--"}),
          "2.1" + word);
    check(mixed({text, "Content-Disposition: attachment\r\n" + encrypted()}), "2" + word);
    check(mixed({text,
                 "Content-Type: application/octet-stream; name=a.p7m\r\n"
                 "Content-Transfer-Encoding: base64\r\n\r\n" +
                     smime::encode_base64(samples::part("gcm.der"))}),
          "2 authEnveloped-data errant-layer\n");
    check(mixed({samples::entity(samples::signed_data(encrypted()))}), "1" + word);
    // Signed is not encrypted, and what is only named so is nothing.
    check(mixed({samples::entity(samples::part("signed.der"))}), "");
    check(mixed({"Content-Type: application/octet-stream; name=a.p7m\r\n\r\nno CMS"}), "");
    check(mixed({text}), "");
    check("Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\n" + encrypted(), "");
}

TEST_CASE("what is errant in an opened message is told beside its layers", "[smime][errant]") {
    const auto opened =
        open(samples::message(samples::signed_data(mixed({text, encrypted()}))), Errant::leave);
    REQUIRE(opened.view);
    CHECK(opened.view->body() == samples::body(mixed({text, encrypted()})));
    CHECK(opened.report.reason == "not-verified");
    CHECK(layers(opened) == "2 enveloped-data errant-layer\n");
    CHECK(smime::json(opened.report)
              .find(R"("errant": [{"part": "2", "type": "enveloped-data", )"
                    R"("result": "errant-layer"}])") != std::string::npos);
    CHECK(opened.view->header().find(" errant=left\r\n") != std::string::npos);
}

TEST_CASE("what errant layers hold can be had as attachments that nothing displays",
          "[smime][errant]") {
    const std::string entity = mixed({text, encrypted(), encrypted()});
    const auto opened = open(samples::outer_header + entity, Errant::attach);
    REQUIRE(opened.view);
    CHECK(layers(opened) == "2 enveloped-data attached\n3 enveloped-data attached\n");
    CHECK(opened.report.reason == "errant-layer");
    CHECK(opened.view->header().starts_with(
        "X-Paperknife: encryption=none; layers=; signature=none; errant=attached\r\n" +
        samples::outer_header + "MIME-Version: 1.0\r\nContent-Type: multipart/mixed;"));
    // The message comes first, octet for octet.
    CHECK(opened.view->body().find("\r\n" + entity + "\r\n--") != std::string_view::npos);
    const auto found = attachments(*opened.view);
    REQUIRE(found.size() == 2);
    const std::string plain = samples::text(samples::part("text"));
    CHECK(found[0].starts_with("X-Paperknife: encryption=unauthenticated; layers=enveloped-data"));
    CHECK(found[0].ends_with(plain));
    CHECK(found[0] == found[1]);
    // A pure function.
    const auto again = open(samples::outer_header + entity, Errant::attach);
    CHECK(again.view->header() == opened.view->header());
    CHECK(again.view->body() == opened.view->body());
}

TEST_CASE("what can't be attached is left, and the message comes as it is", "[smime][errant]") {
    smime::Settings settings;
    settings.errant = Errant::attach;
    const auto foreign = smime::open(samples::outer_header + mixed({text, encrypted()}),
                                     samples::keys({"bob"}), settings);
    CHECK(!foreign.view);
    CHECK(layers(foreign) == "2 enveloped-data no-matching-recipient\n");
    CHECK(!open(samples::outer_header + mixed({text}), Errant::attach).view);

    // A signed whole keeps its octets.
    const std::string clear = multipart(
        "signed; boundary=b; protocol=\"application/pkcs7-signature\"",
        {"Content-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n" + encrypted() + "\r\n--c--",
         "Content-Type: application/pkcs7-signature\r\n\r\nMA=="});
    const auto signed_whole = open(samples::outer_header + clear, Errant::attach);
    CHECK(!signed_whole.view);
    CHECK(layers(signed_whole) == "1.1 enveloped-data errant-layer\n");

    // Boundaries that begin as any of ours could.
    for (const std::string boundary : {"0", "a", "f"}) {
        const auto opened =
            open("Content-Type: multipart/mixed; boundary=" + boundary + "\r\n\r\n--" + boundary +
                     "\r\n" + encrypted() + "\r\n--" + boundary + "--\r\n",
                 Errant::attach);
        REQUIRE(opened.view);
        CHECK(attachments(*opened.view).size() == 1);
    }
    const auto no_room = open(
        "Content-Type: multipart/mixed; boundary=\"\"\r\n\r\n--\r\n" + encrypted() + "\r\n----\r\n",
        Errant::attach);
    CHECK(!no_room.view);
}

TEST_CASE("only so many errant layers are looked into", "[smime][errant]") {
    const std::vector<std::string> many(100, encrypted());
    const auto opened = open(mixed(many), Errant::attach);
    REQUIRE(opened.view);
    CHECK(opened.report.errant.size() == 8);
    CHECK(attachments(*opened.view).size() == 8);
}

TEST_CASE("candidates are more if errant layers are to be attached", "[smime][errant]") {
    for (const char* header : {"Content-Type: multipart/mixed; boundary=b\r\n\r\n",
                               "Content-Type: MULTIPART/signed; protocol=x\r\n\r\n",
                               "Content-Type: message/rfc822\r\n\r\n"}) {
        CHECK(!smime::is_candidate(header));
        CHECK(smime::is_candidate(header, Errant::attach));
    }
    for (const char* header : {"Content-Type: text/plain\r\n\r\n", "Subject: x\r\n\r\n"})
        CHECK(!smime::is_candidate(header, Errant::attach));
}
