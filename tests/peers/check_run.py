"""Judge a run of a peer: check_run.py RUN_FOLDER FILE CPU_FUNCTION ALLOC_FUNCTION

The planted functions must be found, each in its profile and with its file, and nothing else accused.
A function of the runtime is rightly accused when its increase runs through a planted function: more
memory to allocate is more memory to clear. go tool pprof says so, not we.
Exit code 0: so it is. 1: it is not. 2: not found, nothing wrongly accused, and a precondition failed.
"""
import json
import os
import subprocess
import sys

# of its increase, through stacks of a planted function
THROUGH_PLANTED = 0.8


def flat_ns(files, name, focus):
    """What go tool pprof counts for a function itself, in all stacks or in those through focus."""
    words = ["go", "tool", "pprof", "-top", "-sample_index=cpu", "-unit=ns", "-nodefraction=0", "-nodecount=100000"]
    if focus:
        words.append("-focus=^" + focus.replace(".", "[.]") + "$")
    out = subprocess.run(words + files, capture_output=True, text=True, check=False).stdout
    for line in out.splitlines():
        columns = line.split(maxsplit=5)
        if len(columns) == 6 and columns[5] == name:
            return float(columns[0].removesuffix("ns"))
    return 0.0


def per_request(folder, run, side, name, focus):
    slices = [s for s in run["slices"] if s["counted"] and s["side"] == side
              and s["type_id"].startswith("process_cpu:cpu:")]
    files = [os.path.join(folder, s["file"]) for s in slices]
    return flat_ns(files, name, focus) / sum(s["requests"] for s in slices)


def is_consequence(folder, run, key, planted):
    profile, name = key
    if profile != "cpu" or not name.startswith("runtime."):
        return False
    grown, through = (per_request(folder, run, "head", name, focus) - per_request(folder, run, "base", name, focus)
                      for focus in (None, planted))
    print("  %s: %+.0f ns per request, %+.0f of them through %s" % (name, grown, through, planted))
    return grown > 0 and through >= THROUGH_PLANTED * grown


def main():
    folder, file, cpu, alloc = sys.argv[1:5]
    with open(os.path.join(folder, "report.json"), encoding="utf-8") as f:
        report = json.load(f)
    with open(os.path.join(folder, "run.json"), encoding="utf-8") as f:
        run = json.load(f)

    wanted = {("cpu", cpu), ("alloc_space", alloc)}
    found, accused, nowhere = set(), set(), set()
    for comparison in run["comparisons"]:
        for row in comparison["rows"]:
            if row["verdict"] == "regression":
                accused.add((comparison["short_name"], row["function"]["name"]))
    for finding in report["findings"]:
        key = (finding["profile"], finding["name"])
        if finding["verdict"] == "regression":
            accused.add(key)
            found.add(key)
            if os.path.basename(finding["file"]) != file:
                nowhere.add((*key, finding["file"]))
        print("  %-12s %-18s %+6.1f %% [%+.1f, %+.1f]  %s  %s" % (
            finding["profile"], finding["name"], 100 * finding["change"], 100 * finding["lo"],
            100 * finding["hi"], finding["verdict"], finding["file"]))
    failed = [p["text"] for p in run["preconditions"] if p["state"] == "fail"]
    print("  %s; %d slices; preconditions that failed: %s" % (
        report["verdict"], len(run["slices"]), "; ".join(failed) or "none"))

    wrong = {key for key in accused - wanted if not is_consequence(folder, run, key, alloc)}
    nowhere = {one for one in nowhere if one[:2] in wanted}
    for key in sorted(wrong):
        print("FAIL accused and not planted: %s %s" % key)
    for key in sorted(nowhere):
        print("FAIL %s %s is said to be in %s" % key)
    if wrong or nowhere:
        return 1
    missing = wanted - found
    if missing:
        print("not found: " + ", ".join("%s %s" % key for key in sorted(missing)))
        return 2 if failed and report["verdict"] == "inconclusive" else 1
    if report["verdict"] != "regression":
        print("FAIL both are found and the verdict is " + report["verdict"])
        return 1
    return 0


sys.exit(main())
