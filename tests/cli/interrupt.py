"""Signals and keys that `stoker load` heeds, against scripts that make it hard."""
import http.server
import json
import os
import pty
import re
import signal
import subprocess
import sys
import tempfile
import termios
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
STOKER = os.path.abspath(os.environ.get("STOKER", os.path.join(ROOT, "build/stoker")))
HANG_S = 60  # far more than any of this takes

SPIN = """
local stoker = require "stoker"
return stoker.load { scenarios = { s = { executor = "constant-vus", vus = 1, duration = "1h", graceful_stop = "%s",
  exec = function()
    print "spinning"
    local inner = coroutine.wrap(function() while true do pcall(function() while true do end end) end end)
    while true do pcall(inner) end
  end } } }
"""
SPIN_FILE = """
while true do pcall(function() while true do end end) end
"""
TICK = """
local stoker = require "stoker"
return stoker.load { scenarios = { s = { executor = "constant-arrival-rate", rate = 20, duration = "2s",
  pre_allocated_vus = 5, exec = function() print "tick" end } },
  teardown = function() print "teardown" end }
"""

failed = []
passed = 0


def check(what, is_so, seen=""):
    global passed
    if is_so:
        passed += 1
    else:
        failed.append(what)
        print(f"not ok: {what} {seen}")


class Run:
    """stoker load of a script, its lines on stderr as they come."""

    def __init__(self, folder, text, *args):
        path = os.path.join(folder, "script.lua")
        with open(path, "w") as f:
            f.write(text)
        self.child = subprocess.Popen([STOKER, "load", *args, path], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                      stdin=subprocess.DEVNULL, text=True)
        self.guard = threading.Timer(HANG_S, self.child.kill)
        self.guard.start()
        self.lines = []

    def wait_for(self, word):
        for line in self.child.stderr:
            self.lines.append(line)
            if word in line:
                return True
        return False

    def end(self):
        out, err = self.child.communicate()
        self.guard.cancel()
        self.lines += err.splitlines(True)
        return out


# k6 9.3: files may be cut after the second signal | what was measured is written whole | -
def test_spin(folder):
    run = Run(folder, SPIN % "1h", "--format", "json")
    check("the script loops", run.wait_for("spinning"))
    run.child.send_signal(signal.SIGINT)
    check("once is graceful", run.wait_for("stopping"))
    run.child.send_signal(signal.SIGINT)
    record = json.loads(run.end())
    check("twice ends a loop without end", run.child.returncode == 130, run.child.returncode)
    check("what was measured is there", record["partial"]["is_partial"] and record["generator"]["started"] == 1)

    run = Run(folder, SPIN % "200ms", "--format", "json")
    run.wait_for("spinning")
    run.child.send_signal(signal.SIGTERM)
    run.end()
    check("once is enough when the grace is over", run.child.returncode == 143, run.child.returncode)

    run = Run(folder, SPIN_FILE)
    time.sleep(0.3)  # however far it is: the loop has no end
    run.child.send_signal(signal.SIGINT)
    run.end()
    check("a loop at file level ends, too", run.child.returncode == 130, run.child.returncode)


def test_pause_by_signal(folder):
    run = Run(folder, TICK, "--format", "json")
    run.wait_for("tick")
    run.child.send_signal(signal.SIGUSR1)
    check("SIGUSR1 pauses", run.wait_for("paused"))
    time.sleep(1)
    run.child.send_signal(signal.SIGUSR1)
    check("and goes on", run.wait_for("going on"))
    record = json.loads(run.end())
    check("the whole plan ran", run.child.returncode == 0 and record["generator"]["started"] +
          record["generator"]["dropped"] == 40, record["generator"])
    check("the pause is in the record, not in the load", record["generator"]["paused_ns"] >= 10**9 and
          record["metrics"]["duration_s"] < (record["end_ns"] - record["start_ns"]) / 1e9 - 0.99)
    first = next(i for i, line in enumerate(run.lines) if "paused" in line)
    last = next(i for i, line in enumerate(run.lines) if "going on" in line)
    late = sum("tick" in line for line in run.lines[first:last])
    check("nothing started meanwhile", late < 8, late)  # what was printed late, not 20 of a second


def read_all(fd, seen):
    while True:
        try:
            part = os.read(fd, 4096)
        except OSError:
            return
        if not part:
            return
        seen.append(part)


class Terminal:
    """stoker load of a script on a terminal of its own."""

    def __init__(self, folder, text):
        path = os.path.join(folder, "keys.lua")
        with open(path, "w") as f:
            f.write(text)
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ["TERM"] = "xterm"
            os.execv(STOKER, [STOKER, "load", path])
        self.seen = []
        threading.Thread(target=read_all, args=(self.fd, self.seen), daemon=True).start()
        self.deadline = time.monotonic() + HANG_S

    def text(self):
        return b"".join(self.seen).decode()

    def wait_for(self, word):
        while word not in b"".join(self.seen) and time.monotonic() < self.deadline:
            time.sleep(0.01)
        return word in b"".join(self.seen)

    def press(self, key):
        os.write(self.fd, key)

    def flags(self):
        return termios.tcgetattr(self.fd)[3]

    def end(self):
        os.waitpid(self.pid, 0)


# k6 8.3: a terminal shows bars | progress, the slowest names, `p` pauses | -
def test_keys(folder):
    """On a terminal: p pauses and goes on, and the terminal is as before afterwards."""
    terminal = Terminal(folder, TICK)
    check("the key is told", terminal.wait_for(b"p pauses"))
    terminal.press(b"p")
    check("p pauses", terminal.wait_for(b"paused"))
    check("echo is off meanwhile", not terminal.flags() & termios.ECHO)
    terminal.press(b"p")
    check("p goes on", terminal.wait_for(b"going on"))
    check("the end comes", terminal.wait_for(b"iterations"))
    terminal.end()
    check("the terminal is as before", terminal.flags() & termios.ECHO and terminal.flags() & termios.ICANON)


class Shop(http.server.BaseHTTPRequestHandler):
    """Slow is slower than fast."""
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        time.sleep(0.06 if self.path == "/slow" else 0)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


SLOWEST = """
local http = require("stoker").http
return { base_url = "%s", vus = 2, duration = "3s", default = function() http.get "/fast" http.get "/slow" end }
"""


def test_slowest(folder):
    """On a terminal the slowest names stand below the progress; in a pipe they do not."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    script = SLOWEST % f"http://127.0.0.1:{server.server_address[1]}"
    terminal = Terminal(folder, script)
    check("the slowest names come by their p95", terminal.wait_for(b"slowest") and terminal.wait_for(b"2nd"))
    terminal.end()
    shown = re.findall(r"(slowest|2nd) +(\S+) +p95 +([0-9.]+) ms", terminal.text())
    names = {rank: {name for at, name, _ in shown if at == rank} for rank in ("slowest", "2nd")}
    check("slow is the slowest", names == {"slowest": {"/slow"}, "2nd": {"/fast"}}, shown)
    check("by its own time", all(float(ms) >= 60 for at, _, ms in shown if at == "slowest"), shown)
    run = Run(folder, script)
    run.end()
    check("a pipe shows no names", "slowest" not in "".join(run.lines), run.lines)
    server.shutdown()


def main():
    with tempfile.TemporaryDirectory() as folder:
        test_spin(folder)
        test_pause_by_signal(folder)
        test_keys(folder)
        test_slowest(folder)
    print(f"{passed} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
