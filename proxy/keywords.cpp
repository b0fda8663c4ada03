#include "proxy/keywords.hpp"

#include "imap/letter_case.hpp"

namespace proxy {

Keywords keywords_of(const smime::Report& report, bool opened) {
    using smime::Encryption;
    using smime::Verdict;
    Keywords keywords;
    keywords.encrypted =
        opened && report.encryption != Encryption::none && report.encryption != Encryption::failed;
    keywords.verified = report.verdict == Verdict::pass;
    keywords.invalid = report.verdict == Verdict::fail || report.verdict == Verdict::permerror;
    return keywords;
}

std::vector<std::string_view> flags_of(const Keywords& keywords) {
    std::vector<std::string_view> flags;
    if (keywords.encrypted) flags.push_back("$SMIME-Encrypted");
    if (keywords.verified) flags.push_back("$SMIME-Verified");
    if (keywords.invalid) flags.push_back("$SMIME-Invalid");
    return flags;
}

std::vector<std::string_view> all_keyword_flags() {
    return flags_of({true, true, true});
}

bool is_own_flag(std::string_view flag) {
    constexpr std::string_view beginning = "$SMIME-";
    return flag.size() >= beginning.size() && imap::starts_with_in_any_case(flag, beginning);
}

}  // namespace proxy
