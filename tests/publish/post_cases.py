"""Cases of `stoker post` against a forge that keeps what is posted (fake_github.py)."""
import copy
import json
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "cli")]
sys.dont_write_bytecode = True

import fake_github  # noqa: E402
from fake_github import HEAD, TOKEN, Forge  # noqa: E402
from run_lib import equal, has, lacks, main  # noqa: E402

FIXTURES = os.path.join(HERE, "..", "fixtures", "runs")
SECOND = 10**9


def record(case, name="regression", file="run.json", **members):
    """A saved run, with what a run in a repository knows."""
    with open(os.path.join(FIXTURES, name + ".json")) as source:
        run = json.load(source)
    run["head"]["revision"] = HEAD
    run.update(members)
    case.write(file, json.dumps(run))
    return run


def link(run, rows):
    """The first comparison with so many regressions, each on a changed line of its own."""
    first = run["comparisons"][0]["rows"][0]
    made = []
    for i in range(rows):
        row = copy.deepcopy(first)
        row["function"]["name"] = "pkg.fn%d" % i
        row["link"] = {"kind": "changed", "via": {"name": "pkg.fn%d" % i, "path": "pkg/file.go", "line": i + 1}, "share": 1.0}
        made.append(row)
    run["comparisons"][0]["rows"] = made
    return run


def event(case, name="pull_request", **pull):
    base = {"number": 12, "head": {"sha": HEAD, "ref": "feat/x", "repo": {"full_name": "acme/shop"}},
            "base": {"sha": "8f3a1c2" + "0" * 33, "ref": "main"}}
    base["head"].update(pull)
    case.write("event.json", json.dumps({"number": 12, name: base}))


def actions(case, forge, **more):
    """The variables of a job in Actions, with the files of a step."""
    for name in ("summary.md", "output.txt"):
        if not os.path.exists(os.path.join(case.dir, name)):
            case.write(name, "")
    env = dict(GITHUB_ACTIONS="true", GITHUB_REPOSITORY="acme/shop", GITHUB_API_URL=forge.url, GITHUB_TOKEN=TOKEN,
               GITHUB_SERVER_URL="https://github.test", GITHUB_EVENT_NAME="pull_request", GITHUB_SHA="c0ffee" + "0" * 34,
               GITHUB_EVENT_PATH=os.path.join(case.dir, "event.json"), GITHUB_RUN_ID="77", GITHUB_RUN_NUMBER="5",
               GITHUB_STEP_SUMMARY=os.path.join(case.dir, "summary.md"), GITHUB_OUTPUT=os.path.join(case.dir, "output.txt"))
    env.update(more)
    return env


def read(case, name):
    with open(os.path.join(case.dir, name)) as file:
        return file.read()


def scene(case, name="regression", forge=None, **members):
    forge = forge or Forge()
    case.started_forge = forge
    record(case, name, **members)
    event(case)
    return forge


def post(case, forge, *args, file="run.json", env=None, code=0):
    result = case.run("post", file, *args, **actions(case, forge, **(env or {})))
    lacks(result.out + result.err, TOKEN)
    if code is not None:
        assert result.code == code, "exit code %d, wanted %d:\n%s" % (result.code, code, result.err)
    return result


def posts_to_all_places(case):
    forge = scene(case)
    result = post(case, forge, "--to", "comment,check,status", "--to", "summary,outputs", "--require-post")
    comment, = forge.comments[12]
    has(comment["body"], "<!-- stoker:report v1 key=shop -->\n<!-- sha=%s run=" % HEAD)
    has(comment["body"], "catalog.render")
    check, = forge.checks
    equal((check["head_sha"], check["conclusion"], check["external_id"], check["name"]), (HEAD, "failure", "20261122-143805-shop", "stoker/shop"))
    equal(check["details_url"], "https://github.test/acme/shop/actions/runs/77")
    status, = forge.statuses
    equal((status["sha"], status["state"], status["context"]), (HEAD, "failure", "stoker/shop"))
    has(read(case, "summary.md"), "catalog.render")
    lacks(read(case, "summary.md"), "stoker:report")
    has(result.err, comment["html_url"])
    for request in forge.requests:
        equal(request["headers"]["X-GitHub-Api-Version"], "2022-11-28")
        has(request["headers"]["Accept"], "application/vnd.github+json")
        assert request["headers"]["User-Agent"].startswith("stoker/")
        if request["body"] is not None:
            equal(request["headers"]["Content-Type"], "application/json")
    # again: nothing is doubled
    post(case, forge, "--to", "comment,check", "--require-post")
    equal((len(forge.comments[12]), len(forge.checks)), (1, 1))


