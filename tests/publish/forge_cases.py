"""Cases of `stoker post` on Gitea, GitLab and to a webhook, against forges that keep what is posted (fake_forges.py)."""
import hashlib
import hmac
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "cli")]
sys.dont_write_bytecode = True

from fake_forges import HEAD, TOKEN, Gitea, GitLab, Receiver  # noqa: E402
from run_lib import equal, has, lacks, main  # noqa: E402

FIXTURES = os.path.join(HERE, "..", "fixtures", "runs")
MARKER = "<!-- stoker:report v1 key=shop -->\n"
QUIET = {name: "" for name in ("GITHUB_ACTIONS", "GITLAB_CI", "GITHUB_TOKEN", "STOKER_WEBHOOK_URL", "STOKER_WEBHOOK_SECRET",
                               "STOKER_GITLAB_TOKEN", "GITLAB_TOKEN", "STOKER_GITEA_TOKEN", "GITEA_TOKEN")}


def record(case, name="regression", file="run.json", **members):
    with open(os.path.join(FIXTURES, name + ".json")) as source:
        run = json.load(source)
    run["head"]["revision"] = HEAD
    run.update(members)
    case.write(file, json.dumps(run))
    return run


def post(case, *args, code=0, file="run.json", **env):
    result = case.run("post", file, *args, **{**QUIET, **env})
    lacks(result.out + result.err, TOKEN)
    assert result.code == code, "exit code %d, wanted %d:\n%s" % (result.code, code, result.err)
    return result


def gitea(case, forge, number=12):
    event = {"number": number, "pull_request": {"number": number, "head": {"sha": HEAD, "ref": "x", "repo": {"full_name": "acme/shop"}},
                                                "base": {"sha": "8f3a1c2" + "0" * 33, "ref": "main"}}}
    case.write("event.json", json.dumps(event))
    return dict(GITHUB_ACTIONS="true", GITEA_ACTIONS="true", GITHUB_REPOSITORY="acme/shop", GITHUB_API_URL=forge.url,
                GITHUB_SERVER_URL=forge.host, GITHUB_TOKEN=TOKEN, GITHUB_EVENT_NAME="pull_request",
                GITHUB_EVENT_PATH=os.path.join(case.dir, "event.json"), GITHUB_STEP_SUMMARY="", GITHUB_OUTPUT="")


def gitlab(forge, **more):
    env = dict(GITLAB_CI="true", CI_PROJECT_ID="42", CI_API_V4_URL=forge.url, CI_PROJECT_URL=forge.host + "/acme/shop",
               CI_PIPELINE_SOURCE="merge_request_event", CI_MERGE_REQUEST_IID="12", CI_COMMIT_SHA=HEAD,
               CI_JOB_URL=forge.host + "/acme/shop/-/jobs/9", CI_MERGE_REQUEST_SOURCE_PROJECT_ID="42", STOKER_GITLAB_TOKEN=TOKEN)
    env.update(more)
    return env


def gitea_gets_comment_and_status(case):
    forge = Gitea()
    record(case)
    result = post(case, "--to", "comment,check,status", "--require-post", **gitea(case, forge))
    comment, = forge.comments[12]
    has(comment["body"], MARKER)
    has(comment["body"], "catalog.render")
    has(comment["body"], "%s/acme/shop/commit/%s" % (forge.host, HEAD))
    status, = forge.statuses
    equal((status["sha"], status["state"], status["context"]), (HEAD, "failure", "stoker/shop"))
    has(result.err, "check: not on Gitea")
    post(case, "--to", "comment,status", "--require-post", **gitea(case, forge))
    equal(len(forge.comments[12]), 1)


def gitea_that_ignores_pages_is_read_once(case):
    forge = Gitea()
    record(case)
    for i in range(120):
        forge.add_comment("comment %d" % i, login="human")
    own = forge.add_comment(MARKER + "old")
    forge.add_comment(MARKER + "another's", login="stranger")
    post(case, "--to", "comment", "--require-post", **gitea(case, forge))
    equal(len(forge.comments[12]), 122)
    has(own["body"], "catalog.render")
    assert len(forge.sent("GET", "/comments")) <= 2


