"""A server that says what it likes: no HTTP of a library between a test and the bytes."""
import socket
import threading


class RawServer:
    """Each connection has a thread; `one` takes a request of it and tells whether the connection goes on."""

    def __init__(self):
        self.lock, self.open = threading.Lock(), set()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with self.lock:
                self.open.add(connection)
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        try:
            while self.one(connection):
                pass
        except OSError:
            pass  # the client had enough
        with self.lock:
            self.open.discard(connection)
        connection.close()

    def one(self, connection):
        raise NotImplementedError

    def stop(self):
        """No new connection, and none of the old ones: as when the process is gone."""
        with self.lock:
            self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()
            for connection in self.open:
                connection.shutdown(socket.SHUT_RDWR)


def read_head(connection):
    """All that came until the empty line, and what came with it; None: the connection ended before."""
    got = b""
    while b"\r\n\r\n" not in got:
        more = connection.recv(65536)
        if not more:
            return None
        got += more
    return got
