#!/bin/bash
# Records as a stranger would make them: nothing escapes, nothing crashes, the memory is bounded.
command -v python3 >/dev/null || { echo "skip test_hostile_record: python3 is missing"; exit 77; }
exec python3 "$(dirname "$0")/../hostile/check.py" "$@"
