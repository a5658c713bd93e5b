"""Cases of `stoker bot`: commands in comments, who may give them, and the answers."""
import datetime
import json
import os
import re
import shutil

from bot_lib import FIXTURES, HEAD, HERE, Bot, Forge, answers, archive, bodies, comment, finished, now, run_record, started
from run_lib import check_code, equal, has, judged, lacks


def answers_help(case):
    bot, forge = started(case)
    bot.queued(comment("/stoker help"))
    bot.until(lambda: answers(forge))
    has(answers(forge)[0], "`/stoker accept \"reason\" 30d`")
    equal(forge.reactions, [(4242, "eyes")])
    # asked for permission at the API, not by what the event says
    equal(len(forge.sent("GET", "/collaborators/dev/permission")), 1)
    bot.idle()
    equal(bot.metrics()['stoker_bot_commands_total{command="help"}'], 1)
    bot.stop()


def only_people_who_may_write(case):
    bot, forge = started(case)
    for number, login in enumerate(("reader", "stranger")):
        bot.queued(comment("/stoker run", login=login, id=number + 1, author_association="OWNER"))
    bot.idle()
    equal(forge.reactions, [(1, "confused"), (2, "confused")])
    equal((forge.dispatches, answers(forge)), ([], []))
    equal(bot.metrics()['stoker_bot_commands_total{command="refused"}'], 2)
    bot.stop()


def an_unknown_command_is_answered_shortly(case):
    bot, forge = started(case)
    bot.queued(comment("/stoker fly @octocat <b>`x`"))
    bot.queued(comment("\r\n/stoker accept 30d", id=2))
    bot.until(lambda: len(answers(forge)) == 2)
    unknown, wrong = sorted(answers(forge), key=lambda a: "reason" in a)
    equal(unknown, "I do not know `fly`. `/stoker help` shows what I do.\n")
    has(wrong, "a reason in quotes is wanted")
    bot.queued(comment("/stoker accept \"why\" 30 days", id=3))
    bot.until(lambda: len(answers(forge)) == 3)
    has(answers(forge)[2], "how long? `30d`: from `1d` to `1830d`")
    bot.stop()


def a_run_is_asked_for_and_answered(case):
    bot, forge = started(case)
    bot.queued(comment("/stoker run " + HEAD[:7]))
    bot.until(lambda: forge.dispatches)
    sent, = forge.dispatches
    equal(sent["ref"], "main")
    equal({k: v for k, v in sent["inputs"].items() if k != "request"}, {"pull_request": "12", "head_sha": HEAD})
    bot.idle()
    equal((answers(forge), forge.reactions), ([], [(4242, "eyes")]))
    # GitHub tells of the base's commit, and nothing of the pull request
    run = forge.runs[-1]
    forge.add_artifact(run["id"], archive({"run.json": run_record()}), head_sha="f" * 40)
    done = finished(run=run["id"], sha="f" * 40, event="workflow_dispatch", head_branch="main", display_title=run["display_title"])
    bot.queued(done)
    bot.until(lambda: answers(forge))
    answer, = answers(forge)
    has(answer, "`/stoker run` of `%s`, asked for by `dev`" % HEAD[:12])
    has(answer, "https://github.test/acme/shop/actions/runs/%d" % run["id"])
    equal(len(bodies(forge)), 2)
    bot.idle()
    equal(forge.reactions, [(4242, "eyes"), (4242, "rocket")])
    # it is the last record now
    bot.queued(comment("/stoker explain apply_rules", id=5))
    bot.until(lambda: len(answers(forge)) == 2)
    has(answers(forge).pop(), "**`pricing.apply_rules`**")
    forge.comments[12].pop()
    # somebody else's run by hand is nothing of ours
    bot.queued(finished(run=run["id"] + 1, event="workflow_dispatch", display_title="by hand"))
    # one that left nothing is told
    bot.queued(comment("/stoker run", id=2))
    bot.until(lambda: len(forge.dispatches) == 2)
    run = forge.runs[-1]
    bot.queued(finished(run=run["id"], sha="f" * 40, event="workflow_dispatch", display_title=run["display_title"], conclusion="cancelled"))
    bot.until(lambda: len(answers(forge)) == 2)
    has(answers(forge)[1], "The run ended with `cancelled` and left no record: there is no artifact")
    # the head has moved on; no such workflow
    bot.queued(comment("/stoker run 1234567", id=3))
    bot.until(lambda: len(answers(forge)) == 3)
    has(answers(forge)[2], "nothing was run")
    # the head moves on while it runs: posted, but it is not the last record
    bot.queued(comment("/stoker run", id=4))
    bot.until(lambda: len(forge.dispatches) == 3)
    run, old = forge.runs[-1], run_record(name="old")
    old["comparisons"][0]["rows"][0]["function"]["name"] = "old.fn"
    forge.add_artifact(run["id"], archive({"run.json": old}), head_sha="f" * 40)
    forge.pulls[12]["head"]["sha"] = "3" * 40
    bot.queued(finished(run=run["id"], sha="f" * 40, event="workflow_dispatch", display_title=run["display_title"]))
    bot.until(lambda: len(answers(forge)) == 4)
    bot.queued(comment("/stoker explain old.fn", id=6))
    bot.until(lambda: len(answers(forge)) == 5)
    has(answers(forge)[4], "No function of that name")
    bot.stop()


