"""Tags of samples: the system tags that were chosen, and values without number: bounded, counted, said once.
usage: tags_cases.py"""
import collections
import json
import os
import sys
import tempfile

from outputs_lib import Target, run_cases, serve
from summary_cases import HEAD, run

SYSTEM = {"method", "name", "url", "status", "expected_response", "proto", "scenario", "group"}


def points(folder, metric):
    with open(folder + "/out.ndjson", encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    return [line["data"] for line in lines if line["type"] == "Point" and line["metric"] == metric]


SCRIPT = HEAD + """return { tags = { team = "a" }, %s scenarios = { s = { executor = "shared-iterations", vus = 1, iterations = 2,
    tags = { of = "scenario" } } }, thresholds = { ["http_reqs{team:a,of:scenario,mine:1}"] = "count==2" },
    default = function() group("g", function() check(http.get("/ok", { tags = { mine = "1" } }), { status = 200 }) end) end }"""


def the_default_is_that_of_k6(folder, url):
    run(folder, url, SCRIPT % "", "-o", "json=out.ndjson")
    assert {frozenset(point["tags"]) for point in points(folder, "http_reqs")} == {
        frozenset(SYSTEM | {"team", "of", "mine"})}
    assert {point["tags"]["check"] for point in points(folder, "checks")} == {"status is 200"}


def the_list_replaces_it(folder, url):
    for key, args in (('system_tags = { "status", "ip" },', []), ("", ["--system-tags", "status,ip"]),
                      ('systemTags = { "name" },', ["--system-tags=status, ip"])):
        run(folder, url, SCRIPT % key, "-o", "json=out.ndjson", *args)
        for point in points(folder, "http_reqs"):
            assert set(point["tags"]) == {"status", "ip", "team", "of", "mine"} and point["tags"]["ip"] == "127.0.0.1"
        for metric in ("checks", "iterations", "group_duration", "data_sent"):
            assert points(folder, metric)
            assert all(set(point["tags"]) == {"team", "of"} for point in points(folder, metric)), metric
    run(folder, url, SCRIPT % "system_tags = {},", "-o", "json=out.ndjson")
    assert all(set(point["tags"]) == {"team", "of", "mine"} for point in points(folder, "http_reqs"))


def a_tag_of_one_s_own_takes_the_place_of_one_that_is_off(folder, url):
    text = HEAD + """return { system_tags = { "name" }, default = function()
        http.get("/ok", { tags = { status = "mine", name = "theirs" } }) end }"""
    run(folder, url, text, "-o", "json=out.ndjson")
    assert points(folder, "http_reqs")[0]["tags"] == {"name": "/ok", "status": "mine"}, points(folder, "http_reqs")


def a_threshold_on_an_absent_tag_is_said(folder, url):
    text = SCRIPT.replace("thresholds = {", 'thresholds = { ["http_reqs{status:200}"] = "count>=0",')
    _, err = run(folder, url, text % 'system_tags = { "name" },')
    assert "'status' is not among the system tags" in err, err
    _, err = run(folder, url, text % "")
    assert "system tags" not in err


def wrong_names_are_errors(folder, url):
    _, err = run(folder, url, SCRIPT % "", "--system-tags", "stauts", code=2)
    assert "did you mean 'status'" in err
    _, err = run(folder, url, SCRIPT % "", "--system-tags", "vu", code=2)
    assert "each virtual user" in err and "tags = {" in err
    _, err = run(folder, url, SCRIPT % 'system_tags = { "iter" },', code=4)
    assert "case.lua: system_tags" in err and "each iteration" in err, err


MANY = 20000
FLOOD = HEAD + """local own = stoker.metrics.counter "own"
return { iterations = 1, default = function()
    for i = 1, %d do %s end
end }"""
GENTLE = {  # what is unique, how much memory it may take on top of a run without
    "names": 'http.get("/ok/" .. i)',
    "urls": 'http.get("/ok?i=" .. i)',
    "tags of requests": 'http.get("/ok", { tags = { id = tostring(i) } })',
    "tags of samples": "own:add(1, { id = tostring(i) })",
    "checks": 'check(i, { { "check " .. i, function() return true end } })',
    "groups": 'group("g" .. i, function() end)',
}


def peak_kb(folder, url, text, *args):
    path = folder + "/peak"
    script = folder + "/case.lua"
    with open(script, "w", encoding="utf-8") as file:
        file.write(text)
    import resource
    import subprocess
    from outputs_lib import STOKER
    before = os.fork()
    if before == 0:  # ru_maxrss of children is of this one only
        done = subprocess.run([STOKER, "load", "case.lua", "-q", "--base-url", url, *args], cwd=folder, text=True,
                              capture_output=True, timeout=300)
        with open(path, "w", encoding="utf-8") as file:
            json.dump([done.returncode, done.stdout, done.stderr, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss], file)
        os._exit(0)
    os.waitpid(before, 0)
    with open(path, encoding="utf-8") as file:
        code, out, err, peak = json.load(file)
    assert code == 0, (code, err[-2000:])
    return out, err, peak


def values_without_number_are_bounded_counted_and_said_once(folder, url):
    files = ["-o", "json=out.ndjson", "-o", "csv=out.csv", "-o", "statsd=127.0.0.1:1", "--summary-export", "summary.json"]
    states = ["-o", "prometheus-rw=http://127.0.0.1:1/x", "-o", "opentelemetry=http://127.0.0.1:1/x"]
    said = {"names": "more than 200 request names", "checks": "more than 10000 different checks"}
    _, _, few = peak_kb(folder, url, FLOOD % (MANY, "own:add(1)"), *files, *states)
    for what, line in GENTLE.items():
        sent = MANY if "http" not in line else 600  # the target is slow
        totals = what == "tags of samples"
        out, err, peak = peak_kb(folder, url, FLOOD % (sent, line), *files, *(states if totals else []))
        lines = collections.Counter(err.splitlines())
        if what in said:
            assert sum(count for text, count in lines.items() if said[what] in text) == 1, (what, err[-2000:])
        assert sum(count for text, count in lines.items() if "more than 2000 different sets of tags" in text) == totals, err
        metric = {"tags of samples": "own", "checks": "checks", "groups": "group_duration"}.get(what, "http_reqs")
        assert len(points(folder, metric)) + missing(err) >= sent, what
        with open(folder + "/summary.json", encoding="utf-8") as file:
            metrics = json.load(file)["metrics"]
        if metric != "group_duration":
            value = metrics[metric]
            assert value.get("count", value.get("passes")) == sent, (what, value)
        assert peak < few + 60000, (what, peak, few)
        assert len(out) < 2000000


def missing(err):
    """Samples that outputs could not take, which are counted."""
    for line in err.splitlines():
        if "could not keep up" in line:
            return int(line.split(":")[2].split()[0])
    return 0


def main():
    server, url = serve(Target)
    with tempfile.TemporaryDirectory() as folder:
        folder = os.path.realpath(folder)
        code = run_cases([the_default_is_that_of_k6, the_list_replaces_it, a_tag_of_one_s_own_takes_the_place_of_one_that_is_off,
                          a_threshold_on_an_absent_tag_is_said, wrong_names_are_errors,
                          values_without_number_are_bounded_counted_and_said_once], folder, url)
    server.shutdown()
    return code


if __name__ == "__main__":
    sys.exit(main())
