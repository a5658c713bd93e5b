"""Trim GitHub's published description of its API to the paths that stoker calls.

  npm pack @octokit/openapi@23.0.2   (13 MB; MIT)
  python3 tests/publish/trim_openapi.py package/generated/api.github.com.json > tests/publish/github-api/api.github.com.json

Kept: the paths below with our methods, and the components that they lead to, word for word; of an object's many
examples the first one, as the mock answers with one. Responses get the media type that GitHub recommends beside
application/json: it answers both alike, the description lists one.
"""
import json
import sys

REPO = "/repos/{owner}/{repo}"
WANTED = {
    "/app": ["get"],
    "/app/installations/{installation_id}/access_tokens": ["post"],
    "/user": ["get"],
    REPO + "/actions/artifacts": ["get"],
    REPO + "/actions/artifacts/{artifact_id}/{archive_format}": ["get"],
    REPO + "/actions/runs/{run_id}/artifacts": ["get"],
    REPO + "/actions/workflows/{workflow_id}/dispatches": ["post"],
    REPO + "/actions/workflows/{workflow_id}/runs": ["get"],
    REPO + "/check-runs": ["post"],
    REPO + "/check-runs/{check_run_id}": ["patch"],
    REPO + "/check-runs/{check_run_id}/annotations": ["get"],
    REPO + "/collaborators/{username}/permission": ["get"],
    REPO + "/commits/{ref}/check-runs": ["get"],
    REPO + "/contents/{path}": ["get", "put"],
    REPO + "/git/ref/{ref}": ["get"],
    REPO + "/git/refs": ["post"],
    REPO + "/installation": ["get"],
    REPO + "/issues/comments/{comment_id}": ["patch", "delete"],
    REPO + "/issues/comments/{comment_id}/reactions": ["post"],
    REPO + "/issues/{issue_number}/comments": ["get", "post"],
    REPO + "/pulls": ["get", "post"],
    REPO + "/pulls/{pull_number}": ["get"],
    REPO + "/statuses/{sha}": ["post"],
}


def refs(value):
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "$ref" and isinstance(item, str):
                yield item
            else:
                yield from refs(item)
    elif isinstance(value, list):
        for item in value:
            yield from refs(item)


def first_examples(value):
    if isinstance(value, dict):
        return {key: dict([next(iter(item.items()))]) if key == "examples" and isinstance(item, dict) and item else first_examples(item)
                for key, item in value.items()}
    return [first_examples(item) for item in value] if isinstance(value, list) else value


def main():
    with open(sys.argv[1]) as file:
        api = json.load(file)
    out = {"openapi": api["openapi"], "info": api["info"], "servers": api["servers"], "paths": {}, "components": {}}
    for path, methods in WANTED.items():
        item = api["paths"][path]
        out["paths"][path] = {key: item[key] for key in item if key in methods or key == "parameters"}
    out["paths"] = first_examples(out["paths"])
    left, seen = list(refs(out["paths"])), set()
    while left:
        ref = left.pop()
        if ref in seen:
            continue
        seen.add(ref)
        _, _, kind, name = ref.split("/")
        part = first_examples(api["components"][kind][name])
        out["components"].setdefault(kind, {})[name] = part
        left.extend(refs(part))
    out["components"] = {kind: dict(sorted(parts.items())) for kind, parts in sorted(out["components"].items())}
    both = [r for p in out["paths"].values() for o in p.values() if isinstance(o, dict) for r in o.get("responses", {}).values()]
    for response in both + list(out["components"].get("responses", {}).values()):
        content = response.get("content", {})
        if "application/json" in content:
            content["application/vnd.github+json"] = content["application/json"]
    json.dump(out, sys.stdout, indent=1, sort_keys=False, ensure_ascii=False)
    print()


main()
