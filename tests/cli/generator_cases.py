"""Load by other programs from the command line: a program that stands in for k6, the real wrk, a command."""
import os
import re
import shutil
import signal

from run_lib import HERE, check_code, check_message, judged, main

FAKE = os.path.join(HERE, "fake_k6.py")

PAIRED = """local stoker = require "stoker"
local function side(name)
  return stoker.service { start = "exec python3 fake_service.py {port} {push_url} {side}", ready = "/healthz" }
end
return stoker.workflow {
  name = "other", sides = { base = side "base", head = side "head" },
  load = { %s, pairs = 4, warmup = "3s", block = "3s" },
  profiles = { "cpu" }, gate = { cpu = "+3%%" },
}
"""
IDLE = """local stoker = require "stoker"
return stoker.workflow {
  name = "other", mode = "idle", idle = "4s",
  service = stoker.service { start = "exec python3 fake_service.py {port} {push_url} head steady=0", ready = "/healthz" },
  load = { %s }, profiles = { "cpu" },
}
"""


def run(case, text, *args, **env):
    case.write("other.lua", text)
    return case.run("run", "other.lua", *args, **{"STOKER_K6": FAKE, **env})


def load_log(case):
    return open(os.path.join(case.folder(), "load.log")).read()


def windows(record, kind):
    return [window for window in record["windows"] if window["kind"] == kind]


@judged
def k6_at_both_sides_finds_the_regression(case):
    case.write("shop.js", "rate=60")
    result = run(case, PAIRED % 'k6 = "shop.js"')
    check_code(result, 10)
    record = case.record()
    blocks = windows(record, "block")
    assert [block["side"] for block in blocks] == ["base", "head", "head", "base"] * 2, blocks
    assert all(block["requests"] > 20 and block["failed"] == 0 for block in blocks), blocks
    row = record["comparisons"][0]["rows"][0]
    assert row["function"]["name"] == "work.sort" and 0.3 < row["change"] < 0.7, row
    names = {key["name"] for key in record["series"]["keys"]}
    assert names == {"/work"}, names  # neither hosts nor queries
    assert {"key": "load by", "value": "k6 v9.9.9"} in record["environment"], record["environment"]
    assert "asked 1 times" in load_log(case) and "asked 2" not in load_log(case)


def the_window_is_that_of_the_load(case):
    case.write("shop.js", "rate=60 for=5")
    check_code(run(case, IDLE % 'k6 = "shop.js"'), 0)
    load = windows(case.record(), "load")[0]
    assert 4.9 < (load["end_ns"] - load["start_ns"]) / 1e9 < 5.5, load


def a_crossed_threshold_is_99(case):
    case.write("shop.js", "rate=60 for=5 crossed")
    result = run(case, IDLE % 'k6 = "shop.js"')
    check_code(result, 99)
    assert "THRESHOLD CROSSED" in result.out and ">1000000" in result.out, result.out
    verdicts = {row["expr"]: row["ok"] for row in case.record()["thresholds"]}
    assert verdicts == {"count>1": True, "count>1000000": False}, verdicts


def a_broken_script_is_4(case):
    case.write("shop.js", "broken")
    result = run(case, IDLE % 'k6 = "shop.js"')
    check_code(result, 4)
    check_message(result, "107", "exception", "ReferenceError: shop is not defined")


def without_k6_it_says_what_to_do(case):
    case.write("shop.js", "rate=60")
    result = run(case, IDLE % 'k6 = "shop.js"', STOKER_K6="/no/such/k6")
    check_code(result, 3)
    check_message(result, "/no/such/k6", "STOKER_K6")
    result = run(case, IDLE % 'k6 = "shop.js"', STOKER_K6="", PATH=case.dir)
    check_code(result, 3)
    check_message(result, "k6 is not on PATH", "STOKER_K6")
    result = run(case, IDLE % 'k6 = "absent.js"')
    check_code(result, 3)
    check_message(result, "absent.js")


