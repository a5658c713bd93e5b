"""HTTPS servers for net_cases.py: prints a port per line for: client certificates wanted; TLS 1.2 at most; digest
authentication; plain, counting connections; a proxy."""
import hashlib
import http.server
import re
import socket
import ssl
import sys
import threading

FOLDER = sys.argv[1]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    connections = 0

    def setup(self):
        type(self).connections += 1
        super().setup()

    def answer(self, status, text, *headers):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def stream(self):
        """Events in pieces that fit nothing; then silence until the client has gone."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in (": hello\r\n\r\n", "data: on", "e\n\nid: 7\nevent: up\ndata: a\ndata: b\n", "\n", "data: last\r",
                      "\r"):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece.encode()))
            self.wfile.flush()
        if self.path.endswith("?ends"):
            self.wfile.write(b"0\r\n\r\n")
        else:
            self.connection.recv(1)

    def do_GET(self):
        if self.path.startswith("/events"):
            self.stream()
            return
        self.answer(200, "%s %s %d" % (self.headers["Host"].split(":")[0], self.headers.get("User-Agent", "-"),
                                       self.connections))

    def log_message(self, *args):
        pass


class Digest(Handler):
    """RFC 7616 with MD5 and qop auth, reckoned by hashlib."""

    def do_GET(self):
        fields = dict(re.findall(r'(\w+)="?([^",]+)"?', self.headers.get("Authorization", "")))
        want = self.expected(fields) if fields else None
        if want and fields.get("response") == want:
            self.answer(200, "in")
        else:
            self.answer(401, "who?", ("WWW-Authenticate", 'Digest realm="shop", qop="auth", nonce="n1", algorithm=MD5'))

    def expected(self, f):
        md5 = lambda text: hashlib.md5(text.encode()).hexdigest()
        return md5(":".join([md5("ann:shop:secret"), "n1", f.get("nc", ""), f.get("cnonce", ""), f.get("qop", ""),
                             md5("GET:" + self.path)]))


class Proxy(Handler):
    """Answers for every plain host itself with what it was asked so far; tunnels lead to the server of TLS 1.2."""
    asked = []

    def do_GET(self):
        self.asked.append(self.requestline.rsplit(" ", 1)[0])
        self.answer(200, "%s %s" % (",".join(self.asked), self.headers.get("Proxy-Authorization", "-")))

    def do_CONNECT(self):
        self.asked.append("CONNECT " + self.path)
        if self.path.startswith("closed."):
            self.answer(403, "no")
            return
        with socket.create_connection(("127.0.0.1", OLD_PORT)) as there:
            self.wfile.write(b"HTTP/1.1 200 Connection established\r\nX-Of-The-Proxy: 1\r\n\r\n")
            back = threading.Thread(target=self.copy, args=(there, self.connection))
            back.start()
            self.copy(self.connection, there)
            back.join()
        self.close_connection = True

    @staticmethod
    def copy(source, target):
        try:
            while got := source.recv(65536):
                target.sendall(got)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # either end has gone


class Quiet(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *args):
        pass  # a handshake that was refused is part of the test


def serve(handler, context=None):
    server = Quiet(("127.0.0.1", 0), type("Own", (handler,), {}))
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    return server.server_address[1]


def tls():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(FOLDER + "/server.pem", FOLDER + "/server.key")
    return context


wanted = tls()
wanted.verify_mode = ssl.CERT_REQUIRED
wanted.load_verify_locations(FOLDER + "/ca.pem")
old = tls()
old.maximum_version = ssl.TLSVersion.TLSv1_2
serve(Handler, wanted)
OLD_PORT = serve(Handler, old)
serve(Digest)
serve(Handler)
serve(Proxy)
sys.stdin.read()
