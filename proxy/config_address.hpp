#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "proxy/config.hpp"

namespace proxy {

/// Why an address can't be used, and what to write instead: "is not …; write …".
struct AddressProblem {
    std::string text;
};

/// Reads where to listen. Loopback only (LOC-01); "localhost" is 127.0.0.1, so that no name service
/// decides who may connect.
///
///     listen = ( "127." IPv4-rest / "localhost" / "[::1]" ) ":" port / "unix:" path
///
/// The path is as it was written: config makes it absolute.
std::variant<ListenAddress, AddressProblem> parse_listen_address(std::string_view text);

/// Reads a server's address (RFC 3986, 3, cut down). imap+plaintext is for loopback only (TLS-01).
/// No problem text repeats the URL: it may hold a password.
///
///     upstream = ( "imaps" / "imap" / "imap+plaintext" ) "://" host [ ":" port ]
///     host     = name / IPv4 / "[" IPv6 "]"
std::variant<ServerAddress, AddressProblem> parse_server_address(std::string_view text);

/// Why no local socket can be made at an absolute path; empty if one can.
std::string problem_with_socket_path(const std::filesystem::path& path);

/// The address as it is written in the configuration.
std::string to_text(const ListenAddress& address);

/// True for 127.0.0.0/8, ::1 and "localhost".
bool is_loopback(std::string_view host);

}  // namespace proxy
