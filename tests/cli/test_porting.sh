#!/bin/sh
# The five classic k6 scripts of docs/examples/k6 in Lua: what a server gets of each.
command -v python3 >/dev/null || { echo "skip test_porting: python3 is missing"; exit 77; }
exec python3 "$(dirname "$0")/porting_cases.py"
