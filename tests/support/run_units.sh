#!/bin/sh
# Run cmocka programs; show what failed and, last, "N passed, N failed" over their cases. A case that
# was skipped shows as "skip <case>" and is judged by tests/run_all.sh.
# UNIT_WRAP: a command in front of each program (valgrind); UNIT_TIMEOUT: seconds for each.
passed=0; failed=0
for t in "$@"; do
	log="$t.log"
	# shellcheck disable=SC2086
	CMOCKA_MESSAGE_OUTPUT=TAP timeout "${UNIT_TIMEOUT:-180}" ${UNIT_WRAP:-} "$t" >"$log" 2>&1 </dev/null
	rc=$?
	s=$(grep -cE '^(not )?ok .*# SKIP' "$log")
	p=$(grep -E '^ok ' "$log" | grep -vc '# SKIP'); f=$(grep -E '^not ok ' "$log" | grep -vc '# SKIP')
	[ "$rc" -ne 0 ] && [ "$f" -eq 0 ] && f=1
	[ "$rc" -eq 0 ] && [ "$p" -eq 0 ] && [ "$s" -eq 0 ] && f=1 # a program without a case tests nothing
	passed=$((passed + p)); failed=$((failed + f))
	[ "$s" -gt 0 ] && grep -oE '# SKIP.*' "$log" | sed 's/^# SKIP */skip /'
	if [ "$rc" -ne 0 ] || [ "$f" -ne 0 ]; then
		echo "FAIL $t (exit $rc)"; grep -v '^ok ' "$log" | tail -40
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
