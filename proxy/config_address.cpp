#include "proxy/config_address.hpp"

#include <arpa/inet.h>
#include <sys/un.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "proxy/config_path.hpp"

namespace proxy {
namespace {

constexpr std::size_t name_limit = 253;  // RFC 1035, 2.3.4, as text
constexpr std::size_t label_limit = 63;

struct HostAndPort {
    std::string_view host;                 ///< without brackets
    std::optional<std::string_view> port;  ///< what stands behind the colon
    bool bracketed = false;
};

/// Cuts "host:port", "[host]:port" or either without port; nothing if brackets or colons do not
/// pair.
std::optional<HostAndPort> split(std::string_view text) {
    HostAndPort found;
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == text.npos) return std::nullopt;
        found.host = text.substr(1, end - 1);
        found.bracketed = true;
        text.remove_prefix(end + 1);
        if (!text.empty() && text.front() != ':') return std::nullopt;
    } else {
        const auto end = std::min(text.find(':'), text.size());
        found.host = text.substr(0, end);
        text.remove_prefix(end);
    }
    if (!text.empty()) found.port = text.substr(1);
    if (found.port && found.port->find(':') != text.npos) return std::nullopt;
    return found;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return port;
}

bool is_ipv4(std::string_view host) {
    in_addr address{};
    return ::inet_pton(AF_INET, std::string{host}.c_str(), &address) == 1;
}

bool is_ipv6(std::string_view host) {
    in6_addr address{};
    return ::inet_pton(AF_INET6, std::string{host}.c_str(), &address) == 1;
}

bool is_ipv6_loopback(std::string_view host) {
    in6_addr address{};
    return ::inet_pton(AF_INET6, std::string{host}.c_str(), &address) == 1 &&
           IN6_IS_ADDR_LOOPBACK(&address);
}

char lower(char octet) {
    return octet >= 'A' && octet <= 'Z' ? static_cast<char>(octet - 'A' + 'a') : octet;
}

std::string lower_case(std::string_view text) {
    std::string result{text};
    std::transform(result.begin(), result.end(), result.begin(), lower);
    return result;
}

/// True for a host name: labels of letters, digits, hyphen (RFC 1123, 2.1) and underscore, which
/// inner networks have. Its last label is no number: that would be a mistyped IPv4 address (RFC
/// 3696, 2).
bool is_host_name(std::string_view name) {
    if (name.empty() || name.size() > name_limit) return false;
    std::string_view last;
    for (std::size_t at = 0; at <= name.size();) {
        last = name.substr(at, name.find('.', at) - at);
        if (last.empty() || last.size() > label_limit) return false;
        if (last.front() == '-' || last.back() == '-') return false;
        at += last.size() + 1;
    }
    const auto allowed = [](char octet) {
        octet = lower(octet);
        return (octet >= 'a' && octet <= 'z') || (octet >= '0' && octet <= '9') || octet == '-' ||
               octet == '_' || octet == '.';
    };
    const auto is_digit = [](char octet) { return octet >= '0' && octet <= '9'; };
    return std::all_of(name.begin(), name.end(), allowed) &&
           !std::all_of(last.begin(), last.end(), is_digit);
}

struct Scheme {
    std::string_view name;
    ServerAddress::Security security;
    std::uint16_t port;
};

constexpr Scheme schemes[] = {
    {"imaps", ServerAddress::Security::tls, 993},
    {"imap", ServerAddress::Security::start_tls, 143},
    {"imap+plaintext", ServerAddress::Security::plaintext, 143},
};

constexpr std::string_view server_example =
    "write imaps://imap.example.org, or imap://imap.example.org for STARTTLS";

AddressProblem problem(std::string_view what, std::string_view instead) {
    return {std::string{what} + "; " + std::string{instead}};
}

}  // namespace

bool is_loopback(std::string_view host) {
    return lower_case(host) == "localhost" || (is_ipv4(host) && host.starts_with("127.")) ||
           is_ipv6_loopback(host);
}

