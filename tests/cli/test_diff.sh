#!/bin/sh
# `stoker diff` on files, against go tool pprof -diff_base where Go is there.
command -v python3 >/dev/null || { echo "skip test_diff: python3 is missing"; exit 77; }
exec python3 "$(dirname "$0")/diff_cases.py"
