"""A stranger's record through `stoker report` in every form and through `stoker post --dry-run`.

Nothing of it may come out as markup, mention, link, command or escape sequence; nothing outside of its folder is read
or written; the memory is bounded: at most BASE_MB and PER_BYTE bytes for each byte of the document.
"""
import html.parser
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata
import xml.dom.minidom

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True

import records  # noqa: E402

STOKER = os.path.abspath(os.environ.get("STOKER") or os.path.join(os.environ.get("BUILD", "build"), "stoker"))
HEAD = "2d91e07aa2d91e07aa2d91e07aa2d91e07aa2d91"
BASE_MB, PER_BYTE = 64, 16
MEGA = 1 << 20

passed = failed = 0


def formats():
    """All that this stoker knows."""
    text = subprocess.run([STOKER, "report", "--format", "?"], capture_output=True, text=True).stderr
    return re.search(r"none of (\S+)", text).group(1).split("|")


def run(args, folder, env=None):
    """Exit code, output, messages, and the peak of its memory in bytes."""
    clean = {"PATH": os.environ["PATH"], "HOME": folder, "LC_ALL": "C.UTF-8"}
    clean.update(env or {})
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(read)
            os.chdir(folder)
            for name, number in (("out", 1), ("err", 2)):
                os.dup2(os.open(os.path.join(folder, "." + name), os.O_RDWR | os.O_CREAT | os.O_TRUNC), number)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.execve(STOKER, [STOKER, *args], clean)
        finally:
            os._exit(127)
    os.close(write)
    _, status, usage = os.wait4(pid, 0)
    os.close(read)
    with open(os.path.join(folder, ".out"), "rb") as out, open(os.path.join(folder, ".err"), "rb") as err:
        return os.waitstatus_to_exitcode(status), out.read(), err.read(), usage.ru_maxrss * 1024


