"""Judge a run of a peer: check_run.py RUN_FOLDER FILE CPU_FUNCTION ALLOC_FUNCTION

The planted functions must be found, each in its profile and with its file, and nothing else accused.
A function of the runtime is rightly accused when its increase runs through a planted function: more
memory to allocate is more memory to clear. go tool pprof says so, not we. A planted function is no wrong
accusation in the other profile either: what allocates more also takes longer.
Exit code 0: so it is. 1: it is not.
"""
import json
import os
import subprocess
import sys

# of its increase, through stacks of a planted function
THROUGH_PLANTED = 0.8


def value_of(files, sample, name, focus, column):
    """What go tool pprof counts for a function (column 0: itself, 3: with all it calls), in all stacks or in
    those through one of the functions focus."""
    words = ["go", "tool", "pprof", "-top", "-sample_index=" + sample, "-unit=" + ("ns" if sample == "cpu" else "B"),
             "-nodefraction=0", "-nodecount=100000"]
    if focus:
        words.append("-focus=^(" + "|".join(focus).replace(".", "[.]") + ")$")
    out = subprocess.run(words + files, capture_output=True, text=True, check=False).stdout
    for line in out.splitlines():
        columns = line.split(maxsplit=5)
        if len(columns) == 6 and columns[5] == name:
            return float(columns[column].rstrip("nsB"))
    return 0.0


def per_request(folder, run, side, key, focus, column):
    profile, name = key
    slices = [s for s in run["slices"] if s["counted"] and s["side"] == side
              and s["type_id"].split(":")[1] == profile]
    files = [os.path.join(folder, s["file"]) for s in slices]
    return value_of(files, profile, name, focus, column) / sum(s["requests"] for s in slices)


def runs_through(folder, run, key, planted, column):
    grown, through = (per_request(folder, run, "head", key, focus, column)
                      - per_request(folder, run, "base", key, focus, column) for focus in (None, planted))
    print("  %s %s: %+.0f per request, %+.0f of them through %s" % (*key, grown, through, ", ".join(planted)))
    return grown > 0 and through >= THROUGH_PLANTED * grown


def is_consequence(folder, run, key, planted):
    profile, name = key
    return profile == "cpu" and name.startswith("runtime.") and runs_through(folder, run, key, [planted], 0)


def wrong_groups(folder, run, places, planted):
    """Packages without a planted function, and callers whose increase does not come from one."""
    for comparison in run["comparisons"]:
        profile = comparison["short_name"]
        for row in comparison.get("packages", []):
            if row["verdict"] == "regression" and row["function"]["name"] not in places:
                yield profile, row["function"]["name"]
        for row in comparison.get("inclusive", []):
            key = profile, row["function"]["name"]
            if row["verdict"] == "regression" and key[1] not in planted and not runs_through(
                    folder, run, key, planted, 3):
                yield key


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

    wrong = {key for key in accused - wanted
             if key[1] not in (cpu, alloc) and not is_consequence(folder, run, key, alloc)}
    places = {os.path.dirname(finding["file"]) for finding in report["findings"]
              if (finding["profile"], finding["name"]) in wanted}
    wrong |= set(wrong_groups(folder, run, places, [cpu, alloc]))
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
        return 1
    if report["verdict"] != "regression":
        print("FAIL both are found and the verdict is " + report["verdict"])
        return 1
    return 0


sys.exit(main())
