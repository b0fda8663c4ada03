#include "keystore/crypto.hpp"
#include "keystore/key_derivation.hpp"
#include "keystore/rc2.hpp"
#include "tests/catch.hpp"
#include "tests/keystore/files.hpp"

using namespace keystore;
using tests::from_hex;
using tests::hex;
using tests::octets;

TEST_CASE("Digests of RFC 1321, FIPS 180", "[crypto]") {
    const auto abc = octets("abc");
    CHECK(hex(hash(Digest::md5, abc)) == "900150983cd24fb0d6963f7d28e17f72");
    CHECK(hex(hash(Digest::sha1, abc)) == "a9993e364706816aba3e25717850c26c9cd0d89d");
    CHECK(hex(hash(Digest::sha224, abc)) ==
          "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7");
    CHECK(hex(hash(Digest::sha256, abc)) ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    for (const Digest digest : {Digest::md5, Digest::sha1, Digest::sha224, Digest::sha256,
                                Digest::sha384, Digest::sha512}) {
        Hash pieces{digest};
        for (const char c : std::string_view{"abc"}) pieces.update(octets({&c, 1}));
        const Bytes whole = hash(digest, abc);
        CHECK(pieces.finish() == whole);
        CHECK(whole.size() == digest_size(digest));
        CHECK(hash(digest, {}).size() == digest_size(digest));
    }
}

TEST_CASE("HMAC of RFC 4231, test case 2", "[crypto]") {
    CHECK(hex(hmac(Digest::sha256, octets("Jefe"), octets("what do ya want for nothing?"))
                  .expose()) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST_CASE("PBKDF2 of RFC 6070", "[crypto]") {
    CHECK(hex(pbkdf2(Digest::sha1, octets("password"), octets("salt"), 4096, 20).expose()) ==
          "4b007901b765489abead49d926f721d065a429c1");
    CHECK(hex(pbkdf2(Digest::sha1, octets("passwordPASSWORDpassword"),
                     octets("saltSALTsaltSALTsaltSALTsaltSALTsalt"), 4096, 25)
                  .expose()) == "3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038");
}

TEST_CASE("scrypt of RFC 7914, chapter 12", "[crypto]") {
    CHECK(hex(scrypt({}, {}, 16, 1, 1, 64).expose()) ==
          "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
          "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906");
    CHECK(hex(scrypt(octets("password"), octets("NaCl"), 1024, 8, 16, 64).expose()) ==
          "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
          "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640");
    CHECK(
        hex(scrypt(octets("pleaseletmein"), octets("SodiumChloride"), 16384, 8, 1, 64).expose()) ==
        "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
        "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887");
    CHECK_THROWS_AS(scrypt({}, {}, 15, 1, 1, 64), std::invalid_argument);
}

TEST_CASE("AES-CBC takes only sizes that fit", "[crypto]") {
    // NIST SP 800-38A, F.2.2
    const Bytes key = from_hex("2b7e151628aed2a6abf7158809cf4f3c");
    const Bytes iv = from_hex("000102030405060708090a0b0c0d0e0f");
    Bytes text = from_hex("7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2");
    CHECK(aes_cbc_decrypt(key, iv, text));
    CHECK(hex(text) == "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51");
    CHECK_FALSE(aes_cbc_decrypt(key, BytesView{iv}.first(15), text));
    CHECK_FALSE(aes_cbc_decrypt(BytesView{key}.first(15), iv, text));
    CHECK_FALSE(aes_cbc_decrypt(key, iv, std::span{text}.first(17)));
    CHECK(aes_cbc_decrypt(key, iv, {}));
}

TEST_CASE("AES-CBC gives the same whole as in pieces, however large", "[crypto]") {
    const Bytes key(32, 5), iv(16, 6);
    for (const std::size_t blocks : {1U, 65535U, 65536U, 131072U, 131073U, 1000001U}) {
        INFO(blocks);
        Bytes whole(16 * blocks);
        std::uint32_t state = 1;
        for (auto& octet : whole)
            octet = static_cast<std::uint8_t>((state = state * 69069 + 1) >> 24);
        Bytes pieces = whole;
        const Bytes sealed = whole;
        REQUIRE(aes_cbc_decrypt(key, iv, whole));
        for (std::size_t at = 0, size = 16 * 1000; at < pieces.size(); at += size) {
            const auto piece = std::span{pieces}.subspan(at, std::min(size, pieces.size() - at));
            const auto before = at == 0 ? BytesView{iv} : BytesView{sealed}.subspan(at - 16, 16);
            REQUIRE(aes_cbc_decrypt(key, before, piece));
        }
        CHECK(whole == pieces);
    }
}

TEST_CASE("RC2 of RFC 2268, chapter 5", "[crypto]") {
    struct Vector {
        const char* key;
        unsigned effective_bits;
        const char *plaintext, *ciphertext;
    };
    for (const Vector& vector : {
             Vector{"0000000000000000", 63, "0000000000000000", "ebb773f993278eff"},
             Vector{"ffffffffffffffff", 64, "ffffffffffffffff", "278b27e42e2f0d49"},
             Vector{"3000000000000000", 64, "1000000000000001", "30649edf9be7d2c2"},
             Vector{"88", 64, "0000000000000000", "61a8a244adacccf0"},
             Vector{"88bca90e90875a", 64, "0000000000000000", "6ccf4308974c267f"},
             Vector{"88bca90e90875a7f0f79c384627bafb2", 64, "0000000000000000", "1a807d272bbe5db1"},
             Vector{"88bca90e90875a7f0f79c384627bafb2", 128, "0000000000000000",
                    "2269552ab0f85ca6"},
             Vector{"88bca90e90875a7f0f79c384627bafb216f80a6f85920584c42fceb0be255daf1e", 129,
                    "0000000000000000", "5b78d3a43dfff1f1"},
         }) {
        Bytes text = from_hex(vector.ciphertext);
        REQUIRE(rc2_cbc_decrypt(from_hex(vector.key), vector.effective_bits, Bytes(8), text));
        CHECK(hex(text) == vector.plaintext);
    }
}

TEST_CASE("RC2-CBC takes only sizes that fit", "[crypto]") {
    Bytes text(16);
    CHECK(rc2_cbc_decrypt(Bytes(1), 1, Bytes(8), text));
    CHECK(rc2_cbc_decrypt(Bytes(128), 1024, Bytes(8), text));
    CHECK_FALSE(rc2_cbc_decrypt({}, 64, Bytes(8), text));
    CHECK_FALSE(rc2_cbc_decrypt(Bytes(129), 64, Bytes(8), text));
    CHECK_FALSE(rc2_cbc_decrypt(Bytes(8), 0, Bytes(8), text));
    CHECK_FALSE(rc2_cbc_decrypt(Bytes(8), 1025, Bytes(8), text));
    CHECK_FALSE(rc2_cbc_decrypt(Bytes(8), 64, Bytes(7), text));
    CHECK_FALSE(rc2_cbc_decrypt(Bytes(8), 64, Bytes(8), std::span{text}.first(9)));
}

TEST_CASE("DES-CBC decrypts what FIPS 81 encrypts", "[crypto]") {
    // FIPS 81, table C1: "Now is the time for all "
    const Bytes key = from_hex("0123456789abcdef");
    const Bytes iv = from_hex("1234567890abcdef");
    Bytes text = from_hex("e5c7cdde872bf27c43e934008c389c0f683788499a7c05f6");
    REQUIRE(des_cbc_decrypt(key, iv, text));
    CHECK(std::string(text.begin(), text.end()) == "Now is the time for all ");
    CHECK_FALSE(des_cbc_decrypt(BytesView{key}.first(7), iv, text));
    CHECK_FALSE(des_cbc_decrypt(key, BytesView{iv}.first(7), text));
    CHECK_FALSE(des_cbc_decrypt(key, iv, std::span{text}.first(9)));
}

TEST_CASE("3DES-CBC decrypts what openssl encrypted", "[crypto]") {
    // openssl enc -des-ede3-cbc -nopad of "paperknife opens"
    const Bytes key = from_hex("0123456789abcdeffedcba987654321000112233445566ff");
    const Bytes iv = from_hex("0011223344556677");
    Bytes text = from_hex("9013bb1d4e8a4f0ca2ec2d84548719dc");
    REQUIRE(des3_cbc_decrypt(key, iv, text));
    CHECK(std::string(text.begin(), text.end()) == "paperknife opens");
    CHECK_FALSE(des3_cbc_decrypt(BytesView{key}.first(16), iv, text));
    CHECK_FALSE(des3_cbc_decrypt(key, BytesView{iv}.first(7), text));
    CHECK_FALSE(des3_cbc_decrypt(key, iv, std::span{text}.first(9)));
}

TEST_CASE("Padding of RFC 5652, 6.3", "[crypto]") {
    for (const std::size_t block : {8U, 16U}) {
        for (std::size_t padding = 0; padding < 256; ++padding) {
            Bytes text(3 * block, static_cast<std::uint8_t>(padding));
            const auto size = size_without_padding(text, block);
            const bool good = padding >= 1 && padding <= block;
            CHECK(size.has_value() == good);
            if (!good) continue;
            CHECK(*size == text.size() - padding);
            if (padding == 1) continue;
            text[text.size() - padding] ^= 1;
            CHECK_FALSE(size_without_padding(text, block));
            text[text.size() - padding] ^= 1;
            text[text.size() - padding - 1] ^= 1;
            CHECK(size_without_padding(text, block));
        }
        CHECK_FALSE(size_without_padding({}, block));
        CHECK_FALSE(size_without_padding(Bytes(block + 1, 1), block));
    }
    CHECK_FALSE(size_without_padding(Bytes(12, 1), 12));
}

TEST_CASE("AES-GCM leaves no plaintext behind a wrong tag", "[crypto]") {
    const Bytes key(32, 7), nonce(12, 9), aad = from_hex("0102");
    const auto message = octets("the longer the message, the more blocks there are to wipe");
    const Bytes sealed = aes_gcm_seal(key, nonce, aad, message);
    REQUIRE(sealed.size() == message.size() + 16);
    const BytesView tag = BytesView{sealed}.last(16);
    const auto open = [&](BytesView with_key, BytesView with_nonce, BytesView with_aad,
                          BytesView with_tag) {
        Bytes text(sealed.begin(), sealed.end() - 16);
        const bool opened = aes_gcm_decrypt(with_key, with_nonce, with_aad, with_tag, text);
        // Wiped, or not touched where the sizes did not fit.
        if (!opened && text != Bytes(sealed.begin(), sealed.end() - 16))
            CHECK(text == Bytes(text.size()));
        return opened && std::equal(text.begin(), text.end(), message.begin(), message.end());
    };
    CHECK(open(key, nonce, aad, tag));
    CHECK(open(key, nonce, aad, tag.first(12)));
    CHECK_FALSE(open(key, nonce, aad, tag.first(11)));
    CHECK_FALSE(open(key, nonce, aad, {}));
    CHECK_FALSE(open(key, nonce, {}, tag));
    CHECK_FALSE(open(key, BytesView{nonce}.first(11), aad, tag));
    CHECK_FALSE(open(Bytes(32, 8), nonce, aad, tag));
    CHECK_FALSE(open(Bytes(31, 7), nonce, aad, tag));
    Bytes wrong(tag.begin(), tag.end());
    wrong[15] ^= 1;
    CHECK_FALSE(open(key, nonce, aad, wrong));
    CHECK_THROWS_AS(aes_gcm_seal(BytesView{key}.first(16), nonce, aad, message),
                    std::invalid_argument);
}

TEST_CASE("AES-CCM leaves no plaintext behind a wrong tag", "[crypto]") {
    const Bytes key(16, 7), nonce(12, 9);
    Bytes text(33, 1);
    const Bytes sealed = text;
    CHECK_FALSE(aes_ccm_decrypt(key, nonce, {}, Bytes(16), text));
    CHECK(text == Bytes(33));  // wiped
    for (std::size_t size = 0; size < 40; ++size) {
        Bytes untouched = sealed;
        if (size < 7 || size > 13) {
            CHECK_FALSE(aes_ccm_decrypt(key, Bytes(size), {}, Bytes(16), untouched));
            CHECK(untouched == sealed);
        }
        if (size < 12 || size > 16 || size % 2 != 0) {
            CHECK_FALSE(aes_ccm_decrypt(key, nonce, {}, Bytes(size), untouched));
            CHECK(untouched == sealed);
        }
        if (size != 16 && size != 24 && size != 32) {
            CHECK_FALSE(aes_ccm_decrypt(Bytes(size), nonce, {}, Bytes(16), untouched));
            CHECK(untouched == sealed);
        }
    }
}

TEST_CASE("ChaCha20-Poly1305 of RFC 8439, 2.8.2", "[crypto]") {
    const Bytes key = from_hex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
    const Bytes nonce = from_hex("070000004041424344454647");
    const Bytes aad = from_hex("50515253c0c1c2c3c4c5c6c7");
    const Bytes tag = from_hex("1ae10b594f09e26a7e902ecbd0600691");
    const Bytes sealed = from_hex(
        "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da"
        "92728b1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585"
        "808b4831d7bc3ff4def08e4b7a9de576d26586cec64b6116");
    Bytes text = sealed;
    REQUIRE(chacha20_poly1305_decrypt(key, nonce, aad, tag, text));
    CHECK(std::string(text.begin(), text.end()).starts_with("Ladies and Gentlemen"));
    text = sealed;
    CHECK_FALSE(chacha20_poly1305_decrypt(key, nonce, {}, tag, text));
    CHECK(text == Bytes(sealed.size()));  // wiped
    text = sealed;
    CHECK_FALSE(chacha20_poly1305_decrypt(BytesView{key}.first(31), nonce, aad, tag, text));
    CHECK_FALSE(chacha20_poly1305_decrypt(key, BytesView{nonce}.first(11), aad, tag, text));
    CHECK_FALSE(chacha20_poly1305_decrypt(key, nonce, aad, BytesView{tag}.first(15), text));
    CHECK(text == sealed);
}

TEST_CASE("the content-encryption keys of RFC 9709, appendix B", "[crypto]") {
    const Bytes key = from_hex("c702e7d0a9e064b09ba55245fb733cf3");
    const auto derived = [&](const char* algorithm) {
        return hex(derive_hkdf(Digest::sha256, key, octets("The Cryptographic Message Syntax"),
                               from_hex(algorithm), 16)
                       .expose());
    };
    CHECK(derived("301b0609608648016503040106300e040c5c79058ba2f43447639d29e2") ==
          "2124ffb29fac4e0fbbc7d5d87492bff3");
    CHECK(derived("301d06096086480165030401020410651f722ffd512c52fe072e507d72b377") ==
          "9cd102c52f1e19ece8729b35bfeceb50");
}

TEST_CASE("Random octets are not the same twice", "[crypto]") {
    Bytes a(1000), b(1000);
    fill_random(a);
    fill_random(b);
    CHECK(a != b);
    CHECK(Bytes(a.end() - 16, a.end()) != Bytes(16));
}

TEST_CASE("Octets are compared whole", "[crypto]") {
    CHECK(equal_in_constant_time({}, {}));
    CHECK(equal_in_constant_time(octets("abc"), octets("abc")));
    CHECK_FALSE(equal_in_constant_time(octets("abc"), octets("abd")));
    CHECK_FALSE(equal_in_constant_time(octets("abc"), octets("ab")));
}

TEST_CASE("The library says its version", "[crypto]") {
    CHECK(library_version().substr(0, 9) == "Mbed TLS ");
    CHECK(library_is_current() == (library_version() >= "Mbed TLS 3.6.6"));
}

TEST_CASE("KEY-04: octets are wiped", "[secret]") {
    std::uint8_t key[] = {1, 2, 3};
    wipe(key, sizeof key);
    CHECK(hex(key) == "000000");
    wipe(nullptr, 0);
    static_assert(!std::is_copy_constructible_v<SecretBytes>);
    static_assert(!std::is_copy_assignable_v<SecretBytes>);
    static_assert(!std::is_convertible_v<SecretBytes, Bytes>);
}

TEST_CASE("SecretBytes holds many octets as it holds few", "[secret]") {
    for (const std::size_t size : {0U, 1U, 4U << 20, (4U << 20) + 1, 9U << 20}) {
        SecretBytes many{size};
        const auto zeros = many.expose();
        CHECK(std::count(zeros.begin(), zeros.end(), 0) == static_cast<std::ptrdiff_t>(size));
        many.append(octets("more"));
        CHECK(many.expose_text().ends_with("more"));
        CHECK(many.size() == size + 4);
    }
}
