#!/bin/sh
# Run cmocka programs; print each one's verdict and, last, "N passed, N failed" over their cases.
passed=0; failed=0
for t in "$@"; do
	log="$t.log"
	CMOCKA_MESSAGE_OUTPUT=TAP timeout "${UNIT_TIMEOUT:-120}" "$t" >"$log" 2>&1
	rc=$?
	p=$(grep -c '^ok ' "$log"); f=$(grep -c '^not ok ' "$log")
	[ "$rc" -ne 0 ] && [ "$f" -eq 0 ] && f=1
	passed=$((passed + p)); failed=$((failed + f))
	if [ "$rc" -ne 0 ] || [ "$f" -ne 0 ]; then
		echo "FAIL $t (exit $rc)"; grep -v '^ok ' "$log" | tail -40
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
