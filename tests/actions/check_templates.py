"""What no schema says of the CI templates: pinned actions, no expression inside of a script, least permissions, a second
workflow that never touches a pull request's code, ten lines, and a README that shows them as they are."""
import os
import re
import sys

from ruamel.yaml import YAML

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
TEMPLATES = os.environ.get("CI_TEMPLATES") or os.path.join(ROOT, "ci-templates")
GITHUB = os.path.join(TEMPLATES, "github")
OURS = "OWNER/stoker/ci-templates/github@COMMIT"
PIN = re.compile(r"^actions/[\w/-]+@[0-9a-f]{40}$")
WANTED = {"paired.yml": [{"contents": "read", "pull-requests": "write", "checks": "write"}],
          "post.yml": [{}, {"actions": "read", "pull-requests": "write", "checks": "write"}],
          "run.yml": [{"contents": "read"}],
          "staging.yml": [{"contents": "write"}]}
OTHERS = {"install.sh", "github/action.yml", "github/measure.sh", "gitlab/stoker.yml", "grafana/stoker.json",
          "kubernetes/indexed-job.yaml"}  # looked at elsewhere: each has a test of its own


def read(*path):
    with open(os.path.join(*path)) as file:
        return file.read()


def load(name):
    return YAML(typ="safe").load(read(GITHUB, name))


def all_steps(tree):
    steps = tree["runs"]["steps"] if "runs" in tree else []
    for job in (tree.get("jobs") or {}).values():
        steps = steps + job["steps"]
    return steps


def check(name):
    tree, text = load(name), read(GITHUB, name)
    for step in all_steps(tree):
        if "uses" in step and step["uses"] != OURS:
            assert PIN.match(step["uses"]), "%s: not pinned: %s" % (name, step["uses"])
            line = [line for line in text.split("\n") if step["uses"] in line][0]
            assert re.search(r"# v\d+\.\d+\.\d+$", line), "%s: no version beside %s" % (name, step["uses"])
        assert "${{" not in step.get("run", ""), "%s: an expression inside of a script" % name
    if name in WANTED:
        permissions = [tree["permissions"]] + [job["permissions"] for job in tree["jobs"].values() if "permissions" in job]
        assert permissions == WANTED[name], "%s: permissions %s" % (name, permissions)


def check_second():
    text = read(GITHUB, "post.yml")
    steps = all_steps(load("post.yml"))
    assert [step.get("uses") for step in steps] == [OURS] and steps[0]["with"] == {"command": "post"}, steps
    assert "checkout" not in re.sub(r"#.*", "", text) and "head_sha" not in text
    assert load("post.yml")["on"]["workflow_run"]["workflows"] == [load("paired.yml")["name"]]


def check_ten_lines():
    lines = [line for line in read(GITHUB, "paired.yml").rstrip("\n").split("\n") if not line.startswith("#")]
    assert len(lines) == 10, "paired.yml has %d lines" % len(lines)
    shown = re.search(r"```yaml\n(.*?)```", read(ROOT, "README.md").split("## In CI")[1], re.S).group(1)
    assert shown == "\n".join(lines) + "\n", "README.md, In CI, is not paired.yml"
    assert "```yaml\n%s```" % shown in read(ROOT, "docs", "ci.md"), "docs/ci.md does not show paired.yml"


def check_docs():
    """Every input and output of the action stands in docs/ci.md with its default."""
    page, action = read(ROOT, "docs", "ci.md"), load("action.yml")
    for name, value in action["inputs"].items():
        default = str(value["default"]) or "empty"
        row = re.search(r"^\| `%s` \| (.*?) \|" % re.escape(name), page, re.M)
        assert row, "docs/ci.md: no row of the input " + name
        assert default in row.group(1) or "${{" in default, "docs/ci.md: %s is %s" % (name, default)
    for name in action["outputs"]:
        assert re.search(r"^\| `%s` \|" % re.escape(name), page, re.M), "docs/ci.md: no row of the output " + name
    for name in WANTED:
        assert name in page + read(ROOT, "docs", "bot.md"), "neither docs/ci.md nor docs/bot.md names " + name


def check_all_known():
    """A template that nobody looks at is not shipped."""
    there = {os.path.relpath(os.path.join(folder, name), TEMPLATES)
             for folder, _, names in os.walk(TEMPLATES) for name in names}
    known = OTHERS | {"github/" + name for name in WANTED}
    assert there == known, "ci-templates: not looked at: %s; not there: %s" % (sorted(there - known), sorted(known - there))


for file in ("action.yml", *WANTED):
    check(file)
check_second()
check_ten_lines()
check_docs()
check_all_known()
sys.exit(0)
