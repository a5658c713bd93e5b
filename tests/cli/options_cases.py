"""Options of `stoker load` beside k6's: what each replaces, and what is refused with a way out. usage: options_cases.py"""
import json
import os
import sys
import tempfile

from outputs_lib import Target, run_cases, serve
from summary_cases import HEAD, run

PLACE = 'return { stdout = stoker.json.encode(data.metrics) .. "\\n" .. data.state.testRunDurationMs }'


class Jar(Target):
    seen = []

    def do_GET(self):
        Jar.seen.append(self.headers.get("Cookie"))
        self.send_response(200)
        self.send_header("Set-Cookie", "c=1")
        self.send_header("Content-Length", "0")
        self.end_headers()


def cookies_stay_over_iterations_if_asked(folder, _url):
    server, url = serve(Jar)
    text = HEAD + 'return { %s vus = 1, iterations = 2, default = function() http.get "/" end }'
    for key, second in (("", None), ("no_cookies_reset = true,", "c=1"), ("noCookiesReset = true,", "c=1")):
        Jar.seen.clear()
        run(folder, url, text % key)
        assert Jar.seen == [None, second], (key, Jar.seen)
    server.shutdown()


def a_virtual_user_rests(folder, url):
    text = HEAD + "return { %s vus = 1, iterations = 3, default = function() end, summary = function(data) " + PLACE + " end }"
    for key, args in (('min_iteration_duration = "200ms",', []), ("minIterationDuration = 0.2,", []),
                      ("", ["--min-iteration-duration", "200ms"])):
        out, _ = run(folder, url, text % key, *args)
        metrics, duration = out.rsplit("\n", 1)
        assert float(duration) >= 600, out
        values = json.loads(metrics)["iteration_duration"]["values"]
        assert values["min"] < 100 and json.loads(metrics)["iterations"]["values"]["count"] == 3, values


def parts_of_a_script_are_left_out(folder, url):
    text = HEAD + """return { iterations = 1, thresholds = { iterations = "count>100" },
        setup = function() print "in setup" return 1 end, teardown = function() print "in teardown" end,
        default = function(ctx) print("given", ctx) end }"""
    out, err = run(folder, url, text, code=99)
    assert "in setup" in err and "given 1" in err.replace("\t", " ") and "in teardown" in err and "THRESHOLDS" in out
    out, err = run(folder, url, text, "--no-setup", "--no-teardown", "--no-thresholds")
    assert "in setup" not in err and "given nil" in err.replace("\t", " ") and "in teardown" not in err, err
    assert "THRESHOLDS" not in out


def columns_come_from_script_or_command_line(folder, url):
    text = HEAD + 'return { summary_trend_stats = { "max", "p(99)" }, default = function() end }'
    out, _ = run(folder, url, text, "--summary-export", "export.json")
    assert "p(99)=" in out and "p(95)=" not in out, out
    with open(folder + "/export.json", encoding="utf-8") as file:
        assert sorted(json.load(file)["metrics"]["iteration_duration"]) == ["max", "p(99)"]
    out, _ = run(folder, url, text, "--summary-trend-stats", "avg")
    assert "avg=" in out and "p(99)=" not in out
    _, err = run(folder, url, text.replace('"max"', '"mode"'), code=2)
    assert "no statistic 'mode'" in err


def what_is_left_out_says_what_to_use(folder, url):
    plain = HEAD + "return { default = function() end }"
    for option, words in (("--http-debug", "print("), ("--linger", "complete at the end"), ("--local-ips", "chooses the address"),
                          ("--no-usage-report", "nothing is reported"), ("--summary-mode", "--summary full"), ("--throw", "assert(")):
        _, err = run(folder, url, plain, option, code=2)
        assert f"unknown option '{option}'" in err and "instead: " in err and words in err, err
    _, err = run(folder, url, plain, "--iteratoins", code=2)
    assert "did you mean '--iterations'" in err
    _, err = run(folder, url, HEAD + "return { httpDebug = true, default = function() end }", code=4)
    assert "http_debug" in err and "instead: print(" in err, err


def workloads_replace_each_other_as_in_k6(folder, url):
    scenarios = """scenarios = { s = { executor = "per-vu-iterations", vus = 1, iterations = 7, exec = function() end } },
        default = function() end,"""
    text = HEAD + "return { %s summary = function(data) return { stdout = data.metrics.iterations.values.count } end }"
    text = text.replace("stdout = data", "stdout = 'n=' .. data")
    for script, args, wanted, warned in (
            (scenarios, [], "n=7", False),
            (scenarios, ["-i", "3"], "n=3", True),              # 1: iterations, over scenarios
            (scenarios, ["-i", "4", "-u", "2", "-d", "9s"], "n=4", True),
            (scenarios, ["-u", "2"], "n=2", True),               # 4: vus alone, over scenarios
            ("vus = 2, iterations = 6, default = function() end,", [], "n=6", False),
            ("vus = 2, iterations = 6, default = function() end,", ["-i", "5"], "n=5", False),
            ("vus = 2, iterations = 6, default = function() end,", ["-u", "3"], "n=6", False),
            ('duration = "9s", default = function() end,', ["-i", "2"], "n=2", False),  # wipes the duration
            ("stages = { { '9s', 1 } }, default = function() end,", ["-i", "2"], "n=2", False),
            ("default = function() end,", [], "n=1", False)):    # 6: nothing
        out, err = run(folder, url, text % script, *args)
        assert out == wanted, (script, args, out, err)
        assert ("scenario" in err) == warned, (script, args, err)
    for script, args in ((scenarios + "iterations = 5,", []), (scenarios + 'duration = "5s",', []),
                         ("iterations = 5, stages = { { '1s', 1 } }, default = function() end,", []),
                         ("duration = '5s', stages = { { '1s', 1 } }, default = function() end,", []),
                         ("default = function() end,", ["-i", "5", "-s", "1s:1"])):
        _, err = run(folder, url, text % script, *args, code=4)
        assert "exclude each other" in err, err


def main():
    server, url = serve(Target)
    with tempfile.TemporaryDirectory() as folder:
        folder = os.path.realpath(folder)
        code = run_cases([cookies_stay_over_iterations_if_asked, a_virtual_user_rests, parts_of_a_script_are_left_out,
                          columns_come_from_script_or_command_line, what_is_left_out_says_what_to_use,
                          workloads_replace_each_other_as_in_k6], folder, url)
    server.shutdown()
    return code


if __name__ == "__main__":
    sys.exit(main())
