#!/bin/sh
# Every recorded profile gives the same self and total per function here and in go tool pprof -top,
# to the unit, for every sample type. More profiles may be named: pprof_top.sh FILE.pb.gz …
command -v go >/dev/null 2>&1 || { echo "skip pprof_top: go 1.20 is missing"; exit 0; }
tool=$(sh tests/bench/build_pprof_tool.sh) || exit 1
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT INT TERM
export PPROF_TMPDIR="$dir"

for body in tests/fixtures/agents/go/*.body tests/fixtures/agents/node/*.body \
	tests/fixtures/agents/python/*.body tests/fixtures/agents/rust/*.body; do
	agent=$(basename "$(dirname "$body")")
	"$tool" bodies "$agent" "$(basename "$body" .body)" "$dir" || exit 1
done
[ $# -gt 0 ] || set -- "$dir"/*.pb tests/fixtures/agents/go-debug-pprof/*.pb.gz tests/fixtures/pyroscope/profiles/cpu_*.pb

# the unit that go tool pprof does not scale
unit() { case $1 in nanoseconds) echo ns ;; microseconds) echo us ;; bytes) echo B ;; *) echo "$1" ;; esac; }
passed=0; failed=0
for file; do
	"$tool" types "$file" >"$dir/types" || exit 1
	while read -r type unit_name; do
		unit=$(unit "$unit_name")
		"$tool" top "$type" "$file" | sort >"$dir/ours"
		go tool pprof -symbolize=none -top -nodecount=1000000 -nodefraction=0 -edgefraction=0 \
			-sample_index="$type" -unit="$unit_name" "$file" 2>"$dir/err" |
			awk -v u="$unit" '
				header { sub(/ \((partial-)?inline\)$/, ""); sub(/<unknown>$/, ""); flat = $1; cum = $4
					sub(u "$", "", flat); sub(u "$", "", cum)
					for (i = 0; i < 5; i++) sub(/^[ \t]*[^ \t]+[ \t]+/, "")
					if (flat != 0 || cum != 0) print flat, cum, $0 }
				/flat%/ { header = 1 }' | sort >"$dir/theirs"
		if cmp -s "$dir/ours" "$dir/theirs"; then
			passed=$((passed + 1))
		else
			failed=$((failed + 1)); echo "FAIL $(basename "$file") $type"
			diff "$dir/ours" "$dir/theirs" | head -6; head -2 "$dir/err"
		fi
	done <"$dir/types"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
