"""summary(data) of load scripts, beside what k6 recorded for handleSummary. usage: summary_cases.py"""
import json
import os
import re
import signal
import subprocess
import sys
import tempfile

from outputs_lib import STOKER, Target, run_cases, serve

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
FIXTURE = os.path.join(ROOT, "tests", "fixtures", "k6", "15-handle-summary.json")
HEAD = 'local stoker = require "stoker" local http, check, group = stoker.http, stoker.check, stoker.group\n'
PLAIN = HEAD + 'return { iterations = 3, default = function() http.get "/ok" end, summary = function(data) %s end }'


def start(folder, url, text, *args, env=None):
    with open(folder + "/case.lua", "w", encoding="utf-8") as file:
        file.write(text)
    return subprocess.Popen([STOKER, "load", "case.lua", "--base-url", url, *args], cwd=folder, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, **(env or {})})


def run(folder, url, text, *args, code=0, env=None):
    process = start(folder, url, text, "-q", *args, env=env)
    out, err = process.communicate(timeout=60)
    assert process.returncode == code, (process.returncode, out, err)
    return out, err


def keys_of(value):
    """A document's keys and types; numbers are numbers."""
    if isinstance(value, dict):
        return {key: keys_of(item) for key, item in sorted(value.items())}
    if isinstance(value, list):
        return [keys_of(item) for item in value]
    return "number" if isinstance(value, (int, float)) and not isinstance(value, bool) else value


# k6 7.2, 15: what `handleSummary` is given | the same shape | `ok: true` means passed, as in k6
def data_has_the_shape_of_k6(folder, url):
    text = HEAD + """return { scenarios = { s = { executor = "shared-iterations", vus = 1, iterations = 3 } },
        thresholds = { http_reqs = { "count>100", "count>=3" }, ["http_req_duration{never:seen}"] = "avg<1" },
        setup = function() return { x = 1 } end,
        default = function() group("g", function() check(http.get "/ok", { { "is 200", function(r) return r.status == 200 end } }) end) end,
        summary = function(data) return { ["handle-summary.json"] = stoker.json.encode(data), stdout = "text for stdout\\n" } end }"""
    out, err = run(folder, url, text, code=99)
    assert out == "text for stdout\n", out
    assert "http_reqs count>100" in err, err
    with open(folder + "/handle-summary.json", encoding="utf-8") as file:
        ours = json.load(file)
    with open(FIXTURE, encoding="utf-8") as file:
        theirs = json.load(file)
    for name, metric in theirs["metrics"].items():
        assert keys_of(ours["metrics"][name]) == keys_of(metric), name
    assert set(ours["metrics"]) == set(theirs["metrics"])
    for part in ("root_group", "options", "state", "setup_data"):
        assert keys_of(ours[part]) == keys_of(theirs[part]), part
    for name in ("http_reqs", "checks"):
        for value in ("count", "rate", "passes", "fails"):
            if name == "checks" or value == "count":
                assert ours["metrics"][name]["values"].get(value) == theirs["metrics"][name]["values"].get(value)
    values = ours["metrics"]["http_reqs"]["values"]
    assert abs(values["count"] / values["rate"] * 1000 - ours["state"]["testRunDurationMs"]) < 1e-6


def nothing_gives_the_default_text_and_an_empty_table_none(folder, url):
    out, err = run(folder, url, PLAIN % "")
    assert "TOTAL RESULTS" in out or "http_reqs" in out, out
    assert err == "", err
    out, err = run(folder, url, PLAIN % "return {}")
    assert out == "" and err == "", (out, err)


def what_fails_is_a_warning_and_the_default_text(folder, url):
    for body, words in (('error "broken"', "broken"), ("return data.nothing.there", "nothing"),
                        ('return "text"', "a table such as"), ("return { stdout = 5 }", "stdout: text is wanted"),
                        ('stoker.fail "no"', "no"), ('stoker.abort "enough"', "enough"),
                        ('return { stdout = stoker.secret "TEST_PASSWORD" }', "text is wanted")):
        out, err = run(folder, url, PLAIN % body, "--summary-export", "export.json", env={"TEST_PASSWORD": "hunter2"})
        assert "http_reqs" in out, (body, out)
        assert err.startswith("warning: summary: ") and words in err, (body, err)
        assert "hunter2" not in err + out
        with open(folder + "/export.json", encoding="utf-8") as file:
            assert json.load(file)["metrics"]["http_reqs"]["count"] == 3
    out, err = run(folder, url, PLAIN.replace("iterations = 3", 'iterations = 3, summary_timeout = "1s"') %
                   "while true do pcall(function() while true do end end) end")
    assert "http_reqs" in out and "ran out of time" in err and "summary_timeout" in err, (out, err)


