#!/bin/bash
# Requests per CPU-second of `stoker load` beside wrk, k6 and h2load on the same nginx.
exec python3 "$(dirname "$0")/bench_load.py" "$@"
