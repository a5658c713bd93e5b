#!/usr/bin/env python3
"""Stands in for k6 where none is built: real requests, and points and a summary in k6's forms.

As much of k6's ways as stoker relies on: one SIGINT ends it with 105, points go to the file that
--out names while it runs. The script's text is a list of words: rate=N, for=S (seconds, then it ends
by itself), crossed (a threshold fails, 99), deaf (signals are ignored), broken (an exception, 107).
"""
import datetime
import json
import os
import signal
import sys
import time
import urllib.error
import urllib.request

args = sys.argv[1:]
if args[0] == "version":
    print("k6 v9.9.9 (commit/none, go1.0, linux/none)")
    sys.exit()
points_path = next(arg[5:] for arg in args if arg.startswith("json="))
summary_path = args[args.index("--summary-export") + 1]
words = dict(word.partition("=")[::2] for word in open(args[-1]).read().split())
if "broken" in words:
    print("ReferenceError: shop is not defined", file=sys.stderr)
    sys.exit(107)
points = open(points_path, "w")
asked = []
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, signal.SIG_IGN if "deaf" in words else lambda *_: asked.append(1))


def stamp(seconds):
    whole = datetime.datetime.fromtimestamp(int(seconds), datetime.timezone.utc)
    return whole.strftime("%Y-%m-%dT%H:%M:%S") + ("%.9f" % (seconds % 1))[1:] + "Z"


def metric(name, kind, contains="default"):
    points.write(json.dumps({"type": "Metric", "metric": name, "data": {
        "name": name, "type": kind, "contains": contains, "thresholds": [], "submetrics": None}}) + "\n")


def point(metric_name, value, **tags):
    points.write(json.dumps({"metric": metric_name, "type": "Point", "data": {
        "time": stamp(time.time()), "value": value, "tags": tags}}) + "\n")


metric("vus", "gauge")
metric("http_reqs", "counter")
metric("http_req_duration", "trend", "time")
metric("http_req_failed", "rate")
metric("iterations", "counter")
point("vus", 1)
points.flush()
began = next_start = time.time()
done = failed = 0
while not asked and ("for" not in words or time.time() - began < float(words["for"])):
    start = time.time()
    try:
        status = urllib.request.urlopen(os.environ["BASE_URL"] + "/work?n=%d" % done, timeout=10).status
    except urllib.error.HTTPError as error:
        status = error.code
    except OSError:
        status = 0
    tags = {"scenario": "default", "group": "", "status": str(status),
            "name": os.environ["BASE_URL"] + "/work?n=%d" % done}
    point("http_reqs", 1, **tags)
    point("http_req_duration", (time.time() - start) * 1000, **tags)
    point("http_req_failed", 0 if 200 <= status < 400 else 1, **tags)
    point("iterations", 1, scenario="default", group="")
    points.flush()
    done += 1
    failed += not 200 <= status < 400
    next_start += 1 / float(words.get("rate", 60))
    time.sleep(max(0, next_start - time.time()))
with open(summary_path, "w") as file:
    json.dump({"metrics": {
        "http_reqs": {"count": done, "rate": done / (time.time() - began)},
        "iterations": {"count": done, "rate": done / (time.time() - began),
                       "thresholds": {"count>1": done <= 1, "count>1000000": True} if "crossed" in words else
                       {"count>1": done <= 1}},
    }}, file)
print("asked %d times to stop" % len(asked), file=sys.stderr)
sys.exit(105 if asked else 99 if "crossed" in words else 0)
