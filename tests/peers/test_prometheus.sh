#!/bin/sh
# Against a real Prometheus, the distribution's: the dashboard's queries agree with the run's own summary.
command -v prometheus >/dev/null || { echo "skip test_prometheus: prometheus is missing"; exit 77; }
exec python3 "$(dirname "$0")/prometheus_cases.py" "$@"
