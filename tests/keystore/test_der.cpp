#include "keystore/der.hpp"
#include "tests/catch.hpp"
#include "tests/keystore/files.hpp"

using namespace keystore;
using der::Limits;
using der::Reader;
using tests::from_hex;

namespace {

/// count elements of indefinite length in one another.
Bytes nested(std::size_t count, std::uint8_t identifier) {
    Bytes out;
    for (std::size_t i = 0; i < count; ++i) out.insert(out.end(), {identifier, 0x80});
    out.insert(out.end(), 2 * count, 0);
    return out;
}

Bytes joined(const Bytes& input, Limits limits = Limits::ber()) {
    Reader in{input, limits};
    const auto element = in.next();
    REQUIRE(element);
    return der::string_octets(*element, limits).value_or(Bytes{0xff});
}

}  // namespace

TEST_CASE("A reader leaves what was not asked for where it is", "[der]") {
    const Bytes input = from_hex("020105 0401ff");
    Reader in{input, Limits::der()};
    CHECK_FALSE(in.next(der::octet_string));
    CHECK_FALSE(in.boolean());
    CHECK_FALSE(in.enter(der::sequence));
    CHECK_FALSE(in.malformed());
    CHECK(in.small_integer() == 5U);
    CHECK_FALSE(in.at_end());
    CHECK(in.next(der::octet_string));
    CHECK(in.at_end());
    CHECK_FALSE(in.next());
    CHECK_FALSE(in.malformed());
}

TEST_CASE("A reader refuses everything after an encoding that is none", "[der]") {
    const Bytes input = from_hex("0402ff");
    Reader in{input, Limits::ber()};
    CHECK_FALSE(in.next());
    CHECK(in.malformed());
    CHECK_FALSE(in.at_end());
    CHECK_FALSE(in.peek());
    CHECK_FALSE(in.next(der::octet_string));
}

TEST_CASE("ASN-01: BER is read, and refused where DER is asked for", "[der]") {
    const std::string_view ber_only[] = {
        "3080 020100 0000",     // indefinite length
        "3081 03 020100",       // length not minimal
        "308400000003 020100",  // and with leading zeros
        "2403 0401ff",          // constructed string
    };
    for (const std::string_view text : ber_only) {
        const Bytes input = from_hex(text);
        INFO(text);
        CHECK(Reader{input, Limits::ber()}.next());
        CHECK_FALSE(Reader{input, Limits::der()}.next());
    }
}

TEST_CASE("ASN-02: what is longer than its container is refused", "[der]") {
    const std::string_view refused[] = {
        "",
        "30",
        "3001",
        "3081",
        "3082ff",
        "30ff00",                      // reserved
        "3084ffffffff00",              // 4 GiB
        "3088ffffffffffffffff00",      // 2^64
        "308900ffffffffffffffffff00",  // more than 64 bit
        "30847fffffff",                // beyond the limit, and not there
        "3080020100",                  // no end of contents
        "308002010000",                // half of one
        "0480 0401ff 0000",            // primitive with an indefinite length
        "0000",                        // end of contents of nothing
        "1000",                        // SEQUENCE in primitive form
        "220100",                      // INTEGER in constructed form
        "1f1e00",                      // high form of a low number
        "1f808100",                    // padded tag number
        "1fffffffffff7f00",            // tag number beyond 2^28
        "3080 0482 ffff 0000",         // inner element longer than all
    };
    for (const std::string_view text : refused) {
        const Bytes input = from_hex(text);
        INFO(text);
        CHECK_FALSE(Reader{input, Limits::ber()}.next());
        CHECK_FALSE(Reader{input, Limits::der()}.next());
    }
}

TEST_CASE("ASN-01: depth is bounded without recursion", "[der]") {
    const Bytes deepest = nested(64, 0x30), deeper = nested(65, 0x30),
                deep = nested(1'000'000, 0x30);
    CHECK(Reader{deepest, Limits::ber()}.next());
    CHECK_FALSE(Reader{deeper, Limits::ber()}.next());
    CHECK_FALSE(Reader{deep, Limits::ber()}.next());

    Reader in{deepest, Limits::ber()};
    int depth = 0;
    for (auto inner = in.enter(der::sequence); inner; inner = inner->enter(der::sequence)) ++depth;
    CHECK(depth == 64);

    Bytes definite;  // 30 02 30 00 … from the inside out
    for (int i = 0; i < 70; ++i) {
        der::Writer out;
        out.element(der::sequence, definite);
        definite = out.take();
    }
    Reader outer{definite, Limits::der()};
    depth = 0;
    for (auto inner = outer.enter(der::sequence); inner; inner = inner->enter(der::sequence))
        ++depth;
    CHECK(depth == 64);
}

TEST_CASE("An element knows its octets and its content", "[der]") {
    const Bytes input = from_hex("a080 0401ff 0000 0500");
    Reader in{input, Limits::ber()};
    const auto element = in.next_context(0);
    REQUIRE(element);
    CHECK(element->indefinite);
    CHECK(tests::hex(element->octets) == "a0800401ff0000");
    CHECK(tests::hex(element->content) == "0401ff");
    CHECK(in.next(der::null));
    CHECK(in.at_end());
}

