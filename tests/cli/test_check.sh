#!/bin/sh
# `stoker check` as a whole, against a service whose profiles are known.
command -v python3 >/dev/null || { echo "skip test_check: python3 is missing"; exit 77; }
exec python3 "$(dirname "$0")/check_cases.py" "$@"
