#!/bin/sh
# Install the Python peer (pyroscope-io, pinned with hashes) into build/peers/python/venv. Needs pip3 22.3,
# which installs into a venv from outside: Debian's python3 alone cannot make one with pip in it.
set -eu
cd "$(dirname "$0")/python"
venv="../../../build/peers/python/venv"
[ -x "$venv/bin/python" ] || python3 -m venv --without-pip "$venv"
pip3 --python "$venv/bin/python" install --quiet --disable-pip-version-check --require-hashes \
	--only-binary=:all: -r requirements.txt
"$venv/bin/python" -c 'import pyroscope'
