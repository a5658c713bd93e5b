"""Cases of `stoker bot`: what it takes, refuses, keeps over a kill -9, and how it starts and ends."""
import hashlib
import hmac
import http.client
import json
import os
import signal
import sqlite3
import uuid

from bot_lib import SECRET, TOKEN, Bot, Forge, Gate, answers, bodies, comment, finished, now, sign, started
from run_lib import equal, has, lacks


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


def is_given_up_in_the_end_and_revived(case):
    bot, forge = started(case, "--backoff", "1ms")
    event, id = comment("/stoker help"), str(uuid.uuid4())
    forge.fault("GET", "/permission", times=1000, status=401, body={"message": "Bad credentials"})
    bot.queued(event, id=id)
    bot.until(lambda: bot.metrics()["stoker_bot_queue_dead"] == 1)
    equal(bot.metrics()['stoker_bot_handled_total{result="retry"}'], 13)
    forge.faults.clear()
    # GitHub sends it again, because somebody asked for that
    bot.queued(event, id=id)
    bot.until(lambda: answers(forge))
    bot.idle()
    equal(bot.metrics()["stoker_bot_queue_dead"], 0)
    bot.stop()


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


CASES = [refuses_what_is_not_signed, two_secrets_while_one_is_changed, survives_what_is_signed_and_broken, a_replay_is_handled_once,
         others_are_passed_over, is_given_up_in_the_end_and_revived, a_full_queue_says_so, a_signal_finishes_what_is_in_hand,
         a_second_signal_gives_up_what_is_in_hand, a_hundred_deliveries_survive_kill_9, does_not_start_without_what_it_needs]
