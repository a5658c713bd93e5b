"""`stoker check` as a whole: what it says of a repository, of services by hand, of what is missing; what it leaves."""
import json
import os
import re
import signal

import run_lib
from run_lib import check_code, judged, shell

run_lib.set_git()

WORKFLOW = """local stoker = require "stoker"
return stoker.workflow {
  name = "shop",
  service = stoker.service {
    build = [[%s]],
    start = "exec python3 fake_service.py {port} {push_url} head %s",
    ready = "/healthz", ready_timeout = "10s",
  },
  load = { script = "fake_load.lua", rate = "60/s" },
  profiles = { "cpu" }, %s
}
"""
SHORT = ["--load", "3s"]


def repository(case, build="echo building; touch {out}/built", faults="", more="", topic=True):
    case.write("stoker.lua", WORKFLOW % (build, faults, more))
    case.write(".gitignore", "out[0-9]\nerr[0-9]\n__pycache__\n")
    shell(case, "git init -q -b main && git add . && git commit -q -m one")
    if topic:
        shell(case, "git checkout -q -b topic && git commit -q --allow-empty -m more && "
                    "echo x > note && git add note && git commit -q -m note")


def line(result, name, state="ok"):
    """The text of the line of this name."""
    for one in result.out.splitlines():
        if one.startswith("%-5s %-9s " % (state, name)):
            return one
    raise AssertionError("no line '%s %s' in:\n%s\n%s" % (state, name, result.out, result.err))


def check_nothing_written(case):
    assert not os.path.exists(os.path.join(case.dir, ".stoker", "runs")), "a record was written"
    assert shell(case, "git status --porcelain") == "", shell(case, "git status --porcelain")
    assert shell(case, "git worktree list | wc -l") == "1", shell(case, "git worktree list")


def a_repository_is_looked_at_from_file_to_figures(case):
    repository(case)
    result = case.run("check", *SHORT)
    check_code(result, 0)
    short = shell(case, "git rev-parse --short=7 main"), shell(case, "git rev-parse --short=7 topic")
    assert "stoker.lua, fake_load.lua   1 scenario, 1 threshold" in line(result, "file"), result.out
    assert ("topic %s, base %s (merge base with main), 2 commits, working tree clean" % (short[1], short[0])
            ) in line(result, "git").replace("HEAD", "topic"), result.out
    assert re.search(r"head \d+\.\d s", line(result, "build")), result.out
    assert re.search(r"http://127\.0\.0\.1:\d+/healthz in \d+\.\d s", line(result, "ready")), result.out
    assert re.search(r"\d+ requests in [\d.]+ s, 0 failed, p95 .* ms · the service is at \d+ % of \d+ CPU",
                     line(result, "load")), result.out
    assert "pushed by fake: cpu · slices of 1s" in line(result, "profiles"), result.out
    assert "does not label requests" in line(result, "baggage", "warn"), result.out
    assert re.search(r"^plan  paired, 6 pairs × 2 builds × 4s \(3s counted\) \+ warm-up = about \d+ (s|min)$",
                     result.out, re.M), result.out
    assert re.search(r"^sees  about \+[\d.]+ % on a function of 5 %, \+[\d.]+ % on a function of 15 %, \+[\d.]+ % in total"
                     r"   \([\d ]+ CPU samples a side\)$", result.out, re.M), result.out
    assert "for more: " in result.out and "pairs = 12" in result.out, result.out
    check_nothing_written(case)
    again = case.run("check", *SHORT)  # what was built is kept
    assert "head kept" in line(again, "build"), again.out


def masked(text):
    """Commits, ports and figures differ from run to run, and a busier machine takes minutes."""
    text = re.sub(r"\b[0-9a-f]{7}\b", "COMMIT", text)
    text = re.sub(r"\d+(?:[ .]\d+)*", "N", text)
    return re.sub(r"= about N (s|min)", "= about N", text).replace(" kept", " N s")


def the_docs_show_what_it_prints(case):
    repository(case)
    with open(os.path.join(run_lib.HERE, "..", "..", "docs", "check.md"), encoding="utf-8") as file:
        wanted = file.read().split("<!-- check: begin")[1].split("```\n")[1]
    result = case.run("check")
    check_code(result, 0)
    assert masked(wanted) == masked("$ stoker check\n" + result.out), result.out


