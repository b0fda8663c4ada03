#include "smime/open.hpp"

#include <algorithm>

#include "smime/algorithms.hpp"
#include "smime/base64.hpp"
#include "smime/cms.hpp"
#include "smime/composition.hpp"
#include "smime/compressed_data.hpp"
#include "smime/entity.hpp"
#include "smime/enveloped_data.hpp"
#include "smime/errant.hpp"
#include "smime/limits.hpp"
#include "smime/list_footer.hpp"
#include "smime/multipart_signed.hpp"
#include "smime/own_field.hpp"
#include "smime/signature_review.hpp"
#include "smime/signed_data.hpp"

namespace smime {

namespace {

using keystore::SecretBytes;

/// What a layer protected, somewhere in the buffer that it was decoded and decrypted in.
struct Content {
    SecretBytes buffer;
    std::size_t offset = 0;
    std::size_t size = 0;

    explicit Content(SecretBytes octets) : buffer{std::move(octets)}, size{buffer.size()} {}
    std::string_view text() const { return buffer.expose_text().substr(offset, size); }
    std::span<std::uint8_t> octets() { return buffer.expose().subspan(offset, size); }
    void narrow(std::span<const std::uint8_t> part) {
        offset = static_cast<std::size_t>(part.data() - buffer.expose().data());
        size = part.size();
    }
};

bool may_be_layer(const Entity& entity) {
    switch (entity.kind) {
        case Entity::Kind::pkcs7_mime:
        case Entity::Kind::p7m_file:
        case Entity::Kind::clear_signed:
            return true;
        case Entity::Kind::pkcs7_signature:
        case Entity::Kind::other:
            break;
    }
    return false;
}

BytesView octets_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// The octets of a body, in a buffer of their own.
Result<Content> decode(const Entity& entity) {
    switch (entity.transfer_encoding) {
        case TransferEncoding::identity:
            return Content{SecretBytes{octets_of(entity.body)}};
        case TransferEncoding::base64:
            return Content{decode_base64(entity.body).octets};
        case TransferEncoding::quoted_printable:
            return Content{decode_quoted_printable(entity.body).octets};
        case TransferEncoding::unknown:
            break;
    }
    return Error::malformed;
}

bool is(const Layer& layer, std::string_view oid) {
    return layer.type == cms_content_type_word(oid);
}

/// What the layers say of the encryption. The innermost envelope counts: anyone can put a
/// ciphertext that he tampered with into an authenticated envelope of his own, and what an
/// authenticated envelope held is whole, whatever it stood in.
Encryption encryption_of(const Report& report, bool delivered) {
    const auto& layers = report.layers;
    if (delivered)
        for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer) {
            if (layer->result != "opened") continue;
            if (is(*layer, oid::auth_enveloped_data))
                return layer->legacy ? Encryption::legacy : Encryption::authenticated;
            if (!is(*layer, oid::enveloped_data)) continue;
            if (layer->legacy) return Encryption::legacy;
            // Nothing but what was signed is in it: who changed the ciphertext, broke the signature
            // (ENC-04).
            const bool is_signed = layer != layers.rbegin() && std::prev(layer)->intact;
            return is_signed ? Encryption::authenticated : Encryption::unauthenticated;
        }
    if (report.error == Error::legacy_algorithm) return Encryption::legacy;
    if (!report.error) return Encryption::none;
    const bool failed = layers.empty() || std::any_of(layers.begin(), layers.end(), may_encrypt);
    return failed ? Encryption::failed : Encryption::none;
}

Verdict verdict_of(Error error) {
    switch (error) {
        case Error::malformed:
        case Error::decryption_failed:
        case Error::too_complex:
        case Error::ambiguous_mime:
            return Verdict::permerror;
        case Error::unsupported_algorithm:
        case Error::unsupported_content:
        case Error::legacy_algorithm:
        case Error::no_matching_recipient:
            return Verdict::neutral;
    }
    return Verdict::permerror;
}

/// The report's words, from its layers and error.
void summarise(Report& report, bool opened) {
    report.encryption = encryption_of(report, opened);
    if (report.error) {
        report.verdict = verdict_of(*report.error);
        report.reason = word(*report.error);
    } else if (report.verdict == Verdict::none && report.reason.empty() && !report.errant.empty()) {
        const bool encrypted =
            std::any_of(report.errant.begin(), report.errant.end(),
                        [](const ErrantLayer& errant) { return errant.result != list_modified; });
        report.reason = encrypted ? "errant-layer" : list_modified;
    }
}

/// Peeling takes the layers from a message, one at a time, while they are unbroken from its root
/// (MIME-02). What a layer is says its CMS content type, never the media type's smime-type.
class Peeling {
public:
    /// whole: the message is one that came, not a part of one.
    Peeling(std::string_view message, const keystore::Keystore& keys, const Settings& settings,
            std::optional<keystore::Certificate::Time> at, bool whole)
        : outer_{Entity::read(message)},
          payload_{outer_},
          entity_{outer_},
          keys_{keys},
          settings_{settings},
          looks_below_{whole},
          at_{at},
          signatures_{settings.signatures, at, keys} {}

