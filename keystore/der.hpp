#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "keystore/secret.hpp"

/// BER and DER (X.690), for CMS, certificates and keys. Iterative, bounded, without a copy.
namespace keystore::der {

/// Limits says which of X.690's encodings a Reader accepts, and how deep.
struct Limits {
    bool strict = true;  ///< DER: definite, minimal lengths, primitive strings only
    int depth = 64;      ///< ASN-01
    static constexpr Limits der() { return {true, 64}; }
    static constexpr Limits ber() { return {false, 64}; }
};

/// Identifier octets: class and number. Class in the two high bits of a byte, as on the wire.
struct Tag {
    std::uint8_t class_bits = 0;  ///< 0x00 universal, 0x40 application, 0x80 context, 0xc0 private
    std::uint32_t number = 0;
    bool constructed = false;
    bool operator==(const Tag&) const = default;
};

inline constexpr Tag boolean{0, 1, false}, integer{0, 2, false}, bit_string{0, 3, false},
    octet_string{0, 4, false}, null{0, 5, false}, oid{0, 6, false}, sequence{0, 16, true},
    set{0, 17, true}, utc_time{0, 23, false}, generalized_time{0, 24, false};
/// [number], constructed (explicit tags, implicit SEQUENCE and SET) or primitive.
constexpr Tag context(std::uint32_t number, bool constructed) {
    return {0x80, number, constructed};
}

/// One element as it stands in the input. Views point into the input.
struct Element {
    Tag tag;
    BytesView octets;   ///< identifier, length and content (and end-of-contents octets)
    BytesView content;  ///< of an indefinite length: without the end-of-contents octets
    bool indefinite = false;
};

/// Reader reads the elements of one level, one after the other. Each method consumes a whole
/// element or nothing. What is well-formed but not what was asked for stays where it is, for the
/// next question; what is not well-formed makes malformed() true, and everything else refuse too.
/// Checking the extent of an element of indefinite length walks its insides iteratively, within the
/// depth limit.
class Reader {
public:
    Reader(BytesView input, Limits limits);

    bool at_end() const;
    bool malformed() const;
    std::optional<Element> next();  ///< any element
    std::optional<Element> next(
        Tag tag);  ///< only this one (constructed strings in BER: see strings)
    std::optional<Element> next_context(
        std::uint32_t number);  ///< [number], primitive or constructed
    std::optional<Tag> peek() const;
    std::optional<Reader> enter(Tag tag);  ///< into the content of a constructed element
    std::optional<Reader> enter_context(std::uint32_t number);
    static Reader inside(const Element& element, Limits limits, int depth_used = 0);

    std::optional<std::uint64_t> small_integer();  ///< INTEGER, 0 to 2^63-1
    std::optional<BytesView> integer_octets();     ///< INTEGER, its content octets, not empty
    std::optional<std::string> oid();  ///< OBJECT IDENTIFIER as "1.2.840…"; at most 64 arcs
    std::optional<bool> boolean();

private:
    BytesView rest_;
    Limits limits_;
    int depth_ = 0;
    bool malformed_ = false;
};

/// The pieces of an OCTET STRING or an [n] IMPLICIT OCTET STRING: itself if primitive; the
/// primitive pieces within that are not empty, in order, if constructed, however nested (iterative,
/// within the depth limit). Nothing if it is not well-formed.
std::optional<std::vector<BytesView>> string_pieces(const Element& element, Limits limits);

/// The octets of such a string, joined.
std::optional<Bytes> string_octets(const Element& element, Limits limits);

/// Writer makes DER.
class Writer {
public:
    void element(Tag tag, BytesView content);
    void oid(std::string_view dotted);
    void integer(std::uint64_t value);
    void unsigned_integer(BytesView magnitude);  ///< most significant octet first
    void raw(BytesView der);
    void null();
    Bytes take();
    const Bytes& octets() const { return out_; }

private:
    Bytes out_;
};

/// "1.2.840…" of an OID's content octets; nothing if malformed or longer than 64 arcs.
std::optional<std::string> oid_text(BytesView content);

}  // namespace keystore::der
