#!/bin/sh
# Run a build command quietly; one line says how many files and how long. Errors are shown whole.
start=$(date +%s); log=$(mktemp)
if ! "$@" >"$log" 2>&1 </dev/null; then
	cat "$log" >&2; rm -f "$log"
	echo "build   failed" >&2
	exit 1
fi
rm -f "$log"
printf 'build   %s files   %s s\n' "$(ls core/*/*.c cmd/*.c | wc -l)" $(($(date +%s) - start))
