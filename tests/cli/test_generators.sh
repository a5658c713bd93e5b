#!/bin/sh
# `stoker run` with k6 or another command as load: verdicts, exit codes, signals, messages.
command -v python3 >/dev/null || { echo "skip test_generators: python3 is missing"; exit 77; }
exec python3 "$(dirname "$0")/generator_cases.py" "$@"
