#!/bin/sh
# The terminal block of the README is what `stoker report` prints of a recorded run.
cd "$(dirname "$0")/../.." || exit 1
STOKER=${STOKER:-build/stoker}
want=$(mktemp) && got=$(mktemp) || exit 1
trap 'rm -f "$want" "$got"' EXIT
sed -n '/^<!-- demo: begin/,/^<!-- demo: end/p' README.md | sed '1,2d' | sed '$d' | sed '$d' |
	sed '/^\$ make demo$/d' >"$want"
"$STOKER" report tests/fixtures/runs/readme/run.json --width 102 --no-color >"$got" || exit 1
if diff -u "$want" "$got"; then
	echo "1 passed, 0 failed"
else
	echo "the block between the marks of README.md is not what stoker report prints"
	echo "0 passed, 1 failed"
	exit 1
fi
