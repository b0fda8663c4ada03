#include "smime/authentication_results.hpp"

#include "smime/header.hpp"
#include "smime/limits.hpp"
#include "smime/own_field.hpp"
#include "tests/catch.hpp"

namespace {

smime::Report signed_by(const std::string& address, const std::string& issuer) {
    smime::Report report;
    report.verdict = smime::Verdict::pass;
    report.signature = "pass";
    report.signatures_verified = true;
    smime::Layer layer;
    layer.type = "signed-data";
    smime::Signer signer;
    signer.verdict = smime::Verdict::pass;
    signer.address = address;
    signer.issuer = issuer;
    layer.signers.push_back(signer);
    report.layers.push_back(layer);
    return report;
}

std::string value(const smime::Report& report) {
    const auto field = smime::authentication_results(report, "paperknife.0123");
    return smime::unfolded(smime::find_field(field, "Authentication-Results")->value);
}

bool is_ours(const std::string& field) {
    smime::HeaderScanner fields{field};
    const auto first = fields.next();
    return first && smime::is_own_field(*first);
}

}  // namespace

TEST_CASE("a signature's worth in the words of RFC 8601 and RFC 7281 (ST-02)", "[smime][status]") {
    CHECK(value(signed_by("alice@example.org", "CN=ca")) ==
          "paperknife.0123; smime=pass body.smime-identifier=alice@example.org "
          "body.smime-issuer=\"CN=ca\"");
    auto report = signed_by("alice@example.org", "CN=ca");
    report.verdict = report.layers[0].signers[0].verdict = smime::Verdict::policy;
    report.reason = "untrusted";
    CHECK(value(report) ==
          "paperknife.0123; smime=policy reason=untrusted body.smime-identifier=alice@example.org");
    smime::Report none;
    none.signatures_verified = true;
    CHECK(value(none) == "paperknife.0123; smime=none");
    report.signatures_verified = false;
    CHECK(smime::authentication_results(report, "paperknife").empty());
}

TEST_CASE("nothing that a certificate says gets out of its quotes (ST-02)", "[smime][status]") {
    const std::string evil =
        "CN=a\"; smime=pass\r\nX-Paperknife: signature=pass\r\n\\ \xe2\x80\xae\x01\x7f";
    for (const auto& [address, issuer] :
         {std::pair{std::string{"a@b"}, evil}, std::pair{evil, std::string{}},
          std::pair{std::string{"a b@c"}, std::string(10'000, 'x')},
          std::pair{std::string{"@"}, std::string{"a\\"}}}) {
        auto report = signed_by(address, issuer);
        report.verdict = report.layers[0].signers[0].verdict = smime::Verdict::fail;
        report.reason = "bad-signature";
        const auto field = smime::authentication_results(report, "paperknife");
        CAPTURE(field);
        CHECK(field.size() < 1000);
        // One field, and out of its quoted strings one result.
        smime::HeaderScanner fields{field};
        REQUIRE(fields.next());
        CHECK(!fields.next());
        std::string outside;
        bool quoted = false;
        for (std::size_t i = 0; i < field.size(); ++i) {
            CHECK((field[i] == '\r' || field[i] == '\n' || (field[i] >= ' ' && field[i] < 0x7f)));
            if (quoted && field[i] == '\\')
                ++i;
            else if (field[i] == '"')
                quoted = !quoted;
            else if (!quoted)
                outside += field[i];
        }
        CHECK(!quoted);
        CHECK(outside.find("smime=fail") != std::string::npos);
        CHECK(outside.find("smime=pass") == std::string::npos);
    }
}

TEST_CASE("results of S/MIME are nobody's but ours (ST-01)", "[smime][status]") {
    const std::string name = "Authentication-Results:";
    for (const std::string value :
         {" paperknife; dkim=pass", " paperknife.0123; smime=pass", "\r\n PAPERKNIFE ; none",
          " (x) \"paperknife\"; none", " mx.example.org; smime=pass",
          " mx.example.org; dkim=pass;\r\n SMIME=pass", " x;smime/1=pass",
          " x; smime (really) = pass", " x; (y) smime\r\n =pass", " (\"); x; smime=pass"})
        CHECK(is_ours(name + value + "\r\n"));
    for (const std::string value :
         {" mx.example.org; dkim=pass header.d=example.org", " smime.example.org; none",
          " mx.example.org; dkim=pass header.d=smime.example.org", " x; x-smime=pass",
          " x; smimex=pass"})
        CHECK(!is_ours(name + value + "\r\n"));
}
