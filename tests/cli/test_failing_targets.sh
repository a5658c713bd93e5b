#!/bin/sh
# Load against targets that die, hang, reset, lie and flood, over both transports: counted, bounded, said.
command -v python3 >/dev/null || { echo "skip test_failing_targets: python3 is missing"; exit 77; }
exec python3 "$(dirname "$0")/failing_cases.py" "$@"
