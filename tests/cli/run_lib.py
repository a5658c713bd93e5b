"""What the tests of `stoker run` share: cases side by side, each in a folder of its own, and what a run may leave behind.

A case is a function of a `Case`; it fails by an exception. Every case ends with a look for processes
whose folder or command line names the case's folder: the folder's name is unique, so they are its own.
"""
import concurrent.futures
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
STOKER = os.path.abspath(os.environ.get("STOKER") or os.path.join(os.environ.get("BUILD", "build"), "stoker"))
FILES = ["fake.lua", "fake_load.lua", "fake_service.py"]


class Result:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err


class Case:
    def __init__(self, root, name):
        self.dir = os.path.join(root, name)
        os.makedirs(self.dir)
        for name in FILES:
            shutil.copy(os.path.join(HERE, name), self.dir)
        self.started = []

    def write(self, name, text):
        with open(os.path.join(self.dir, name), "w") as file:
            file.write(text)

    def start(self, *args, stdin=None, restore_signals=True, **env):
        """stoker with these arguments; its output grows in files of the case's folder."""
        number = len(self.started)
        paths = [os.path.join(self.dir, "%s%d" % (kind, number)) for kind in ("out", "err")]
        with open(paths[0], "w") as out, open(paths[1], "w") as err:
            process = subprocess.Popen([STOKER, *args], cwd=self.dir, stdout=out, stderr=err,
                                       stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
                                       env={**os.environ, **env}, start_new_session=True,
                                       restore_signals=restore_signals)
        if stdin:
            process.stdin.write(stdin.encode())
            process.stdin.close()
        process.paths = paths
        self.started.append(process)
        return process

    def end(self, process, timeout=120):
        process.wait(timeout=timeout)
        return Result(process.returncode, *(open(path).read() for path in process.paths))

    def run(self, *args, timeout=120, stdin=None, **env):
        return self.end(self.start(*args, stdin=stdin, **env), timeout)

    def fake(self, *args, **kwargs):
        """The workflow fake.lua; short unless the arguments say otherwise."""
        return self.run("run", "fake.lua", "-e", "DIR=" + self.dir, *args, **kwargs)

    def start_fake(self, *args, **kwargs):
        return self.start("run", "fake.lua", "-e", "DIR=" + self.dir, *args, **kwargs)

    def until(self, process, text, timeout=60):
        """Wait until the process has said this."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            if any(text in open(path).read() for path in process.paths):
                return
            if process.poll() is not None:
                raise AssertionError("ended with %d before it said '%s':\n%s" % (
                    process.returncode, text, open(process.paths[1]).read()))
            time.sleep(0.02)
        raise AssertionError("never said '%s':\n%s" % (text, open(process.paths[1]).read()))

    def until_there(self, process, is_there, timeout=20):
        """Wait until is_there() holds."""
        end = time.monotonic() + timeout
        while not is_there():
            assert process.poll() is None and time.monotonic() < end, open(process.paths[1]).read()
            time.sleep(0.02)

    def folder(self):
        """The record's folder, the only one."""
        runs = os.path.join(self.dir, ".stoker", "runs")
        names = [name for name in sorted(os.listdir(runs)) if not name.startswith(".")]
        assert len(names) == 1, names
        return os.path.join(runs, names[0])

    def record(self):
        with open(os.path.join(self.folder(), "run.json")) as file:
            return json.load(file)

    def processes(self):
        """All that live and name this folder."""
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                line = open("/proc/%s/cmdline" % pid).read().replace("\0", " ")
                state = open("/proc/%s/stat" % pid).read().rpartition(")")[2].split()[0]
                where = os.readlink("/proc/%s/cwd" % pid)
            except OSError:
                continue
            if state != "Z" and (self.dir in line or where.startswith(self.dir)):
                found.append((int(pid), line))
        return found

    def check_nothing_left(self, grace=0.0):
        end = time.monotonic() + grace
        while self.processes() and time.monotonic() < end:
            time.sleep(0.05)
        left = self.processes()
        assert not left, "left running: %s" % left
        try:
            record = self.record()
        except (OSError, AssertionError):
            return
        for side in (record.get("base") or {}, record.get("head") or {}):
            port = re.search(r":(\d+)", side.get("url") or "")
            if port and side.get("command"):
                with socket.socket() as probe:
                    assert probe.connect_ex(("127.0.0.1", int(port.group(1)))) != 0, "a port is still open"

    def check_report(self, *texts):
        """`stoker report last` prints these."""
        result = self.run("report", "last")
        assert result.code == 0, result.err
        for text in texts:
            assert text in result.out, "'%s' is missing in:\n%s" % (text, result.out)
        return result.out

    def close(self):
        for process in self.started:
            if process.poll() is None:
                process.kill()
                process.wait()
        time.sleep(0)
        for pid, _ in self.processes():
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                pass


