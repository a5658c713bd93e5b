"""Three local processes with a third of a plan each against one with the whole of it."""
import collections
import glob
import http.server
import json
import os
import subprocess
import sys
import tempfile
import threading
import xml.etree.ElementTree as ElementTree

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
STOKER = os.path.abspath(os.environ.get("STOKER", os.path.join(ROOT, "build/stoker")))
JOB = os.path.join(ROOT, "ci-templates/kubernetes/indexed-job.yaml")
PARTS = 3
SEQUENCE = "0,1/3,2/3,1"
SCRIPT = """
local stoker = require "stoker"
local sizes = stoker.metrics.trend "sizes"
local visits, small = stoker.metrics.counter "visits", stoker.metrics.rate "small"
local function visit()
  stoker.group("visit", function()
    local r = stoker.http.get("/x", { name = "x", tags = { kind = "k" } })
    stoker.check(r, { status = 200, contains = "never" })
    sizes:add(#r.body) visits:add(2) small:add(#r.body < 5)
  end)
end
return stoker.load {
  scenarios = {
    shared = { executor = "shared-iterations", vus = 5, iterations = 50, exec = visit },
    each = { executor = "per-vu-iterations", vus = 4, iterations = 7, exec = visit },
    arrivals = { executor = "ramping-arrival-rate", start_rate = 20, stages = { { "1s", 60 }, { "500ms", 60 } },
                 pre_allocated_vus = 60, exec = visit },
  },
  thresholds = { http_reqs = "count==%d", ["http_reqs{scenario:each}"] = "count==28", sizes = "max<=5" },
}
"""
TOTAL = 50 + 28 + 70  # the area under the rate: 40 + 30

failed = []
passed = 0


def check(what, is_so, seen=""):
    global passed
    if is_so:
        passed += 1
    else:
        failed.append(what)
        print(f"not ok: {what} {seen}")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    count = 0
    lock = threading.Lock()

    def do_GET(self):
        with Handler.lock:
            Handler.count += 1
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *_):
        pass


def metric(record, name, selector=""):
    for item in record["metrics"]["items"]:
        if item["name"] == name and item["selector"] == selector:
            return item
    raise KeyError(name)


def expand(counts):
    """Counts with runs of zeros as negative numbers."""
    out = []
    for n in counts:
        out += [0] * -n if n < 0 else [n]
    return out


def add_up(lists):
    out = [0] * max(len(one) for one in lists)
    for one in lists:
        for i, n in enumerate(one):
            out[i] += n
    return out


def buckets(record, name):
    item = metric(record, name)
    hist = item.get("hist", item)
    return expand(hist["buckets"])


