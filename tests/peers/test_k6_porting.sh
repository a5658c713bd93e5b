#!/bin/sh
# The five scripts of the porting guide: each original through the real k6, each Lua one through our engine.
cd "$(dirname "$0")/../.." || exit 1
[ -x build/peers/k6 ] || { echo "skip test_k6_porting: build/peers/k6 is missing"; exit 77; }
command -v python3 >/dev/null || { echo "skip test_k6_porting_python: python3 is missing"; exit 77; }
K6=$PWD/build/peers/k6 exec python3 tests/cli/porting_cases.py
