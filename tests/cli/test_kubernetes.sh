#!/bin/bash
# The Indexed Job by the published schemas of Kubernetes (kubernetes-validate, pinned), strictly: a field that is not there is
# an error. That it does what it should is test_segments' part.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/venv.sh kubernetes
job=ci-templates/kubernetes/indexed-job.yaml
passed=0 failed=0
validate() { "$venv/bin/kubernetes-validate" --strict --kubernetes-version "$1" "$2" 2>&1; }

for version in 1.30 1.36; do
	if said=$(validate "$version" "$job"); then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAIL $version: $said"; fi
done
typo=$(mktemp --suffix .yaml)
sed 's/completionMode:/completionsMode:/' "$job" >"$typo"
if said=$(validate 1.30 "$typo"); then failed=$((failed + 1)); echo "FAIL a wrong field is not seen: $said"; else passed=$((passed + 1)); fi
rm -f "$typo"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
