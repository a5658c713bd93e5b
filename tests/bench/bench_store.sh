#!/bin/sh
# Pushes per CPU-second of `stoker serve`: a 39 KB heap profile and a 9 KB CPU profile (gzip'd), five rounds in drawn
# order, median and range; beside a real Pyroscope (PYROSCOPE, one on PATH, or that of `make peers`), else "not measured".
# usage: bench_store.sh [STOKER] [ROUNDS]
stoker=${1:-${STOKER:-build/stoker}}
rounds=${2:-5}
command -v python3 >/dev/null || { echo "bench_store: not measured (python3 is missing)"; exit 0; }
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
peer=${PYROSCOPE:-$(command -v pyroscope || ls build/peers/pyroscope 2>/dev/null)}
[ -z "$peer" ] || peer=$(realpath "$peer")
PYTHONDONTWRITEBYTECODE=1 python3 "$(dirname "$0")/bench_store.py" "$stoker" "$dir" "$rounds" "$peer"
