#!/bin/bash
# The step of action.yml that runs FILE (with BASE and ARGS, by its environment) and keeps what may be uploaded. It ends well
# whatever the verdict: record and report come first, a later step judges by the output `code`.
set -eu
work=$(mktemp -d "$RUNNER_TEMP/stoker.XXXXXX")
record=$work/record
read -ra args <<<"${ARGS//$'\n'/ }" || true
[ -z "$BASE" ] || args+=(--base "$BASE")

code=0
stoker run --no-post --runs "$work/runs" "${args[@]}" -- "$FILE" || code=$?
echo "code=$code" >>"$GITHUB_OUTPUT"

for found in "$work"/runs/*/run.json; do
	[ -f "$found" ] || continue
	mkdir -p "$record"
	# no logs: they hold what the service prints, and nobody masks secrets in an artifact
	for part in run.json report.html report.md slices; do
		[ ! -e "${found%/*}/$part" ] || cp -R "${found%/*}/$part" "$record/"
	done
	echo "record=$record" >>"$GITHUB_OUTPUT"
	echo "report=$record/report.html" >>"$GITHUB_OUTPUT"
done

# Gitea and Forgejo have no artifacts of version 4 and later
[ -z "${GITEA_ACTIONS:-}${FORGEJO_ACTIONS:-}" ] || ARTIFACT=none
echo "artifact=$ARTIFACT" >>"$GITHUB_OUTPUT"