def outputs_survive_hostile_text(case):
    forge = scene(case)
    run = record(case)
    run["name"] = "x\nverdict=none\nexit-code<<E"
    case.write("run.json", json.dumps(run))
    case.write("report.html", "<p>")
    post(case, forge, "--to", "outputs")
    values, lines = {}, read(case, "output.txt").split("\n")
    while lines and lines[0]:  # as the runner reads them
        name, _, end = lines.pop(0).partition("<<")
        assert re.fullmatch(r"stk_[0-9a-f]{32}", end), end
        at = lines.index(end)
        values[name], lines = "\n".join(lines[:at]), lines[at + 1:]
    equal(values["verdict"], "regression")
    equal(values["exit-code"], "10")
    equal(values["run"], "20261122-143805-shop")
    equal((values["regressions"], values["improvements"]), ("2", "0"))
    equal([os.path.normpath(values[name]) for name in ("record", "report")], [".", "report.html"])
    run["comparisons"][0]["rows"][0]["accepted"] = {"reason": "r", "author": "a", "until_ns": 0}
    case.write("run.json", json.dumps(run))
    case.write("output.txt", "")
    post(case, forge, "--to", "outputs")
    assert re.search(r"^regressions<<(\S+)\n1\n\1$", read(case, "output.txt"), re.M)
    equal(set(values), {"verdict", "headline", "exit-code", "regressions", "improvements", "run", "record", "report"})


def finds_its_comment_on_page_three(case):
    forge = scene(case)
    for i in range(249):
        forge.add_comment("comment %d" % i, login="human")
    own = forge.add_comment("<!-- stoker:report v1 key=shop -->\nold")
    equal(post(case, forge, "--to", "comment").code, 0)
    equal(len(forge.comments[12]), 250)
    has(own["body"], "catalog.render")
    assert [r["path"] for r in forge.sent("GET", "comments")][:3][-1].endswith("page=3")


def never_follows_a_link_to_another_host(case):
    other = Forge()
    forge = scene(case)
    forge.link_host = other.url
    for i in range(150):
        forge.add_comment("comment %d" % i, login="human")
    own = forge.add_comment("<!-- stoker:report v1 key=shop -->\nold")
    post(case, forge, "--to", "comment", "--require-post")
    has(own["body"], "catalog.render")
    equal(other.requests, [])
    other.close()


def a_forge_that_ignores_pages_does_no_harm(case):
    forge = scene(case)
    own = forge.add_comment("<!-- stoker:report v1 key=shop -->\nold")
    for i in range(120):
        forge.add_comment("comment %d" % i, login="human")
    real = forge.comments[12]
    page = fake_github.Handler.page

    def all_on_every_page(handler, items, query, member=None):
        status, _, headers = page(handler, items, query, member)
        return status, items, headers

    forge.server.RequestHandlerClass.page = all_on_every_page
    post(case, forge, "--to", "comment", "--require-post")
    equal(len(real), 121)
    has(own["body"], "catalog.render")


def duplicates_lead_to_the_first(case):
    forge = scene(case)
    own = [forge.add_comment("<!-- stoker:report v1 key=shop -->\nold %d" % i) for i in range(3)]
    post(case, forge, "--to", "comment", "--require-post")
    has(own[0]["body"], "catalog.render")
    for other in own[1:]:
        equal(other["body"], "The report is in [another comment](%s)." % own[0]["html_url"])


