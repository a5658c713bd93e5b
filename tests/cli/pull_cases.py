"""`stoker pull` and `stoker diff --query` on recorded pushes of real agents, and on pushes with known sums.

usage: pull_cases.py [PYROSCOPE_URL]: at that server in place of a `stoker serve` of its own. Every figure is
held against tests/fixtures/agents/*/expected.json (what go tool pprof says of the same bytes) or against
what was pushed. Ends with "N passed, N failed".
"""
import gzip
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
AGENTS = os.path.join(HERE, "..", "fixtures", "agents")
STOKER = os.path.abspath(os.environ.get("STOKER") or os.path.join(os.environ.get("BUILD", "build"), "stoker"))
NOW = int(time.time())
REAL = len(sys.argv) > 1
work = tempfile.mkdtemp(prefix="stoker-pull.")
server = None


class Result:
    def __init__(self, done):
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr.decode()
        self.text = self.out.decode("utf-8", "replace")


def stoker(*args, **env):
    done = subprocess.run([STOKER, *args], cwd=work, capture_output=True, timeout=120, check=False,
                          env={**os.environ, "STOKER_PYROSCOPE": URL, **env})
    return Result(done)


def check(holds, *why):
    if not holds:
        raise AssertionError("\n".join(str(one) for one in why))


