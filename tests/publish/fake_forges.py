"""A Gitea, a GitLab and a receiver of webhooks that keep what is posted and refuse what the real ones refuse.

Gitea: as one of version 1.26 was seen to answer: every comment on every page, no Link, 500 for an unknown pull
request, any word as a state, `status` for `state` in answers, no check runs. GitLab: notes with Link and X-Next-Page,
system notes, messages that are objects, refusal of a job token, of the same state twice, quick actions carried out.
"""
import http.server
import json
import re
import threading
import urllib.parse

HEAD = "2d91e07aa2d91e07aa2d91e07aa2d91e07aa2d91"
TOKEN = "glpat-" + "t0ken" * 60


class Server:
    """What all three share: a server on a free port that keeps requests, and faults on order."""

    base = ""

    def __init__(self):
        self.requests, self.faults, self.lock = [], [], threading.RLock()
        self.next_id = 5_000_000_000
        handler = type("Handler", (Handler,), {"forge": self})
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.host = "http://127.0.0.1:%d" % self.server.server_address[1]
        self.url = self.host + self.base
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def new_id(self):
        self.next_id += 1
        return self.next_id

    def fault(self, method, pattern, status, body=None, headers=None, times=1):
        self.faults.append([times, method, re.compile(pattern), (status, body, headers or {})])

    def sent(self, method, pattern=""):
        return [r for r in self.requests if r["method"] == method and re.search(pattern, r["path"])]

    def take_fault(self, method, path):
        for fault in self.faults:
            if fault[0] and fault[1] == method and fault[2].search(path):
                fault[0] -= 1
                return fault[3]
        return None

    def handle(self, request):
        with self.lock:
            self.requests.append(request)
            answer = self.take_fault(request["method"], request["path"])
            if answer:
                return answer
            url = urllib.parse.urlsplit(request["path"])
            if not url.path.startswith(self.base + "/") and self.base:
                return 404, {"message": "404 page not found"}, {}
            for method, pattern, call in self.routes:
                match = re.fullmatch(pattern, url.path[len(self.base):])
                if match and method == request["method"]:
                    return call(self, request, urllib.parse.parse_qs(url.query), *match.groups())
            return 404, {"message": "Not Found"}, {}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    forge = None

    def log_message(self, *args):
        pass

    def handle_any(self):
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = {"method": self.command, "path": self.path, "headers": dict(self.headers), "raw": raw,
                   "body": json.loads(raw) if raw else None}
        status, body, headers = self.forge.handle(request)
        data = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = handle_any


class Gitea(Server):
    base = "/api/v1"

    def __init__(self, login="stoker-bot"):
        self.login, self.comments, self.statuses = login, {12: []}, []
        super().__init__()

    def add_comment(self, body, login=None):
        comment = {"id": self.new_id(), "body": body, "user": {"login": login or self.login}}
        comment["html_url"] = "%s/acme/shop/pulls/12#issuecomment-%d" % (self.host, comment["id"])
        self.comments[12].append(comment)
        return comment

    def handle(self, request):
        if request["headers"].get("Authorization") not in ("Bearer " + TOKEN, "token " + TOKEN):
            return 401, {"message": "invalid username, password or token", "url": "/api/swagger"}, {}
        return super().handle(request)

    def user(self, request, query):
        return 200, {"id": 1, "login": self.login, "created": "0001-01-01T00:00:00Z"}, {}

    def list(self, request, query, number):
        if int(number) not in self.comments:
            return 500, {"message": "issue does not exist [id: 0, repo_id: 1, index: %s]" % number}, {}
        # page and limit do not count, and nothing links to a next one
        return 200, self.comments[int(number)], {"X-Total-Count": str(len(self.comments[int(number)]))}

    def create(self, request, query, number):
        if int(number) not in self.comments:
            return 500, {"message": "issue does not exist [id: 0, repo_id: 1, index: %s]" % number}, {}
        if not (request["body"] or {}).get("body"):
            return 422, {"message": "[Body]: Required"}, {}
        return 201, self.add_comment(request["body"]["body"]), {}

    def find(self, number):
        return next((c for c in self.comments[12] if c["id"] == int(number)), None)

    def update(self, request, query, number):
        comment = self.find(number)
        if not comment:
            return 404, {"message": "The target couldn't be found."}, {}
        comment["body"] = request["body"]["body"]
        return 200, comment, {}

    def delete(self, request, query, number):
        comment = self.find(number)
        if not comment:
            return 404, {"message": "The target couldn't be found."}, {}
        self.comments[12].remove(comment)
        return 204, None, {}

    def pull(self, request, query, number):
        if number != "12":
            return 404, {"message": "The target couldn't be found."}, {}
        return 200, {"number": 12, "head": {"sha": HEAD}, "merge_base": "8f3a1c2" + "0" * 33, "merged_at": None}, {}

    def status(self, request, query, sha):
        status = dict(request["body"], sha=sha)
        self.statuses.append(status)
        return 201, {"id": self.new_id(), "status": status["state"], "context": status["context"]}, {}

    repo = r"/repos/acme/shop"
    routes = [("GET", "/user", user), ("GET", repo + r"/issues/(\d+)/comments", list),
              ("POST", repo + r"/issues/(\d+)/comments", create), ("PATCH", repo + r"/issues/comments/(\d+)", update),
              ("DELETE", repo + r"/issues/comments/(\d+)", delete), ("GET", repo + r"/pulls/(\d+)", pull),
              ("POST", repo + r"/statuses/([0-9a-f]{40})", status)]