def leaves_foreign_comments_alone(case):
    forge = scene(case)
    marker = "<!-- stoker:report v1 key=shop -->\n"
    others = [forge.add_comment(marker + "mine!", login="stranger"), forge.add_comment("> " + marker + "quoted"),
              forge.add_comment("<!-- stoker:report v1 key=shop2 -->\nanother workflow")]
    before = [c["body"] for c in others]
    post(case, forge, "--to", "comment", "--require-post")
    equal([c["body"] for c in others], before)
    equal(len(forge.comments[12]), 4)


def an_older_run_stays_behind(case):
    forge = scene(case)
    run = record(case)
    record(case, file="newer.json", id="20261122-150000-shop", start_ns=run["start_ns"] + 600 * SECOND)
    post(case, forge, "--to", "comment", file="newer.json")
    newer = forge.comments[12][0]["body"]
    result = post(case, forge, "--to", "comment", "--require-post")
    equal(forge.comments[12][0]["body"], newer)
    has(result.err, "newer run (20261122-150000-shop)")


def a_start_in_the_future_blocks_nobody(case):
    forge = scene(case)
    forge.add_comment("<!-- stoker:report v1 key=shop -->\n<!-- sha=- run=x at=2199-01-01T00:00:00Z -->\n")
    post(case, forge, "--to", "comment", "--require-post")
    has(forge.comments[12][0]["body"], "catalog.render")


def two_posters_leave_one_comment(case):
    forge = scene(case)
    run = record(case)
    record(case, file="newer.json", id="20261122-150000-shop", start_ns=run["start_ns"] + 600 * SECOND)
    # both have looked and found nothing before either writes
    barrier = __import__("threading").Barrier(2)
    forge.fault("POST", "/comments", times=2, before=lambda _: barrier.wait(30))
    env = actions(case, forge)
    both = [case.start("post", name, "--to", "comment", "--require-post", **env) for name in ("run.json", "newer.json")]
    for process in both:
        equal(case.end(process).code, 0)
    comment, = forge.comments[12]
    has(comment["body"], "run=20261122-150000-shop")


def nothing_to_say_makes_no_comment(case):
    forge = scene(case, "nothing")
    has(post(case, forge, "--to", "comment", "--require-post").err, "nothing to say")
    equal(forge.comments[12], [])
    post(case, forge, "--to", "comment", "--always")
    equal(len(forge.comments[12]), 1)


def nothing_to_say_turns_an_old_alarm_green(case):
    forge = scene(case, "nothing")
    own = forge.add_comment("<!-- stoker:report v1 key=shop -->\nred")
    post(case, forge, "--to", "comment", "--require-post")
    lacks(own["body"], "red\n")
    has(own["body"], "<!-- sha=")


def too_long_becomes_short_once(case):
    forge = scene(case)
    too_long = {"message": "Validation Failed", "errors": [{"resource": "IssueComment", "code": "unprocessable", "field": "data",
                                                            "message": "body is too long (maximum is 65536 characters)"}]}
    forge.fault("POST", "/comments", status=422, body=too_long)
    post(case, forge, "--to", "comment", "--require-post")
    first, second = forge.sent("POST")
    assert len(second["body"]["body"]) < len(first["body"]["body"])
    forge.fault("PATCH", "/comments", times=9, status=422, body=too_long)
    result = post(case, forge, "--to", "comment", "--require-post", code=3)
    has(result.err, "too long")
    equal(len(forge.sent("PATCH")), 2)


def says_which_token_was_refused(case):
    forge = scene(case)
    result = post(case, forge, "--to", "comment", env={"GITHUB_TOKEN": "wrong"})
    has(result.err, "HTTP 401: Bad credentials")
    has(result.err, "the token in GITHUB_TOKEN is wrong or has expired")
    lacks(result.err, "wrong\n")
    has(result.err, "::warning title=stoker could not post::comment")
    post(case, forge, "--to", "comment", "--require-post", env={"GITHUB_TOKEN": "wrong"}, code=3)


