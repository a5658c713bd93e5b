"""`stoker run` with both sides built from git. usage: run_git.py [CASE ...]

Each case's folder is a repository: main, and a branch `topic` that makes work.sort half as dear again.
"""
import json
import os
import re
import shutil
import signal
import subprocess

import run_lib
from run_lib import check_code, check_message, judged, shell

SHORT = ["--pairs", "1", "--block", "2s", "--warmup", "2s"]
EXAMPLES = os.path.join(run_lib.HERE, "..", "..", "docs", "examples")
run_lib.set_git()

WORKFLOW = """local stoker = require "stoker"
return stoker.workflow {
  name = "shop",
  service = stoker.service {
    build = [[%s]],
    start = [[%s]],
    ready = "/healthz", ready_timeout = "20s", %s
  },
  load = { script = "fake_load.lua", rate = "60/s", warmup = "2s", block = "2s", pairs = 4 },
  profiles = { "cpu" }, gate = { cpu = "+3%%" },
}
"""
BUILD = "echo building {side}; cp cost.txt {out}/cost"
START = "exec python3 fake_service.py {port} {push_url} $(cat {out}/cost)"


def repository(case, build=BUILD, start=START, more=""):
    case.write("stoker.lua", WORKFLOW % (build, start, more))
    case.write("cost.txt", "base\n")
    case.write(".gitignore", "out[0-9]\nerr[0-9]\n__pycache__\n")
    shell(case, "git init -q -b main && git add . && git commit -q -m one && git checkout -q -b topic &&"
                "echo head > cost.txt && git commit -q -a -m dearer && git commit -q --allow-empty -m more")


def state(case):
    """All that a run must leave as it was."""
    return shell(case, "git status --porcelain; git branch -v; git worktree list; git stash list; "
                       "git symbolic-ref HEAD; sha1sum < .git/index; ls .git")


def work(case):
    path = os.path.join(case.dir, ".stoker", "work")
    return sorted(name for name in os.listdir(path) if not name.startswith("."))


def log(case, name):
    with open(os.path.join(case.folder(), name)) as file:
        return file.read()


@judged
def both_commits_are_built_and_the_user_sees_nothing_of_it(case):
    repository(case)
    before = state(case)
    result = case.run("run", "stoker.lua")
    check_code(result, 10)
    assert "work.sort" in result.out and "work.name → work.label" in result.out, result.out
    assert state(case) == before, state(case)
    run = case.record()
    assert run["base"]["revision"] == shell(case, "git rev-parse main"), run["base"]
    assert run["head"]["revision"] == shell(case, "git rev-parse topic"), run["head"]
    assert run["base"]["why"] == "merge base with main" and run["head"]["ref"] == "topic", run["base"]
    assert run["repository"]["default_branch"] == "main" and run["repository"]["commits"] == 2
    assert not run["head"]["dirty"]
    short = run["base"]["revision"][:7], run["head"]["revision"][:7]
    assert "base %s (merge base with main) ↔ head %s (HEAD) · 2 commits" % short in result.err, result.err
    assert re.search(r"build: base \d+\.\d s   head \d+\.\d s", result.err), result.err
    assert "%s → %s" % short in result.out, result.out
    assert log(case, "base-build.log") == "building base\n" and log(case, "head-build.log") == "building head\n"
    assert "listening on" in log(case, "base.log") and "listening on" in log(case, "head.log")
    blocks = [window for window in run["windows"] if window["kind"] == "block"]
    assert all(block["cpu_ns"] > 0 and block["rss_bytes"] > 1 << 20 and block["restarts"] == 0 for block in blocks), blocks
    assert os.listdir(os.path.join(case.dir, ".stoker", "work", work(case)[0])).count("tree") == 0, "work trees are left"
    # once more: nothing is built
    shutil.rmtree(os.path.join(case.dir, ".stoker", "runs"))
    result = case.run("run", "stoker.lua", *SHORT)
    check_code(result, 0)
    assert "build: base kept   head kept" in result.err, result.err
    assert not os.path.exists(os.path.join(case.folder(), "base-build.log"))
    assert state(case) == before
    # unless it is wanted
    shutil.rmtree(os.path.join(case.dir, ".stoker", "runs"))
    result = case.run("run", "stoker.lua", "--rebuild", "--base", "topic~2", *SHORT)
    check_code(result, 0)
    assert "kept" not in result.err and case.record()["base"]["why"] == "--base topic~2", result.err


