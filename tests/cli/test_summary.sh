#!/bin/sh
# A load script's summary(data): where its texts go, when it is called, and what happens when it fails.
command -v python3 >/dev/null || { echo "skip test_summary: python3 is missing"; exit 77; }
exec python3 "$(dirname "$0")/summary_cases.py" "$@"
