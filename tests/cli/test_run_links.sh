#!/bin/sh
# `stoker run` of a Go service at two commits: rows are linked to the lines that the branch changed.
for program in go python3 git; do
	command -v $program >/dev/null || { echo "skip test_run_links: $program is missing"; exit 77; }
done
exec python3 "$(dirname "$0")/run_links.py" "$@"
