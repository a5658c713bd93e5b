#!/bin/bash
# What `stoker report` writes for others, read by readers that are not ours (tests/forms/requirements.txt).
set -u
cd "$(dirname "$0")/../.." || exit 1
command -v python3 >/dev/null || { echo "skip test_forms: python3 is missing"; exit 77; }
command -v pip3 >/dev/null || { echo "skip test_forms_pip: pip3 is missing"; exit 77; }
venv=build/forms/venv
if ! cmp -s tests/forms/requirements.txt $venv/of; then
	python3 -m venv --without-pip $venv &&
		timeout 300 pip3 --python $venv/bin/python install --quiet --disable-pip-version-check --require-hashes \
			--only-binary=:all: -r tests/forms/requirements.txt && cp tests/forms/requirements.txt $venv/of || exit 1
fi
$venv/bin/python tests/forms/check.py