def wrong_keys_are_4(case):
    for keys, want in (('k6 = "a.js", rate = "5/s"', "constant-arrival-rate"),
                       ('command = "wrk"', "results"),
                       ('k6 = "a.js", command = "wrk", results = "wrk"', "one of"),
                       ('script = "a.lua", args = { "x" }', "args"),
                       ('command = "wrk {ulr}", results = "wrk"', "{url}")):
        result = run(case, IDLE % keys)
        check_code(result, 4)
        check_message(result, want)


def ctrl_c_is_passed_on_once(case):
    case.write("shop.js", "rate=60")
    case.write("other.lua", IDLE % 'k6 = "shop.js"')
    process = case.start("run", "other.lua", STOKER_K6=FAKE)
    case.until_there(process, lambda: "points" in str(case.processes()))
    process.send_signal(signal.SIGINT)
    result = case.end(process)
    check_code(result, 130)
    assert "asked 1 times" in load_log(case)
    record = case.record()
    assert record["partial"]["reason"] == "interrupted", record["partial"]


def a_second_ctrl_c_ends_a_deaf_one(case):
    case.write("shop.js", "rate=60 deaf")
    case.write("other.lua", IDLE % 'k6 = "shop.js"')
    process = case.start("run", "other.lua", STOKER_K6=FAKE)
    case.until_there(process, lambda: "points" in str(case.processes()))
    process.send_signal(signal.SIGINT)
    case.until_there(process, lambda: case.record()["windows"] is not None)
    process.send_signal(signal.SIGINT)
    check_code(case.end(process), 130)


def kill_9_leaves_no_k6(case):
    case.write("shop.js", "rate=60")
    case.write("other.lua", IDLE % 'k6 = "shop.js"')
    process = case.start("run", "other.lua", STOKER_K6=FAKE)
    case.until_there(process, lambda: "points" in str(case.processes()))
    process.kill()
    process.wait()
    case.check_nothing_left(grace=10)


@judged
def stoker_run_takes_a_k6_script(case):
    case.write("shop.js", "rate=60 for=5")
    result = case.run("run", "shop.js", "--base-cmd", "exec python3 fake_service.py {port} {push_url} base",
                      "--head-cmd", "exec python3 fake_service.py {port} {push_url} head", "--ready", "/healthz",
                      "--profile", "cpu", "--pairs", "4", "--block", "3s", "--warmup", "3s", STOKER_K6=FAKE)
    check_code(result, 0)  # a regression, and no gate
    assert "work.sort" in result.out, result.out
    assert case.record()["name"] == "shop"
    result = case.run("run", "shop.js", "--rate", "5/s", STOKER_K6=FAKE)
    check_code(result, 2)
    check_message(result, "--rate")


@judged
def wrk_at_both_sides(case):
    if not shutil.which("wrk"):
        raise AssertionError("wrk is missing: make test-deps")
    result = run(case, PAIRED % 'command = { "wrk", "-t1", "-c2", "-d{seconds}s", "--latency", "{url}/work" },'
                                ' results = "wrk"')
    check_code(result, 10)
    record = case.record()
    assert record["comparisons"][0]["rows"][0]["function"]["name"] == "work.sort"
    assert {key["name"] for key in record["series"]["keys"]} == {"all"}
    assert any("evenly" in note["text"] for note in record["notes"]), record["notes"]


COMMAND = """import csv, os, sys, time, urllib.request
end = time.time() + float(os.environ["STOKER_SECONDS"])
with open(os.environ["STOKER_RESULTS"], "w", newline="") as file:
    rows = csv.writer(file)
    rows.writerow(["time", "name", "duration_ms", "status"])
    while time.time() < end:
        start = time.time()
        status = urllib.request.urlopen(os.environ["BASE_URL"] + "/work").status
        rows.writerow([time.time(), "work", (time.time() - start) * 1000, status])
        time.sleep(0.01)
print("talk that is no result")
"""


def a_command_of_ones_own_with_csv(case):
    case.write("load.py", COMMAND)
    result = run(case, IDLE % 'command = "python3 load.py", results = "csv", duration = "5s"')
    check_code(result, 0)
    load = windows(case.record(), "load")[0]
    assert load["requests"] > 50 and load["p95_ms"] > 1, load
    assert 4 < (load["end_ns"] - load["start_ns"]) / 1e9 < 6, load


