#include <sstream>
#include <stdexcept>
#include <string>

#include "imap/body_structure.hpp"
#include "imap/command.hpp"
#include "imap/fetch.hpp"
#include "imap/framer.hpp"
#include "imap/letter_case.hpp"
#include "imap/response.hpp"
#include "tests/catch.hpp"
#include "tests/imap/corpus.hpp"

// What real clients sent and real servers answered.

using imap::DataItem;

namespace {

/// What one side said in a recording, line by line: "   1.234 01C: a1 NOOP".
std::vector<std::string> said(const std::filesystem::path& recording, char side) {
    std::vector<std::string> lines;
    for (const auto& line : tests::lines_of(recording)) {
        const auto speaker = line.find_first_not_of(" .0123456789");
        if (speaker == std::string::npos || line[speaker] != side) continue;
        if (line.substr(speaker + 1, 2) == ": ") lines.push_back(line.substr(speaker + 3));
    }
    return lines;
}

/// A recorded response as it was on the wire, but for the octets of its literals, of which only the
/// first were recorded: "{9}<<abc...[+6]>>".
std::string on_the_wire(const std::string& recorded) {
    std::string wire;
    std::size_t taken = 0;
    for (auto at = recorded.find("}<<"); at != std::string::npos;
         at = recorded.find("}<<", taken)) {
        const auto digits = recorded.rfind('{', at) + 1;
        wire.append(recorded, taken, at - taken).append("}\r\n");
        wire.append(std::stoul(recorded.substr(digits, at - digits)), 'x');
        auto end = recorded.find(">>", at);
        while (end + 2 < recorded.size() && recorded[end + 2] != ' ' && recorded[end + 2] != ')')
            end = recorded.find(">>", end + 1);
        taken = end + 2;
    }
    return wire + recorded.substr(taken) + "\r\n";
}

/// The first words of a line, in lower case.
std::vector<std::string> words(const std::string& line) {
    std::istringstream in{line.substr(0, 60)};
    std::vector<std::string> words;
    for (std::string word; words.size() < 3 && in >> word;) words.push_back(imap::lower_case(word));
    words.resize(3);
    return words;
}

bool is_fetch_command(const std::string& line) {
    const auto word = words(line);
    return word[1] == "fetch" || (word[1] == "uid" && word[2] == "fetch");
}

bool is_fetch_response(const std::string& line) {
    const auto word = words(line);
    return word[0] == "*" && word[2] == "fetch";
}

/// Reading and writing gives the same octets: that is what Dovecot writes.
void check_structure(const imap::MessageDataItem& item) {
    imap::Cursor in{item.value};
    imap::Writer out;
    if (item.item == DataItem::envelope) {
        const auto envelope = imap::read_envelope(in);
        REQUIRE(envelope);
        imap::write_envelope(out, *envelope);
    } else {
        const auto structure = imap::read_body_structure(in);
        REQUIRE(structure);
        if (item.item == DataItem::body)
            imap::write_body(out, *structure);
        else
            imap::write_body_structure(out, *structure);
    }
    CHECK(in.at_end());
    CHECK(out.octets() == item.value);
}

const imap::MessageDataItem& item_at(const imap::FetchResponse& whole, const char* place) {
    for (const auto& item : whole.items)
        if (item.octets.data() < place && place <= item.octets.data() + item.octets.size())
            return item;
    throw std::logic_error{"no item there"};
}

/// At each announcement of a literal the head must tell what the whole response tells later.
std::size_t check_heads(const std::string& response, const imap::FetchResponse& whole) {
    imap::Framer framer{imap::Side::server};
    framer.push(response);
    imap::FetchHeadReader reader;
    std::size_t octets = 0;
    std::size_t values = 0;
    while (const auto frame = framer.next()) {
        octets += frame->octets.size();
        if (!frame->announces) continue;
        const auto head = reader.read(std::string_view{response}.substr(0, octets));
        REQUIRE(head);
        const auto& item = item_at(whole, response.data() + octets);
        CHECK(head->announced.item == item.item);
        CHECK(head->announced.section == item.section);
        CHECK(head->announced.origin == item.origin);
        CHECK(head->is_value == (item.value.starts_with('{') || item.value.starts_with("~{")));
        values += head->is_value;
    }
    CHECK(octets == response.size());
    return values;
}

}  // namespace

TEST_CASE("Every FETCH that a real client sent is read", "[corpus]") {
    const auto folder = tests::shared_folder("clients/transcripts");
    if (!folder) return;
    std::size_t commands = 0;
    for (const auto& file : tests::files_of(*folder)) {
        for (const auto& line : said(file, 'C')) {
            if (!is_fetch_command(line)) continue;
            CAPTURE(line);
            ++commands;
            const auto fetch = imap::read_fetch_command(line + "\r\n");
            REQUIRE(fetch);
            std::string asked;
            for (const auto& item : fetch->items) asked += (asked.empty() ? "" : " ") + item.text;
            const bool is_macro =
                line.ends_with(" ALL") || line.ends_with(" FAST") || line.ends_with(" FULL");
            CHECK(is_macro == (line.find(asked) == std::string::npos));
            for (const auto& item : fetch->items)
                CHECK((item.item != DataItem::other || item.text.starts_with("X-GM-") ||
                       item.text == "EMAILID" || item.text == "THREADID"));
        }
    }
    std::cout << commands << " FETCH commands of real clients\n";
    CHECK(commands > 1000);
}

