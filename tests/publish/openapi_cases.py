"""`stoker post` and `stoker bot` against GitHub's own published description of its API, served by a strict mock (prism).

A proxy between both keeps the requests, fails the test when the mock says that a request breaks the description
(sl-violations with location "request"), and changes an answer where the constant examples would hide a call: the
mock has no state. Every call in github-api/api.github.com.json must have been made at the end.
"""
import base64
import http.client
import http.server
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "cli")]
sys.dont_write_bytecode = True

from bot_lib import SECRET, Bot, archive, comment, finished, run_record  # noqa: E402
from fake_github import Store  # noqa: E402
from post_cases import HEAD, actions, event, link, record, workflow_run  # noqa: E402
from run_lib import equal, has, lacks, main  # noqa: E402

API = os.path.join(HERE, "github-api", "api.github.com.json")
MODULES = os.path.abspath(os.path.join(os.environ.get("BUILD", "build"), "publish-npm", "node_modules"))
MARKER = "<!-- stoker:report v1 key=shop -->\nold"
SEEN = set()  # (method, path of the description), of all cases
PORT = [0]


class Proxy(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        mock = http.client.HTTPConnection("127.0.0.1", PORT[0], timeout=60)
        mock.request(self.command, self.path, body or None, {k: v for k, v in self.headers.items() if k.lower() != "host"})
        answer = mock.getresponse()
        data = answer.read()
        state = self.server.state
        violations = json.loads(answer.getheader("sl-violations") or "[]")
        wrong = [v for v in violations if v.get("location", ["?"])[0] == "request"]
        with state.lock:
            state.calls.append((self.command, self.path, answer.status, wrong, body))
            for path, methods in state.paths.items():
                if self.command.lower() in methods and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), self.path.split("?")[0]):
                    SEEN.add((self.command.lower(), path))
        for (method, pattern), change in state.changes.items():
            if method == self.command and re.search(pattern, self.path) and answer.status < 300:
                data = json.dumps(change(json.loads(data or b"null"))).encode()
        lost = next((f for f in state.lost if f[0] == self.command and re.search(f[1], self.path)), None)
        if lost:
            state.lost.remove(lost)
        self.send_response(502 if lost else answer.status)
        for name in ("Link", "Content-Type", "Location"):
            value = state.location if name == "Location" and answer.status == 302 else answer.getheader(name)
            if value:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if answer.status != 204:
            self.wfile.write(data)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = any


class Strict:
    """A door to the mock with changes of answers: {(method, pattern): function of the JSON}.

    lost: requests that are carried out and answered 502, once each; location: where a 302 leads.
    """

    def __init__(self, changes=None):
        self.changes, self.calls, self.lock = changes or {}, [], threading.Lock()
        self.lost, self.location = [], None
        with open(API) as file:
            self.paths = json.load(file)["paths"]
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
        self.server.state = self
        self.url = "http://127.0.0.1:%d" % self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.pulls, self.comments = {12: {"head": {}}}, {}  # as workflow_run() wants it

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        assert self.calls
        for method, path, status, wrong, body in self.calls:
            assert not wrong and status < 303, "%s %s: %d %s\n%s" % (method, path, status, wrong, body[:2000])

    def made(self, method, pattern):
        return [c for c in self.calls if c[0] == method and re.search(pattern, c[1])]


def post(case, door, *args, env=None, code=0):
    result = case.run("post", "run.json", "--require-post", *args, **actions(case, door, **(env or {})))
    assert result.code == code, result.err
    return result


def makes_everything(case):
    door = Strict({("GET", r"/check-runs\?"): lambda _: {"total_count": 0, "check_runs": []},
                   ("GET", "/annotations"): lambda _: []})
    case.write("run.json", json.dumps(link(record(case), 3)))
    event(case)
    post(case, door, "--to", "comment,check,status")
    for call in (("POST", "/issues/12/comments$"), ("POST", "/check-runs$"), ("POST", "/statuses/" + HEAD), ("PATCH", r"/check-runs/\d+$")):
        equal(len(door.made(*call)), 1)
    door.close()


def brings_everything_up_to_date(case):
    def comments(answer):
        own = dict(answer[0], id=answer[0]["id"], body=MARKER, user=dict(answer[0]["user"], login="octocat"))
        return [own, dict(own, id=own["id"] + 1)]

    door = Strict({("GET", "/issues/12/comments"): comments,
                   ("GET", r"/check-runs\?"): lambda a: dict(a, check_runs=[dict(a["check_runs"][0], name="stoker/shop", external_id="20261122-143805-shop")])})
    record(case)
    event(case)
    post(case, door, "--to", "comment,check")
    assert door.made("PATCH", r"/issues/comments/\d+$")
    assert door.made("PATCH", r"/check-runs/\d+$")
    equal(door.made("POST", ""), [])
    door.close()


