#!/bin/sh
# A/A runs: measured, gone on with, used.
command -v python3 >/dev/null || { echo "skip test_calibrate: python3 is missing"; exit 77; }
exec python3 "$(dirname "$0")/calibrate_cases.py" "$@"
