#!/bin/bash
# `stoker post` on a real Gitea, where make gitea has built one.
cd "$(dirname "$0")/../.." || exit 1
[ -x build/peers/gitea ] || { echo "skip test_gitea: build/peers/gitea is missing (make gitea builds it)"; exit 77; }
exec python3 tests/peers/gitea_cases.py