def a_build_in_the_work_tree_is_kept_too(case):
    repository(case, "cp cost.txt built; git describe --always > {dir}/version",
               "exec python3 fake_service.py {port} {push_url} $(cat {dir}/built)")
    before = state(case)
    for told in ("build: base 0.", "build: base kept   head kept"):
        result = case.run("run", "stoker.lua", *SHORT)
        check_code(result, 0)
        assert told in result.err, result.err
        assert state(case) == before, state(case)
        for name in work(case):
            tree = os.path.join(case.dir, ".stoker", "work", name, "tree")
            if os.path.isdir(tree):
                assert open(tree + "/version").read().strip() in name, name
        shutil.rmtree(os.path.join(case.dir, ".stoker", "runs"))


def changes_of_the_working_tree_are_head(case):
    repository(case)
    shell(case, "git checkout -q main && echo head > cost.txt && echo new > new.txt")
    before = state(case)
    result = case.run("run", "stoker.lua", *SHORT)
    check_code(result, 0)
    assert "head is the working tree with its changes: 1 changed and 1 new files" in result.err, result.err
    assert state(case) == before, state(case)
    run = case.record()
    assert run["head"]["dirty"] and run["head"]["revision"] == run["base"]["revision"] == shell(case, "git rev-parse main")
    assert "%s + changes" % run["base"]["revision"][:7] in result.out, result.out
    assert log(case, "head-build.log") == "building head\n"


def ci_builds_the_head_of_the_pull_request(case):
    repository(case)
    shell(case, "git checkout -q main && echo m > m && git add m && git commit -q -m main-goes-on &&"
                "git checkout -q --detach && git merge -q -m test-merge topic && echo generated > generated")
    case.write("event.json", json.dumps({"pull_request": {
        "number": 3, "base": {"sha": shell(case, "git rev-parse main"), "ref": "main"},
        "head": {"sha": shell(case, "git rev-parse topic"), "ref": "topic"}}}))
    result = case.run("run", "stoker.lua", *SHORT, CI="true", GITHUB_EVENT_PATH=case.dir + "/event.json")
    check_code(result, 0)
    run = case.record()
    assert run["head"]["revision"] == shell(case, "git rev-parse topic") and not run["head"]["dirty"], run["head"]
    assert run["head"]["why"] == "head of request #3", run["head"]
    assert run["base"]["revision"] == shell(case, "git merge-base main topic"), run["base"]


def interrupted_in_the_build(case):
    repository(case, "echo slow; sleep 600 # " + case.dir)
    before = state(case)
    process = case.start("run", "stoker.lua")
    case.until(process, "build: base")
    case.until_there(process, lambda: any("sleep 600" in line for _, line in case.processes()))
    process.send_signal(signal.SIGINT)
    result = case.end(process, timeout=30)
    check_code(result, 130)
    check_message(result, "service 'base': the build was interrupted")
    case.check_nothing_left()
    assert state(case) == before and work(case) == [], work(case)


def killed_in_the_build(case):
    repository(case, "echo slow; if test -e %s/slow; then sleep 600; fi; cp cost.txt {out}/cost" % case.dir)
    before = state(case)
    case.write("slow", "")
    shell(case, "echo slow >> .git/info/exclude")
    process = case.start("run", "stoker.lua")
    case.until_there(process, lambda: any("sleep 600" in line for _, line in case.processes()))
    process.kill()
    process.wait()
    case.check_nothing_left(grace=5)
    os.remove(case.dir + "/slow")
    shutil.rmtree(os.path.join(case.dir, ".stoker", "runs"))
    result = case.run("run", "stoker.lua", *SHORT)
    check_code(result, 0)
    assert state(case) == before, state(case)


def a_build_that_fails(case):
    repository(case, "echo compiling; echo 'main.go:3: undefined: x' >&2; exit 2")
    before = state(case)
    result = case.run("run", "stoker.lua")
    check_code(result, 3)
    check_message(result, "service 'base' could not be built: exit status 2", "main.go:3: undefined: x")
    assert state(case) == before and work(case) == [], work(case)
    assert "undefined: x" in log(case, "base-build.log")


