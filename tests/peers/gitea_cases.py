"""A real Gitea: a repository, a pull request, and what `stoker post` leaves there."""
import base64
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
GITEA = os.path.abspath(os.path.join(ROOT, "build/peers/gitea"))
FILES = os.path.abspath(os.path.join(ROOT, "build/peers/gitea-files"))
STOKER = os.path.abspath(os.environ.get("STOKER") or os.path.join(ROOT, os.environ.get("BUILD", "build"), "stoker"))
INI = """
APP_NAME = test
RUN_MODE = prod
RUN_USER = %(user)s
I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true
[server]
HTTP_ADDR = 127.0.0.1
HTTP_PORT = %(port)d
ROOT_URL = http://127.0.0.1:%(port)d/
DISABLE_SSH = true
OFFLINE_MODE = true
[database]
DB_TYPE = sqlite3
[security]
INSTALL_LOCK = true
[log]
LEVEL = error
"""
passed = failed = 0


class Gitea:
    def __init__(self, folder):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        user = subprocess.run(["id", "-un"], capture_output=True, text=True).stdout.strip()
        self.folder, self.host = folder, "http://127.0.0.1:%d" % port
        self.url = self.host + "/api/v1"
        self.ini = os.path.join(folder, "app.ini")
        self.env = {**os.environ, "GITEA_WORK_DIR": folder, "HOME": folder}
        with open(self.ini, "w") as file:
            file.write(INI % {"user": user, "port": port})
        for name in os.listdir(FILES):
            shutil.copytree(os.path.join(FILES, name), os.path.join(folder, name))
        self.admin("migrate")
        self.admin("admin", "user", "create", "--username", "bot", "--password", "Secret.1234", "--email", "bot@example.org", "--admin",
                   "--must-change-password=false")
        self.token = self.admin("admin", "user", "generate-access-token", "--username", "bot", "--scopes", "all", "--raw").split()[-1]
        self.process = subprocess.Popen([GITEA, "web", "-c", self.ini], env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 60
        while True:
            try:
                self.call("GET", "/version")
                break
            except OSError:
                assert time.monotonic() < end and self.process.poll() is None, "Gitea does not start"
                time.sleep(0.1)

    def admin(self, *args):
        done = subprocess.run([GITEA, "-c", self.ini, *args], env=self.env, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def call(self, method, path, body=None):
        request = urllib.request.Request(self.url + path, method=method, data=json.dumps(body).encode() if body is not None else None,
                                         headers={"Authorization": "token " + self.token, "Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def pull_request(self):
        self.call("POST", "/user/repos", {"name": "shop", "auto_init": True, "default_branch": "main"})
        made = self.call("POST", "/repos/bot/shop/contents/a.txt",
                         {"content": base64.b64encode(b"x").decode(), "message": "x", "branch": "main", "new_branch": "feat/x"})
        for _ in range(50):  # refs are looked at after the push
            try:
                return self.call("POST", "/repos/bot/shop/pulls", {"head": "feat/x", "base": "main", "title": "x"})["number"], made["commit"]["sha"]
            except urllib.error.HTTPError:
                time.sleep(0.1)
        raise AssertionError("no pull request")


def case(name, ok, seen=""):
    global passed, failed
    passed, failed = passed + bool(ok), failed + (not ok)
    if not ok:
        print("FAIL %s: %s" % (name, str(seen)[:600]))


def post(gitea, folder, number, sha, *args):
    with open(os.path.join(HERE, "..", "fixtures", "runs", "regression.json")) as file:
        run = json.load(file)
    run["head"]["revision"] = sha
    with open(os.path.join(folder, "run.json"), "w") as file:
        json.dump(run, file)
    event = {"number": number, "pull_request": {"number": number, "head": {"sha": sha, "ref": "feat/x", "repo": {"full_name": "bot/shop"}},
                                                "base": {"sha": sha, "ref": "main"}}}
    with open(os.path.join(folder, "event.json"), "w") as file:
        json.dump(event, file)
    env = dict(os.environ, GITHUB_ACTIONS="true", GITEA_ACTIONS="true", GITHUB_REPOSITORY="bot/shop", GITHUB_API_URL=gitea.url,
               GITHUB_SERVER_URL=gitea.host, GITHUB_EVENT_NAME="pull_request", GITHUB_EVENT_PATH=os.path.join(folder, "event.json"),
               STOKER_GITEA_TOKEN=gitea.token, GITHUB_STEP_SUMMARY="", GITHUB_OUTPUT="")
    return subprocess.run([STOKER, "post", os.path.join(folder, "run.json"), *args, "--require-post"], env=env, capture_output=True, text=True)


def main():
    folder = tempfile.mkdtemp(prefix="stk-gitea-")
    gitea = None
    try:
        gitea = Gitea(folder)
        number, sha = gitea.pull_request()
        for _ in range(2):
            done = post(gitea, folder, number, sha, "--to", "comment,status")
            case("post", done.returncode == 0, done.stderr)
        comments = gitea.call("GET", "/repos/bot/shop/issues/%d/comments" % number)
        case("one comment", len(comments) == 1, comments)
        case("marker", comments and comments[0]["body"].startswith("<!-- stoker:report v1 key=shop -->"), comments)
        statuses = gitea.call("GET", "/repos/bot/shop/commits/%s/statuses" % sha)
        case("status", statuses and statuses[0]["status"] == "failure" and statuses[0]["context"] == "stoker/shop", statuses)
        case("a number that is none", post(gitea, folder, 999, sha, "--to", "comment").returncode == 3)
    finally:
        if gitea:
            gitea.process.terminate()
            gitea.process.wait()
        shutil.rmtree(folder, ignore_errors=True)
    print("%d passed, %d failed" % (passed, failed))
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
