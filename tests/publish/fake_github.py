"""A GitHub that keeps what is posted: comments, check runs, statuses, pull requests, with GitHub's limits, and
faults on order. It runs in the test's own process: a test sets up `Forge`, and looks into it afterwards.

What is refused here is what GitHub refuses: no token (401), no User-Agent (403), a body over 65,536 characters
(422), more than 50 annotations, lines below 1, a description over 140 characters, an unknown commit or number.
"""
import base64
import hashlib
import http.server
import json
import re
import sys
import threading
import urllib.parse

TOKEN = "ghp_" + "t0ken" * 60  # longer than any fixed buffer
HEAD = "2d91e07aa2d91e07aa2d91e07aa2d91e07aa2d91"


class Fault:
    """One disturbance: for requests that match, `times` of them.

    status, body, headers: the answer; apply: the request is carried out before; cut: the connection ends in the
    middle of the answer; before: called (with the forge) before anything else.
    """

    def __init__(self, method, path, times=1, status=None, body=None, headers=None, apply=False, cut=False, before=None):
        self.method, self.path, self.left = method, re.compile(path), times
        self.status, self.body, self.headers = status, body, headers or {}
        self.apply, self.cut, self.before = apply, cut, before


class Forge:
    def __init__(self, login="octo-bot", base=""):
        self.login, self.base = login, base
        self.lock = threading.RLock()
        self.next_id = 5_000_000_000  # over 2^32, as real ones are
        self.comments, self.checks, self.statuses = {12: []}, [], []
        self.pulls = {12: {"number": 12, "state": "open", "head": {"sha": HEAD, "ref": "feat/x", "label": "acme:feat/x"},
                           "base": {"sha": "8f3a1c2" + "0" * 33, "ref": "main"}}}
        self.requests, self.faults = [], []
        # for the bot: who may what, reactions, artifacts, workflows, branches with their files
        self.permissions, self.reactions = {"boss": "admin", "dev": "write", "reader": "read"}, []
        self.artifacts, self.dispatches, self.runs, self.proposals = [], [], [], []
        self.branches = {"main": {}}
        self.store = Store()
        self.link_host = None  # of Link headers, where it is not our own
        self.page_max = 100
        handler = type("Handler", (Handler,), {"forge": self})
        self.server = Server(("127.0.0.1", 0), handler)
        self.url = "http://127.0.0.1:%d%s" % (self.server.server_address[1], base)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        for server in (self.server, self.store.server):
            server.shutdown()
            server.server_close()

    def add_artifact(self, run, data, name="stoker", head_sha=HEAD, **more):
        artifact = {"id": self.new_id(), "name": name, "size_in_bytes": len(data), "expired": False,
                    "workflow_run": {"id": run, "head_sha": head_sha}}
        artifact.update(more)
        self.artifacts.append(artifact)
        self.store.files["/%d" % artifact["id"]] = data
        return artifact

    def fault(self, *args, **kwargs):
        self.faults.append(Fault(*args, **kwargs))

    def new_id(self):
        self.next_id += 1
        return self.next_id

    def add_comment(self, body, login=None, number=12):
        comment = {"id": self.new_id(), "body": body, "user": {"login": login or self.login, "type": "User"}}
        comment["html_url"] = "https://github.test/acme/shop/pull/%d#issuecomment-%d" % (number, comment["id"])
        self.comments[number].append(comment)
        return comment

    def sent(self, method, pattern=""):
        return [r for r in self.requests if r["method"] == method and re.search(pattern, r["path"])]