def a_command_without_results_is_3(case):
    result = run(case, IDLE % 'command = "echo hello", results = "json", duration = "5s"')
    check_code(result, 3)
    check_message(result, "results of the load command", "json")


PAGE = open(os.path.join(HERE, "..", "..", "docs", "generators.md"), encoding="utf-8").read()

# What the page shows, written to {results} as of now: its own times are of another day.
REPLAY = """import json, os, re, sys, time
begin, text = time.time(), open(sys.argv[1]).read()
time.sleep(float(os.environ["STOKER_SECONDS"]))
if text.lstrip().startswith("{"):
    text = json.loads(text)
    assert text["start"].endswith("Z") and text["end"].endswith("Z")
    text["start"], text["end"] = (time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at)) for at in (begin, time.time()))
    text = json.dumps(text)
else:
    text = re.sub(r"^17953488[0-9.]+", lambda _: str(begin + 1), text, flags=re.M)
open(os.environ["STOKER_RESULTS"], "w").write(text)
"""


def blocks(language):
    found = re.findall("^```%s\n(.*?)^```" % language, PAGE, re.M | re.S)
    assert found, "no block of %s in docs/generators.md" % language
    return found


def loads():
    """The insides of `load = { … }`, by their first word."""
    return {inside.split()[0]: inside for inside in re.findall(r"^load = \{ (.*) \}$", "".join(blocks("lua")), re.M)}


def the_page_shows_k6_as_load(case):
    case.write("shop.js", "rate=60 for=5")
    check_code(run(case, IDLE % loads()["k6"]), 0)
    assert windows(case.record(), "load")[0]["requests"] > 100


def the_page_shows_wrk_as_load(case):
    check_code(run(case, IDLE % (loads()["command"].replace("/products", "/work") + ', duration = "4s"')), 0)
    assert windows(case.record(), "load")[0]["requests"] > 10


def the_page_shows_rows_of_requests(case):
    case.write("page.csv", blocks("csv")[0])
    case.write("replay.py", REPLAY)
    check_code(run(case, IDLE % 'command = "python3 replay.py page.csv", results = "csv", duration = "4s"'), 0)
    load = windows(case.record(), "load")[0]
    assert (load["requests"], load["failed"]) == (2, 1), load
    assert {key["name"] for key in case.record()["series"]["keys"]} == {"get_product"}


def the_page_shows_totals(case):
    case.write("page.json", blocks("json")[0])
    case.write("replay.py", REPLAY)
    check_code(run(case, IDLE % 'command = "python3 replay.py page.json", results = "json", duration = "4s"'), 0)
    load = windows(case.record(), "load")[0]
    assert (load["requests"], load["failed"], load["p95_ms"]) == (1000, 7, 9.5), load
    keys = {key["name"] for key in case.record()["series"]["keys"]}
    assert keys == {"get_product", "add_to_cart", "all"}, keys


def the_page_shows_a_command_line(case):
    """Nobody is there, so it ends in 3: what it says is understood."""
    case.write("shop.js", "rate=60")
    (line,) = re.findall(r"^stoker (run shop.js .*)$", PAGE.replace("\\\n", " "), re.M)
    words = re.sub(r"http://(10\.0\.0\.\d|localhost:\d+)", "http://127.0.0.1:1", line).split()
    result = case.run(*words, STOKER_K6=FAKE)
    check_code(result, 3)
    check_message(result, "127.0.0.1")


main("generators", [
    k6_at_both_sides_finds_the_regression, the_window_is_that_of_the_load, a_crossed_threshold_is_99,
    a_broken_script_is_4, without_k6_it_says_what_to_do, wrong_keys_are_4, ctrl_c_is_passed_on_once,
    a_second_ctrl_c_ends_a_deaf_one, kill_9_leaves_no_k6, stoker_run_takes_a_k6_script, wrk_at_both_sides,
    a_command_of_ones_own_with_csv, a_command_without_results_is_3, the_page_shows_k6_as_load,
    the_page_shows_wrk_as_load, the_page_shows_rows_of_requests, the_page_shows_totals, the_page_shows_a_command_line,
], 2)
