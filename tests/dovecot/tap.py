"""A recording forwarder: stands before a server and keeps what each side said."""

import socket
import struct
import threading


class Recording:
    """One connection: what its client and its server sent, as far as it was passed on."""

    def __init__(self, client, server):
        self.client, self.server = bytearray(), bytearray()
        self.sockets = (client, server)

    def cut(self, reset=False):
        """Ends both sides, with RST if reset."""
        for each in self.sockets:
            try:
                if reset:
                    each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    each.shutdown(socket.SHUT_RD)  # wakes the thread that keeps it open
                    each.close()
                else:
                    each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class Tap:
    """Listens on a port of 127.0.0.1 and forwards to another.

    intercept(recording, side, octets), side "client" or "server", may change what is passed on,
    wait, or cut the recording; it gives the octets to pass on.
    """

    def __init__(self, target, intercept=None):
        self.target = target
        self.intercept = intercept
        self.recordings = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        try:
            self._listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._listener.close()
        for each in self.recordings:
            each.cut()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                client.close()
                continue
            for each in (client, server):
                each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            recording = Recording(client, server)
            self.recordings.append(recording)
            threading.Thread(target=self._forward, args=(recording,), daemon=True).start()

    def _forward(self, recording):
        client, server = recording.sockets
        other = threading.Thread(target=self._pump, args=(recording, "server", server, client),
                                 daemon=True)
        other.start()
        self._pump(recording, "client", client, server)
        other.join()
        client.close()
        server.close()

    def _pump(self, recording, side, source, sink):
        kept = getattr(recording, side)
        try:
            while octets := source.recv(1 << 16):
                if self.intercept:
                    octets = self.intercept(recording, side, octets)
                kept += octets
                sink.sendall(octets)
        except OSError:
            pass
        try:
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass
