#!/bin/sh
# Install the Python peer (pyroscope-io, pinned with hashes) into build/peers/python/venv.
set -eu
cd "$(dirname "$0")/python"
venv="../../../build/peers/python/venv"
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --require-hashes --only-binary=:all: -r requirements.txt
"$venv/bin/python" -c 'import pyroscope'
