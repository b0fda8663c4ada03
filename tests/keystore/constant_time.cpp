#include <valgrind/memcheck.h>

#include <algorithm>
#include <iostream>

#include "keystore/crypto.hpp"

// Run under valgrind, which is told that the secrets were never written: it reports every branch
// and every index that depends on them.

using namespace keystore;

int main() {
    SecretBytes encoded{256};
    std::fill(encoded.expose().begin(), encoded.expose().end(), std::uint8_t{0x77});
    VALGRIND_MAKE_MEM_UNDEFINED(encoded.expose().data(), encoded.size());

    UnwrappedKey chosen = unpad_pkcs1_v15(encoded, 32);
    select_key(chosen, unpad_pkcs1_v15(encoded, SecretBytes{32}));
    select_key(chosen, unpad_oaep(encoded, Digest::sha256, Digest::sha1, {}, 32));
    select_key(chosen, unpad_oaep(encoded, Digest::sha1, Digest::sha512, {}, SecretBytes{32}));

    chosen.valid |= unpad_pkcs7(encoded.expose(), 16).valid;

#ifdef __x86_64__
    // AES without tables: instructions of the processor, which valgrind knows. The table of others
    // is what AES-CBC has too.
    SecretBytes wrapped{40};
    VALGRIND_MAKE_MEM_UNDEFINED(wrapped.expose().data(), wrapped.size());
    select_key(chosen, aes_unwrap_key(Bytes(16, 1), wrapped.expose(), SecretBytes{32}));
#endif

    // Proof that valgrind would have seen it.
    const unsigned seen = VALGRIND_COUNT_ERRORS;
    if (chosen.valid != 0) std::cout << "valid\n";
    if (RUNNING_ON_VALGRIND && VALGRIND_COUNT_ERRORS == seen) return 2;
    return seen == 0 ? 0 : 1;
}
