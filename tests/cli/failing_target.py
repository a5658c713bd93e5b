"""A target of load that fails in a way of its own for each path, and counts what it was asked."""
import gzip
import io
import socket
import struct
import time

from raw_server import RawServer, read_head

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
OK = HEAD + b"Content-Length: 2\r\n\r\nok"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


def bomb(size):
    """So many zeros, packed to a thousandth of it."""
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=9) as file:
        for _ in range(size >> 20):
            file.write(b"\0" * (1 << 20))
    return packed.getvalue()


class Target(RawServer):
    """A way is a function of the connection that tells whether it goes on."""

    def __init__(self, bomb_bytes=256 << 20):
        self.counts, self.bomb = {}, bomb(bomb_bytes)
        super().__init__()

    def one(self, connection):
        head = read_head(connection)
        if head is None:
            return False
        way = head.split(b" ", 2)[1].decode().strip("/")
        with self.lock:
            self.counts[way] = self.counts.get(way, 0) + 1
        return getattr(self, way)(connection)

    # the ways

    def fine(self, connection):
        connection.sendall(OK)
        return True

    def dies(self, connection):
        """After fifty answers it is gone."""
        with self.lock:
            last = self.counts["dies"] >= 50
        connection.sendall(OK)
        if last:
            self.stop()
        return not last

    def closes(self, _):
        return False

    def hangs(self, connection):
        return connection.recv(1) and False

    def resets(self, connection):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False

    def garbage(self, connection):
        connection.sendall(b"\x00\xff\x16\x03 no HTTP at all\r\n\r\n" * 100)
        return False

    def endless(self, connection):
        """A body without a length and without an end."""
        connection.sendall(HEAD + b"\r\n")
        return self.pour(connection, 1 << 50)

    def huge(self, connection):
        """10 GB, announced and sent."""
        connection.sendall(HEAD + b"Content-Length: 10737418240\r\n\r\n")
        return self.pour(connection, 10 << 30)

    def absurd(self, connection):
        """A length that no number holds."""
        connection.sendall(HEAD + b"Content-Length: 99999999999999999999999\r\n\r\n")
        return self.pour(connection, 1 << 20)

    def pour(self, connection, size):
        block = b"x" * (1 << 18)
        while size > 0:
            connection.sendall(block)
            size -= len(block)
        return False

    def drips(self, connection):
        connection.sendall(HEAD + b"Content-Length: 1000000\r\n\r\n")
        while True:
            connection.sendall(b".")
            time.sleep(1)

    def head_drips(self, connection):
        for byte in HEAD * 1000:
            connection.sendall(bytes([byte]))
            time.sleep(1)

    def turns(self, connection):
        """A redirect to itself."""
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /turns\r\nContent-Length: 0\r\n\r\n")
        return True

    def long_line(self, connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        return self.pour(connection, 1 << 50)

    def many_lines(self, connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        while True:
            connection.sendall(b"X-Line: some text of a line\r\n" * 1000)

    def many_interim(self, connection):
        while True:
            connection.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 1000)

    def cut(self, connection):
        connection.sendall(HEAD + b"Content-Length: 1000\r\n\r\nsome")
        return False

    def cut_chunk(self, connection):
        connection.sendall(CHUNKED + b"400\r\nsome")
        return False

    def too_much(self, connection):
        """More than it announced: the rest must not become the next answer."""
        connection.sendall(OK + b"HTTP/1.1 500 Smuggled\r\nContent-Length: 0\r\n\r\n")
        return True

    def two_lengths(self, connection):
        connection.sendall(HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nokk")
        return False

    def bad_chunk(self, connection):
        connection.sendall(CHUNKED + b"zz\r\nsome\r\n0\r\n\r\n")
        return False

    def wide_chunk(self, connection):
        connection.sendall(CHUNKED + b"ffffffffffffffffff\r\nsome\r\n0\r\n\r\n")
        return False

    def negative_chunk(self, connection):
        connection.sendall(CHUNKED + b"-5\r\nsome\r\n0\r\n\r\n")
        return False

    def gzip_bomb(self, connection):
        connection.sendall(HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(self.bomb))
        connection.sendall(self.bomb)
        return True

    def bad_gzip(self, connection):
        connection.sendall(HEAD + b"Content-Encoding: gzip\r\nContent-Length: 9\r\n\r\nnot gzip!")
        return True

    def errors(self, connection):
        connection.sendall(b"HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy")
        return True
