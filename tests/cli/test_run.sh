#!/bin/sh
# `stoker run` from the command line: exit codes, what is printed, what is kept.
command -v python3 >/dev/null || { echo "skip test_run: python3 is missing"; exit 77; }
exec python3 "$(dirname "$0")/run_cases.py" "$@"
