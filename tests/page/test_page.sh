#!/bin/bash
# The page of a recorded run in a real Chromium, driven by puppeteer-core (pinned by package-lock.json).
set -u
cd "$(dirname "$0")/../.." || exit 1
export STOKER=${STOKER:-build/stoker}
for program in chromium node npm; do
	# a snap's stub has no browser in it
	command -v $program >/dev/null 2>&1 || { echo "skip test_page: there is no $program"; exit 77; }
done
CHROMIUM=$(command -v chromium)
export CHROMIUM
if ! cmp -s tests/page/package-lock.json tests/page/node_modules/.of 2>/dev/null; then
	(cd tests/page && timeout 300 npm ci --no-audit --no-fund --ignore-scripts) || exit 1
	cp tests/page/package-lock.json tests/page/node_modules/.of || exit 1
fi
timeout -k 10 240 node tests/page/test_page.mjs
