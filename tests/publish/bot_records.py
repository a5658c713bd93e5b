"""Cases of `stoker bot`: records of finished workflow runs, also those of strangers."""
import os
import re

import check as hostile
import records
from bot_lib import HEAD, Bot, Forge, answers, archive, bodies, comment, finished, run_record, started
from run_lib import equal, has


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


CASES = [posts_the_record_of_a_fork, a_fork_posts_on_no_other_pull_request, a_hostile_record_is_bounded, an_enterprise_server]
