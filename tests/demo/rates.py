"""rates.py TABLE COMMIT: how often the plant was found and somebody wrongly accused, with limits."""
import csv
import math
import sys


def at_least(hits, runs, p):
    """Probability of hits or more in runs, each with probability p."""
    return sum(math.comb(runs, k) * p**k * (1 - p) ** (runs - k) for k in range(hits, runs + 1))


def solve(grows, target):
    """Where a function that grows from 0 to 1 reaches target."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if grows(middle) < target:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def limits(hits, runs):
    """Exact (Clopper-Pearson) 95 % limits of the rate."""
    low = solve(lambda p: at_least(hits, runs, p), 0.025) if hits > 0 else 0.0
    high = solve(lambda p: at_least(hits + 1, runs, p), 0.975) if hits < runs else 1.0
    return low, high


def line(what, hits, runs):
    if runs == 0:
        return f"  {what:<36} no run yet"
    low, high = limits(hits, runs)
    return (f"  {what:<36} {hits:3} of {runs:3}   {100 * hits / runs:5.1f} %"
            f"   95 % limits {100 * low:.1f} to {100 * high:.1f} %")


def show(title, rows):
    planted = [row for row in rows if row["kind"] == "random"]
    known = [row for row in rows if row["wrong"] != "-"]
    print(title)
    print(line("planted function found", sum(row["found"] == "1" for row in planted), len(planted)))
    print(line("runs with a wrong accusation", sum(row["wrong"] != "0" for row in known), len(known)))
    untold = sum(row["verdict"].startswith(("CANNOT TELL", "failed")) for row in rows)
    if untold:
        print(f"  ({untold} of {len(rows)} runs could not tell or failed: not found, counted above)")


def main(table, commit):
    with open(table, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    show(f"all {len(rows)} runs of {table}", rows)
    here = [row for row in rows if row["commit"] == commit]
    show(f"{len(here)} of commit {commit}", here)


main(*sys.argv[1:])
