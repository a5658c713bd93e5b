#!/bin/sh
# kill -9 of `stoker run` at ten random moments: a partial report is there, no service is left (SEED sets the moments).
command -v python3 >/dev/null || { echo "skip test_run_kill9: python3 is missing"; exit 77; }
exec python3 "$(dirname "$0")/run_kill9.py" "$@"
