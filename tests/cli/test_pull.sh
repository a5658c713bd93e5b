#!/bin/sh
# `stoker pull` and `stoker diff --query` against our own server with recorded pushes.
command -v python3 >/dev/null || { echo "skip test_pull: python3 is missing"; exit 77; }
exec python3 "$(dirname "$0")/pull_cases.py"
