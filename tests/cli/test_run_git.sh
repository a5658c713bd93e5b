#!/bin/sh
# `stoker run` of a service that is built from git: which commits, what is kept, what is left untouched.
command -v python3 >/dev/null || { echo "skip test_run_git: python3 is missing"; exit 77; }
exec python3 "$(dirname "$0")/run_git.py" "$@"
