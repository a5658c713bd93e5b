#!/bin/sh
# The recorded k6 scripts through the real k6 that make peers builds, and their Lua twins through our engine.
cd "$(dirname "$0")/../.." || exit 1
[ -x build/peers/k6 ] || { echo "skip test_k6_scripts: build/peers/k6 is missing"; exit 77; }
command -v python3 >/dev/null || { echo "skip test_k6_scripts_python: python3 is missing"; exit 77; }
command -v openssl >/dev/null || { echo "skip test_k6_scripts_openssl: openssl is missing"; exit 77; }
exec python3 tests/peers/compare_k6.py build/peers/k6 "${STOKER:-${BUILD:-build}/stoker}" "$@"
