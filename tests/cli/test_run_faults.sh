#!/bin/sh
# `stoker run` when something goes wrong, in every phase: one message, the right code, nothing left behind.
command -v python3 >/dev/null || { echo "skip test_run_faults: python3 is missing"; exit 77; }
exec python3 "$(dirname "$0")/run_faults.py" "$@"