class GitLab(Server):
    base = "/api/v4"

    def __init__(self, login="project_42_bot_1"):
        self.login, self.notes, self.statuses, self.actions, self.head = login, [], [], [], HEAD
        super().__init__()

    def add_note(self, body, login=None, system=False):
        # GitLab carries out lines that begin with a slash outside of code blocks, and takes them out of the text
        in_code, kept = False, []
        for line in body.split("\n"):
            in_code ^= line.startswith("```")
            if not in_code and re.match(r"/[a-z]", line):
                self.actions.append(line)
            else:
                kept.append(line)
        note = {"id": self.new_id(), "body": "\n".join(kept), "system": system, "author": {"id": 7, "username": login or self.login}}
        self.notes.append(note)
        return note

    def handle(self, request):
        if "JOB-TOKEN" in request["headers"]:
            return 401, {"message": "401 Unauthorized"}, {}
        if request["headers"].get("PRIVATE-TOKEN") != TOKEN:
            return 401, {"message": "401 Unauthorized"}, {}
        return super().handle(request)

    def user(self, request, query):
        return 200, {"id": 7, "username": self.login}, {}

    def page(self, request, items, query):
        size, number = min(int(query.get("per_page", ["20"])[0]), 100), int(query.get("page", ["1"])[0])
        more = number * size < len(items)
        headers = {"X-Page": str(number), "X-Per-Page": str(size), "X-Next-Page": str(number + 1) if more else ""}
        if more:
            path = urllib.parse.urlsplit(request["path"]).path
            headers["Link"] = '<%s%s?per_page=%d&page=%d>; rel="next"' % (self.host, path, size, number + 1)
        return 200, items[(number - 1) * size:number * size], headers

    def list(self, request, query, project):
        return self.page(request, self.notes, query)

    def merge_request(self, request, query, project):
        return 200, {"iid": 12, "sha": self.head}, {}

    def check(self, request):
        body = (request["body"] or {}).get("body", "")
        if not body:
            return 400, {"error": "body is missing"}, {}
        if len(body) > 1_000_000:
            return 400, {"message": {"note": ["is too long (maximum is 1000000 characters)"]}}, {}
        return None

    def create(self, request, query, project):
        return self.check(request) or (201, self.add_note(request["body"]["body"]), {})

    def find(self, number):
        return next((n for n in self.notes if n["id"] == int(number)), None)

    def update(self, request, query, project, number):
        note = self.find(number)
        if not note:
            return 404, {"message": "404 Not found"}, {}
        bad = self.check(request)
        if not bad:
            note["body"] = request["body"]["body"]
        return bad or (200, note, {})

    def delete(self, request, query, project, number):
        note = self.find(number)
        if not note:
            return 404, {"message": "404 Not found"}, {}
        self.notes.remove(note)
        return 204, None, {}

    def status(self, request, query, project, sha):
        body = request["body"]
        if body.get("state") not in ("pending", "running", "success", "failed", "canceled", "skipped"):
            return 400, {"error": "state does not have a valid value"}, {}
        if len(body.get("description") or "") > 255:
            return 400, {"message": {"description": ["is too long (maximum is 255 characters)"]}}, {}
        if any(s["name"] == body["name"] and s["state"] == body["state"] and s["sha"] == sha for s in self.statuses):
            return 400, {"message": "Cannot transition status via :run from :%s" % body["state"]}, {}
        self.statuses.append(dict(body, sha=sha))
        return 201, dict(body, id=self.new_id()), {}

    project = r"/projects/(42|acme%2Fshop)"
    merge = project + r"/merge_requests/12"
    routes = [("GET", "/user", user), ("GET", merge, merge_request), ("GET", merge + "/notes", list), ("POST", merge + "/notes", create),
              ("PUT", merge + r"/notes/(\d+)", update), ("DELETE", merge + r"/notes/(\d+)", delete),
              ("POST", project + r"/statuses/([0-9a-f]{40})", status)]


class Receiver(Server):
    def handle(self, request):
        with self.lock:
            self.requests.append(request)
            return self.take_fault(request["method"], request["path"]) or (200, {"ok": True}, {})