def says_which_permission_is_missing(case):
    forge = scene(case)
    refused = {"message": "Resource not accessible by integration"}
    forge.fault("POST", "/comments", status=403, body=refused, headers={"X-Accepted-GitHub-Permissions": "pull_requests=write"})
    forge.fault("POST", "/check-runs", status=403, body=refused)
    result = post(case, forge, "--to", "comment,check")
    has(result.err, "it needs pull_requests=write")
    has(result.err, "it needs checks: write")
    equal(len(forge.sent("POST")), 2)  # a permission is not waited for


def says_what_404_may_mean(case):
    forge = scene(case)
    result = post(case, forge, "--to", "comment", "--repo", "acme/secret")
    has(result.err, "HTTP 404: Not Found")
    has(result.err, "it is not there, or the token in GITHUB_TOKEN may not see it")


def waits_as_the_server_says(case):
    forge = scene(case)
    forge.fault("POST", "/comments", status=429, body={"message": "slow down"}, headers={"Retry-After": "1"})
    forge.fault("POST", "/statuses", status=403, headers={"Retry-After": "1"},
                body={"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."})
    forge.fault("GET", "/user", status=403, body={"message": "API rate limit exceeded"},
                headers={"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1", "retry-after": "0"})
    post(case, forge, "--to", "comment,status", "--require-post")
    equal((len(forge.comments[12]), len(forge.statuses)), (1, 1))


def waits_no_longer_than_it_may(case):
    forge = scene(case)
    forge.fault("POST", "/comments", times=9, status=429, body={"message": "slow"}, headers={"Retry-After": "4000"})
    result = post(case, forge, "--to", "comment", "--require-post", code=3)
    has(result.err, "asks to wait 4000 s, more than stoker waits in all (300 s)")


def survives_a_conflict_and_a_bad_gateway(case):
    forge = scene(case)
    forge.fault("GET", "comments", times=2, status=502, body={"message": "Server Error"})
    forge.fault("POST", "/statuses", status=409, body={"message": "Conflict"})
    forge.fault("POST", "/comments", status=502, body={"message": "Server Error"}, apply=True)
    post(case, forge, "--to", "comment,status", "--require-post")
    equal((len(forge.comments[12]), len(forge.statuses)), (1, 1))


def a_lost_answer_doubles_nothing(case):
    forge = scene(case)
    case.write("run.json", json.dumps(link(record(case), 120)))
    forge.fault("POST", "/comments", cut=True)
    forge.fault("POST", "/check-runs", cut=True)
    forge.fault("PATCH", "/check-runs", cut=True)
    post(case, forge, "--to", "comment,check", "--require-post")
    equal(len(forge.comments[12]), 1)
    check, = forge.checks
    equal([a["start_line"] for a in check["annotations"]], list(range(1, 121)))
    # and once more, of the same run
    post(case, forge, "--to", "check", "--require-post")
    equal((len(forge.checks), len(forge.checks[0]["annotations"])), (1, 120))


def annotates_only_changed_lines(case):
    forge = scene(case)
    run = link(record(case), 6)
    rows = run["comparisons"][0]["rows"]
    rows[1]["link"] = {"kind": "unrelated"}
    rows[2]["link"]["via"]["path"] = "../../etc/passwd"
    rows[3]["link"]["via"]["line"] = 0
    rows[4]["link"]["via"]["path"] = "/abs/file.go"
    rows[5]["function"]["name"] = "evil\n::error::\x1b[31m"
    case.write("run.json", json.dumps(run))
    post(case, forge, "--to", "check", "--require-post")
    notes = forge.checks[0]["annotations"]
    equal([(n["path"], n["start_line"]) for n in notes], [("pkg/file.go", 1), ("pkg/file.go", 6)])
    lacks(notes[1]["message"], "\n")
    lacks(notes[1]["message"], "\x1b")


def a_fork_gets_its_summary(case):
    forge = scene(case)
    event(case, repo={"full_name": "stranger/shop"})
    result = post(case, forge, "--to", "comment,check", "--require-post")
    equal(forge.requests, [])
    has(result.err, "fork pull request: the token is read-only, so the report goes to the step summary")
    has(read(case, "summary.md"), "catalog.render")
    event(case, repo=None)  # the fork is gone
    post(case, forge, "--require-post")
    equal(forge.requests, [])


