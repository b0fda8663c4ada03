#include "smime/signed_content.hpp"

#include <algorithm>
#include <array>

namespace smime {

using keystore::Bytes;
using keystore::BytesView;

namespace {

constexpr std::array<std::uint8_t, 2> crlf{'\r', '\n'};

/// The octets before the first bare LF: all, if there is none.
BytesView before_bare_lf(BytesView octets) {
    for (auto at = octets.begin();; ++at) {
        at = std::find(at, octets.end(), '\n');
        if (at == octets.end()) return octets;
        if (at == octets.begin() || *(at - 1) != '\r')
            return octets.first(static_cast<std::size_t>(at - octets.begin()));
    }
}

/// Calls take with the octets, piece by piece, each bare LF as CRLF.
template <class Take>
void with_crlf(BytesView octets, Take take) {
    while (!octets.empty()) {
        const BytesView line = before_bare_lf(octets);
        take(line);
        if (line.size() == octets.size()) return;
        take(BytesView{crlf});
        octets = octets.subspan(line.size() + 1);
    }
}

}  // namespace

SignedContent SignedContent::detached(BytesView octets) {
    return {octets, before_bare_lf(octets).size() != octets.size()};
}

const Bytes& SignedContent::digest(keystore::Digest digest, Form form) {
    auto [known, is_new] = digests_.try_emplace({digest, form});
    if (is_new) {
        keystore::Hash hash{digest};
        if (form == Form::as_received)
            hash.update(octets_);
        else
            with_crlf(octets_, [&](BytesView piece) { hash.update(piece); });
        known->second = hash.finish();
    }
    return known->second;
}

BytesView SignedContent::octets(Form form, Bytes& made) const {
    if (form == Form::as_received) return octets_;
    made.clear();
    with_crlf(octets_,
              [&](BytesView piece) { made.insert(made.end(), piece.begin(), piece.end()); });
    return made;
}

}  // namespace smime
