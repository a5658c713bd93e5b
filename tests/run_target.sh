#!/bin/sh
# Run the scripts behind a target: bench -> tests/bench/*.sh, test-demo -> tests/demo/*.sh.
dir=tests/${1#test-}; rc=0; any=
export STOKER="${BUILD:-build}/stoker"
for script in "$dir"/*.sh; do
	[ -f "$script" ] || continue
	any=1
	bash "$script" </dev/null || rc=1
done
[ -n "$any" ] || { echo "nothing in $dir" >&2; rc=1; }
exit $rc
