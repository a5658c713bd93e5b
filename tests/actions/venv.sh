# Sourced by tests: $venv has the packages of tests/actions/requirements.txt. The test's name is its skip's.
skip_name=$(basename "$0" .sh)
command -v python3 >/dev/null || { echo "skip ${skip_name}_python: python3 is missing"; exit 77; }
command -v pip3 >/dev/null || { echo "skip ${skip_name}_pip: pip3 is missing"; exit 77; }
venv=$PWD/build/actions/venv
if ! cmp -s tests/actions/requirements.txt "$venv/of"; then
	python3 -m venv --without-pip "$venv" &&
		timeout 300 pip3 --python "$venv/bin/python" install --quiet --disable-pip-version-check --require-hashes \
			--only-binary=:all: -r tests/actions/requirements.txt && cp tests/actions/requirements.txt "$venv/of" || exit 1
fi
