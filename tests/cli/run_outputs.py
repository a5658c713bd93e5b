"""`stoker run` with outputs: what they hold beside the record, after the end, an interrupt and with a server that hangs.
usage: run_outputs.py [CASE ...]"""
import collections
import csv
import json
import os
import signal
import socket


import run_lib
from run_lib import check_code, check_message

SHORT = ["--pairs", "1", "--block", "2s", "--warmup", "2s"]


def points(case, name="out.ndjson"):
    """Values by metric and tags; every line is whole."""
    with open(os.path.join(case.dir, name), encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    return [(line["metric"], line["data"]["tags"], line["data"]["value"]) for line in lines if line["type"] == "Point"]


def count(found, metric, **tags):
    return sum(value for name, have, value in found
               if name == metric and all(have.get(key) == want for key, want in tags.items()))


def blocks_of(run):
    requests = collections.Counter()
    for window in run["windows"]:
        if window["kind"] == "block":
            requests[window["side"]] += window["requests"]
    return requests


def check_sides(case, found):
    """What was counted in the blocks, side by side, and nothing of the warm-up."""
    run = case.record()
    counted = blocks_of(run)
    assert set(counted) == {"base", "head"} and all(counted.values()), counted
    for side in ("base", "head"):
        assert count(found, "http_reqs", side=side) == counted[side], (side, counted)
        assert count(found, "iterations", side=side) > 0
    assert count(found, "http_reqs") == sum(counted.values())
    metric = [item for item in run["metrics"]["items"] if item["name"] == "http_reqs" and not item.get("selector")]
    assert metric[0]["sum"] == sum(counted.values()), metric


def samples_of_both_sides(case):
    result = case.fake(*SHORT, "-o", "json=out.ndjson", "--out", "csv=out.csv", "--tag", "testid=t1")
    assert result.code in (0, 10), result.err
    found = points(case)
    check_sides(case, found)
    assert count(found, "http_reqs", testid="t1", scenario="default", name="work") == count(found, "http_reqs")
    with open(os.path.join(case.dir, "out.csv"), newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["metric_name"] == "http_reqs"]
    assert len(rows) == count(found, "http_reqs") and {"side=base&testid=t1", "side=head&testid=t1"} == {
        row["extra_tags"] for row in rows}


def scenarios_as_written_have_an_engine_for_each_block(case):
    with open(os.path.join(case.dir, "fake_load.lua"), encoding="utf-8") as file:
        text = file.read()
    case.write("fake_load.lua", text.replace("thresholds = {", 'vus = 2,\n  thresholds = { ["http_reqs{side:base}"] = "count>1", '))
    workflow = open(os.path.join(case.dir, "fake.lua"), encoding="utf-8").read()
    case.write("own.lua", workflow.replace('rate = stoker.env("RATE", "60/s"),', "").replace(
        'name = "fake",', 'name = "fake", out = "json=out.ndjson", tags = { team = "a" },'))
    result = case.run("run", "own.lua", "-e", "DIR=" + case.dir, "--pairs", "2", "--block", "2s", "--warmup", "2s")
    assert result.code in (0, 10), result.err
    found = points(case)
    check_sides(case, found)
    assert count(found, "http_reqs", team="a") == count(found, "http_reqs")
    limits = {(row["metric"], row["ok"]) for row in case.record()["thresholds"]}
    assert ("http_reqs{side:base}", True) in limits, limits


def an_interrupt_leaves_whole_files(case):
    process = case.start_fake("-o", "json=out.ndjson", "--pairs", "3", "--block", "2s", "--warmup", "2s")
    case.until(process, "pairs: 1 of 3")
    process.send_signal(signal.SIGINT)
    result = case.end(process)
    check_code(result, 130)
    check_sides(case, points(case))


def a_server_that_hangs_slows_nothing(case):
    with socket.create_server(("127.0.0.1", 0)) as server:  # takes connections, never answers
        port = server.getsockname()[1]
        result = case.fake(*SHORT, "-o", f"prometheus-rw=http://127.0.0.1:{port}/api/v1/write", "-o", "json=out.ndjson")
    assert result.code in (0, 10), result.err
    check_sides(case, points(case))
    assert "output prometheus" in result.err and "pushes" in result.err, result.err
    assert any("output prometheus" in note["text"] for note in case.record()["notes"]), case.record()["notes"]
    assert blocks_of(case.record())["head"] >= 100, case.record()["windows"]  # 60 a second for two seconds


def mistakes_are_said_before_anything_starts(case):
    result = case.fake("-o", "jsn=x")
    check_code(result, 2)
    check_message(result, "no output 'jsn'", "json")
    check_code(case.fake("--tag", "odd"), 2)
    result = case.run("run", "x.js", "-o", "json=out.ndjson", "--pyroscope", "http://127.0.0.1:1", "--service", "a")
    assert result.code != 0 and not os.path.exists(os.path.join(case.dir, "out.ndjson"))


def check_sends_nothing(case):
    workflow = open(os.path.join(case.dir, "fake.lua"), encoding="utf-8").read()
    case.write("own.lua", workflow.replace('name = "fake",', 'name = "fake", out = { "json=out.ndjson" },'))
    case.run("check", "own.lua", "-e", "DIR=" + case.dir)
    assert not os.path.exists(os.path.join(case.dir, "out.ndjson"))


def the_page_s_workflow_is_read(case):
    page = open(os.path.join(run_lib.HERE, "..", "..", "docs", "outputs.md"), encoding="utf-8").read()
    text = page.split("```lua\n")[1].split("```")[0]
    case.write("shop.lua", open(os.path.join(case.dir, "fake_load.lua"), encoding="utf-8").read())
    case.write("page.lua", text)
    result = case.run("run", "page.lua", "-o", "jsn=x")  # read, and then not started
    check_code(result, 2)
    check_message(result, "no output 'jsn'")


if __name__ == "__main__":
    run_lib.main("test_run_outputs", [
        samples_of_both_sides, scenarios_as_written_have_an_engine_for_each_block, an_interrupt_leaves_whole_files,
        a_server_that_hangs_slows_nothing, mistakes_are_said_before_anything_starts, check_sends_nothing, the_page_s_workflow_is_read], at_once=3)