def the_document_has_the_same(case):
    repository(case)
    result = case.run("check", "--format", "json", *SHORT)
    check_code(result, 0)
    document = json.loads(result.out)
    assert document["document"] == "stoker.check" and document["schema"] == 1 and document["exit_code"] == 0
    assert [one["name"] for one in document["lines"]] == ["file", "git", "build", "ready", "load", "profiles", "baggage"]
    assert document["plan"]["mode"] == "paired" and document["plan"]["block_ns"] == 4 * 10**9, document["plan"]
    seen = document["seen"]
    assert seen["requests"] > 100 and seen["failed"] == 0 and seen["hz"] == 10000 and seen["slice_ns"] == 10**9, seen
    # 18.5 samples a request, some 60 requests a second
    assert 500 < seen["samples_per_s"] < 2000, seen
    assert seen["labelled"] is False and seen["functions"] == 7, seen
    assert [one["share"] for one in document["sees"]] == [0.05, 0.15, 1.0], document["sees"]
    assert document["samples"] > 1000, document["samples"]


@judged
def what_it_foresees_is_what_the_run_says(case):
    """The figures before the run and after it, from the same formula: within a factor of two."""
    repository(case)
    flags = ["--pairs", "4", "--warmup", "2s"]
    before = json.loads(case.run("check", "--format", "json", *SHORT, *flags).out)
    result = case.run("run", "stoker.lua", *flags)
    assert result.code in (0, 11), result.err
    after = {one["share"]: one["change"] for one in case.record()["comparisons"][0]["sensitivity"]}
    for one in before["sees"][:2]:
        assert 0.5 < one["change"] / after[one["share"]] < 2.0, (before["sees"], after)
    counted = case.record()["comparisons"][0]["samples_head"]
    assert 0.7 < before["samples"] / counted < 1.4, (before["samples"], counted)
    # the record that is there now also serves stoker diff: its slices, per request, with intervals
    document = json.loads(case.run("diff", "last:base", "last", "-f", "json").out)
    assert document["per"] == "request" and document["spread"], document
    total = case.record()["comparisons"][0]["total"]
    assert abs(document["base"]["total"] / total["base_cost"] - 1) < 0.02, (document["base"], total)


def on_the_default_branch_it_warns_and_goes_on(case):
    repository(case, topic=False)
    result = case.run("check", *SHORT)
    check_code(result, 0)
    assert "same commit" in line(result, "git", "warn") and "nothing to compare" in result.out, result.out
    assert "requests in" in line(result, "load"), result.out


def a_dirty_tree_is_said(case):
    repository(case)
    case.write("note", "changed\n")
    result = case.run("check", *SHORT)
    check_code(result, 0)
    assert "working tree with changes" in line(result, "git"), result.out
    assert "1 changed and 0 new files" in line(result, "git", "warn"), result.out


def a_build_that_fails_has_its_last_lines(case):
    repository(case, build="echo no such header; exit 3")
    result = case.run("check", *SHORT)
    check_code(result, 3)
    assert "exit status 3" in line(result, "build", "fail"), result.out
    assert "no such header" in result.out, result.out
    assert "ready" not in result.out and "\nplan  paired, 6 pairs" in result.out, result.out


def a_service_that_dies(case):
    repository(case, faults="die=0")
    result = case.run("check", *SHORT)
    check_code(result, 3)
    assert "exit status 7" in line(result, "ready", "fail"), result.out


def requests_that_all_fail(case):
    repository(case, faults="error=0")
    result = case.run("check", *SHORT)
    check_code(result, 3)
    assert "no request was answered well" in result.out and line(result, "load", "fail"), result.out


def profiles_that_never_come(case):
    repository(case, faults="silent=0")
    result = case.run("check", *SHORT, "--profiles-timeout", "4s")
    check_code(result, 3)
    assert "waiting for cpu of head" in line(result, "profiles", "fail"), result.out
    assert "{push_url}" in result.out, result.out
    assert "\nsees  cannot be told" in result.out, result.out


