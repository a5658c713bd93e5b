#!/bin/sh
# `stoker run` with --out: samples of both sides, beside what the record counted.
command -v python3 >/dev/null || { echo "skip test_run_outputs: python3 is missing"; exit 77; }
exec python3 "$(dirname "$0")/run_outputs.py" "$@"