def run_part(script, url, i):
    out = os.path.join(os.path.dirname(script), f"part-{i}.ndjson")
    return subprocess.Popen(
        [STOKER, "load", "-q", "--format", "json", "-o", "json=" + out, "--base-url", url, "--execution-segment",
         f"{i}/{PARTS}:{i + 1}/{PARTS}", "--execution-segment-sequence", SEQUENCE, script],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def merge(*args):
    return subprocess.run([STOKER, "merge", *args], capture_output=True, text=True)


EXACT = ("count", "passes", "fails", "value", "thresholds")
TIMED = ("vus", "vus_max", "iteration_lateness", "iteration_response")  # how many, too, depends on when


def compare_ends(folder, ran):
    """What is written at the end for other tools: of the parts the same as of the whole."""
    check("merge writes what load writes at its end", ran.returncode == 0, ran.stderr)
    ours, theirs = (json.load(open(os.path.join(folder, name + ".summary"))) for name in ("all", "one"))
    check("groups and checks are those of the whole", ours["root_group"] == theirs["root_group"] and
          ours["root_group"]["groups"]["visit"]["checks"]["contains never"]["fails"] == TOTAL, ours["root_group"])
    check("the same metrics", set(ours["metrics"]) - set(TIMED) == set(theirs["metrics"]) - set(TIMED))
    for name, values in theirs["metrics"].items():
        if name in TIMED:
            continue
        check(f"{name}: the same columns", set(values) == set(ours["metrics"][name]))
        for key in EXACT:
            check(f"{name}.{key} of the whole", values.get(key) == ours["metrics"][name].get(key),
                  (values.get(key), ours["metrics"][name].get(key)))
    check("values that do not depend on time are equal in each column",
          ours["metrics"]["sizes"] == theirs["metrics"]["sizes"], ours["metrics"]["sizes"])
    suites = [[(case.get("name"), case.find("failure") is None) for case in ElementTree.parse(
        os.path.join(folder, name + ".xml")).getroot().iter("testcase")] for name in ("all", "one")]
    check("the same cases of JUnit", suites[0] == suites[1] and len(suites[0]) == 5, suites)


def samples(path):
    """How often each metric with its tags was sent, and the sum of what was sent, but for times."""
    count, total = collections.Counter(), collections.Counter()
    with open(path) as file:
        for line in map(json.loads, file):
            key = line["metric"], json.dumps(line["data"].get("tags"), sort_keys=True)
            if line["type"] == "Point" and line["metric"] not in TIMED:
                count[key] += 1
                if not line["metric"].endswith(("ing", "duration", "blocked")):
                    total[key] += line["data"]["value"]
    return count, total


def compare_outputs(folder):
    whole = samples(os.path.join(folder, "one.ndjson"))
    parts = [samples(os.path.join(folder, f"part-{i}.ndjson")) for i in range(PARTS)]
    for what, i in (("samples", 0), ("sums", 1)):
        added = sum((part[i] for part in parts), collections.Counter())
        check(f"{what} of the outputs of all parts are those of the whole", added == +whole[i],
              {key: (added[key], whole[i][key]) for key in added.keys() | whole[i].keys() if added[key] != whole[i][key]})


# k6 8.6: several processes run the plan of one | three processes, merged to the record of one | -
def test_merge(script, url, folder):
    running = [run_part(script, url, i) for i in range(PARTS)]
    files, parts = [], []
    for i, child in enumerate(running):
        out = child.communicate()[0]
        files.append(os.path.join(folder, f"part-{i}.json"))
        with open(files[-1], "wb") as f:
            f.write(out)
        parts.append(json.loads(out))
        check(f"part {i} crosses a threshold of the whole", child.returncode == 99, child.returncode)
    check("the server saw the whole plan once", Handler.count == TOTAL, Handler.count)
    Handler.count = 0
    ends = {name: ["--summary-export", os.path.join(folder, name + ".summary"), "--junit",
                   os.path.join(folder, name + ".xml")] for name in ("one", "all")}
    whole = subprocess.run([STOKER, "load", "-q", "--format", "json", "--base-url", url, script, *ends["one"], "-o",
                            "json=" + os.path.join(folder, "one.ndjson")], capture_output=True)
    check("the whole plan passes", whole.returncode == 0, whole.stderr)
    one = json.loads(whole.stdout)
    ran = merge("--format", "json", *reversed(files))
    check("the merged record passes the thresholds of the whole", ran.returncode == 0, ran.stderr)
    all_ = json.loads(ran.stdout)
    for name in ("http_reqs", "iterations", "checks", "sizes", "http_req_duration", "data_received"):
        check(f"{name}: as many samples as the whole", metric(all_, name)["count"] == metric(one, name)["count"],
              (metric(all_, name)["count"], metric(one, name)["count"]))
    check("sums of counters are those of the whole",
          metric(all_, "data_received")["sum"] == metric(one, "data_received")["sum"])
    check("submetrics, too", metric(all_, "http_reqs", "scenario:each")["count"] == 28)
    check("histograms are sums of buckets", buckets(all_, "http_req_duration") ==
          add_up([buckets(p, "http_req_duration") for p in parts]))
    check("a histogram of equal values is that of the whole", buckets(all_, "sizes") == buckets(one, "sizes"))
    durations = [metric(p, "http_req_duration") for p in parts]
    check("min and max are the extremes", metric(all_, "http_req_duration")["max"] == max(d["max"] for d in durations)
          and metric(all_, "http_req_duration")["min"] == min(d["min"] for d in durations))
    check("the series of requests adds up",
          sum(sum(expand(k["steps"])) for k in all_["series"]["keys"]) == TOTAL)
    generator = all_["generator"]
    check("planned is started and dropped, as in the whole", generator["planned"] == 70 ==
          one["generator"]["planned"] and generator["started"] + generator["dropped"] == TOTAL)
    check("all thresholds hold", all(t["ok"] for t in all_["thresholds"]) and len(all_["thresholds"]) == 3)
    check("the merged record is of a whole plan", all_["plan"]["segment"] is None)
    compare_ends(folder, merge(*files, *ends["all"]))
    compare_outputs(folder)
    text = merge(*files)
    check("without --format it is the summary", f"http_reqs{'.' * 11}" in text.stdout or "http_reqs." in text.stdout,
          text.stdout)
    return files


def test_refusals(script, url, folder, files):
    def refused(what, word, *args):
        ran = merge(*args)
        check(what, ran.returncode == 2 and word in ran.stderr and ran.stdout == "", (ran.returncode, ran.stderr))

    refused("a gap is refused", "segment 1/3:2/3 is missing", files[0], files[2])
    refused("a segment twice is refused", "0:1/3 is there twice", files[0], *files)
    other = os.path.join(folder, "other.lua")
    with open(script) as f, open(other, "w") as g:
        g.write(f.read().replace("iterations = 7", "iterations = 6"))
    out = run_part(other, url, 1).communicate()[0]
    path = os.path.join(folder, "other.json")
    with open(path, "wb") as f:
        f.write(out)
    refused("another plan is refused", "of different plans", files[0], path, files[2])
    with open(files[1]) as f:
        record = json.load(f)
    record["plan"] = None
    with open(path, "w") as f:
        json.dump(record, f)
    refused("a record of something else is refused", "is not a record of stoker load", path)
    bad = subprocess.run([STOKER, "load", "-q", "--execution-segment", "1/2:5/4", script], capture_output=True, text=True)
    check("a bad border says so", bad.returncode in (2, 4) and "'5/4' is no border" in bad.stderr, bad.stderr)


def load_job():
    try:
        import yaml
    except ImportError:
        print("skip test_segments: python3-yaml is missing, the job was not played")
        return None
    with open(JOB) as f:
        docs = list(yaml.safe_load_all(f))
    return next(d for d in docs if d["kind"] == "Job"), docs


# What Kubernetes' own schema wants of the fields that are used; a typo in a name fails here.
SHAPE = {
    "apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": str},
    "spec": {"completionMode": "Indexed", "completions": int, "parallelism": int, "backoffLimit": int,
             "template": {"spec": {"restartPolicy": "Never", "containers": list, "volumes": list}}},
}
CONTAINER = {"name": str, "image": str, "env": list, "command": list, "args": list, "resources": dict,
             "volumeMounts": list}


