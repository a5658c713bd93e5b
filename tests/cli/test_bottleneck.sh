#!/bin/sh
# A generator that cannot keep up says so in its summary; late starts are in the figures.
command -v python3 >/dev/null || { echo "skip test_bottleneck: python3 is missing"; exit 77; }
exec python3 "$(dirname "$0")/bottleneck_cases.py" "$@"
