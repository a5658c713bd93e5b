"""Trim the published examples of GitHub's webhooks to the events that the bot handles.

  npm pack @octokit/webhooks-examples@7.6.1   (MIT)
  python3 tests/publish/trim_webhooks.py package/api.github.com/index.json tests/publish/webhooks

Kept: of each event the first example with that action, word for word but for the addresses (*_url), which make
most of it. No example is a comment on a pull request: the tests add issue.pull_request.
"""
import json
import os
import sys

WANTED = {"issue_comment": "created", "workflow_run": "completed", "ping": None}


def trim(value):
    if isinstance(value, dict):
        return {k: trim(v) for k, v in value.items() if not k.endswith("_url")}
    return [trim(v) for v in value] if isinstance(value, list) else value


def main():
    with open(sys.argv[1]) as file:
        events = {event["name"]: event["examples"] for event in json.load(file)}
    for name, action in WANTED.items():
        example = next(e for e in events[name] if e.get("action") == action)
        with open(os.path.join(sys.argv[2], name + ("." + action if action else "") + ".json"), "w") as file:
            json.dump(trim(example), file, indent=1, ensure_ascii=False)
            file.write("\n")


main()
