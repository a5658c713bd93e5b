"""Judge a run of a peer: check_run.py RUN_FOLDER FILE CPU_FUNCTION ALLOC_FUNCTION

The planted functions must be found, each in its profile and with its file, and nothing else accused.
Exit code 0: so it is. 1: it is not. 2: not found, nothing wrongly accused, and a precondition failed.
"""
import json
import os
import sys


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

    wrong = accused - wanted
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
