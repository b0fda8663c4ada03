#include <algorithm>
#include <cstdio>
#include <fstream>
#include <stdexcept>

#include "keystore/anchor.hpp"
#include "keystore/key_file_error.hpp"
#include "keystore/limits.hpp"
#include "keystore/trust_files.hpp"
#include "proxy/certificate_text.hpp"
#include "proxy/command_keys.hpp"
#include "proxy/log.hpp"
#include "proxy/question.hpp"
#include "proxy/trust_folder.hpp"
#include "smime/mail_address.hpp"

namespace proxy {
namespace {

using keystore::Certificate;

const std::string say_yes = "compare the fingerprints, and say so with --yes";

/// A file that somebody gave to the owner: whoever may write it, its owner looks at it now.
keystore::TrustFile read_given(const std::string& name) {
    std::ifstream in{name, std::ios::binary};
    keystore::Bytes octets;
    for (char c = 0; octets.size() <= keystore::limits::key_file && in.get(c);)
        octets.push_back(static_cast<std::uint8_t>(c));
    if (octets.empty()) throw std::runtime_error(name + ": it can't be read, or is empty");
    try {
        return keystore::TrustFile::parse(name, std::move(octets));
    } catch (const keystore::KeyFileError& error) {
        throw std::runtime_error(name + ": " + error.what());
    }
}

void show(const Certificate& certificate) {
    std::printf("%s\n", log::one_line(whose(certificate)).c_str());
    std::fputs(certificate_text(certificate, this_second()).c_str(), stdout);
    std::fflush(stdout);
}

/// What is wrong with a certificate that should help believing others; empty if nothing is.
std::string problem_with(const Certificate& certificate, bool intermediate) {
    if (!intermediate) {
        auto problem = keystore::anchor_problem(certificate, this_second());
        if (!problem.empty() && !keystore::is_certificate_authority(certificate))
            problem += "; of a single person's certificate: keys trust --address ADDRESS FILE";
        return problem;
    }
    return keystore::is_certificate_authority(certificate) ? "" : "is no CA: it leads nowhere";
}

/// True if the owner wants it.
bool is_wanted(const std::string& question, bool yes) {
    return yes || is_answered_yes(question + " (yes, or anything else for no): ", say_yes);
}

/// Adds one certificate. False if it was refused.
bool add(const Certificate& certificate, const std::string& file, const TrustFolder& folder,
         const KeysTrustArguments& arguments, bool& added) {
    show(certificate);
    if (const auto problem = problem_with(certificate, arguments.intermediate); !problem.empty()) {
        refuse(file + ": " + whose(certificate) + " " + problem);
        return false;
    }
    if (const auto known = folder.file_with(certificate); !known.empty()) {
        std::printf("It is there already: %s\n", log::one_line(known.string()).c_str());
        return true;
    }
    if (!arguments.intermediate && !is_wanted("Believe whomever it vouches for?", arguments.yes)) {
        refuse(file + ": not added");
        return false;
    }
    std::printf("Added: %s\n", log::one_line(folder.add(certificate).string()).c_str());
    added = true;
    return true;
}

}  // namespace

int command_keys_trust(const Config& config, const KeysTrustArguments& arguments) {
    const auto folder = arguments.intermediate ? TrustFolder::of_intermediates(config)
                                               : TrustFolder::of_anchors(config);
    bool all = true, added = false;
    for (const auto& name : arguments.files) {
        const auto file = read_given(name);
        for (const auto& problem : file.problems) refuse(name + ": " + problem);
        all &= file.problems.empty();
        if (file.certificates.empty()) {
            if (file.problems.empty()) refuse(name + ": there is no certificate in it");
            all = false;
        }
        for (const auto& certificate : file.certificates)
            all &= add(certificate, name, folder, arguments, added);
    }
    if (added) tell_how_to_apply(folder.hint);
    return all ? 0 : 1;
}

namespace {

/// The certificate of a file that is for an address; the first if there are more.
const Certificate* find_bound(const keystore::TrustFile& file, const smime::MailAddress& address) {
    const auto is_bound = [&](const Certificate& certificate) {
        return std::any_of(certificate.addresses.begin(), certificate.addresses.end(),
                           [&](const std::string& text) {
                               const auto own = smime::MailAddress::parse(text);
                               return own && *own == address;
                           });
    };
    const auto found = std::find_if(file.certificates.begin(), file.certificates.end(), is_bound);
    return found == file.certificates.end() ? nullptr : &*found;
}

}  // namespace

int command_keys_pin(const Config& config, const std::string& address, const std::string& name,
                     bool yes) {
    const auto wanted = smime::MailAddress::parse(address);
    if (!wanted) throw std::runtime_error("--address: \"" + address + "\" is no mail address");
    const auto file = read_given(name);
    const auto* certificate = find_bound(file, *wanted);
    if (!certificate) {
        const auto others = file.certificates.empty() ? "" : ", but " + whose(file.certificates[0]);
        refuse(name + ": no certificate in it is for " + address + others);
        return 1;
    }
    show(*certificate);
    if (certificate->not_after < this_second()) {
        refuse(name + ": it has expired; ask for the new one");
        return 1;
    }
    std::string hint;
    if (certificate->is_self_issued()) {
        // Nobody else vouches for it. It is no CA: believing it makes nobody else believed.
        const auto folder = TrustFolder::of_anchors(config);
        if (keystore::is_certificate_authority(*certificate)) {
            refuse(name + ": it is a CA's, and would be believed for any address: keys trust FILE");
            return 1;
        }
        if (folder.file_with(*certificate).empty()) {
            if (!is_wanted("Believe it for " + address + "?", yes)) {
                refuse(name + ": not added");
                return 1;
            }
            const auto added = folder.add(*certificate);
            std::printf("Added: %s\n", log::one_line(added.string()).c_str());
            hint = folder.hint;
        }
    }
    const auto fingerprint = keystore::fingerprint_text(certificate->der);
    const auto octets = smime::read_fingerprint(fingerprint);
    const auto& pins = config.verify.pins;
    if (std::any_of(pins.begin(), pins.end(), [&](const smime::Pin& pin) {
            return pin.address == *wanted && pin.fingerprint == *octets;
        })) {
        std::printf("It is pinned already.\n");
    } else {
        std::printf("%s", log::one_line(config.file.string() +
                                        ": write below [verify], or into the pins there: "
                                        "pins = { \"" +
                                        address + "\" = \"" + fingerprint + "\" }")
                              .append("\n")
                              .c_str());
    }
    tell_how_to_apply(hint);
    return 0;
}

}  // namespace proxy