def start_server():
    global server
    server = subprocess.Popen([STOKER, "serve", "--listen", "127.0.0.1:0", "--data", os.path.join(work, "data")],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    line = server.stdout.readline().decode()
    return re.match(r"listening on (\S+),", line).group(1)


def post(path, body, headers):
    request = urllib.request.Request(URL + path, body, headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        check(answer.status == 200, path, answer.status)


def push_recorded(agent):
    """The pushes as the agent sent them, moved to now: a Pyroscope takes nothing that is old."""
    folder = os.path.join(AGENTS, agent)
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".request.json"):
            continue
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            request = json.load(file)
        with open(os.path.join(folder, request["body"]), "rb") as file:
            body = file.read()
        kind = request["headers"]["Content-Type"]
        post(re.sub(r"(from|until)=(\d+)", lambda m: "%s=%d" % (m[1], moved(int(m[2]))), request["path"]),
             move_profile(body, kind.split("boundary=")[1].encode(), request["path"]), {"Content-Type": kind})


def moved(ns):
    first = 1795360765474273960  # the earliest of the Go fixtures
    return ns - first + (NOW - 600) * 10**9


def varint(value):
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def move_profile(body, boundary, path):
    """The profile of a form with another stamp: field 9 of the message, of which the last one counts."""
    stamp = moved(int(re.search(r"from=(\d+)", path)[1]))
    parts = body.split(b"--" + boundary)
    for i, part in enumerate(parts):
        head, _, data = part.partition(b"\r\n\r\n")
        if b'name="profile"' in head:
            data = gzip.decompress(data[:-2]) + b"\x48" + varint(stamp)
            parts[i] = head + b"\r\n\r\n" + gzip.compress(data) + b"\r\n"
    return (b"--" + boundary).join(parts)


def push_folded(at_s, parse, name="shop"):
    text = "main;serve;parse %d\nmain;serve;render 400\nmain;serve 20" % parse
    post("/ingest?name=%s&from=%d&until=%d&format=folded&sampleRate=100&spyName=fixture" % (name, at_s, at_s + 10),
         text.encode(), {"Content-Type": "text/plain"})


def expected(agent, type_name, function):
    with open(os.path.join(AGENTS, agent, "expected.json"), encoding="utf-8") as file:
        requests = json.load(file)
    total = flat = 0
    for request in requests:
        for one in request["types"]:
            if one["type"] == type_name:
                total += one["total"]
                flat += one[function]["flat"]
    return total, flat


# --- cases ------------------------------------------------------------------------------------

GO = '{service_name="fixture-go"}'


def a_recorded_cpu_profile_has_the_sums_that_pprof_says():
    result = stoker("pull", "process_cpu:cpu:nanoseconds:cpu:nanoseconds" + GO, "--format", "json", "--rows", "0")
    check(result.code == 0, result.err)
    document = json.loads(result.out)
    total, flat = expected("go", "cpu/nanoseconds", "burn")
    check(document["document"] == "stoker.top" and document["schema"] == 1, document)
    check(document["total"] == total, document["total"], total)
    burn = [row for row in document["rows"] if row["name"] == "main.burn"]
    check(len(burn) == 1 and burn[0]["self"] == flat, burn, flat)


def a_short_name_means_the_same():
    full = stoker("pull", "process_cpu:cpu:nanoseconds:cpu:nanoseconds" + GO, "-f", "folded")
    short = stoker("pull", "cpu" + GO, "-f", "folded")
    bare = stoker("pull", GO, "-f", "folded")
    check(full.code == 0 and full.out == short.out == bare.out, full.err, short.err, bare.err)
    check(any(line.startswith("runtime.") or "main.burn" in line for line in full.text.splitlines()), full.text[:500])


def pprof_opens_in_go_tool_pprof():
    path = os.path.join(work, "cpu.pb.gz")
    result = stoker("pull", "cpu" + GO, "-o", path)
    check(result.code == 0 and result.out == b"", result.err)
    check(gzip.open(path).read(1) != b"", "an empty profile")
    if not shutil.which("go"):
        print("skip test_pull_go: go is missing")
        return
    top = subprocess.run(["go", "tool", "pprof", "-symbolize=none", "-top", "-unit=ms", path], capture_output=True,
                         text=True, check=False, env={**os.environ, "PPROF_TMPDIR": work})
    check(top.returncode == 0, top.stderr)
    total, flat = expected("go", "cpu/nanoseconds", "burn")
    check("%dms" % (flat // 10**6) in top.stdout and "main.burn" in top.stdout, top.stdout)
    check("%dms total" % (total // 10**6) in top.stdout, top.stdout)


def the_flame_graph_is_the_document_of_render():
    result = stoker("pull", "cpu" + GO, "-f", "flamegraph")
    check(result.code == 0, result.err)
    flame = json.loads(result.out)["flamebearer"]
    check(flame["numTicks"] == expected("go", "cpu/nanoseconds", "burn")[0], flame["numTicks"])
    check("main.burn" in flame["names"], flame["names"][:20])


def the_table_is_for_people():
    result = stoker("pull", "cpu" + GO, "-n", "3", "--width", "100")
    check(result.code == 0, result.err)
    check(result.text.splitlines()[0] == "cpu" + GO, result.text)
    check("main.burn" in result.text and "\033" not in result.text, result.text)
    check(re.search(r"3 of \d+ functions", result.text), result.text)


def the_docs_show_what_it_prints():
    with open(os.path.join(HERE, "..", "..", "docs", "pull.md"), encoding="utf-8") as file:
        block = file.read().split("<!-- pull: begin")[1].split("```\n")[1]
    command, _, wanted = block.partition("\n")
    result = stoker(*shlex.split(command)[2:], "--width", "110")
    check(result.text == wanted, result.text, result.err)


def times_in_every_form():
    push_folded(NOW - 400, 500, "times")
    for start, end in (("now-10m", "now"), (str(NOW - 420), str(NOW - 380)),
                       (str((NOW - 420) * 1000), str((NOW - 380) * 1000)),
                       (time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(NOW - 420)), "now")):
        result = stoker("pull", '{service_name="times"}', "--from", start, "--to", end, "-f", "json")
        check(result.code == 0, start, end, result.err)
        check(json.loads(result.out)["total"] == 920 * 10**7, start, result.text[:300])
    result = stoker("pull", '{service_name="times"}', "--from", "now-5m")
    check(result.code == 3, result.text)


def an_empty_answer_says_what_there_is():
    result = stoker("pull", 'cpu{service_name="shopp"}')
    check(result.code == 3 and result.out == b"", result.text)
    check("services that sent something then: " in result.err and "fixture-go" in result.err, result.err)
    result = stoker("pull", "wall" + GO)
    check(result.code == 3 and "it has: " in result.err and "process_cpu:cpu" in result.err, result.err)


def the_address_comes_from_the_option_before_the_variable():
    result = stoker("pull", "cpu" + GO, "--pyroscope", URL + "/", "-f", "folded", STOKER_PYROSCOPE="http://127.0.0.1:1")
    check(result.code == 0, result.err)
    result = stoker("pull", "cpu" + GO, STOKER_PYROSCOPE="not a url")
    check(result.code == 2, result.code, result.err)


def two_times_have_intervals_and_the_planted_function():
    for i in range(12):
        push_folded(NOW - 360 + 10 * i, 300 + i % 3)
        push_folded(NOW - 200 + 10 * i, 450 + i % 3)
    result = stoker("diff", "--query", 'cpu{service_name="shop"}', "--base-from", str(NOW - 360), "--base-to",
                    str(NOW - 240), "--from", str(NOW - 200), "--to", str(NOW - 80), "-f", "json")
    check(result.code == 0, result.err)
    document = json.loads(result.out)
    check(document["spread"] and document["per"] == "second", document)
    worst = document["rows"][0]
    check(worst["name"] == "parse" and abs(worst["change"] - 0.5) < 0.02, worst)
    check(worst["low"] < 0.5 < worst["high"] and worst["sure"], worst)
    check(abs(document["base"]["total"] - 0.721 * 10**9) < 10**7, document["base"])


def the_same_time_of_two_services():
    for i in range(4):
        push_folded(NOW - 60 + 10 * i, 100, "left")
        push_folded(NOW - 60 + 10 * i, 300, "right")
    result = stoker("diff", "--query", '{service_name="right"}', "--base-query", '{service_name="left"}', "--from",
                    str(NOW - 60), "--to", str(NOW - 20), "--width", "110")
    check(result.code == 0, result.err)
    check("cpu per second" in result.text and "parse" in result.text and "+200.0 %" in result.text, result.text)


CASES = [a_recorded_cpu_profile_has_the_sums_that_pprof_says, a_short_name_means_the_same,
         pprof_opens_in_go_tool_pprof, the_flame_graph_is_the_document_of_render, the_table_is_for_people,
         the_docs_show_what_it_prints, times_in_every_form, an_empty_answer_says_what_there_is,
         the_address_comes_from_the_option_before_the_variable, two_times_have_intervals_and_the_planted_function,
         the_same_time_of_two_services]


def settle():
    """A real server answers for a push only when it has stored it."""
    end = time.monotonic() + 60
    while REAL and time.monotonic() < end and stoker("pull", "cpu" + GO, "-f", "folded").code != 0:
        time.sleep(0.5)


def main():
    failed = 0
    push_recorded("go")
    settle()
    for case in CASES:
        try:
            case()
            print("ok", case.__name__, flush=True)
        except Exception:  # pylint: disable=broad-except
            failed += 1
            print("FAIL", case.__name__, traceback.format_exc(limit=2), flush=True)
    return failed


URL = sys.argv[1] if REAL else start_server()
failures = 1
try:
    failures = main()
finally:
    if server:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=20)
    shutil.rmtree(work, ignore_errors=True)
    print("%d passed, %d failed" % (len(CASES) - failures, failures))
sys.exit(1 if failures else 0)
