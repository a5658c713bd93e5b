"""Each script of docs/examples/k6 against a server that keeps what arrives: exit code, requests, when and on how many
connections, what the thresholds and custom metrics say. With K6 in the environment its original in JavaScript runs
through that k6 as well, under the same checks, and both must have asked for the same.
usage: porting_cases.py"""
import collections
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HERE = os.path.dirname(os.path.abspath(__file__))
EXAMPLES = os.path.join(HERE, "..", "..", "docs", "examples", "k6")
STOKER = os.path.abspath(os.environ.get("STOKER") or os.path.join(os.environ.get("BUILD", "build"), "stoker"))
K6 = os.environ.get("K6")

Arrival = collections.namedtuple("Arrival", "at request connection")
arrivals = []
broken = set()  # paths that answer 500


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        arrivals.append(Arrival(time.monotonic(), self.command + " " + self.path, self.client_address[1]))
        private = self.path in ("/private", "/test-data")
        status = 500 if self.path in broken else 200
        if private and self.headers.get("Authorization") != "Bearer t0k":
            status = 401
        body = b'{"token": "t0k"}'
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_DELETE = answer

    def log_message(self, *args):
        pass


class Seen:
    """What one run left: requests, connections, exit code, the metrics of its --summary-export."""

    def __init__(self, command, folder, url):
        arrivals.clear()
        path = os.path.join(folder, "summary.json")
        env = {name: value for name, value in os.environ.items() if not name.startswith("K6_")}
        done = subprocess.run([*command, "--summary-export", path, "-e", "BASE_URL=" + url], capture_output=True,
                              text=True, env=env, timeout=60)
        self.code, self.text, self.arrivals = done.returncode, done.stdout + done.stderr, list(arrivals)
        with open(path) as file:
            self.metrics = json.load(file)["metrics"]
        self.counts = collections.Counter(arrival.request for arrival in self.arrivals)

    def times(self, request):
        return [a.at - self.arrivals[0].at for a in self.arrivals if a.request == request]

    def crossed(self):
        return {f"{name} {expr}" for name, figures in self.metrics.items()
                for expr, is_crossed in figures.get("thresholds", {}).items() if is_crossed}


def check_stages(seen):
    first = {}
    for arrival in seen.arrivals:
        first.setdefault(arrival.connection, arrival.at - seen.arrivals[0].at)
    assert seen.counts.keys() == {"GET /products"} and seen.counts["GET /products"] > 20, seen.counts
    # a connection for each user, the fifth after the whole of the first second; then they leave
    assert len(first) == 5 and 0.9 < max(first.values()) < 1.6, first
    assert 2 < seen.times("GET /products")[-1] < 3.3


def check_thresholds(seen):
    assert seen.counts == {"GET /products": 20}, seen.counts
    assert seen.metrics["errors"]["fails"] == 20 and seen.metrics["errors"]["passes"] == 0, seen.metrics["errors"]
    assert seen.metrics["answer_bytes"]["max"] == 16, seen.metrics["answer_bytes"]
    assert len(seen.metrics["http_req_duration"]["thresholds"]) == 2 and not seen.crossed()


def check_scenarios(seen):
    assert seen.counts.keys() == {"GET /products", "POST /cart", "GET /report"}, seen.counts
    assert seen.counts["POST /cart"] == 6 and seen.counts["GET /report"] == 5 and seen.counts["GET /products"] > 10
    assert 0.8 < min(seen.times("POST /cart")) and max(seen.times("GET /report")) < 0.8  # the one waits, the other not


def check_login(seen):
    assert seen.counts == {"POST /login": 1, "GET /private": 6, "DELETE /test-data": 1}, seen.counts
    order = [arrival.request for arrival in seen.arrivals]
    assert order[0] == "POST /login" and order[-1] == "DELETE /test-data", order
    assert not seen.crossed()


def check_arrival_rate(seen):
    times = seen.times("GET /inventory")
    assert 30 <= len(times) <= 41, len(times)  # 40 are planned; a slow machine drops some
    assert 1.5 < times[-1] < 2.5, times[-1]


def check_broken_thresholds(seen, code):
    """A server in trouble: the custom metrics say so, the exit code is that of a crossed threshold."""
    assert seen.code == code and seen.counts["GET /products"] == 20, (seen.code, seen.counts)
    assert seen.crossed() == {"errors rate<0.01", "checks rate>0.99"}, seen.crossed()


def check_broken_login(seen, code):
    """Nobody is let in: no iteration, no teardown, the reason is said."""
    assert seen.code == code and seen.counts == {"POST /login": 1}, (seen.code, seen.counts)
    assert "login: 500" in seen.text, seen.text


def sides(name, folder, url):
    """Runs of the Lua script and, with K6, of its original."""
    yield "stoker", Seen([STOKER, "load", os.path.join(EXAMPLES, name + ".lua")], folder, url)
    if K6:
        yield "k6", Seen([K6, "run", "--no-usage-report", "--quiet", os.path.join(EXAMPLES, name + ".js")], folder, url)


def run(name, folder, url):
    asked = []
    for side, seen in sides(name, folder, url):
        assert seen.code == 0, "%s: exit %d\n%s" % (side, seen.code, seen.text)
        globals()["check_" + name](seen)
        asked.append(seen.counts.keys())
    assert all(keys == asked[0] for keys in asked), asked


def run_broken(name, folder, url, path, codes):
    broken.add(path)
    try:
        for side, seen in sides(name, folder, url):
            globals()["check_broken_" + name](seen, codes[side])
    finally:
        broken.clear()


def main():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = "http://127.0.0.1:%d" % server.server_port
    cases = {name: (run, ()) for name in ("stages", "thresholds", "scenarios", "login", "arrival_rate")}
    cases["thresholds, a server in trouble"] = (run_broken, ("/products", {"stoker": 99, "k6": 99}))
    cases["login, refused"] = (run_broken, ("/login", {"stoker": 4, "k6": 107}))
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for title, (case, args) in cases.items():
            try:
                case(title.split(",")[0], folder, url, *args)
            except (AssertionError, OSError, KeyError) as why:
                failed += 1
                print("FAIL %s: %r" % (title, why))
    print("%d passed, %d failed" % (len(cases) - failed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
