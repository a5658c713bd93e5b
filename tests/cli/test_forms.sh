#!/bin/bash
# What `stoker report` writes for others, read by readers that are not ours (tests/forms/requirements.txt).
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/venv.sh forms
"$venv/bin/python" tests/forms/check.py