    Opened run() {
        if (outer_.header.size() + outer_.body.size() > largest_message()) {
            looks_below_ = false;
            if (may_be_layer(outer_)) return refused(Error::too_complex);
        }
        while (may_be_layer(entity_) && cryptographic_layers() <= limits::layers) {
            const bool clear_signed = entity_.kind == Entity::Kind::clear_signed;
            all_clear_signed_ = all_clear_signed_ && clear_signed;
            if (entity_.too_complex) return refused(Error::too_complex);
            if (!clear_signed && entity_.ambiguous_layer) return refused(Error::ambiguous_mime);
            if (clear_signed ? !enter_clear_signed() : !open_layer()) break;
        }
        if (cryptographic_layers() > limits::layers) return refused(Error::too_complex);
        if (report_.error == Error::ambiguous_mime) return refused(Error::ambiguous_mime);
        if (!report_.layers.empty() && entity_.ambiguous) return refused(Error::ambiguous_mime);
        if (content_ && payload_.too_complex) return refused(Error::too_complex);
        return delivered();
    }

private:
    using Octets = std::span<std::uint8_t>;

    /// Takes the layer that is the body of entity_. False if it holds nothing or can't be opened:
    /// content_, payload_ and entity_ are then what they were.
    bool open_layer() {
        // Signed-data that stands there as it is needs no buffer of its own: nothing moves in it
        // unless it opens.
        const bool in_place = content_ && is_binary_signed_data();
        auto decoded = in_place ? Result<Content>{Content{SecretBytes{}}} : decode(entity_);
        if (!decoded) return failed(decoded.error());
        Content& content = in_place ? *content_ : *decoded;
        const Octets octets = in_place ? content.buffer.expose().subspan(
                                             offset_in_content(entity_.body), entity_.body.size())
                                       : content.octets();
        const auto inside = open_content_info(octets);
        if (!inside) return failed(inside.error());
        if (!*inside) return false;
        report_.layers.back().result = "opened";
        if (inflated_.size() > 0) {
            content_.emplace(std::move(inflated_));
        } else {
            content.narrow(**inside);
            if (!in_place) content_ = std::move(*decoded);
        }
        const std::string_view text = content_->text();
        payload_ = is_mime_entity(text) ? Entity::read(text) : Entity{{}, text};
        entity_ = payload_;
        return true;
    }

    /// Goes on to the part that is signed. What is delivered stays the whole, so that its octets
    /// can still be verified. False if it is none, or not as it must be.
    bool enter_clear_signed() {
        const auto parts = read_multipart_signed(entity_);
        if (parts && !*parts) return false;
        Layer& layer = report_.layers.emplace_back();
        layer.type = cms_content_type_word(oid::signed_data);
        layer.detached = true;
        layer.has_signers = true;
        if (!parts) return failed(parts.error());
        layer.result = "detached";
        signatures_.look_at(**parts, report_.layers.size() - 1);
        entity_ = Entity::read((*parts)->content);
        return true;
    }