def takes_back_a_comment_made_beside_another(case):
    state = {"made": None}

    def created(answer):
        state["made"] = dict(answer, id=answer["id"] + 1)
        return state["made"]

    def comments(answer):
        if not state["made"]:
            return []
        with_marker = dict(state["made"], body=json.loads(door.made("POST", "comments")[0][4])["body"])
        return [dict(with_marker, id=with_marker["id"] - 1), with_marker]

    door = Strict({("GET", "/issues/12/comments"): comments, ("POST", "/issues/12/comments"): created})
    record(case)
    event(case)
    post(case, door, "--to", "comment")
    equal(len(door.made("DELETE", r"/issues/comments/\d+$")), 1)
    door.close()


def the_second_workflow(case):
    door = Strict({("GET", r"/pulls\?"): lambda a: [dict(a[0], number=12, head=dict(a[0]["head"], sha=HEAD))]})
    record(case)
    post(case, door, "--to", "status,comment", env=workflow_run(case, door))
    assert door.made("GET", r"/pulls\?state=open&head=stranger%3Afeat%2Fx")
    assert door.made("POST", "/issues/12/comments")
    door.close()


KEY = os.path.abspath(os.path.join(HERE, "..", "fixtures", "keys", "rsa_pkcs1.pem"))
APP = "Iv1.8a61f9b3a7aba766"


def node(script, *args):
    """What a module that may use the installed packages prints."""
    run = subprocess.run(["node", "--input-type=module", "-e", script, *args], capture_output=True, text=True, cwd=os.path.join(MODULES, ".."))
    return run.stdout + run.stderr


def verify(token):
    """A token of the App, read by a library that is not ours."""
    return node("""
      import { createPublicKey } from 'node:crypto'; import { readFileSync } from 'node:fs'; import { jwtVerify } from 'jose';
      const key = createPublicKey(readFileSync(process.argv[2]));
      const { payload } = await jwtVerify(process.argv[1], key, { algorithms: ['RS256'], issuer: process.argv[3], maxTokenAge: '11m', requiredClaims: ['iat', 'exp', 'iss'] });
      if (payload.exp - payload.iat > 600) throw new Error('too long');
      console.log('verified');
    """, token, KEY, APP)


def an_app_with_its_own_token(case):
    with open(KEY) as file:
        key = file.read()
    signed = []
    door = Strict()
    record(case)
    event(case)
    real = Proxy.any

    def note(self):
        if self.path.startswith("/app") or self.path.endswith("/installation"):
            signed.append(self.headers.get("Authorization"))
        return real(self)

    door.server.RequestHandlerClass = type("Noting", (Proxy,), {"do_GET": note, "do_POST": note})
    post(case, door, "--to", "status", env={"STOKER_GITHUB_APP_ID": APP, "STOKER_GITHUB_APP_KEY": key.replace("\n", "\\n")})
    equal(len(signed), 3)
    for header in signed:
        kind, token = header.split()
        equal(kind, "Bearer")
        has(verify(token), "verified")
        lacks(verify(token[:-8] + "AAAAAAAA"), "verified")
    door.close()


def the_bot(case):
    """Each call that the bot makes, as an App; one that is lost is looked for before it is made again."""
    def artifacts(answer):
        one = dict(answer["artifacts"][0], id=5, name="stoker", expired=False, size_in_bytes=9)
        return dict(answer, artifacts=[dict(one, workflow_run=dict(one.get("workflow_run") or {}, id=77, head_sha=HEAD))])

    def pull(answer):
        return dict(answer, state="open", head=dict(answer["head"], sha=HEAD), base=dict(answer["base"], ref="release/1"))

    def content(answer):
        return dict(answer if isinstance(answer, dict) else {}, sha="b" * 40, encoding="base64",
                    content=base64.encodebytes(b'{"schema": 1, "accepted": []}').decode())

    store = Store()
    store.files["/5"] = archive({"run.json": run_record()})
    door = Strict({("GET", "/permission$"): lambda a: dict(a, permission="write"), ("GET", r"/artifacts\?"): artifacts,
                   ("GET", r"/pulls/\d+$"): pull, ("GET", "/contents/"): content, ("GET", r"/pulls\?"): lambda _: [],
                   ("GET", r"/check-runs\?"): lambda _: {"total_count": 0, "check_runs": []}, ("GET", "/annotations"): lambda _: [],
                   ("GET", "/issues/12/comments"): lambda _: []})
    door.location = store.url + "/5"
    door.lost = [("POST", "/dispatches$"), ("POST", "/git/refs$")]
    bot = Bot(case, door, "--to", "comment,check", "--app-id", APP, "--app-key-file", KEY)
    for text in ("/stoker explain apply_rules", "/stoker accept \"why\" 30d", "/stoker run"):
        bot.queued(comment(text, id=len(text)))
    bot.queued(finished(pulls=[12]))
    bot.until(lambda: bot.metrics()['stoker_bot_handled_total{result="done"}'] == 4)
    bot.stop()
    equal([len(door.made("POST", call)) for call in ("/dispatches$", "/pulls$", "/check-runs$")], [2, 1, 1])
    assert door.made("PUT", r"/contents/\.stoker%2Faccepted\.json$") and door.made("GET", r"/runs\?event=workflow_dispatch")
    for request in store.requests:
        assert "Authorization" not in request
    store.server.shutdown()
    door.close()


