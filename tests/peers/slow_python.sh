#!/bin/bash
# A Python service with the published pyroscope-io: the planted functions are found and nothing else.
cd "$(dirname "$0")/../.." || exit 1
pip=$(pip3 --version 2>/dev/null | awk '{ print $2 }')
if [ "$(printf '%s\n%s\n' 22.3 "$pip" | sort -V | head -1)" != 22.3 ]; then
	echo "skip slow_python: pip3 22.3 is missing"
	exit 77
fi
sh tests/peers/build_python.sh || exit 1
name=peer-python
export PYTHON=$PWD/build/peers/python/venv/bin/python SERVICE=$PWD/tests/peers/python/service.py
. tests/peers/peer_run.sh
peer_rate "$PYTHON" "$SERVICE" || exit 1
peer_run tests/peers/python.lua service.py apply_rules build_report
peer_finish $?
