// CMS syntax: whatever is read, its views stand inside the input, and joining a string keeps its
// octets there.

#include "smime/cms.hpp"

#include <cstdlib>

#include "smime/canonical.hpp"

namespace {

void check(bool holds) {
    if (!holds) std::abort();
}

bool inside(keystore::BytesView part, keystore::BytesView whole) {
    return part.empty() || (part.data() >= whole.data() &&
                            part.data() + part.size() <= whole.data() + whole.size());
}

void join(const std::optional<keystore::der::Element>& string, keystore::BytesView octets) {
    if (!string) return;
    check(inside(string->content, octets));
    keystore::Bytes buffer{octets.begin(), octets.end()};
    auto moved = *string;
    const auto shifted = [&](keystore::BytesView view) {
        return keystore::BytesView{buffer}.subspan(
            static_cast<std::size_t>(view.data() - octets.data()), view.size());
    };
    moved.content = shifted(string->content);
    moved.octets = shifted(string->octets);
    const auto expected = keystore::der::string_octets(*string, keystore::der::Limits::ber());
    const auto joined = smime::join_in_place(moved, buffer);
    check(expected.has_value() == joined.has_value());
    if (joined)
        check(std::equal(joined->begin(), joined->end(), expected->begin(), expected->end()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const keystore::BytesView octets{data, size};
    const auto info = smime::ContentInfo::read(octets);
    if (!info) return 0;
    check(inside(info->content.content, octets));
    if (const auto enveloped = smime::EnvelopedData::read(info->content))
        join(enveloped->encrypted_content_info.encrypted_content, octets);
    if (const auto enveloped = smime::AuthEnvelopedData::read(info->content)) {
        join(enveloped->encrypted_content_info.encrypted_content, octets);
        if (enveloped->auth_attrs) {
            const auto set = smime::der_set_of(*enveloped->auth_attrs);
            check(!set || set->front() == 0x31);
        }
    }
    if (const auto signed_data = smime::SignedData::read(info->content))
        join(signed_data->e_content, octets);
    return 0;
}
