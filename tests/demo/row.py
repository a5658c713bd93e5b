"""row.py EXIT OUTPUT [run.json]: what one demo run planted and found, as columns of runs.tsv."""
import json
import re
import sys

code, output, *records = sys.argv[1:]
text = open(output, encoding="utf-8").read()
drawn = re.search(r"^Drawn\s+(\S+) +(CPU|memory) \+(\d+) %", text, re.M)
check = re.search(r"^Demo check\s+planted (\d+), found (\d+), wrongly accused (\d+)\.", text, re.M)
verdict = "failed with exit code " + code
try:
    with open(records[0], encoding="utf-8") as record:
        run = json.load(record)
    if check and code in ("0", "1", "11"):
        verdict = run["headline"].split(" (")[0]
except (IndexError, OSError, ValueError, KeyError):
    pass
columns = list(drawn.groups()) if drawn else ["-", "-", "-"]
columns.append(re.sub(r"\s+", " ", verdict))
# a run that ended without a check found nothing; how many it would have accused is not known
columns += check.groups() if check else ["1" if drawn else "0", "0", "-"]
print("\t".join(columns))
