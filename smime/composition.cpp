#include "smime/composition.hpp"

#include "smime/errant.hpp"
#include "smime/legacy_display.hpp"
#include "smime/own_field.hpp"
#include "smime/protected_header.hpp"
#include "smime/reencoding.hpp"
#include "smime/subject_tag.hpp"
#include "smime/unauthenticated_html.hpp"
#include "smime/view_header.hpp"

namespace smime {

namespace {

std::string fields_of(const Entity& entity) {
    return entity.header.empty() ? structural_fields_of_text(entity.body)
                                 : structural_fields(entity.header);
}

/// The view without errant parts' attachments, if there are any; the report does not say so then.
std::optional<Attached> attach_or_leave(const Entity& shown, const std::vector<View>& attachments,
                                        Report& report) {
    if (attachments.empty()) return std::nullopt;
    auto attached = attach(fields_of(shown), shown.body, attachments);
    if (attached) return attached;
    for (ErrantLayer& layer : report.errant)
        if (layer.result == "attached") layer.result = "errant-layer";
    return std::nullopt;
}

std::string tagged(std::string_view header, const Report& report,
                   const Presentation& presentation) {
    if (!presentation.subject_tag) return std::string{header};
    return with_subject_tags(header, subject_tags(report));
}

}  // namespace

std::string header_of_view(const Entity& outer, const Entity& payload, const Entity& root) {
    const ProtectedHeader inner = read_protected_header(payload, root, outer.header);
    Report report;
    report.header_protection = inner.kind;
    return view_header(outer.header, report, {}, inner.fields);
}

Result<View> compose_view(Composition parts, UnauthenticatedHtml html,
                          const Presentation& presentation, Report& report) {
    ProtectedHeader inner;
    inner.shown = parts.payload;
    if (parts.buffer) inner = read_protected_header(parts.payload, parts.root, parts.outer.header);
    report.header_protection = inner.kind;
    report.from_mismatch = inner.from_mismatch;

    auto attached = attach_or_leave(inner.shown, parts.attachments, report);
    if (!attached && !parts.buffer) return Error::ambiguous_mime;
    const std::string fields = attached ? attached->structural_fields : fields_of(inner.shown);
    std::string header = view_header(parts.outer.header, report, fields, inner.fields);

    const std::string_view body = inner.shown.body;
    const auto compose = [&] {
        if (attached) {
            const std::size_t size = attached->body.size();
            return View{std::move(header), std::move(attached->body), 0, size};
        }
        const auto offset =
            static_cast<std::size_t>(body.data() - parts.buffer->expose_text().data());
        return View{std::move(header), std::move(*parts.buffer), offset, body.size()};
    };
    View view = compose();
    if (inner.kind == HeaderProtection::cipher) view = without_legacy_display(std::move(view));
    auto harmless = with_harmless_html(std::move(view), html, report);
    if (!harmless) return harmless.error();
    auto written = in_literal_form(std::move(*harmless));
    if (written) {
        written->set_header(status_fields(report, presentation) +
                            tagged(written->header(), report, presentation));
    }
    return written;
}

View compose_signed_view(const Entity& message, const Presentation& presentation,
                         const Report& report) {
    keystore::SecretBytes body{keystore::BytesView{
        reinterpret_cast<const std::uint8_t*>(message.body.data()), message.body.size()}};
    const std::size_t size = body.size();
    return View{signed_status_fields(report, presentation) +
                    tagged(signed_header(message.header), report, presentation),
                std::move(body), 0, size};
}

}  // namespace smime
