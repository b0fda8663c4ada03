#pragma once

#include <map>
#include <utility>

#include "keystore/crypto.hpp"

namespace smime {

/// SignedContent is the octets that a signature is about, in the forms that are verified and no
/// others (SIG-07): as received, and, if they stand beside the signature in a message, with each
/// bare LF as CRLF (RFC 8551, 3.1.1), which is what storing mail as text may have undone. Digests
/// are computed once. A view: the octets must outlive it.
class SignedContent {
public:
    enum class Form { as_received, crlf };

    /// Opaque content has one form.
    static SignedContent opaque(keystore::BytesView octets) { return {octets, false}; }
    static SignedContent detached(keystore::BytesView octets);

    /// True if there is such a form, and it differs from the first.
    bool has(Form form) const { return form == Form::as_received || has_bare_lf_; }

    /// True if digest() costs nothing more; is_new(): nothing has been digested yet.
    bool knows(keystore::Digest digest, Form form) const {
        return digests_.contains({digest, form});
    }
    bool is_new() const { return digests_.empty(); }

    /// The digest of this form. Each pair of arguments costs a pass over the octets, once.
    const keystore::Bytes& digest(keystore::Digest digest, Form form);

    /// The octets of this form; made makes room for those that have to be made.
    keystore::BytesView octets(Form form, keystore::Bytes& made) const;

    std::size_t size() const { return octets_.size(); }

private:
    SignedContent(keystore::BytesView octets, bool has_bare_lf)
        : octets_{octets}, has_bare_lf_{has_bare_lf} {}

    keystore::BytesView octets_;
    bool has_bare_lf_;
    std::map<std::pair<keystore::Digest, Form>, keystore::Bytes> digests_;
};

}  // namespace smime
