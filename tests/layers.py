#!/usr/bin/env python3
"""Fails when an include crosses the rooms the wrong way (design, chapter 2)."""

import pathlib
import re
import sys

root = pathlib.Path(__file__).resolve().parent.parent
rooms = {
    "imap": {"imap"},
    "keystore": {"keystore"},
    "smime": {"smime", "keystore"},
    "proxy": {"proxy", "smime", "keystore", "imap"},
}
# A library's headers, and the only files that may include them.
libraries = {
    "mbedtls/": {"keystore/crypto", "proxy/tls"},
    "psa/": {"keystore/crypto", "proxy/tls"},
    "sodium": {"keystore/crypto_ed25519"},
    "p11-kit/": {"keystore/system_trust"},
    "libetpan/": {"smime/mime"},
    "gumbo": {"smime/html_tree"},
    "toml++/": {"proxy/config"},
    "zlib.h": {"smime/compressed_data", "proxy/deflate"},
    "asio": {"proxy/main", "proxy/stream", "proxy/connect", "proxy/listener", "proxy/session", "proxy/service",
             "proxy/opener", "proxy/probe"},
    "CLI/": {"proxy/main"},
    "spdlog/": {"proxy/log"},
    # Nothing that looks at a message or a certificate can reach a network (CERT-08).
    "sys/socket.h": {"proxy"}, "netdb.h": {"proxy"}, "netinet/": {"proxy"}, "arpa/": {"proxy"}, "sys/un.h": {"proxy"},
}


def complaints():
    for room, allowed in rooms.items():
        for file in sorted((root / room).glob("*.[ch]pp")):
            name = f"{room}/{file.stem}"
            for number, line in enumerate(file.read_text().splitlines(), 1):
                include = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
                if not include:
                    continue
                where = f"{file.relative_to(root)}:{number}"
                quoted, target = include.groups()
                if quoted == '"' and target.split("/")[0] not in allowed:
                    yield f"{where}: {room} must not know {target}"
                for library, files in libraries.items():
                    if target.startswith(library) and not any(
                            name == f or name.startswith((f + "_", f + "/")) for f in files):
                        yield f"{where}: only {', '.join(sorted(files))} may include {target}"


found = list(complaints())
print("\n".join(found) or "the rooms are in order")
sys.exit(bool(found))
