"""Our own CI templates, step by step, on pull requests of a small Go service: what each of them does to the verdict, the
comment, the check and the exit code. usage: play_templates.py [CASE ...]

One repository with a main branch and four pull requests: a slower function, more allocation (from a fork), a pure rename,
no change. `stoker init` writes the workflows into it; tests/support/actions_runner.py plays them; fake_github.py keeps what is posted.
"""
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
sys.path[:0] = [os.path.join(ROOT, "tests", "support"), os.path.join(ROOT, "tests", "publish"), os.path.join(ROOT, "tests", "cli")]
sys.dont_write_bytecode = True

import actions_runner  # noqa: E402
import fake_github  # noqa: E402
import run_lib  # noqa: E402

ACTION_COMMIT = "0123456789abcdef0123456789abcdef01234567"
WRITES = [("/check-runs", "checks"), ("/statuses", "statuses"), ("/comments", "pull-requests")]
PLANTS = {  # branch: file, what is there, what takes its place
    "slower": ("pricing.go", "i < 500_000", "i < 2_000_000"),
    "hungry": ("page.go", "make([]byte, pageSize)", "make([]byte, pageSize*3)"),
    "rename": ("cart.go", "sumCart", "addUpCart"),
    "same": ("README.md", "", "A shop.\n"),
}


class Forge(fake_github.Forge):
    """One that knows its tokens and what each may do."""

    def __init__(self):
        super().__init__(login="github-actions[bot]")
        self.pulls, self.comments, self.tokens = {}, {}, {}
        handler, plain = self.server.RequestHandlerClass, fake_github.Handler.route

        def route(self, path, query, body):
            permissions = self.forge.tokens.get((self.headers.get("Authorization") or "")[len("Bearer "):])
            if permissions is None:
                return self.refuse(401, "Bad credentials")
            wanted = next((name for part, name in WRITES if part in path), "contents")
            if path == "/user" or (self.command != "GET" and permissions.get(wanted) != "write"):
                return self.refuse(403, "Resource not accessible by integration")
            self.headers.replace_header("Authorization", "Bearer " + fake_github.TOKEN)
            return plain(self, path, query, body)

        handler.route = route

    def new_token(self, permissions):
        token = "ghs_%d_%s" % (len(self.tokens), "t0ken" * 70)
        self.tokens[token] = permissions
        return token


