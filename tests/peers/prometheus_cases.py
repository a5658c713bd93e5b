"""A real Prometheus takes what `stoker load` pushes, and answers the six queries of the dashboard as the run's own
summary says, within the bounds of its histogram. usage: prometheus_cases.py"""
import http.server
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import urllib.parse
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "cli"))
from outputs_lib import Target, load, run_cases, serve, summary  # noqa: E402

ENV = {"K6_PROMETHEUS_RW_PUSH_INTERVAL": "1s", "PAUSE": "0.05"}
ARGS = ("-d", "5s", "-u", "2", "--summary-export", "summary.json", "-e", "PAUSE")
BOUNDS = (0.1, 0.25, 0.5, 1, 2.5, 5, 7.5, 10, 15, 25, 50, 75, 100, 150, 250, 500, 750, 1000, 2500, 5000, 10000, 60000)


class Prometheus:
    def __init__(self, folder):
        with open(folder + "/prometheus.yml", "w") as file:
            file.write("global:\n  scrape_interval: 1h\n")
        self.process = subprocess.Popen(
            ["prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=data",
             "--web.listen-address=127.0.0.1:0", "--web.enable-remote-write-receiver",
             "--enable-feature=native-histograms"], cwd=folder, stderr=subprocess.PIPE, text=True)
        self.url, is_ready = None, False
        for line in self.process.stderr:  # either of the two may come first
            found = re.search(r'msg="Listening on" address=(\S+)', line)
            if found:
                self.url = "http://" + found[1]
            is_ready = is_ready or "ready to receive web requests" in line
            if self.url and is_ready:
                break
        threading.Thread(target=self.process.stderr.read, daemon=True).start()

    def query(self, text):
        """What an instant query answers: {labels: value}."""
        with urllib.request.urlopen(self.url + "/api/v1/query?" + urllib.parse.urlencode({"query": text})) as answer:
            result = json.load(answer)["data"]["result"]
        return [(entry["metric"], float(entry["value"][1])) for entry in result]

    def write_url(self):
        return self.url + "/api/v1/write"


def one(answers):
    assert len(answers) == 1, answers
    return answers[0][1]


def near(a, b, share):
    assert abs(a - b) <= share * abs(b), (a, b)


def bucket_of(ms):
    above = [bound for bound in BOUNDS if ms <= bound] or [float("inf")]
    below = [bound for bound in BOUNDS if bound < above[0]] or [0]
    return below[-1], above[0]


def dashboard(name):
    with open(os.path.join(HERE, "..", "..", "ci-templates", "grafana", "stoker.json"), encoding="utf-8") as file:
        panels = json.load(file)["panels"]
    return [panel["targets"][0]["expr"] for panel in panels][name]


def the_six_queries_agree_with_the_summary(folder, url, prometheus):
    load(folder, url, *ARGS, "--tag", "testid=six", "-o", "experimental-prometheus-rw=" + prometheus.write_url(),
         env=ENV)
    own = summary(folder)
    queries = ["k6_vus", "rate(k6_http_reqs_total[1m])",
               "histogram_quantile(0.95, rate(k6_http_req_duration_bucket[30s]))",
               'rate(k6_http_reqs_total{status!~"2.."}[1m]) / rate(k6_http_reqs_total[1m])',
               "k6_checks / k6_checks_total", "rate(k6_data_received[1m])"]
    assert [dashboard(i) for i in range(6)] == queries
    vus, rates, quantiles, failed, checks, data = (prometheus.query(text) for text in queries)
    assert one(vus) == own["vus"]["value"] == 2
    # what was counted, exactly; then the rate of it, which Prometheus extrapolates over the window
    total = sum(value for _, value in prometheus.query("k6_http_reqs_total"))
    assert total == own["http_reqs"]["count"], (total, own["http_reqs"])
    assert {labels["status"] for labels, _ in rates} == {"200", "404"}
    near(sum(value for _, value in rates) * 60, own["http_reqs"]["count"], 0.35)
    for labels, value in quantiles:
        assert labels["name"] in ("/fast", "/none") and value > 0
    merged = one(prometheus.query("histogram_quantile(0.95, sum by (le) (k6_http_req_duration_bucket))"))
    low, high = bucket_of(own["http_req_duration"]["p(95)"])
    assert low <= merged * 1000 <= high, (merged, own["http_req_duration"])
    assert [value for _, value in failed] == [1.0] and failed[0][0]["status"] == "404"
    share = one(prometheus.query('sum(k6_http_reqs_total{status!~"2.."}) / sum(k6_http_reqs_total)'))
    near(share, own["http_req_failed"]["value"], 1e-9)
    near(one(checks), own["checks"]["value"], 1e-9)
    assert one(prometheus.query("sum(k6_data_received)")) == own["data_received"]["count"]
    assert all(value > 0 for _, value in data)
    near(one(prometheus.query("sum(k6_http_req_duration_sum)")) * 1000,
         own["http_req_duration"]["avg"] * own["http_reqs"]["count"], 1e-6)
    assert one(prometheus.query("sum(k6_http_req_duration_count)")) == own["http_reqs"]["count"]


