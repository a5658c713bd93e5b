#!/bin/sh
# The cases of tests/cli/test_pull.sh against a real Pyroscope (make peers builds it).
cd "$(dirname "$0")/../.." || exit 1
[ -x build/peers/pyroscope ] || { echo "skip test_pull_pyroscope: build/peers/pyroscope is missing"; exit 77; }
exec bash tests/peers/with_pyroscope.sh sh -c 'exec python3 tests/cli/pull_cases.py "$PYROSCOPE_URL"'
