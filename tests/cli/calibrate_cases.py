"""`stoker calibrate`: A/A runs are measured, go on after an interrupt, and make gates of mode baseline count.

usage: calibrate_cases.py [CASE ...]
"""
import json
import os
import re
import shutil
import signal

import baseline_cases
import run_lib
from run_lib import check_code, judged

OUTCOME = os.path.join(".stoker", "calibration.json")
SHORT = ["--duration", "4s", "--warmup", "1s"]


def outcome(case):
    return json.load(open(os.path.join(case.dir, OUTCOME)))["calibrations"]


@judged
def measured_and_gone_on_after_an_interrupt(case):
    baseline_cases.repository(case, 'stoker.baselines.dir { "baselines" }')
    process = case.start("calibrate", "kept.lua", "-e", "AS=base", "--runs", "3", *SHORT)
    case.until(process, "1 of 3", timeout=100)
    process.send_signal(signal.SIGINT)
    result = case.end(process)
    check_code(result, 130)
    assert "the same command goes on" in result.err, result.err
    first = outcome(case)
    assert len(first) == 1 and 1 <= first[0]["runs"] < 3 and first[0]["mode"] == "baseline", first
    result = case.run("calibrate", "kept.lua", "-e", "AS=base", "--runs", "2", *SHORT, timeout=200)
    check_code(result, 0)
    entry = outcome(case)[0]
    assert entry["runs"] == 2 and entry["plan"] == first[0]["plan"] and entry["first"] == first[0]["first"], entry
    assert [one["name"] for one in entry["types"]] == ["cpu"] and len(entry["types"][0]["sigma"]) == 4, entry
    assert "not yet: 2 of 20 A/A runs" in result.out, result.out
    assert re.search(r"A/A runs    2, \d raised an alarm \(so fewer than \d+", result.out), result.out
    assert not os.path.exists(os.path.join(case.dir, "baselines")), "A/A runs keep nothing where others look"
    assert os.listdir(os.path.join(case.dir, ".stoker", "calibration", "runs")) in ([], [".gitignore"])
    # a run of the same load names them, but they do not count yet
    result = baseline_cases.measure(case, "base", *SHORT)
    result = baseline_cases.measure(case, "head", *SHORT)
    info = case.record()["calibration"]
    assert info["runs"] == 2 and info["why_not"] == "2 of 20 A/A runs", info
    assert "not calibrated: 2 of 20 A/A runs" in " ".join(result.out.split()), result.out


@judged
def calibrated_gates_fail_a_run_of_that_load_only(case):
    baseline_cases.repository(case, 'stoker.baselines.dir { "baselines" }')
    check_code(case.run("calibrate", "kept.lua", "-e", "AS=base", "--runs", "2", *SHORT, timeout=200), 0)
    # as after a long night: the same figures of enough runs
    document = json.load(open(os.path.join(case.dir, OUTCOME)))
    document["calibrations"][0].update(runs=34, alarms=0)
    document["calibrations"][0]["types"][0].update(sigma=[0.02, 0.02, 0.02, 0.02], sigma_total=0.01, inflation=1)
    case.write(OUTCOME, json.dumps(document))
    check_code(baseline_cases.measure(case, "base", *SHORT), 0)
    baseline_cases.git(case, "checkout", "-qb", "change")
    baseline_cases.git(case, "commit", "-q", "--allow-empty", "-m", "head")
    result = baseline_cases.measure(case, "head", *SHORT)
    record = case.record()
    assert record["calibration"]["why_not"] is None and record["comparisons"][0]["calibrated"], record["calibration"]
    assert "in 34 A/A runs of this service 0 raised an alarm (so fewer than 8.4 % do)" in " ".join(result.out.split()), result.out
    if not any(one["state"] == "fail" for one in record["preconditions"]):
        check_code(result, 10)
        assert record["verdict"] == "regression", record["headline"]
    # another load: nothing is known of it
    check_code(baseline_cases.measure(case, "head", "--duration", "5s", "--warmup", "1s"), 0)
    assert case.record()["calibration"]["why_not"] == "the A/A runs are of another load", case.record()["calibration"]
    # what the change itself brings does not count
    baseline_cases.git(case, "add", "-f", OUTCOME)
    baseline_cases.git(case, "commit", "-qm", "calibrated by myself")
    check_code(baseline_cases.measure(case, "head", *SHORT), 0)
    assert case.record()["calibration"] is None, case.record()["calibration"]


@judged
def pairs_of_one_build(case):
    baseline_cases.repository(case, "nil")
    result = case.run("calibrate", "fake.lua", "-e", "DIR=" + case.dir, "--runs", "2", "--pairs", "4", timeout=200)
    check_code(result, 0)
    entry = outcome(case)[0]
    assert entry["mode"] == "paired" and entry["runs"] == 2 and entry["types"][0]["sigma"] == [0, 0, 0, 0], entry
    shutil.rmtree(os.path.join(case.dir, ".stoker", "runs"), ignore_errors=True)


def what_compares_nothing_is_2(case):
    result = case.run("calibrate", "kept.lua")
    check_code(result, 3)  # no such file
    result = case.run("calibrate")
    check_code(result, 2)
    result = case.run("calibrate", "fake_load.lua")
    check_code(result, 2)
    assert "mode idle compares nothing" in result.err, result.err


if __name__ == "__main__":
    run_lib.main("calibrate", [measured_and_gone_on_after_an_interrupt, calibrated_gates_fail_a_run_of_that_load_only,
                               pairs_of_one_build, what_compares_nothing_is_2], 1)
