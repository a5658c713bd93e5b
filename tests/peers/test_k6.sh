#!/bin/sh
# The real k6 that make peers builds, as load: paired, idle, thresholds, an interrupt, a broken script.
cd "$(dirname "$0")/../.." || exit 1
[ -x build/peers/k6 ] || { echo "skip test_k6: build/peers/k6 is missing"; exit 77; }
command -v python3 >/dev/null || { echo "skip test_k6_python: python3 is missing"; exit 77; }
PYTHONPATH=tests/cli exec python3 tests/peers/k6_cases.py "$@"
