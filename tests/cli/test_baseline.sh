#!/bin/sh
# Mode baseline as a whole: kept on the base commit, found and compared on the head.
command -v python3 >/dev/null || { echo "skip test_baseline: python3 is missing"; exit 77; }
exec python3 "$(dirname "$0")/baseline_cases.py" "$@"
