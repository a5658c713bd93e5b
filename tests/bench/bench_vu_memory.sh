#!/bin/bash
# Memory of a virtual user at 5,000 of them.
exec python3 "$(dirname "$0")/bench_vu_memory.py" "$@"
