#!/bin/sh
# Outputs of a load test: files, datagrams, servers that fail, the examples of docs/outputs.md.
command -v python3 >/dev/null || { echo "skip test_outputs: python3 is missing"; exit 77; }
exec python3 "$(dirname "$0")/outputs_cases.py" "$@"
