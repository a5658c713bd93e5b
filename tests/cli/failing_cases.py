"""Load against targets that fail in every way of failing_target.py, over both transports: what the server saw is what
was counted, each failure has k6's number, memory and time are bounded, and the end says why.
usage: failing_cases.py"""
import collections
import json
import os
import re
import socket
import subprocess
import sys
import tempfile

from failing_target import Target
from outputs_lib import STOKER, run_cases

SCRIPT = """
local stoker = require "stoker"
local ways, scenarios = {}, {}
local plan = { base_url = stoker.env "BASE_URL", scenarios = scenarios,
	thresholds = { http_req_failed = stoker.env("LIMIT", "rate<=1") } }
for way, timeout in stoker.env("WAYS"):gmatch "([%w_]+)=(%w+)" do
	scenarios[way] = { executor = "per-vu-iterations", vus = 1, iterations = tonumber(stoker.env("TIMES", "3")),
		exec = function()
			local r = stoker.http.get("/" .. way, { timeout = timeout, discard = stoker.env("DISCARD", "") == "yes",
				headers = { ["Accept-Encoding"] = "gzip" } })
			stoker.check(r, { { "an answer", function(got) return got.status ~= 0 end } })
		end }
end
return stoker.load(plan)
"""
TIMES = 3
# way: timeout, requests of an iteration, status, error_code, text of the error
LIGHT = {
    "fine": ("20s", 1, 200, 0, ""),
    "errors": ("20s", 1, 503, 1503, ""),
    "turns": ("20s", 11, 302, 0, ""),  # ten redirects followed, as k6: then the last answer is the answer
    "too_much": ("20s", 1, 200, 0, ""),
    "closes": ("20s", 1, 0, 1000, "EOF"),
    "cut": ("20s", 1, 0, 1000, "unexpected EOF"),
    "cut_chunk": ("20s", 1, 0, 1000, "unexpected EOF"),
    "resets": ("20s", 1, 0, 1220, "read: connection reset by peer"),
    "hangs": ("400ms", 1, 0, 1050, "request timeout"),
    "drips": ("400ms", 1, 0, 1050, "request timeout"),
    "head_drips": ("400ms", 1, 0, 1050, "request timeout"),
    "garbage": ("20s", 1, 0, 1000, "the answer does not begin with HTTP/"),
    "absurd": ("20s", 1, 0, 1000, "the answer's Content-Length is not one number"),
    "two_lengths": ("20s", 1, 0, 1000, "the answer's Content-Length is not one number"),
    "long_line": ("20s", 1, 0, 1000, "the answer's header is larger than"),
    "many_lines": ("20s", 1, 0, 1000, "the answer's header is larger than"),
    "many_interim": ("20s", 1, 0, 1000, "the answer's header is larger than"),
    "bad_chunk": ("20s", 1, 0, 1000, ""),
    "wide_chunk": ("20s", 1, 0, 1000, ""),
    "negative_chunk": ("20s", 1, 0, 1000, ""),
    "bad_gzip": ("20s", 1, 0, 1701, "error decompressing response body ("),
}
RESENT = ("closes", "resets")
# bodies larger than what is kept of an answer (64 MiB): kept, and dropped
FLOODS = {
    "huge": ("20s", 1, 0, 1000, "the body is larger than max_body"),
    "endless": ("20s", 1, 0, 1000, "the body is larger than max_body"),
    "gzip_bomb": ("20s", 1, 0, 1000, "the body is larger than max_body"),
}
DROPPED = {
    "huge": ("500ms", 1, 0, 1050, "request timeout"),
    "endless": ("500ms", 1, 0, 1050, "request timeout"),
    "gzip_bomb": ("20s", 1, 200, 0, ""),
    "bad_gzip": ("20s", 1, 200, 0, ""),  # what nobody wants is not unpacked, as in k6
}


class Ran:
    """One `stoker load` that has ended: code, texts, most memory it had, counts of http_reqs by way and outcome."""

    def __init__(self, folder, transport, url, *args, **variables):
        with open(folder + "/failing.lua", "w") as file:
            file.write(SCRIPT)
        pairs = [word for name, value in {"BASE_URL": url, **variables}.items() for word in ("-e", f"{name}={value}")]
        paths = [os.path.join(folder, name) for name in ("out.txt", "err.txt")]
        with open(paths[0], "w") as out, open(paths[1], "w") as err:
            child = subprocess.Popen(
                ["timeout", "100", STOKER, "load", "failing.lua", "-q", "-o", "json=out.ndjson", "--summary-export",
                 "summary.json", *pairs, *args], cwd=folder, stdout=out, stderr=err,
                env={**os.environ, "STOKER_TRANSPORT": transport})
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = status
        self.code, self.mib = os.waitstatus_to_exitcode(status), usage.ru_maxrss >> 10
        self.out, self.err = (open(path).read() for path in paths)
        with open(folder + "/summary.json") as file:
            self.metrics = json.load(file)["metrics"]
        self.seen = collections.Counter()
        with open(folder + "/out.ndjson") as file:
            for point in map(json.loads, file):
                if point["type"] == "Point" and point["metric"] == "http_reqs":
                    tags = point["data"]["tags"]
                    self.seen[tags["name"].strip("/"), int(tags["status"]), int(tags.get("error_code", 0)),
                              tags.get("error", ""), tags["expected_response"]] += 1


