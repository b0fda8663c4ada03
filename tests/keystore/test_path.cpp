#include "keystore/path.hpp"

#include <algorithm>

#include "keystore/limits.hpp"
#include "keystore/policy_graph.hpp"
#include "tests/catch.hpp"
#include "tests/keystore/files.hpp"

using namespace keystore;

// What paths are valid ask tests/keystore/paths.py and corpus_path.py; here is what a script can't
// see.
namespace {

constexpr Certificate::Time at{std::chrono::sys_days{std::chrono::year{2035} / 6 / 1}};

Certificate certificate(const std::string& name) {
    return *Certificate::parse(tests::path_file(name + ".der"));
}

PathResult find(const Trust& trust, const std::vector<Certificate>& bag, const Certificate& target,
                SignatureBudget& budget) {
    PathRequest request{target, trust, at};
    request.certificates = bag;
    request.revocation = RevocationPolicy::off;
    return find_path(request, budget);
}

Trust trusting(const std::string& anchor) {
    Trust trust;
    trust.anchors.push_back(certificate(anchor));
    return trust;
}

/// CAs of one name, each with an RSA key of its own that is as slow as any that is allowed.
std::vector<Certificate> slow_twins(std::size_t count) {
    const Bytes slowest = tests::path_file("slowest.der");
    const auto spki = Certificate::parse(slowest)->subject_public_key_info;
    const auto key = std::search(slowest.begin(), slowest.end(), spki.begin(), spki.end());
    std::vector<Certificate> twins;
    for (std::size_t i = 0; i < count; ++i) {
        Bytes der = slowest;
        const auto inside = key - slowest.begin() + 100;  // within the modulus
        der[static_cast<std::size_t>(inside)] = static_cast<std::uint8_t>(i);
        der[static_cast<std::size_t>(inside) + 1] = static_cast<std::uint8_t>(i >> 8);
        twins.push_back(*Certificate::parse(der));
    }
    return twins;
}

}  // namespace

TEST_CASE("A path goes from the target to the anchor", "[path]") {
    const Trust trust = trusting("root");
    const std::vector<Certificate> bag{certificate("other-root"), certificate("sub"),
                                       certificate("cross")};
    const Certificate alice = certificate("alice");
    SignatureBudget budget;
    const PathResult found = find(trust, bag, alice, budget);
    CHECK(found.status == PathStatus::valid);
    CHECK(found.path == std::vector<const Certificate*>{&alice, &bag[1], &trust.anchors[0]});
    CHECK(found.revocation == Revocation::not_checked);
    CHECK(found.about == nullptr);
    CHECK(budget.checks() == 2);
    CHECK(describe(found.status) == "valid");
}

TEST_CASE("What is wrong is said with the certificate that it is wrong with", "[path]") {
    const Trust trust = trusting("root");
    const std::vector<Certificate> bag{certificate("constrained-plain")};
    const Certificate victim = certificate("victim-plain");
    SignatureBudget budget;
    const PathResult found = find(trust, bag, victim, budget);
    CHECK(found.status == PathStatus::name_constraints);
    CHECK(found.about == &bag[0]);
    CHECK(found.path.size() == 3);
}

TEST_CASE("Nothing is verified of a chain that could not end at an anchor", "[path]") {
    const std::vector<Certificate> bag{certificate("sub"), certificate("root")};
    SignatureBudget budget;
    const Trust trust = trusting("other-root");
    const PathResult found = find(trust, bag, certificate("alice"), budget);
    CHECK(found.status == PathStatus::untrusted);
    CHECK(budget.checks() == 0);
}

TEST_CASE("MEAS-8, CERT-10: keys that cost too much are not used", "[path]") {
    for (const char* name : {"exponent", "modulus"}) {
        INFO(name);
        SignatureBudget budget;
        const Trust trust = trusting(name);
        CHECK(find(trust, {}, certificate("alice"), budget).status == PathStatus::too_complex);
        CHECK(budget.checks() == 0);
    }
}

