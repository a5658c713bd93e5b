"""Cases of `stoker bot`: webhooks as GitHub sends them, against a forge that keeps what is posted (fake_github.py).

The events are examples of the published package @octokit/webhooks-examples (webhooks/), made to speak of our
repository. No case sleeps for a fixed time: they wait until something is there.
"""
import datetime
import hashlib
import hmac
import http.client
import io
import json
import os
import re
import signal
import sqlite3
import sys
import threading
import time
import uuid
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "cli"), os.path.join(HERE, "..", "hostile")]
sys.dont_write_bytecode = True

import check as hostile  # noqa: E402
import records  # noqa: E402
from fake_github import HEAD, TOKEN, Forge  # noqa: E402
from run_lib import main  # noqa: E402

SECRET = "It's a Secret to Everybody"
FIXTURES = os.path.join(HERE, "..", "fixtures", "runs")
MARK = "<!-- stoker:answer v1 delivery="


def example(name):
    with open(os.path.join(HERE, "webhooks", name + ".json")) as file:
        return json.load(file)


def now(days=0):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def comment(text, login="dev", number=12, id=4242, **more):
    """A comment on a pull request: the example is of an issue."""
    event = example("issue_comment.created")
    event["repository"]["full_name"] = "acme/shop"
    event["issue"].update(number=number, pull_request={"url": "https://api.github.test/repos/acme/shop/pulls/%d" % number})
    event["comment"].update(body=text, id=id, created_at=now())
    event["comment"]["user"].update(login=login)
    event["comment"].update(more)
    return event


def finished(run=77, sha=HEAD, pulls=(), **more):
    """A workflow run that ended; of a fork unless pulls are named."""
    event = example("workflow_run.completed")
    event["repository"]["full_name"] = "acme/shop"
    one = event["workflow_run"]
    one.update(id=run, event="pull_request", head_sha=sha, head_branch="feat/x", conclusion="failure", updated_at=now(),
               pull_requests=[{"number": n} for n in pulls], display_title="a change")
    one["head_repository"].update(full_name="acme/shop" if pulls else "stranger/shop")
    one.update(more)
    return event


def run_record(fixture="regression", **members):
    with open(os.path.join(FIXTURES, fixture + ".json")) as source:
        run = json.load(source)
    run["head"]["revision"] = HEAD
    run.update(members)
    return run


def archive(*entries):
    """A zip as actions/upload-artifact makes it: {name: bytes or a document}."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for entry in entries:
            for name, data in entry.items():
                file.writestr(name, data if isinstance(data, (bytes, str)) else json.dumps(data))
    return out.getvalue()


def sign(body, secret=SECRET):
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class Bot:
    """`stoker bot` in a case's folder."""

    def __init__(self, case, forge, *args, token=TOKEN, secret=SECRET, **env):
        self.case, self.forge = case, forge
        env = dict(dict(GITHUB_API_URL=forge.url, GITHUB_SERVER_URL="https://github.test", GITHUB_TOKEN=token, STOKER_BOT_SECRET=secret), **env)
        self.process = case.start("bot", "--listen", "127.0.0.1:0", "--data", "data", "--repo", "acme/shop", "--to", "comment",
                                  "--backoff", "50ms", *args, **env)
        case.until(self.process, "listening on")
        with open(self.process.paths[0]) as file:
            self.port = int(re.search(r"http://127\.0\.0\.1:(\d+)/webhook", file.read()).group(1))

    def request(self, method, path, body=None, headers=None):
        there = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        there.request(method, path, body, headers or {})
        answer = there.getresponse()
        data = answer.read().decode()
        there.close()
        return answer.status, data

    def send(self, event, name=None, id=None, raw=None, secret=SECRET, **headers):
        name = name or ("issue_comment" if "comment" in event else "workflow_run")
        body = json.dumps(event).encode() if raw is None else raw
        sent = {"Content-Type": "application/json", "X-GitHub-Event": name, "X-GitHub-Delivery": id or str(uuid.uuid4()),
                "X-Hub-Signature-256": sign(body, secret), "User-Agent": "GitHub-Hookshot/1"}
        sent.update({k.replace("_", "-"): v for k, v in headers.items()})
        status, data = self.request("POST", "/webhook", body, {k: v for k, v in sent.items() if v is not None})
        return status, json.loads(data).get("result") if data.startswith("{") else data

    def queued(self, *args, **kwargs):
        equal(self.send(*args, **kwargs), (202, "queued"))

    def metrics(self):
        status, text = self.request("GET", "/metrics")
        equal(status, 200)
        return {name: float(value) for name, value in re.findall(r"^([a-z_]+(?:\{[^}]*\})?) (\S+)$", text, re.M)}

    def until(self, is_there):
        self.case.until_there(self.process, is_there, timeout=60)

    def idle(self):
        """Wait until nothing waits and nothing is in hand."""
        self.until(lambda: not sum(self.metrics()["stoker_bot_queue_" + word] for word in ("waiting", "running")))

    def said(self):
        with open(self.process.paths[1]) as file:
            return file.read()

    def stop(self, number=signal.SIGTERM, code=0):
        self.process.send_signal(number)
        result = self.case.end(self.process)
        equal(result.code, code)
        for secret in (TOKEN, SECRET):
            assert secret not in result.out + result.err
        return result


