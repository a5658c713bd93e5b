#!/bin/sh
# Options of k6: what the command line replaces in a script, and what is refused with a way out.
command -v python3 >/dev/null || { echo "skip test_options: python3 is missing"; exit 77; }
exec python3 "$(dirname "$0")/options_cases.py" "$@"
