"""`stoker diff` on files: real Go profiles held against go tool pprof -diff_base, folded text against difffolded's
format, and everything that must be said. Ends with "N passed, N failed".
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
GO = os.path.join(HERE, "..", "fixtures", "agents", "go-debug-pprof")
STOKER = os.path.abspath(os.environ.get("STOKER") or os.path.join(os.environ.get("BUILD", "build"), "stoker"))
work = tempfile.mkdtemp(prefix="stoker-diff.")


def stoker(*args):
    return subprocess.run([STOKER, *args], cwd=work, capture_output=True, text=True, timeout=60, check=False)


def check(holds, *why):
    if not holds:
        raise AssertionError("\n".join(str(one) for one in why))


def write(name, text):
    with open(os.path.join(work, name), "w", encoding="utf-8") as file:
        file.write(text)
    return name


def ours(a, b, kind):
    result = stoker("diff", a, b, "--profile", kind, "-f", "json", "-n", "0")
    check(result.returncode == 0, result.stderr)
    return json.loads(result.stdout)


def theirs(a, b, kind, unit):
    """Change of self and total per function, as go tool pprof says it to the unit."""
    top = subprocess.run(["go", "tool", "pprof", "-symbolize=none", "-top", "-nodecount=1000000", "-nodefraction=0",
                          "-edgefraction=0", "-sample_index=" + kind, "-unit=" + unit, "-diff_base=" + a, b],
                         capture_output=True, text=True, check=False, env={**os.environ, "PPROF_TMPDIR": work})
    check(top.returncode == 0, top.stderr)
    rows, begun = {}, False
    for line in top.stdout.splitlines():
        words = line.split(None, 5)
        if begun and len(words) == 6:
            name = words[5].replace(" (inline)", "").replace(" (partial-inline)", "")
            rows[name] = tuple(int(words[i].rstrip("B")) for i in (0, 3))
        begun = begun or line.strip().startswith("flat")
    return rows


def go_profiles_change_as_go_tool_pprof_says():
    if not shutil.which("go"):
        print("skip test_diff_go: go is missing")
        return
    for first, second, kind, unit in (("heap.1", "heap.2", "alloc_space", "B"), ("heap.1", "heap.2", "inuse_space", "B"),
                                      ("allocs.1", "allocs.2", "alloc_space", "B")):
        a, b = (os.path.join(GO, name + ".pb.gz") for name in (first, second))
        document = ours(a, b, kind)
        wanted = theirs(a, b, kind, unit)
        seen = {row["name"]: row for row in document["rows"]}
        compared = 0
        for name, (flat, cum) in wanted.items():
            row = seen.get(name.replace("[...]", "")) or seen.get(name)
            if not row or row["was"]:
                continue  # generic names are written in another way
            check(round(row["self"]["head"] - row["self"]["base"]) == flat, kind, name, row, flat)
            check(round(row["total"]["head"] - row["total"]["base"]) == cum, kind, name, row, cum)
            compared += 1
        check(compared > 10 and compared > 0.8 * len(wanted), compared, len(wanted))


def a_file_shows_what_pprof_would_show():
    result = stoker("diff", os.path.join(GO, "heap.1.pb.gz"), os.path.join(GO, "heap.2.pb.gz"))
    check(result.returncode == 0 and result.stdout.startswith("inuse_space "), result.stdout, result.stderr)
    check("A level, not a flow" in result.stdout and "No intervals" in result.stdout, result.stdout)


def two_files_have_samples_and_no_interval():
    a, b = write("a.folded", "main;x 100\nmain;y 50\n"), write("b.folded", "main;x 150\nmain;y 50\n")
    result = stoker("diff", a, b)
    check(result.returncode == 0, result.stderr)
    for text in ("No intervals: one profile a side has no spread", "100, 150", "+50.0 %", "150 + 200 samples",
                 "Not divided by anything"):
        check(text in result.stdout, text, result.stdout)
    check("[" not in result.stdout, result.stdout)
    result = stoker("diff", a, b, "-f", "folded")
    check(result.stdout == "main;x 100 150\nmain;y 50 50\n", result.stdout)
    result = stoker("diff", a, b, "--base-requests", "10", "--requests", "20")
    check("samples per request" in result.stdout and "-25.0 %" in result.stdout, result.stdout)


def cost_that_moved_is_told():
    rest = "".join("main;f%d 400\n" % i for i in range(8))
    a = write("m1.folded", "main;parse 900\nmain;parse;scan 300\n" + rest)
    b = write("m2.folded", "main;parse 300\nmain;parse;scan 900\n" + rest)
    text = stoker("diff", a, b, "--width", "200").stdout
    check("moved to scan" in text and "moved from parse" in text, text)
    rows = {row["name"]: row for row in json.loads(stoker("diff", a, b, "-f", "json").stdout)["rows"]}
    check(rows["scan"]["moved"] == "parse" and rows["f1"]["moved"] is None, rows)


def hostile_names_do_nothing():
    a = write("h1.folded", "main;\033[31mred<script>alert(1)</script>|`x` 10\n")
    b = write("h2.folded", "main;\033[31mred<script>alert(1)</script>|`x` 30\n")
    term = stoker("diff", a, b)
    check(term.returncode == 3 or "\033" not in term.stdout, term.stdout)  # an escape is no text: refused or shown plain
    a, b = write("h3.folded", "main;<b>x</b>|@you 10\n"), write("h4.folded", "main;<b>x</b>|@you 30\n")
    page = stoker("diff", a, b, "-f", "html")
    check(page.returncode == 0 and "<b>x</b>" not in page.stdout, page.stderr)
    text = stoker("diff", a, b, "-f", "markdown").stdout
    check("<b>" not in text, text)


def the_page_has_the_flame_graph():
    a, b = write("p1.folded", "main;x 100\nmain;y 50\n"), write("p2.folded", "main;x 150\nmain;y 50\n")
    result = stoker("diff", a, b, "-o", "d.html")
    check(result.returncode == 0 and result.stdout == "", result.stderr)
    with open(os.path.join(work, "d.html"), encoding="utf-8") as file:
        page = file.read()
    check('id="flame-view"' in page and "Content-Security-Policy" in page, page[:300])
    check("per request" not in page.split("<script")[0], "the page speaks of requests that nobody counted")


def the_docs_show_what_it_prints():
    with open(os.path.join(HERE, "..", "..", "docs", "diff.md"), encoding="utf-8") as file:
        block = file.read().split("<!-- diff: begin")[1].split("```\n")[1]
    command, _, wanted = block.partition("\n")
    for name in ("heap.1.pb.gz", "heap.2.pb.gz"):
        shutil.copy(os.path.join(GO, name), work)
    result = stoker(*command.split()[2:], "--width", "128")
    check(result.stdout == wanted, result.stdout)


def what_is_not_there_is_said():
    for args, code, text in ((("no.pb.gz", "last"), 3, "'no.pb.gz' is neither a file nor a saved run"),
                             (("last~1", "last"), 3, "there are 0 runs"),
                             (("a", "b", "c"), 2, "two files or runs are wanted")):
        result = stoker("diff", *args)
        check(result.returncode == code and text in result.stderr, result.returncode, result.stderr)
    write("junk.pb", "\x01\x02\x03")
    result = stoker("diff", "junk.pb", "junk.pb")
    check(result.returncode == 3 and "junk.pb" in result.stderr, result.stderr)


CASES = [go_profiles_change_as_go_tool_pprof_says, a_file_shows_what_pprof_would_show,
         two_files_have_samples_and_no_interval, cost_that_moved_is_told, hostile_names_do_nothing, the_page_has_the_flame_graph,
         the_docs_show_what_it_prints, what_is_not_there_is_said]
failed = 0
for case in CASES:
    try:
        case()
        print("ok", case.__name__, flush=True)
    except Exception:  # pylint: disable=broad-except
        failed += 1
        print("FAIL", case.__name__, traceback.format_exc(limit=2), flush=True)
shutil.rmtree(work, ignore_errors=True)
print("%d passed, %d failed" % (len(CASES) - failed, failed))
sys.exit(1 if failed else 0)
