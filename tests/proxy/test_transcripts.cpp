// Runs tests/transcripts/*.txt: what goes in and must come out of an Exchange, in four lanes.
//
//     message NAME / view NAME   an S/MIME message, and what it opens to; indented lines follow
//     changed NAME N             views of mailbox NAME, whose server's UIDVALIDITY is N, were
//     others
//                                once: N + 1 is presented
//     C:  octets from the client          >S: octets that go to the server
//     S:  octets from the server          >C: octets that go to the client
//
// A line of a lane ends with CRLF; "{@NAME}" is a literal of the message, "{@NAME+}" one that is
// not waited for, "{@NAME.view}" one of its view, "<NAME>" and "<NAME.view>" are their octets,
// "{#NAME}" announces a literal of as many. A message without a view can't be opened.
//
//     keywords UID NAME …    keywords that a message of INBOX, of UIDVALIDITY 17, is known to have
//     signed N               views of mail that is only signed are larger by N octets
//     append WORDS           the rules for APPEND: refuse, warn or allow; encrypt; all
//     sealed NAME            what that message is encrypted to; without it, it can't be
//
// Every transcript runs whole and octet by octet, with messages opened in order and in reverse.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "imap/mailbox_name.hpp"
#include "proxy/append_decision.hpp"
#include "proxy/exchange.hpp"
#include "tests/catch.hpp"

namespace {

struct Line {
    std::string lane;
    std::string octets;
    int number = 0;
};

struct Transcript {
    std::set<std::string> append;
    std::map<std::string, std::string> texts;
    std::vector<std::pair<std::string, imap::UidValidity>> changed;
    std::vector<Line> lines;
    std::map<std::uint32_t, proxy::Keywords> keywords;
    std::optional<std::size_t> signed_status;
};

proxy::Keywords read_keywords(const std::string& names) {
    const auto has = [&](const char* name) { return names.find(name) != std::string::npos; };
    return {has("$SMIME-Encrypted"), has("$SMIME-Verified"), has("$SMIME-Invalid")};
}

std::string insert_texts(std::string line, const std::map<std::string, std::string>& texts) {
    for (const auto& [name, text] : texts) {
        const auto plain = "<" + name + ">";
        const auto size = "{#" + name + "}";
        for (auto at = line.find(size); at != std::string::npos; at = line.find(size)) {
            line.replace(at, size.size(), "{" + std::to_string(text.size()) + "}");
        }
        for (const std::string plus : {"", "+"}) {
            const auto literal = "{@" + name + plus + "}";
            for (auto at = line.find(literal); at != std::string::npos; at = line.find(literal)) {
                line.replace(at, literal.size(),
                             "{" + std::to_string(text.size()) + plus + "}\r\n" + text);
            }
        }
        for (auto at = line.find(plain); at != std::string::npos; at = line.find(plain)) {
            line.replace(at, plain.size(), text);
        }
    }
    return line;
}

Transcript read_transcript(const std::filesystem::path& file) {
    Transcript transcript;
    std::ifstream in{file};
    std::string text, into;
    for (int number = 1; std::getline(in, text); ++number) {
        if (!into.empty() && (text.empty() || text.starts_with("    "))) {
            transcript.texts[into] += text.empty() ? "\r\n" : text.substr(4) + "\r\n";
            continue;
        }
        into.clear();
        if (text.starts_with("message ")) into = text.substr(8);
        if (text.starts_with("view ")) into = text.substr(5) + ".view";
        if (text.starts_with("sealed ")) into = text.substr(7) + ".sealed";
        if (text.starts_with("append ")) {
            std::istringstream words{text.substr(7)};
            for (std::string word; words >> word;) transcript.append.insert(word);
        }
        if (!into.empty()) transcript.texts[into];
        if (text.starts_with("changed ")) {
            std::istringstream words{text.substr(8)};
            std::string mailbox;
            std::uint32_t validity = 0;
            words >> mailbox >> validity;
            transcript.changed.emplace_back(imap::mailbox_name(mailbox),
                                            imap::UidValidity{validity});
        }
        if (text.starts_with("signed ")) transcript.signed_status = std::stoul(text.substr(7));
        if (text.starts_with("keywords ")) {
            const auto uid = static_cast<std::uint32_t>(std::stoul(text.substr(9)));
            transcript.keywords[uid] = read_keywords(text);
        }
        for (const std::string lane : {"C:", "S:", ">C:", ">S:"}) {
            if (!text.starts_with(lane)) continue;
            const auto start = text.find_first_not_of(' ', lane.size());
            const auto octets = start == std::string::npos ? "" : text.substr(start);
            transcript.lines.push_back(
                {lane, insert_texts(octets, transcript.texts) + "\r\n", number});
        }
    }
    return transcript;
}

smime::View view_of(const std::string& text) {
    const auto end = text.find("\r\n\r\n") + 4;
    keystore::SecretBytes body{
        keystore::BytesView{reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}};
    return smime::View{text.substr(0, end), std::move(body), end, text.size() - end};
}

/// The epochs of an account in which S/MIME was met while its settings were others.
std::shared_ptr<proxy::Epochs> epochs_of(const Transcript& transcript) {
    const auto store = proxy::EpochStore::open(std::nullopt, [] { return 0; });
    const auto before = store->begin("account", "views of before");
    for (const auto& [mailbox, validity] : transcript.changed)
        before->met(mailbox, validity, validity);
    return store->begin("account", "views of now");
}

class Runner {
public:
    Runner(const Transcript& transcript, bool in_octets, bool reverse)
        : transcript_{transcript}, in_octets_{in_octets}, reverse_{reverse} {
        for (const auto& [uid, keywords] : transcript.keywords)
            keywords_.learn("INBOX\n17", imap::Uid{uid}, keywords);
    }

