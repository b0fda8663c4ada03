// A client that does nothing but count: logs in, selects INBOX, sends one command, and reads to its
// tagged response.
//     reader HOST PORT plain|tls USER PASSWORD COMMAND
// prints "SECONDS OCTETS". TLS is OpenSSL's, so that the reader is not what is measured. It
// verifies nothing: this is a benchmark.

#include <netdb.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

class Connection {
public:
    Connection(const char* host, const char* port, bool tls) {
        addrinfo hints{};
        hints.ai_socktype = SOCK_STREAM;
        addrinfo* addresses = nullptr;
        if (getaddrinfo(host, port, &hints, &addresses) != 0) std::exit(2);
        for (auto* address = addresses; address && socket_ < 0; address = address->ai_next) {
            socket_ = socket(address->ai_family, SOCK_STREAM, 0);
            if (connect(socket_, address->ai_addr, address->ai_addrlen) != 0) {
                close(socket_);
                socket_ = -1;
            }
        }
        freeaddrinfo(addresses);
        if (socket_ < 0) std::exit(2);
        if (!tls) return;
        tls_ = SSL_new(SSL_CTX_new(TLS_client_method()));
        SSL_set_fd(tls_, socket_);
        if (SSL_connect(tls_) != 1) std::exit(3);
    }

    void send(const std::string& octets) {
        const auto sent = tls_ ? SSL_write(tls_, octets.data(), static_cast<int>(octets.size()))
                               : ::send(socket_, octets.data(), octets.size(), 0);
        if (sent != static_cast<ssize_t>(octets.size())) std::exit(4);
    }

    /// Reads until a line begins with tag; gives the octets read.
    std::size_t until(std::string_view tag) {
        const std::string end = "\n" + std::string{tag} + " ";
        std::size_t total = 0;
        std::string tail = "\n";
        while (tail.find(end) == std::string::npos) {
            const auto got = tls_ ? SSL_read(tls_, buffer_.data(), static_cast<int>(buffer_.size()))
                                  : recv(socket_, buffer_.data(), buffer_.size(), 0);
            if (got <= 0) std::exit(5);
            const std::string_view octets{buffer_.data(), static_cast<std::size_t>(got)};
            total += octets.size();
            // The tagged line is the last thing to come: it is in the last octets of a read, or
            // spans two.
            tail.append(octets.substr(octets.size() - std::min<std::size_t>(octets.size(), 4000)));
            if (tail.size() > 8000) tail.erase(0, tail.size() - 8000);
        }
        return total;
    }

private:
    int socket_ = -1;
    SSL* tls_ = nullptr;
    std::vector<char> buffer_ = std::vector<char>(1 << 18);
};

}  // namespace

int main(int count, char** arguments) {
    if (count != 7) return 1;
    Connection connection{arguments[1], arguments[2], arguments[3] == std::string{"tls"}};
    connection.send("a1 LOGIN " + std::string{arguments[4]} + " " + arguments[5] + "\r\n");
    connection.until("a1");
    connection.send("a2 SELECT INBOX\r\n");
    connection.until("a2");
    const auto start = std::chrono::steady_clock::now();
    connection.send("a3 " + std::string{arguments[6]} + "\r\n");
    const auto octets = connection.until("a3");
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    std::printf("%.6f %zu\n", seconds.count(), octets);
    return 0;
}