std::variant<ListenAddress, AddressProblem> parse_listen_address(std::string_view text) {
    constexpr std::string_view example = "write an address and a port, as in \"127.0.0.1:1143\"";
    constexpr std::string_view local = "unix:";
    if (text.starts_with(local)) {
        if (text.size() > local.size()) return ListenAddress{{}, 0, text.substr(local.size())};
        return problem("the socket's path is missing", "write \"unix:imap.sock\"");
    }
    const auto address = split(text);
    if (!address && is_ipv6(text.substr(0, text.rfind(':')))) {
        return problem("an IPv6 address stands in brackets", "write \"[::1]:1143\"");
    }
    if (!address) return problem("this is no address", example);
    if (address->host.empty()) {
        return problem("the address is missing: listening on all interfaces is refused", example);
    }
    if (parse_port(text) && !address->port) return problem("the address is missing", example);
    const bool is_address = address->bracketed ? is_ipv6(address->host) : is_ipv4(address->host);
    if (!is_loopback(address->host)) {
        return problem(is_address ? "this address is not of the loopback: others could connect"
                                  : "this is no loopback address",
                       "write 127.0.0.1 or [::1] before the port");
    }
    if (!address->port) return problem("the port is missing", example);
    const auto port = parse_port(*address->port);
    if (!port) return problem("the port is not a number from 0 to 65535", example);
    if (lower_case(address->host) == "localhost") return ListenAddress{"127.0.0.1", *port};
    return ListenAddress{address->bracketed ? "::1" : std::string{address->host}, *port};
}

std::string problem_with_socket_path(const std::filesystem::path& path) {
    constexpr auto longest = sizeof(sockaddr_un::sun_path) - 1;
    const auto size = path.native().size();
    if (size > longest) {
        return "the socket's path has " + std::to_string(size) + " octets, " +
               std::to_string(longest) +
               " are possible; write a shorter one, as in \"unix:~/imap.sock\"";
    }
    return problem_with_directory(path.parent_path());
}

std::string to_text(const ListenAddress& address) {
    if (!address.path.empty()) return "unix:" + address.path.string();
    const bool v6 = address.host.find(':') != std::string::npos;
    return (v6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

std::variant<ServerAddress, AddressProblem> parse_server_address(std::string_view text) {
    const auto colon = text.find("://");
    if (colon == text.npos) return problem("the scheme is missing", server_example);
    const auto name = lower_case(text.substr(0, colon));
    const auto scheme = std::find_if(std::begin(schemes), std::end(schemes),
                                     [&](const Scheme& known) { return known.name == name; });
    if (scheme == std::end(schemes)) return problem("unknown scheme", server_example);

    const auto rest = text.substr(colon + 3);
    if (rest.find('@') != rest.npos) {
        return problem("no user name or password belongs here",
                       "leave out everything up to the \"@\": the mail client logs in");
    }
    if (rest.find_first_of("/?#") != rest.npos) {
        return problem("only a host and a port belong here", "leave out what follows them");
    }
    const auto address = split(rest);
    if (!address && is_ipv6(rest)) {
        return problem("an IPv6 address stands in brackets", "write imaps://[2001:db8::1]");
    }
    if (!address) return problem("this is no host and port", server_example);
    if (address->host.empty()) return problem("the host is missing", server_example);
    if (address->bracketed && !is_ipv6(address->host)) {
        return problem("what stands in brackets is no IPv6 address", server_example);
    }
    if (!address->bracketed && !is_ipv4(address->host) && !is_host_name(address->host)) {
        return problem("this is no host name",
                       "letters, digits, \"-\" and \".\" make one; other scripts are written in "
                       "their xn-- form");
    }
    ServerAddress server{scheme->security, lower_case(address->host), scheme->port};
    if (address->port) {
        const auto port = parse_port(*address->port);
        if (!port || *port == 0) {
            return problem("the port is not a number from 1 to 65535",
                           "leave it out, with its colon, for the scheme's own");
        }
        server.port = *port;
    }
    if (server.security == ServerAddress::Security::plaintext) {
        if (!is_loopback(server.host)) {
            return problem("imap+plaintext is for servers on this machine only (127.0.0.1, [::1])",
                           "write imaps://, or imap:// for STARTTLS");
        }
        if (server.host == "localhost") server.host = "127.0.0.1";
    }
    return server;
}

}  // namespace proxy