def check_each_way(folder, transport, target, ways, discard=""):
    """Run them all side by side, each TIMES times. What was counted, seen by the server and said is the same."""
    target.counts.clear()
    words = " ".join(f"{way}={row[0]}" for way, row in ways.items())
    ran = Ran(folder, transport, f"http://127.0.0.1:{target.port}", WAYS=words, DISCARD=discard, LIMIT="rate<0.01",
              TIMES=TIMES)
    left = dict(ran.seen)
    requests = failed = 0
    for way, (_, hops, status, code, text) in ways.items():
        rows = {key: count for key, count in left.items() if key[0] == way}
        assert len(rows) == 1, (way, rows)
        key, count = rows.popitem()
        assert key[1:3] == (status, code) and key[3].startswith(text), (way, key)
        assert bool(key[3]) == (status == 0) and key[4] == str(200 <= status <= 399).lower(), (way, key)
        seen = target.counts[way]
        # a GET on a used connection that ends without a byte is sent once more, and counted once, as k6 does it
        assert count == TIMES * hops and count <= seen <= count * (2 if way in RESENT else 1), (way, count, seen)
        requests += count
        failed += count * (key[4] == "false")
        del left[key]
    assert not left, left
    assert ran.metrics["http_reqs"]["count"] == requests
    assert ran.metrics["http_req_failed"]["passes"] == failed  # k6's word for "it did fail"
    assert ran.metrics["iterations"]["count"] == TIMES * len(ways)
    assert ran.metrics["checks"]["fails"] == TIMES * sum(row[2] == 0 for row in ways.values())
    assert re.search(r"http_req_failed\.+: +[0-9.]+%% +%d out of %d" % (failed, requests), ran.out), ran.out
    assert "%d of %d requests failed: " % (failed, requests) in ran.err, ran.err
    assert ran.code == 99, (ran.code, ran.err)
    return ran


def over_both(case):
    """The case over stoker's own HTTP/1.1 and over libcurl."""
    cases = []
    for transport in ("plain", "curl"):
        def run(folder, transport=transport):
            target = Target()
            case(folder, transport, target)
        run.__name__ = f"{case.__name__} ({transport})"
        cases.append(run)
    return cases


def each_failure_has_its_number(folder, transport, target):
    ran = check_each_way(folder, transport, target, LIGHT)
    assert ran.mib < 150, ran.mib


def a_flood_that_is_kept_is_bounded(folder, transport, target):
    ran = check_each_way(folder, transport, target, FLOODS)
    assert ran.mib < 64 * (len(FLOODS) + 1), ran.mib  # what may be kept for each, and once while it is unpacked
    assert f"{TIMES * 3} of {TIMES * 3} requests failed: the body is larger than max_body (1000) {TIMES * 3} times" \
        in ran.err, ran.err


def a_flood_that_is_dropped_costs_nothing(folder, transport, target):
    ran = check_each_way(folder, transport, target, DROPPED, discard="yes")
    assert ran.mib < 64, ran.mib


def a_target_that_dies_is_refused_from_then_on(folder, transport, target):
    ran = Ran(folder, transport, f"http://127.0.0.1:{target.port}", WAYS="dies=20s", TIMES=200)
    counts = collections.Counter()
    for (_, status, code, _, _), count in ran.seen.items():
        counts[status, code] += count
    assert counts[200, 0] == target.counts["dies"] == 50, (counts, target.counts)
    assert set(counts) <= {(200, 0), (0, 1212), (0, 1220), (0, 1000)} and counts[0, 1212] >= 149, counts
    assert sum(counts.values()) == ran.metrics["http_reqs"]["count"] == 200
    assert ran.code == 0 and "150 of 200 requests failed: dial: connection refused (1212)" in ran.err, ran.err


def a_target_that_was_never_there_is_refused(folder, transport, _):
    with socket.socket() as held:  # bound, so nobody else has the port, and not listening
        held.bind(("127.0.0.1", 0))
        ran = Ran(folder, transport, f"http://127.0.0.1:{held.getsockname()[1]}", WAYS="fine=20s", LIMIT="rate<0.01")
    assert list(ran.seen) == [("fine", 0, 1212, "dial: connection refused", "false")], ran.seen
    assert ran.code == 99 and "3 of 3 requests failed: dial: connection refused (1212) 3 times" in ran.err, ran.err


def main():
    cases = [one for case in (each_failure_has_its_number, a_flood_that_is_kept_is_bounded,
                              a_flood_that_is_dropped_costs_nothing, a_target_that_dies_is_refused_from_then_on,
                              a_target_that_was_never_there_is_refused) for one in over_both(case)]
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(run_cases(cases, folder))


main()