def equal(got, wanted):
    assert got == wanted, "got %r, wanted %r" % (got, wanted)


def has(text, part):
    assert part in text, "%r is not in:\n%s" % (part, text)


def lacks(text, part):
    assert part not in text, "%r is in:\n%s" % (part, text)


def bodies(forge, number=12):
    return [c["body"] for c in forge.comments[number]]


def answers(forge, number=12):
    return [b.split("\n", 1)[1] for b in bodies(forge, number) if b.startswith(MARK)]


def started(case, *args, **kwargs):
    forge = Forge()
    case.started_forge = forge
    return Bot(case, forge, *args, **kwargs), forge


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


def refuses_what_is_not_signed(case):
    bot, forge = started(case)
    event = comment("/stoker help")
    body = json.dumps(event).encode()
    good = sign(body)
    sha1 = "sha1=" + hmac.new(SECRET.encode(), body, hashlib.sha1).hexdigest()
    for header in (None, "", good[7:], good[:17], "sha256=" + "0" * 64, sha1, good + "0", "sha256=" + "g" * 64, good.replace("sha256", "SHA256 "),
                   sign(body, "another secret"), sign(body, ""), sign(b" " + body)):
        equal(bot.send(event, X_Hub_Signature_256=header), (401, "refused"))
    # the same document written otherwise: the bytes are signed, not what they mean
    equal(bot.send(event, raw=json.dumps(event, indent=1).encode(), X_Hub_Signature_256=good), (401, "refused"))
    # hex in either case is the same number
    equal(bot.send(event, X_Hub_Signature_256="sha256=" + good[7:].upper()), (202, "queued"))
    bot.idle()
    equal(len(answers(forge)), 1)
    equal(bot.metrics()['stoker_bot_deliveries_total{result="unsigned"}'], 13)
    bot.stop()


def two_secrets_while_one_is_changed(case):
    forge = Forge()
    case.started_forge = forge
    case.write("secret", "new secret\nold secret\n")
    bot = Bot(case, forge, "--secret-file", "secret")
    for number, secret in enumerate(("new secret", "old secret")):
        bot.queued(comment("/stoker help", id=number + 1), secret=secret)
    equal(bot.send(comment("/stoker help", id=3)), (401, "refused"))  # the variable's: the file counts
    bot.stop()


