#!/bin/sh
# Segments: three processes run the plan of one, their records merge to the record of the whole; the Kubernetes job.
command -v python3 >/dev/null || { echo "skip test_segments: python3 is missing"; exit 77; }
exec python3 "$(dirname "$0")/segments.py" "$@"
