#!/bin/bash
# Record runs of the demo for tests/unit/cmd/test_replay.c: tests/replay/record.sh none-1 random-2 …
# A name is <planting>-<seed>. Attempts that were not judged are said and made again, twice at most; a
# wrong one ends this script: it is a finding, not a recording. --keep FOLDER NAME only takes a record.
set -u
cd "$(dirname "$0")/../.." || exit 1
STOKER=${STOKER:-build/stoker}

keep() { # folder of a record, name
	local to=tests/fixtures/demo/$2
	rm -rf "$to"
	mkdir -p "$to/slices" || exit 1
	cp "$1"/slices/*.pb.gz "$to/slices/" || exit 1
	# paths of the machine it ran on are nobody's business
	sed -E 's#"/[^" ]*/stoker"#"stoker"#g; s# --runs [^" ]+##' "$1/run.json" >"$to/run.json" || exit 1
	du -sk "$to"
}

attempt() { # planting seed
	nice -n "${NICE:-0}" "$STOKER" demo --plant "$1" --seed "$2" --runs "$work/runs" >"$work/out" 2>&1
	local code=$?
	echo "$1-$2: exit code $code, $(grep -A1 '^Demo check' "$work/out" | tr '\n' ' ')"
	return $code
}

if [ "${1:-}" = --keep ]; then
	[ $# -eq 3 ] && [ -f "$2/run.json" ] || { echo "--keep FOLDER NAME" >&2; exit 2; }
	keep "$2" "$3"
	exit
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
for name in "$@"; do
	for try in 1 2 3; do
		rm -rf "$work/runs"
		attempt "${name%-*}" "${name#*-}"
		code=$?
		[ $code -eq 0 ] && keep "$work"/runs/*-shop "$name" && break
		[ $code -eq 11 ] || exit 1
	done
done