class Scene:
    def __init__(self, folder):
        self.folder, self.forge = folder, Forge()
        self.work, self.bare = os.path.join(folder, "work"), os.path.join(folder, "acme-shop.git")
        self.commits, self.number = {}, 100
        self.make_repository()
        self.runner = actions_runner.Runner(os.path.join(folder, "runner"), self.bare, {"stoker-test/stoker": self.make_action()},
                                            self.forge.new_token)
        self.keep_binary()

    def git(self, *args, cwd=None):
        return subprocess.run(["git", *args], cwd=cwd or self.work, check=True, capture_output=True, text=True).stdout.strip()

    def make_repository(self):
        shutil.copytree(os.path.join(ROOT, "docs", "examples", "shop"), self.work)
        shutil.copytree(os.path.join(HERE, "shop"), self.work, dirs_exist_ok=True)
        self.git("init", "-q", "-b", "main")
        os.makedirs(os.path.join(self.work, ".github", "workflows"))
        # stoker.lua and the load script are there: init keeps them, and adds the workflows
        subprocess.run([run_lib.STOKER, "init", "--stoker", "https://github.com/stoker-test/stoker@" + ACTION_COMMIT],
                       cwd=self.work, check=True, capture_output=True)
        self.add_staging()
        self.commit("main", "the shop")
        subprocess.run(["git", "clone", "-q", "--bare", self.work, self.bare], check=True)
        for branch, plant in PLANTS.items():
            self.git("checkout", "-q", "-b", branch, "main")
            self.plant(*plant)
            self.commit(branch, branch)
            self.push(branch)

    def add_staging(self):
        """The template and the example it names, with a shorter load on the service that the test has."""
        def take(*path):
            with open(os.path.join(ROOT, *path)) as file:
                return file.read()
        action = "stoker-test/stoker/ci-templates/github@" + ACTION_COMMIT
        flow = take("docs", "examples", "staging.lua")
        for before, after in (("order-service", "fake"), ('"5m"', '"12s"'), ("shop.lua", "fake_load.lua"), ("100/s", "60/s"), ('"2m"', '"5s"')):
            assert before in flow, before
            flow = flow.replace(before, after)
        files = {".github/workflows/stoker-staging.yml": take("ci-templates", "github", "staging.yml")
                 .replace("OWNER/stoker/ci-templates/github@COMMIT", action),
                 "staging.lua": flow, "fake_load.lua": take("tests", "cli", "fake_load.lua"),
                 "deploy.sh": "#!/bin/sh\necho \"deployed to $1\"\n"}
        for name, text in files.items():
            with open(os.path.join(self.work, name), "w") as file:
                file.write(text)
        os.chmod(os.path.join(self.work, "deploy.sh"), 0o755)

    def plant(self, name, before, after):
        for name in os.listdir(self.work) if before == "sumCart" else [name]:
            path = os.path.join(self.work, name)
            if before and not name.endswith(".go"):
                continue
            text = open(path).read() if os.path.exists(path) else ""
            assert not before or before in text or before == "sumCart", name
            with open(path, "w") as file:
                file.write(text.replace(before, after) if before else after)

    def commit(self, branch, message):
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)
        self.commits[branch] = self.git("rev-parse", "HEAD")

    def push(self, branch):
        """As the server keeps a pull request: its head, and a test merge of it with main."""
        number = 10 + list(PLANTS).index(branch)
        tree = self.git("rev-parse", branch + "^{tree}")
        merge = self.git("commit-tree", tree, "-p", self.commits["main"], "-p", self.commits[branch], "-m", "test merge")
        self.git("push", "-q", self.bare, "%s:refs/pull/%d/head" % (branch, number), "%s:refs/pull/%d/merge" % (merge, number))
        self.commits[branch + " merge"] = merge

    def make_action(self):
        """What a runner unpacks of an action's repository: the tree without .git."""
        path = os.path.join(self.folder, "action")
        for name in ("core", "cmd", "lua-lib", "ci-templates", "tests/lint", "Makefile"):
            where = os.path.join(path, name)
            os.makedirs(os.path.dirname(where), exist_ok=True)
            source = os.path.join(ROOT, name)
            shutil.copytree(source, where) if os.path.isdir(source) else shutil.copy(source, where)
        return path

    def keep_binary(self):
        """The cache as an earlier job left it: test_install.sh is the one that builds."""
        key = subprocess.run(["sh", os.path.join(self.folder, "action", "ci-templates", "install.sh"), "--key"],
                             check=True, capture_output=True, text=True).stdout.strip()
        path = os.path.join(self.runner.caches, "stoker-" + key)
        os.makedirs(path)
        shutil.copy(run_lib.STOKER, os.path.join(path, "stoker"))

    def github(self, name, event, **more):
        self.number += 1
        return dict({"event_name": name, "event": event, "repository": "acme/shop", "run_id": str(self.number), "run_number": "7",
                     "run_attempt": "1", "actor": "ada", "api_url": self.forge.url, "server_url": "https://github.test",
                     "head_ref": "", "base_ref": "", "sha": self.commits["main"], "ref": "refs/heads/main", "ref_name": "main"}, **more)

    def pull_request(self, branch, fork=False):
        """The context of a pull request's job, and the pull request at the forge."""
        number = 10 + list(PLANTS).index(branch)
        owner = "stranger" if fork else "acme"
        head = {"sha": self.commits[branch], "ref": branch, "label": owner + ":" + branch,
                "repo": {"full_name": owner + "/shop", "fork": fork}}
        pull = {"number": number, "state": "open", "head": head,
                "base": {"sha": self.commits["main"], "ref": "main", "repo": {"full_name": "acme/shop"}}}
        self.forge.pulls[number] = pull
        self.forge.comments[number] = []
        event = {"action": "opened", "number": number, "pull_request": pull, "repository": {"full_name": "acme/shop", "default_branch": "main"}}
        return number, self.github("pull_request", event, sha=self.commits[branch + " merge"], ref="refs/pull/%d/merge" % number,
                                   ref_name="%d/merge" % number, head_ref=branch, base_ref="main")

    def workflow_run(self, pull, github):
        """The event that a finished run sends to the default branch."""
        head = pull["head"]
        run = {"id": int(github["run_id"]), "name": "stoker", "event": "pull_request", "conclusion": "failure", "head_sha": head["sha"],
               "head_branch": head["ref"], "head_repository": head["repo"], "actor": {"login": "ada"},
               # of a fork's run the event names no pull request
               "pull_requests": [] if head["repo"]["fork"] else [{"number": pull["number"]}]}
        return self.github("workflow_run", {"action": "completed", "workflow_run": run, "repository": {"full_name": "acme/shop"}})

    def play(self, file, github, variables=None):
        path = os.path.join(self.folder, file)
        with open(path, "w") as out:  # workflow files are those of the commit, post.yml always that of main
            out.write(self.git("show", "%s:.github/workflows/%s" % (self.commits["main"] if file != "stoker.yml" else github["sha"], file)))
        jobs = self.runner.play(path, github, variables)
        (job,) = jobs.values()
        return job