def commits_that_cannot_be(case):
    repository(case)
    shell(case, "git checkout -q main && git clone -q --depth 1 --no-single-branch -b topic file://$PWD ../shallow-%s && mv ../shallow-%s shallow && echo shallow >> .git/info/exclude && git checkout -q topic" % ((os.path.basename(case.dir),) * 2))
    for args, code, texts in [
            (["--base", "HEAD"], 2, ["base and head are the same commit", "nothing to compare"]),
            (["--base", "no-such"], 3, ["--base: no commit 'no-such'"]),
            (["--base-cmd", "x", "--head-cmd", "y", "--base", "main"], 2, ["built from git"]),
            (["--mode", "idle", "--base", "main"], 2, ["--mode idle"])]:
        result = case.run("run", "stoker.lua", *args)
        check_code(result, code)
        check_message(result, *texts)
    result = case.run("run", "shallow/stoker.lua")
    check_code(result, 3)
    check_message(result, "fetch-depth: 0")
    shutil.rmtree(os.path.join(case.dir, "shallow"))
    shutil.rmtree(os.path.join(case.dir, ".git"))
    with open(os.path.join(case.dir, ".git"), "w") as file:  # or the repository of stoker itself would be found
        file.write("gitdir: /nowhere\n")
    result = case.run("run", "stoker.lua")
    check_code(result, 3)
    check_message(result, "git")


def a_folder_may_be_called_anything(case):
    """Blanks, quotes and what a shell would run in the repository's path; {out} and {dir} bare and in quotes."""
    repository(case, "cp cost.txt {out}/cost; cp cost.txt \"{dir}/in_dir\"",
               "cat '{out}/cost'; exec python3 fake_service.py {port} {push_url} $(cat {out}/cost)")
    odd = "it's a \"shop\" $(touch gone) ü"
    os.mkdir(os.path.join(case.dir, odd))
    shell(case, "git checkout -q main && git clone -q . \"$ODD\" && cd \"$ODD\" && git checkout -q topic", ODD=odd)
    case.dir = os.path.join(case.dir, odd)
    before = state(case)
    check_code(case.run("run", "stoker.lua", *SHORT), 0)
    assert log(case, "base.log").startswith("base\n") and log(case, "head.log").startswith("head\n"), log(case, "head.log")
    assert not os.path.exists("gone") and state(case) == before, state(case)


def a_work_tree_of_the_users_own(case):
    """What they have in front of them is itself a `git worktree`: head is its branch, and the other tree stays as it is."""
    repository(case)
    shell(case, "git checkout -q main && git worktree add -q mine topic && echo mine >> .git/info/exclude")
    before = state(case)
    check_code(case.run("run", "mine/stoker.lua", *SHORT), 0)
    assert state(case) == before, state(case)
    run = case.record()
    assert run["head"]["revision"] == shell(case, "git rev-parse topic") and run["head"]["ref"] == "topic", run["head"]
    assert run["base"]["revision"] == shell(case, "git rev-parse main"), run["base"]
    assert os.path.isdir(os.path.join(case.dir, "mine", ".stoker", "work")), "its own work trees lie in it"


def a_filtered_clone_fetches_what_it_lacks(case):
    repository(case)
    shell(case, "git checkout -q main && git config uploadpack.allowFilter true && git config uploadpack.allowAnySHA1InWant true && mkdir ../filtered-$NAME &&"
                "git clone -q --filter=blob:none --no-checkout file://$PWD ../filtered-$NAME/x && mv ../filtered-$NAME/x filtered &&"
                "rmdir ../filtered-$NAME && echo filtered >> .git/info/exclude && cd filtered && git checkout -q topic",
          NAME=os.path.basename(case.dir))
    assert "?" in shell(case, "cd filtered && git rev-list --objects --missing=print main"), "nothing is missing"
    check_code(case.run("run", "filtered/stoker.lua", *SHORT), 0)
    run = case.record()
    assert run["base"]["revision"] == shell(case, "git rev-parse main"), run["base"]
    assert log(case, "base-build.log") == "building base\n"


