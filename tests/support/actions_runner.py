"""Plays GitHub workflows of this repository on one machine: what their steps would do, as far as the templates use it.

What is there: `on` (is it for this event?), `permissions`, job-level and step-level `if`, `env`, `run` (bash, sh), `shell`,
`working-directory`, `continue-on-error`, `with`, `uses` of a composite action from a folder, outputs, the expressions of
actions_expression.py, and the files GITHUB_ENV, GITHUB_OUTPUT, GITHUB_PATH, GITHUB_STEP_SUMMARY, GITHUB_EVENT_PATH. A key,
an action or a function that is not known ends the test: a template must not lean on what nobody plays.

Stand-ins for published actions, chosen by their name without the commit:
  actions/checkout           a clone of the runner's repository at GITHUB_SHA, with `fetch-depth`, `persist-credentials`
  actions/cache/restore      a folder of the runner per key, with the output cache-hit
  actions/cache/save         the same, written; a key that is there stays as it is
  actions/upload-artifact    a folder of the runner per run and name
  actions/download-artifact  that folder, of the run named by `run-id`
"""
import os
import re
import shutil
import subprocess

from ruamel.yaml import YAML

from actions_expression import Evaluator, interpolate, is_true

JOB_KEYS = {"if", "runs-on", "steps", "timeout-minutes", "permissions", "env", "name"}
STEP_KEYS = {"name", "id", "if", "uses", "with", "run", "env", "shell", "working-directory", "continue-on-error", "timeout-minutes"}
WORKFLOW_KEYS = {"name", "on", "permissions", "jobs", "env", "concurrency"}
ACTION_KEYS = {"name", "description", "author", "branding", "inputs", "outputs", "runs"}
SHELLS = {"bash": ["bash", "--noprofile", "--norc", "-eo", "pipefail"], "sh": ["sh", "-e"], None: ["bash", "-e"]}
PINNED = re.compile(r"^[\w.-]+/[\w./-]+@[0-9a-f]{40}$")


def load(path):
    with open(path) as file:
        return YAML(typ="safe").load(file)


def check_keys(what, mapping, known):
    unknown = sorted(set(mapping) - known)
    assert not unknown, "%s: the runner does not know %s" % (what, ", ".join(unknown))


