#!/bin/bash
# docs/tutorial.md as a new user would follow it: its blocks, run in order.
for program in python3 git; do
	command -v $program >/dev/null || { echo "skip test_tutorial: $program is missing"; exit 77; }
done
sh "$(dirname "$0")/../peers/has_go.sh" || { echo "skip test_tutorial_go: go 1.25 is missing"; exit 77; }
exec python3 "$(dirname "$0")/tutorial.py" "$@"
