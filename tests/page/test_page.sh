#!/bin/bash
# The page of a recorded run in a real Chromium, driven by puppeteer-core (pinned by package-lock.json).
set -u
cd "$(dirname "$0")/../.." || exit 1
export STOKER=${STOKER:-build/stoker}
missing() { # program, name of the skip
	command -v "$1" >/dev/null 2>&1 && return 1
	echo "skip $2: there is no $1"
}
missing chromium test_page && exit 77
missing node test_page_node && exit 77
missing npm test_page_npm && exit 77
CHROMIUM=$(command -v chromium)
export CHROMIUM
if ! cmp -s tests/page/package-lock.json tests/page/node_modules/.of 2>/dev/null; then
	(cd tests/page && timeout 300 npm ci --no-audit --no-fund --ignore-scripts) || exit 1
	cp tests/page/package-lock.json tests/page/node_modules/.of || exit 1
fi
timeout -k 10 240 node tests/page/test_page.mjs
