#!/bin/bash
# The page with a flame graph of 200,000 frames in Chromium: first paint, zoom, search.
set -u
cd "$(dirname "$0")/../.." || exit 1
export STOKER=${STOKER:-build/stoker}
CHROMIUM=$(command -v chromium) || { echo "bench_page: not measured, there is no chromium"; exit 0; }
[ -d tests/page/node_modules/puppeteer-core ] || { echo "bench_page: not measured, run tests/page/test_page.sh once"; exit 0; }
export CHROMIUM
timeout -k 10 180 node tests/page/bench_page.mjs
