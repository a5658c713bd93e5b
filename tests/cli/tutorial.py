"""docs/tutorial.md: every ```sh block, in order, in one shell that stops at the first failure; the comment goes to a GitHub
that keeps it (tests/publish/fake_github.py). What is printed in the other blocks is held against the run, digits masked.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(os.path.join(HERE, "..", ".."))
sys.path[:0] = [HERE, os.path.join(ROOT, "tests", "publish")]
sys.dont_write_bytecode = True

import fake_github  # noqa: E402
import run_lib  # noqa: E402

BUILD = os.path.abspath(os.environ.get("BUILD", "build"))


def blocks(kind):
    """The fenced blocks of this kind."""
    with open(os.path.join(ROOT, "docs", "tutorial.md")) as file:
        fenced = re.findall(r"^```(\w*)\n(.*?)^```$", file.read(), re.M | re.S)
    return [text for name, text in fenced if name == kind]


def source(folder):
    """A repository to clone: this tree as it is, with what of it is committed or new."""
    path = os.path.join(folder, "source")
    names = subprocess.run(["git", "-C", ROOT, "ls-files", "-co", "--exclude-standard"], check=True, capture_output=True, text=True)
    for name in names.stdout.split("\n"):
        if name and os.path.isfile(os.path.join(ROOT, name)) and not name.startswith(("tests/fixtures", "tests/fuzz/corpora", "tests/golden")):
            os.makedirs(os.path.join(path, os.path.dirname(name)), exist_ok=True)
            shutil.copy2(os.path.join(ROOT, name), os.path.join(path, name))
    for command in (["init", "-q", "-b", "main"], ["add", "-A", "-f"], ["commit", "-q", "-m", "stoker"]):
        subprocess.run(["git", *command], cwd=path, check=True)
    return path


def already_built(folder):
    """A make that finds this tree's objects: what they are made of is the same, so nothing is compiled twice."""
    path = os.path.join(folder, "bin")
    os.makedirs(path)
    with open(os.path.join(path, "make"), "w") as file:
        file.write("""#!/bin/sh
if [ -d core ] && [ ! -d build ] && [ "${BUILD_OF##*/}" = build ]; then
	mkdir build
	cp -R "$BUILD_OF/core" "$BUILD_OF/cmd" "$BUILD_OF/gen" "$BUILD_OF/lib" "$BUILD_OF/.flags" "$BUILD_OF/stoker" build/
	find build -type f ! -name .flags -exec touch {} +
fi
exec "$REAL_MAKE" "$@"
""")
    os.chmod(os.path.join(path, "make"), 0o755)
    return path


def play(case, forge):
    script = os.path.join(case.dir, "tutorial.sh")
    text = "set -eu\n" + "".join("printf '%%s\\n' '## block %d'\n%s" % (i, block) for i, block in enumerate(blocks("sh")))
    with open(script, "w") as file:
        file.write(text)
    os.makedirs(os.path.join(case.dir, "home"))
    os.makedirs(os.path.join(case.dir, "user"))
    config = os.path.join(case.dir, "gitconfig")  # the clone knows no other address than the page's
    with open(config, "w") as file:
        file.write('[url "file://%s"]\n\tinsteadOf = https://github.com/OWNER/stoker\n' % source(case.dir))
    env = dict(os.environ, GIT_CONFIG_GLOBAL=config, BUILD_OF=BUILD, REAL_MAKE=shutil.which("make"),
               PATH=already_built(case.dir) + ":" + os.environ["PATH"], GITHUB_API_URL=forge.url, GITHUB_TOKEN=fake_github.TOKEN,
               HOME=os.path.join(case.dir, "home"), GOTOOLCHAIN="local")
    for name in ("MAKEFLAGS", "MFLAGS", "BUILD", "STOKER", "GITHUB_ACTIONS", "GITLAB_CI"):
        env.pop(name, None)
    done = subprocess.run(["bash", script], cwd=os.path.join(case.dir, "user"), env=env, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=900)
    assert done.returncode == 0, done.stdout[-6000:]
    return done.stdout


def mask(line):
    """Digits and blanks do not count, nor one function or two."""
    return re.sub(r"\s+", " ", re.sub(r"\d[\d.]*", "0", line).replace("functions", "function")).strip()


@run_lib.judged
def from_clone_to_comment(case):
    forge = fake_github.Forge()
    out = play(case, forge)
    assert "CANNOT TELL" not in out, out[out.index("CANNOT TELL"):][:3000]
    shown = {mask(line) for line in out.split("\n")}
    printed = [mask(line) for block in blocks("") for line in block.split("\n") if line.strip() not in ("", "...")]
    for line in printed:
        if not line.startswith("✗"):  # a row's columns depend on the run
            assert line in shown, "%r is not in:\n%s" % (line, out[-6000:])
    assert re.search(r"^✗ main\.applyRules .*\n +pricing\.go:\d+ · changed here$", out, re.M), out[-6000:]
    with open(os.path.join(case.dir, "user", "shop", ".github", "workflows", "stoker.yml")) as file:
        assert re.search(r"uses: OWNER/stoker/ci-templates/github@[0-9a-f]{40}$", file.read(), re.M)
    comment, = forge.comments[12]
    assert "main.applyRules" in comment["body"] and "changed here" in comment["body"], comment["body"]
    page = os.path.join(case.dir, "user", "shop", "report.html")
    with open(page) as file:
        assert "main.applyRules" in file.read()
    assert "POST %s/repos/acme/shop/issues/12/comments" % forge.url in out
    forge.close()


run_lib.set_git()
os.environ.setdefault("GOCACHE", subprocess.run(["go", "env", "GOCACHE"], check=True, capture_output=True, text=True).stdout.strip())
run_lib.main("tutorial", [from_clone_to_comment], 1)
