"""The scripts of tests/peers/k6 through the real k6 and their Lua twins through `stoker load`: what a server
saw of both, and the metrics that both export. usage: compare_k6.py K6 STOKER"""
import collections
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "k6")
K6, STOKER = (os.path.abspath(path) for path in sys.argv[1:3])
arrivals = []


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def do_GET(self):
        arrivals.append((time.monotonic(), self.path, self.headers.get("X-Vu")))
        kind, _, value = self.path[1:].partition("/")
        if kind == "delay":
            time.sleep(int(value) / 1000)
        self.send_response(int(value) if kind == "status" else 200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *args):
        pass


def run(command, folder):
    """Exit code, arrivals, exported metrics."""
    arrivals.clear()
    path = os.path.join(folder, "summary.json")
    env = {name: value for name, value in os.environ.items() if not name.startswith("K6_")}
    done = subprocess.run([*command, "--summary-export", path], capture_output=True, text=True, env=env)
    if not os.path.exists(path):
        raise AssertionError("exit %d\n%s\n%s" % (done.returncode, done.stdout, done.stderr))
    with open(path) as file:
        return done.returncode, list(arrivals), json.load(file)["metrics"]


def offsets(seen):
    return [round(at - seen[0][0], 3) for at, _, _ in seen]


# runs: may the count differ by one at the planned end; seconds that arrivals may be apart (None: not compared)
SCRIPTS = {"01-shared-iterations": (0, None), "02-per-vu-iterations": (0, None), "03-constant-vus": (3, None),
           "05-constant-arrival-rate": (1, 0.15), "06-ramping-arrival-rate": (1, 0.15),
           "08-thresholds-fail": (0, None)}


def compare(name, url, folder):
    slack, apart = SCRIPTS[name]
    theirs = run([K6, "run", "--quiet", "--no-usage-report", "-e", "BASE=" + url, os.path.join(HERE, name + ".js")],
                 folder)
    os.remove(os.path.join(folder, "summary.json"))
    ours = run([STOKER, "load", os.path.join(HERE, name + ".lua"), "-e", "BASE=" + url], folder)
    os.remove(os.path.join(folder, "summary.json"))
    assert ours[0] == theirs[0], "exit codes: ours %d, k6 %d" % (ours[0], theirs[0])
    paths = [collections.Counter(path for _, path, _ in run[1]) for run in (ours, theirs)]
    assert set(paths[0]) == set(paths[1]), paths
    for path in paths[0]:
        assert abs(paths[0][path] - paths[1][path]) <= slack, paths
    vus = [len({vu for _, _, vu in run[1]}) for run in (ours, theirs)]
    assert vus[0] == vus[1], "virtual users: ours %d, k6 %d" % tuple(vus)
    for metric in ("http_reqs", "iterations"):
        counts = [run[2][metric]["count"] for run in (ours, theirs)]
        assert abs(counts[0] - counts[1]) <= slack, (metric, counts)
        assert counts[0] == len(ours[1]) or metric != "http_reqs", (metric, counts, len(ours[1]))
    failed = [(run[2]["http_req_failed"]["passes"], run[2]["http_req_failed"]["fails"]) for run in (ours, theirs)]
    assert slack or failed[0] == failed[1], failed
    if apart:
        far = max(abs(a - b) for a, b in zip(offsets(ours[1]), offsets(theirs[1])))
        assert far < apart, "arrivals are up to %.3f s apart" % far
    for metric, figures in ours[2].items():
        if "thresholds" in figures:
            other = theirs[2][metric]["thresholds"]
            assert figures["thresholds"] == other, (metric, figures["thresholds"], other)
    print("ok %s: %d requests, k6 %d" % (name, len(ours[1]), len(theirs[1])), flush=True)


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
bad = 0
with tempfile.TemporaryDirectory() as place:
    for script in sys.argv[3:] or SCRIPTS:
        try:
            compare(script, "http://127.0.0.1:%d" % server.server_port, place)
        except (AssertionError, KeyError) as why:
            bad += 1
            print("FAIL %s: %r" % (script, why), flush=True)
print("%d passed, %d failed" % (len(sys.argv[3:] or SCRIPTS) - bad, bad))
sys.exit(1 if bad else 0)
