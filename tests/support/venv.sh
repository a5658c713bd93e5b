# Sourced by tests as `. tests/support/venv.sh FOLDER`: $venv has the packages of tests/FOLDER/requirements.txt. The
# test's name is its skips'.
skip_name=$(basename "$0" .sh)
command -v python3 >/dev/null || { echo "skip ${skip_name}_python: python3 is missing"; exit 77; }
command -v pip3 >/dev/null || { echo "skip ${skip_name}_pip: pip3 is missing"; exit 77; }
venv=$PWD/build/$1/venv
if ! cmp -s "tests/$1/requirements.txt" "$venv/of"; then
	python3 -m venv --without-pip "$venv" &&
		timeout 300 pip3 --python "$venv/bin/python" install --quiet --disable-pip-version-check --require-hashes \
			--only-binary=:all: -r "tests/$1/requirements.txt" && cp "tests/$1/requirements.txt" "$venv/of" || exit 1
fi
