#!/bin/bash
# `stoker bot`: signed webhooks, commands in comments, records of finished workflow runs, against a GitHub that
# keeps what is posted.
command -v python3 >/dev/null || { echo "skip test_bot: python3 is missing"; exit 77; }
exec python3 "$(dirname "$0")/../publish/bot_cases.py" "$@"
