"""What `stoker report` writes, read by others: SARIF and Code Quality by schema, JUnit by schema and reader, the comment by
GitHub's Markdown. Every fixture of a run goes through, with rows that stand in a repository."""
import glob
import gzip
import html.parser
import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.parse

import cmarkgfm
import jsonschema
import junitparser
from cmarkgfm.cmark import Options
from lxml import etree

HERE = os.path.dirname(os.path.abspath(__file__))
RUNS = os.path.join(HERE, "..", "fixtures", "runs")
GOLDEN = os.path.join(HERE, "..", "golden", "comment")
STOKER = os.path.abspath(os.environ.get("STOKER") or os.path.join(os.environ.get("BUILD", "build"), "stoker"))
OUR_TAGS = {"h3", "p", "a", "strong", "code", "table", "thead", "tbody", "tr", "th", "td", "br", "sub", "details", "summary", "pre"}
passed = failed = 0


def case(name, function, *args):
    global passed, failed
    try:
        function(*args)
        passed += 1
    except Exception as problem:  # noqa: BLE001
        failed += 1
        print("FAIL %s: %s: %s" % (name, type(problem).__name__, str(problem)[:600]))


def report(path, form):
    return subprocess.run([STOKER, "report", path, "--format", form], capture_output=True, check=True).stdout


def in_repository(run):
    """The run with its rows at places of a repository."""
    for comparison in run["comparisons"]:
        for i, row in enumerate(comparison["rows"]):
            row["function"]["path"] = "pkg/a file %d.go" % i
            row["link"] = {"kind": "changed", "via": {"name": "f", "path": "pkg/b.go", "line": 3}, "share": 1.0}
    return run


def load(name):
    with open(os.path.join(HERE, name)) as file:
        return json.load(file)


def check_sarif(path, schema):
    document = json.loads(report(path, "sarif"))
    jsonschema.Draft202012Validator(schema).validate(document)
    one, = document["runs"]
    rules = {rule["id"] for rule in one["tool"]["driver"]["rules"]}
    assert len(rules) == len(one["tool"]["driver"]["rules"]) and len(document["runs"]) == 1
    for rule in one["tool"]["driver"]["rules"]:
        assert rule["shortDescription"]["text"] and rule["fullDescription"]["text"] and rule["help"]["text"]
        assert len(rule["properties"]["tags"]) <= 10 and "security-severity" not in rule["properties"]
    prints = set()
    for result in one["results"]:  # what GitHub wants beside the schema
        assert result["ruleId"] in rules and result["message"]["text"] and len(result["locations"]) == 1
        where = result["locations"][0]["physicalLocation"]
        uri = urllib.parse.urlsplit(where["artifactLocation"]["uri"])
        assert not uri.scheme and not uri.netloc and not uri.path.startswith(("/", "./")) and ".." not in uri.path.split("/"), uri
        assert where["region"]["startLine"] >= 1
        prints.add((result["ruleId"], result["partialFingerprints"]["stokerFunction/v1"]))
    assert len(prints) == len(one["results"]) <= 5000  # two alerts of one fingerprint are one
    assert one["automationDetails"]["id"].endswith("/")
    assert len(gzip.compress(report(path, "sarif"))) < 10 << 20


def closed(schema):
    """Schemas of ours leave room for later members; here every member must be in them."""
    if isinstance(schema, dict):
        if "properties" in schema:
            schema.setdefault("additionalProperties", False)
        for part in schema.values():
            closed(part)
    elif isinstance(schema, list):
        for part in schema:
            closed(part)
    return schema


LOAD = """local stoker = require "stoker"
local orders = stoker.metrics.trend("orders", { time = true })
return { vus = 2, iterations = 4, thresholds = { orders = "max<9", checks = { "rate>0.5", abort = true }, http_reqs = "count<9" },
  default = function()
    orders:add(stoker.vu.iter, { kind = "new" })
    stoker.check(1, { { "one", function(v) return v == 1 end } })
  end }
"""


def check_run(schema, path):
    with open(path) as file:
        jsonschema.Draft202012Validator(schema).validate(json.load(file))


def check_printed(schema, stdin, *command):
    done = subprocess.run([STOKER, *command], input=stdin, capture_output=True)
    assert done.returncode == 0, done.stderr
    jsonschema.Draft202012Validator(schema).validate(json.loads(done.stdout))


