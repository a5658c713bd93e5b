"""Our GitLab template on merge requests of a small Go service: verdict, exit code, note, status and Code Quality file.

`stoker init` writes the template into a repository as play_templates.py has it; tests/support/gitlab_runner.py plays it, and the
GitLab of fake_forges.py keeps what is posted. usage: play_gitlab.py [CASE ...]
"""
import json
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
sys.path[:0] = [os.path.join(ROOT, "tests", "support"), os.path.join(ROOT, "tests", "publish"), os.path.join(ROOT, "tests", "cli"), HERE]
sys.dont_write_bytecode = True

import fake_forges  # noqa: E402
import gitlab_runner  # noqa: E402
import run_lib  # noqa: E402
from play_templates import PLANTS, Scene as Templates, planted_line_of, play_all  # noqa: E402


class Scene:
    def __init__(self, folder):
        self.folder, self.work = folder, os.path.join(folder, "work")
        self.source, self.commits = self.make_source(), {}
        shutil.copytree(os.path.join(ROOT, "docs", "examples", "shop"), self.work)
        shutil.copytree(os.path.join(HERE, "shop"), self.work, dirs_exist_ok=True)
        self.git("init", "-q", "-b", "main")
        self.git("remote", "add", "origin", "https://gitlab.example.org/acme/shop.git")
        subprocess.run([run_lib.STOKER, "init", "--stoker", "https://gitlab.example.org/tools/stoker@" + self.tool_commit],
                       cwd=self.work, check=True, capture_output=True)
        self.commit("main")
        for branch, plant in PLANTS.items():
            self.git("checkout", "-q", "-b", branch, "main")
            Templates.plant(self, *plant)
            self.commit(branch)
        self.runner = gitlab_runner.Runner(os.path.join(folder, "runner"), self.work)
        self.keep_binary()

    def git(self, *args, cwd=None):
        return subprocess.run(["git", *args], cwd=cwd or self.work, check=True, capture_output=True, text=True).stdout.strip()

    def commit(self, branch):
        self.git("add", "-A")
        self.git("commit", "-q", "-m", branch)
        self.commits[branch] = self.git("rev-parse", "HEAD")

    def make_source(self):
        """stoker's own repository, as the job clones it."""
        path = Templates.make_action(self)
        self.git("init", "-q", cwd=path)
        self.git("add", "-A", cwd=path)
        self.git("commit", "-q", "-m", "stoker", cwd=path)
        self.tool_commit = self.git("rev-parse", "HEAD", cwd=path)
        return path

    def keep_binary(self):
        """The cache as an earlier job left it: test_install_ci.sh is the one that builds."""
        key = subprocess.run(["sh", os.path.join(self.source, "ci-templates", "install.sh"), "--key"],
                             check=True, capture_output=True, text=True).stdout.strip()
        path = os.path.join(self.runner.caches, "stoker-" + self.tool_commit, ".stoker-ci", "bin", key)
        os.makedirs(path)
        shutil.copy(run_lib.STOKER, os.path.join(path, "stoker"))

    def play(self, branch, forge, **more):
        text = self.git("show", "%s:.gitlab-ci.yml" % self.commits[branch])
        return self.runner.play(text, dict({
            "CI_PIPELINE_SOURCE": "merge_request_event", "CI_MERGE_REQUEST_IID": "12", "CI_COMMIT_SHA": self.commits[branch],
            "CI_MERGE_REQUEST_DIFF_BASE_SHA": self.commits["main"], "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
            "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": branch, "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "42", "CI_PROJECT_ID": "42",
            "CI_API_V4_URL": forge.url, "CI_PROJECT_URL": forge.host + "/acme/shop", "CI_PIPELINE_IID": "7",
            "CI_JOB_URL": forge.host + "/acme/shop/-/jobs/9", "CI_JOB_TOKEN": "job", "STOKER_GITLAB_TOKEN": fake_forges.TOKEN,
            "STOKER_SOURCE": self.source}, **more))