def gitea_answers_500_for_an_unknown_pull_request(case):
    forge = Gitea()
    record(case)
    result = post(case, "--to", "comment", "--require-post", code=3, **gitea(case, forge, number=99))
    has(result.err, "issue does not exist")
    equal(forge.comments[12], [])


def gitea_job_token_is_known_by_its_name(case):
    forge = Gitea(login="gitea-actions")
    record(case)
    own = forge.add_comment(MARKER + "old")
    forge.fault("GET", "/user", 403, {"message": "token does not have at least one of required scope(s)"}, times=9)
    post(case, "--to", "comment", "--require-post", **gitea(case, forge))
    has(own["body"], "catalog.render")


def gitlab_gets_note_and_status(case):
    forge = GitLab()
    record(case)
    forge.add_note("assigned to @x", system=True)
    result = post(case, "--to", "comment,status", "--require-post", **gitlab(forge))
    _, note = forge.notes
    has(note["body"], MARKER)
    has(note["body"], "%s/acme/shop/-/commit/%s" % (forge.host, HEAD))
    has(result.err, "%s/acme/shop/-/merge_requests/12#note_%d" % (forge.host, note["id"]))
    status, = forge.statuses
    equal((status["sha"], status["state"], status["name"]), (HEAD, "failed", "stoker/shop"))
    # again: the note is updated, the same state is not an error
    post(case, "--to", "comment,status", "--require-post", **gitlab(forge))
    equal((len(forge.notes), len(forge.statuses)), (2, 1))
    equal([r["method"] for r in forge.requests if "/notes/" in r["path"]], ["PUT"])


def gitlab_finds_its_note_on_page_three(case):
    forge = GitLab()
    record(case)
    for i in range(230):
        forge.add_note("note %d" % i, login="human")
    own = forge.add_note(MARKER + "old")
    other = forge.add_note(MARKER + "of a stranger", login="stranger")
    post(case, "--to", "comment", "--require-post", **gitlab(forge))
    equal(len(forge.notes), 232)
    has(own["body"], "catalog.render")
    has(other["body"], "of a stranger")


def gitlab_carries_out_nothing_that_a_record_says(case):
    forge = GitLab()
    run = record(case)
    evil = "/close\n/merge\n```\n/assign @root\n@all !1 #2 &3 ~label\n"
    for row in run["comparisons"][0]["rows"]:
        row["function"]["name"] = row["function"]["file"] = evil
    run["name"] = run["command"] = run["headline"] = run["version"] = evil
    run["head"]["title"] = run["base"]["title"] = run["base"]["revision"] = run["base"]["why"] = evil
    run["notes"] = [{"level": "warn", "text": evil}]
    run["environment"] = [{"key": evil, "value": evil}]
    run["preconditions"] = [{"name": evil, "state": "warn", "text": evil}]
    run["thresholds"] = [{"metric": evil, "expr": evil, "value": 1, "ok": False, "no_data": False, "aborted": False}]
    case.write("run.json", json.dumps(run))
    post(case, "--to", "comment", "--require-post", **gitlab(forge))
    equal(forge.actions, [])
    note, = forge.notes
    for line in note["body"].split("\n"):
        assert not line.startswith("/"), line
    lacks(note["body"].replace("`", ""), " @all")


def gitlab_says_what_a_job_token_cannot(case):
    forge = GitLab()
    record(case)
    result = post(case, "--to", "comment", "--require-post", code=3, **gitlab(forge, STOKER_GITLAB_TOKEN="", CI_JOB_TOKEN="x"))
    has(result.err, "CI_JOB_TOKEN cannot write notes")
    equal(forge.requests, [])
    result = post(case, "--to", "comment", "--require-post", code=3, **gitlab(forge, STOKER_GITLAB_TOKEN="wrong"))
    has(result.err, "the token in STOKER_GITLAB_TOKEN is wrong or has expired")


def gitlab_fork_is_left_alone(case):
    forge = GitLab()
    record(case)
    result = post(case, "--to", "comment,status", "--require-post", **gitlab(forge, CI_MERGE_REQUEST_SOURCE_PROJECT_ID="43"))
    has(result.err, "fork merge request")
    equal(forge.requests, [])


