#!/bin/sh
# Each header given compiles alone (by $BASE, a compiler with its flags) and has its guard by path.
bad=0
for h in "$@"; do
	guard=STK_$(echo "$h" | tr 'a-z/.' 'A-Z__')
	grep -q "^#ifndef $guard\$" "$h" && grep -q "^#define $guard\$" "$h" ||
		{ echo "$h: the guard is not $guard"; bad=1; }
	printf "#include \"%s\"\ntypedef int alone;\n" "$h" | $BASE -fsyntax-only -x c - || { echo "$h: does not compile alone"; bad=1; }
done
exit $bad