scene = None


def measure(branch, wanted, **more):
    """The job and its forge; once more when it ended otherwise than wanted (see run_lib.judged)."""
    for _ in range(2):
        forge = fake_forges.GitLab()
        forge.head = scene.commits[branch]
        job = scene.play(branch, forge, **more)["stoker"]
        if job.code == wanted:
            break
        print("%s: exit %d\n%s" % (branch, job.code, job.log[-3000:]))
    assert job.code == wanted, job.log[-8000:]
    assert fake_forges.TOKEN not in job.log, "the token is in the log"
    return forge, job


def record_of(job):
    runs = os.path.join(job.artifacts, ".stoker", "runs")
    (name,) = [name for name in os.listdir(runs) if not os.path.islink(os.path.join(runs, name))]
    with open(os.path.join(runs, name, "run.json")) as file:
        return json.load(file)


def slower_function(_):
    forge, job = measure("slower", 10)
    assert job.result == "failed" and record_of(job)["verdict"] == "regression", job.log[-8000:]
    (note,) = forge.notes
    assert "applyRules" in note["body"] and "🔴" in note["body"], note["body"]
    name, line = planted_line_of(scene, "slower", "2_000_000")
    assert "/acme/shop/-/blob/%s/%s#L" % (scene.commits["slower"], name) in note["body"], note["body"]
    (status,) = forge.statuses
    assert (status["state"], status["sha"]) == ("failed", scene.commits["slower"]), status
    found = [one for one in json.loads(job.reports["codequality"]) if "applyRules" in one["description"]]
    assert found and found[0]["location"]["path"] == name, job.reports
    assert abs(found[0]["location"]["lines"]["begin"] - line) <= 4, (found, line)


def more_allocation(_):
    forge, job = measure("hungry", 10)
    (note,) = forge.notes
    assert "renderPage" in note["body"], note["body"]
    assert any("renderPage" in one["description"] for one in json.loads(job.reports["codequality"])), job.reports


def pure_rename(_):
    forge, job = measure("rename", 0)
    assert all("🔴" not in note["body"] for note in forge.notes), forge.notes
    assert json.loads(job.reports["codequality"]) == [], job.reports
    assert record_of(job)["verdict"] in ("moved", "no_change"), job.log[-8000:]


def no_change(_):
    forge, job = measure("same", 0)
    assert (job.result, forge.notes, json.loads(job.reports["codequality"])) == ("success", [], []), (forge.notes, job.log[-4000:])
    assert [status["state"] for status in forge.statuses] == ["success"], forge.statuses


def a_fork_without_a_token_gets_its_verdict(_):
    forge, job = measure("slower", 10, STOKER_GITLAB_TOKEN="", CI_MERGE_REQUEST_SOURCE_PROJECT_ID="43")
    assert (forge.notes, forge.statuses) == ([], []) and "codequality" in job.reports, job.log[-4000:]


def a_push_to_main_is_not_measured(_):
    assert scene.play("same", fake_forges.GitLab(), CI_PIPELINE_SOURCE="push") == {}


def what_the_runner_does_not_know_fails(_):
    text = scene.git("show", "main:.gitlab-ci.yml")
    for before, after in (("  stage: test", "  stage: test\n  retry: 2"), ('== "merge_request_event"', '== "merge_request_event" + 1')):
        assert before in text, before
        try:
            scene.runner.play(text.replace(before, after), {"CI_PIPELINE_SOURCE": "push"})
        except AssertionError as error:
            assert "does not know" in str(error), error
        else:
            raise AssertionError("played with " + after)


CASES = [a_push_to_main_is_not_measured, what_the_runner_does_not_know_fails, slower_function, more_allocation, pure_rename, no_change,
         a_fork_without_a_token_gets_its_verdict]


def begin_scene(folder):
    global scene
    scene = Scene(folder)


if __name__ == "__main__":
    play_all("gitlab", CASES, begin_scene)