def gitlab_message_objects_are_told(case):
    forge = GitLab()
    record(case)
    forge.fault("POST", "/statuses", 400, {"message": {"description": ["is too long"]}})
    result = post(case, "--to", "status", "--require-post", code=3, **gitlab(forge))
    has(result.err, "description is too long")
    forge.fault("POST", "/notes", 429, {"message": "Retry later"}, {"Retry-After": "1", "RateLimit-Remaining": "0"})
    post(case, "--to", "comment", "--require-post", **gitlab(forge))
    equal(len(forge.notes), 1)


def webhook_is_told_and_signed(case):
    receiver = Receiver()
    run = record(case)
    run["comparisons"][0]["rows"][0]["function"]["path"] = "demo/pricing.lua"
    case.write("run.json", json.dumps(run))
    result = post(case, "--to", "webhook", "--require-post", STOKER_WEBHOOK_URL=receiver.host + "/hook/s3cret", STOKER_WEBHOOK_SECRET="key")
    request, = receiver.requests
    wanted = "sha256=" + hmac.new(b"key", request["raw"], hashlib.sha256).hexdigest()
    equal(request["headers"]["X-Stoker-Signature-256"], wanted)
    equal(request["headers"]["Content-Type"], "application/json")
    equal(request["headers"]["X-Stoker-Delivery"], "20261122-143805-shop")
    body = request["body"]
    equal((body["document"], body["verdict"], body["exit_code"], body["head"]), ("stoker.webhook", "regression", 10, HEAD))
    equal((body["findings"][0]["function"], body["findings"][0]["path"], body["findings"][0]["verdict"]),
          ("pricing.apply_rules", "demo/pricing.lua", "regression"))
    lacks(result.out + result.err, "s3cret")
    has(result.err, "webhook at 127.0.0.1 told")


def webhook_is_tried_three_times_at_most(case):
    receiver = Receiver()
    record(case)
    receiver.fault("POST", "/", 503, {"message": "busy"}, {"Retry-After": "0"})
    post(case, "--to", "webhook", "--require-post", STOKER_WEBHOOK_URL=receiver.host + "/x")
    equal(len(receiver.requests), 2)
    lacks(json.dumps(receiver.requests[0]["headers"]), "Signature")
    receiver.fault("POST", "/", 503, {"message": "busy"}, {"Retry-After": "0"}, times=9)
    result = post(case, "--to", "webhook", "--require-post", code=3, STOKER_WEBHOOK_URL=receiver.host + "/x")
    equal(len(receiver.requests), 5)
    has(result.err, "webhook: HTTP 503")
    receiver.fault("POST", "/", 302, None, {"Location": receiver.host + "/elsewhere"})
    receiver.faults[1][0] = 0
    post(case, "--to", "webhook", "--require-post", code=3, STOKER_WEBHOOK_URL=receiver.host + "/x")
    equal([r["path"] for r in receiver.requests[5:]], ["/x"])


def webhook_without_an_address_is_passed_over(case):
    record(case)
    has(post(case, "--to", "webhook", "--require-post").err, "STOKER_WEBHOOK_URL is not set")
    result = post(case, "--to", "webhook", "--dry-run", STOKER_WEBHOOK_URL="https://hooks.example/s3cret")
    has(result.out, "POST to the webhook at hooks.example")
    lacks(result.out, "s3cret")


def a_run_outside_of_ci_posts_only_when_asked(case):
    receiver = Receiver()
    with open(os.path.join(case.dir, "fake.lua")) as file:
        text = file.read()
    case.write("fake.lua", text.replace('name = "fake",', 'name = "fake", post = { "webhook" },'))
    short = ["--mode", "idle", "--idle", "3s", "--duration", "6s"]
    for more, sent in (([], 0), (["--post"], 1), (["--post", "--no-post"], 1)):
        result = case.fake(*short, *more, **{**QUIET, "STOKER_WEBHOOK_URL": receiver.host + "/x"})
        equal((result.code, len(receiver.requests)), (0, sent))


CASES = [value for value in list(globals().values()) if callable(value) and getattr(value, "__module__", "") == "__main__" and
         value.__code__.co_varnames[:value.__code__.co_argcount] == ("case",) and not value.__code__.co_flags & 12]

if __name__ == "__main__":
    main("post_forges", CASES, 4)
