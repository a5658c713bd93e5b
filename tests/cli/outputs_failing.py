"""Outputs that fail while the load runs: the load makes every request it would have made, what is missing in the
output is counted and said, and the program ends. Shown by counts of the target, not by time.
usage: outputs_failing.py"""
import concurrent.futures
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "soak"))
from counting import Counting, build  # noqa: E402
from outputs_lib import STOKER, run_cases  # noqa: E402
from raw_server import RawServer, read_head  # noqa: E402

SCRIPT = """
local stoker = require "stoker"
return stoker.load { base_url = stoker.env "BASE_URL", vus = 4, iterations = tonumber(stoker.env "TIMES"),
	default = function() stoker.http.get "/small" end }
"""
ENDS_WITHIN_S = 60  # of a program that waits for a server: 5 s for a push, 10 s for the last one, on a busy machine


class Broken(RawServer):
    """A server of pushes with one bad manner. Keeps what the target had counted when the first push came."""

    def __init__(self, way, target):
        self.way, self.target, self.pushes, self.at_first = way, target, 0, None
        super().__init__()
        self.url = f"http://127.0.0.1:{self.port}/push"

    def one(self, connection):
        got = read_head(connection)
        if got is None:
            return False
        head, _, body = got.partition(b"\r\n\r\n")
        left = int(re.search(rb"content-length: (\d+)", head.lower())[1]) - len(body)
        while left > 0:
            left -= len(connection.recv(65536))
        with self.lock:
            self.pushes += 1
            if self.at_first is None:
                self.at_first = self.target.now()["requests"]
        return self.answer(connection)

    def answer(self, connection):
        if self.way == "hangs":
            return connection.recv(1) and False
        if self.way == "drips":
            for byte in b"HTTP/1.1 200 OK\r\n" * 100:
                connection.sendall(bytes([byte]))
                time.sleep(1)
        if self.way == "dies":
            self.listener.close()
            return False
        if self.way == "garbage":
            connection.sendall(b"\x00\xff no HTTP\r\n\r\n")
            return False
        connection.sendall(b"HTTP/1.1 %s Busy\r\nContent-Length: 3\r\n\r\nno!" % self.way.encode())
        return True


def load(folder, target, times, *outputs, **env):
    """`stoker load` of so many requests, ended by itself; its standard error."""
    with open(folder + "/script.lua", "w") as file:
        file.write(SCRIPT)
    done = subprocess.run(
        [STOKER, "load", "script.lua", "-q", "-e", f"BASE_URL={target.url}", "-e", f"TIMES={times}",
         "--summary-export", "summary.json", *outputs], cwd=folder, capture_output=True, text=True,
        timeout=ENDS_WITHIN_S, env={**os.environ, **env})
    assert done.returncode == 0, (done.returncode, done.stderr)
    with open(folder + "/summary.json") as file:
        metrics = json.load(file)["metrics"]
    seen = target.now()
    assert metrics["http_reqs"]["count"] == seen["requests"] == times, (metrics["http_reqs"], seen)
    assert metrics["iterations"]["count"] == times and metrics["http_req_failed"]["passes"] == 0
    return done.stderr


def push_to(server, kind, way):
    """The load goes on while the output's server does what it does; said is how many pushes failed."""
    target, times = Counting(server), 20000
    broken = Broken(way, target)
    env = {"K6_PROMETHEUS_RW_PUSH_INTERVAL": "50ms", "K6_OTEL_EXPORT_INTERVAL": "50ms"}
    with tempfile.TemporaryDirectory() as folder:
        said = load(folder, target, times, "-o", f"{kind}={broken.url}", **env)
    target.end()
    assert broken.at_first < times, "the first push came after the load"
    match = re.search(r"output \S+: (\d+) of (\d+) pushes failed, the last one too, so the end is missing there: ", said)
    assert match, said
    failed, pushes = int(match[1]), int(match[2])
    assert 1 <= failed == pushes <= broken.pushes + (pushes if way == "dies" else 0), (said, broken.pushes)
    if way in ("500", "429"):
        assert f"HTTP {way}" in said, said


def servers_of_pushes_may_do_what_they_like(server):
    pairs = [(kind, way) for kind in ("prometheus-rw", "opentelemetry")
             for way in ("hangs", "drips", "dies", "garbage", "500", "429")]
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        results = [(pair, pool.submit(push_to, server, *pair)) for pair in pairs]
    wrong = [(pair, result.exception()) for pair, result in results if result.exception()]
    assert not wrong, wrong


def a_reader_that_sleeps_until_the_load_is_over_loses_samples_which_are_counted(server):
    """Standing for a slow disk: nothing is read before the target has had every request."""
    target, times, lines = Counting(server), 150000, []
    with tempfile.TemporaryDirectory() as folder:
        os.mkfifo(folder + "/pipe")

        def read():
            with open(folder + "/pipe", encoding="utf-8") as pipe:
                while target.now()["requests"] < times:
                    time.sleep(0.05)
                for line in pipe:
                    if '"type":"Point"' in line:
                        lines.append(line)

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        said = load(folder, target, times, "-o", "json=pipe")
        reader.join()
    target.end()
    lost = re.search(r"outputs could not keep up: (\d+) samples are missing from them, not from the summary", said)
    assert lost, said
    gauges = sum('"metric":"vus' in line for line in lines)
    # http_reqs, http_req_failed, seven times of a request; iterations, its duration, data in and out
    assert len(lines) - gauges <= 13 * times <= len(lines) + int(lost[1]), (len(lines), lost[1])
    assert len(lines) + int(lost[1]) <= 13 * times + 1000, (len(lines), lost[1])


def a_full_disk_is_said(server):
    target = Counting(server)
    with tempfile.TemporaryDirectory() as folder:
        said = load(folder, target, 5000, "-o", "csv=/dev/full", "-o", "json=/dev/full")
    target.end()
    for kind in ("csv", "json"):
        match = re.search(rf"output {kind} is not complete, up to (\d+) bytes are missing: writing '/dev/full': "
                          "No space left on device", said)
        assert match and int(match[1]) > 5000 * 13 * 50, said


def statsd_that_nobody_hears_is_said(server):
    target = Counting(server)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as held, tempfile.TemporaryDirectory() as folder:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        assert "statsd" not in load(folder, target, 5000, "-o", f"statsd=127.0.0.1:{port}")  # taken, and never read
    target.end()
    target = Counting(server)
    with tempfile.TemporaryDirectory() as folder:
        said = load(folder, target, 5000, "-o", f"statsd=127.0.0.1:{port}")
    target.end()
    match = re.search(r"output statsd: (\d+) of (\d+) datagrams failed: Connection refused", said)
    assert match and 0 < int(match[1]) <= int(match[2]), said


def main():
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(run_cases([servers_of_pushes_may_do_what_they_like,
                            a_reader_that_sleeps_until_the_load_is_over_loses_samples_which_are_counted,
                            a_full_disk_is_said, statsd_that_nobody_hears_is_said], build(folder)))


main()
