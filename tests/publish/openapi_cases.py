"""`stoker post` against GitHub's own published description of its API, served by a strict mock (prism).

A proxy between both keeps the requests, fails the test when the mock says that a request breaks the description
(sl-violations with location "request"), and changes an answer where the constant examples would hide a call: the
mock has no state. Every call in github-api/api.github.com.json must have been made at the end.
"""
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

from post_cases import HEAD, actions, equal, event, has, link, record, workflow_run  # noqa: E402
from run_lib import main  # noqa: E402

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
        self.send_response(answer.status)
        for name in ("Link", "Content-Type"):
            if answer.getheader(name):
                self.send_header(name, answer.getheader(name))
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if answer.status != 204:
            self.wfile.write(data)

    do_GET = do_POST = do_PATCH = do_DELETE = any


class Strict:
    """A door to the mock with changes of answers: {(method, pattern): function of the JSON}."""

    def __init__(self, changes=None):
        self.changes, self.calls, self.lock = changes or {}, [], threading.Lock()
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
            assert not wrong and status < 300, "%s %s: %d %s\n%s" % (method, path, status, wrong, body[:2000])

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


def an_app_with_its_own_token(case):
    with open(os.path.join(HERE, "..", "fixtures", "keys", "rsa_pkcs1.pem")) as file:
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
    post(case, door, "--to", "status", env={"STOKER_GITHUB_APP_ID": "Iv1.8a61f9b3a7aba766", "STOKER_GITHUB_APP_KEY": key.replace("\n", "\\n")})
    equal(len(signed), 3)
    # verified by a library that is not ours
    script = """
      import { createPublicKey } from 'node:crypto'; import { readFileSync } from 'node:fs'; import { jwtVerify } from 'jose';
      const key = createPublicKey(readFileSync(process.argv[2]));
      const { payload } = await jwtVerify(process.argv[1], key, { algorithms: ['RS256'], issuer: 'Iv1.8a61f9b3a7aba766', maxTokenAge: '11m', requiredClaims: ['iat', 'exp', 'iss'] });
      if (payload.exp - payload.iat > 600) throw new Error('too long');
      console.log('verified');
    """
    for header in signed:
        kind, token = header.split()
        equal(kind, "Bearer")
        path = os.path.join(MODULES, "..", "verify.mjs")
        run = subprocess.run(["node", "--input-type=module", "-e", script, token, os.path.abspath(os.path.join(HERE, "../fixtures/keys/rsa_pkcs1.pem"))],
                             capture_output=True, text=True, cwd=os.path.dirname(path))
        has(run.stdout + run.stderr, "verified")
        broken = subprocess.run(["node", "--input-type=module", "-e", script, token[:-8] + "AAAAAAAA", os.path.abspath(os.path.join(HERE, "../fixtures/keys/rsa_pkcs1.pem"))],
                                capture_output=True, text=True, cwd=os.path.dirname(path))
        assert "verified" not in broken.stdout
    door.close()


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
    wanted = {(m, p) for p, methods in paths.items() for m in methods if m in ("get", "post", "patch", "delete")}
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
                             the_second_workflow, an_app_with_its_own_token, every_call_was_made], 1)
        finally:
            MOCK.terminate()
            MOCK.wait()