TEST_CASE("Every FETCH response in the recordings is read", "[corpus]") {
    const auto folder = tests::shared_folder("clients/transcripts");
    if (!folder) return;
    std::size_t responses = 0, structures = 0, values = 0;
    for (const auto& file : tests::files_of(*folder)) {
        const bool is_dovecot = file.filename().string().find("cyrus") == std::string::npos;
        for (const auto& line : said(file, 'S')) {
            if (!is_fetch_response(line)) continue;
            const auto response = on_the_wire(line);
            CAPTURE(line.substr(0, 1000));
            const auto fetch = imap::read_fetch_response(response);
            REQUIRE(fetch);
            ++responses;
            values += check_heads(response, *fetch);
            for (const auto& item : fetch->items) {
                const bool is_structure = item.item == DataItem::body ||
                                          item.item == DataItem::envelope ||
                                          item.item == DataItem::body_structure;
                if (!is_structure || !is_dovecot) continue;
                ++structures;
                check_structure(item);
            }
        }
    }
    std::cout << responses << " FETCH responses, " << structures << " structures, " << values
              << " literals\n";
    CHECK(responses > 5000);
    CHECK(structures > 1000);
}

TEST_CASE("Every line that a real server sent is a response", "[corpus]") {
    const auto folder = tests::shared_folder("clients/transcripts");
    if (!folder) return;
    std::size_t unread = 0;
    for (const auto& file : tests::files_of(*folder)) {
        for (const auto& line : said(file, 'S')) {
            if (imap::read_response(line + "\r\n")) continue;
            ++unread;
            UNSCOPED_INFO(file.filename().string() << ": " << line.substr(0, 200));
        }
    }
    CHECK(unread == 0);
}

TEST_CASE("Dovecot's own vectors are written as they were read", "[corpus]") {
    const auto folder = tests::shared_folder("corpus/dovecot/vectors");
    if (!folder) return;
    const auto structures = tests::octets_of(*folder / "imap-bodystructure.parse_tests.json");
    std::size_t vectors = 0;
    for (const auto& [name, item] : {std::pair{"body", DataItem::body},
                                     std::pair{"bodystructure", DataItem::body_structure}}) {
        for (const auto& vector : tests::json_strings(structures, name)) {
            const auto text = "(" + vector + ")";
            CAPTURE(text);
            imap::MessageDataItem value;
            value.item = item;
            value.value = text;
            check_structure(value);
            ++vectors;
        }
    }
    const auto envelopes = tests::octets_of(*folder / "imap-envelope.parse_tests.json");
    for (const auto& vector : tests::json_strings(envelopes, "envelope")) {
        const auto text = "(" + vector + ")";
        CAPTURE(text);
        imap::MessageDataItem value;
        value.item = DataItem::envelope;
        value.value = text;
        check_structure(value);
        ++vectors;
    }
    std::cout << vectors << " vectors of Dovecot\n";
    CHECK(vectors > 20);
}

TEST_CASE("A structure without extension data is written with it empty, as Dovecot does",
          "[corpus]") {
    const auto folder = tests::shared_folder("corpus/dovecot/vectors");
    if (!folder) return;
    const auto json = tests::octets_of(*folder / "imap-bodystructure.normalize_tests.json");
    const auto inputs = tests::json_strings(json, "input");
    const auto outputs = tests::json_strings(json, "output");
    REQUIRE(inputs.size() == outputs.size());
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        const auto text = "(" + inputs[i] + ")";
        CAPTURE(text);
        imap::Cursor in{text};
        const auto structure = imap::read_body_structure(in);
        REQUIRE(structure);
        imap::Writer out;
        imap::write_body_structure(out, *structure);
        CHECK(out.octets() == "(" + outputs[i] + ")");
    }
}

TEST_CASE("The traces of imap-codec are read", "[corpus]") {
    const auto folder = tests::shared_folder("corpus/imap-codec");
    if (!folder) return;
    std::size_t lines = 0;
    for (const auto& trace :
         tests::json_strings(tests::octets_of(*folder / "traces.json"), "trace")) {
        std::istringstream in{trace};
        for (std::string line; std::getline(in, line);) {
            CAPTURE(line);
            if (line.starts_with("C: ")) CHECK(imap::read_command(line.substr(3) + "\r\n"));
            if (line.starts_with("S: ")) CHECK(imap::read_response(line.substr(3) + "\r\n"));
            ++lines;
        }
    }
    CHECK(lines > 50);
}

TEST_CASE("imaptest's scripted FETCHes are read", "[corpus]") {
    const auto folder = tests::shared_folder("corpus/imaptest");
    if (!folder) return;
    std::size_t commands = 0, responses = 0;
    for (const auto& file : tests::files_of(*folder)) {
        if (file.extension() == ".mbox") continue;
        for (const auto& line : tests::lines_of(file)) {
            CAPTURE(file.filename().string(), line);
            const auto command = line.starts_with("ok ") ? "a" + line.substr(2) : std::string{};
            // "$" is a variable, "{{{" a literal written out.
            if (is_fetch_command(command) && command.find('$') == std::string::npos) {
                ++commands;
                CHECK(imap::read_fetch_command(command + "\r\n"));
            }
            if (is_fetch_response(line) && line.find_first_of("${") == std::string::npos) {
                ++responses;
                CHECK(imap::read_fetch_response(line + "\r\n"));
            }
        }
    }
    std::cout << commands << " commands and " << responses << " responses of imaptest\n";
    CHECK(commands > 50);
}
