#!/bin/bash
# Every call of `stoker post` and `stoker bot` against GitHub's published description of its API in a strict mock server,
# the App's token read by another library, and all published webhooks, signed by another library.
set -u
cd "$(dirname "$0")/../.." || exit 1
for program in python3 npm; do
	command -v $program >/dev/null || { echo "skip test_post_openapi: $program is missing"; exit 77; }
done
dir=${BUILD:-build}/publish-npm
mkdir -p "$dir"
cp tests/publish/package.json tests/publish/package-lock.json "$dir"/ || exit 1
if ! cmp -s "$dir/package-lock.json" "$dir/node_modules/.of-lock"; then
	(cd "$dir" && timeout 300 npm ci --ignore-scripts --no-audit --no-fund </dev/null) || exit 1
	cp "$dir/package-lock.json" "$dir/node_modules/.of-lock"
fi
exec python3 tests/publish/openapi_cases.py "$@"
