#!/bin/sh
# Replays the recorded exchanges against a fresh `stoker serve` by their own tool; differences must be exactly those
# that tests/peers/pyroscope.allowed names. usage: replay_pyroscope.sh [STOKER]
stoker=${1:-${STOKER:-build/stoker}}
here=$(dirname "$0")
command -v python3 >/dev/null || { echo "skip replay_pyroscope: python3 is missing"; exit 77; }
dir=$(mktemp -d) || exit 1
server=
trap '[ -n "$server" ] && kill "$server" 2>/dev/null; rm -rf "$dir"' EXIT
"$stoker" serve --listen 127.0.0.1:0 --data "$dir/data" >"$dir/out" 2>"$dir/err" &
server=$!
tries=0
while ! grep -q '^listening on' "$dir/out" 2>/dev/null; do
	tries=$((tries + 1))
	if [ $tries -gt 100 ] || ! kill -0 "$server" 2>/dev/null; then
		echo "FAIL stoker serve does not start: $(cat "$dir/err")"
		exit 1
	fi
	sleep 0.1
done
url=$(sed -n 's/^listening on \([^,]*\),.*/\1/p' "$dir/out")
PYTHONDONTWRITEBYTECODE=1 python3 "$here/../fixtures/pyroscope/tools/replay.py" "$url" >"$dir/report"
tail -1 "$dir/report"
sed '$d' "$dir/report" | awk '{ print $1 }' | sort >"$dir/differs"
grep -v '^#' "$here/pyroscope.allowed" | awk 'NF { print $1 }' | sort >"$dir/allowed"
if ! cmp -s "$dir/differs" "$dir/allowed"; then
	echo "FAIL differences from pyroscope.allowed (<: differs and is not allowed, >: allowed and agrees):"
	diff "$dir/differs" "$dir/allowed"
	exit 1
fi
kill -INT "$server"
wait "$server"
rc=$?
server=
[ $rc -eq 0 ] || { echo "FAIL stoker serve ended with $rc"; exit 1; }
echo "ok replay_pyroscope: $(wc -l <"$dir/allowed") of the differences are allowed"