def every_published_webhook(case):
    """All examples of the published package, signed by its own signing library: none is refused, none is ours."""
    door = Strict()
    bot = Bot(case, door)
    lines = node("""
      import { sign, verify } from '@octokit/webhooks-methods'; import { createRequire } from 'node:module';
      const all = createRequire(process.cwd() + '/x')('@octokit/webhooks-examples');
      for (const { name, examples } of all.default ?? all)
        for (const example of examples) {
          const body = JSON.stringify(example), signature = await sign(process.argv[1], body);
          if (!await verify(process.argv[1], body, signature)) throw new Error('not its own');
          console.log(JSON.stringify({ name, signature, body }));
        }
    """, SECRET).splitlines()
    results = {}
    for line in lines:
        one = json.loads(line)
        status, result = bot.send(None, name=one["name"], raw=one["body"].encode(), X_Hub_Signature_256=one["signature"])
        equal(status, 200)
        results.setdefault(one["name"], set()).add(result)
    assert len(results) >= 50, len(results)
    equal(results.pop("ping"), {"pong"})
    # not our repository, or too old an example
    assert results.pop("workflow_run") <= {"ignored", "repository not listed"}
    equal(set().union(*results.values()), {"ignored"})
    bot.stop()
    door.server.shutdown()
    door.server.server_close()


def the_mock_is_strict(case):
    """What is wrong is seen: the cases above mean something."""
    door = Strict()
    for method, path, body in (("POST", "/repos/o/r/check-runs", {"name": "x", "head_sha": HEAD, "conclusion": "fine"}),
                               ("POST", "/repos/o/r/issues/1/comments", {"text": "x"}),
                               ("PATCH", "/repos/o/r/check-runs/1", {"output": {"title": "t", "summary": "s", "annotations": [
                                   {"path": "a", "start_line": 1, "end_line": 1, "annotation_level": "error", "message": "m"}]}})):
        there = http.client.HTTPConnection(door.url[len("http://"):])
        there.request(method, path, json.dumps(body), {"Content-Type": "application/json", "Authorization": "Bearer x"})
        there.getresponse().read()
    equal([bool(c[3]) or c[2] >= 400 for c in door.calls], [True, True, True])
    door.server.shutdown()
    door.server.server_close()
    SEEN.clear()


def every_call_was_made(case):
    with open(API) as file:
        paths = json.load(file)["paths"]
    wanted = {(m, p) for p, methods in paths.items() for m in methods if m in ("get", "post", "put", "patch", "delete")}
    equal(sorted(wanted - SEEN), [])


def start_mock(log):
    process = subprocess.Popen([os.path.join(MODULES, ".bin", "prism"), "mock", "-h", "127.0.0.1", "-p", "0", API],
                               stdout=log, stderr=subprocess.STDOUT)
    end = time.monotonic() + 120
    while time.monotonic() < end and process.poll() is None:
        with open(log.name) as file:
            found = re.search(r"listening on http://127\.0\.0\.1:(\d+)", file.read())
        if found:
            PORT[0] = int(found.group(1))
            return process
        time.sleep(0.2)
    process.kill()
    raise SystemExit("the mock did not start:\n" + open(log.name).read())


if __name__ == "__main__":
    with tempfile.NamedTemporaryFile("w") as LOG:
        MOCK = start_mock(LOG)
        try:
            main("openapi", [the_mock_is_strict, makes_everything, brings_everything_up_to_date, takes_back_a_comment_made_beside_another,
                             the_second_workflow, an_app_with_its_own_token, the_bot, every_published_webhook, every_call_was_made], 1)
        finally:
            MOCK.terminate()
            MOCK.wait()
