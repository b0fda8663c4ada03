// Paths and their CRLs, of certificates that come in any number and any state of repair. What an
// input is made of is signed anew by the one key that every CA of the seeds has, so that a change
// of what a certificate says is not lost behind its broken signature.
//
// An input: pieces of a kind (one octet), a length (two octets) and DER.

#include "keystore/path.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "keystore/der.hpp"
#include "keystore/limits.hpp"

using namespace keystore;

namespace {

constexpr Certificate::Time at{std::chrono::sys_days{std::chrono::year{2030} / 6 / 1}};

void check(bool holds) {
    if (!holds) std::abort();
}

/// A signature of Ed25519 by the key whose seed is all zeros, as make_path_seeds.py has it.
std::array<std::uint8_t, crypto_sign_BYTES> signature_of(BytesView octets) {
    static const auto secret = [] {
        std::array<std::uint8_t, crypto_sign_SECRETKEYBYTES> key{};
        std::array<std::uint8_t, crypto_sign_PUBLICKEYBYTES> pub{};
        const std::array<std::uint8_t, crypto_sign_SEEDBYTES> seed{};
        check(sodium_init() >= 0);
        crypto_sign_seed_keypair(pub.data(), key.data(), seed.data());
        return key;
    }();
    std::array<std::uint8_t, crypto_sign_BYTES> made{};
    crypto_sign_detached(made.data(), nullptr, octets.data(), octets.size(), secret.data());
    return made;
}

/// SIGNED { tbs, algorithm, BIT STRING } with a good signature; what is none, as it is.
Bytes signed_anew(BytesView octets) {
    der::Reader outer{octets, der::Limits::ber()};
    auto in = outer.enter(der::sequence);
    const auto tbs = in ? in->next(der::sequence) : std::nullopt;
    const auto algorithm = tbs ? in->next(der::sequence) : std::nullopt;
    if (!algorithm) return {octets.begin(), octets.end()};
    Bytes bits{0};
    for (const auto octet : signature_of(tbs->octets)) bits.push_back(octet);
    der::Writer inside;
    inside.raw(tbs->octets);
    inside.raw(algorithm->octets);
    inside.element(der::bit_string, bits);
    der::Writer out;
    out.element(der::sequence, inside.octets());
    return out.take();
}

struct Question {
    Trust trust;
    std::vector<Certificate> certificates;
    std::vector<CertificateList> lists;
    std::optional<Certificate> target;
    std::uint8_t flags = 0;
};

void add(Question& question, std::uint8_t kind, BytesView octets) {
    const auto take = [](auto& where, auto&& one) {
        if (one) where.push_back(std::move(*one));
    };
    switch (kind) {
        case 'a':
            return take(question.trust.anchors, Certificate::parse(octets));
        case 'i':
            return take(question.trust.intermediates, Certificate::parse(signed_anew(octets)));
        case 'l':
            return take(question.trust.certificate_lists,
                        CertificateList::parse(signed_anew(octets)));
        case 'c':
            return take(question.certificates, Certificate::parse(signed_anew(octets)));
        case 'm':
            return take(question.lists, CertificateList::parse(signed_anew(octets)));
        case 't':
            question.target = Certificate::parse(signed_anew(octets));
            return;
        case 'f':
            if (!octets.empty()) question.flags = octets[0];
            return;
        default:
            return;
    }
}

Question read(BytesView octets) {
    Question question;
    while (octets.size() >= 3) {
        const std::size_t size = std::size_t{octets[1]} << 8 | octets[2];
        const std::uint8_t kind = octets[0];
        octets = octets.subspan(3);
        const BytesView piece = octets.first(std::min(size, octets.size()));
        add(question, kind, piece);
        octets = octets.subspan(piece.size());
    }
    return question;
}

PathResult find(const Question& question, SignatureBudget& budget) {
    PathRequest request{*question.target, question.trust, at};
    request.certificates = question.certificates;
    request.certificate_lists = question.lists;
    request.revocation =
        static_cast<RevocationPolicy>(question.flags & 3U ? (question.flags & 3U) - 1 : 1);
    request.require_explicit_policy = (question.flags & 4U) != 0;
    request.inhibit_policy_mapping = (question.flags & 8U) != 0;
    request.inhibit_any_policy = (question.flags & 16U) != 0;
    if ((question.flags & 32U) != 0) request.initial_policies = {"1.2.3.1"};
    return find_path(request, budget);
}

/// What must hold of every path that is called valid, asked in another way than find_path does.
void check_valid(const Question& question, const PathResult& found) {
    const auto& path = found.path;
    const auto& anchors = question.trust.anchors;
    check(!path.empty() && path.size() <= limits::path_depth && path.front() == &*question.target);
    check(found.about == nullptr && found.revocation != Revocation::revoked);
    check(std::any_of(anchors.begin(), anchors.end(),
                      [&](const Certificate& anchor) { return anchor.der == path.back()->der; }));
    std::size_t below = 0;  // CAs that are no issuers of themselves
    for (std::size_t i = 0; i < path.size(); ++i) {
        const Certificate& one = *path[i];
        check(one.not_before <= at && at <= one.not_after);
        check(one.defect.empty() && one.extensions.unknown_critical.empty());
        check(one.extensions.allow_purpose(email_protection));
        if (i == 0) continue;
        const bool is_anchor = i + 1 == path.size();
        const auto& constraints = one.extensions.basic_constraints;
        check((constraints && constraints->ca) || (is_anchor && one.version < 3));
        check(!constraints || !constraints->path_length || below <= *constraints->path_length);
        check(path[i - 1]->issuer_name == one.subject_name);
        check(!one.key_usage || (*one.key_usage & CertificateExtensions::key_cert_sign) != 0);
        if (one.extensions.name_constraints)
            check(one.extensions.name_constraints->allow(question.target->constrained_names()));
        if (!one.is_self_issued()) ++below;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
    Question question = read({octets, size});
    if (!question.target) return 0;
    SignatureBudget budget;
    const PathResult found = find(question, budget);
    check(budget.checks() <= limits::signature_checks && !found.path.empty());
    check(!describe(found.status).empty());
    if (found.status == PathStatus::valid) check_valid(question, found);

    // CERT-01: the order says nothing. Of two answers that are both a refusal, it may say which.
    Question turned = question;
    for (auto* all : {&turned.certificates, &turned.trust.anchors, &turned.trust.intermediates})
        std::reverse(all->begin(), all->end());
    SignatureBudget another;
    const PathResult again = find(turned, another);
    if (found.status != PathStatus::too_complex && again.status != PathStatus::too_complex)
        check((found.status == PathStatus::valid) == (again.status == PathStatus::valid));

    // CERT-04: without an anchor nothing is believed.
    turned.trust.anchors.clear();
    SignatureBudget third;
    check(find(turned, third).status != PathStatus::valid && third.checks() == 0);
    return 0;
}