def workflow_run(case, forge, number=None, sha=HEAD):
    run = {"head_sha": sha, "head_branch": "feat/x", "head_repository": {"full_name": "stranger/shop"}, "pull_requests": []}
    case.write("event.json", json.dumps({"workflow_run": run}))
    forge.pulls[12]["head"]["label"] = "stranger:feat/x"
    forge.pulls[13] = {"number": 13, "state": "open", "head": {"sha": "1" * 40, "ref": "y", "label": "acme:y"}, "base": {"ref": "main"}}
    forge.comments[13] = []
    return dict(GITHUB_EVENT_NAME="workflow_run")


def the_second_workflow_finds_the_pull_request(case):
    forge = scene(case)
    post(case, forge, "--require-post", env=workflow_run(case, forge))
    equal((len(forge.comments[12]), len(forge.comments[13]), len(forge.checks)), (1, 0, 1))
    has(forge.sent("GET", r"/pulls\?")[0]["path"], "head=stranger%3Afeat%2Fx")


def the_second_workflow_believes_no_number(case):
    forge = scene(case)
    result = post(case, forge, "--to", "comment", "--pr", "13", "--require-post", env=workflow_run(case, forge), code=3)
    has(result.err, "nothing is posted there")
    equal(forge.comments[13], [])


def the_second_workflow_posts_no_other_commit(case):
    forge = scene(case)
    for revision in ("f" * 40, HEAD[:-1] + "0", "f" * 7):
        run = record(case)
        run["head"]["revision"] = revision
        case.write("run.json", json.dumps(run))
        result = post(case, forge, "--to", "comment,check,status", "--require-post", env=workflow_run(case, forge), code=3)
        has(result.err, "the record is of commit %s, the workflow run was for 2d91e07aa2d9: nothing is posted" % revision[:12])
        equal(forge.requests, [])


def a_path_below_an_enterprise_server(case):
    forge = scene(case, forge=Forge(base="/api/v3"))
    post(case, forge, "--to", "comment,check,status", "--require-post")
    equal((len(forge.comments[12]), len(forge.checks)), (1, 1))


def follows_a_redirect_on_the_host_only(case):
    other = Forge()
    forge = scene(case)
    forge.fault("POST", "/issues/12/comments", status=307, body={"message": "Moved"},
                headers={"Location": forge.url + "/repos/acme/shop/issues/12/comments"})
    post(case, forge, "--to", "comment", "--require-post")
    equal(len(forge.comments[12]), 1)
    forge.fault("POST", "/statuses", status=301, body={"message": "Moved"}, headers={"Location": other.url + "/x"})
    result = post(case, forge, "--to", "status", "--require-post", code=3)
    has(result.err, "leads to another host")
    equal(other.requests, [])
    other.close()


def a_dry_run_sends_nothing(case):
    forge = scene(case)
    result = post(case, forge, "--dry-run", "--to", "comment,check,status,summary,outputs")
    equal(forge.requests, [])
    equal(read(case, "summary.md") + read(case, "output.txt"), "")
    for part in ("POST %s/repos/acme/shop/issues/12/comments" % forge.url, "/check-runs\n", "/statuses/" + HEAD,
                 "append to GITHUB_STEP_SUMMARY", "append to GITHUB_OUTPUT"):
        has(result.out, part)


def a_summary_stays_below_its_limit(case):
    """Over 1 MiB the runner drops the whole summary of a step, what others wrote included."""
    forge, most = scene(case), 1 << 20
    run = link(record(case), 1500)
    for row in run["comparisons"][0]["rows"]:
        row["function"]["name"] = "very/long/package." + "x" * 700 + str(row["link"]["via"]["line"])
    case.write("run.json", json.dumps(run))
    for used, said in ((0, "step summary"), (most - 400_000, "step summary"), (most - 20_000, "step summary"), (most - 1000, "summary is full")):
        case.write("summary.md", "x" * used)
        has(post(case, forge, "--to", "summary").err, said)
        text = read(case, "summary.md")
        assert used <= len(text.encode()) <= most, len(text.encode())
        equal(len(text) > used, used < most - 1000)
        if used == most - 20_000:
            has(text, "Shortened: without")