def says_why_a_run_cannot_be_started(case):
    bot, forge = started(case, "--workflow", "none.yml")
    bot.queued(comment("/stoker run"))
    bot.until(lambda: answers(forge))
    has(answers(forge)[0], "That did not work: ")
    has(answers(forge)[0], "none")
    bot.stop()


def explains_from_the_last_record(case):
    bot, forge = started(case)
    with open(os.path.join(FIXTURES, "page", "flame-cpu.json.gz"), "rb") as file:
        graph = file.read()
    with open(os.path.join(FIXTURES, "page", "run.json")) as file:
        run = json.load(file)
    run["head"]["revision"] = HEAD
    function = run["comparisons"][0]["rows"][0]["function"]["name"]
    forge.add_artifact(77, archive({"x/run.json": run, "x/flame-cpu.json.gz": graph}))
    # nothing is kept yet: it is looked for with GitHub
    bot.queued(comment("/stoker explain `%s`" % function))
    bot.until(lambda: answers(forge))
    first = answers(forge)[0]
    has(first, function)
    has(first, "| called by |")
    assert re.search(r"\*\*[+−]\d", first), first
    # and then from what was posted, also when the artifact is gone
    bot.queued(finished(pulls=[12]))
    bot.idle()
    forge.artifacts.clear()
    bot.queued(comment("/stoker explain %s" % function, id=2))
    bot.until(lambda: len(answers(forge)) == 2)
    equal(answers(forge)[1], first)
    # one that was not compared stands in the flame graph, and is found by the end of its name
    bot.queued(comment("/stoker explain list", id=4))
    bot.until(lambda: len(answers(forge)) == 3)
    has(answers(forge)[2], "**`products.list`**")
    has(answers(forge)[2], "| calls |")
    has(answers(forge)[2], "`%s`" % function)
    bot.queued(comment("/stoker explain no.such.function", id=3))
    bot.until(lambda: len(answers(forge)) == 4)
    has(answers(forge)[3], "No function of that name is in the last record")
    bot.stop()


def without_a_record_it_says_so(case):
    bot, forge = started(case)
    bot.queued(comment("/stoker explain x"))
    bot.queued(comment("/stoker accept \"why\"", id=2))
    bot.until(lambda: len(answers(forge)) == 2)
    for answer in answers(forge):
        has(answer, "There is no record of this pull request yet.")
    bot.stop()


