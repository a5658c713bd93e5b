"""`stoker run` as a whole: exit codes, what is printed, what is kept. usage: run_cases.py [CASE ...]"""
import glob
import json
import os
import re
import shutil
import signal
import socket
import subprocess

import run_lib
from run_lib import check_code, check_message, judged

SHORT = ["--pairs", "1", "--block", "2s", "--warmup", "2s"]


def service(case, side):
    return "exec python3 %s/fake_service.py {port} {push_url} %s" % (case.dir, side)


def cmds(case, base="base", head="head"):
    return ["--base-cmd", service(case, base), "--head-cmd", service(case, head), "--ready", "/healthz",
            "--rate", "60/s", "--profile", "cpu"]


@judged
def regression_is_10_and_all_is_kept(case):
    result = case.fake()
    check_code(result, 10)
    for text in ("REGRESSION", "work.sort", "work.name → work.label", "4 pairs", "report.html", ".md, .json, "):
        assert text in result.out, result.out
    assert "\x1b" not in result.out + result.err, "escape codes in a pipe"
    assert "pairs: 4 of 4" in result.err, result.err
    run = case.record()
    assert run["exit_code"] == 10 and run["verdict"] == "regression", run["verdict"]
    assert not run["partial"]["is_partial"] and run["planned_pairs"] == 4
    printed = result.out[:result.out.index("\nreport ")]
    assert case.check_report() == printed, "report last differs from what was printed"
    folder = case.folder()
    assert open(os.path.join(folder, "report.md")).read().strip()
    assert json.load(open(os.path.join(folder, "report.json")))
    page = open(os.path.join(folder, "report.html")).read()
    assert "work.sort" in page and os.path.exists(os.path.join(folder, "flame-cpu.json.gz"))
    assert page == case.run("report", "last", "--format", "html").out
    assert not os.path.exists(os.path.join(folder, "store"))
    slices = glob.glob(os.path.join(folder, "slices", "*.pb.gz"))
    assert len(slices) == len(run["slices"]) > 20, len(slices)
    if shutil.which("go"):
        top = subprocess.run(["go", "tool", "pprof", "-top", slices[0]], capture_output=True, text=True)
        assert top.returncode == 0 and "work.parse" in top.stdout, top.stderr


@judged
def the_same_build_twice_is_0(case):
    result = case.run("run", "fake_load.lua", *cmds(case, "base", "base"), "--pairs", "4", "--block", "3s",
                      "--warmup", "2s")
    check_code(result, 0)
    assert "NO REGRESSION SEEN" in result.out, result.out
    assert case.record()["name"] == "fake_load"


def crossed_threshold_is_99(case):
    result = case.fake("-e", "FAULT_BASE=error=0", "-e", "FAULT_HEAD=error=0", *SHORT)
    check_code(result, 99)
    assert "THRESHOLD CROSSED" in result.out, result.out
    assert re.search(r"warning: \d+ of \d+ requests failed: status 500 \(1500\) \d+ times", result.err), result.err
    assert not case.record()["thresholds"][0]["ok"]


def too_few_pairs_cannot_tell_and_strict_is_11(case):
    result = case.fake("--strict", *SHORT)
    check_code(result, 11)
    assert "CANNOT TELL" in result.out, result.out


def usage_is_2(case):
    for args, text in [
            ([], "one workflow or load script"),
            (["fake.lua", "fake.lua"], "one workflow or load script"),
            (["fake_load.lua", "--base-cmd", "x"], "--base-cmd and --head-cmd go together"),
            (["fake_load.lua", "--head-url", "http://x"], "--base-url and --head-url go together"),
            (["fake_load.lua", "--base-cmd", "x", "--head-cmd", "y", "--base-url", "u", "--head-url", "v"],
             "exclude each other"),
            (["fake_load.lua", "--mode", "paired"], "needs a base and a head"),
            (["fake_load.lua", "--rate", "fast"], "--rate"),
            (["fake_load.lua", "--pairs", "0"], "pairs"),
            (["fake_load.lua", "--pyroscope", "http://x", "--pprof", "http://y"], "exclude each other"),
            (["fake_load.lua", "--base-label", "x", "--pyroscope", "http://x"], "a label is NAME=TEXT"),
            (["fake_load.lua", "--par", "2"], "--pairs")]:
        result = case.run("run", *args)
        check_code(result, 2)
        check_message(result, text)
    assert not os.path.exists(os.path.join(case.dir, ".stoker"))


