"""The recorded scripts of tests/peers/k6 through the real k6 and their Lua twins through `stoker load`, both at once,
each against a server of its own: what the servers saw, and what both say. usage: compare_k6.py K6 STOKER [SCRIPT…]"""
import collections
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor

from k6_server import Server, tls_server

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "k6")
K6, STOKER = (os.path.abspath(path) for path in sys.argv[1:3])
HANG_S = 60
AT_ONCE = 2  # most of a script is waiting
# what a machine with other work may put between two arrivals that are planned for the same moment
APART_S = 0.15


class Run:
    """One side: exit code, arrivals, what --summary-export and --out json wrote, and how long it took."""

    def __init__(self, command, place, tls, options):
        self.server, self.place, self.extra = Server(), place, options
        os.makedirs(place)
        env = {name: value for name, value in os.environ.items() if not name.startswith("K6_")}
        for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
            env.pop(name, None)
        self.start = time.monotonic()
        self.child = subprocess.Popen([*command, "--summary-export", "summary.json", "--out", "json=out.ndjson",
                                       "-e", "BASE=" + self.server.url, "-e", "TLS=" + tls.url], cwd=place, env=env,
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.guard = threading.Timer(HANG_S, self.child.kill)
        self.guard.start()

    def end(self):
        self.text, _ = self.child.communicate()
        self.seconds = time.monotonic() - self.start
        self.guard.cancel()
        self.server.shutdown()
        self.code = self.child.returncode
        self.arrivals = list(self.server.arrivals)
        try:
            with open(self.place + "/summary.json") as file:
                self.summary = json.load(file)
            with open(self.place + "/out.ndjson") as file:
                lines = [json.loads(line) for line in file]
        except OSError:
            raise AssertionError("exit %d\n%s" % (self.code, self.text)) from None
        self.metrics = self.summary.get("metrics")  # k6's new shape has them elsewhere
        self.points = [line for line in lines if line["type"] == "Point"]

    def offsets(self):
        return [arrival.at - self.arrivals[0].at for arrival in self.arrivals]

    def spans(self):
        """First and last request of each virtual user, by the first."""
        seen = {}
        for arrival, at in zip(self.arrivals, self.offsets()):
            seen[arrival.vu] = (seen.get(arrival.vu, (at,))[0], at)
        return sorted(seen.values())

    def counts(self, *fields):
        return collections.Counter(tuple(getattr(arrival, field) for field in fields) for arrival in self.arrivals)

    def tags(self, metric, *names):
        """How often each set of these tags came."""
        return collections.Counter(tuple(point["data"]["tags"].get(name) for name in names)
                                   for point in self.points if point["metric"] == metric)


def same(what, ours, theirs):
    assert ours == theirs, "%s: ours %s, k6 %s" % (what, ours, theirs)


def near(what, ours, theirs, slack):
    assert abs(ours - theirs) <= slack, "%s: ours %s, k6 %s" % (what, ours, theirs)


def same_counts(ours, theirs, slack=0, fields=("method", "path")):
    """Requests by path, virtual users, the counters of both; each side's counter is what its server saw."""
    a, b = ours.counts(*fields), theirs.counts(*fields)
    same("what was asked for", set(a), set(b))
    for key in a:
        near(str(key), a[key], b[key], slack)
    same("virtual users", {x.vu for x in ours.arrivals}, {x.vu for x in theirs.arrivals})
    for metric in ("http_reqs", "iterations"):
        near(metric, ours.metrics[metric]["count"], theirs.metrics[metric]["count"], slack)


def same_failed(ours, theirs):
    for key in ("passes", "fails"):
        same("http_req_failed " + key, ours.metrics["http_req_failed"][key], theirs.metrics["http_req_failed"][key])


def same_arrivals(ours, theirs):
    for n, (a, b) in enumerate(zip(ours.offsets(), theirs.offsets())):
        near("start %d" % n, a, b, APART_S)


def same_thresholds(ours, theirs):
    judged = {name: figures["thresholds"] for name, figures in ours.metrics.items() if "thresholds" in figures}
    assert judged, "no threshold was judged"
    for name, verdicts in judged.items():
        same("thresholds of " + name, verdicts, theirs.metrics[name]["thresholds"])


def groups_of(group):
    """Paths of all groups and checks with their counts and ids."""
    out = {group["path"]: group["id"]}
    for check in group["checks"].values():
        out[check["path"]] = (check["id"], check["passes"], check["fails"])
    for inner in group["groups"].values():
        out.update(groups_of(inner))
    return out


# k6 script 01: requests, virtual users, `http_reqs`, `iterations`, `http_req_failed` | which VU takes which iteration
# (chance in k6, too)
def shared_iterations(ours, theirs):
    same_counts(ours, theirs)
    same_failed(ours, theirs)


# k6 script 02: requests of each VU and iteration, all counters | -
def per_vu_iterations(ours, theirs):
    same_counts(ours, theirs)
    same("iterations", ours.counts("vu", "iter"), theirs.counts("vu", "iter"))


# k6 script 03: requests, virtual users, counters, within one round of the three VUs | arrivals: a loop drifts with
# its answers
def constant_vus(ours, theirs):
    same_counts(ours, theirs, 3)


# k6 script 04: when each VU makes its first and its last request; counters | -
def ramping_vus(ours, theirs):
    same_counts(ours, theirs, 4)
    for n, (a, b) in enumerate(zip(ours.spans(), theirs.spans())):  # k6's numbers need not be in order of start
        near("first request of VU %d" % (n + 1), a[0], b[0], APART_S)
        near("first request of VU %d" % (n + 1), a[0], n, APART_S)
        near("last request of VU %d" % (n + 1), a[1], b[1], 0.5 + APART_S)
        assert a[1] < 7 - 0.75 * n + APART_S, a  # the last to join leaves first


# k6 script 05: arrivals one by one, counters | -
def constant_arrival_rate(ours, theirs):
    same_counts(ours, theirs, 1)
    same_arrivals(ours, theirs)


# k6 script 06: arrivals one by one, counters | the one start on the planned end: always made by us, by chance in k6
def ramping_arrival_rate(ours, theirs):
    same_counts(ours, theirs, 1)
    same_arrivals(ours, theirs)


# k6 script 07: arrivals while VUs are added one at a time, `dropped_iterations`, cut iterations | -
def dropped_iterations(ours, theirs):
    same_counts(ours, theirs, 1)
    near("dropped", ours.metrics["dropped_iterations"]["count"], theirs.metrics["dropped_iterations"]["count"], 1)
    for n, at in enumerate((0, 0.2, 0.4, 0.5, 0.7)):
        near("start %d" % n, ours.offsets()[n], at, APART_S)
        near("start %d" % n, ours.offsets()[n], theirs.offsets()[n], APART_S)


# k6 script 08: counters, verdicts of all thresholds, exit code 99 | metrics that never get a value: k6 judges them by
# accident, we say `no data`
def thresholds_fail(ours, theirs):
    same("exit codes", ours.code, theirs.code)
    same_counts(ours, theirs)
    same_failed(ours, theirs)
    same_thresholds(ours, theirs)


# k6 script 09: groups and checks with ids and counts, every custom metric, tags of each sample | times
def groups_checks_metrics(ours, theirs):
    same_counts(ours, theirs)
    same("groups", groups_of(ours.summary["root_group"]), groups_of(theirs.summary["root_group"]))
    for metric in ("my_count", "my_gauge", "my_rate", "my_trend", "my_plain", "checks"):
        a, b = ours.metrics[metric], theirs.metrics[metric]
        same(metric, set(a), set(b))
        for key in a.keys() - {"rate"}:
            near("%s %s" % (metric, key), a[key], b[key], abs(b[key]) / 256)
    for metric in ("checks", "my_count", "my_gauge", "my_rate", "my_trend", "my_plain", "group_duration", "iterations",
                   "iteration_duration"):
        names = ("build", "team", "color", "kind", "check", "group", "scenario")
        same("tags of " + metric, ours.tags(metric, *names), theirs.tags(metric, *names))


# k6 script 10: `status`, `error_code`, `expected_response` of each request, what was sent again, redirects at the limit
# | texts of `error` are ours; k6's timings of failed connects
def connection_errors(ours, theirs):
    same("exit codes", ours.code, theirs.code)
    same_counts(ours, theirs)
    same_failed(ours, theirs)

    def outcomes(run):
        named = collections.Counter()
        for point in run.points:
            if point["metric"] == "http_reqs":
                tags = point["data"]["tags"]
                path = tags["url"].split("/", 3)[-1]
                named[(tags["method"], path, tags["status"], tags.get("error_code"), tags["expected_response"])] += 1
        return named
    same("outcomes", ours_less(outcomes(ours), outcomes(theirs)), ours_less(outcomes(theirs), outcomes(ours)))


def ours_less(a, b):
    return sorted((a - b).items(), key=str)


# k6 script 11: one SIGINT after two seconds: the threshold is judged, `teardown` runs, everything is written | exit
# code: 130 in place of 105; running iterations end (`graceful_stop`), k6 cuts them; teardown's request is in no count
def interrupted(ours, theirs):
    same("exit codes", (ours.code, theirs.code), (130, 105))
    same("teardown", ours.counts("path")[("/status/204",)], theirs.counts("path")[("/status/204",)])
    near("requests", ours.counts("path")[("/ok",)], theirs.counts("path")[("/ok",)], 2)
    same("iterations that began are complete", ours.metrics["iterations"]["count"], ours.counts("path")[("/ok",)])
    same_thresholds(ours, theirs)


# k6 script 12: the threshold aborts at the same look, `teardown` runs, exit code 99 | teardown's request is in no count
def abort_on_fail(ours, theirs):
    same("exit codes", (ours.code, theirs.code), (99, 99))
    near("last request", ours.offsets()[-1], theirs.offsets()[-1], 0.3 + APART_S)
    assert 3.5 < ours.offsets()[-1] < 4.5, ours.offsets()[-1]
    same("teardown", ours.arrivals[-1].path, theirs.arrivals[-1].path)
    near("requests", len(ours.arrivals), len(theirs.arrivals), 3)
    same_thresholds(ours, theirs)


# k6 script 13: requests of each scenario, its `env` and start time, the iteration that is cut, what `setup` hands on |
# requests of `setup` and `teardown` are in k6's counts, not in ours; the start on the planned end is left out
def scenarios_setup_teardown(ours, theirs):
    same("exit codes", ours.code, theirs.code)
    a, b = ours.counts("scenario", "path"), theirs.counts("scenario", "path")
    same("what was asked for", set(a), set(b))
    for key in a:
        near(str(key), a[key], b[key], 1 if key[0] == "early" else 0)
    assert a[(None, "/delay/300")] == a[(None, "/delay/200")] == 1, a
    for name in ("early", "late", "cut"):
        first = [next(arrival.at for arrival in run.arrivals if arrival.scenario == name) - run.arrivals[0].at
                 for run in (ours, theirs)]
        near("start of " + name, *first, APART_S)
    near("iterations", ours.metrics["iterations"]["count"], theirs.metrics["iterations"]["count"], 1)
    near("http_reqs", ours.metrics["http_reqs"]["count"], theirs.metrics["http_reqs"]["count"] - 2, 1)
    near("the end", ours.seconds, theirs.seconds, 0.5)


# k6 script 14: all 15 statistics of each trend, exactly or within 1/256 | negative values count as 0 in our
# percentiles; a trend without a value is `no data`, in k6 all zeros
def percentiles(ours, theirs):
    same("exit codes", ours.code, theirs.code)
    for name in ("one", "two", "ten", "odd", "same", "neg"):
        a, b = ours.metrics[name], theirs.metrics[name]
        same(name, set(a), set(b))
        for key in a:
            if name != "neg" or key in ("min", "max", "avg", "count"):
                exact = key in ("min", "max", "avg", "count")
                near("%s %s" % (name, key), a[key], b[key], 1e-9 if exact else abs(b[key]) / 256)


# k6 script 15: counters, groups, checks, verdicts, exit code 99, text on stdout, all that `handleSummary` is given: keys,
# types, counts, verdicts, groups with ids, options, `setup_data` | times; the metrics that only we have; for k6 a
# submetric without a sample has zeros, for us no values
def handle_summary(ours, theirs):
    thresholds_fail(ours, theirs)
    same("groups", groups_of(ours.summary["root_group"]), groups_of(theirs.summary["root_group"]))
    given = []
    for run in (ours, theirs):
        assert "text for stdout\n" in run.text and "TOTAL RESULTS" not in run.text, run.text
        with open(run.place + "/handle-summary.json") as file:
            given.append(json.load(file))
    a, b = given
    for key in ("root_group", "setup_data"):
        same(key, a[key], b[key])
    same("keys", set(a), set(b))
    same("options", set(a["options"]), set(b["options"]))
    same("state", set(a["state"]), set(b["state"]))
    for name, theirs_of in b["metrics"].items():
        ours_of = a["metrics"][name]
        same(name, (ours_of["type"], ours_of["contains"]), (theirs_of["type"], theirs_of["contains"]))
        same("thresholds of " + name, ours_of.get("thresholds"), theirs_of.get("thresholds"))
        if "never" not in name:
            same("values of " + name, set(ours_of["values"]), set(theirs_of["values"]))
        if theirs_of["type"] == "counter" and theirs_of["contains"] == "default" or theirs_of["type"] == "rate":
            for key in theirs_of["values"].keys() - ({"rate"} if theirs_of["type"] == "counter" else set()):
                same("%s %s" % (name, key), ours_of["values"][key], theirs_of["values"][key])


# k6 script 16: counts and checks of k6's new summary | its shape: we write the old one, and the run record
def machine_readable(ours, theirs):
    same("exit codes", ours.code, theirs.code)
    results = {metric["name"]: metric["values"] for metric in theirs.summary["results"]["metrics"]}
    for metric in ("http_reqs", "iterations"):
        same(metric, ours.metrics[metric]["count"], results[metric]["count"])
    for check in theirs.summary["results"]["checks"]["results"]:
        a = ours.summary["root_group"]["groups"]["g"]["checks"][check["name"]]
        same(check["name"], (a["passes"], a["fails"]), (check["passes"], check["fails"]))
    same("failed", ours.metrics["http_req_failed"]["passes"], results["http_req_failed"]["matches"])


# k6 script 17: each request with its method, path and cookies, in order: redirects, 302 and 307 after POST, digest,
# basic | digest: both exchanges are one request in our metrics, and the server's question is asked once, in k6 before
# each request; `http.url` is `name`
def redirects_cookies(ours, theirs):
    def requests(run):
        seen = [(x.iter, x.method, x.path, x.cookie) for x in run.arrivals]
        return [x for n, x in enumerate(seen) if "digest" not in x[2] or x not in seen[:n]]
    same("exit codes", ours.code, theirs.code)
    for a, b in zip(requests(ours), requests(theirs)):
        same("request", a, b)
    same("requests", len(requests(ours)), len(requests(theirs)))
    same("http_reqs", ours.metrics["http_reqs"]["count"], theirs.metrics["http_reqs"]["count"] - 2)
    same("named", ours.tags("http_reqs", "name")[("/status/${}",)], 2)


STATS = "avg,min,med,max,p(90),p(95),p(99),count"
ALL_STATS = "avg,min,med,max,p(0),p(1),p(25),p(33.3),p(75),p(90),p(95),p(99),p(99.9),p(100),count"
# name: case, options of both, options of k6, options of stoker
SCRIPTS = {
    "01-shared-iterations": (shared_iterations, [], [], []),
    "02-per-vu-iterations": (per_vu_iterations, [], [], []),
    "03-constant-vus": (constant_vus, [], [], []),
    "04-ramping-vus": (ramping_vus, [], [], []),
    "05-constant-arrival-rate": (constant_arrival_rate, [], [], []),
    "06-ramping-arrival-rate": (ramping_arrival_rate, [], [], []),
    "07-dropped-iterations": (dropped_iterations, [], [], []),
    "08-thresholds-fail": (thresholds_fail, [], [], []),
    "09-groups-checks-metrics": (groups_checks_metrics, [], [], ["--summary-trend-stats", STATS]),
    "10-connection-errors": (connection_errors, [], [], ["--allow-host", "*"]),
    "11-interrupted": (interrupted, [], [], []),
    "12-abort-on-fail": (abort_on_fail, [], [], []),
    "13-scenarios-setup-teardown": (scenarios_setup_teardown, [], [], []),
    "14-percentiles": (percentiles, [], [], ["--summary-trend-stats", ALL_STATS]),
    "15-handle-summary": (handle_summary, [], [], []),
    "16-machine-readable-summary": (machine_readable, [], ["--new-machine-readable-summary", "--summary-mode=full"], []),
    "17-redirects-cookies": (redirects_cookies, [], [], []),
}


def compare(name, folder, tls):
    case, both, k6_only, stoker_only = SCRIPTS[name]
    path = os.path.join(HERE, name)
    theirs = Run([K6, "run", "--quiet", "--no-usage-report", *both, *k6_only, path + ".js"], folder + "/k6", tls, both)
    ours = Run([STOKER, "load", "-q", *both, *stoker_only, path + ".lua"], folder + "/stoker", tls, both)
    if case is interrupted:
        for run in (theirs, ours):
            while not run.server.arrivals and run.child.poll() is None:
                time.sleep(0.01)
        time.sleep(2)
        for run in (theirs, ours):
            run.child.send_signal(signal.SIGINT)
    theirs.end()
    ours.end()
    case(ours, theirs)
    return "ok %s: %d requests, k6 %d; %.1f s, k6 %.1f s" % (name, len(ours.arrivals), len(theirs.arrivals),
                                                            ours.seconds, theirs.seconds)


def main():
    wanted, bad, lock = sys.argv[3:] or list(SCRIPTS), [], threading.Lock()

    def one(name):
        line = None
        try:
            line = compare(name, os.path.join(place, name), tls)
        except (AssertionError, KeyError, IndexError, StopIteration) as why:
            bad.append(name)
            line = "FAIL %s: %s" % (name, why if isinstance(why, AssertionError) else traceback.format_exc())
        with lock:
            print(line, flush=True)

    with tempfile.TemporaryDirectory() as place:
        tls = tls_server(place)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(one, wanted))
    print("%d passed, %d failed" % (len(wanted) - len(bad), len(bad)))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