def proposes_what_is_accepted(case):
    bot, forge = started(case)
    old = '{"schema": 1, "accepted": [{"function": "main.old", "reason": "r", "author": "a"}]}'
    forge.branches["main"][".stoker/accepted.json"] = old
    forge.add_artifact(77, archive({"run.json": run_record()}))
    bot.queued(comment("/stoker accept \u201cneeded for v2\u201d 30d"))
    bot.until(lambda: answers(forge))
    proposal, = forge.proposals
    has(answers(forge)[0], "#100 proposes to accept")
    equal((proposal["head"]["ref"], proposal["base"]["ref"]), ("stoker/accept-12-4242", "main"))
    equal(forge.branches["main"][".stoker/accepted.json"], old)
    entries = json.loads(forge.branches["stoker/accept-12-4242"][".stoker/accepted.json"])["accepted"]
    equal([e["function"] for e in entries if e["reason"] == "r"], ["main.old"])
    entries = [e for e in entries if e["reason"] != "r"]
    until = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=30)).strftime("%Y-%m-%d")
    wanted = {(row["function"]["name"], c["short_name"]) for c in run_record()["comparisons"] for row in c["rows"] if row["verdict"] == "regression"}
    assert wanted and wanted <= {(e["function"], e["profile"]) for e in entries}, entries
    for entry in entries:
        equal((entry["reason"], entry["author"], entry["until"], entry["workflow"]), ("needed for v2", "dev", until, "shop"))
        assert entry.get("limit") is None or entry["limit"] > 0
    # one function only
    name = sorted(wanted)[0][0]
    bot.queued(comment("/stoker accept \"only this\" 2d `%s`" % name, id=7))
    bot.until(lambda: len(forge.proposals) == 2)
    entries = json.loads(forge.branches["stoker/accept-12-7"][".stoker/accepted.json"])["accepted"]
    equal({e["function"] for e in entries}, {"main.old", name})
    bot.stop()


@judged
def what_is_accepted_holds_in_the_next_run(case):
    """From a run's regression over the comment and the merged proposal to the run after it."""
    result = case.fake("--pairs", "4")
    run = case.record()
    equal((result.code, run["verdict"]), (10, "regression"))
    bot, forge = started(case)
    run["head"]["revision"] = HEAD
    forge.add_artifact(77, archive({"run.json": run}))
    bot.queued(comment("/stoker accept \"new field\" 30d"))
    bot.until(lambda: answers(forge))
    bot.stop()
    os.makedirs(os.path.join(case.dir, ".stoker"), exist_ok=True)
    case.write(".stoker/accepted.json", forge.branches["stoker/accept-12-4242"][".stoker/accepted.json"])
    shutil.rmtree(os.path.join(case.dir, ".stoker", "runs"))
    result = case.fake("--pairs", "4")
    check_code(result, 0)
    has(result.out, "○ work.sort")
    latency = case.record()["verdict"] == "regression"  # other programs took the machine's time: that is not accepted
    has(result.out, "REGRESSION   p" if latency else "NO NEW REGRESSION (")
    until = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=30)).strftime("%Y-%m-%d")
    shown = case.run("report", "last", "--format", "comment").out
    has(shown, "### 🔴 p" if latency else "### ⚪ No new regression seen")
    has(shown, "accepted by `dev` until %s: new field" % until)


def a_second_command_waits_for_its_own_comment(case):
    bot, forge = started(case)
    bot.queued(comment("/Stoker explain x\n\n/stoker run\n"))
    bot.until(lambda: answers(forge))
    has(answers(forge)[0], "There is no record")
    has(answers(forge)[0], "Only the first command of a comment is carried out")
    bot.idle()
    equal(forge.dispatches, [])
    bot.stop()


def a_broken_file_is_not_overwritten(case):
    bot, forge = started(case)
    forge.branches["main"][".stoker/accepted.json"] = "{broken"
    forge.add_artifact(77, archive({"run.json": run_record()}))
    bot.queued(comment("/stoker accept \"why\" 30d"))
    bot.until(lambda: answers(forge))
    has(answers(forge)[0], "accepted.json")
    equal(forge.proposals, [])
    bot.stop()


