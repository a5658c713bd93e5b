#!/bin/sh
# Each fuzz target once over its corpus; one test per target.
passed=0; failed=0
for t in "$@"; do
	name=$(basename "$t"); name=${name#fuzz_}
	if [ -z "$(ls "tests/fuzz/corpora/$name" 2>/dev/null)" ]; then
		echo "FAIL $name: tests/fuzz/corpora/$name is empty"; failed=$((failed + 1))
	elif timeout 120 "$t" tests/fuzz/corpora/"$name"/* >"$t.log" 2>&1; then passed=$((passed + 1))
	else echo "FAIL $name"; tail -20 "$t.log"; failed=$((failed + 1))
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