    /// An empty optional: nothing to open.
    Result<std::optional<Octets>> open_content_info(Octets octets) {
        const auto info = ContentInfo::read(octets);
        if (!info) {
            // A file that is only called .p7m promises nothing (RFC 8551, 3.10).
            if (entity_.kind == Entity::Kind::p7m_file) return std::optional<Octets>{};
            return info.error();
        }
        Layer& layer = report_.layers.emplace_back();
        layer.type = cms_content_type_word(info->content_type);
        if (cryptographic_layers() > limits::layers) return Error::too_complex;
        const auto type = cms_content_type(info->content_type);
        if (type == CmsContentType::signed_data) {
            const auto signed_data = SignedData::read(info->content);
            if (!signed_data) return signed_data.error();
            const auto content = open_signed_data(*signed_data, octets, layer);
            if (content && *content)
                signatures_.look_at(*signed_data, **content, report_.layers.size() - 1);
            return content;
        }
        if (type == CmsContentType::compressed_data) return inflate(info->content, octets);
        if (type == CmsContentType::data) return Error::malformed;
        if (type != CmsContentType::enveloped_data && type != CmsContentType::auth_enveloped_data)
            return Error::unsupported_content;
        const auto content = open_enveloped_data(*type, info->content, octets, keys_,
                                                 settings_.legacy, key_operations_, layer);
        if (!content) return content.error();
        return std::optional<Octets>{*content};
    }

    /// What a compressed layer holds goes to inflated_, if it is anything.
    Result<std::optional<Octets>> inflate(const keystore::der::Element& content, Octets octets) {
        if (compressed_layers() > limits::compressed_layers) return Error::too_complex;
        auto inflated = open_compressed_data(content, octets, largest_message());
        if (!inflated) return inflated.error();
        inflated_ = std::move(*inflated);
        return std::optional<Octets>{octets.first(0)};
    }

    int compressed_layers() const {
        return static_cast<int>(
            std::count_if(report_.layers.begin(), report_.layers.end(),
                          [](const Layer& layer) { return is(layer, oid::compressed_data); }));
    }

    int cryptographic_layers() const {
        return static_cast<int>(report_.layers.size()) - compressed_layers();
    }

    std::size_t largest_message() const {
        return settings_.max_message ? settings_.max_message : limits::message;
    }

    bool is_binary_signed_data() const {
        if (entity_.transfer_encoding != TransferEncoding::identity) return false;
        const auto info = ContentInfo::read(octets_of(entity_.body));
        return info && cms_content_type(info->content_type) == CmsContentType::signed_data;
    }

    std::size_t offset_in_content(std::string_view text) const {
        return static_cast<std::size_t>(text.data() - content_->buffer.expose_text().data());
    }

    bool failed(Error error) {
        report_.error = error;
        if (!report_.layers.empty() && report_.layers.back().result.empty())
            report_.layers.back().result = word(error);
        return false;
    }

    /// The original is delivered, whatever was opened.
    Opened refused(Error error) {
        report_.error = error;
        payload_ = entity_ = outer_;
        report_.html.clear();
        content_.reset();
        return delivered();
    }

    Opened delivered() {
        ErrantParts errant = errant_parts();
        report_.errant = errant.layers;
        look_above_footer();
        signatures_.conclude(header_that_shows(), report_);
        report_.signatures_verified = signatures_.is_asked_for();
        summarise(report_, content_.has_value());
        if (!content_ && errant.opened.empty()) return as_signed();
        Composition parts{outer_, payload_, entity_, std::nullopt, std::move(errant.opened)};
        if (content_) parts.buffer = std::move(content_->buffer);
        auto view = compose_view(std::move(parts), settings_.unauthenticated_html,
                                 settings_.presentation, report_);
        if (!view) return refused(view.error());
        return {std::move(*view), std::move(report_)};
    }

    /// The header in which a client sees who wrote, and when (ST-06).
    std::string header_that_shows() const {
        if (header_above_) return std::string{*header_above_};
        if (!content_) return std::string{outer_.header};
        return header_of_view(outer_, payload_, entity_);
    }

