"""Plays a GitLab CI file on one machine: what a runner with the shell executor would do, as far as the template uses it.

What is there: jobs with `stage`, `image` (said, not pulled), `timeout`, `rules` with `if`, `variables`, `cache` with `key`, `paths`
and `when`, `before_script`, `script`, `artifacts` with `when`, `paths` and `reports`. A key that is not known, or an `if` that is
more than comparisons joined by && and ||, ends the test: a template must not lean on what nobody plays.
"""
import glob
import os
import re
import shutil
import subprocess

from ruamel.yaml import YAML

JOB_KEYS = {"stage", "image", "timeout", "rules", "variables", "cache", "before_script", "script", "artifacts"}
KEYS = {"rules": {"if", "when"}, "cache": {"key", "paths", "when"}, "artifacts": {"when", "paths", "reports"},
        "reports": {"codequality"}}
WHEN = {"on_success": ("success",), "on_failure": ("failed",), "always": ("success", "failed")}
VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")


def check_keys(what, mapping, known):
    unknown = sorted(set(mapping) - known)
    assert not unknown, "%s: the runner does not know %s" % (what, ", ".join(unknown))


def expand(text, variables):
    return VARIABLE.sub(lambda match: variables.get(match.group(1) or match.group(2), ""), str(text))


def compare(text, variables):
    """$NAME == "text", !=, =~ /pattern/, or $NAME alone: is it there."""
    match = re.fullmatch(r"\s*\$(\w+)\s*(?:(==|!=|=~)\s*(null|\"[^\"]*\"|/.*/)\s*)?", text)
    assert match, "rules: the runner does not know " + text
    name, operator, wanted = match.groups()
    value = variables.get(name)
    if operator is None:
        return bool(value)
    if operator == "=~":
        return value is not None and re.search(wanted[1:-1], value) is not None
    return (value == (None if wanted == "null" else wanted[1:-1])) == (operator == "==")


def is_for(job, variables):
    for rule in job.get("rules", [{}]):
        check_keys("rules", rule, KEYS["rules"])
        condition = rule.get("if", "$CI_JOB_RUNS")
        if any(all(compare(part, variables) for part in either.split("&&")) for either in condition.split("||")):
            return rule.get("when", "on_success") != "never"
    return False


class Job:
    """A job that was played: result, what it printed, where its artifacts are (None: there are none), reports by kind."""

    def __init__(self):
        self.result, self.code, self.log, self.artifacts, self.reports = "success", 0, "", None, {}


class Runner:
    """folder: all that it writes; repository: the one that is cloned."""

    def __init__(self, folder, repository):
        self.folder, self.repository, self.number = folder, repository, 0
        self.caches = os.path.join(folder, "caches")
        os.makedirs(self.caches)

    def play(self, text, variables):
        """The jobs of the file for a pipeline with these variables: {name: Job}; without those that are not for it."""
        jobs = {}
        for name, job in YAML(typ="safe").load(text).items():
            check_keys("job " + name, job, JOB_KEYS)
            assert "script" in job, name
            both = {**{key: str(value) for key, value in job.get("variables", {}).items()}, "CI_JOB_RUNS": "1", **variables}
            if is_for(job, both):
                jobs[name] = self.play_job(job, {key: expand(value, both) for key, value in both.items()})
        return jobs

    def play_job(self, job, variables):
        self.number += 1
        done, work = Job(), os.path.join(self.folder, "builds", str(self.number))
        self.check_out(work, variables)
        cache = job.get("cache", {"paths": []})
        check_keys("cache", cache, KEYS["cache"])
        kept = os.path.join(self.caches, expand(cache.get("key", "default"), variables))
        if os.path.isdir(kept):
            shutil.copytree(kept, work, dirs_exist_ok=True)
        # every line of both lists in one shell, which the first failure ends
        script = "set -eo pipefail\n" + "\n".join(job.get("before_script", []) + job["script"]) + "\n"
        ran = subprocess.run(["bash", "--noprofile", "--norc", "-c", script], cwd=work, text=True, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, timeout=900,
                             env={**{key: os.environ[key] for key in ("PATH", "HOME", "GOCACHE", "GOFLAGS", "GOTOOLCHAIN", "LANG")
                                     if key in os.environ}, "CI": "true", "GITLAB_CI": "true", "CI_PROJECT_DIR": work, **variables})
        done.code, done.log = ran.returncode, ran.stdout
        done.result = "failed" if ran.returncode else "success"
        if done.result in WHEN[cache.get("when", "on_success")]:
            self.copy(work, cache["paths"], kept)
        self.keep_artifacts(job.get("artifacts", {}), work, done)
        return done

    def check_out(self, work, variables):
        """All branches with GIT_DEPTH 0, else that many commits of the one; detached at the pipeline's commit."""
        def git(*args):
            subprocess.run(["git", *args], cwd=work, check=True, capture_output=True)
        os.makedirs(work)
        git("init", "-q")
        git("remote", "add", "origin", self.repository)
        depth = variables.get("GIT_DEPTH", "20")
        wanted = ["+refs/heads/*:refs/remotes/origin/*"] if depth == "0" else ["--depth", depth]
        git("fetch", "-q", "origin", *wanted, variables["CI_COMMIT_SHA"])
        git("checkout", "-q", "--detach", variables["CI_COMMIT_SHA"])

    @staticmethod
    def copy(work, patterns, where):
        for pattern in patterns:
            for path in glob.glob(os.path.join(work, pattern), recursive=True):
                target = os.path.join(where, os.path.relpath(path, work))
                os.makedirs(os.path.dirname(target.rstrip("/")), exist_ok=True)
                shutil.copytree(path, target, dirs_exist_ok=True) if os.path.isdir(path) else shutil.copy(path, target)

    def keep_artifacts(self, artifacts, work, done):
        check_keys("artifacts", artifacts, KEYS["artifacts"])
        check_keys("artifacts: reports", artifacts.get("reports", {}), KEYS["reports"])
        if not artifacts or done.result not in WHEN[artifacts.get("when", "on_success")]:
            return
        done.artifacts = os.path.join(self.folder, "artifacts", str(self.number))
        os.makedirs(done.artifacts)
        self.copy(work, artifacts.get("paths", []), done.artifacts)
        for kind, name in artifacts.get("reports", {}).items():
            with open(os.path.join(work, name)) as file:
                done.reports[kind] = file.read()