def mistakes_in_files_are_4(case):
    case.write("syntax.lua", "local x = = 5\n")
    case.write("key.lua", "local s = require 'stoker'\nreturn s.workflow {\n  laod = { 'x.lua' } }\n")
    case.write("none.lua", "local s = require 'stoker'\nreturn s.workflow { sides = {\n"
               "  base = s.service { start = 'x' }, head = s.service { start = 'y' } } }\n")
    case.write("bad_load.lua", "local s = require 'stoker'\nreturn s.workflow { load = { 'syntax.lua' },\n"
               "  sides = { base = s.service { start = 'x' }, head = s.service { start = 'y' } } }\n")
    case.write("holder.lua", "local s = require 'stoker'\nreturn s.workflow { load = { 'fake_load.lua' },\n"
               "  sides = { base = s.service { start = 'x {prt}' }, head = s.service { start = 'y' } } }\n")
    for name, texts in [("syntax.lua", ["syntax.lua:1:"]), ("key.lua", ["key.lua:2:", "'laod'", "load"]),
                        ("fake.lua", ["-e DIR="]), ("none.lua", ["no load"]),
                        ("bad_load.lua", ["syntax.lua:1:"]), ("holder.lua", ["prt"])]:
        result = case.run("run", name)
        check_code(result, 4)
        check_message(result, *texts)


def missing_file_is_3(case):
    result = case.run("run", "nothing.lua")
    check_code(result, 3)
    check_message(result, "nothing.lua")


def errors_of_iterations_are_4(case):
    case.write("wrong.lua", "local s = require 'stoker'\nreturn s.load { default = function()\n"
               "  s.http.get('/work') local x = nil .. 'a' end }\n")
    result = case.run("run", "wrong.lua", *cmds(case), *SHORT)
    check_code(result, 4)
    assert "iterations ended in an error of the script" in result.err, result.err
    assert "wrong.lua:3:" in result.err, result.err


def abort_of_a_script_is_4(case):
    case.write("stops.lua", "local s = require 'stoker'\nreturn s.load { default = function()\n"
               "  s.http.get('/work') if s.vu.iter >= 3 then s.abort 'enough' end end }\n")
    result = case.run("run", "stops.lua", *cmds(case), *SHORT)
    check_code(result, 4)
    check_message(result, "enough")


def signals_are_130_and_143(case):
    for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
        process = case.start_fake(*SHORT)
        case.until(process, "pairs: 0 of 1")
        process.send_signal(number)
        result = case.end(process)
        check_code(result, code)
        assert "PARTIAL" in result.out, result.out
        case.check_report("PARTIAL", "interrupted")
        case.check_nothing_left()
        shutil.rmtree(os.path.join(case.dir, ".stoker"))


