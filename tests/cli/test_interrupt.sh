#!/bin/sh
# Ctrl-C on `stoker load`: once graceful, twice at once, also against a script that never waits; SIGUSR1 pauses.
command -v python3 >/dev/null || { echo "skip test_interrupt: python3 is missing"; exit 77; }
exec python3 "$(dirname "$0")/interrupt.py" "$@"