    void run() {
        for (const auto& line : transcript_.lines) {
            INFO("line " << line.number);
            if (line.lane == "C:") feed(line.octets, &proxy::Exchange::from_client);
            if (line.lane == "S:") feed(line.octets, &proxy::Exchange::from_server);
            if (line.lane.starts_with('>')) open_all();
            if (line.lane == ">C:") expect(line.octets, exchange_.to_client());
            if (line.lane == ">S:") expect(line.octets, exchange_.to_server());
        }
        CHECK(exchange_.to_client().empty());
        CHECK(exchange_.to_server().empty());
    }

private:
    void feed(const std::string& octets, void (proxy::Exchange::*side)(std::string_view)) {
        const std::size_t step = in_octets_ ? 1 : octets.size();
        for (std::size_t at = 0; at < octets.size(); at += step) {
            // A copy of its own size: the sanitizer sees whoever keeps a view of it.
            const std::vector<char> piece{octets.begin() + static_cast<std::ptrdiff_t>(at),
                                          octets.begin() + static_cast<std::ptrdiff_t>(at + step)};
            (exchange_.*side)({piece.data(), piece.size()});
            for (auto& request : exchange_.take_open_requests()) {
                requests_.push_back(std::move(request));
            }
            if (!reverse_) decide_all();
        }
    }

    void decide_all() {
        for (auto& request : exchange_.take_append_requests())
            exchange_.on_append_decided(proxy::decide_append(rules_, std::move(request)));
    }

    proxy::AppendRules rules() {
        const auto has = [&](const char* word) { return transcript_.append.contains(word); };
        proxy::AppendRules rules;
        if (transcript_.append.empty()) return rules;
        rules.copies = has("warn")    ? proxy::PlaintextCopies::warn
                       : has("allow") ? proxy::PlaintextCopies::allow
                                      : proxy::PlaintextCopies::refuse;
        rules.encrypts = has("encrypt");
        rules.all = has("all");
        rules.max_message = 10'000;
        rules.opened = opened_;
        rules.encrypt = [this](std::string_view message) -> proxy::Encryption {
            for (const auto& [name, text] : transcript_.texts) {
                const auto sealed = transcript_.texts.find(name + ".sealed");
                if (text == message && sealed != transcript_.texts.end())
                    return {sealed->second, {}};
            }
            return {{}, "no key"};
        };
        return rules;
    }

    void open_all() {
        decide_all();
        while (!requests_.empty()) {
            auto batch = std::exchange(requests_, {});
            if (reverse_) std::reverse(batch.begin(), batch.end());
            for (auto& request : batch) exchange_.on_opened(open(std::move(request)));
            for (auto& request : exchange_.take_open_requests()) {
                requests_.push_back(std::move(request));
            }
            decide_all();
        }
    }

    proxy::OpenResult open(proxy::OpenRequest request) {
        proxy::OpenResult result;
        result.id = request.id;
        result.octets = request.response.size();
        result.response = std::move(request.response);
        const auto message = result.response.substr(request.message_offset, request.message_size);
        for (const auto& [name, text] : transcript_.texts) {
            if (text != message) continue;
            result.digest[0] = static_cast<std::uint8_t>(++digests_);
            const auto view = transcript_.texts.find(name + ".view");
            if (view == transcript_.texts.end()) break;
            result.items = std::make_shared<const proxy::MessageItems>(
                view_of(view->second), proxy::Keywords{.encrypted = true});
            cache_.put(result.digest, result.items);
            opened_->learn(result.items->view(), message, true);
        }
        return result;
    }

    static void expect(const std::string& octets, std::string& outbox) {
        REQUIRE(outbox.substr(0, octets.size()) == octets);
        outbox.erase(0, octets.size());
    }

    const Transcript& transcript_;
    bool in_octets_, reverse_;
    int digests_ = 0;
    proxy::ViewCache cache_{1 << 20};
    proxy::KeywordStore keywords_;
    std::shared_ptr<proxy::Epochs> epochs_ = epochs_of(transcript_);
    std::shared_ptr<proxy::OpenedMessages> opened_ = std::make_shared<proxy::OpenedMessages>();
    proxy::AppendRules rules_ = rules();
    proxy::Exchange exchange_{
        {true, 100'000, smime::Errant::leave, transcript_.signed_status.has_value(),
         transcript_.keywords.empty() ? nullptr : &keywords_, epochs_.get(), &rules_, false, false,
         transcript_.signed_status},
        cache_,
        "PK."};
    std::vector<proxy::OpenRequest> requests_;
};

}  // namespace

TEST_CASE("every transcript comes out as it is written", "[proxy][transcripts]") {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator{TRANSCRIPTS}) {
        if (entry.path().extension() == ".txt") files.push_back(entry.path());
    }
    REQUIRE(files.size() >= 10);
    for (const auto& file : files) {
        const auto transcript = read_transcript(file);
        REQUIRE(transcript.lines.size() > 2);
        for (const bool in_octets : {false, true}) {
            for (const bool reverse : {false, true}) {
                INFO(file.filename().string() << (in_octets ? ", octet by octet" : ", whole")
                                              << (reverse ? ", opened in reverse" : ""));
                Runner{transcript, in_octets, reverse}.run();
            }
        }
    }
}
