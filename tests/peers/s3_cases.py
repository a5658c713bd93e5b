"""Baselines in a real S3 server that checks signatures (VersityGW): kept by a run, found by the next, listed, saved, pruned."""
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path.insert(0, os.path.join(ROOT, "tests", "cli"))
import baseline_cases  # noqa: E402
import run_lib  # noqa: E402
from run_lib import check_code  # noqa: E402

GATEWAY = os.path.abspath(os.path.join(ROOT, "build/peers/versitygw"))
REGION = "eu-west-1"
KEYS = {"AWS_ACCESS_KEY_ID": "stoker-test", "AWS_SECRET_ACCESS_KEY": "not-a-secret-1", "AWS_REGION": REGION}
URL = "s3://ci-bucket/stoker/kept"


class Server:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="stoker-s3-")
        for name in ("buckets", "meta"):
            os.mkdir(os.path.join(self.folder, name))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = "http://127.0.0.1:%d" % self.port
        self.log = open(os.path.join(self.folder, "log"), "w")
        self.process = subprocess.Popen(
            [GATEWAY, "--access", KEYS["AWS_ACCESS_KEY_ID"], "--secret", KEYS["AWS_SECRET_ACCESS_KEY"], "--region", REGION,
             "--port", "127.0.0.1:%d" % self.port, "posix", "--sidecar", os.path.join(self.folder, "meta"),
             os.path.join(self.folder, "buckets")], stdout=self.log, stderr=self.log)
        end = time.monotonic() + 60
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > end:
                sys.exit("versitygw: " + open(self.log.name).read())
            time.sleep(0.1)
        # by curl's own signing, which is not ours
        subprocess.run(["curl", "-fsS", "-X", "PUT", "-H", "x-amz-content-sha256: UNSIGNED-PAYLOAD", "--aws-sigv4", "aws:amz:%s:s3" % REGION, "--user",
                        KEYS["AWS_ACCESS_KEY_ID"] + ":" + KEYS["AWS_SECRET_ACCESS_KEY"], self.url + "/ci-bucket"], check=True)

    def answers(self):
        try:
            urllib.request.urlopen(self.url, timeout=2)
        except urllib.error.HTTPError:
            return True  # it wants a signature
        except OSError:
            return False
        return True

    def objects(self):
        top = os.path.join(self.folder, "buckets", "ci-bucket")
        return sorted(os.path.relpath(os.path.join(where, name), top) for where, _, names in os.walk(top) for name in names)

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=20)
        self.log.close()
        shutil.rmtree(self.folder)


server = None


def baseline(case, *args, **env):
    return case.run("baseline", *args, "--s3", URL, "--endpoint", server.url, **{**KEYS, **env})


def kept_by_a_run_and_found_by_the_next(case):
    os.environ.update(KEYS)
    baseline_cases.repository(case, 'stoker.baselines.s3 { "%s", endpoint = "%s" }' % (URL, server.url))
    result = baseline_cases.measure(case, "base")
    check_code(result, 0)
    commit = baseline_cases.git(case, "rev-parse", "HEAD")
    assert "kept as the baseline of " + commit in result.out, result.out
    assert len(server.objects()) == 1 and server.objects()[0].startswith("stoker/kept/kept/" + commit + "/"), server.objects()
    baseline_cases.git(case, "checkout", "-qb", "change")
    baseline_cases.git(case, "commit", "-q", "--allow-empty", "-m", "head")
    check_code(baseline_cases.measure(case, "head"), 0)
    record = case.record()
    assert record["baseline"]["revision"] == commit and record["baseline"]["where"] == URL, record["baseline"]
    assert record["baseline"]["why"] == "merge base with main", record["baseline"]
    assert record["head"]["revision"] == baseline_cases.git(case, "rev-parse", "HEAD"), record["head"]
    rows = {row["function"]["name"]: row for row in record["comparisons"][0]["rows"]}
    assert rows["work.sort"]["reason"] == "suspect: not calibrated", rows["work.sort"]

    listed = baseline(case)
    check_code(listed, 0)
    assert len(listed.out.splitlines()) == 2 and commit[:12] in listed.out, listed.out
    shown = baseline(case, "show", commit[:7])
    assert commit in shown.out and "cpu        " in shown.out, shown.out
    found = baseline(case, "find", "--workflow", "kept")
    assert found.out.startswith(commit) and "merge base with main" in found.out, found.out
    before = server.objects()
    saved = baseline(case, "save")
    check_code(saved, 0)
    assert server.objects() == before, "the same run is the same object"
    assert URL in saved.out, saved.out
    pruned = baseline(case, "prune", "--older", "0s")
    assert "removed 2" in pruned.out and server.objects() == [], (pruned.out, server.objects())
    assert baseline(case).out == ""
    result = baseline(case, "find", "--workflow", "kept")
    check_code(result, 3)
    assert "no baseline of 'kept' within" in result.err, result.err


def lists_are_read_page_by_page(case):
    top = os.path.join(server.folder, "buckets", "ci-bucket", "stoker", "kept", "many")
    for number in range(1205):
        folder = os.path.join(top, "%040x" % number)
        os.makedirs(folder)
        open(os.path.join(folder, "12ab34cd-%d.gz" % (number + 1)), "w").close()
    listed = baseline(case, "--workflow", "many")
    check_code(listed, 0)
    assert len(listed.out.splitlines()) == 1205, len(listed.out.splitlines())
    shutil.rmtree(top)


def wrong_keys_and_buckets_are_said(case):
    result = baseline(case, AWS_SECRET_ACCESS_KEY="another")
    check_code(result, 3)
    assert "SignatureDoesNotMatch" in result.err and "AWS_SECRET_ACCESS_KEY" in result.err, result.err
    assert "another" not in result.err
    result = baseline(case, AWS_ACCESS_KEY_ID="nobody")
    check_code(result, 3)
    assert "HTTP 4" in result.err and "access key" in result.err, result.err
    result = case.run("baseline", "--s3", "s3://no-such-bucket/x", "--endpoint", server.url, **KEYS)
    check_code(result, 3)
    assert "NoSuchBucket" in result.err, result.err
    result = case.run("baseline", "--s3", URL, "--endpoint", "http://127.0.0.1:1", **KEYS, timeout=60)
    check_code(result, 3)
    result = case.run("baseline", "--s3", "no-url", **KEYS)
    check_code(result, 2)


if __name__ == "__main__":
    server = Server()
    try:
        run_lib.main("s3", [kept_by_a_run_and_found_by_the_next, lists_are_read_page_by_page, wrong_keys_and_buckets_are_said], 1)
    finally:
        server.stop()
