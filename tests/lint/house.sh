#!/bin/sh
# Rules that a compiler does not know. A line that must break one says "house: <why>" on it.
bad=0
complain() { echo "$1"; bad=1; }

for f in core/*/*.[ch] cmd/*.[ch] tests/*/*.[ch] tests/unit/*/*.c; do
	[ "$(wc -l <"$f")" -le 600 ] || complain "$f: more than 600 lines"
done
for f in tests/*/*.py; do
	[ "$(wc -l <"$f")" -le 600 ] || complain "$f: more than 600 lines"
done
for f in core/*/*.c core/*/*.h cmd/*.c cmd/*.h; do
	name=$(basename "$f" | sed 's/\.[ch]$//; s/_priv$//')
	head -1 "$f" | grep -qE "^/\* $name(_priv)?[ :(]" || complain "$f:1: the first line says what the file holds: /* $name: ..."
done

# only cmd prints and exits
grep -nE '\b(exit|abort|perror|printf|vprintf|puts|putchar) *\(|\b(stdout|stderr)\b' core/*/*.c |
	grep -vE '^core/base/(mem|proc)\.c:|house: |^[^:]*:[0-9]+:[[:space:]]*(/?\*|//)|"[^"]*\b(stdout|stderr|exit|abort)\b[^"]*"' |
	while read -r line; do echo "prints or exits: $line"; done >/tmp/house.$$
[ -s /tmp/house.$$ ] && { cat /tmp/house.$$; bad=1; }
rm -f /tmp/house.$$

# a unit without a test program
while read -r f; do
	unit=${f#core/}; room=${unit%%/*}; unit=$(basename "$f" .c)
	[ -f "core/$room/$unit.h" ] || continue # part of another unit
	if grep -qE "core/$room/$unit\.h|test_$unit" -r "tests/unit/$room" "tests/support" 2>/dev/null; then
		! grep -qx "$room/$unit" tests/lint/untested || complain "$f: has a test, and is still in tests/lint/untested"
	else
		grep -qx "$room/$unit" tests/lint/untested || complain "$f: no test in tests/unit/$room includes its header"
	fi
done <<LIST
$(ls core/*/*.c)
LIST
exit $bad
