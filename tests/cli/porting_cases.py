"""Each script of docs/examples/k6 against a server that counts; exit code, requests and summary."""
import collections
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HERE = os.path.dirname(os.path.abspath(__file__))
STOKER = os.path.abspath(os.environ.get("STOKER") or os.path.join(os.environ.get("BUILD", "build"), "stoker"))
seen = collections.Counter()
lock = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with lock:
            seen[self.command + " " + self.path] += 1
        private = self.path in ("/private", "/test-data")
        right = not private or self.headers.get("Authorization") == "Bearer t0k"
        body = b'{"token": "t0k"}'
        self.send_response(200 if right else 401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_DELETE = answer

    def log_message(self, *args):
        pass


def check_stages():
    assert seen["GET /products"] > 20, seen


def check_thresholds():
    assert seen == {"GET /products": 20}, seen


def check_scenarios():
    assert seen["POST /cart"] == 6 and seen["GET /report"] == 5 and seen["GET /products"] > 10, seen


def check_login():
    assert seen == {"POST /login": 1, "GET /private": 6, "DELETE /test-data": 1}, seen


def check_arrival_rate():
    assert 30 <= seen["GET /inventory"] <= 41, seen  # 40 are planned; a slow machine drops some


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = "http://127.0.0.1:%d" % server.server_port
passed = failed = 0
for name in ("stages", "thresholds", "scenarios", "login", "arrival_rate"):
    seen.clear()
    script = os.path.join(HERE, "..", "..", "docs", "examples", "k6", name + ".lua")
    done = subprocess.run([STOKER, "load", script, "-e", "BASE_URL=" + url], capture_output=True, text=True)
    try:
        assert done.returncode == 0, "exit %d\n%s\n%s" % (done.returncode, done.stdout, done.stderr)
        globals()["check_" + name]()
        passed += 1
    except AssertionError as why:
        failed += 1
        print("FAIL %s: %s" % (name, why))
print("%d passed, %d failed" % (passed, failed))
sys.exit(1 if failed else 0)
