#!/bin/bash
# ci-templates/install.sh on a tree without .git, as a runner unpacks an action: builds once, then finds what is there.
# Objects of this build are used again, so that nothing is compiled twice.
set -u
cd "$(dirname "$0")/../.." || exit 1
build=$(realpath "${BUILD:-build}")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
passed=0 failed=0
ok() { # name command…
	local name=$1
	shift
	if "$@" >"$work/.log" 2>&1; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAIL $name"; cat "$work/.log"; fi
}
mkdir -p "$work/source/tests"
cp -Rp Makefile core cmd lua-lib ci-templates "$work/source/"
cp -Rp tests/lint "$work/source/tests/"
install=$work/source/ci-templates/install.sh
key=$(sh "$install" --key)
ok "the key names system and processor" grep -Eq "^[a-z]+[0-9.]*-$(uname -m)-[0-9a-f]{40}$" <<<"$key"
ok "the same tree has the same key" test "$(sh "$install" --key)" = "$key"
if [ "${build##*/}" = build ]; then
	mkdir "$work/source/build"
	for part in core cmd gen lib .flags; do cp -Rp "$build/$part" "$work/source/build/"; done
fi
unset MAKEFLAGS MFLAGS BUILD
STOKER_VERSION=1.2.3-test sh "$install" "$work/bin" >"$work/out" 2>&1
ok "it builds" grep -q '^in [0-9]* s$' "$work/out"
ok "the program says the version it was given" grep -qx 'stoker 1.2.3-test' <("$work/bin/stoker" --version)
ok "nothing half-written stays" test "$(ls "$work/bin")" = stoker
ok "building changes no key" test "$(sh "$install" --key)" = "$key"
rm -rf "$work/source/build" "$work/source/Makefile"
sh "$install" "$work/bin" >"$work/out" 2>&1
ok "what is there is not built again" grep -qx 'stoker is there already' "$work/out"
cp Makefile "$work/source/"
echo '/* more */' >>"$work/source/cmd/main.c"
ok "another source has another key" test "$(sh "$install" --key)" != "$key"
sh "$install" >"$work/out" 2>&1
ok "no folder is 2" test $? = 2
echo "$passed passed, $failed failed"
[ $failed = 0 ]
