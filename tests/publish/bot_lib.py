"""What the cases of `stoker bot` share: webhooks as GitHub sends them, records in artifacts, the bot in a case's folder,
and the forge (fake_github.py) that keeps what is posted.

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
import sys
import threading
import uuid
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "cli"), os.path.join(HERE, "..", "hostile")]
sys.dont_write_bytecode = True

from fake_github import HEAD, TOKEN, Forge  # noqa: E402
from run_lib import equal  # noqa: E402

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


def bodies(forge, number=12):
    return [c["body"] for c in forge.comments[number]]


def answers(forge, number=12):
    return [b.split("\n", 1)[1] for b in bodies(forge, number) if b.startswith(MARK)]


def started(case, *args, **kwargs):
    forge = Forge()
    case.started_forge = forge
    return Bot(case, forge, *args, **kwargs), forge


class Gate:
    """Holds requests of the forge until it is opened."""

    def __init__(self, forge, method="GET", path="/permission"):
        self.came, self.open = threading.Event(), threading.Event()
        forge.fault(method, path, before=self.hold)

    def hold(self, forge):
        self.came.set()
        assert self.open.wait(60)
