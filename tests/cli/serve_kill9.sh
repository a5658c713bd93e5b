#!/bin/sh
# kill -9 of `stoker serve` amid 1,000 pushes at a random count: what was acknowledged is there after a restart.
# usage: serve_kill9.sh [STOKER] [ROUNDS]     (20 rounds; SEED sets the random counts)
stoker=${1:-${STOKER:-build/stoker}}
rounds=${2:-20}
command -v python3 >/dev/null || { echo "skip serve_kill9: python3 is missing"; exit 77; }
base=${BUILD:-build}
mkdir -p "$base" || exit 1
dir=$(mktemp -d "$base/kill9.XXXXXX") || exit 1
trap 'rm -rf "$dir"' EXIT
exec python3 "$(dirname "$0")/serve_kill9.py" "$stoker" "$dir" "$rounds"
