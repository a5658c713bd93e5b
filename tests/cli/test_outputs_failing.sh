#!/bin/sh
# Outputs whose server hangs, drips, dies or refuses, and files that cannot be written: the load does not notice.
command -v python3 >/dev/null || { echo "skip test_outputs_failing: python3 is missing"; exit 77; }
exec python3 "$(dirname "$0")/outputs_failing.py" "$@"