def an_unknown_key_is_4(case):
    repository(case, more='profile = { "cpu" }')
    result = case.run("check")
    check_code(result, 4)
    assert "profile" in line(result, "file", "fail") and "stoker.lua" in result.out, result.out
    document = json.loads(case.run("check", "--format", "json").out)
    assert document["exit_code"] == 4 and document["lines"][0]["state"] == "fail", document


def a_file_that_is_not_there(case):
    result = case.run("check")
    check_code(result, 3)
    assert "stoker.lua" in line(result, "file", "fail"), result.out


def a_token_is_looked_for(case):
    repository(case, more='post = { "comment" },')
    result = case.run("check", *SHORT, GITHUB_ACTIONS="true", GITHUB_REPOSITORY="a/b", GITHUB_TOKEN="", GH_TOKEN="",
                      STOKER_GITHUB_TOKEN="")
    check_code(result, 0)
    assert "no token for GitHub" in line(result, "post", "warn"), result.out


def a_load_script_and_two_sides_by_hand(case):
    start = "exec python3 fake_service.py {port} {push_url} "
    result = case.run("check", "fake_load.lua", "--base-cmd", start + "base", "--head-cmd", start + "head", "--rate",
                      "60/s", "--profile", "cpu", "--ready", "/healthz", *SHORT)
    check_code(result, 0)
    assert "base http://127.0.0.1:" in result.out and "head http://127.0.0.1:" in result.out, result.out
    assert "paired, 6 pairs" in result.out, result.out


def mode_idle_says_how_exact_costs_will_be(case):
    repository(case, build="true")
    result = case.run("check", "--mode", "idle", "--duration", "30s", *SHORT)
    check_code(result, 0)
    assert re.search(r"^plan  idle, 5s without load, 30s of load = about \d+ s", result.out, re.M), result.out
    assert re.search(r"^sees  costs to within ±[\d.]+ % on a function of 5 %", result.out, re.M), result.out


def a_block_that_is_too_short_is_said_before_the_run(case):
    repository(case)
    result = case.run("check", "--block", "1s", *SHORT)
    check_code(result, 4)
    assert "a block of 1s is too short" in line(result, "plan", "fail"), result.out
    assert "plan  not as it is, see above" in result.out and "sees  nothing" in result.out, result.out


def mode_baseline_adds_what_lies_between_two_runs(case):
    repository(case, build="true")
    result = case.run("check", "--mode", "baseline", "--duration", "5m", "--format", "json", *SHORT)
    check_code(result, 0)
    document = json.loads(result.out)
    assert document["plan"]["mode"] == "baseline" and document["plan"]["load_ns"] == 300 * 10**9, document["plan"]
    # 300 000 samples would show 1 % in total; the guess of 4 % between two runs does not
    assert 0.1 < document["sees"][2]["change"] < 0.3, document["sees"]


def mode_baseline_looks_for_what_was_kept(case):
    more = 'mode = "baseline", base = "main", baselines = stoker.baselines.dir { "kept" },'
    repository(case, build="true", more=more)
    shell(case, "echo kept >> .gitignore && git commit -q -a -m ignore")
    result = case.run("check", "--duration", "10s", *SHORT)
    check_code(result, 0)
    assert "no" in line(result, "baseline", "warn"), result.out
    shell(case, "git checkout -q main && echo kept >> .gitignore && git commit -q -a -m ignore2")
    check_code(case.run("run", "stoker.lua", "--duration", "6s"), 0)
    revision = shell(case, "git rev-parse main")
    shell(case, "git checkout -q -b other && git commit -q --allow-empty -m other")
    result = case.run("check", "--duration", "10s", *SHORT)
    check_code(result, 0)
    assert "%s (merge base with main) in kept, of 20" % revision[:12] in line(result, "baseline"), result.out


FAKE_K6 = os.path.join(run_lib.HERE, "fake_k6.py")
COMMAND = """import os, time, urllib.request
end, done = time.time() + float(os.environ["STOKER_SECONDS"]), 0
while time.time() < end:
    urllib.request.urlopen(os.environ["BASE_URL"] + "/work").read()
    done += 1
    time.sleep(0.01)
with open(os.environ["STOKER_RESULTS"], "w") as file:
    file.write('{"requests": %d}' % done)
"""


