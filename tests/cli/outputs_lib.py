"""What the cases of outputs share: a target, a script, a run of `stoker load`."""
import http.server
import json
import os
import subprocess
import sys
import threading
import traceback

STOKER = os.path.abspath(os.environ.get("STOKER") or os.path.join(os.environ.get("BUILD", "build"), "stoker"))

SCRIPT = """
local stoker = require "stoker"
local http, check, group = stoker.http, stoker.check, stoker.group
local metrics = stoker.metrics
local my_trend, my_plain = metrics.trend("my_trend", { time = true }), metrics.trend("my_plain", { time = false })
local my_count, my_gauge, my_rate = metrics.counter "my_count", metrics.gauge "my_gauge", metrics.rate "my_rate"
return stoker.load {
	base_url = stoker.env("BASE_URL", "http://127.0.0.1:8080"),
	tags = { team = "a" },
	vus = 2, iterations = 20,
	thresholds = { http_req_duration = "p(95)<5000", ["http_reqs{status:200}"] = "count>1" },
	default = function()
		group("outer", function()
			check(http.get("/fast"), { status = 200 })
			check(http.get("/none"), { status = 200 })
		end)
		my_trend:add(1.5) my_plain:add(5) my_count:add(2) my_gauge:add(1) my_rate:add(true)
		stoker.sleep(tonumber(stoker.env("PAUSE", "0")))
	end,
}
"""


class Target(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = b"x" * 200
        self.send_response(404 if self.path == "/none" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Quiet(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass  # clients that hang up are part of the cases


def serve(handler):
    server = Quiet(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_address[1]}"


def load(folder, url, *args, env=None, code=0):
    with open(folder + "/shop.lua", "w") as file:
        file.write(SCRIPT)
    done = subprocess.run([STOKER, "load", "shop.lua", "-q", "--base-url", url, *args], cwd=folder, text=True,
                          capture_output=True, timeout=120, env={**os.environ, **(env or {})})
    assert done.returncode == code, (args, done.returncode, done.stdout, done.stderr)
    return done


def summary(folder):
    with open(folder + "/summary.json", encoding="utf-8") as file:
        return json.load(file)["metrics"]


def run_cases(cases, *args):
    failed = 0
    for case in cases:
        try:
            case(*args)
        except Exception:  # one case must not hide the others
            failed += 1
            print("FAIL", case.__name__)
            traceback.print_exc(file=sys.stdout)
    print(f"{len(cases) - failed} passed, {failed} failed")
    return failed > 0
