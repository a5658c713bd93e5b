#!/bin/bash
# The CI templates by their published schemas (check-jsonschema) and by actionlint, both pinned; and what the README says of them.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/venv.sh actions
passed=0 failed=0
ok() { # name command…
	local name=$1 said
	shift
	if said=$("$@" 2>&1); then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAIL $name"; echo "$said"; fi
}

workflows=$(ls ci-templates/github/*.yml | grep -v /action.yml)
# shellcheck disable=SC2086 # names of ours, without spaces
ok "workflows by GitHub's schema" "$venv/bin/check-jsonschema" --builtin-schema vendor.github-workflows $workflows
ok "the action by GitHub's schema" "$venv/bin/check-jsonschema" --builtin-schema vendor.github-actions ci-templates/github/action.yml
ok "GitLab's by its schema" "$venv/bin/check-jsonschema" --builtin-schema vendor.gitlab-ci --data-transform gitlab-ci \
	ci-templates/gitlab/stoker.yml
ok "rules of our own" "$venv/bin/python" tests/actions/check_templates.py
refuses_stray() { # a template that no list names
	local copy rc=0
	copy=$(mktemp -d)
	cp -r ci-templates/. "$copy" && echo "name: stray" >"$copy/github/stray.yml"
	CI_TEMPLATES=$copy "$venv/bin/python" tests/actions/check_templates.py 2>&1 | grep -q "not looked at: \['github/stray.yml'\]" || rc=1
	rm -rf "$copy"
	return "$rc"
}
ok "and a template that is not listed is refused" refuses_stray

if sh tests/peers/has_go.sh; then
	lint=$PWD/build/actions/actionlint
	(cd tests/actions/actionlint && CGO_ENABLED=0 go build -trimpath -mod=readonly -o "$lint" github.com/rhysd/actionlint/cmd/actionlint) || exit 1
	ok "actionlint" "$lint" -no-color -shellcheck= -pyflakes= $workflows
	# it knows an injection when it sees one
	bad=$(mktemp --suffix .yml)
	sed 's/^      - name: Deploy/      - run: echo ${{ github.event.pull_request.title }}\n&/' ci-templates/github/staging.yml >"$bad"
	ok "and actionlint would see an injection" sh -c '! "$1" -no-color -shellcheck= -pyflakes= "$2" >/dev/null' - "$lint" "$bad"
	rm -f "$bad"
else
	echo "skip test_templates_go: go 1.25 is missing"
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
