// COMPRESS=DEFLATE ends at each leg (RFC 4978): the octets that a session reads are plain. Here is
// when it begins; what compresses is the Stream.

#include <utility>

#include "imap/capability.hpp"
#include "imap/letter_case.hpp"
#include "proxy/exchange.hpp"
#include "proxy/protocol_error.hpp"

namespace proxy {
namespace {

constexpr std::string_view capability = "COMPRESS=DEFLATE";

}  // namespace

void Exchange::on_compress_command() {
    const auto line =
        std::string_view{collected_command_}.substr(0, collected_command_.find('\n') + 1);
    const auto command = imap::read_command(line);
    if (!command) return;
    if (!settings_.compresses_client || !authenticated_) {
        return reply(command->tag, " BAD Not available here.\r\n");
    }
    if (!imap::same_in_any_case(command->arguments, "DEFLATE")) {
        return reply(command->tag, " BAD DEFLATE is the only mechanism here.\r\n");
    }
    if (client_compressed_) return reply(command->tag, " BAD It is compressed already.\r\n");
    compress_tag_ = command->tag;  // drain_client goes on with it
}

/// No command is with the server, and nothing of an answer is still to come.
bool Exchange::is_quiet() const {
    return !runs_alone() && !waiting_fetch_ && !waiting_search_ && !search_command_ && !append_ &&
           with_server_.empty() && !inside_response_ && !to_client_.has_open_slots() &&
           !collecting_command_ && !inside_command_ && client_mode_ == ClientMode::commands;
}

void Exchange::advance_compression() {
    if (!awaits_compression() && authenticated_ && settings_.compresses_server &&
        server_offers_compression_ && !server_compression_asked_ && is_quiet()) {
        server_compression_asked_ = true;
        server_compress_tag_ = tags_.next();
        to_server_ += server_compress_tag_ + " COMPRESS DEFLATE\r\n";
        return;
    }
    if (compress_tag_.empty() || !server_compress_tag_.empty() || !is_quiet()) return;
    // As with STARTTLS, what comes behind it uncompressed may be anybody's.
    if (!backlog_.empty()) throw ProtocolError{"the client did not wait for COMPRESS"};
    reply(std::exchange(compress_tag_, {}), " OK Compressed from here on.\r\n");
    client_compressed_ = true;
    client_plain_ = to_client().size();
}

std::optional<std::size_t> Exchange::take_client_compression() {
    return std::exchange(client_plain_, std::nullopt);
}

std::optional<std::string> Exchange::take_server_compression() {
    return std::exchange(server_rest_, std::nullopt);
}

/// True if the response is the answer to our own COMPRESS.
bool Exchange::on_compress_tagged(const imap::Response& response) {
    if (server_compress_tag_.empty() || response.tag != server_compress_tag_) return false;
    server_compress_tag_.clear();
    if (response.condition == imap::Response::Condition::ok) server_rest_.emplace();
    return true;
}

/// The line with its capability list as the client may see it.
std::string Exchange::capability_line(std::string_view line, bool authenticated) {
    server_offers_compression_ |= imap::has_capability(line, capability);
    auto filtered = imap::filter_capability_line(line);
    if (!authenticated || !settings_.compresses_client || client_compressed_) return filtered;
    return imap::add_capability(filtered, capability);
}

}  // namespace proxy
