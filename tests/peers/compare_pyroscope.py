"""compare_pyroscope.py PYROSCOPE_URL STOKER_URL [RUN_FOLDER]: the same pushes to both, then the same questions.

Ends with "N passed, N failed": one for each question whose answers mean the same. With the folder of a run
that read its profiles from that Pyroscope, its recorded slices are pushed to both as well.
"""
import glob
import gzip
import json
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "fixtures", "pyroscope", "tools"))
sys.dont_write_bytecode = True
from replay import pjson, walk  # noqa: E402
from wire import Prof, Srv, fint  # noqa: E402

CPU = "process_cpu:cpu:nanoseconds:cpu:nanoseconds"
SPACE = "memory:alloc_space:bytes:space:bytes"


def cpu_profile(at_s, period, weights):
    profile = Prof([("cpu", "nanoseconds")], ("cpu", "nanoseconds"), period, at_s * 10**9, 10**10)
    for stack, ticks in weights.items():
        profile.add(stack.split(";"), ticks * period)
    return profile.bytes()


def pushes(now):
    """(labels, pprof): three slices of two versions, of the last minutes."""
    for version, more in (("1.0", 0), ("1.1", 7)):
        for i in range(3):
            yield ({"__name__": "process_cpu", "service_name": "cmp", "version": version},
                   cpu_profile(now - 120 + 10 * i, 4000000 + 9 * i, {
                       "main;serve;rules": 21 + more + i, "main;serve;render": 40 - i,
                       "main;serve": 3, "main;gc": 5 + 2 * i, "main;serve;rules;rules": 2}))


def slices_of(folder, now):
    """The recorded slices as pushes of a service of their own, the newest now."""
    with open(os.path.join(folder, "run.json"), encoding="utf-8") as f:
        run = json.load(f)
    last = max(s["start_ns"] for s in run["slices"])
    for one in run["slices"]:
        with gzip.open(os.path.join(folder, one["file"])) as f:
            data = f.read()
        # times of a message are fields 9 (stamp); the last one given counts
        data += fint(9, (now - 30) * 10**9 - last + one["start_ns"])
        yield ({"__name__": one["type_id"].split(":")[0], "service_name": "recorded",
                "__delta__": "false", "side": one["side"]}, data)  # not cumulative: version 1 would take differences


def questions(now):
    window = {"start": (now - 3600) * 1000, "end": (now + 60) * 1000}
    yield "ProfileTypes", window
    yield "LabelNames", window
    for name in ("service_name", "version", "side", "__profile_type__"):
        yield "LabelValues", {"name": name, **window}
    yield "Series", {"matchers": ['{service_name="cmp"}'], "labelNames": ["service_name", "version"], **window}
    for selector in ('{service_name="cmp"}', '{service_name="cmp",version="1.1"}',
                     '{service_name=~"c.p",version!="1.1"}', '{service_name="absent"}'):
        query = {"profileTypeID": CPU, "labelSelector": selector, **window}
        yield "SelectMergeStacktraces", query
        yield "SelectMergeProfile", query
        yield "SelectSeries", {"step": 10.0, "groupBy": ["version"], **query}
    for side in ("base", "head"):
        for kind in (CPU, SPACE):
            query = {"profileTypeID": kind, "labelSelector": '{service_name="recorded",side="%s"}' % side, **window}
            yield "SelectMergeProfile", query
            yield "SelectMergeStacktraces", {"maxNodes": 100000, **query}
            yield "SelectSeries", {"step": 5.0, **query}
    yield "Diff", {side: {"profileTypeID": CPU, "labelSelector": '{service_name="cmp",version="%s"}' % version, **window}
                   for side, version in (("left", "1.0"), ("right", "1.1"))}
    yield "SelectMergeProfile", {"profileTypeID": "nonsense", "labelSelector": "{}", **window}
    yield "SelectMergeProfile", {"profileTypeID": CPU, "labelSelector": "{service_name=", **window}


def meaning(method, answer):
    status, body = answer
    if status != 200:
        return status, body.get("code") if isinstance(body, dict) else None
    if isinstance(body, dict) and method == "SelectMergeProfile":
        # stamp and period of an answer are its server's own; one without samples is empty or has only a head
        return status, sorted(pjson(body)["samples"], key=repr) if "sample" in body else []
    return status, walk(body)


def main():
    theirs, ours = Srv(sys.argv[1]), Srv(sys.argv[2])
    now = int(time.time())
    sent = list(pushes(now))
    if len(sys.argv) > 3:
        sent += slices_of(sys.argv[3], now)
    for labels, data in sent:
        for server in (theirs, ours):
            status, _, body = server.push([(sorted(labels.items()), [data])], gz=True)
            if status != 200:
                sys.exit("FAIL push to %s: %d %s" % (server.port, status, body[:200]))
    passed = failed = 0
    for method, query in questions(now):
        a, b = meaning(method, theirs.q(method, query)), meaning(method, ours.q(method, query))
        if a == b:
            passed += 1
        else:
            failed += 1
            print("FAIL %s %s\n  pyroscope %.600s\n  stoker    %.600s" % (method, json.dumps(query), a, b))
    print("%d pushes to both" % len(sent))
    print("%d passed, %d failed" % (passed, failed))
    return failed > 0


sys.exit(main())