# k6 4.1: one file that cannot be written stops no other | the same | only in the current folder
def files_stay_in_the_folder_and_one_bad_name_stops_no_other(folder, url):
    os.makedirs(folder + "/deep/er", exist_ok=True)
    os.makedirs(folder + "/.git", exist_ok=True)
    outside = tempfile.mkdtemp()
    if not os.path.islink(folder + "/away"):
        os.symlink(outside, folder + "/away")
    names = ["../out.txt", outside + "/out.txt", "away/out.txt", ".git/hook", ".hidden", "deep/../../out.txt", "",
             "not/there.txt", "deep/"]
    good = ["one.txt", "deep/er/two.txt", folder + "/three.txt"]
    body = "return { %s }" % ", ".join(f'["{name}"] = "x"' for name in names + good)
    out, err = run(folder, url, PLAIN % body)
    assert out == "", out
    for name in names:
        assert f"warning: summary: '{name}' is no name for a file here" in err, (name, err)
    for name in good:
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            assert file.read() == "x"
    assert os.listdir(outside) == [] and os.listdir(folder + "/.git") == []
    assert not os.path.exists(os.path.join(folder, "..", "out.txt"))


def text_is_the_default_one_of_what_is_left(folder, url):
    plain, _ = run(folder, url, HEAD + 'return { iterations = 3, default = function() http.get "/ok" end }')
    body = "return { stdout = stoker.summary.text(data) }"
    out, _ = run(folder, url, PLAIN % body)
    blank = lambda text: [line.split(":")[0].strip() for line in text.splitlines()]
    assert blank(out) == blank(plain), (out, plain)
    body = """data.metrics.http_reqs = nil
        return { stdout = stoker.summary.text(data, { indent = "> ", full = true, color = true }) }"""
    out, _ = run(folder, url, PLAIN % body)
    assert "http_reqs" not in out and "http_req_waiting" in out and "\x1b[" in out, out
    assert all(line.startswith("> ") for line in out.splitlines() if line), out
    out, err = run(folder, url, PLAIN % "return { stdout = stoker.summary.text(data, { colour = true }) }")
    assert "unknown option 'colour'" in err and "http_reqs" in out
    _, err = run(folder, url, HEAD + "return { default = function() stoker.summary.text({ metrics = {} }) end }", code=4)
    assert "is for the function summary" in err, err


class Counting(Target):
    posts = []

    def do_POST(self):
        Counting.posts.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")


def it_may_send_requests_which_are_not_counted(folder, _url):
    server, url = serve(Counting)
    body = """local n = data.metrics.http_reqs.values.count
        local r = http.post("/hook", { json = { requests = n } })
        stoker.sleep(0.01)
        print("posted", r.status)
        return { stdout = "sent " .. r.status .. "\\n" }"""
    out, err = run(folder, url, PLAIN % body, "-o", "json=out.ndjson", "--summary-export", "export.json")
    server.shutdown()
    assert out == "sent 200\n" and "posted" in err, (out, err)
    assert Counting.posts == [{"requests": 3}], Counting.posts
    with open(folder + "/export.json", encoding="utf-8") as file:
        assert json.load(file)["metrics"]["http_reqs"]["count"] == 3
    with open(folder + "/out.ndjson", encoding="utf-8") as file:
        assert "/hook" not in file.read()


LONG = HEAD + """return { scenarios = { s = { executor = "constant-vus", vus = 1, duration = "1h",
    exec = function() http.get "/ok" print "went" stoker.sleep(0.01) end } }, %s
    summary = function(data) print "in summary" %s
        return { stdout = "n=" .. data.metrics.iterations.values.count .. "\\n" } end }"""


def interrupt_at(process, line, times=1):
    seen = ""
    while line not in seen:
        got = process.stderr.readline()
        assert got, seen
        seen += got
    for _ in range(times):
        process.send_signal(signal.SIGINT)
    return seen


# k6 9.3: `handleSummary` after the first Ctrl-C and after an abort | the same | -
def it_is_called_after_an_interrupt_and_after_an_aborted_threshold(folder, url):
    process = start(folder, url, LONG % ("", ""))
    interrupt_at(process, "went")
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130 and out.startswith("n=") and int(out[2:]) >= 1, (process.returncode, out, err)
    limit = 'thresholds = { iterations = { { "count<1", abort = true } } },'
    out, err = run(folder, url, LONG % (limit, ""), code=99)
    assert out.startswith("n=") and "count<1" in err, (out, err)


def an_interrupt_in_it_gives_the_default_text(folder, url):
    server, hook = serve(Counting)
    Counting.posts.clear()
    process = start(folder, hook, PLAIN % 'http.post("/hook", { json = { a = 1 } }) while true do end')
    while not Counting.posts and process.poll() is None:
        pass
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    server.shutdown()
    assert "http_reqs" in out and "summary was interrupted" in err, (out, err)


def json_stays_alone_on_standard_output(folder, url):
    out, err = run(folder, url, PLAIN % 'return { stdout = "said\\n", ["x.txt"] = "x" }', "--format", "json")
    assert json.loads(out)["metrics"] and "said" in err
    assert os.path.exists(folder + "/x.txt")


