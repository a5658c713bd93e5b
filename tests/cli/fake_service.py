"""A service whose profiles are known: folded stacks pushed once a second, a cost per request.

usage: fake_service.py PORT PUSH_URL SIDE [fault=seconds ...]

On head `work.sort` costs half as much again and `work.name` is called `work.label`. Faults:
die=S exits after S seconds, deaf=S answers nothing from then on, silent=0 pushes no profiles,
late=S opens its port only then, steady=0 pushes without requests, too, error=S answers 500 from then on. SIGUSR1: no profiles from now on.
"""
import random
import signal
import sys
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORT, PUSH, SIDE = int(sys.argv[1]), sys.argv[2], sys.argv[3]
FAULTS = {k: float(v) for k, v in (arg.split("=") for arg in sys.argv[4:])}
START = time.time()
HZ = 10000  # one sample stands for 0.1 ms, which each request really spends
HEAD = SIDE == "head"
COSTS = {  # samples per request
    "work.sort": 4.5 if HEAD else 3.0,
    "work.parse": 4.0,
    "work.render": 3.5,
    "work.check": 2.5,
    "work.store": 2.0,
    "work.send": 2.0,
    "work.label" if HEAD else "work.name": 1.5,
}
handled = 0
lock = threading.Lock()


def due(fault):
    return fault in FAULTS and time.time() - START >= FAULTS[fault]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one write per answer: two would wait for a delayed acknowledgement

    def do_GET(self):
        global handled
        if due("deaf"):
            time.sleep(3600)
        status = 500 if due("error") and self.path != "/healthz" else 200
        if self.path != "/healthz":
            with lock:
                handled += 1
            until = time.thread_time() + sum(COSTS.values()) / HZ
            while time.thread_time() < until:
                pass
        self.send_response(status)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *args):
        pass


def push(start, count, rng):
    lines = []
    for name, cost in COSTS.items():
        samples = sum(int(cost) + (rng.random() < cost % 1) for _ in range(count))
        samples += round(rng.gauss(0, samples ** 0.5 / 2))
        if samples > 0:
            lines.append("main;serve;%s %d" % (name, samples))
    url = "%s/ingest?name=fake%%7Bbuild%%3D%s%%7D&from=%d&until=%d&format=folded&sampleRate=%d&spyName=fake" % (
        PUSH, SIDE, start, start + 1, HZ)
    urllib.request.urlopen(urllib.request.Request(url, "\n".join(lines).encode()), timeout=5).read()


def pusher():
    global handled
    rng = random.Random(SIDE)
    while True:
        start = int(time.time())
        time.sleep(max(0, start + 1 - time.time()))
        with lock:
            count, handled = handled, 0
        if "silent" in FAULTS or (count == 0 and "steady" not in FAULTS):
            continue
        try:
            push(start, max(count, 1), rng)
        except OSError as error:
            print("push:", error, file=sys.stderr)


def watch():
    while not due("die"):
        time.sleep(0.05)
    print("going down as told", file=sys.stderr, flush=True)
    import os
    os._exit(7)


if "late" in FAULTS:
    time.sleep(FAULTS["late"])
signal.signal(signal.SIGUSR1, lambda *args: FAULTS.update(silent=0))
print("listening on", PORT, flush=True)
threading.Thread(target=pusher, daemon=True).start()
if "die" in FAULTS:
    threading.Thread(target=watch, daemon=True).start()
ThreadingHTTPServer(("127.0.0.1", PORT), Handler).serve_forever()
