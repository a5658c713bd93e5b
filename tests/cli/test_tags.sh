#!/bin/sh
# Tags of samples: the choice of system tags, and the guard against values without number.
command -v python3 >/dev/null || { echo "skip test_tags: python3 is missing"; exit 77; }
exec python3 "$(dirname "$0")/tags_cases.py" "$@"