def fits(value, shape):
    if isinstance(shape, dict):
        return isinstance(value, dict) and set(value) == set(shape) and all(fits(value[k], shape[k]) for k in shape)
    return isinstance(value, shape) if isinstance(shape, type) else value == shape


# k6 8.7: the operator's `parallelism: n` | `ci-templates/kubernetes/indexed-job.yaml` | the pods of an Indexed
# Job; no operator
def test_job(script, url, folder):
    loaded = load_job()
    if not loaded:
        return
    job, docs = loaded
    container = job["spec"]["template"]["spec"]["containers"][0]
    check("the job has the fields of batch/v1 and no others", fits(job, SHAPE) and fits(container, CONTAINER))
    check("as many parts as pods", job["spec"]["completions"] == job["spec"]["parallelism"] ==
          int(next(e["value"] for e in container["env"] if e["name"] == "PARTS")))
    volumes = {v["name"] for v in job["spec"]["template"]["spec"]["volumes"]}
    check("mounts have volumes", {m["name"] for m in container["volumeMounts"]} == volumes)
    claims = {d["metadata"]["name"] for d in docs if d["kind"] == "PersistentVolumeClaim"}
    check("the claim is there", any(v.get("persistentVolumeClaim", {}).get("claimName") in claims
                                    for v in job["spec"]["template"]["spec"]["volumes"]))
    Handler.count = 0
    env = dict(os.environ, **{e["name"]: e["value"] for e in container["env"]})
    env.update(TARGET=url, SCRIPT=script, OUT=folder, PATH=os.path.dirname(STOKER) + ":" + env["PATH"])
    for old in glob.glob(os.path.join(folder, "part-*.json")):
        os.remove(old)
    pods = [subprocess.Popen([*container["command"], *container["args"]], env=dict(env, JOB_COMPLETION_INDEX=str(i)),
                             stderr=subprocess.DEVNULL) for i in range(job["spec"]["completions"])]
    check("all pods succeed", [p.wait() for p in pods] == [0] * len(pods))
    check("together they are the whole", Handler.count == TOTAL, Handler.count)
    ran = merge(*sorted(glob.glob(os.path.join(folder, "part-*.json"))))
    check("their records merge", ran.returncode == 0, ran.stderr)


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    with tempfile.TemporaryDirectory() as folder:
        script = os.path.join(folder, "plan.lua")
        with open(script, "w") as f:
            f.write(SCRIPT % TOTAL)
        files = test_merge(script, url, folder)
        test_refusals(script, url, folder, files)
        test_job(script, url, folder)
    print(f"{passed} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
