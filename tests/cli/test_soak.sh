#!/bin/sh
# A short soak; `make soak` runs the long one.
command -v python3 >/dev/null || { echo "skip test_soak: python3 is missing"; exit 77; }
exec python3 "$(dirname "$0")/../soak/soak.py" --seconds 7 "$@"
