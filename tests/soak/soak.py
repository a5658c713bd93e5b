#!/usr/bin/env python3
"""Load at full speed for a long time: memory and descriptors stay flat, and the server's counts are the engine's to
the last request and byte. One leg over stoker's own HTTP/1.1, a quarter as long each one over libcurl and one with
outputs that write, send and fail.
usage: soak.py [--seconds 600] [--vus 50]"""
import argparse
import http.server
import json
import os
import subprocess
import sys
import tempfile
import threading
import time

from counting import Counting, build

HERE = os.path.dirname(os.path.abspath(__file__))
STOKER = os.path.abspath(os.environ.get("STOKER") or os.path.join(os.environ.get("BUILD", "build"), "stoker"))
# between the first and the last third of a leg; descriptors: for what comes and goes
GROWTH_KIB = 3072
QUEUE_KIB = 16384  # what may wait for outputs that cannot keep up
GROWTH_FDS = 12


class Sink(http.server.BaseHTTPRequestHandler):
    """Takes every other push."""
    calls = 0

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        Sink.calls += 1
        self.send_response(204 if Sink.calls % 2 else 500)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def look(pid):
    """Resident KiB and open descriptors; None: it has ended."""
    try:
        with open(f"/proc/{pid}/status") as file:
            resident = [line for line in file if line.startswith("VmRSS")]
        return (int(resident[0].split()[1]), len(os.listdir(f"/proc/{pid}/fd"))) if resident else None
    except OSError:
        return None


def middle(values):
    return sorted(values)[len(values) // 2]


def check_flat(samples, growth_kib):
    """The last third is not above the first by more than what breathes; the start, while it fills, is left out."""
    settled = samples[len(samples) // 4:]
    third = len(settled) // 3
    assert third >= 2, f"{len(samples)} samples are too few"
    words = []
    for what, at, limit in (("KiB", 0, growth_kib), ("descriptors", 1, GROWTH_FDS)):
        first, last = (middle([sample[at] for sample in part]) for part in (settled[:third], settled[-third:]))
        words.append(f"{first} to {last} {what}")
        assert last - first <= limit, f"grew from {first} to {last} {what} between the first and the last third"
    return ", ".join(words)


def check_counts(seen, metrics):
    counted = {name: values["count"] for name, values in metrics.items() if "count" in values}
    pairs = {"requests": (seen["requests"], counted["http_reqs"]),
             "not found": (seen["n"], counted["http_reqs{status:404}"]),
             "redirects": (seen["r"], counted["http_reqs{status:302}"]),
             "posts": (seen["p"], counted["http_reqs{status:201}"]),
             "bytes to the server": (seen["bytes_in"], counted["data_sent"]),
             "bytes from the server": (seen["bytes_out"], counted["data_received"]),
             "iterations": (seen["p"], counted["iterations"]),
             "values of the script's counter": (seen["p"], counted["soak_count"])}
    wrong = [f"{what}: {a} by the server, {b} by stoker" for what, (a, b) in pairs.items() if a != b]
    assert not wrong, "; ".join(wrong)
    assert seen["c"] > 0 and seen["open"] == 0, seen
    assert metrics["checks"]["fails"] == 0, metrics["checks"]


def leg(name, server, seconds, vus, transport, *outputs):
    with tempfile.TemporaryDirectory() as folder:
        target = Counting(server)
        with open(folder + "/out", "w") as out, open(folder + "/err", "w") as err:
            load = subprocess.Popen(
                [STOKER, "load", "-q", "--base-url", target.url, "-e", f"DURATION={seconds}s", "-e",
                 f"BASE_URL={target.url}", "-e", f"VUS={vus}", "--summary-export", folder + "/summary.json",
                 *outputs, os.path.join(HERE, "soak.lua")], stdout=out, stderr=err, cwd=folder,
                env={**os.environ, "STOKER_TRANSPORT": transport})
        samples = []
        while load.poll() is None:
            sample = look(load.pid)
            samples += [sample] if sample else []
            time.sleep(min(1, seconds / 40))
        seen = target.end()
        said = open(folder + "/err").read()
        assert load.returncode == 0, f"exit {load.returncode}: {said}"
        with open(folder + "/summary.json") as file:
            check_counts(seen, json.load(file)["metrics"])
        flat = check_flat(samples[:-1], GROWTH_KIB + (QUEUE_KIB if outputs else 0))
    print(f"ok {name}: {seconds} s, {seen['requests']} requests and {seen['bytes_out']} bytes counted alike, "
          f"{seen['connections']} connections, {flat}", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--vus", type=int, default=50)
    args = parser.parse_args()
    short = max(4, args.seconds // 4)
    sink = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Sink)
    sink.daemon_threads = True
    threading.Thread(target=sink.serve_forever, daemon=True).start()
    push = f"http://127.0.0.1:{sink.server_address[1]}/"
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        server = build(folder)
        legs = [("own HTTP/1.1", server, args.seconds, args.vus, "plain"),
                ("libcurl", server, short, args.vus, "curl"),
                ("outputs", server, short, args.vus, "auto", "-o", "json=/dev/null", "-o", "csv=/dev/full", "-o",
                 f"prometheus-rw={push}", "-o", f"opentelemetry={push}", "-o", "statsd=127.0.0.1:9")]
        for one in legs:
            try:
                leg(*one)
            except (AssertionError, OSError, ValueError, KeyError) as why:
                failed += 1
                print(f"FAIL {one[0]}: {why!r}", flush=True)
    print(f"{len(legs) - failed} passed, {failed} failed")
    sys.exit(failed > 0)


main()
