"""`stoker run` with the real k6: counts, the exact window, verdicts, signals, exit codes."""
import os
import shutil
import signal

from run_lib import check_code, check_message, judged, main

HERE = os.path.dirname(os.path.abspath(__file__))
K6 = os.path.abspath(os.path.join(HERE, "..", "..", "build", "peers", "k6"))
IDLE = """local stoker = require "stoker"
return stoker.workflow {
  name = "k6", mode = "idle", idle = "4s",
  service = stoker.service { start = "exec python3 fake_service.py {port} {push_url} head", ready = "/healthz" },
  load = { %s }, profiles = { "cpu" },
}
"""


def prepare(case, keys='k6 = "shop.js"'):
    shutil.copy(os.path.join(HERE, "k6", "shop.js"), case.dir)
    case.write("flow.lua", IDLE % keys)


def run(case, *args):
    return case.run("run", "flow.lua", *args, STOKER_K6=K6)


def idle_counts_what_k6_counts(case):
    prepare(case)
    check_code(run(case), 0)
    record = case.record()
    load = [window for window in record["windows"] if window["kind"] == "load"][0]
    # 40/s for 5 s, the first one at 0; those that found no free VU are dropped
    assert 150 <= load["requests"] <= 201 and load["failed"] == 0, load
    assert 4.5 < (load["end_ns"] - load["start_ns"]) / 1e9 < 7, load
    keys = {(key["scenario"], key["name"]) for key in record["series"]["keys"]}
    assert keys == {("visitors", "work")}, keys  # not what setup did
    assert {row["expr"]: row["ok"] for row in record["thresholds"]} == {
        "rate<0.01": True, "p(95)<5000": True, "count>10": True}, record["thresholds"]
    assert any(fact["key"] == "load by" and fact["value"].startswith("k6 v") for fact in record["environment"])


def a_crossed_threshold_is_99(case):
    prepare(case)
    check_code(run(case, "-e", "CROSS=1"), 99)


def ctrl_c_leaves_a_partial_record(case):
    prepare(case)
    process = case.start("run", "flow.lua", STOKER_K6=K6)
    case.until_there(process, lambda: "summary-export" in str(case.processes()))
    process.send_signal(signal.SIGINT)
    check_code(case.end(process), 130)
    assert case.record()["partial"]["reason"] == "interrupted"


def an_exception_in_the_script_is_4(case):
    prepare(case, 'k6 = "bad.js"')
    case.write("bad.js", "export default function () {}\nnope();\n")
    result = run(case)
    check_code(result, 4)
    check_message(result, "107", "nope is not defined")


def options_that_cannot_be_are_4(case):
    prepare(case, 'k6 = "bad.js"')
    case.write("bad.js", "export const options = { vus: 1, duration: '0s', stages: [] };\nexport default function () {}\n")
    check_code(run(case), 4)


@judged
def paired_finds_the_regression(case):
    shutil.copy(os.path.join(HERE, "k6", "shop.js"), case.dir)
    result = case.run("run", "shop.js", "--base-cmd", "exec python3 fake_service.py {port} {push_url} base",
                      "--head-cmd", "exec python3 fake_service.py {port} {push_url} head", "--ready", "/healthz",
                      "--profile", "cpu", "--pairs", "4", "--block", "6s", "--warmup", "3s", STOKER_K6=K6)
    check_code(result, 0)  # a regression, and no gate
    assert "work.sort" in result.out, result.out
    blocks = [window for window in case.record()["windows"] if window["kind"] == "block"]
    assert len(blocks) == 8 and all(block["requests"] > 100 for block in blocks), blocks


main("k6", [idle_counts_what_k6_counts, a_crossed_threshold_is_99, ctrl_c_leaves_a_partial_record,
            an_exception_in_the_script_is_4, options_that_cannot_be_are_4, paired_finds_the_regression], 2)