scene = None


def measure(branch, *wanted, fork=False):
    """The first workflow on a branch; once more when its verdict is none of those wanted (see run_lib.judged). Gives
    the number, the context, the job."""
    for _ in range(2):
        number, github = scene.pull_request(branch, fork)
        job = scene.play("stoker.yml", github)
        if job.outputs.get("verdict") in wanted:
            break
        print("%s: %s" % (job.outputs.get("verdict"), job.log[-3000:]))
    return number, github, job


def check_of(branch):
    """The newest check of a branch's head; a repeated measurement makes one of its own."""
    return [check for check in scene.forge.checks if check["head_sha"] == scene.commits[branch]][-1]


def equal(got, wanted, job):
    assert got == wanted, "got %r, wanted %r; the job said:\n%s" % (got, wanted, job.log[-8000:])


def has(text, part, job):
    assert part in text, "%r is not in:\n%s\nthe job said:\n%s" % (part, text, job.log[-8000:])


def planted_line_of(where, branch, part):
    """File and number of the line that the branch changed."""
    name = PLANTS[branch][0]
    lines = where.git("show", "%s:%s" % (branch, name)).split("\n")
    return name, [part in line for line in lines].index(True) + 1


def planted_line(branch, part):
    return planted_line_of(scene, branch, part)


def names_the_plant(body, branch, function, job):
    """A row of the comment has the function, as changed here, with a link into its file at the head's commit."""
    rows = [line for line in body.split("\n") if line.startswith("|") and function in line]
    assert rows, "no row of %s in:\n%s\n%s" % (function, body, job.log[-8000:])
    name, _ = planted_line(branch, PLANTS[branch][2])
    links = re.findall(r"https://github\.test/acme/shop/blob/%s/%s#L(\d+)" % (scene.commits[branch], name), rows[0])
    assert links, rows[0]
    has(rows[0], "changed here", job)
    has(rows[0], "🔴", job)
    return [int(link) for link in links]


def slower_function(_):
    number, github, job = measure("slower", "regression")
    equal(job.outputs.get("verdict"), "regression", job)
    equal((job.outputs["exit-code"], job.result), ("10", "failure"), job)
    comment, = scene.forge.comments[number]
    name, line = planted_line("slower", "2_000_000")
    lines = names_the_plant(comment["body"], "slower", "applyRules", job)
    assert any(abs(at - line) <= 4 for at in lines), (lines, line)
    has(job.summary, "applyRules", job)
    check = check_of("slower")
    equal(check["conclusion"], "failure", job)
    assert any(note["path"] == name and "applyRules" in note["message"] for note in check["annotations"]), check["annotations"]
    assert os.path.exists(os.path.join(job.outputs["record"], "report.html")), job.outputs
    kept = os.path.join(scene.runner.artifacts, github["run_id"], "stoker")
    equal(sorted(set(os.listdir(kept)) - {"slices"}), ["report.html", "report.md", "run.json"], job)
    # the second workflow has nothing to do: the first one's token could write
    second = scene.play("stoker-post.yml", scene.workflow_run(scene.forge.pulls[number], github))
    equal(second.result, "skipped", second)


def more_allocation_from_a_fork(_):
    before = len(scene.forge.requests)
    number, github, job = measure("hungry", "regression", fork=True)
    equal(job.outputs.get("verdict"), "regression", job)
    equal((job.outputs["exit-code"], job.result), ("10", "failure"), job)
    equal((len(scene.forge.requests), scene.forge.comments[number]), (before, []), job)
    has(job.log, "fork pull request: the token is read-only", job)
    has(job.summary, "renderPage", job)
    second = scene.play("stoker-post.yml", scene.workflow_run(scene.forge.pulls[number], github))
    equal(second.result, "success", second)
    comment, = scene.forge.comments[number]
    names_the_plant(comment["body"], "hungry", "renderPage", second)
    check = check_of("hungry")
    equal(check["conclusion"], "failure", second)
    assert not [step for step in second.steps if "checkout" in step.name]


def pure_rename(_):
    number, _, job = measure("rename", "moved", "no_change")
    equal((job.outputs["exit-code"], job.result), ("0", "success"), job)
    assert job.outputs["verdict"] in ("moved", "no_change"), job.outputs
    equal(job.outputs["regressions"], "0", job)
    for comment in scene.forge.comments[number]:
        assert "🔴" not in comment["body"], comment["body"]
    with open(os.path.join(job.outputs["record"], "run.json")) as file:
        rows = json.load(file)["comparisons"][0]["rows"]
    renamed = [row for row in rows if "partner" in row and row["function"]["name"].endswith(("sumCart", "addUpCart"))]
    assert renamed and renamed[0]["verdict"] == "moved", [(row["function"]["name"], row["verdict"]) for row in rows]


