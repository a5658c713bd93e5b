"""The server that the recorded k6 scripts talk to: keeps what arrives, answers as the path says."""
import gzip
import hashlib
import re
import socket
import ssl
import struct
import subprocess
import threading
import time
from collections import namedtuple
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

Arrival = namedtuple("Arrival", "at method path vu iter scenario cookie")
HOLD_S = 5  # longer than any timeout of the scripts


def digest_of(method, path, user, password, fields):
    def md5(text):
        return hashlib.md5(text.encode()).hexdigest()
    return md5(":".join([md5(f"{user}:k6:{password}"), "n1", fields.get("nc", ""), fields.get("cnonce", ""),
                         fields.get("qop", ""), md5(f"{method}:{path}")]))


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def reply(self, status, body=b"ok", *headers):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if status != 204:
            self.wfile.write(body)

    def hang_up(self, reset):
        if reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        else:
            self.connection.shutdown(socket.SHUT_RDWR)
        self.connection.close()
        self.close_connection = True

    def drip(self, pieces, pause_ms):
        self.send_response(200)
        self.send_header("Content-Length", str(10 * pieces))
        self.end_headers()
        for _ in range(pieces):
            self.wfile.write(b"0123456789")
            self.wfile.flush()
            time.sleep(pause_ms / 1000)

    def digest(self, user, password):
        given = dict(re.findall(r'(\w+)="?([^",]+)"?', self.headers.get("Authorization", "")))
        if given.get("response") == digest_of(self.command, self.path, user, password, given):
            self.reply(200)
        else:
            self.reply(401, b"who?", ("WWW-Authenticate", 'Digest realm="k6", qop="auth", nonce="n1", algorithm=MD5'))

    def answer(self):
        seen = self.headers.get
        self.rfile.read(int(seen("Content-Length") or 0))
        self.server.arrivals.append(Arrival(time.monotonic(), self.command, self.path, seen("X-Vu"), seen("X-Iter"),
                                            seen("X-Scen"), seen("Cookie", "")))
        url = urlsplit(self.path)
        kind, *args = url.path[1:].split("/")
        query = {key: value[0] for key, value in parse_qs(url.query).items()}
        if kind == "delay":
            time.sleep(int(args[0]) / 1000)
            self.reply(200)
        elif kind == "status":
            self.reply(int(args[0]))
        elif kind == "redirect":
            left = int(args[0])
            self.reply(int(query.get("code", 302)), b"", ("Location", f"/redirect/{left - 1}" if left > 1 else "/ok"))
        elif kind == "cookie":
            self.reply(200, b"ok", *((("Set-Cookie", f"{name}={value}; Path=/") for name, value in query.items())))
        elif kind == "gzip":
            self.reply(200, gzip.compress(b"x" * int(args[0])), ("Content-Encoding", "gzip"))
        elif kind == "badgzip":
            self.reply(200, b"no gzip at all", ("Content-Encoding", "gzip"))
        elif kind == "cut":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nten bytes.")
            self.wfile.flush()
            self.hang_up(reset=False)
        elif kind in ("reset", "close"):
            self.hang_up(kind == "reset")
        elif kind == "hold":
            self.connection.settimeout(HOLD_S)
            self.connection.recv(1)
            self.close_connection = True
        elif kind == "slow":
            self.drip(int(args[0]), int(args[1]))
        elif kind == "digest":
            self.digest(*args)
        elif kind == "basic":
            self.reply(200 if seen("Authorization") else 401)
        else:
            self.reply(200)

    do_GET = do_POST = answer

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, context=None):
        super().__init__(("127.0.0.1", 0), Handler)
        self.arrivals = []
        if context:
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return "%s://127.0.0.1:%d" % ("https" if isinstance(self.socket, ssl.SSLSocket) else "http", self.server_port)

    def handle_error(self, *args):
        pass  # clients that hang up are part of the scripts


def tls_server(folder):
    """One whose authority nobody knows."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", "2", "-subj", "/CN=nobody", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder + "/key.pem", "-out", folder + "/cert.pem"],
                   check=True, stderr=subprocess.DEVNULL)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder + "/cert.pem", folder + "/key.pem")
    return Server(context)