def to_text(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


class Step:
    """What became of a step."""

    def __init__(self, name, outcome, log="", outputs=None):
        self.name, self.outcome, self.log, self.outputs = name, outcome, log, outputs or {}


class Job:
    """A job that was played: its result, the log of all steps, what they left."""

    def __init__(self):
        self.result, self.steps, self.summary, self.outputs = "success", [], "", {}

    @property
    def log(self):
        return "".join("## %s: %s\n%s" % (step.name, step.outcome, step.log) for step in self.steps)


class Runner:
    """One machine. folder: all it writes; repository: the bare repository that checkout clones; actions: the folder of
    each action repository, by "owner/name". token(permissions): the text of a job's token."""

    def __init__(self, folder, repository, actions, token):
        self.folder, self.repository, self.actions, self.token = folder, repository, actions, token
        self.caches, self.artifacts = os.path.join(folder, "caches"), os.path.join(folder, "artifacts")
        self.home = os.path.join(folder, "home")
        self.cached = []  # keys that were written
        for path in (self.caches, self.artifacts, self.home):
            os.makedirs(path, exist_ok=True)

    def play(self, path, github, variables=None):
        """The jobs of the workflow at path for an event: `github` is the context, with event_name and event. Gives
        {job: Job}; empty if the workflow is not for this event."""
        workflow = load(path)
        check_keys(path, workflow, WORKFLOW_KEYS)
        if not is_for(workflow["on"], github):
            return {}
        jobs = {}
        for name, job in workflow["jobs"].items():
            check_keys("job " + name, job, JOB_KEYS)
            permissions = job.get("permissions", workflow.get("permissions", {}))
            jobs[name] = JobRun(self, name, job, dict(github, token=self.token(permissions), workflow=workflow.get("name")),
                                {**(workflow.get("env") or {}), **(job.get("env") or {})}, variables or {}).play()
        return jobs


def is_for(on, github):
    """Whether the triggers name this event; filters are those of workflow_run and push."""
    events = on if isinstance(on, dict) else dict.fromkeys([on] if isinstance(on, str) else on)
    name, event = github["event_name"], github["event"]
    for filters in events.values():
        check_keys("on", filters or {}, {"workflows", "types", "branches"})
    if name not in events:
        return False
    filters = events[name] or {}
    if name == "workflow_run":
        return event["workflow_run"]["name"] in filters["workflows"] and event["action"] in filters["types"]
    return "branches" not in filters or github["ref_name"] in filters["branches"]


class JobRun:
    def __init__(self, runner, name, job, github, env, variables):
        self.runner, self.name, self.job, self.github = runner, name, job, github
        self.env, self.variables = env, variables
        self.path = []  # what GITHUB_PATH put before PATH, newest first
        self.done = Job()
        self.number = 0
        base = os.path.join(runner.folder, "jobs", "%s-%s-%s" % (github["run_id"], github["workflow"], name))
        self.workspace, self.temp = os.path.join(base, "work"), os.path.join(base, "temp")
        os.makedirs(self.workspace)
        os.makedirs(self.temp)

    def context(self, steps, env, inputs=None, action=None):
        github = dict(self.github, workspace=self.workspace, **(action or {}))
        return {"github": github, "env": env, "steps": steps, "runner": {"temp": self.temp, "os": "Linux", "arch": "X64"},
                "vars": self.variables, "secrets": {}, "inputs": inputs or {}, "job": {"status": self.done.result}}

    def play(self):
        context = self.context({}, self.env)
        if not self.holds(self.job.get("if"), context):
            self.done.result = "skipped"
            return self.done
        env = {key: to_text(interpolate(value, context)) for key, value in self.env.items()}
        self.play_steps(self.job["steps"], {}, env)
        return self.done

    def holds(self, condition, context):
        """An `if`: without a word about the state it also asks that all went well so far."""
        text = to_text(condition).strip()
        if text.startswith("${{") and text.endswith("}}"):
            text = text[3:-2]
        evaluator = Evaluator(context, self.done.result)
        value = is_true(evaluator.evaluate(text)) if text else True
        return value and (evaluator.asked_for_state or self.done.result == "success")

    def play_steps(self, steps, seen, env, inputs=None, action=None):
        """Steps of a job or of a composite action; seen takes their outcomes and outputs."""
        for step in steps:
            check_keys("step %s" % step.get("name"), step, STEP_KEYS)
            context = self.context(seen, env, inputs, action)
            if not self.holds(step.get("if"), context):
                outcome, outputs = "skipped", {}
            else:
                own = {key: to_text(interpolate(value, context)) for key, value in (step.get("env") or {}).items()}
                context = self.context(seen, {**env, **own}, inputs, action)
                play = self.play_uses if "uses" in step else self.play_run
                outcome, outputs = play(step, context, action)
            conclusion = "success" if outcome == "failure" and step.get("continue-on-error") else outcome
            if conclusion == "failure":
                self.done.result = "failure"
            if "id" in step:
                seen[step["id"]] = {"outputs": outputs, "outcome": outcome, "conclusion": conclusion}

    def play_run(self, step, context, action):
        assert action is None or "shell" in step, "step %s: a composite action names its shell" % step.get("name")
        text = to_text(interpolate(step["run"], context))
        assert "${{" not in step["run"], "an expression inside of a script: %s" % step["run"]
        self.number += 1
        files = {}
        for name in ("ENV", "OUTPUT", "PATH", "STEP_SUMMARY"):
            files[name] = os.path.join(self.temp, "_%s_%d" % (name, self.number))
            open(files[name], "w").close()
        script = os.path.join(self.temp, "_script_%d" % self.number)
        with open(script, "w") as file:
            file.write(text + "\n")
        cwd = os.path.join(self.workspace, to_text(interpolate(step.get("working-directory"), context)) or ".")
        done = subprocess.run([*SHELLS[step.get("shell")], script], cwd=cwd, env=self.environment(context, files, action),
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=900)
        outputs = self.take(files)
        outcome = "failure" if done.returncode else "success"
        self.done.steps.append(Step(step.get("name") or text.split("\n")[0], outcome, done.stdout.decode(), outputs))
        return outcome, outputs

    def environment(self, context, files, action):
        """What a step sees: nothing of the machine but PATH and what a toolchain's cache needs."""
        github = context["github"]
        env = {key: os.environ[key] for key in ("PATH", "GOCACHE", "GOFLAGS", "GOTOOLCHAIN", "GOPATH", "LANG") if key in os.environ}
        env["PATH"] = ":".join([*self.path, env["PATH"]])
        env.update(HOME=self.runner.home, CI="true", GITHUB_ACTIONS="true", RUNNER_TEMP=self.temp, RUNNER_OS="Linux", RUNNER_ARCH="X64",
                   GITHUB_WORKSPACE=self.workspace, GITHUB_EVENT_PATH=self.event_path(), GITHUB_JOB=self.name)
        for name in ("repository", "event_name", "sha", "ref", "head_ref", "base_ref", "run_id", "run_number", "run_attempt", "actor",
                     "api_url", "server_url", "ref_name", "workflow"):
            env["GITHUB_" + name.upper()] = to_text(github.get(name))
        if action:
            env["GITHUB_ACTION_PATH"] = action["action_path"]
        for name, path in files.items():
            env["GITHUB_" + name] = path
        env.update(context["env"])
        return env

    def event_path(self):
        import json
        path = os.path.join(self.temp, "_event.json")
        with open(path, "w") as file:
            json.dump(self.github["event"], file)
        return path

    def take(self, files):
        """What a step left in its files; gives its outputs."""
        with open(files["PATH"]) as file:
            for line in file.read().split("\n"):
                if line:
                    self.path.insert(0, line)
        with open(files["STEP_SUMMARY"]) as file:
            self.done.summary += file.read()
        assert os.path.getsize(files["ENV"]) == 0, "GITHUB_ENV: no template needs it, and hostile text in it is fatal"
        with open(files["OUTPUT"]) as file:
            return read_pairs(file.read())

    def play_uses(self, step, context, _):
        uses = step["uses"]
        with_ = {key: to_text(interpolate(value, context)) for key, value in (step.get("with") or {}).items()}
        if uses.startswith("./"):
            return self.play_action(os.path.join(self.workspace, uses), "", step, with_, context)
        assert PINNED.match(uses), "not pinned by a whole commit: " + uses
        name, commit = uses.split("@")
        if name in STAND_INS:
            self.done.steps.append(Step(name, "success"))
            known, call = STAND_INS[name]
            check_keys(name, with_, known)
            try:
                return "success", call(self, with_) or {}
            except StandInFailed as problem:
                self.done.steps[-1].outcome, self.done.steps[-1].log = "failure", "%s\n" % problem
                return "failure", {}
        repository = "/".join(name.split("/")[:2])
        assert repository in self.runner.actions, "nobody plays " + uses
        return self.play_action(os.path.join(self.runner.actions[repository], *name.split("/")[2:]), commit, step, with_, context)

    def play_action(self, path, ref, step, with_, context):
        """A composite action: its own inputs and steps, the caller's environment; fails when one of its steps did."""
        action = load(os.path.join(path, "action.yml"))
        check_keys(path, action, ACTION_KEYS)
        check_keys(path + ": runs", action["runs"], {"using", "steps"})
        assert action["runs"]["using"] == "composite"
        check_keys("with of " + step["uses"], with_, set(action["inputs"]))
        place = {"action_path": path, "action_ref": ref}
        inputs = {name: with_.get(name, to_text(interpolate(value.get("default"), context))) for name, value in action["inputs"].items()}
        before, seen = self.done.result, {}
        self.play_steps(action["runs"]["steps"], seen, context["env"], inputs, place)
        after = self.context(seen, context["env"], inputs, place)
        outputs = {name: to_text(interpolate(value["value"], after)) for name, value in action.get("outputs", {}).items()}
        self.done.outputs = outputs
        outcome = "failure" if self.done.result != before else "success"
        self.done.result = before
        return outcome, outputs


def read_pairs(text):
    """The lines of GITHUB_OUTPUT: name=value, or name<<END with lines up to END."""
    pairs, lines = {}, text.split("\n")
    while lines:
        line = lines.pop(0)
        if not line:
            continue
        long = re.match(r"([\w-]+)<<(.+)$", line)
        if long:
            end = lines.index(long.group(2))
            pairs[long.group(1)], lines = "\n".join(lines[:end]), lines[end + 1:]
        else:
            name, equals, value = line.partition("=")
            assert equals, "GITHUB_OUTPUT: %r" % line
            pairs[name] = value
    return pairs


class StandInFailed(Exception):
    pass


def checkout(run, with_):
    def git(*args):
        subprocess.run(["git", "-C", run.workspace, *args], check=True, capture_output=True)

    assert with_.get("ref") is None, "no template may choose what is checked out"
    git("init", "-q")
    git("remote", "add", "origin", "file://" + run.runner.repository)
    depth = with_.get("fetch-depth", "1")
    refs = ["+refs/heads/*:refs/remotes/origin/*"] if depth == "0" else ["--depth=" + depth]
    git("fetch", "-q", "--no-tags", "origin", *refs, "+%s:refs/remotes/%s" % (run.github["sha"], run.github["ref"][5:]))
    git("checkout", "-q", "--force", run.github["sha"])


def cache_restore(run, with_):
    path = os.path.join(run.runner.caches, with_["key"])
    if not os.path.isdir(path):
        return {"cache-hit": ""}
    shutil.copytree(path, with_["path"], dirs_exist_ok=True)
    return {"cache-hit": "true"}


def cache_save(run, with_):
    path = os.path.join(run.runner.caches, with_["key"])
    run.runner.cached.append(with_["key"])
    if not os.path.isdir(path):
        shutil.copytree(with_["path"], path)


def artifact_path(run, number, name):
    assert name and not set(name) & set('"<>|*?\r\n\\/:'), "GitHub refuses an artifact of this name: %r" % name
    return os.path.join(run.runner.artifacts, number, name)


def upload(run, with_):
    path = artifact_path(run, run.github["run_id"], with_["name"])
    if os.path.isdir(path):
        if with_.get("overwrite") != "true":
            raise StandInFailed("an artifact of this name is there already")
        shutil.rmtree(path)
    if not os.path.isdir(with_["path"]) or not os.listdir(with_["path"]):
        raise StandInFailed("no files at " + with_["path"])
    hidden = shutil.ignore_patterns(".*")  # as the real one leaves them out
    shutil.copytree(with_["path"], path, ignore=hidden)
    return {"artifact-url": "%s/%s/actions/runs/%s/artifacts/1" % (run.github["server_url"], run.github["repository"], run.github["run_id"])}


def download(run, with_):
    assert with_["github-token"] == run.github["token"]
    path = artifact_path(run, with_["run-id"], with_["name"])
    if not os.path.isdir(path):
        raise StandInFailed("Unable to download artifact(s): Artifact not found for name: " + with_["name"])
    shutil.copytree(path, with_["path"], symlinks=True, dirs_exist_ok=True)


STAND_INS = {
    "actions/checkout": ({"fetch-depth", "persist-credentials", "ref"}, checkout),
    "actions/cache/restore": ({"path", "key"}, cache_restore),
    "actions/cache/save": ({"path", "key"}, cache_save),
    "actions/upload-artifact": ({"name", "path", "overwrite", "if-no-files-found"}, upload),
    "actions/download-artifact": ({"name", "path", "run-id", "github-token"}, download),
}