TEST_CASE("CERT-10: a bag of slow keys ends at the budget", "[path]") {
    const Trust trust = trusting("root");
    std::vector<Certificate> bag = slow_twins(limits::message_certificates);
    const Certificate alice = certificate("rsa-alice");
    SignatureBudget budget;
    CHECK(find(trust, bag, alice, budget).status == PathStatus::too_complex);
    CHECK(budget.checks() <= limits::signature_checks);

    // The right one is found among them: it is the one whose key identifier alice's issuer has.
    bag.back() = certificate("rsa-sub");
    SignatureBudget another;
    CHECK(find(trust, bag, alice, another).status == PathStatus::valid);
    CHECK(another.checks() == 2);

    // What is beyond the certificates that a message may bring is not looked at.
    bag.insert(bag.begin(), certificate("twin"));
    SignatureBudget third;
    CHECK(find(trust, bag, alice, third).status != PathStatus::valid);
}

TEST_CASE("CERT-10: a budget is spent once", "[path]") {
    SignatureBudget checks{2, 1'000'000};
    CHECK(checks.spend(1));
    CHECK(checks.spend(1));
    CHECK_FALSE(checks.exhausted());
    CHECK_FALSE(checks.spend(1));
    CHECK(checks.exhausted());
    CHECK(checks.checks() == 2);
    SignatureBudget time{100, 10};
    CHECK(time.spend(6));
    CHECK_FALSE(time.spend(6));

    // Of several signers of one message, each pays from what is left.
    SignatureBudget budget{3, 1'000'000};
    const Trust trust = trusting("root");
    const std::vector<Certificate> bag{certificate("sub")};
    const Certificate alice = certificate("alice"), bob = certificate("bob");
    CHECK(find(trust, bag, alice, budget).status == PathStatus::valid);
    CHECK(find(trust, bag, bob, budget).status == PathStatus::too_complex);
}

TEST_CASE("CERT-07: a heap of CRLs does not hide the one that revokes", "[path]") {
    Trust trust = trusting("root");
    const auto revoked = CertificateList::parse(tests::path_file("sub-revoked.crl"));
    REQUIRE(revoked);
    trust.certificate_lists.push_back(*revoked);
    const std::vector<Certificate> bag{certificate("sub")};
    const Certificate alice = certificate("alice");
    Bytes forged = tests::path_file("sub-empty.crl");
    forged.back() ^= 1;
    std::vector<CertificateList> heap;
    for (std::size_t i = 0; i < limits::message_certificate_lists; ++i)
        heap.push_back(CertificateList::parse(forged).value());
    for (const std::size_t count : {std::size_t{0}, std::size_t{10}, heap.size()}) {
        INFO(count);
        PathRequest request{alice, trust, at};
        request.certificates = bag;
        request.certificate_lists = std::span{heap}.first(count);
        SignatureBudget budget;
        const auto status = find_path(request, budget).status;
        CHECK(status == (count < heap.size() ? PathStatus::revoked : PathStatus::too_complex));
    }
}

TEST_CASE("A certificate is valid from its first second to its last", "[path]") {
    const Trust trust = trusting("root");
    const std::vector<Certificate> bag{certificate("sub")};
    const Certificate alice = certificate("alice");
    const auto status_at = [&](Certificate::Time time) {
        PathRequest request{alice, trust, time};
        request.certificates = bag;
        SignatureBudget budget;
        return find_path(request, budget).status;
    };
    CHECK(status_at(alice.not_before) == PathStatus::valid);
    CHECK(status_at(alice.not_after) == PathStatus::valid);
    CHECK(status_at(alice.not_before - std::chrono::seconds{1}) == PathStatus::not_yet_valid);
    CHECK(status_at(alice.not_after + std::chrono::seconds{1}) == PathStatus::expired);
}

TEST_CASE("RFC 9618: mapped policies cost no more than there are", "[path]") {
    // Each certificate maps both policies to both: the tree of RFC 5280 had 2^n leaves.
    constexpr std::size_t length = 60;
    Certificate mapping = certificate("sub");
    mapping.extensions.policies = {"1.2.3.1", "1.2.3.2"};
    for (const char* issuer : {"1.2.3.1", "1.2.3.2"})
        for (const char* subject : {"1.2.3.1", "1.2.3.2"})
            mapping.extensions.policy_mappings.emplace_back(issuer, subject);
    PolicyGraph graph{length, {true, false, false}};
    for (std::size_t i = 0; i < length; ++i) REQUIRE(graph.add(mapping));
    const auto policies = graph.finish({std::string{any_policy}});
    CHECK(policies == std::vector<std::string>{"1.2.3.1", "1.2.3.2"});
}
