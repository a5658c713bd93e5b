"""Mode baseline: git notes and a folder, verdicts while nothing is calibrated, accepted regressions.

usage: baseline_cases.py [CASE ...]
"""
import json
import os
import re
import shutil
import subprocess

import run_lib
from run_lib import check_code, judged

WORKFLOW = """local stoker = require "stoker"
return stoker.workflow {
  name = "kept", mode = "baseline", base = "main",
  service = stoker.service {
    start = "exec python3 %s/fake_service.py {port} {push_url} " .. stoker.env("AS", "base"), ready = "/healthz" },
  load = { script = "fake_load.lua", rate = "60/s", duration = "12s" },
  profiles = { "cpu" },
  gate = { cpu = "+3%%" },
  baselines = %s,
}
"""


def git(case, *args):
    return subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@localhost", *args], cwd=case.dir, check=True,
                          capture_output=True, text=True).stdout.strip()


def repository(case, store="stoker.baselines.git_notes {}"):
    case.write("kept.lua", WORKFLOW % (case.dir, store))
    case.write(".gitignore", ".stoker/\nout*\nerr*\n__pycache__/\nbaselines/\n*.git/\n")
    git(case, "init", "-q", "-b", "main")
    git(case, "add", "-A")
    git(case, "commit", "-qm", "base")


def measure(case, side, *args):
    """One run, alone in its folder of records."""
    shutil.rmtree(os.path.join(case.dir, ".stoker", "runs"), ignore_errors=True)
    return case.run("run", "kept.lua", "-e", "AS=" + side, *args)


@judged
def kept_on_main_and_compared_on_a_branch(case):
    repository(case)
    result = measure(case, "base", "--strict")
    check_code(result, 11)
    assert "CANNOT TELL: no baseline of 'kept' within 1 commits of the merge base with main" in result.out, result.out
    commit = git(case, "rev-parse", "HEAD")
    assert "kept as the baseline of " + commit in result.out, result.out
    listed = case.run("baseline")
    assert commit[:12] in listed.out and "kept" in listed.out, listed.out
    shown = case.run("baseline", "show", commit[:7])
    assert "cpu        " in shown.out and commit in shown.out, shown.out
    size = len(git(case, "notes", "--ref=stoker", "show", commit))
    assert size < 100 * 1024, size
    git(case, "checkout", "-qb", "change")
    git(case, "commit", "-q", "--allow-empty", "-m", "head")
    result = measure(case, "head")
    check_code(result, 0)  # never a failing check without calibration
    record = case.record()
    assert record["mode"] == "baseline" and record["verdict"] == "inconclusive", record["verdict"]
    assert "CANNOT TELL:" in record["headline"] and "not calibrated" in record["headline"], record["headline"]
    assert record["baseline"]["revision"] == commit and record["baseline"]["why"] == "merge base with main"
    rows = {row["function"]["name"]: row for row in record["comparisons"][0]["rows"]}
    assert rows["work.sort"]["reason"] == "suspect: not calibrated", rows["work.sort"]
    assert 0.3 < rows["work.sort"]["change"] < 0.8, rows["work.sort"]
    assert rows["work.label"]["partner"]["name"] == "work.name", rows["work.label"]
    gates = {gate["name"]: gate for gate in record["gates"]}
    assert not any(gate["crossed"] for gate in gates.values()), gates
    assert "would have failed: not calibrated" in gates["functions"]["text"], gates


@judged
def a_folder_keeps_the_newest_and_an_unchanged_build_is_no_alarm(case):
    repository(case, 'stoker.baselines.dir { "baselines" }')
    check_code(measure(case, "base"), 0)
    git(case, "commit", "-q", "--allow-empty", "-m", "one more on main")
    git(case, "checkout", "-qb", "change")
    result = measure(case, "base")
    check_code(result, 0)
    record = case.record()
    assert record["baseline"]["why"] == "1 commit before the merge base with main", record["baseline"]
    assert not any(row["verdict"] == "regression" for row in record["comparisons"][0]["rows"])
    check_code(measure(case, "base"), 0)
    listed = case.run("baseline", "--dir", "baselines")
    assert len(listed.out.splitlines()) == 2, listed.out
    assert "removed 2" in case.run("baseline", "prune", "--dir", "baselines", "--older", "0s").out
    assert not case.run("baseline", "--dir", "baselines").out


def changes_that_are_not_committed_are_not_kept(case):
    repository(case)
    case.write("fake_load.lua", open(os.path.join(case.dir, "fake_load.lua")).read() + "\n")
    result = measure(case, "base")
    check_code(result, 0)
    assert "not kept as a baseline: there are changes that are not committed" in result.out, result.out
    assert not case.run("baseline").out