@judged
def a_pyroscope_of_ones_own(case):
    serve = case.start("serve", "--listen", "127.0.0.1:0", "--data", "data")
    case.until(serve, "http://127.0.0.1:")
    url = re.search(r"http://127\.0\.0\.1:\d+", "".join(open(path).read() for path in serve.paths)).group(0)
    ports, services = {}, []
    for side in ("base", "head"):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            ports[side] = probe.getsockname()[1]
        services.append(subprocess.Popen(
            ["python3", case.dir + "/fake_service.py", str(ports[side]), url, side],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
    try:
        args = ["run", "fake_load.lua", "--base-url", "http://127.0.0.1:%d" % ports["base"], "--head-url",
                "http://127.0.0.1:%d" % ports["head"], "--pyroscope", url, "--service", "fake", "--rate", "60/s",
                "--profile", "cpu", "--pairs", "4", "--block", "3s", "--warmup", "2s"]
        result = case.run(*args)
        check_code(result, 4)
        check_message(result, "cannot be told apart")
        result = case.run(*args, "--base-label", "build=base")
        check_code(result, 4)
        check_message(result, "cannot be told apart")
        shutil.rmtree(os.path.join(case.dir, ".stoker"))
        result = case.run(*args, "--base-label", "build=base", "--head-label", "build=head")
        check_code(result, 0)  # no gate
        assert "REGRESSION" in result.out and "work.sort" in result.out, result.out
    finally:
        for process in services:
            process.kill()
            process.wait()
        serve.send_signal(signal.SIGINT)
        serve.wait(timeout=20)


def a_load_script_from_stdin(case):
    text = open(case.dir + "/fake_load.lua").read()
    result = case.run("run", "-", *cmds(case), *SHORT, "-f", "json", stdin=text)
    check_code(result, 0)
    assert json.loads(result.out), "not JSON"
    assert case.record()["name"] == "stdin"


def scenarios_as_written(case):
    result = case.run("run", "fake_load.lua", *[arg for arg in cmds(case) if arg not in ("--rate", "60/s")],
                      "--pairs", "2", "--block", "2s", "--warmup", "2s", "-f", "markdown")
    check_code(result, 0)
    assert "Cannot tell: 2 of 2 pairs" in result.out, result.out
    blocks = [window for window in case.record()["windows"] if window["kind"] == "block"]
    assert len(blocks) == 4 and all(block["requests"] > 0 for block in blocks), blocks


IDLE = """local stoker = require "stoker"
return stoker.workflow {
  name = "alone", mode = "idle",
  service = stoker.service {
    start = "exec python3 %s/fake_service.py {port} {push_url} base", ready = "/healthz",
  },
  load = { script = "fake_load.lua", rate = "60/s", duration = "5s" },
  profiles = { "cpu" }, idle = "4s", %s
}
"""


@judged
def idle_shows_hotspots(case):
    case.write("alone.lua", IDLE % (case.dir, ""))
    result = case.run("run", "alone.lua")
    check_code(result, 0)
    assert "work.parse" in result.out, result.out
    assert len(case.record()["hotspots"][0]["rows"]) >= 6


@judged
def a_flow_of_ones_own(case):
    case.write("alone.lua", IDLE % (case.dir, """
  run = function(w)
    local load = w:load("load", { script = "fake_load.lua", vus = 2, duration = "6s" })
    local p = assert(w:pull { profile = "cpu", window = load })
    w:note("dearest " .. p:top(1)[1].name .. " of " .. p.slices .. " slices")
    assert(p:save "all.pb.gz")
    w:stop "head"
  end"""))
    result = case.run("run", "alone.lua")
    check_code(result, 0)
    assert "dearest work.parse of" in json.dumps(case.record()["notes"]), case.record()["notes"]
    assert os.path.getsize(case.dir + "/all.pb.gz") > 100


EXAMPLES = os.path.join(run_lib.HERE, "..", "..", "docs", "examples")


def example(case, name, *args):
    result = case.run("run", os.path.join(EXAMPLES, name), "-e", "STOKER=" + run_lib.STOKER, *args)
    assert result.code in (0, 10), result.err  # one pair tells nothing; a planted function may
    return result


@judged
def example_paired(case):
    assert "1 of 1" in example(case, "paired.lua", *SHORT[:2], "--block", "6s", "--warmup", "2s").err
    assert case.record()["name"] == "shop"


def example_idle(case):
    example(case, "idle.lua")
    assert case.record()["hotspots"][0]["rows"], "no hotspots"


def example_own_flow(case):
    example(case, "own_flow.lua")
    notes = json.dumps(case.record()["notes"])
    assert "at 50/s" in notes and "at 200/s" in notes, notes


run_lib.main("test_run", [
    regression_is_10_and_all_is_kept, the_same_build_twice_is_0, a_pyroscope_of_ones_own,
    crossed_threshold_is_99, too_few_pairs_cannot_tell_and_strict_is_11, signals_are_130_and_143,
    example_own_flow, example_paired, example_idle, scenarios_as_written, idle_shows_hotspots, a_flow_of_ones_own, a_load_script_from_stdin,
    errors_of_iterations_are_4, abort_of_a_script_is_4, usage_is_2, mistakes_in_files_are_4, missing_file_is_3,
], at_once=5)
