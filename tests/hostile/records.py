"""Run records as a stranger would make them: texts that try to break out of every form, numbers that do not fit,
and documents of many megabytes. Each maker gives the bytes of one run.json."""
import copy
import json
import os

HERE = os.path.dirname(os.path.abspath(__file__))
FIXTURE = os.path.join(HERE, "..", "fixtures", "runs", "regression.json")

# One text for every place that a text has. EVIL marks, so that a test sees where it came through.
TEXTS = [
    "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "</details></script></style>--> <!-- stoker:report v1 key=x -->",
    "@octocat @org/team @all #12 GH-3 user/repo#5 !1 &2 ~label",
    "| a | b |\n/close\n/merge\n# heading\n- list\n1. one\n> quote\n===\n```\nfence",
    "`` ` ``` [x](javascript:alert(1)) ![t](https://evil.example/t.png) https://evil.example www.evil.example a@evil.example",
    "\x1b]0;owned\x07\x1b[2J\x1b[31mred\r\n\x01\x7f\x9b31m",
    "\u202egnp.exe \u2066iso\u2069 zero\u200bwidth \ufeffbom \u2028line \U000e0041tag",
    "::error::x\n::add-mask::y\n::set-output name=verdict::none\nverdict=none",
    "]]><!ENTITY x SYSTEM \"file:///etc/passwd\">&x;&#27; ' \" \\ %s%n%p {{7*7}} ${{ github.token }} $(id)",
    "a" + "\u0301" * 500, "\u3164\u115f\u2800\uffa0", "ends in \\", "a\\|b \\`c\\` $`x`$ $$\\color{red}{NO REGRESSION}$$",
    "=cmd|' /C calc'!A0", "mailto:a@evil.example xmpp:a@evil.example ftp://evil.example https:\\/\\/evil.example",
    "[^1]: x\n[x]: https://evil.example\n[ ] task :skull: <https://evil.example>", "http://github.test@evil.example/ //evil.example \\\\evil\\x",
    "../../../../etc/passwd", "/etc/passwd", "C:\\x", "a/../../b", "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd",
]


def fixture():
    with open(FIXTURE) as file:
        return json.load(file)


def poison(value, number=0, key=None):
    """Every text of a document replaced, but the words that the shape asks for."""
    words = ("document", "mode", "verdict", "kind", "side", "state", "level", "type")
    if isinstance(value, dict):
        return {k: poison(v, number + i, k) for i, (k, v) in enumerate(value.items())}
    if isinstance(value, list):
        return [poison(v, number + i, key) for i, v in enumerate(value)]
    if isinstance(value, str) and key not in words:
        return TEXTS[number % len(TEXTS)]
    return value


def texts(shift):
    run = fixture()
    run["base"].update(why="x", ref="x")
    run["head"].update(why="x", ref="x", dirty=True)
    run["repository"] = {"remote": "x", "default_branch": "x", "commits": 1, "files": 1, "lines": 1}
    run["baseline"] = {"revision": "x", "run": "x", "where": "x", "why": "x", "measured_ns": 1}
    run["gates"] = [{"name": "x", "limit": "x", "text": "x", "crossed": True}]
    run["thresholds"] = [{"metric": "x", "expr": "x", "value": 1, "ok": False, "no_data": False, "aborted": True}]
    run["notes"] = [{"level": "warn", "text": "x"}, {"level": "info", "text": "y"}]
    run["preconditions"].append({"name": "x", "state": "warn", "text": "x"})
    for comparison in run["comparisons"]:
        for i, row in enumerate(comparison["rows"]):
            row["function"]["path"] = "x"
            row["link"] = {"kind": ("changed", "called_from", "calls", "unrelated")[i % 4],
                           "via": {"name": "x", "file": "x", "line": 7, "path": "x"}, "share": 0.5}
            row["accepted"] = {"reason": "x", "author": "x", "until_ns": 2**62} if i % 3 == 1 else None
    short = [c["short_name"] for c in run["comparisons"]]
    run = poison(run, shift)
    for comparison, name in zip(run["comparisons"], short):
        if shift % 2:
            comparison["short_name"] = name
    return run