def json_helper_keeps_types_and_hides_secrets(folder, url):
    body = """local text = stoker.json.encode({ list = stoker.array {}, n = 3, x = 0.1, s = stoker.secret "TEST_PASSWORD", null = stoker.null })
        local back = stoker.json.decode(text)
        assert(math.type(back.n) == "integer" and back.x == 0.1 and back.null == stoker.null and #back.list == 0)
        assert(stoker.json.decode("{") == nil and select(2, stoker.json.decode("{")):find "line 1")
        assert(not pcall(stoker.json.encode, { f = print }))
        return { stdout = text .. "\\n" .. stoker.json.encode({ a = { 1, 2 }, b = {} }, true) }"""
    out, err = run(folder, url, PLAIN % body, env={"TEST_PASSWORD": "hunter2"})
    assert err == "", err
    first, rest = out.split("\n", 1)
    assert first == '{"list":[],"n":3,"null":null,"s":"***","x":0.1}', first
    assert rest == json.dumps({"a": [1, 2], "b": {}}, indent=2), rest


def the_example_runs(folder, url):
    with open(os.path.join(ROOT, "docs", "examples", "summary.lua"), encoding="utf-8") as file:
        out, err = run(folder, url, file.read(), env={"USER_NAME": "ann", "SUMMARY_FILE": "figures.json"})
    assert err.startswith("ann: 10 requests, p95 ") and err.endswith("fast enough\n"), err
    assert "  http_reqs" in out and "data_sent" not in out, out
    with open(folder + "/figures.json", encoding="utf-8") as file:
        assert json.load(file)["metrics"]["checks"]["values"] == {"fails": 0, "passes": 10, "rate": 1}


def deep_groups_can_be_written(folder, url):
    text = HEAD + """local function down(n) check(1, { { "c", function() return true end } }) if n > 0 then group("g", down, n - 1) end end
        return { default = function() down(90) end, summary = function(data) return { stdout = stoker.json.encode(data) } end }"""
    out, _ = run(folder, url, text)
    depth, at = 0, json.loads(out)["root_group"]
    while at["groups"]:
        depth, at = depth + 1, at["groups"][0]
    assert 20 <= depth <= 30, depth


def full_has_scenarios_and_groups(folder, url):
    """As k6 2.2 printed it for script 09: titles, figures of checks and metrics, how far in they stand."""
    text = HEAD + """return { scenarios = {
        s = { executor = "per-vu-iterations", vus = 2, iterations = 3, exec = function()
            group("outer", function()
                group("inner", function() check(http.get "/ok", { status = 200, { "is 500", function(r) return r.status == 500 end } }) end)
                check(1, { { "odd", function() return stoker.vu.iter % 2 == 1 end } })
            end)
        end },
        default = { executor = "shared-iterations", iterations = 2, exec = function() group("top", function() http.get "/ok" end) end } } }"""
    out, _ = run(folder, url, text, "--summary", "full")
    parts = ["  █ TOTAL RESULTS ", "  █ GROUP: top ", "  █ SCENARIO: s ", "    ↳ GROUP: outer ", "      ↳ GROUP: inner "]
    lines = out.splitlines()
    assert [line for line in lines if "█" in line or "GROUP" in line] == parts, out
    at = [lines.index(part) for part in parts] + [len(lines)]
    blocks = ["\n".join(lines[at[i]:at[i + 1]]) for i in range(len(parts))]
    for block, reqs, checks in zip(blocks, (8, 2, 6, None, 6), ("8 out of 18", None, "8 out of 18", "2 out of 6", "6 out of 12")):
        assert re.findall(r"http_reqs\.+: (\d+)", block) == ([str(reqs)] if reqs else []), block
        assert re.findall(r"checks_succeeded\.+: \S+ +(.*)", block) == ([checks] if checks else []), block
        assert ("http_req_waiting." in block) == bool(reqs), block
    assert "\n        ✗ is 500\n          ↳  0% — ✓ 0 / ✗ 6\n" in blocks[4], blocks[4]
    assert "iterations...." in blocks[2] and "iterations...." not in blocks[1] + blocks[3] + blocks[4], out
    assert "SCENARIO" not in run(folder, url, text)[0]


def main():
    server, url = serve(Target)
    with tempfile.TemporaryDirectory() as folder:
        folder = os.path.realpath(folder)
        code = run_cases([
            data_has_the_shape_of_k6, nothing_gives_the_default_text_and_an_empty_table_none,
            what_fails_is_a_warning_and_the_default_text, files_stay_in_the_folder_and_one_bad_name_stops_no_other,
            text_is_the_default_one_of_what_is_left, it_may_send_requests_which_are_not_counted,
            it_is_called_after_an_interrupt_and_after_an_aborted_threshold, an_interrupt_in_it_gives_the_default_text,
            json_stays_alone_on_standard_output, json_helper_keeps_types_and_hides_secrets, the_example_runs,
            deep_groups_can_be_written, full_has_scenarios_and_groups], folder, url)
    server.shutdown()
    return code


if __name__ == "__main__":
    sys.exit(main())