def survives_what_is_signed_and_broken(case):
    bot, _ = started(case)
    event = comment("/stoker help")
    text = json.dumps(event).encode()
    cases = [b"", b"{", text[:len(text) // 2], b"[" * 200_000, b'{"a":' * 100_000, b"7", b"[]", b'"x"', b"\xff\xfe", text + b"x",
             json.dumps(dict(event, repository=7)).encode(), json.dumps(dict(event, repository={"full_name": "a/b/c"})).encode(),
             json.dumps(comment("/stoker help", id=-1)).encode(), json.dumps(comment("/stoker help", created_at=7)).encode(),
             json.dumps(comment("/stoker help", login="a/../b")).encode(),
             json.dumps(finished(sha="../../x")).encode(), json.dumps(finished(run="7")).encode()]
    for raw in cases:
        equal(bot.send(event, raw=raw, name="workflow_run" if b"workflow_run" in raw[:5000] and b'"comment"' not in raw else None), (400, "refused"))
    # of another shape, and nothing to do
    for other in (dict(event, action=7), dict(event, issue=[]), dict(event, comment=None), {}):
        equal(bot.send(other, name="issue_comment"), (200, "ignored"))
    equal(bot.send(event, name="star"), (200, "ignored"))
    equal(bot.send({"zen": "x"}, name="ping"), (200, "pong"))
    equal(bot.send(event, Content_Type="application/x-www-form-urlencoded")[0], 415)
    for bad in (None, "", "a b", "x" * 65, "'; DROP TABLE delivery; --"):
        equal(bot.send(event, X_GitHub_Delivery=bad)[0], 400)
    equal(bot.send(event, X_GitHub_Event=None)[0], 400)
    # refused by what it announces: nothing of it is read
    there = http.client.HTTPConnection("127.0.0.1", bot.port, timeout=60)
    there.putrequest("POST", "/webhook")
    there.putheader("Content-Length", str((1 << 20) + 1))
    there.endheaders()
    equal(there.getresponse().status, 413)
    there.close()
    equal(bot.request("GET", "/webhook")[0], 405)
    equal(bot.request("GET", "/x")[0], 404)
    equal(bot.request("GET", "/healthz"), (200, '{"result":"ok"}\n'))
    bot.idle()
    bot.stop()


def a_replay_is_handled_once(case):
    bot, forge = started(case)
    event, id = comment("/stoker help"), str(uuid.uuid4())
    bot.queued(event, id=id)
    equal(bot.send(event, id=id), (200, "seen"))
    bot.idle()
    equal(bot.send(event, id=id), (200, "seen"))
    # a recorded request under another id, which is not signed
    equal(bot.send(event), (200, "seen"))
    # and long after, when it was forgotten
    equal(bot.send(comment("/stoker help", created_at=now(-7))), (200, "too old"))
    equal(bot.send(finished(updated_at=now(-7))), (200, "too old"))
    bot.stop()
    bot = Bot(case, forge)
    equal(bot.send(event, id=id), (200, "seen"))
    equal(len(answers(forge)), 1)
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


def others_are_passed_over(case):
    bot, forge = started(case)
    for text in ("hello", "see /stoker run", "> /stoker run", "/stokerrun", "    /stoker run", "`/stoker run`", ""):
        equal(bot.send(comment(text)), (200, "ignored"))
    issue = comment("/stoker run")
    del issue["issue"]["pull_request"]
    edited = dict(comment("/stoker run"), action="edited")
    own = comment("/stoker run")
    own["comment"]["user"]["type"] = "Bot"
    elsewhere = comment("/stoker run")
    elsewhere["repository"]["full_name"] = "acme/other"
    equal([bot.send(e) for e in (issue, edited, own)], [(200, "ignored")] * 3)
    equal(bot.send(elsewhere), (200, "repository not listed"))
    equal(bot.send(finished(event="push")), (200, "ignored"))
    equal(bot.send(dict(finished(), action="requested")), (200, "ignored"))
    equal(forge.requests, [])
    bot.stop()


def an_unknown_command_is_answered_shortly(case):
    bot, forge = started(case)
    bot.queued(comment("/stoker fly @octocat <b>`x`"))
    bot.queued(comment("\r\n/stoker accept 30d", id=2))
    bot.until(lambda: len(answers(forge)) == 2)
    unknown, wrong = sorted(answers(forge), key=lambda a: "reason" in a)
    equal(unknown, "I do not know `fly`. `/stoker help` shows what I do.\n")
    has(wrong, "a reason in quotes is wanted")
    bot.stop()


def posts_the_record_of_a_fork(case):
    bot, forge = started(case)
    forge.pulls[12]["head"]["label"] = "stranger:feat/x"
    forge.add_artifact(77, archive({"20261122-143805-shop/run.json": run_record(), "20261122-143805-shop/report.html": "<p>"}))
    bot.queued(finished())
    bot.until(lambda: bodies(forge))
    body, = bodies(forge)
    has(body, "<!-- stoker:report v1 key=shop -->\n<!-- sha=%s run=" % HEAD)
    has(body, "catalog.render")
    has(body, "accept: `/stoker accept \"reason\" 30d`")
    has(body, "https://github.test/acme/shop/actions/runs/77")
    bot.idle()
    # the store has seen neither token nor App
    equal([r.get("Authorization") for r in forge.store.requests], [None])
    # the next one of the same pull request changes it
    forge.add_artifact(78, archive({"run.json": run_record("nothing", id="20261123-000000-shop", start_ns=run_record()["start_ns"] + 10**12)}))
    bot.queued(finished(run=78))
    bot.until(lambda: " run=20261123-000000-shop " in bodies(forge)[0])
    equal(len(bodies(forge)), 1)
    bot.stop()


def a_fork_posts_on_no_other_pull_request(case):
    other = "1111111" + "0" * 33
    bot, forge = started(case)
    forge.pulls[13] = {"number": 13, "state": "open", "head": {"sha": other, "ref": "x", "label": "stranger:feat/x"}, "base": {"ref": "main"}}
    forge.comments[13] = []
    wrong = [
        (finished(run=1), run_record()),  # its branch is at another commit
        (finished(run=2, pulls=[13]), run_record()),  # the number's head is another one
        (finished(run=3, sha=other), run_record()),  # the record is of pull request 12's head
        (finished(run=4, sha=other), run_record(head=dict(run_record()["head"], revision=None),
                                                repository={"remote": "https://github.test/acme/secret.git", "commits": 1, "files": 1, "lines": 1})),
    ]
    for event, run in wrong:
        forge.add_artifact(event["workflow_run"]["id"], archive({"run.json": run}), head_sha=event["workflow_run"]["head_sha"])
        bot.queued(event)
    bot.idle()
    equal((bodies(forge), bodies(forge, 13)), ([], []))
    equal(bot.metrics()['stoker_bot_records_total{result="rejected"}'], 2)
    has(bot.said(), "the record is of commit 2d91e07aa2d9, not of 111111100000")
    has(bot.said(), "the record is of repository acme/secret")
    # and the right one goes through
    own = run_record()
    own["head"]["revision"] = other[:12]
    forge.add_artifact(5, archive({"run.json": own}), head_sha=other)
    bot.queued(finished(run=5, sha=other))
    bot.until(lambda: bodies(forge, 13))
    equal(bodies(forge), [])
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


def is_given_up_in_the_end_and_revived(case):
    bot, forge = started(case)
    event, id = comment("/stoker help"), str(uuid.uuid4())
    forge.fault("GET", "/permission", times=1000, status=401, body={"message": "Bad credentials"})
    bot.queued(event, id=id)
    bot.until(lambda: bot.metrics()["stoker_bot_queue_dead"] == 1)
    equal(bot.metrics()['stoker_bot_handled_total{result="retry"}'], 7)
    forge.faults.clear()
    # GitHub sends it again, because somebody asked for that
    bot.queued(event, id=id)
    bot.until(lambda: answers(forge))
    bot.idle()
    equal(bot.metrics()["stoker_bot_queue_dead"], 0)
    bot.stop()


class Gate:
    """Holds requests of the forge until it is opened."""

    def __init__(self, forge, method="GET", path="/permission"):
        self.came, self.open = threading.Event(), threading.Event()
        forge.fault(method, path, before=self.hold)

    def hold(self, forge):
        self.came.set()
        assert self.open.wait(60)


def a_full_queue_says_so(case):
    bot, forge = started(case, "--workers", "1", "--queue", "2")
    gate = Gate(forge)
    bot.queued(comment("/stoker help", id=1))
    assert gate.came.wait(60)
    bot.queued(comment("/stoker help", id=2))
    late, id = comment("/stoker help", id=3), str(uuid.uuid4())
    equal(bot.send(late, id=id), (503, "full"))
    gate.open.set()
    bot.idle()
    bot.queued(late, id=id)
    bot.until(lambda: len(answers(forge)) == 3)
    bot.stop()


def a_signal_finishes_what_is_in_hand(case):
    for number in (signal.SIGTERM, signal.SIGINT):
        forge = Forge()
        bot = Bot(case, forge, "--workers", "1")
        gate = Gate(forge)
        bot.queued(comment("/stoker help", id=100 + number))
        assert gate.came.wait(60)
        bot.queued(comment("/stoker help", id=200 + number))
        bot.process.send_signal(number)
        case.until(bot.process, "stopping")
        gate.open.set()
        equal(case.end(bot.process).code, 0)
        equal([r[0] for r in forge.reactions], [100 + number])
        again = Bot(case, forge)
        again.until(lambda: len(answers(forge)) == 2)  # pylint: disable=cell-var-from-loop
        again.stop()
        forge.close()


def a_second_signal_gives_up_what_is_in_hand(case):
    bot, forge = started(case, "--workers", "1")
    gate = Gate(forge)
    bot.queued(comment("/stoker help"))
    assert gate.came.wait(60)
    bot.process.send_signal(signal.SIGTERM)
    case.until(bot.process, "stopping")
    bot.process.send_signal(signal.SIGTERM)
    equal(case.end(bot.process).code, 0)
    gate.open.set()
    again = Bot(case, forge)
    again.until(lambda: len(answers(forge)) == 1)
    again.stop()


def a_hundred_deliveries_survive_kill_9(case):
    forge = Forge()
    case.started_forge = forge
    events = [(comment("/stoker help", id=i + 1), str(uuid.uuid4())) for i in range(100)]
    bot, taken, kills = Bot(case, forge), 0, 0
    while taken < len(events):
        # killed twice: while deliveries come in, and while the queue is long
        if taken in (30, 70) and kills < (1 if taken == 30 else 2):
            kills += 1
            bot.process.kill()
            bot.process.wait()
            bot = Bot(case, forge)
            # the last one was acknowledged: GitHub would not send it again, but if it does, it is known
            equal(bot.send(events[taken - 1][0], id=events[taken - 1][1]), (200, "seen"))
        equal(bot.send(events[taken][0], id=events[taken][1]), (202, "queued"))
        taken += 1
    bot.idle()
    equal(len(answers(forge)), 100)
    equal(len(set(b.split("\n")[0] for b in bodies(forge))), 100)
    equal(sorted(r[0] for r in forge.reactions), list(range(1, 101)))
    bot.stop()
    with sqlite3.connect(os.path.join(case.dir, "data", "queue.db")) as db:
        equal(db.execute("SELECT count(*), count(body), sum(state=2) FROM delivery").fetchone(), (100, 0, 100))


def a_hostile_record_is_bounded(case):
    bot, forge = started(case)
    forge.pulls[12]["head"]["label"] = "stranger:feat/x"
    number, sent = 1000, 0
    zips = []
    for shift in range(0, len(records.TEXTS), 4):
        run = records.texts(shift)
        run["head"]["revision"], run["repository"]["remote"], run["name"] = HEAD, None, "shop%d" % shift
        zips.append(archive({"run.json": records.dump(run)}))
    for data in zips:
        number += 1
        forge.add_artifact(number, data)
        bot.queued(finished(run=number))
        sent += 1
        bot.until(lambda: len(bodies(forge)) == sent)  # pylint: disable=cell-var-from-loop
    for body in bodies(forge):
        hostile.check_output("post", body.encode())
    bot.queued(comment("/stoker explain script", id=5))
    bot.until(lambda: answers(forge))
    hostile.check_output("post", answers(forge)[0].encode())
    bombs = {"bomb": archive({"run.json": b"\0" * (100 << 20)}), "many": archive({"d/%d" % i: b"" for i in range(5000)}),
             "no zip": b"PK\5\6" + b"\xff" * 200, "empty": b"", "nothing": archive({"README": "x"}),
             "paths": archive({"../../../etc/run.json": b"{}", "/run.json": b"{}"}),
             "nine": archive({"%d/run.json" % i: run_record() for i in range(9)})}
    for name, (data, _) in records.refused().items():
        bombs[name] = archive({"run.json": data() if callable(data) else data})
    for data in bombs.values():
        number += 1
        forge.add_artifact(number, data)
        bot.queued(finished(run=number))
    number += 1
    forge.add_artifact(number, b"x", size_in_bytes=1 << 40)
    bot.queued(finished(run=number))
    bot.idle()
    equal(len(bodies(forge)), sent + 1)
    assert "\x1b" not in bot.said()
    with open("/proc/%d/status" % bot.process.pid) as file:
        peak = int(re.search(r"VmHWM:\s+(\d+) kB", file.read()).group(1))
    assert peak < 700_000, "%d MB" % (peak // 1024)
    bot.stop()
    equal(sorted(os.listdir(os.path.join(case.dir, "data"))), ["ledger.db", "queue.db"])


def does_not_start_without_what_it_needs(case):
    forge = Forge()
    base = ["bot", "--listen", "127.0.0.1:0", "--data", "data"]
    env = {"GITHUB_API_URL": forge.url, "STOKER_BOT_SECRET": SECRET, "GITHUB_TOKEN": TOKEN}
    for args, less, part in ((["--repo", "acme/shop"], "STOKER_BOT_SECRET", "secret"), (["--repo", "acme/shop"], "GITHUB_TOKEN", "no token"),
                             ([], None, "which repositories"), (["--repo", "acme"], None, "OWNER/NAME"),
                             (["--repo", "acme/shop", "--to", "outputs"], None, "--to outputs"),
                             (["--repo", "acme/shop", "--app-id", "1"], None, "private key"),
                             (["--repo", "acme/shop", "--listen", "x:1"], None, "no numeric address")):
        result = case.run(*base, *args, **dict(env, **({less: ""} if less else {})))
        assert result.code in (2, 3), result.code
        has(result.err, part)
        for secret in (TOKEN, SECRET):
            lacks(result.err, secret)
    forge.close()


def an_enterprise_server(case):
    forge = Forge(base="/api/v3")
    case.started_forge = forge
    bot = Bot(case, forge, GITHUB_SERVER_URL="")
    forge.add_artifact(77, archive({"run.json": run_record()}))
    bot.queued(finished(pulls=[12]))
    bot.until(lambda: bodies(forge))
    has(bodies(forge)[0], forge.url[:-len("/api/v3")] + "/acme/shop/actions/runs/77")
    bot.queued(comment("/stoker help"))
    bot.until(lambda: answers(forge))
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


CASES = [answers_help, refuses_what_is_not_signed, two_secrets_while_one_is_changed, survives_what_is_signed_and_broken, a_replay_is_handled_once,
         only_people_who_may_write, others_are_passed_over, an_unknown_command_is_answered_shortly, posts_the_record_of_a_fork,
         a_fork_posts_on_no_other_pull_request, a_run_is_asked_for_and_answered, says_why_a_run_cannot_be_started, explains_from_the_last_record,
         without_a_record_it_says_so, proposes_what_is_accepted, a_broken_file_is_not_overwritten, a_try_that_broke_off_is_finished_once,
         is_given_up_in_the_end_and_revived, a_full_queue_says_so, a_signal_finishes_what_is_in_hand, a_second_signal_gives_up_what_is_in_hand,
         a_hundred_deliveries_survive_kill_9, a_hostile_record_is_bounded, an_enterprise_server,
         the_docs_and_the_template_say_what_is_done, does_not_start_without_what_it_needs]


if __name__ == "__main__":
    main("bot", CASES, 4)