def submodules_are_the_builds_to_ask_for(case):
    repository(case)
    shell(case, "git init -q -b main lib && cd lib && echo base > cost && git add . && git commit -q -m lib && cd .. &&"
                "git checkout -q main && git -c protocol.file.allow=always submodule --quiet add file://$PWD/lib parts && git commit -q -m parts &&"
                "git checkout -q -b wants")
    workflow = open(os.path.join(case.dir, "stoker.lua")).read()
    case.write("stoker.lua", workflow.replace("echo building {side};", "git -c protocol.file.allow=always submodule --quiet update --init;"
                                              " cat parts/cost;"))
    shell(case, "git commit -q -a -m wants && echo lib >> .git/info/exclude")
    before = state(case)
    result = case.run("run", "stoker.lua", *SHORT)
    check_code(result, 0)
    assert "submodules are not checked out" in result.err, result.err
    assert log(case, "base-build.log") == "base\n" and log(case, "head-build.log") == "base\n"
    assert state(case) == before, state(case)


def one_head_of_two_does_not_build(case):
    """Base builds, head does not: the message names head and has the last lines, and base's build is kept."""
    repository(case, "if grep -q head cost.txt; then for i in $(seq 40); do echo line $i; done; echo 'work.go:9: no such thing' >&2; exit 2; fi;"
                     "cp cost.txt {out}/cost")
    result = case.run("run", "stoker.lua", *SHORT)
    check_code(result, 3)
    check_message(result, "service 'head' could not be built: exit status 2", "work.go:9: no such thing", "line 40")
    assert "line 1\n" not in result.err, "all of it"
    assert len(work(case)) == 2, work(case)  # the folder and its lock
    result = case.run("run", "stoker.lua", "--head", "main", "--base", "main", *SHORT)
    assert "base kept" in result.err, result.err


PROCESSES = """
    env = { NAME = "of the service" },
    processes = {
      { name = "store", start = "exec python3 -m http.server --bind 127.0.0.1 {port2}", ready = "tcp:{port2}" },
      { name = "cron", start = { "sh", "-c", "echo $NAME $MINE {port2}; exec sleep 600" }, env = { MINE = "and mine" } },
      { name = "away", start = "setsid -f sleep 0; echo started > {out}/away", stop = "rm {out}/away; echo stopped" },
    },"""


def several_processes(case):
    repository(case, BUILD, START.replace("exec", "curl -sf http://127.0.0.1:{port2}/cost.txt && exec"), PROCESSES)
    result = case.run("run", "stoker.lua", *SHORT)
    check_code(result, 0)
    run = case.record()
    assert "GET /cost.txt" in log(case, "base-store.log") and "GET /cost.txt" in log(case, "head-store.log")
    assert re.match(r"of the service and mine \d+\n", log(case, "head-cron.log")), log(case, "head-cron.log")
    assert log(case, "head-away.log") == "stopped\n" and log(case, "base.log").startswith("base\n")
    assert not any(os.path.exists(os.path.join(case.dir, ".stoker/work", name, "out/away")) for name in work(case))
    assert all(window["cpu_ns"] == -1 or window["cpu_ns"] > 0 for window in run["windows"])


def the_example(case):
    for name in ("service.lua", "visits.lua"):
        shutil.copy(os.path.join(EXAMPLES, name), case.dir)
    case.write("Makefile", "all:\n\t@cp shop.sh $(OUT)/shop && chmod +x $(OUT)/shop\n")
    line = "#!/bin/sh\nexec %s demo-shop \"$@\" --slice 2 --version %s --plant %s\n"
    case.write("shop.sh", line % (run_lib.STOKER, "1.0", "none"))
    shell(case, "git init -q -b main && git add service.lua visits.lua Makefile shop.sh && git commit -q -m one && git checkout -q -b topic")
    case.write("shop.sh", line % (run_lib.STOKER, "1.1", "fixed"))
    shell(case, "git commit -q -a -m two")
    result = case.run("run", "service.lua", "--pairs", "1", "--block", "6s", "--warmup", "2s")
    assert result.code in (0, 10), result.err  # one pair tells nothing; a planted function may
    assert case.record()["base"]["why"] == "merge base with main"


run_lib.main("test_run_git", [
    both_commits_are_built_and_the_user_sees_nothing_of_it, a_build_in_the_work_tree_is_kept_too, several_processes,
    changes_of_the_working_tree_are_head, ci_builds_the_head_of_the_pull_request, the_example, killed_in_the_build,
    interrupted_in_the_build, a_build_that_fails, commits_that_cannot_be, a_folder_may_be_called_anything,
    a_work_tree_of_the_users_own, a_filtered_clone_fetches_what_it_lacks, submodules_are_the_builds_to_ask_for,
    one_head_of_two_does_not_build,
], at_once=4)
