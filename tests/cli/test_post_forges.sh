#!/bin/bash
# `stoker post` on Gitea, GitLab and to a webhook.
command -v python3 >/dev/null || { echo "skip test_post_forges: python3 is missing"; exit 77; }
exec python3 "$(dirname "$0")/../publish/forge_cases.py" "$@"
