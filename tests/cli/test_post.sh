#!/bin/bash
# `stoker post`: against a GitHub that keeps what is posted, and against GitHub's own description of its
# API in a strict mock server.
command -v python3 >/dev/null || { echo "skip test_post: python3 is missing"; exit 77; }
exec python3 "$(dirname "$0")/../publish/post_cases.py" "$@"