def check_schema_itself(schema):
    """It would notice what we might get wrong."""
    for broken in ({"version": "2.0.0", "runs": []}, {"version": "2.1.0", "runs": [{"results": []}]},
                   {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}, "results": [{"message": {"text": "x"}, "level": "bad"}]}]},
                   {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}, "results": [{"message": {"text": "x"}, "locations": [
                       {"physicalLocation": {"region": {"startLine": 0}}}]}]}]}):
        assert not jsonschema.Draft202012Validator(schema).is_valid(broken), broken


def check_quality(path, schema, rows):
    entries = json.loads(report(path, "codequality"))
    jsonschema.Draft202012Validator(schema).validate(entries)
    assert len({entry["fingerprint"] for entry in entries}) == len(entries)
    assert len(entries) == rows, "%d entries, %d regressions" % (len(entries), rows)


def check_junit(path, schema, verdict):
    data = report(path, "junit")
    schema.assertValid(etree.fromstring(data))
    xml = junitparser.JUnitXml.fromstring(data)
    cases = [one for suite in xml for one in suite]
    assert sum(suite.tests for suite in xml) == len(cases)
    failures = [one for one in cases if any(isinstance(r, junitparser.Failure) for r in one.result)]
    assert sum(suite.failures for suite in xml) == len(failures)
    assert bool([one for one in failures if one.classname == "run"]) == (verdict == "regression")


class Page(html.parser.HTMLParser):
    """Which tags and links a page has, and how many cells each row."""

    def __init__(self):
        super().__init__()
        self.tags, self.links, self.rows, self.depth = set(), [], [], 0

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        for name, value in attrs:
            assert name in ("href", "align", "class", "lang"), name
            if name == "href":
                self.links.append(value)
        if tag == "table":
            self.rows.append([])
        if tag == "tr":
            self.rows[-1].append(0)
        if tag in ("td", "th"):
            self.rows[-1][-1] += 1
        self.depth += tag == "details"

    def handle_endtag(self, tag):
        self.depth -= tag == "details"
        assert self.depth >= 0


def check_comment(path, text=None):
    text = text or report(path, "comment").decode()
    page = Page()
    page.feed(cmarkgfm.github_flavored_markdown_to_html(text, options=Options.CMARK_OPT_UNSAFE))
    assert page.tags <= OUR_TAGS, page.tags - OUR_TAGS
    assert page.depth == 0
    for rows in page.rows:
        assert len(set(rows)) == 1, rows
    for link in page.links:
        assert re.fullmatch(r"https://github\.com/o/r/[A-Za-z0-9._~/%#-]+", link), link


def main():
    sarif, quality = load("sarif-2.1.0.json"), load("code-quality.schema.json")
    junit = etree.RelaxNG(etree.parse(os.path.join(HERE, "junit.rng")))
    case("schema of SARIF", check_schema_itself, sarif)
    record, printed = (closed(load("../../docs/%s.schema.json" % name)) for name in ("run", "report"))
    for schema in (record, printed):
        jsonschema.Draft202012Validator.check_schema(schema)
    for path in sorted(glob.glob(os.path.join(RUNS, "*.json")) + glob.glob(os.path.join(RUNS, "*", "run.json"))):
        name = os.path.relpath(path, RUNS)
        case(name + " as a record", check_run, record, path)
        case(name + " as JSON", check_printed, printed, None, "report", path, "--format", "json")
    case("record of a load", check_printed, record, LOAD.encode(), "load", "-", "-q", "--format", "json")
    with tempfile.TemporaryDirectory(prefix="stk-forms-") as folder:
        for path in sorted(glob.glob(os.path.join(RUNS, "*.json"))):
            name = os.path.basename(path)
            with open(path) as file:
                run = in_repository(json.load(file))
            path = os.path.join(folder, name)
            with open(path, "w") as file:
                json.dump(run, file)
            rows = sum(row["verdict"] == "regression" for c in run["comparisons"] for row in c["rows"])
            case(name + " as SARIF", check_sarif, path, sarif)
            case(name + " as Code Quality", check_quality, path, quality, rows)
            case(name + " as JUnit", check_junit, path, junit, run["verdict"])
            case(name + " as a comment", check_comment, path)
    for path in sorted(glob.glob(os.path.join(GOLDEN, "*.md"))):
        with open(path) as file:
            case(os.path.basename(path), check_comment, path, file.read())
    print("%d passed, %d failed" % (passed, failed))
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