def no_change(_):
    number, _, job = measure("same", "no_change")
    equal((job.outputs["exit-code"], job.result), ("0", "success"), job)
    equal(job.outputs["verdict"], "no_change", job)
    equal((job.outputs["regressions"], scene.forge.comments[number]), ("0", []), job)
    check = check_of("same")
    equal(check["conclusion"], "success", job)


def staging_keeps_a_baseline(case):
    """Twice the same commit's system: the first run finds nothing kept, the second finds the first one's, through git notes."""
    serve = case.start("serve", "--listen", "127.0.0.1:0", "--data", "data")
    case.until(serve, "http://127.0.0.1:")
    pyroscope = re.search(r"http://127\.0\.0\.1:\d+", "".join(open(path).read() for path in serve.paths)).group(0)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    service = subprocess.Popen([sys.executable, case.dir + "/fake_service.py", str(port), pyroscope, "base"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        variables = {"STAGING_URL": "http://127.0.0.1:%d" % port, "PYROSCOPE_URL": pyroscope}
        for said in ("no baseline of", "base kept in git notes"):
            github = scene.github("push", {"ref": "refs/heads/main", "repository": {"full_name": "acme/shop", "default_branch": "main"}})
            job = scene.play("stoker-staging.yml", github, variables)
            equal((job.outputs.get("exit-code"), job.result), ("0", "success"), job)
            has(job.log, "deployed to staging", job)
            has(job.summary, "work.parse", job)
            has(job.log, said, job)
        notes = scene.git("--git-dir", scene.bare, "notes", "--ref=stoker", "list")
        assert scene.commits["main"] in notes, notes
    finally:
        service.kill()
        service.wait()
        serve.terminate()
        serve.wait(timeout=20)


def fork_event(change):
    """The second workflow on what a stranger's artifact may hold: change(folder) makes it."""
    number, github = scene.pull_request("hungry", fork=True)
    folder = os.path.join(scene.runner.artifacts, github["run_id"], "stoker")
    os.makedirs(folder)
    change(folder)
    job = scene.play("stoker-post.yml", scene.workflow_run(scene.forge.pulls[number], github))
    return number, job


def no_artifact_is_no_failure(_):
    number, job = fork_event(os.rmdir)
    equal((job.result, scene.forge.comments[number]), ("success", []), job)
    has(job.log, "left no record", job)


def a_linked_record_is_none(_):
    secret = os.path.join(scene.folder, "secret.json")
    with open(secret, "w") as file:
        file.write(json.dumps({"secret": 1}))
    number, job = fork_event(lambda folder: os.symlink(secret, os.path.join(folder, "run.json")))
    equal((job.result, scene.forge.comments[number]), ("success", []), job)
    has(job.log, "left no record", job)


def a_broken_record_posts_nothing(_):
    def change(folder):
        with open(os.path.join(folder, "run.json"), "w") as file:
            file.write('{"schema": 1, "id": "../../x\\n::error::y"')
    number, job = fork_event(change)
    equal((job.result, scene.forge.comments[number]), ("failure", []), job)
    has(job.log, "run.json", job)
    assert "\n::error::y" not in job.log, job.log


def a_record_of_another_commit_posts_nothing(_):
    def change(folder):
        shutil.copy(os.path.join(ROOT, "tests", "fixtures", "runs", "regression.json"), os.path.join(folder, "run.json"))
        path = os.path.join(folder, "run.json")
        with open(path) as file:
            run = json.load(file)
        run["head"]["revision"] = "f" * 40
        with open(path, "w") as file:
            json.dump(run, file)
    number, job = fork_event(change)
    equal(scene.forge.comments[number], [], job)
    has(job.log, "nothing is posted", job)


CASES = [no_artifact_is_no_failure, a_linked_record_is_none, a_broken_record_posts_nothing, a_record_of_another_commit_posts_nothing,
         staging_keeps_a_baseline, slower_function, more_allocation_from_a_fork, pure_rename, no_change]


def play_all(title, cases, begin):
    """Run the cases; begin(folder) makes their scene."""
    run_lib.set_git()
    os.environ.setdefault("GOCACHE", subprocess.run(["go", "env", "GOCACHE"], check=True, capture_output=True, text=True).stdout.strip())
    os.environ.update(GOTOOLCHAIN="local", GOFLAGS="-mod=mod")
    folder = tempfile.mkdtemp(prefix="stoker-%s-" % title)
    try:
        begin(folder)
        run_lib.main(title, cases, at_once=1)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def begin_scene(folder):
    global scene
    scene = Scene(folder)


if __name__ == "__main__":
    play_all("actions", CASES, begin_scene)