def errors_of_the_server_are_harmless(case):
    forge = scene(case)
    forge.fault("GET", "comments", times=9, status=403, body={"message": "\x1b[2J::error::x %s\n::set-env::" % TOKEN + "y" * 9000})
    result = post(case, forge, "--to", "comment")
    lacks(result.err, "\x1b")
    assert len(result.err) < 6000
    assert not any(line.startswith("::") and not line.startswith("::warning title=stoker") for line in result.err.split("\n"))


def unknown_places_are_refused(case):
    forge = scene(case)
    has(post(case, forge, "--to", "coment", code=2).err, "'coment' is no place to post to")
    result = case.run("post", "run.json", GITHUB_ACTIONS="", GITLAB_CI="")
    equal(result.code, 2)
    has(result.err, "--repo OWNER/NAME --pr NUMBER")


def without_a_token_the_rest_is_done(case):
    forge = scene(case)
    result = post(case, forge, env={"GITHUB_TOKEN": "", "GH_TOKEN": "", "STOKER_GITHUB_TOKEN": ""})
    has(result.err, "none of STOKER_GITHUB_TOKEN, GITHUB_TOKEN, GH_TOKEN is set")
    has(read(case, "summary.md"), "catalog.render")
    equal(forge.requests, [])


def a_run_in_ci_posts_what_its_workflow_says(case):
    forge = scene(case)
    # what is refused is no verdict
    forge.fault("POST", "check-runs", status=403, body={"message": "Resource not accessible by integration"})
    text = read(case, "fake.lua").replace('name = "fake",', 'name = "fake", post = { "comment", "summary", "check" },')
    case.write("fake.lua", text)
    result = case.run("run", "fake.lua", "-e", "DIR=" + case.dir, "-e", "PAIRS=4", "-e", "BLOCK=3s", **actions(case, forge))
    comment, = forge.comments[12]
    has(comment["body"], "<!-- stoker:report v1 key=fake -->")
    has(read(case, "summary.md"), "### ")
    has(result.err, "not posted: check: POST")
    assert result.code in (0, 10), result.code
    assert re.search(r"^stoker  .* · exit %d$" % result.code, result.err, re.M), result.err


def the_example_of_the_docs_works(case):
    with open(os.path.join(HERE, "..", "..", "docs", "publishing.md")) as file:
        command, = re.findall(r"^```sh\nstoker (.*)\n```$", file.read(), re.M)
    run = record(case)
    folder = os.path.join(case.dir, ".stoker", "runs", run["id"])
    os.makedirs(folder)
    os.rename(os.path.join(case.dir, "run.json"), os.path.join(folder, "run.json"))
    result = case.run(*command.split(), GITHUB_ACTIONS="", GITLAB_CI="")
    equal(result.code, 0)
    has(result.out, "POST https://api.github.com/repos/acme/shop/issues/12/comments\n")


def a_hostile_record_breaks_out_of_nothing(case):
    forge = scene(case, "hostile")
    post(case, forge, "--to", "comment,check,status,summary,outputs", "--require-post")
    texts = [forge.comments[12][0]["body"], read(case, "summary.md"), forge.checks[0]["output"]["summary"],
             forge.checks[0]["output"]["title"], forge.statuses[0]["description"], json.dumps(forge.checks[0]["annotations"])]
    for text in texts:
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", text), text
    for text in texts[:3]:
        outside = re.sub(r"`[^`\n]*`", "", text)
        assert not re.search(r"(?<![\w`])@(?!\u2060)\w|<script|<img|\]\(javascript", outside), outside


CASES = [value for value in list(globals().values()) if callable(value) and getattr(value, "__module__", "") == "__main__" and
         value.__code__.co_varnames[:value.__code__.co_argcount] == ("case",)]

if __name__ == "__main__":
    main("post", CASES, 4)
