#!/bin/bash
# Everything that must pass, step by step; the last line sums up: "N passed, N failed[, N skipped]".
#
# A step is a command. When its last such line is "N passed, N failed", these count; otherwise the
# step itself is one test. A line "skip name: why" says that a test could not run: that is allowed only
# by a row of tests/skips.allowed whose program is missing (or older than the version needed).
set -u
cd "$(dirname "$0")/.." || exit 1
export BUILD=${BUILD:-build} STOKER=${BUILD:-build}/stoker
MAKE=${MAKE:-make} JOBS=${JOBS:-2}
logs=$BUILD/test-logs
mkdir -p "$logs"
passed=0 failed=0 skipped=0

version_of() {
	{ "$1" --version || "$1" version; } 2>&1 </dev/null | grep -oE '[0-9]+(\.[0-9]+)+' | head -1
}
is_there() { # program version
	command -v "$1" >/dev/null 2>&1 || return 1
	[ -z "$2" ] || [ "$2" = - ] && return 0
	[ "$(printf '%s\n%s\n' "$2" "$(version_of "$1")" | sort -V | head -1)" = "$2" ]
}
may_skip() { # name
	local name program version reason
	while IFS=$'\t' read -r name program version reason; do
		[ "$name" = "$1" ] || continue
		is_there "$program" "$version" && { echo "    $1: $program is there, so it must run"; return 1; }
		echo "    skipped $1: needs $program $version ($reason)"
		return 0
	done < <(grep -v '^#' tests/skips.allowed)
	echo "    $1: skipped, but not listed in tests/skips.allowed"
	return 1
}

step() { # name command…
	local name=$1 log rc p=0 f=0 s=0 bad=0 start=$SECONDS line word
	shift
	log=$logs/${name//\//_}.log
	"$@" >"$log" 2>&1 </dev/null
	rc=$?
	line=$(grep -E '^[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?$' "$log" | tail -1)
	if [ -n "$line" ]; then
		p=${line%% *}; word=${line#*, }; f=${word%% *}
		[ $rc -ne 0 ] && [ "$f" = 0 ] && f=1
	elif grep -qi '^skip ' "$log" && { [ $rc -eq 0 ] || [ $rc -eq 77 ]; }; then :
	elif [ $rc -eq 0 ]; then p=1
	else f=1
	fi
	while read -r _ word; do
		word=${word%%:*}
		if may_skip "$word" >>"$log.skips"; then s=$((s + 1)); else bad=$((bad + 1)); fi
	done < <(grep -i '^skip ' "$log" | sort -u)
	f=$((f + bad))
	printf '%-24s %s passed, %s failed%s   %s s\n' "$name" "$p" "$f" \
		"$([ $s -gt 0 ] && echo ", $s skipped")" $((SECONDS - start))
	[ -f "$log.skips" ] && { cat "$log.skips"; rm -f "$log.skips"; }
	[ $f -gt 0 ] && tail -60 "$log" | sed 's/^/    /'
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

for check in check-layers check-headers check-house format-check check-docs; do
	step $check $MAKE $check
done
step unit $MAKE -k -j"$JOBS" unit
step fuzz-replay $MAKE -j"$JOBS" fuzz-replay
step install bash tests/lint/install_check.sh
for script in tests/cli/*.sh tests/lua/*.sh tests/golden/*.sh tests/page/*.sh tests/peers/{replay,test}_*.sh tests/demo/test_*.sh; do
	[ -f "$script" ] || continue
	name=${script#tests/}
	step "${name%.sh}" bash "$script"
done
step k6-rows lua5.4 tests/lint/k6_rows.lua --passed "$BUILD"

if [ $skipped -gt 0 ]; then
	echo "$passed passed, $failed failed, $skipped skipped"
else
	echo "$passed passed, $failed failed"
fi
[ $failed -eq 0 ]
