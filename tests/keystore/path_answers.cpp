/// Answers questions about paths, for scripts that know the answers of others. What a question is
/// about comes first, a line each, in hexadecimal:
///
///     anchor DER | intermediate DER | crl DER                what the owner has
///     certificate DER | message-crl DER                      what comes with the message
///     at SECONDS | purpose OID | key-usage BITS | revocation off|soft|require
///     policies OID… | explicit | inhibit-mapping | inhibit-any
///     target DER
///     find                                                   answers, and forgets all
///
/// The answer: status, revocation, certificates of the path, signature checks, policies ("-":
/// none).

#include "keystore/path.hpp"

#include <iostream>
#include <sstream>

#include "tests/keystore/files.hpp"

using namespace keystore;

namespace {

struct Question {
    Trust trust;
    std::vector<Certificate> certificates;
    std::vector<CertificateList> lists;
    std::optional<Certificate> target;
    Certificate::Time at{};
    std::string purpose;
    std::uint16_t key_usage = 0;
    RevocationPolicy revocation = RevocationPolicy::off;
    std::vector<std::string> policies;
    bool explicit_policy = false, inhibit_mapping = false, inhibit_any = false;
};

void add_certificate(std::vector<Certificate>& where, const Bytes& der) {
    if (auto certificate = Certificate::parse(der)) where.push_back(std::move(*certificate));
}

void add_list(std::vector<CertificateList>& where, Bytes der) {
    if (auto list = CertificateList::parse(std::move(der))) where.push_back(std::move(*list));
}

std::string answer(const Question& question) {
    if (!question.target) return "unreadable";
    PathRequest request{*question.target, question.trust, question.at};
    request.certificates = question.certificates;
    request.certificate_lists = question.lists;
    request.purpose = question.purpose;
    request.key_usage = question.key_usage;
    request.revocation = question.revocation;
    if (!question.policies.empty()) request.initial_policies = question.policies;
    request.require_explicit_policy = question.explicit_policy;
    request.inhibit_policy_mapping = question.inhibit_mapping;
    request.inhibit_any_policy = question.inhibit_any;
    SignatureBudget budget;
    const PathResult result = find_path(request, budget);
    std::ostringstream out;
    out << describe(result.status) << ' '
        << (result.revocation == Revocation::good      ? "good"
            : result.revocation == Revocation::revoked ? "revoked"
                                                       : "not-checked")
        << ' ' << result.path.size() << ' ' << budget.checks() << ' ';
    if (result.policies.empty()) out << '-';
    for (const std::string& policy : result.policies)
        out << (&policy == result.policies.data() ? "" : ":") << policy;
    return out.str();
}

void tell(Question& question, const std::string& word, std::istringstream& rest) {
    std::string value;
    rest >> value;
    if (word == "anchor") add_certificate(question.trust.anchors, tests::from_hex(value));
    if (word == "intermediate")
        add_certificate(question.trust.intermediates, tests::from_hex(value));
    if (word == "crl") add_list(question.trust.certificate_lists, tests::from_hex(value));
    if (word == "certificate") add_certificate(question.certificates, tests::from_hex(value));
    if (word == "message-crl") add_list(question.lists, tests::from_hex(value));
    if (word == "target") question.target = Certificate::parse(tests::from_hex(value));
    if (word == "at") question.at = Certificate::Time{std::chrono::seconds{std::stoll(value)}};
    if (word == "purpose") question.purpose = value;
    if (word == "key-usage") question.key_usage = static_cast<std::uint16_t>(std::stoul(value));
    if (word == "revocation")
        question.revocation = value == "require" ? RevocationPolicy::require
                              : value == "soft"  ? RevocationPolicy::soft
                                                 : RevocationPolicy::off;
    if (word == "policies")
        for (; rest || !value.empty(); value.clear(), rest >> value)
            if (!value.empty()) question.policies.push_back(value);
    if (word == "explicit") question.explicit_policy = true;
    if (word == "inhibit-mapping") question.inhibit_mapping = true;
    if (word == "inhibit-any") question.inhibit_any = true;
}

}  // namespace

int main() {
    Question question;
    std::string line;
    while (std::getline(std::cin, line)) {
        std::istringstream in{line};
        std::string word;
        in >> word;
        if (word != "find") {
            tell(question, word, in);
            continue;
        }
        std::cout << answer(question) << '\n';
        question = {};
    }
}