class Server(http.server.ThreadingHTTPServer):
    """One that is used to clients which are killed."""

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Store:
    """Where the bytes of artifacts lie: another host, which must not see the token."""

    def __init__(self):
        store = self
        self.files, self.requests = {}, []

        class Files(http.server.BaseHTTPRequestHandler):
            def log_message(self, *args):
                pass

            def do_GET(self):
                store.requests.append(dict(self.headers))
                data = store.files.get(self.path.split("?")[0])
                self.send_response(404 if data is None else 200)
                self.send_header("Content-Length", str(len(data or b"")))
                self.end_headers()
                self.wfile.write(data or b"")

        self.server = Server(("127.0.0.1", 0), Files)
        self.url = "http://127.0.0.1:%d" % self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    forge = None

    def log_message(self, *args):
        pass

    def answer(self, status, body=None, headers=None, cut=False):
        data = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if cut:
            self.wfile.write(data[:len(data) // 2])
            self.wfile.flush()
            self.close_connection = True
            self.connection.close()
        elif status != 204:
            self.wfile.write(data)

    def page(self, items, query, member=None):
        size = min(int(query.get("per_page", ["30"])[0]), self.forge.page_max)
        number = int(query.get("page", ["1"])[0])
        headers, last = {}, (len(items) + size - 1) // size
        if number < last:
            host = self.forge.link_host or self.forge.url
            path = urllib.parse.urlsplit(self.path).path[len(self.forge.base):]
            link = '<%s%s?per_page=%d&page=%d>; rel="%s"'
            headers["Link"] = ", ".join([link % (host, path, size, number + 1, "next"), link % (host, path, size, last, "last")])
        part = items[(number - 1) * size:number * size]
        return 200, {"total_count": len(items), member: part} if member else part, headers

    def handle_any(self):
        forge = self.forge
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length)
        url = urllib.parse.urlsplit(self.path)
        path = url.path[len(forge.base):] if url.path.startswith(forge.base) else None
        body = json.loads(raw) if raw else None
        with forge.lock:
            forge.requests.append({"method": self.command, "path": self.path, "body": body, "headers": dict(self.headers)})
            fault = next((f for f in forge.faults if f.left and f.method == self.command and f.path.search(self.path)), None)
            if fault:
                fault.left -= 1
        if fault and fault.before:
            fault.before(forge)
        with forge.lock:
            if fault and not fault.apply and fault.status:
                return self.answer(fault.status, fault.body, fault.headers)
            status, answer, headers = self.route(path, urllib.parse.parse_qs(url.query), body)
        if fault and fault.status:
            return self.answer(fault.status, fault.body, fault.headers, fault.cut)
        return self.answer(status, answer, headers, bool(fault and fault.cut))

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = handle_any

    def refuse(self, status, message, errors=None):
        answer = {"message": message, "documentation_url": "https://docs.github.test"}
        if errors:
            answer["errors"] = errors
        return status, answer, {}

    def route(self, path, query, body):
        forge = self.forge
        if not self.headers.get("User-Agent", "").startswith("stoker/"):
            return self.refuse(403, "Request forbidden by administrative rules. Please make sure your request has a User-Agent header")
        if self.headers.get("Authorization") != "Bearer " + TOKEN:
            return self.refuse(401, "Bad credentials")
        if path is None:
            return self.refuse(404, "Not Found")
        for method, pattern, call in ROUTES:
            match = re.fullmatch(pattern, path)
            if match and method == self.command:
                return call(self, query, body, *match.groups())
        return self.refuse(404, "Not Found")

    def get_user(self, query, body):
        return 200, {"login": self.forge.login}, {}

    def list_comments(self, query, body, number):
        if int(number) not in self.forge.comments:
            return self.refuse(404, "Not Found")
        return self.page(self.forge.comments[int(number)], query)

    def check_body(self, body):
        if not isinstance(body, dict) or not isinstance(body.get("body"), str) or not body["body"]:
            return self.refuse(422, "Validation Failed", [{"resource": "IssueComment", "field": "body", "code": "missing_field"}])
        if len(body["body"]) > 65536:
            return self.refuse(422, "Validation Failed", [{"resource": "IssueComment", "code": "unprocessable", "field": "data",
                                                           "message": "Body is too long (maximum is 65536 characters)"}])
        return None

    def create_comment(self, query, body, number):
        if int(number) not in self.forge.comments:
            return self.refuse(404, "Not Found")
        return self.check_body(body) or (201, self.forge.add_comment(body["body"], number=int(number)), {})

    def find_comment(self, number):
        for comments in self.forge.comments.values():
            for comment in comments:
                if comment["id"] == int(number):
                    return comments, comment
        return None, None

    def update_comment(self, query, body, number):
        _, comment = self.find_comment(number)
        if not comment:
            return self.refuse(404, "Not Found")
        bad = self.check_body(body)
        if not bad:
            comment["body"] = body["body"]
        return bad or (200, comment, {})

    def delete_comment(self, query, body, number):
        comments, comment = self.find_comment(number)
        if not comment:
            return self.refuse(404, "Not Found")
        comments.remove(comment)
        return 204, None, {}

    def get_pull(self, query, body, number):
        pull = self.forge.pulls.get(int(number))
        return (200, pull, {}) if pull else self.refuse(404, "Not Found")

    def list_pulls(self, query, body):
        label = query.get("head", [""])[0]
        if ":" not in label:  # as GitHub does
            return self.page(list(self.forge.pulls.values()), query)
        return self.page([p for p in self.forge.pulls.values() if p["head"].get("label") == label], query)

    def check_output(self, body):
        output = body.get("output") or {}
        if output and (not output.get("title") or not output.get("summary")):
            return self.refuse(422, "Invalid request.", ["output needs title and summary"])
        if len(output.get("summary", "")) > 65535 or len(output.get("annotations", [])) > 50:
            return self.refuse(422, "Invalid request.", ["too long"])
        for note in output.get("annotations", []):
            if note["start_line"] < 1 or note["end_line"] < note["start_line"] or note["path"].startswith(("/", "./")) or \
                    note["annotation_level"] not in ("notice", "warning", "failure") or not note["message"]:
                return self.refuse(422, "Invalid request.", ["bad annotation"])
        return None

    def create_check(self, query, body):
        if body.get("head_sha") not in [p["head"]["sha"] for p in self.forge.pulls.values()]:
            return self.refuse(422, "Validation Failed", ["No commit found for SHA: %s" % body.get("head_sha")])
        bad = self.check_output(body)
        if bad:
            return bad
        check = {k: v for k, v in body.items() if k != "output"}
        check.update(id=self.forge.new_id(), annotations=list(body["output"].get("annotations", [])), output=body["output"])
        check["html_url"] = "https://github.test/acme/shop/runs/%d" % check["id"]
        self.forge.checks.append(check)
        return 201, {k: v for k, v in check.items() if k != "annotations"}, {}

    def update_check(self, query, body, number):
        check = next((c for c in self.forge.checks if c["id"] == int(number)), None)
        if not check:
            return self.refuse(404, "Not Found")
        bad = self.check_output(body)
        if bad:
            return bad
        check["annotations"] += body.get("output", {}).get("annotations", [])
        check.update({k: v for k, v in body.items() if k != "output"})
        return 200, {k: v for k, v in check.items() if k != "annotations"}, {}

    def list_checks(self, query, body, sha):
        name = query.get("check_name", [None])[0]
        found = [c for c in self.forge.checks if c["head_sha"] == sha and name in (None, c["name"])]
        return self.page([{k: v for k, v in c.items() if k != "annotations"} for c in found], query, "check_runs")

    def list_annotations(self, query, body, number):
        check = next((c for c in self.forge.checks if c["id"] == int(number)), None)
        return self.page(check["annotations"], query) if check else self.refuse(404, "Not Found")

    def create_status(self, query, body, sha):
        if len(body.get("description") or "") > 140 or body.get("state") not in ("error", "failure", "pending", "success"):
            return self.refuse(422, "Validation Failed", [{"resource": "Status", "field": "description", "code": "custom",
                                                           "message": "description is too long (maximum is 140 characters)"}])
        self.forge.statuses.append(dict(body, sha=sha))
        return 201, dict(body, id=self.forge.new_id()), {}

    def get_permission(self, query, body, login):
        word = self.forge.permissions.get(login)
        return (200, {"permission": word, "user": {"login": login}}, {}) if word else self.refuse(404, "Not Found")

    def react(self, query, body, number):
        if body.get("content") not in ("+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"):
            return self.refuse(422, "Validation Failed")
        known = (int(number), body["content"]) in self.forge.reactions
        if not known:
            self.forge.reactions.append((int(number), body["content"]))
        return (200 if known else 201), {"id": 1, "content": body["content"]}, {}

    def list_artifacts(self, query, body, run=None):
        name = query.get("name", [None])[0]
        return self.page([a for a in self.forge.artifacts if name in (None, a["name"]) and run in (None, str(a["workflow_run"]["id"]))],
                         query, "artifacts")

    def get_zip(self, query, body, number):
        artifact = next((a for a in self.forge.artifacts if a["id"] == int(number)), None)
        if not artifact:
            return self.refuse(404, "Not Found")
        if artifact["expired"]:
            return self.refuse(410, "Artifact has expired")
        return 302, None, {"Location": "%s/%s?sig=secret" % (self.forge.store.url, number)}

    def dispatch(self, query, body, workflow):
        if workflow != "stoker-run.yml":
            return self.refuse(404, "Not Found")
        if body.get("ref") not in self.forge.branches:
            return self.refuse(422, "No ref found for: %s" % body.get("ref"))
        unknown = set(body.get("inputs", {})) - {"pull_request", "head_sha", "request"}
        if unknown:
            return self.refuse(422, "Unexpected inputs provided: %s" % sorted(unknown))
        self.forge.dispatches.append(body)
        self.forge.runs.append({"id": self.forge.new_id(), "event": "workflow_dispatch",
                                "display_title": "stoker #%s %s" % (body["inputs"]["pull_request"], body["inputs"]["request"])})
        return 204, None, {}

    def list_runs(self, query, body, workflow):
        return self.page(list(reversed(self.forge.runs)), query, "workflow_runs")

    def commit_of(self, branch):
        return hashlib.sha1(json.dumps(self.forge.branches[branch]).encode()).hexdigest()

    def get_ref(self, query, body, branch):
        branch = urllib.parse.unquote(branch)
        if branch not in self.forge.branches:
            return self.refuse(404, "Not Found")
        return 200, {"ref": "refs/heads/" + branch, "object": {"type": "commit", "sha": self.commit_of(branch)}}, {}

    def create_ref(self, query, body):
        branch = body["ref"][len("refs/heads/"):]
        if branch in self.forge.branches:
            return self.refuse(422, "Reference already exists")
        source = next((b for b in self.forge.branches if self.commit_of(b) == body["sha"]), None)
        if source is None:
            return self.refuse(422, "Object does not exist")
        self.forge.branches[branch] = dict(self.forge.branches[source])
        return 201, {"ref": body["ref"]}, {}

    def get_content(self, query, body, path):
        text = self.forge.branches.get(query.get("ref", ["main"])[0], {}).get(urllib.parse.unquote(path))
        if text is None:
            return self.refuse(404, "Not Found")
        return 200, {"type": "file", "encoding": "base64", "sha": hashlib.sha1(text.encode()).hexdigest(),
                     "content": base64.encodebytes(text.encode()).decode()}, {}

    def put_content(self, query, body, path):
        files, path = self.forge.branches.get(body.get("branch")), urllib.parse.unquote(path)
        if files is None:
            return self.refuse(404, "Branch not found")
        old = files.get(path)
        if (hashlib.sha1(old.encode()).hexdigest() if old is not None else None) != body.get("sha"):
            return self.refuse(409 if body.get("sha") else 422, "sha wasn't supplied or does not match")
        files[path] = base64.b64decode(body["content"]).decode()
        return (200 if old else 201), {"content": {"path": path}, "commit": {"sha": self.commit_of(body["branch"]), "message": body["message"]}}, {}

    def create_pull(self, query, body):
        if body["head"] not in self.forge.branches or body["base"] not in self.forge.branches:
            return self.refuse(422, "Validation Failed", [{"resource": "PullRequest", "field": "head", "code": "invalid"}])
        number = 100 + len(self.forge.proposals)
        pull = {"number": number, "state": "open", "title": body["title"], "body": body["body"],
                "head": {"ref": body["head"], "sha": self.commit_of(body["head"]), "label": "acme:" + body["head"]}, "base": {"ref": body["base"]}}
        self.forge.proposals.append(pull)
        self.forge.pulls[number] = pull
        return 201, pull, {}


REPO = r"/repos/acme/shop"
ROUTES = [
    ("GET", r"/user", Handler.get_user),
    ("GET", REPO + r"/issues/(\d+)/comments", Handler.list_comments),
    ("POST", REPO + r"/issues/(\d+)/comments", Handler.create_comment),
    ("PATCH", REPO + r"/issues/comments/(\d+)", Handler.update_comment),
    ("DELETE", REPO + r"/issues/comments/(\d+)", Handler.delete_comment),
    ("GET", REPO + r"/pulls", Handler.list_pulls),
    ("GET", REPO + r"/pulls/(\d+)", Handler.get_pull),
    ("POST", REPO + r"/check-runs", Handler.create_check),
    ("PATCH", REPO + r"/check-runs/(\d+)", Handler.update_check),
    ("GET", REPO + r"/commits/([0-9a-f]+)/check-runs", Handler.list_checks),
    ("GET", REPO + r"/check-runs/(\d+)/annotations", Handler.list_annotations),
    ("POST", REPO + r"/statuses/([0-9a-f]+)", Handler.create_status),
    ("GET", REPO + r"/collaborators/([^/]+)/permission", Handler.get_permission),
    ("POST", REPO + r"/issues/comments/(\d+)/reactions", Handler.react),
    ("GET", REPO + r"/actions/runs/(\d+)/artifacts", Handler.list_artifacts),
    ("GET", REPO + r"/actions/artifacts", Handler.list_artifacts),
    ("GET", REPO + r"/actions/artifacts/(\d+)/zip", Handler.get_zip),
    ("POST", REPO + r"/actions/workflows/([^/]+)/dispatches", Handler.dispatch),
    ("GET", REPO + r"/actions/workflows/([^/]+)/runs", Handler.list_runs),
    ("GET", REPO + r"/git/ref/heads(?:/|%2F)(.+)", Handler.get_ref),
    ("POST", REPO + r"/git/refs", Handler.create_ref),
    ("GET", REPO + r"/contents/(.+)", Handler.get_content),
    ("PUT", REPO + r"/contents/(.+)", Handler.put_content),
    ("POST", REPO + r"/pulls", Handler.create_pull),
]
