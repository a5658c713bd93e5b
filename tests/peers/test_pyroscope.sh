#!/bin/bash
# Against a real Pyroscope (make peers builds it): the shop's profiles go through it and are read back, and
# the embedded server answers the same questions about the same pushes in the same way.
cd "$(dirname "$0")/../.." || exit 1
[ -x build/peers/pyroscope ] || { echo "skip test_pyroscope: build/peers/pyroscope is missing"; exit 77; }
stoker=$(realpath "${STOKER:-${BUILD:-build}/stoker}") || exit 1
work=$(mktemp -d) || exit 1
server=
trap '[ -n "$server" ] && kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# two pairs are too few for a verdict and enough for the wire
bash tests/peers/with_pyroscope.sh sh -c 'cd "$1" && exec "$2" demo --quiet --pairs 2 --pyroscope "$PYROSCOPE_URL"' \
	sh "$work" "$stoker" >"$work/run.out" 2>&1
run=$(echo "$work"/.stoker/runs/*/)
python3 - "$run/run.json" <<'PY' || { cat "$work/run.out"; exit 1; }
import json, sys
run = json.load(open(sys.argv[1], encoding="utf-8"))
counted = {}
for s in run["slices"]:
    if s["counted"]:
        key = s["type_id"].split(":")[1], s["side"]
        counted[key] = counted.get(key, 0) + 1
print("slices counted:", counted)
wanted = {(t, s) for t in ("cpu", "alloc_space") for s in ("base", "head")}
if run["partial"]["is_partial"] or wanted - set(counted):
    sys.exit("FAIL the run through Pyroscope lacks slices")
PY

"$stoker" serve --listen 127.0.0.1:0 --data "$work/data" >"$work/out" 2>"$work/err" &
server=$!
for _ in $(seq 100); do grep -q '^listening on' "$work/out" && break; sleep 0.1; done
url=$(sed -n 's/^listening on \([^,]*\),.*/\1/p' "$work/out")
[ -n "$url" ] || { cat "$work/err"; exit 1; }
# an empty one, so that both hold the same
bash tests/peers/with_pyroscope.sh sh -c 'exec python3 tests/peers/compare_pyroscope.py "$PYROSCOPE_URL" "$1" "$2"' \
	sh "$url" "$run"