class Tags(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.names = set()

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        for name, value in attrs:
            assert not name.startswith("on"), "attribute %s" % name
            assert not (value or "").strip().lower().startswith(("javascript:", "data:text", "file:")), value


OUR_TAGS = {"details", "summary", "sub", "br", "code"}


def outside_code(text):
    """Markdown without its fences, code spans and <code> elements."""
    text = re.sub(r"^(`{3,})[^\n]*\n.*?^\1\n", "", text, flags=re.S | re.M)
    text = re.sub(r"<code>.*?</code>", "", text, flags=re.S)
    return re.sub(r"(`+)[^`\n](.*?[^`\n])?\1(?!`)|`[^`\n]`", "", text)


def check_markdown(text):
    plain = outside_code(text)
    assert plain.count("<!--") in (0, 2, 3), "HTML comments"  # marker, run, history
    plain = re.sub(r"^<!--.*-->$", "", plain, flags=re.M)
    tags = Tags()
    tags.feed(plain)
    assert tags.names <= OUR_TAGS, tags.names
    assert plain.count("<details>") == plain.count("</details>"), "folds"
    shown = html.unescape(plain)
    for pattern in (r"(^|[^\w`])@\w", r"(^|[^&\w])#\d", r"\bGH-\d", r"\b\w+/\w+#\d", r"!\[", r"(^|\s)www\.\w"):
        found = re.search(pattern, shown, flags=re.M)
        assert not found, "%r" % shown[max(found.start() - 40, 0):found.end() + 40]
    for link in re.findall(r"\]\(([^)]*)\)", plain):
        assert re.fullmatch(r"https://github\.test/[A-Za-z0-9._~/%#-]*", link), link
        assert "/../" not in link and not link.endswith("/.."), link
    for found in re.finditer(r"https?://\S+", shown):
        assert found.group(0).startswith("https://github.test/"), found.group(0)
    for line in text.split("\n"):
        assert not re.match(r"(/|#\s|##\s|- |\d+[.)] |> |=+$|-{2,}$|::)", line), line[:80]
    cells = 0
    for line in text.split("\n"):
        bars = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        assert not (bars and cells) or bars == cells, line[:200]
        cells = bars


def check_paths(path):
    assert path and not path.startswith("/") and ".." not in path.split("/") and "\\" not in path, path


def check_json(name, text):
    document = json.loads(text)
    if name == "codequality":
        for entry in document:
            check_paths(entry["location"]["path"])
            assert entry["location"]["lines"]["begin"] >= 1
    if name == "sarif":
        for result in document["runs"][0]["results"]:
            where = result["locations"][0]["physicalLocation"]
            check_paths(where["artifactLocation"]["uri"])
            assert where["region"]["startLine"] >= 1


OUR_PAGE = re.compile(r"<script[^>]*>.*?</script>|<style[^>]*>.*?</style>", re.S)


def check_page(text):
    plain = OUR_PAGE.sub("", text)
    assert "<img" not in plain.replace("&lt;", ""), "image"
    assert "Content-Security-Policy" in text
    for script in re.findall(r"<script[^>]*>(.*?)</script>", text, re.S):
        assert "<!--" not in script


def check_output(name, data):
    text = data.decode("utf-8")  # always valid
    for char in set(text):
        kind = unicodedata.category(char)
        # a word joiner is ours; markup has no other character that shows nothing or turns the text round
        assert char in "\n\t\u2060" or kind not in ("Cc", "Cf"), "U+%04X in %s" % (ord(char), name)
        assert char not in "\u3164\u115f\u2800\uffa0" or name == "json", "U+%04X in %s" % (ord(char), name)
    assert not re.search("\u0301{5}", text) or name == "json", "a pile of marks in %s" % name
    if name in ("markdown", "comment", "post"):
        check_markdown(text)
    elif name in ("json", "sarif", "codequality"):
        check_json(name, text)
    elif name == "junit":
        document = xml.dom.minidom.parseString(data)
        assert document.doctype is None
    elif name == "html":
        check_page(text)


def case(name, function):
    global passed, failed
    try:
        function()
        passed += 1
    except Exception as problem:  # noqa: BLE001
        failed += 1
        print("FAIL %s: %s: %s" % (name, type(problem).__name__, str(problem)[:400]))


def write(folder, data):
    """Data, or what makes it: then in a process of its own, since a child's peak counts from its parent's size."""
    pid = os.fork() if callable(data) else 0
    if pid == 0:
        with open(os.path.join(folder, "run.json"), "wb") as file:
            file.write(data() if callable(data) else data)
        if callable(data):
            os._exit(0)
    else:
        assert os.waitpid(pid, 0)[1] == 0
    return os.path.getsize(os.path.join(folder, "run.json"))


def bounded(size, peak):
    assert peak < BASE_MB * MEGA + PER_BYTE * size, "%d MB for %d MB" % (peak // MEGA, size // MEGA)


def report(folder, name, size, worst):
    code, out, err, peak = run(["report", "run.json", "--format", name, *(["--width", "100"] if name == "term" else [])], folder)
    assert code == 0, "exit code %d: %s" % (code, err[:300])
    worst.append((peak, size, name))
    bounded(size, peak)
    assert err == b"", err
    check_output(name, out)


def post(folder, size, worst):
    """What would be sent, without a server."""
    env = {"GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "acme/shop", "GITHUB_API_URL": "http://127.0.0.1:9", "GITHUB_RUN_ID": "7",
           "GITHUB_SERVER_URL": "https://github.test", "GITHUB_SHA": HEAD, "GITHUB_EVENT_NAME": "push"}
    code, out, err, peak = run(["post", "run.json", "--dry-run", "--pr", "12", "--sha", HEAD,
                                "--to", "comment,check,status,summary,outputs,webhook"], folder, env)
    assert code == 0, "exit code %d: %s" % (code, err[:300])
    worst.append((peak, size, "post"))
    bounded(size, peak)
    for data in (out, err):
        assert b"\x1b" not in data and b"\x9b" not in data.replace(b"\xc2\x9b", b"") or b"\xe2" in data, "escape"
        text = data.decode("utf-8")
        assert not re.search(r"^::(?!warning title=stoker)", text, re.M), "a command of Actions"
    bodies = re.findall(r'^\s*(\{.*"body".*\})\s*$', out.decode(), re.M)
    for body in bodies:
        check_output("post", json.loads(body)["body"].encode())


def has_post():
    return subprocess.run([STOKER, "post", "--help"], capture_output=True).returncode == 0


def all_forms(name, folder, data, worst):
    size = write(folder, data)
    before = listing(folder)
    for form in formats():
        case("%s as %s" % (name, form), lambda: report(folder, form, size, worst))
    if has_post():
        case("%s posted" % name, lambda: post(folder, size, worst))
    case("%s wrote nothing" % name, lambda: equal(listing(folder), before))


def equal(a, b):
    assert a == b, (a, b)


def listing(folder):
    parent = os.path.dirname(folder)
    return sorted(os.path.relpath(os.path.join(d, f), parent) for d, _, files in os.walk(parent) for f in files
                  if f not in (".out", ".err"))


def refuse(folder, name, data, part):
    size = write(folder, data)
    for form in ("term", "comment"):
        code, out, err, peak = run(["report", "run.json", "--format", form], folder)
        assert code in (2, 3), "exit code %d" % code
        assert out == b"", "output"
        assert part.encode() in err, err[:300]
        assert b"\x1b" not in err, "escape"
        bounded(size, peak)


def main():
    root = tempfile.mkdtemp(prefix="stk-hostile-")
    folder = os.path.join(root, "record")
    os.mkdir(folder)
    worst = []
    try:
        for shift in range(0, len(records.TEXTS), 4):
            all_forms("texts %d" % shift, folder, records.dump(records.texts(shift)), worst)
        all_forms("numbers", folder, records.dump(records.numbers(records.texts(1))), worst)
        all_forms("wide", folder, lambda: records.wide(4 * MEGA), worst)
        all_forms("long names", folder, lambda: records.long_names(8 * MEGA), worst)
        for name, (data, part) in records.refused().items():
            case("%s refused" % name, lambda: refuse(folder, name, data, part))
        # just below the limit once, and above it once
        size = write(folder, lambda: records.long_names(60 * MEGA))
        for form in ("term", "comment", "junit"):
            case("60 MB as %s" % form, lambda: report(folder, form, size, worst))
        case("100 MB refused", lambda: refuse(folder, "large", lambda: records.wide(50 * MEGA) + b" " * (60 * MEGA), "67108864"))
    finally:
        shutil.rmtree(root)
    peak, size, name = max(worst)
    print("most memory: %d MB for a record of %.1f MB (%s)" % (peak // MEGA, size / MEGA, name))
    print("%d passed, %d failed" % (passed, failed))
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
