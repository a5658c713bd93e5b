#!/bin/bash
# Is the demo right when nobody chose what is planted? ROUNDS times (6) --plant random and --plant none
# in turn, with seeds drawn from the commit and a running number. Every run, right or not, judged or
# not, becomes a row of tests/demo/runs.tsv; the end prints the rates over all rows.
set -u
cd "$(dirname "$0")/../.." || exit 1
STOKER=${STOKER:-build/stoker} ROUNDS=${ROUNDS:-6} TABLE=${TABLE:-tests/demo/runs.tsv}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

commit=$(git rev-parse --short=10 HEAD 2>/dev/null || echo unknown)
git diff --quiet HEAD -- . ":(exclude)tests/demo/runs.tsv" 2>/dev/null || commit=$commit+
model=$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | head -1)
machine="${model:-$(uname -m)}, $(nproc) cores"
[ -f "$TABLE" ] || printf '%s\t' date commit machine load kind seed function plant percent verdict planted found \
	wrong | sed 's/$/seconds\n/' >"$TABLE"

seed_of() { printf '%s %s' "$commit" "$1" | sha256sum | cut -c1-8 | sed 's/^/0x/'; }

once() { # kind
	local number seed date load start=$SECONDS
	number=$(wc -l <"$TABLE") # the header counts: the first run is number 1
	seed=$(($(seed_of "$number")))
	date=$(date -u +%Y-%m-%dT%H:%M:%SZ)
	load=$(cut -d' ' -f1 /proc/loadavg)
	timeout -k 20 600 "$STOKER" demo --quiet --plant "$1" --seed "$seed" --runs "$work/runs" \
		>"$work/out" 2>"$work/err" </dev/null
	python3 tests/demo/row.py $? "$work/out" "$work"/runs/*/run.json >"$work/row"
	printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$date" "$commit" "$machine" "$load" "$1" "$seed" \
		"$(cat "$work/row")" $((SECONDS - start)) >>"$TABLE"
	tail -1 "$TABLE" | cut -f5-
	sed 's/^/    /' "$work/err"
	rm -rf "$work/runs"
}

for ((round = 1; round <= ROUNDS; round++)); do
	once random
	once none
done
python3 tests/demo/rates.py "$TABLE" "$commit"
