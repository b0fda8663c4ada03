#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <thread>

#include "proxy/epoch_filter.hpp"
#include "proxy/epochs.hpp"
#include "proxy/limits.hpp"
#include "proxy/smime_trace.hpp"
#include "proxy/view_fingerprint.hpp"
#include "tests/catch.hpp"

namespace {

using imap::UidValidity;
using proxy::EpochRecords;
using proxy::EpochStore;

constexpr std::uint32_t now = 1'800'000'000;

/// A directory of its own, and stores in it as processes open them one after the other.
class State {
public:
    State() {
        char name[] = "/tmp/pke-XXXXXX";
        REQUIRE(::mkdtemp(name));
        directory_ = name;
    }
    ~State() { std::filesystem::remove_all(directory_); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    std::shared_ptr<EpochStore> open() const {
        return EpochStore::open(directory_, [this] { return time; });
    }
    std::filesystem::path file(const std::string& name) const { return directory_ / name; }
    const std::filesystem::path& directory() const { return directory_; }

    std::uint32_t time = now;

private:
    std::filesystem::path directory_;
};

std::uint32_t presented(const std::shared_ptr<proxy::Epochs>& epochs, const std::string& mailbox,
                        std::uint32_t server) {
    return epochs->presented(mailbox, UidValidity{server}).value();
}

void meet(const std::shared_ptr<proxy::Epochs>& epochs, const std::string& mailbox,
          std::uint32_t server) {
    epochs->met(mailbox, UidValidity{server}, epochs->presented(mailbox, UidValidity{server}));
}

std::uint32_t server_of(const std::shared_ptr<proxy::Epochs>& epochs, const std::string& mailbox,
                        std::uint32_t value) {
    const auto server = epochs->server_of(mailbox, UidValidity{value});
    return server ? server->value() : 0;
}

std::string text_of(const std::filesystem::path& file) {
    std::ifstream in{file, std::ios::binary};
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

}  // namespace

TEST_CASE("only a mailbox whose views have changed presents another UIDVALIDITY", "[epochs]") {
    const State state;
    auto epochs = state.open()->begin("work", "one");
    meet(epochs, "Sealed", 7);
    CHECK(presented(epochs, "Sealed", 7) == 7);
    CHECK(presented(epochs, "Plain", 9) == 9);
    // Nothing has changed; other accounts are others.
    epochs = state.open()->begin("work", "one");
    CHECK(presented(epochs, "Sealed", 7) == 7);
    epochs = state.open()->begin("home", "two");
    CHECK(presented(epochs, "Sealed", 7) == 7);

    epochs = state.open()->begin("work", "two");
    CHECK(presented(epochs, "Plain", 9) == 9);
    CHECK(presented(epochs, "Sealed", 7) == now);
    CHECK(server_of(epochs, "Sealed", now) == 7);
    CHECK(server_of(epochs, "Sealed", 7) == 0);
    CHECK(server_of(epochs, "Plain", 9) == 9);
    // And back: not the value that it had then.
    epochs = state.open()->begin("work", "one");
    CHECK(presented(epochs, "Sealed", 7) == now + 1);
    CHECK(server_of(epochs, "Sealed", now) == 0);
}

TEST_CASE("the server's own values come and go", "[epochs]") {
    const State state;
    meet(state.open()->begin("work", "one"), "Sealed", 100);
    const auto epochs = state.open()->begin("work", "two");
    REQUIRE(presented(epochs, "Sealed", 100) == now);
    CHECK(presented(epochs, "Sealed", now + 50) == now + 50);  // greater: made anew since
    meet(epochs, "Sealed", now + 50);
    // Lower than what was presented, and stable whoever asks in which order.
    const auto lower = presented(epochs, "Sealed", 101);
    CHECK(lower == now + 51);
    CHECK(presented(epochs, "Sealed", 101) == lower);
    CHECK(presented(epochs, "Sealed", now + 50) == now + 50);
    CHECK(server_of(epochs, "Sealed", lower) == 101);
    CHECK(server_of(epochs, "Sealed", 101) == 0);
    CHECK(server_of(epochs, "Sealed", 5) == 0);
    CHECK(server_of(epochs, "Sealed", lower + 9) == lower + 9);  // the server may have it by now
}

TEST_CASE("at the end of all values it is another one at least", "[epochs]") {
    State state;
    constexpr std::uint32_t last = 0xffffffff;
    meet(state.open()->begin("work", "one"), "Sealed", last);
    auto epochs = state.open()->begin("work", "two");
    CHECK(presented(epochs, "Sealed", last) == 1);
    epochs = state.open()->begin("work", "three");
    CHECK(presented(epochs, "Sealed", last) == 2);
    // A clock that runs wild does not use them up.
    meet(epochs, "Other", 5);
    state.time = last;
    epochs = state.open()->begin("work", "four");
    CHECK(presented(epochs, "Other", 5) == proxy::limits::latest);
}

TEST_CASE("sessions of earlier settings keep what was presented then", "[epochs]") {
    const State state;
    const auto store = state.open();
    const auto old = store->begin("work", "one");
    meet(old, "Sealed", 7);
    const auto fresh = store->begin("work", "two");
    CHECK(presented(fresh, "Sealed", 7) == now);
    CHECK(presented(old, "Sealed", 7) == 7);
    CHECK(server_of(old, "Sealed", 7) == 7);
    CHECK(server_of(old, "Sealed", now) == now);
    meet(old, "Sealed", 7);
    CHECK(presented(fresh, "Sealed", 7) == now);

    // What an old session shows for the first time under the server's own value, new ones must not.
    CHECK(presented(fresh, "Late", 8) == 8);
    meet(old, "Late", 8);
    CHECK(presented(old, "Late", 8) == 8);
    CHECK(presented(fresh, "Late", 8) == now);
    meet(fresh, "Both", 9);
    meet(old, "Both", 9);
    CHECK(presented(fresh, "Both", 9) == now);
    CHECK(presented(fresh, "Both", 9) == now);
}

TEST_CASE("a mailbox takes its epochs along under another name", "[epochs]") {
    const State state;
    meet(state.open()->begin("work", "one"), "A/b", 7);
    auto epochs = state.open()->begin("work", "two");
    epochs->rename("A", "C");
    CHECK(presented(epochs, "C/b", 7) == now);
    CHECK(presented(epochs, "A/b", 7) == now);
    CHECK(presented(epochs, "Ax", 7) == 7);
    epochs->rename("A/", "D");
    CHECK(presented(epochs, "Db", 7) == 7);
}

TEST_CASE("records that are damaged never give a lower value", "[epochs]") {
    State state;
    meet(state.open()->begin("work", "one"), "Sealed", 7);
    REQUIRE(presented(state.open()->begin("work", "two"), "Sealed", 7) == now);
    const auto whole = text_of(state.file("epochs"));
    REQUIRE(whole.find("Sealed") != std::string::npos);
    REQUIRE(text_of(state.file("epochs.copy")) == whole);

    const auto put = [&](const std::string& name, const std::string& text) {
        std::ofstream{state.file(name), std::ios::binary | std::ios::trunc} << text;
    };
    // Either is enough, and mends the other.
    const auto one_is_damaged = [&](const std::string& text) {
        for (const std::string name : {"epochs", "epochs.copy"}) {
            put(name, text);
            if (text.empty()) std::filesystem::remove(state.file(name));
            CHECK(presented(state.open()->begin("work", "two"), "Sealed", 7) == now);
            CHECK(text_of(state.file("epochs")) == whole);
            put("epochs.copy", whole);
        }
    };
    const auto both_are_damaged = [&](const std::string& text) {
        state.time += 10;
        const auto before = presented(state.open()->begin("work", "two"), "Sealed", 7);
        state.time += 10;
        put("epochs", text);
        put("epochs.copy", text);
        const auto value = presented(state.open()->begin("work", "two"), "Sealed", 7);
        CHECK(value > before);
        CHECK(presented(state.open()->begin("work", "two"), "Sealed", 7) == value);
        const auto epochs = state.open()->begin("work", "two");
        CHECK(server_of(epochs, "Sealed", before) == 0);
        // Nobody knows whether other mailboxes had a greater value than their server's.
        CHECK(presented(epochs, "Plain", 9) > now);
        CHECK(presented(epochs, "Plain", 9) == presented(epochs, "Plain", 9));
        CHECK(presented(epochs, "Young", now + 500'000) == now + 500'000);
    };
    one_is_damaged("");
    for (std::size_t size = 1; size < whole.size(); size += 29)
        one_is_damaged(whole.substr(0, size));
    for (std::size_t size = 0; size < whole.size(); size += 29)
        both_are_damaged(whole.substr(0, size));
    for (std::size_t at = 0; at < whole.size(); at += 13) {
        auto text = whole;
        text[at] = static_cast<char>(text[at] ^ 1);
        both_are_damaged(text);
    }
}

TEST_CASE("any octets are read as records, or not", "[epochs]") {
    EpochRecords records;
    records.met({"work", "a b%\r\n\xc3\xbc"}, "abc", UidValidity{1}, UidValidity{2});
    records.met({"work", ""}, "-", UidValidity{1}, UidValidity{1});
    bool intact = false;
    const auto again = EpochRecords::read(records.text(), intact);
    CHECK(intact);
    CHECK(again.mailboxes() == records.mailboxes());
    CHECK(again.text() == records.text());
    EpochRecords::read("", intact);
    CHECK(!intact);
}

TEST_CASE("records have their bounds", "[epochs]") {
    EpochRecords records;
    const EpochRecords::Mailbox mailbox{"work", "Sealed"};
    for (std::uint32_t server = 1; server <= 50; ++server)
        records.met(mailbox, "one", UidValidity{server}, UidValidity{server});
    CHECK(records.find(mailbox)->size() == proxy::limits::epochs);
    CHECK(records.presented(mailbox, "one", UidValidity{3}, 0) > UidValidity{50});
    records.met({"work", std::string(5000, 'x')}, "one", UidValidity{1}, UidValidity{1});
    CHECK(records.mailboxes().size() == 1);
    for (std::size_t i = 0; i < proxy::limits::epoch_mailboxes + 10; ++i)
        records.met({"work", std::to_string(i)}, "one", UidValidity{1}, UidValidity{1});
    CHECK(records.mailboxes().size() == proxy::limits::epoch_mailboxes);
    // Without room a mailbox has the server's value, and not another one each time.
    records.doubt(now);
    CHECK(records.presented({"work", "more"}, "one", UidValidity{5}, now) == UidValidity{5});
}

TEST_CASE("what can't be kept counts as long as the process lives", "[epochs]") {
    // Directories that can't be made: below a file, and below nothing at all (no home).
    const State state;
    std::ofstream{state.file("file")} << "x";
    for (const auto& directory :
         {std::optional<std::filesystem::path>{state.file("file") / "paperknife"},
          std::optional<std::filesystem::path>{}}) {
        const auto store = EpochStore::open(directory, [] { return now; });
        meet(store->begin("work", "one"), "Sealed", 7);
        CHECK(presented(store->begin("work", "two"), "Sealed", 7) == now);
    }
}

TEST_CASE("on a full disk the old records stay, and are written once there is room", "[epochs]") {
    State state;
    const auto store = state.open();
    meet(store->begin("work", "one"), "Sealed", 7);
    const auto kept = text_of(state.file("epochs"));
    // A file may have no octet more: write(2) fails as it does on a full disk.
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit none{10, before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &none) == 0);
    const auto full = store->begin("work", "two");
    const auto value = presented(full, "Sealed", 7);
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
    std::signal(SIGXFSZ, old_handler);
    CHECK(value == now);
    CHECK(text_of(state.file("epochs")) == kept);
    // Who starts now does not know of it, and takes a later, greater value all the same.
    state.time = now + 10;
    {
        const State other;
        std::filesystem::copy_file(state.file("epochs"), other.file("epochs"));
        const auto next = EpochStore::open(other.directory(), [] { return now + 10; });
        CHECK(presented(next->begin("work", "two"), "Sealed", 7) > value);
    }
    meet(full, "Another", 8);
    CHECK(text_of(state.file("epochs")).find(std::to_string(value)) != std::string::npos);
}

TEST_CASE("two processes at once lose nothing of each other", "[epochs]") {
    const State state;
    std::vector<pid_t> children;
    for (int child = 0; child < 3; ++child) {
        const auto pid = ::fork();
        REQUIRE(pid >= 0);
        if (pid == 0) {
            const auto epochs = state.open()->begin("work", "one");
            for (std::uint32_t i = 1; i <= 15; ++i) {
                meet(epochs, std::to_string(child) + "." + std::to_string(i), i);
                std::this_thread::sleep_for(std::chrono::milliseconds{3});
            }
            // What could not be kept at once, since the others kept the lock, is kept now.
            for (int tries = 0; tries < 50; ++tries) {
                presented(epochs, "x", 1);
                std::this_thread::sleep_for(std::chrono::milliseconds{5});
            }
            ::_exit(0);
        }
        children.push_back(pid);
    }
    for (const auto pid : children) {
        int status = 1;
        REQUIRE(::waitpid(pid, &status, 0) == pid);
        REQUIRE(status == 0);
    }
    bool intact = false;
    const auto records = EpochRecords::read(text_of(state.file("epochs")), intact);
    CHECK(intact);
    CHECK(records.mailboxes().size() == 45);
}

TEST_CASE("a process that is killed at any moment leaves records that are sound", "[epochs]") {
    const State state;
    std::mt19937 random{1};  // NOLINT(cert-msc51-cpp): the same every time
    std::uint32_t greatest = 0;
    meet(state.open()->begin("work", "0"), "Sealed", 7);
    for (int round = 1; round <= 40; ++round) {
        int tells[2] = {};
        REQUIRE(::pipe(tells) == 0);
        const auto pid = ::fork();
        REQUIRE(pid >= 0);
        if (pid == 0) {
            for (int i = 0;; ++i) {
                const auto store = state.open();
                const auto epochs =
                    store->begin("work", std::to_string(round) + "." + std::to_string(i));
                const auto value = presented(epochs, "Sealed", 7);
                if (::write(tells[1], &value, sizeof value) != sizeof value) ::_exit(1);
            }
        }
        ::close(tells[1]);
        std::uint32_t value = 0;
        REQUIRE(::read(tells[0], &value, sizeof value) == sizeof value);
        CHECK(value > greatest);
        greatest = value;
        std::this_thread::sleep_for(std::chrono::microseconds{random() % 8000});
        ::kill(pid, SIGKILL);
        ::waitpid(pid, nullptr, 0);
        while (::read(tells[0], &value, sizeof value) == sizeof value) {
            CHECK(value > greatest);
            greatest = value;
        }
        ::close(tells[0]);
        bool intact = false;
        EpochRecords::read(text_of(state.file("epochs")), intact);
        CHECK(intact);
    }
    CHECK(greatest > now);
    CHECK(presented(state.open()->begin("work", "last"), "Sealed", 7) > greatest);
    struct stat about {};
    REQUIRE(::stat(state.file("epochs").c_str(), &about) == 0);
    CHECK((about.st_mode & 0777U) == 0600);
}

TEST_CASE("a lock that nobody lets go costs a moment and no mail", "[epochs]") {
    const State state;
    meet(state.open()->begin("work", "one"), "Sealed", 7);
    const auto pid = ::fork();
    REQUIRE(pid >= 0);
    if (pid == 0) {
        const auto name = state.file("epochs.lock").string();
        const int lock = ::open(name.c_str(), O_RDWR | O_CLOEXEC);
        if (lock < 0 || ::flock(lock, LOCK_EX) != 0) ::_exit(1);
        ::pause();
        ::_exit(0);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{200});
    const auto begin = std::chrono::steady_clock::now();
    const auto epochs = state.open()->begin("work", "two");
    CHECK(presented(epochs, "Sealed", 7) == now);
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds{5});
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
}

TEST_CASE("signs of S/MIME are found however the octets come", "[epochs]") {
    const auto finds = [](std::string_view octets, std::size_t step) {
        proxy::SmimeTrace trace;
        for (std::size_t at = 0; at < octets.size(); at += step)
            if (trace.feed(octets.substr(at, step))) return true;
        return false;
    };
    for (const std::size_t step : {1U, 2U, 3U, 4U, 5U, 6U, 100U}) {
        CAPTURE(step);
        CHECK(finds("* 1 FETCH (BODYSTRUCTURE (\"application\" \"PKCS7-mime\" NIL", step));
        CHECK(finds("application/x-pkcs7-signature", step));
        CHECK(finds("name=\"smime.P7M\"", step));
        CHECK(finds("x.p7z", step));
        CHECK(!finds("* 7 FETCH (BODY[] {7}\r\nkcs7 p7m .p7 .p7x pkcs-7 cs7.7", step));
    }
}

TEST_CASE("who opens nothing learns of S/MIME from what passes", "[epochs]") {
    const auto store = EpochStore::open(std::nullopt, [] { return now; });
    const auto closed = store->begin("work", "closed");
    proxy::EpochFilter filter{closed.get(), true};
    imap::Framer client{imap::Side::client}, server{imap::Side::server};
    const auto say = [&](std::string_view octets) {
        client.push(octets);
        while (const auto frame = client.next()) filter.from_client(*frame);
    };
    const auto hear = [&](std::string_view octets) {
        server.push(octets);
        while (const auto frame = server.next())
            CHECK(filter.from_server(*frame).octets == frame->octets);
    };
    const std::string mail = "Content-Type: application/pkcs7-mime\r\n\r\n";
    const auto fetched =
        "* 1 FETCH (BODY[] {" + std::to_string(mail.size()) + "}\r\n" + mail + ")\r\n";
    hear(fetched);  // nothing is selected: no mailbox's
    say("a SELECT Plain\r\n");
    hear("* OK [UIDVALIDITY 7]\r\na OK\r\n* LIST () NIL pkcs7-mime\r\n* 1 FETCH (FLAGS ())\r\n");
    say("b SELECT Sealed\r\n");
    hear("* OK [UIDVALIDITY 8]\r\nb OK\r\n" + fetched);
    const auto opens = store->begin("work", "opens");
    CHECK(presented(opens, "Plain", 7) == 7);
    CHECK(presented(opens, "Sealed", 8) == now);
}

TEST_CASE("the fingerprint of views changes with what decides them", "[epochs]") {
    const keystore::Keystore none;
    const smime::Settings base;
    const auto print = [&](const smime::Settings& settings) {
        return proxy::view_fingerprint(true, settings, 100, none);
    };
    CHECK(print(base) == print(base));
    CHECK(print(base).size() == 16);
    CHECK(proxy::view_fingerprint(false, base, 100, none) !=
          proxy::view_fingerprint(true, base, 100, none));
    CHECK(proxy::view_fingerprint(false, base, 100, none) ==
          proxy::view_fingerprint(false, base, 200, none));
    CHECK(proxy::view_fingerprint(true, base, 200, none) != print(base));
    auto settings = base;
    settings.legacy = true;
    CHECK(print(settings) != print(base));
    settings = base;
    settings.unauthenticated_html = smime::UnauthenticatedHtml::keep;
    CHECK(print(settings) != print(base));
    settings = base;
    settings.errant = smime::Errant::attach;
    CHECK(print(settings) != print(base));
    settings = base;
    settings.presentation.authserv_id = "paperknife.other";
    CHECK(print(settings) != print(base));
    settings.presentation.header = false;
    const auto without_header = print(settings);
    CHECK(without_header != print(base));
    settings.presentation.authserv_id = "paperknife";
    CHECK(print(settings) == without_header);
    settings = base;
    settings.presentation.subject_tag = true;
    CHECK(print(settings) != print(base));
    settings = base;

    // Trust: in any order, however often.
    keystore::Certificate a, b;
    a.der = {1};
    b.der = {2};
    const auto trusting = [&](std::vector<keystore::Certificate> anchors) {
        auto trust = std::make_shared<keystore::Trust>();
        trust->anchors = std::move(anchors);
        auto with = base;
        with.signatures.trust = trust;
        return print(with);
    };
    CHECK(trusting({}) != print(base));
    CHECK(trusting({a}) != trusting({}));
    CHECK(trusting({a, b}) == trusting({b, a, b}));
    CHECK(trusting({a, b}) != trusting({a}));
}