    /// Nothing was opened. A clear-signed message whose signature was looked at says so, if the
    /// owner has named somebody whom he believes: before, it would say the same of every one. One
    /// of which no other layer is known always does, even that it can't be read: so its view's size
    /// is known to whoever knows only its structure.
    Opened as_signed() {
        const bool is_signed = outer_.kind == Entity::Kind::clear_signed || is_collected_as_list();
        const bool is_read =
            !report_.error || all_clear_signed_ || report_.error == Error::ambiguous_mime;
        const bool says = settings_.shows_signatures() && looks_below_ && is_read && is_signed &&
                          signatures_.is_asked_for();
        if (!says) return {std::nullopt, std::move(report_)};
        if (report_.error) report_.signature = word(report_.verdict);
        auto view = compose_signed_view(outer_, settings_.presentation, report_);
        return {std::move(view), std::move(report_)};
    }

    /// What is encrypted below what would be delivered.
    ErrantParts errant_parts() const {
        if (!looks_below_ || (report_.error && !content_)) return {};
        // The octets of a signed whole stay what they are, and nothing that its signer need not
        // have known joins them (SIG-10).
        const bool is_signed =
            payload_.kind == Entity::Kind::clear_signed ||
            std::ranges::any_of(report_.layers, [](const Layer& one) { return one.has_signers; });
        const bool attaches = settings_.errant == Errant::attach && !outer_.ambiguous && !is_signed;
        const keystore::Keystore no_keys;
        return find_errant_parts(
            payload_, entity_,
            [&](std::string_view part) {
                return Peeling{part, attaches ? keys_ : no_keys, settings_, {}, false}.run();
            },
            attaches);
    }

    /// A signed part above a mailing list's footer is told of, and counts for nothing: anybody can
    /// put a footer below what somebody else signed (MIME-02).
    void look_above_footer() {
        if (!looks_below_ || report_.error || signatures_.has_looked()) return;
        const auto part = signed_part_above_footer(entity_);
        if (!part) return;
        const keystore::Keystore no_keys;
        Peeling inside{*part, no_keys, settings_, at_, false};
        inside.header_above_ = outer_.header;
        Report found = inside.run().report;
        report_.certificates = std::move(found.certificates);
        if (found.error || found.layers.empty() || !found.layers.front().has_signers) return;
        Layer& layer = found.layers.front();
        for (Signer& signer : layer.signers) {
            if (signer.verdict != Verdict::pass) continue;
            signer.verdict = Verdict::none;
            signer.reason = list_modified;
        }
        report_.errant.push_back({"1", layer.type, std::string{list_modified}, layer.signers});
    }

    /// Mail of several parts is looked into as it passes only if errant parts are attached:
    /// is_candidate() says so. Without that, such a message stays octet for octet what it was.
    bool is_collected_as_list() const {
        return settings_.errant == Errant::attach && !report_.errant.empty() &&
               report_.errant.back().result == list_modified;
    }

    // Views into the message, or into content_:
    const Entity outer_;
    Entity payload_;  // what the layers that were opened held
    Entity entity_;   // the innermost: payload_, or what is signed within it
    const keystore::Keystore& keys_;
    const Settings& settings_;
    bool looks_below_;  // for errant parts
    const std::optional<keystore::Certificate::Time> at_;
    std::optional<std::string_view> header_above_;  // of the message that this is a part of
    bool all_clear_signed_ = true;                  // of what was taken for a layer
    std::size_t key_operations_ = limits::key_operations;
    std::optional<Content> content_;
    SecretBytes inflated_;  // what a compressed layer held, between its opening and its reading
    SignatureReview signatures_;
    Report report_;
};

}  // namespace

std::optional<std::size_t> Settings::signed_status() const {
    if (!shows_signatures() || presentation.subject_tag) return std::nullopt;
    return signed_status_octets(presentation);
}

bool is_candidate(std::string_view header, Errant errant) {
    const Entity root = Entity::read(header);
    return may_be_layer(root) || (errant == Errant::attach && root.has_parts);
}

Opened open(std::string_view message, const keystore::Keystore& keys, const Settings& settings,
            std::optional<keystore::Certificate::Time> at) {
    return Peeling{message, keys, settings, at, true}.run();
}

}  // namespace smime
