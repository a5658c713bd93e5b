#!/bin/bash
# Our CI templates played step by step on four pull requests of a Go service: verdicts, comments, forks.
cd "$(dirname "$0")/../.." || exit 1
sh tests/peers/has_go.sh || { echo "skip test_actions: go 1.25 is missing"; exit 77; }
. tests/support/venv.sh actions
exec "$venv/bin/python" tests/actions/play_templates.py "$@"
