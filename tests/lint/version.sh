#!/bin/sh
# Write what this source is into the C file $1, only if it changed: the version as git describe says (or
# STOKER_VERSION, for a source without .git), the commit, and where it was cloned from, if that is a server
# that others can reach.
quote() { printf '%s' "$1" | tr -cd 'A-Za-z0-9._~/:@+-'; }

cd "$(dirname "$0")/../.." && out=$1 || exit 1
version=${STOKER_VERSION:-} commit= source=
# a .git of a folder above is somebody else's
if [ -e .git ]; then
	[ -n "$version" ] || version=$(git describe --always --dirty --tags 2>/dev/null)
	commit=$(git rev-parse --verify HEAD 2>/dev/null)
	source=$(git config --get remote.origin.url 2>/dev/null |
		sed -nE 's,^(https://|ssh://git@|git@)([^/@:]+)[:/]([^/@:]+/[^/@:]+)$,https://\2/\3,p' | sed 's,\.git$,,')
fi
text=$(cat <<TEXT
/* made by tests/lint/version.sh */
#include "core/base/version.h"

const char *stk_version(void)
{
	return "$(quote "${version:-unknown}")";
}

const char *stk_version_commit(void)
{
	return "$(quote "$commit")";
}

const char *stk_version_source(void)
{
	return "$(quote "$source")";
}
TEXT
)
[ -f "$out" ] && [ "$(cat "$out")" = "$text" ] || printf '%s\n' "$text" > "$out"
