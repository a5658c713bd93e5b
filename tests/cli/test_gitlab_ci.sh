#!/bin/bash
# Our GitLab template played on merge requests of a Go service: verdicts, note, status, Code Quality file.
cd "$(dirname "$0")/../.." || exit 1
sh tests/peers/has_go.sh || { echo "skip test_gitlab_ci: go 1.25 is missing"; exit 77; }
. tests/support/venv.sh actions
exec "$venv/bin/python" tests/actions/play_gitlab.py "$@"
