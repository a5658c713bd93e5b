"""Outputs of `stoker load`: files beside k6's recorded ones, datagrams, servers that fail, the page's examples.
usage: outputs_cases.py"""
import csv
import gzip
import http.server
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree

from outputs_lib import SCRIPT, STOKER, Target, load, run_cases, serve, summary

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
FIXTURES = os.path.join(ROOT, "tests", "fixtures", "k6")


def types_of(value):
    """The shape of a JSON value: keys in order with their types; tags are the script's own."""
    if isinstance(value, dict):
        return {key: "tags" if key == "tags" else types_of(item) for key, item in value.items()}
    if isinstance(value, bool) or value is None:
        return str(value)
    return "number" if isinstance(value, (int, float)) else type(value).__name__


# k6 7.3, 09: keys and types of each line as recorded | the same | -
def ndjson_has_the_lines_of_k6(folder, url):
    load(folder, url, "-o", "json=out.ndjson", "-o", "json=again.ndjson.gz")
    with open(folder + "/out.ndjson", encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    with gzip.open(folder + "/again.ndjson.gz", "rt", encoding="utf-8") as file:
        assert sum(1 for _ in file) == len(lines)
    with open(FIXTURES + "/09-out.ndjson", encoding="utf-8") as file:
        recorded = [json.loads(line) for line in file]
    compared = 0
    for theirs in recorded:
        ours = [line for line in lines if line["metric"] == theirs["metric"] and line["type"] == theirs["type"]]
        if theirs["metric"] in ("vus", "vus_max"):
            continue  # a run under a second has none
        assert ours, theirs["metric"] + " " + theirs["type"]
        a, b = types_of(ours[0]), types_of(theirs)
        if theirs["type"] == "Metric":  # thresholds are the script's
            assert ours[0]["data"]["type"] == theirs["data"]["type"] and \
                ours[0]["data"]["contains"] == theirs["data"]["contains"], theirs
            assert list(a["data"]) == list(b["data"]) and list(a) == list(b)
        else:
            assert json.dumps(a) == json.dumps(b), (a, b)
            assert list(ours[0]["data"]["tags"]) == sorted(ours[0]["data"]["tags"])
        compared += 1
    assert compared > 30, compared
    points = [line for line in lines if line["type"] == "Point"]
    assert sum(line["data"]["value"] for line in points if line["metric"] == "http_reqs") == 40
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z", line["data"]["time"]) for line in points)


# k6 7.3: `--out json=-` mixes with progress and summary | before the summary | -
def ndjson_on_standard_output_stands_before_the_summary(folder, url):
    done = load(folder, url, "-o", "json=-")
    assert done.stdout.startswith('{"type":"Metric"') and "TOTAL RESULTS" in done.stdout


# k6 7.4: extra tags as `k=v&k=v` | the same, quoted as CSV wants it | -
def csv_reads_back(folder, url):
    load(folder, url, "-o", "csv=out.csv", "--tag", 'odd=a,"b"', env={"K6_CSV_TIME_FORMAT": "rfc3339_nano"})
    with open(folder + "/out.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0])[:3] == ["metric_name", "timestamp", "metric_value"] and list(rows[0])[-1] == "metadata"
    assert sum(float(row["metric_value"]) for row in rows if row["metric_name"] == "http_reqs") == 40
    assert {row["status"] for row in rows if row["metric_name"] == "http_reqs"} == {"200", "404"}
    assert rows[0]["extra_tags"] == 'odd=a,"b"&team=a'


# k6 7.2, 09: keys of each metric in the export | the same | -
# k6 10: JUnit by a script of one's own | `--junit FILE` | a case per threshold and check
def summary_export_has_the_keys_of_k6(folder, url):
    load(folder, url, "--summary-export", "summary.json", "--junit", "junit.xml",
         "--summary-trend-stats", "avg,min,med,max,p(90),p(95),p(99),count")
    ours = summary(folder)
    with open(FIXTURES + "/09-summary.json", encoding="utf-8") as file:
        theirs = json.load(file)
    for name, values in theirs["metrics"].items():
        if name not in ("vus", "vus_max"):
            assert sorted(ours[name]) == sorted(set(values) | ({"thresholds"} & set(ours[name]))), name
    assert ours["http_reqs"]["count"] == 40 and ours["checks"]["fails"] == 20
    assert ours["http_req_duration"]["thresholds"] == {"p(95)<5000": False}  # true would mean: failed
    with open(folder + "/summary.json", encoding="utf-8") as file:
        group = json.load(file)["root_group"]["groups"]["outer"]
    assert group["id"] == theirs["root_group"]["groups"]["outer"]["id"]
    assert group["checks"]["status is 200"]["passes"] == 20
    suites = ElementTree.parse(folder + "/junit.xml").getroot()
    assert [suite.get("name") for suite in suites] == ["Thresholds", "Checks"]
    assert suites[1].get("failures") == "1" and "20 of 40" in suites[1][1][0].get("message")


def statsd_lines_add_up(folder, url):
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.bind(("127.0.0.1", 0))
    receiver.settimeout(5)
    load(folder, url, "-o", f"statsd=127.0.0.1:{receiver.getsockname()[1]}", env={"K6_STATSD_ENABLE_TAGS": "true"})
    receiver.setblocking(False)
    counts, timings = {}, 0
    while True:
        try:
            packet = receiver.recv(65536).decode()
        except BlockingIOError:
            break
        assert len(packet) <= 1400
        for line in packet.splitlines():
            match = re.fullmatch(r"([^:|@#]+):([0-9.e+-]+)\|(c|g|ms)(\|@[0-9.]+)?(\|#[^|]+)?", line)
            assert match, line
            if match[3] == "c":
                counts[match[1]] = counts.get(match[1], 0) + float(match[2])
            timings += match[1] == "k6.http_req_duration"
    assert counts["k6.http_reqs"] == 40 and timings == 40
    assert counts["k6.check.status_is_200.pass"] == 20 and counts["k6.check.status_is_200.fail"] == 20


class Marks(http.server.BaseHTTPRequestHandler):
    """As much of Grafana as an annotation needs; keeps what it is sent."""
    seen = []

    def answer(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        Marks.seen.append((self.command, self.path, self.headers["Authorization"], json.loads(body)))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"id":5,"message":"ok"}')

    do_POST = do_PATCH = answer

    def log_message(self, *_):
        pass


# k6 9.2: start and end of the run in Grafana | `--grafana URL` | -
def grafana_gets_start_and_end(folder, url):
    server, grafana = serve(Marks)
    load(folder, url, "--grafana", grafana, "--tag", "testid=t1", env={"GRAFANA_TOKEN": "secret-token"})
    server.shutdown()
    start, end = Marks.seen
    assert start[:3] == ("POST", "/api/annotations", "Bearer secret-token")
    assert {"k6", "stoker", "testid:t1"} <= set(start[3]["tags"])
    assert end[:2] == ("PATCH", "/api/annotations/5") and end[3]["timeEnd"] >= start[3]["time"]


class Broken(http.server.BaseHTTPRequestHandler):
    """Answers in a way of its own for each first part of the path."""
    calls = {}

    def do_POST(self):
        way = self.path.split("/")[1]
        Broken.calls[way] = Broken.calls.get(way, 0) + 1
        if way == "cut":
            self.connection.close()
            return
        if way == "garbage":
            self.wfile.write(b"\x00\xff no HTTP at all\r\n\r\n")
            return
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(int(way))
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write(b"no!\n")

    def log_message(self, *_):
        pass


# k6 7.8: an output that fails does not touch the load | the same | -
def servers_that_fail_change_nothing_but_a_line(folder, url):
    server, broken = serve(Broken)
    for kind in ("prometheus-rw", "opentelemetry"):
        for way in ("400", "401", "cut", "garbage"):
            done = load(folder, url, "-o", f"{kind}={broken}/{way}/x", "--summary-export", "summary.json")
            assert summary(folder)["http_reqs"]["count"] == 40
            assert "pushes failed, the last one too" in done.stderr, done.stderr
            assert Broken.calls.get(way), way
    server.shutdown()
    done = load(folder, url, "-o", "prometheus-rw=http://127.0.0.1:1/x", "--grafana", "http://127.0.0.1:1")
    assert "pushes failed" in done.stderr and "the run is not marked" in done.stderr


# k6 7.8: an output that cannot start: 255 | 2 or 3, before the load | -
def a_wrong_output_is_said_before_the_load(folder, url):
    done = load(folder, url, "-o", "jsn=x", code=2)
    assert "no output 'jsn'" in done.stderr and "json" in done.stderr
    load(folder, url, "-o", "json=/nowhere/x.json", code=3)
    load(folder, url, "--summary-trend-stats", "mode", code=2)


def a_pipe_that_nobody_reads_is_left_by_one_interrupt(folder, url):
    os.mkfifo(folder + "/pipe")
    with open(folder + "/shop.lua", "w") as file:
        file.write(SCRIPT.replace("return stoker.load", "print 'read'\nreturn stoker.load"))
    started = time.monotonic()
    child = subprocess.Popen([STOKER, "load", "shop.lua", "-q", "--base-url", url, "-o", "json=pipe"], cwd=folder,
                             stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert "read" in child.stderr.readline()  # the pipe comes next
    child.send_signal(signal.SIGINT)
    said = child.stderr.read()
    assert child.wait(60) == 130 and "writing 'pipe': nobody came to read this pipe" in said, (child.returncode, said)
    assert time.monotonic() - started < 60


def every_example_of_the_page_runs(folder, url):
    server, broken = serve(Broken)
    with open(os.path.join(ROOT, "docs", "outputs.md"), encoding="utf-8") as file:
        lines = re.findall(r"^((?:[A-Z0-9_]+=\S+ )*)stoker load (.*) shop\.lua$", file.read(), re.M)
    assert len(lines) >= 6, lines
    for variables, args in lines:
        env = dict(word.split("=", 1) for word in variables.split())
        args = re.sub(r"https?://localhost:\d+", broken + "/204", args)
        load(folder, url, *args.replace("'", "").split(), env=env)
    server.shutdown()


def main():
    server, url = serve(Target)
    with tempfile.TemporaryDirectory() as folder:
        failed = run_cases([ndjson_has_the_lines_of_k6, ndjson_on_standard_output_stands_before_the_summary,
                            csv_reads_back, summary_export_has_the_keys_of_k6, statsd_lines_add_up,
                            grafana_gets_start_and_end, servers_that_fail_change_nothing_but_a_line,
                            a_wrong_output_is_said_before_the_load,
                            a_pipe_that_nobody_reads_is_left_by_one_interrupt, every_example_of_the_page_runs], folder, url)
    server.shutdown()
    sys.exit(failed)


main()