def examples_of_the_page_hold(case):
    page = open(os.path.join(run_lib.HERE, "..", "..", "docs", "baselines.md")).read()
    repository(case, 'stoker.baselines.dir { "baselines" }')
    case.write("staging.lua", re.search(r"```lua\n(.*?)```", page, re.S).group(1))
    case.write("shop.lua", open(os.path.join(case.dir, "fake_load.lua")).read())
    result = case.run("run", "staging.lua", "--duration", "2s", "--warmup", "0s", "-e", "TARGET=http://127.0.0.1:1",
                      "-e", "PYROSCOPE_URL=http://127.0.0.1:1", timeout=60)
    assert result.code == 3, (result.code, result.out)  # all of it is understood: only nobody is there
    os.makedirs(os.path.join(case.dir, ".stoker"), exist_ok=True)
    accepted = re.search(r"```json\n(.*?)```", page, re.S).group(1).replace("json.Marshal", "work.sort")
    case.write(".stoker/accepted.json", accepted.replace('"shop"', '"fake"'))
    git(case, "add", "-f", ".stoker/accepted.json")
    git(case, "commit", "-qm", "accept")
    shutil.rmtree(os.path.join(case.dir, ".stoker", "runs"))
    result = case.fake()  # the paired run, whose regression is work.sort
    row = [row for row in case.record()["comparisons"][0]["rows"] if row["function"]["name"] == "work.sort"][0]
    if row["change"] <= 0.5:
        assert row["accepted"]["reason"] == "new field", row
        functions = [gate for gate in case.record()["gates"] if gate["name"] == "functions"][0]
        assert "work.sort" not in functions["text"], functions
    else:
        assert "accepted up to +50 %" in result.out, result.out
    for words in (["baseline"], ["baseline", "show"], ["baseline", "prune", "--older", "90d"]):
        assert " ".join(["stoker", *words]) in page
        assert case.run(*words).code in (0, 3)


def a_saved_run_is_kept_and_found(case):
    repository(case, "nil")  # the workflow keeps nothing itself
    result = measure(case, "base", "--mode", "idle", "--idle", "3s", "--duration", "6s")
    check_code(result, 0)
    result = case.run("baseline", "save", "--dir", "baselines")
    check_code(result, 3)
    assert "does not say which commit" in result.err and "--rev COMMIT" in result.err, result.err
    commit = git(case, "rev-parse", "HEAD")
    result = case.run("baseline", "save", "last", "--dir", "baselines", "--rev", commit)
    check_code(result, 0)
    assert commit in result.out and "baselines" in result.out, result.out
    shown = case.run("baseline", "show", "--dir", "baselines")
    assert "cpu        " in shown.out and commit in shown.out, shown.out
    found = case.run("baseline", "find", "--dir", "baselines", "--workflow", "kept", "--base", "main")
    check_code(found, 0)
    assert found.out.startswith(commit), found.out
    check_code(case.run("baseline", "find", "--dir", "baselines"), 2)


@judged
def an_accepted_regression_crosses_no_gate(case):
    repository(case, "nil")
    result = case.fake("--pairs", "4")
    run = case.record()["id"]
    rows = [row for row in case.record()["comparisons"][0]["rows"] if row["function"]["name"] == "work.sort"]
    assert rows[0]["verdict"] == "regression", rows
    check_code(case.run("baseline", "accept", "work.sort"), 2)  # no reason
    result = case.run("baseline", "accept", "work.srt", "--reason", "r", "--author", "ada")
    check_code(result, 3)
    assert "did you mean 'work.sort'?" in result.err, result.err
    result = case.run("baseline", "accept", "work.sort", run, "--reason", "new field", "--for", "30d", "--author", "ada")
    check_code(result, 0)
    assert ".stoker/accepted.json" in result.out, result.out
    entries = json.load(open(os.path.join(case.dir, ".stoker", "accepted.json")))["accepted"]
    assert len(entries) == 1 and entries[0]["function"] == "work.sort" and entries[0]["author"] == "ada", entries
    assert entries[0]["profile"] == "cpu" and entries[0]["limit"] >= rows[0]["change"] and len(entries[0]["until"]) == 10, entries
    check_code(case.run("baseline", "accept", "work.sort", "--reason", "new field", "--limit", "+300%", "--author", "ada"), 0)
    shutil.rmtree(os.path.join(case.dir, ".stoker", "runs"))
    case.fake("--pairs", "4")
    rows = [row for row in case.record()["comparisons"][0]["rows"] if row["function"]["name"] == "work.sort"]
    if rows[0]["verdict"] == "regression":  # a busy machine may hide it the second time
        assert rows[0]["accepted"]["reason"] == "new field", rows


@judged
def idle_is_compared_with_what_was_kept(case):
    repository(case, 'stoker.baselines.dir { "baselines" }')
    check_code(measure(case, "base"), 0)
    git(case, "checkout", "-qb", "change")
    git(case, "commit", "-q", "--allow-empty", "-m", "head")
    result = measure(case, "head", "--mode", "idle", "--idle", "3s")
    check_code(result, 0)
    record = case.record()
    assert record["headline"] == "HOTSPOTS" and record["verdict"] == "none", record["headline"]
    assert record["hotspots"][0]["rows"], record["hotspots"]
    rows = {row["function"]["name"]: row for row in record["comparisons"][0]["rows"]}
    assert 0.3 < rows["work.sort"]["change"] < 0.8 and rows["work.sort"]["verdict"] == "inconclusive", rows["work.sort"]


def wrong_words_are_2(case):
    result = case.run("baseline", "lst")
    check_code(result, 2)
    assert "list, show, find, save, fetch, push, prune, accept" in result.err and "did you mean 'list'" in result.err
    check_code(case.run("baseline", "show"), 3)


if __name__ == "__main__":
    run_lib.main("baseline", [kept_on_main_and_compared_on_a_branch,
                              a_folder_keeps_the_newest_and_an_unchanged_build_is_no_alarm,
                              changes_that_are_not_committed_are_not_kept,
                              a_saved_run_is_kept_and_found, an_accepted_regression_crosses_no_gate,
                              idle_is_compared_with_what_was_kept, examples_of_the_page_hold, wrong_words_are_2], 1)