def numbers(run):
    """Every number at its end."""
    run = copy.deepcopy(run)
    for comparison in run["comparisons"]:
        for i, row in enumerate(comparison["rows"]):
            big = (1e308, -1e308, 5e-324, -0.0, 1e18)[i % 5]
            row.update(base_cost=big, head_cost=-big, change=big, lo=-big, hi=big, impact=big, share=big, q=0.0, n_base=big, level=big)
        comparison["sensitivity"] = [{"share": big, "change": big} for big in (1e308, -1e308, 0.05)]
        comparison.update(samples_base=1e308, hz=1e308, changed_share=1e308, unlabelled=1e308, common_shift=1e308)
    for total in run["totals"]:
        total["row"].update(base_cost=1e308, head_cost=-1e308, change=1e308, lo=-1e308, hi=1e308)
    for window in run["windows"]:
        window.update(requests=2**63 - 1, failed=2**63 - 1)
    run["generator"].update(busy=1e308, late_p99_ms=1e308, rate_planned=1e308, dropped=2**63 - 1)
    return run


def dump(run):
    return json.dumps(run, ensure_ascii=False).encode("utf-8", "surrogatepass")


def wide(size):
    """Many functions with long names, up to about `size` bytes."""
    run = fixture()
    rows = run["comparisons"][0]["rows"]
    one, name = rows[0], TEXTS[0] + TEXTS[2] + "x" * 200
    length = len(json.dumps(one)) + len(name)
    run["comparisons"][0]["rows"] = rows = []
    for i in range(min(size // length, 200_000)):
        row = copy.copy(one)
        row["function"] = {"name": "%s%d" % (name, i), "file": "../" * 9 + "x", "line": i + 1, "path": "pkg/f%d.go" % i}
        rows.append(row)
    return dump(run)


def long_names(size):
    """Some texts of megabytes."""
    run = texts(1)
    text = (TEXTS[0] + TEXTS[4]) * (size // 8 // len(TEXTS[0] + TEXTS[4]) + 1)
    row = run["comparisons"][0]["rows"][0]
    row["function"]["name"] = row["function"]["file"] = row["function"]["path"] = text
    run["name"] = run["headline"] = run["command"] = text
    run["notes"] = [{"level": "warn", "text": text}]
    run["head"]["title"] = text
    return dump(run)


# What must be refused: bytes, and a part of the message.
def refused():
    good = fixture()
    line = json.dumps(good)
    deep = line.replace('"notes": []', '"notes": ' + "[" * 200_000 + "]" * 200_000)
    out = copy.deepcopy(good)
    out["windows"][0]["requests"] = -1
    late = copy.deepcopy(good)
    late["windows"][0]["start_ns"], late["windows"][0]["end_ns"] = 2**63 - 1, -(2**63)
    kinds = copy.deepcopy(good)
    kinds["comparisons"] = {"rows": 7}
    many = copy.deepcopy(good)
    many["gates"] = [{"name": "x", "limit": "x", "text": "x", "crossed": True}] * 1001
    word = copy.deepcopy(good)
    word["verdict"] = "splendid\x1b[31m"
    return {
        "deep": (deep.encode(), "depth"),
        "negative": (dump(out), "requests"),
        "late": (dump(late), "windows[0]"),
        "over": (line.replace('"exit_code": 10', '"exit_code": 99999999999999999999').encode(), "too big"),
        "exit": (line.replace('"exit_code": 10', '"exit_code": 4000000000').encode(), "exit_code"),
        "text": (line.replace('"id": "', '"id": "a\\u0000b').encode(), "NUL"),
        "kinds": (dump(kinds), "comparisons"),
        "many": (dump(many), "gates"),
        "word": (dump(word), "verdict"),
        "cut": (line[:len(line) // 2].encode(), "json"),
        "twice": (line.replace('"schema": 1', '"schema": 1, "schema": 1').encode(), "duplicate"),
        "latin": (line.replace("shop", "sh\udcffp").encode("utf-8", "surrogateescape"), "json"),
        "other": (b'{"document": "x"}', "not a run record"),
        "lists": (lambda: line[:-1].encode() + b', "x": [' + b"[]," * 2_100_000 + b"1]}", "at most"),
        "values": (lambda: line[:-1].encode() + b', "x": [' + b"1," * 12_100_000 + b"1]}", "at most"),
        "empty": (b"", "json"),
        "nul": (b"\0" * 4096, "json"),
    }