def with_program(case, load):
    repository(case, build="true", topic=False)
    case.write("stoker.lua", open(os.path.join(case.dir, "stoker.lua")).read().replace(
        'load = { script = "fake_load.lua", rate = "60/s" }', "load = { %s }" % load))
    shell(case, "git add -A && git commit -q -m load && git checkout -q -b topic && git commit -q --allow-empty -m x")


def k6_as_load_is_called_and_stopped(case):
    case.write("shop.js", "rate=60")
    with_program(case, 'k6 = "shop.js"')
    result = case.run("check", *SHORT, STOKER_K6=FAKE_K6)
    check_code(result, 0)
    assert "stoker.lua, shop.js   load by k6 v9.9.9" in line(result, "file"), result.out
    assert re.search(r"\d+ requests in [2-9]\.\d s, 0 failed, p95 ", line(result, "load")), result.out
    assert "cpu" in line(result, "profiles") and "plan  paired, 6 pairs" in result.out, result.out
    assert re.search(r"^sees  about \+[\d.]+ % on a function of 5 %", result.out, re.M), result.out
    check_nothing_written(case)
    json_seen = json.loads(case.run("check", *SHORT, "--format", "json", STOKER_K6=FAKE_K6).out)["seen"]
    assert 100 < json_seen["requests"] < 400 and 50 < json_seen["rate"] < 70, json_seen


def k6_that_fails_says_why(case):
    case.write("shop.js", "broken")
    with_program(case, 'k6 = "shop.js"')
    result = case.run("check", *SHORT, STOKER_K6=FAKE_K6)
    check_code(result, 4)
    assert "exception" in line(result, "load", "fail"), result.out
    result = case.run("check", *SHORT, STOKER_K6="/no/such/k6")
    check_code(result, 3)
    assert "/no/such/k6" in line(result, "load", "fail"), result.out
    os.remove(os.path.join(case.dir, "shop.js"))
    result = case.run("check", *SHORT, STOKER_K6=FAKE_K6)
    check_code(result, 3)
    assert "there is no k6 script" in line(result, "load", "fail"), result.out


def a_command_as_load_gets_its_seconds(case):
    case.write("load.py", COMMAND)
    with_program(case, 'command = "python3 load.py", results = "json", duration = "20s"')
    result = case.run("check", *SHORT)
    check_code(result, 0)
    assert line(result, "file").endswith("stoker.lua   load by a command"), result.out
    assert re.search(r"\d+ requests in [34]\.\d s, 0 failed", line(result, "load")), result.out
    assert "baggage" not in result.out, result.out  # a command sends no labels
    case.write("load.py", "raise SystemExit(5)")
    result = case.run("check", *SHORT)
    check_code(result, 3)
    assert "the load command ended with" in line(result, "load", "fail"), result.out


def ctrl_c_leaves_nothing(case):
    repository(case)
    process = case.start("check", "--load", "60s")
    case.until(process, "ok    ready")
    process.send_signal(signal.SIGINT)
    result = case.end(process)
    check_code(result, 130)
    assert "the check is not complete" in result.err, result.err
    check_nothing_written(case)


CASES = [a_repository_is_looked_at_from_file_to_figures, the_docs_show_what_it_prints, the_document_has_the_same,
         what_it_foresees_is_what_the_run_says, on_the_default_branch_it_warns_and_goes_on, a_dirty_tree_is_said,
         a_build_that_fails_has_its_last_lines, a_service_that_dies, requests_that_all_fail, profiles_that_never_come,
         an_unknown_key_is_4, a_file_that_is_not_there, a_token_is_looked_for, a_load_script_and_two_sides_by_hand,
         mode_idle_says_how_exact_costs_will_be,
         a_block_that_is_too_short_is_said_before_the_run, mode_baseline_adds_what_lies_between_two_runs,
         mode_baseline_looks_for_what_was_kept, k6_as_load_is_called_and_stopped, k6_that_fails_says_why,
         a_command_as_load_gets_its_seconds, ctrl_c_leaves_nothing]
run_lib.main("check", CASES, 2)