def a_try_that_broke_off_is_finished_once(case):
    """Each step of a proposal fails once after it was carried out."""
    bot, forge = started(case)
    forge.add_artifact(77, archive({"run.json": run_record()}))
    for method, path in (("POST", "/git/refs"), ("PUT", "/contents/"), ("POST", "/pulls$"), ("POST", "/issues/12/comments")):
        forge.fault(method, path, status=502, apply=True)
    bot.queued(comment("/stoker accept \"why\" 30d"))
    bot.until(lambda: bot.metrics()['stoker_bot_handled_total{result="done"}'] == 1)
    equal((len(forge.proposals), len(answers(forge))), (1, 1))
    forge.fault("POST", "/dispatches", status=502, apply=True)
    bot.queued(comment("/stoker run", id=9))
    bot.until(lambda: bot.metrics()['stoker_bot_handled_total{result="done"}'] == 2)
    equal(len(forge.dispatches), 1)
    bot.stop()


def the_docs_and_the_template_say_what_is_done(case):
    root = os.path.join(HERE, "..", "..")
    with open(os.path.join(root, "docs", "bot.md")) as file:
        docs = file.read()
    # the command of the docs starts, and takes what the table of commands shows
    forge = Forge()
    case.started_forge = forge
    line = re.search(r"^STOKER_BOT_SECRET=\S+ GITHUB_TOKEN=\S+ stoker (bot .*)$", docs, re.M).group(1)
    bot = Bot(case, forge, *line.split()[1:])
    table = re.findall(r"^\| `(/stoker [^`]*)` \|", docs, re.M)
    assert len(table) == 6, table
    forge.add_artifact(77, archive({"run.json": run_record()}))
    for number, text in enumerate(table):
        bot.queued(comment(text.replace("2d91e07", HEAD[:7]).replace("cart.(*Store).Get", "pricing.apply_rules"), id=number + 1))
    bot.until(lambda: bot.metrics()['stoker_bot_handled_total{result="done"}'] == 6)
    equal((len(forge.dispatches), len(forge.proposals), len(answers(forge))), (2, 2, 4))
    for answer in answers(forge):
        lacks(answer, "did not work")
        lacks(answer, "wanted")
    # metrics: the same words there and here
    there = {}
    for name in bot.metrics():
        metric, _, value = name.partition("{")
        there.setdefault(metric, set()).update(re.findall(r'"(\w+)"', value))
    for metric, words in re.findall(r"^\| `(stoker_bot_\w+_total)\{\w+\}` \| .*?`([a-z ]+)` \|$", docs, re.M):
        equal(set(words.split()), there.pop(metric))
    equal(set(there), {"stoker_bot_queue_waiting", "stoker_bot_queue_running", "stoker_bot_queue_dead", "stoker_bot_queue_oldest_seconds"})
    bot.stop()
    # the workflow takes what is sent, and is found by its name
    with open(os.path.join(root, "ci-templates", "github", "run.yml")) as file:
        workflow = file.read()
    inputs = re.search(r"inputs:\n((?: {6}\w+: .*\n)+)", workflow).group(1)
    equal(set(re.findall(r"^ {6}(\w+):", inputs, re.M)), set(forge.dispatches[0]["inputs"]))
    has(re.search(r"^run-name: (.*)$", workflow, re.M).group(1), "${{ inputs.request }}")


CASES = [answers_help, only_people_who_may_write, an_unknown_command_is_answered_shortly, a_run_is_asked_for_and_answered,
         says_why_a_run_cannot_be_started, explains_from_the_last_record, without_a_record_it_says_so, proposes_what_is_accepted,
         what_is_accepted_holds_in_the_next_run, a_second_command_waits_for_its_own_comment, a_broken_file_is_not_overwritten,
         a_try_that_broke_off_is_finished_once, the_docs_and_the_template_say_what_is_done]