TEST_CASE("ASN-01: strings come whole or in pieces, however nested", "[der]") {
    CHECK(joined(from_hex("0403616263")) == from_hex("616263"));
    CHECK(joined(from_hex("0400")).empty());
    CHECK(joined(from_hex("2400")).empty());
    CHECK(joined(from_hex("24800000")).empty());
    CHECK(joined(from_hex("2480 040161 0400 2480 040162 2403 040163 0000 0000")) ==
          from_hex("616263"));
    CHECK(joined(from_hex("2405 040161 0400")) == from_hex("61"));
    CHECK(joined(from_hex("a080 040161 040162 0000")) == from_hex("6162"));  // [0] IMPLICIT
    CHECK(joined(from_hex("80026162")) == from_hex("6162"));
    CHECK(joined(nested(63, 0x24)).empty());

    const Bytes no = {0xff};
    CHECK(joined(from_hex("2480 020161 0000")) == no);  // an INTEGER among the pieces
    CHECK(joined(from_hex("2403 040261")) == no);       // a piece longer than the string
    CHECK(joined(from_hex("2404 2480 0000")).empty());
    CHECK(joined(from_hex("2402 2480")) == no);           // an end outside of its container
    CHECK(joined(from_hex("2380 03020061 0000")) == no);  // BIT STRING in pieces
    CHECK(joined(from_hex("a0030401ff"), Limits::der()) == no);
}

TEST_CASE("A reader asked for an OCTET STRING takes one in pieces, in BER", "[der]") {
    const Bytes input = from_hex("2480 040161 0000");
    CHECK(Reader{input, Limits::ber()}.next(der::octet_string));
    CHECK_FALSE(Reader{input, Limits::der()}.next(der::octet_string));
}

TEST_CASE("Integers", "[der]") {
    const auto value = [](std::string_view text, Limits limits = Limits::der()) {
        const Bytes input = from_hex(text);
        Reader in{input, limits};
        return in.small_integer();
    };
    CHECK(value("020100") == 0U);
    CHECK(value("02017f") == 127U);
    CHECK(value("02020080") == 128U);
    CHECK(value("02087fffffffffffffff") == 0x7fffffffffffffffU);
    CHECK_FALSE(value("02090080000000000000ff"));
    CHECK_FALSE(value("0201ff"));
    CHECK_FALSE(value("0200"));
    CHECK_FALSE(value("02020001"));  // padded
    CHECK(value("02020001", Limits::ber()) == 1U);
    CHECK(value("020a00000000000000000001", Limits::ber()) == 1U);
}

TEST_CASE("Booleans", "[der]") {
    const Bytes truth = from_hex("0101ff"), odd = from_hex("010101"), empty = from_hex("0100");
    CHECK(Reader{truth, Limits::der()}.boolean() == true);
    CHECK_FALSE(Reader{odd, Limits::der()}.boolean());
    CHECK(Reader{odd, Limits::ber()}.boolean() == true);
    CHECK_FALSE(Reader{empty, Limits::ber()}.boolean());
}

TEST_CASE("CERT-12: object identifiers are bounded", "[der]") {
    const auto text = [](std::string_view content) {
        return der::oid_text(from_hex(content)).value_or("none");
    };
    CHECK(text("2a864886f70d010101") == "1.2.840.113549.1.1.1");
    CHECK(text("00") == "0.0");
    CHECK(text("883703") == "2.999.3");
    CHECK(text("") == "none");
    CHECK(text("2a86") == "none");                    // does not end
    CHECK(text("2a8001") == "none");                  // padded
    CHECK(text("2affffffffffffffffff7f") == "none");  // an arc beyond 64 bit

    Bytes arcs(63, 1);
    arcs[0] = 0x2a;  // "1.2": two arcs
    CHECK(der::oid_text(arcs));
    arcs.push_back(1);
    CHECK_FALSE(der::oid_text(arcs));
}

TEST_CASE("What is written is read again", "[der]") {
    for (const std::string oid : {"1.2.840.113549.1.1.1", "2.999.3", "0.0", "2.5.4.3"}) {
        der::Writer out;
        out.oid(oid);
        CHECK(Reader{out.octets(), Limits::der()}.oid() == oid);
    }
    for (const std::uint64_t number :
         {0ULL, 127ULL, 128ULL, 255ULL, 256ULL, 0x7fffffffffffffffULL}) {
        der::Writer out;
        out.integer(number);
        CHECK(Reader{out.octets(), Limits::der()}.small_integer() == number);
    }
    for (const std::size_t size : {0U, 127U, 128U, 255U, 256U, 65535U, 65536U}) {
        const Bytes content(size, 'x');
        der::Writer out;
        out.element(der::context(1000, false), content);
        Reader in{out.octets(), Limits::der()};
        const auto element = in.next_context(1000);
        REQUIRE(element);
        CHECK(element->content.size() == size);
        CHECK(in.at_end());
    }
    der::Writer out;
    out.null();
    out.raw(from_hex("0101ff"));
    CHECK(tests::hex(out.take()) == "05000101ff");
    CHECK_THROWS_AS(out.oid("1.two"), std::invalid_argument);
}
