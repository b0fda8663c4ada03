#include <fstream>
#include <string>
#include <vector>

#include "imap/capability.hpp"
#include "tests/catch.hpp"

using imap::filter_capability_line;
using imap::passes_capability;

namespace {

/// The rows of the table for people, "| `NAME` | fate | why |".
std::vector<std::string> documented_rows() {
    std::vector<std::string> rows;
    std::ifstream file{CAPABILITIES};
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("| `")) rows.push_back(line);
    return rows;
}

std::string_view word_for(imap::CapabilityFate fate) {
    switch (fate) {
        case imap::CapabilityFate::passed:
            return "passed";
        case imap::CapabilityFate::rewritten:
            return "rewritten";
        case imap::CapabilityFate::hidden:
            return "hidden";
    }
    return {};
}

}  // namespace

TEST_CASE("IMAP-08: the table for people is the table", "[imap][capability]") {
    std::vector<std::string> rows;
    for (const auto& [name, fate, why] : imap::capability_table()) {
        rows.push_back("| `" + std::string{name} + "` | " + std::string{word_for(fate)} + " | " +
                       std::string{why} + " |");
    }
    CHECK(rows.size() > 60);
    CHECK(documented_rows() == rows);
}

TEST_CASE("IMAP-08: capabilities whose meaning holds on views pass", "[imap][capability]") {
    for (const std::string_view name : {"IMAP4rev1",       "imap4REV1",
                                        "LITERAL+",        "LITERAL-",
                                        "SASL-IR",         "AUTH=PLAIN",
                                        "AUTH=XOAUTH2",    "AUTH=SCRAM-SHA-256",
                                        "LOGINDISABLED",   "IDLE",
                                        "NAMESPACE",       "ID",
                                        "ENABLE",          "UNSELECT",
                                        "UIDPLUS",         "MOVE",
                                        "CHILDREN",        "CONDSTORE",
                                        "ESEARCH",         "SORT",
                                        "SORT=DISPLAY",    "THREAD=REFS",
                                        "LIST-EXTENDED",   "LIST-STATUS",
                                        "SPECIAL-USE",     "CREATE-SPECIAL-USE",
                                        "QUOTA",           "QUOTA=RES-STORAGE",
                                        "QUOTASET",        "ACL",
                                        "RIGHTS=kxten",    "METADATA",
                                        "METADATA-SERVER", "MULTIAPPEND",
                                        "SAVEDATE",        "WITHIN",
                                        "APPENDLIMIT",     "APPENDLIMIT=1000",
                                        "I18NLEVEL=1",     "XLIST",
                                        "QRESYNC",         "ENABLE",
                                        "X-GM-EXT-1",      "ESORT",
                                        "SEARCHRES",       "UTF8=ACCEPT",
                                        "IMAP4rev2",       "STATUS=SIZE",
                                        "BINARY",          "PREVIEW",
                                        "OBJECTID",        "PARTIAL",
                                        "INPROGRESS",      "MESSAGELIMIT=1000",
                                        "NOTIFY",          "UIDONLY"}) {
        CAPTURE(name);
        CHECK(passes_capability(name));
    }
}

TEST_CASE("IMAP-08: all others are hidden", "[imap][capability]") {
    for (const std::string_view name : {"PREVIEW=FUZZY",
                                        "SNIPPET=FUZZY",
                                        "COMPRESS=DEFLATE",
                                        "compress=deflate",
                                        "CATENATE",
                                        "URLAUTH",
                                        "URLAUTH=BINARY",
                                        "URL-PARTIAL",
                                        "CONVERT",
                                        "CONTEXT=SEARCH",
                                        "REPLACE",
                                        "STARTTLS",
                                        "LOGIN-REFERRALS",
                                        "UNAUTHENTICATE",
                                        "AUTH=SCRAM-SHA-256-PLUS",
                                        "auth=scram-sha-1-plus",
                                        "X-NEW",
                                        "",
                                        "IMAP4",
                                        "IDLE2",
                                        "IDL"}) {
        CAPTURE(name);
        CHECK_FALSE(passes_capability(name));
    }
}

TEST_CASE("A capability list keeps its order", "[imap][capability]") {
    CHECK(imap::filter_capabilities("IMAP4rev1 CATENATE IDLE COMPRESS=DEFLATE") ==
          "IMAP4rev1 IDLE");
    CHECK(imap::filter_capabilities("").empty());
    CHECK(imap::filter_capabilities("CATENATE").empty());
}

TEST_CASE("Capability lists are filtered wherever they stand", "[imap][capability]") {
    CHECK(filter_capability_line("* CAPABILITY IMAP4rev1 STARTTLS IDLE\r\n") ==
          "* CAPABILITY IMAP4rev1 IDLE\r\n");
    CHECK(filter_capability_line("* capability CATENATE\r\n") == "* capability \r\n");
    CHECK(filter_capability_line("* OK [CAPABILITY IMAP4rev1 CATENATE] ready [CATENATE]\r\n") ==
          "* OK [CAPABILITY IMAP4rev1] ready [CATENATE]\r\n");
    CHECK(filter_capability_line("a1 OK [capability CATENATE IMAP4rev1] in\r\n") ==
          "a1 OK [capability IMAP4rev1] in\r\n");
    CHECK(filter_capability_line("* PREAUTH [CAPABILITY IMAP4rev1 CATENATE]\n") ==
          "* PREAUTH [CAPABILITY IMAP4rev1]\n");
}

TEST_CASE("Every other line keeps its octets", "[imap][capability]") {
    for (const std::string_view line :
         {"* CAPABILITY  IMAP4rev1  IDLE \r\n", "* CAPABILITY\r\n", "* CAPABILITYX CATENATE\r\n",
          "* OK [ALERT] CAPABILITY CATENATE\r\n", "* OK CAPABILITY CATENATE\r\n",
          "* LIST () \"/\" CAPABILITY\r\n", "+ CAPABILITY CATENATE\r\n",
          "* OK [CAPABILITY CATENATE\r\n", "CAPABILITY CATENATE\r\n", "\r\n", ""}) {
        CAPTURE(line);
        CHECK(filter_capability_line(line) == line);
    }
}