def set_git():
    """Nothing of the machine's git configuration and of the CI that runs this test is seen from here on."""
    for name in ("CI", "GITHUB_EVENT_PATH", "CI_MERGE_REQUEST_IID"):
        os.environ.pop(name, None)
    os.environ.update({"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
                       "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org",
                       "GIT_COMMITTER_NAME": "C", "GIT_COMMITTER_EMAIL": "c@example.org"})


def shell(case, text, **env):
    """Run it in the case's folder; what it printed."""
    done = subprocess.run(text, shell=True, cwd=case.dir, capture_output=True, text=True, env={**os.environ, **env})
    assert done.returncode == 0, "%s\n%s" % (text, done.stderr)
    return done.stdout.strip()


def equal(got, wanted):
    assert got == wanted, "got %r, wanted %r" % (got, wanted)


def has(text, part):
    assert part in text, "%r is not in:\n%s" % (part, text)


def lacks(text, part):
    assert part not in text, "%r is in:\n%s" % (part, text)


def check_code(result, code):
    assert result.code == code, "exit %d, not %d\n%s\n%s" % (result.code, code, result.err, result.out[-1500:])


def check_message(result, *texts):
    """One message, which holds these texts; nothing of it twice."""
    lines = [line for line in result.err.splitlines() if line.startswith("stoker: ")]
    assert len(lines) == 1, "%d messages:\n%s" % (len(lines), result.err)
    for text in texts:
        assert text in result.err, "'%s' is missing in:\n%s" % (text, result.err)


def judged(function):
    """A case that wants a certain verdict. stoker judges at 5 %, and says "cannot tell" where other programs take
    the machine's time: such a case is made once more, alone, when it failed. Both are shown; two wrong ones fail."""
    function.attempts = 2
    return function


def attempt(function, root, number):
    """Why it failed; None: it passed."""
    case = Case(root, function.__name__ + (".again" if number > 1 else ""))
    begin, why = time.monotonic(), None
    try:
        function(case)
        case.check_nothing_left(grace=2)
    except Exception:  # pylint: disable=broad-except
        why = traceback.format_exc(limit=3)
    finally:
        case.close()
    print("%s %s (%.0f s)%s" % ("FAIL" if why else "ok", function.__name__, time.monotonic() - begin,
                                "\n" + why if why else ""), flush=True)
    return why


def main(title, cases, at_once):
    """Run all cases, at_once side by side; print what failed and the sums. only=… as arguments."""
    wanted = [case for case in cases if not sys.argv[1:] or case.__name__ in sys.argv[1:]]
    base = os.environ.get("BUILD", "build")
    os.makedirs(base, exist_ok=True)
    root = tempfile.mkdtemp(prefix=title + ".", dir=os.path.abspath(base))
    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        reasons = list(pool.map(lambda function: attempt(function, root, 1), wanted))
    failed = [function for function, why in zip(wanted, reasons) if why]
    for function in [one for one in failed if getattr(one, "attempts", 1) > 1]:
        print("%s once more, alone:" % function.__name__)
        if not attempt(function, root, 2):
            failed.remove(function)
    shutil.rmtree(root, ignore_errors=True)
    print("%d passed, %d failed" % (len(wanted) - len(failed), len(failed)))
    sys.exit(1 if failed else 0)
