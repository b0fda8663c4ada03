#include "keystore/pkcs12.hpp"

#include "keystore/der.hpp"
#include "keystore/pbes2.hpp"
#include "keystore/pkcs12_mac.hpp"
#include "keystore/pkcs8.hpp"

namespace keystore {
namespace {

constexpr auto encoding = der::Limits::ber();  // Windows and NSS write indefinite lengths
constexpr std::string_view data_oid = "1.2.840.113549.1.7.1";
constexpr std::string_view encrypted_data_oid = "1.2.840.113549.1.7.6";
constexpr std::string_view x509_certificate_oid = "1.2.840.113549.1.9.22.1";
constexpr std::string_view bag_oid = "1.2.840.113549.1.12.10.1.";  // RFC 7292, 4.2
constexpr char key_bag = '1', shrouded_key_bag = '2', cert_bag = '3', safe_contents_bag = '6';

[[noreturn]] void malformed() {
    throw KeyFileError{"it is damaged, or not PKCS#12"};
}

template <class T>
T need(std::optional<T> value) {
    if (!value) malformed();
    return std::move(*value);
}

/// Octets that may come in pieces. They may hold keys.
SecretBytes read_octets(const der::Element& element) {
    SecretBytes octets;
    octets.reserve(element.content.size());
    for (const BytesView piece : need(der::string_pieces(element, encoding))) octets.append(piece);
    return octets;
}

/// Pfx walks one PFX from the outside in and gathers what it finds.
class Pfx {
public:
    Pfx(Passphrase& passphrase, DerivationBudget& budget)
        : passphrase_{passphrase}, budget_{budget} {}

    KeyFile read(BytesView pfx);

private:
    void check_mac(der::Reader& in, BytesView content);
    const SecretBytes& passphrase() { return empty_passphrase_ ? none_ : passphrase_.get(); }
    void read_content_info(der::Reader in);
    SecretBytes open_encrypted_data(der::Reader in);
    void read_safe_contents(BytesView octets, int nesting);
    void read_bag(der::Reader in, int nesting);
    void read_cert_bag(der::Reader in);

    Passphrase& passphrase_;
    DerivationBudget& budget_;
    const SecretBytes none_;
    bool empty_passphrase_ = false;
    std::size_t bags_ = 0;
    KeyFile found_;
};

// PFX ::= SEQUENCE { version INTEGER {v3(3)}, authSafe ContentInfo, macData MacData OPTIONAL }
KeyFile Pfx::read(BytesView pfx) {
    der::Reader outer{pfx, encoding};
    auto in = need(outer.enter(der::sequence));
    if (in.small_integer() != 3) malformed();
    auto safe = need(in.enter(der::sequence));
    const auto type = need(safe.oid());
    if (type != data_oid)
        throw KeyFileError{"it is signed instead of sealed with a passphrase (" + type + ")"};
    auto tagged = need(safe.enter_context(0));
    const SecretBytes content = read_octets(need(tagged.next(der::octet_string)));
    if (!in.at_end()) check_mac(in, content.expose());

    der::Reader authenticated{content.expose(), encoding};
    auto infos = need(authenticated.enter(der::sequence));
    while (!infos.at_end()) read_content_info(need(infos.enter(der::sequence)));
    return std::move(found_);
}

void Pfx::check_mac(der::Reader& in, BytesView content) {
    const Pkcs12Mac mac = Pkcs12Mac::read(in);
    empty_passphrase_ = mac.verify(content, none_, budget_);
    if (empty_passphrase_ || mac.verify(content, passphrase_.get(), budget_)) return;
    throw KeyFileError{"the passphrase is wrong, or the file damaged"};
}

void Pfx::read_content_info(der::Reader in) {
    if (++bags_ > limits::pkcs12_bags) throw KeyFileError{"it holds too many entries"};
    const auto type = need(in.oid());
    auto content = need(in.enter_context(0));
    if (type == data_oid)
        read_safe_contents(read_octets(need(content.next(der::octet_string))).expose(), 0);
    else if (type == encrypted_data_oid)
        read_safe_contents(open_encrypted_data(need(content.enter(der::sequence))).expose(), 0);
    else
        throw KeyFileError{"it is sealed in a way that is unknown (" + type + ")"};
}

// EncryptedData ::= SEQUENCE { version, SEQUENCE { contentType, AlgorithmIdentifier,
//                                                  [0] IMPLICIT OCTET STRING }, … }
SecretBytes Pfx::open_encrypted_data(der::Reader in) {
    need(in.small_integer());
    auto info = need(in.enter(der::sequence));
    need(info.oid());
    der::Reader algorithm = info;
    need(info.next(der::sequence));
    const SecretBytes sealed = read_octets(need(info.next_context(0)));
    return open_pbes2(algorithm, sealed.expose(), passphrase(), budget_);
}

void Pfx::read_safe_contents(BytesView octets, int nesting) {
    if (nesting > limits::pkcs12_nesting) throw KeyFileError{"it is nested too deeply"};
    der::Reader outer{octets, encoding};
    auto bags = need(outer.enter(der::sequence));
    while (!bags.at_end()) read_bag(need(bags.enter(der::sequence)), nesting);
}

// SafeBag ::= SEQUENCE { bagId, bagValue [0] EXPLICIT, bagAttributes SET OPTIONAL }
void Pfx::read_bag(der::Reader in, int nesting) {
    if (++bags_ > limits::pkcs12_bags) throw KeyFileError{"it holds too many entries"};
    const auto id = need(in.oid());
    const bool known = id.size() == bag_oid.size() + 1 && id.starts_with(bag_oid);
    auto value = need(in.enter_context(0));
    const auto octets = [&value] { return need(value.next(der::sequence)).octets; };
    switch (known ? id.back() : '\0') {
        case key_bag:
            found_.private_keys.emplace_back(octets());
            found_.without_passphrase = true;
            return;
        case shrouded_key_bag:
            found_.private_keys.push_back(
                open_encrypted_private_key_info(octets(), passphrase(), budget_));
            if (passphrase().empty()) found_.without_passphrase = true;
            return;
        case cert_bag:
            return read_cert_bag(need(value.enter(der::sequence)));
        case safe_contents_bag:
            return read_safe_contents(octets(), nesting + 1);
        default:  // CRLs, secrets, what others invent
            return;
    }
}

void Pfx::read_cert_bag(der::Reader in) {
    if (need(in.oid()) != x509_certificate_oid) return;
    auto tagged = need(in.enter_context(0));
    const SecretBytes certificate = read_octets(need(tagged.next(der::octet_string)));
    const BytesView der = certificate.expose();
    found_.certificates.emplace_back(der.begin(), der.end());
}

}  // namespace

KeyFile read_pkcs12(BytesView pfx, Passphrase& passphrase, DerivationBudget& budget) {
    try {
        return Pfx{passphrase, budget}.read(pfx);
    } catch (const OldEncryptionError& error) {
        throw KeyFileError{std::string{error.what()} +
                           ": convert it with openssl pkcs12 -legacy -in OLD.p12 -out NEW.pem"};
    }
}

}  // namespace keystore