def testid_tells_runs_apart(folder, url, prometheus):
    for name, iterations in (("a", "10"), ("b", "30")):
        load(folder, url, "-i", iterations, "--tag", "testid=" + name,
             "-o", "prometheus-rw=" + prometheus.write_url())
    for name, requests in (("a", 20), ("b", 60)):
        assert one(prometheus.query(f'sum(k6_http_reqs_total{{testid="{name}"}})')) == requests


def statistics_are_those_that_were_asked_for(folder, url, prometheus):
    load(folder, url, "--summary-export", "summary.json", "--tag", "testid=stats", "-o",
         "prometheus-rw=" + prometheus.write_url(),
         env={"K6_PROMETHEUS_RW_TREND_STATS": "max,p(99.9),avg"})
    assert one(prometheus.query('k6_my_plain_max{testid="stats"}')) == 5
    near(one(prometheus.query('k6_my_trend_avg{testid="stats"}')), 0.0015, 1e-9)
    assert prometheus.query('k6_my_plain_p999{testid="stats"}')
    assert not prometheus.query('k6_my_plain_p99{testid="stats"}')
    near(one(prometheus.query('max(k6_http_req_duration_max{testid="stats"})')) * 1000,
         summary(folder)["http_req_duration"]["max"], 1e-9)


def native_histograms_have_the_quantile(folder, url, prometheus):
    load(folder, url, *ARGS, "--tag", "testid=native", "-o", "prometheus-rw=" + prometheus.write_url(),
         env={**ENV, "K6_PROMETHEUS_RW_TREND_AS_NATIVE_HISTOGRAM": "true"})
    own = summary(folder)
    answer = one(prometheus.query(
        'histogram_quantile(0.95, sum(k6_http_req_duration_seconds{testid="native"}))'))
    # buckets grow by 2^(1/8), and our own percentile is off by 1/256
    near(answer * 1000, own["http_req_duration"]["p(95)"], 0.10)
    assert one(prometheus.query('histogram_count(sum(k6_http_req_duration_seconds{testid="native"}))')) == \
        own["http_reqs"]["count"]


def stale_markers_end_a_run_at_once(folder, url, prometheus):
    load(folder, url, "--tag", "testid=stale", "-o", "prometheus-rw=" + prometheus.write_url(),
         env={"K6_PROMETHEUS_RW_STALE_MARKERS": "true"})
    assert not prometheus.query('k6_http_reqs_total{testid="stale"}')
    assert prometheus.query('max_over_time(k6_http_reqs_total{testid="stale"}[5m])')


class Front(http.server.BaseHTTPRequestHandler):
    """Refuses the first pushes, then hands over to Prometheus."""
    refuse = 2
    to = None

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = 503
        if Front.refuse > 0:
            Front.refuse -= 1
        else:
            request = urllib.request.Request(Front.to, body, dict(self.headers.items()))
            status = urllib.request.urlopen(request).status
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def a_server_that_comes_late_misses_nothing(folder, url, prometheus):
    Front.to = prometheus.write_url()
    server, front = serve(Front)
    done = load(folder, url, *ARGS, "--tag", "testid=late", "-o", "prometheus-rw=" + front, env=ENV)
    server.shutdown()
    assert "2 of" in done.stderr and "the last one too" not in done.stderr, done.stderr
    own = summary(folder)
    assert one(prometheus.query('sum(k6_http_reqs_total{testid="late"})')) == own["http_reqs"]["count"]
    # the 0 in front came with the first push that was taken
    near(one(prometheus.query('sum(increase(k6_http_reqs_total{testid="late"}[1m]))')),
         own["http_reqs"]["count"], 0.35)


def main():
    server, url = serve(Target)
    with tempfile.TemporaryDirectory() as folder:
        prometheus = Prometheus(folder)
        try:
            failed = run_cases([the_six_queries_agree_with_the_summary, testid_tells_runs_apart,
                                statistics_are_those_that_were_asked_for, native_histograms_have_the_quantile,
                                stale_markers_end_a_run_at_once, a_server_that_comes_late_misses_nothing],
                               folder, url, prometheus)
        finally:
            prometheus.process.terminate()
            prometheus.process.wait()
    server.shutdown()
    sys.exit(failed)


main()
