#!/usr/bin/env python3
"""Requests per CPU-second of generators beside each other on one nginx: each round draws the order.

Generator and server are pinned to different cores. CPU is user and system time of the generator's
process and its children, from the kernel; the answers counted are what each generator says it got.
--write puts the table into docs/benchmarks.md.
"""
import argparse
import datetime
import json
import os
import platform
import random
import re
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
SMALL, LARGE = "/small", "/large"

# name, path, TLS, checks, requests per second (0: closed model, as fast as it goes)
CASES = [
    ("28 B, two checks", SMALL, False, True, 0),
    ("28 B, no checks", SMALL, False, False, 0),
    ("100 KB, no checks", LARGE, False, False, 0),
    ("28 B over HTTPS, no checks", SMALL, True, False, 0),
    ("28 B, two checks, 2,000/s arriving", SMALL, False, True, 2000),
]
NGINX = """
worker_processes 1; pid {dir}/nginx.pid; error_log /dev/null; daemon off;
worker_rlimit_nofile 20000;
events {{ worker_connections 16384; }}
http {{ access_log off; keepalive_requests 100000000; keepalive_timeout 120s;
  client_body_temp_path {dir}/b; proxy_temp_path {dir}/p; fastcgi_temp_path {dir}/f;
  uwsgi_temp_path {dir}/u; scgi_temp_path {dir}/s; ssl_certificate {dir}/cert.pem;
  ssl_certificate_key {dir}/key.pem;
  server {{ listen 127.0.0.1:{port} backlog=8192; listen 127.0.0.1:{tls} ssl backlog=8192;
    location = /small {{ return 200 "twenty-eight bytes of text.\\n"; }}
    location = /large {{ root {dir}; }} }} }}
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    """nginx on the first core."""

    def __init__(self, folder):
        self.port, self.tls = free_port(), free_port()
        with open(f"{folder}/large", "wb") as f:
            f.write(b"x" * 100_000)
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                        "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
                        "-keyout", f"{folder}/key.pem", "-out", f"{folder}/cert.pem"],
                       check=True, stderr=subprocess.DEVNULL)
        with open(f"{folder}/nginx.conf", "w") as f:
            f.write(NGINX.format(dir=folder, port=self.port, tls=self.tls))
        self.cert = f"{folder}/cert.pem"
        self.process = subprocess.Popen(pin(0) + ["nginx", "-p", folder, "-c", f"{folder}/nginx.conf"],
                                        stderr=subprocess.DEVNULL)
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.1).close()
                return
            except OSError:
                subprocess.run(["sleep", "0.05"])
        sys.exit("nginx did not start")

    def base(self, tls):
        return f"https://127.0.0.1:{self.tls}" if tls else f"http://127.0.0.1:{self.port}"

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


def pin(core):
    return ["taskset", "-c", str(core)] if os.cpu_count() > 1 and shutil.which("taskset") else []


def timed(command, env=None):
    """Output, CPU seconds and peak MB of a command on the second core."""
    out = tempfile.TemporaryFile()
    child = subprocess.Popen(pin(1) + command, stdout=out, stderr=subprocess.STDOUT, cwd=ROOT,
                             env={**os.environ, **(env or {})})
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    out.seek(0)
    return (out.read().decode(errors="replace"), usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024,
            child.returncode)


def run_stoker(b, case, vus):
    _, path, tls, checks, rate = case
    command = [b.stoker, "load", f"{HERE}/load.lua", "-d", f"{b.seconds}s", "--workers", "1",
               "-e", f"BASE_URL={b.server.base(tls)}", "-e", f"URL={path}", "-e", f"CHECKS={int(checks)}"]
    command += ["--rate", f"{rate}/s", "--max-vus", str(vus)] if rate else ["-u", str(vus)]
    out, cpu, mb, _ = timed(command, {"SSL_CERT_FILE": b.server.cert})
    found = re.search(r"^\s*http_reqs[ .:]+(\d+)", out, re.M)
    return (int(found[1]) if found else 0), cpu, mb


def run_wrk(b, case, vus):
    _, path, tls, checks, rate = case
    if rate or vus > 4000:
        return None
    command = ["wrk", "-t1", "-c", str(vus), "-d", f"{b.seconds}s"]
    command += ["-s", f"{HERE}/wrk_checks.lua"] if checks else []
    out, cpu, mb, _ = timed(command + [b.server.base(tls) + path])
    found = re.search(r"(\d+) requests in", out)
    return (int(found[1]) if found else 0), cpu, mb


def run_k6(b, case, vus):
    _, path, tls, checks, rate = case
    with tempfile.NamedTemporaryFile() as summary:
        _, cpu, mb, _ = timed(
            [b.k6, "run", "--quiet", "--no-usage-report", "--summary-export", summary.name, f"{HERE}/load.js"],
            {"BASE_URL": b.server.base(tls), "URL": path, "CHECKS": str(int(checks)), "RATE": str(rate),
             "VUS": str(vus), "SECONDS": str(b.seconds), "GOMAXPROCS": "1"})
        try:
            return json.load(summary)["metrics"]["http_reqs"]["count"], cpu, mb
        except (ValueError, KeyError):
            return 0, cpu, mb


def run_h2load(b, case, vus):
    _, path, tls, checks, rate = case
    if checks or rate or (tls and vus > 1000):  # it shakes hands with all before it begins, for minutes
        return None
    out, cpu, mb, _ = timed(["h2load", "--h1", "-t1", "-c", str(vus), "-D", str(b.seconds), b.server.base(tls) + path])
    found = re.search(r"requests: \d+ total.*?(\d+) succeeded", out)
    return (int(found[1]) if found else 0), cpu, mb


def version(command, pattern):
    text = subprocess.run(command, capture_output=True, text=True)
    found = re.search(pattern, text.stdout + text.stderr)
    return found[1] if found else "?"


class Bench:
    def __init__(self, args):
        self.stoker, self.seconds, self.server = args.stoker, args.seconds, None
        k6 = getattr(args, "k6", "k6")
        self.k6 = k6 if shutil.which(k6) else shutil.which("k6")
        self.peers = {"stoker": run_stoker}
        self.missing, self.versions = [], {"stoker": version([self.stoker, "--version"], r"(\S+)\s*$")}
        for name, run, tool, pattern in (
                ("wrk", run_wrk, ["wrk", "--version"], r"wrk (\S+)"),
                ("k6", run_k6, [self.k6 or "k6", "version"], r"k6\S* (\S+)"),
                ("h2load", run_h2load, ["h2load", "--version"], r"nghttp2/(\S+)")):
            if shutil.which(tool[0]):
                self.peers[name], self.versions[name] = run, version(tool, pattern)
            else:
                self.missing.append(name)


def measure(b, cases, vus_list, rounds, keep):
    """{(case, vus): {peer: [(requests per CPU-second, requests, MB)]}}; keep is told after each row."""
    found = {}
    for case in cases:
        for vus in vus_list:
            cell = found.setdefault((case, vus), {})
            for turn in range(rounds):
                for peer in random.sample(sorted(b.peers), len(b.peers)):
                    got = b.peers[peer](b, case, vus)
                    if got is None:
                        continue
                    count, cpu, mb = got
                    cell.setdefault(peer, []).append((count / cpu if cpu else 0, count, mb))
                print(f"\r{case[0]}, {vus} VUs: round {turn + 1} of {rounds}   ", end="", file=sys.stderr)
            print(file=sys.stderr)
            keep(found)


def show(values):
    return f"{statistics.median(values):,.0f} ({min(values):,.0f} to {max(values):,.0f})"


def table(found, rounds, peers):
    lines = ["| load | VUs | " + " | ".join(peers) + " | beside wrk | beside k6 |",
             "|---|--:|" + "--:|" * (len(peers) + 2)]
    for (case, vus), cell in found.items():
        cells = [show([v[0] for v in cell[p]]) if p in cell else "" for p in peers]
        ratios = []
        for peer in ("wrk", "k6"):
            both = zip(cell["stoker"], cell.get(peer, []))
            each = [ours[0] / theirs[0] for ours, theirs in both if theirs[0]]
            ratios.append(f"{statistics.median(each):.2f} ({min(each):.2f} to {max(each):.2f})" if each else "")
        lines.append(f"| {case[0]} | {vus:,} | " + " | ".join(cells + ratios) + " |")
    lines.append("")
    lines.append(f"Requests per CPU-second of the generator: median of {rounds} rounds (lowest to highest).")
    rows = [f"{vus:,} VUs: " + ", ".join(f"{p} {statistics.median([v[2] for v in cell[p]]):,.0f} MB" for p in cell)
            for (case, vus), cell in found.items() if case is CASES[0]]
    if rows:
        lines.append("Peak memory, " + CASES[0][0] + ": " + "; ".join(rows) + ".")
    return lines


def machine():
    model = ""
    with open("/proc/cpuinfo") as f:
        found = re.search(r"model name\s*:\s*(.*)", f.read())
        model = found[1].strip() if found else platform.machine()
    return f"{model}, {os.cpu_count()} cores"


def write(path, lines, name="bench_load"):
    begin, end = f"<!-- {name} begins -->", f"<!-- {name} ends -->"
    with open(path) as f:
        text = f.read()
    head, rest = text.split(begin)
    tail = rest.split(end)[1]
    with open(path, "w") as f:
        f.write(head + begin + "\n" + "\n".join(lines) + "\n" + end + tail)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--stoker", default=os.environ.get("STOKER", "build/stoker"))
    parser.add_argument("--k6", default=f"{ROOT}/build/peers/k6")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--vus", default="50,1000,5000")
    parser.add_argument("--cases", default=",".join(str(i) for i in range(len(CASES))))
    parser.add_argument("--write", metavar="FILE")
    args = parser.parse_args()
    if not shutil.which("nginx"):
        print("load            not measured: nginx is missing")
        return
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(20000, limit[1]), limit[1]))
    b = Bench(args)
    nginx = version(["nginx", "-v"], r"nginx/(\S+)")
    head = [f"{datetime.date.today()}, {machine()}; {args.seconds} s a round; nginx {nginx} on one core, "
            "the generator on the other; "
            + ", ".join(f"{p} {v}" for p, v in b.versions.items()) + ".", ""]
    head += [f"Not measured: {name} is missing." for name in b.missing]
    lines = []

    def keep(found):
        lines[:] = head + table(found, args.rounds, list(b.peers))
        if args.write:
            write(args.write, lines)

    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        b.server = Server(folder)
        try:
            measure(b, [CASES[int(i)] for i in args.cases.split(",")],
                    [int(v) for v in args.vus.split(",")], args.rounds, keep)
        finally:
            b.server.stop()
    print("\n".join(lines))


if __name__ == "__main__":
    main()
