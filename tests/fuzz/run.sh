#!/bin/sh
# Fuzz the targets named, SECONDS_EACH for each, beginning with their corpora. Prints executions and
# coverage (libFuzzer's edges) for each; a crash is kept under $FUZZ_DIR and fails.
rc=0
$MAKE BUILD="$FUZZ_DIR" CC="$CLANG" SAN=address,undefined DEVELOPER=0 \
	CFLAGS="-O1 -g -w -fsanitize=fuzzer-no-link" $(for n in "$@"; do echo "$FUZZ_DIR/libfuzzer/fuzz_$n"; done) || exit 1
for name in "$@"; do
	found=$FUZZ_DIR/found/$name
	mkdir -p "$found" "$FUZZ_DIR/crashes"
	"$FUZZ_DIR/libfuzzer/fuzz_$name" -max_total_time="${SECONDS_EACH:-60}" -timeout=10 -rss_limit_mb=2048 \
		-print_final_stats=1 -artifact_prefix="$FUZZ_DIR/crashes/$name-" \
		"$found" "tests/fuzz/corpora/$name" >"$found.log" 2>&1 </dev/null
	code=$?
	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$found.log")
	edges=$(grep -oE 'cov: [0-9]+' "$found.log" | tail -1)
	printf '%-14s %12s executions   %s edges   %s\n' "$name" "${runs:-?}" "${edges#cov: }" \
		"$([ $code -eq 0 ] && echo 'nothing found' || echo "CRASH, see $found.log")"
	[ $code -eq 0 ] || rc=1
done
exit $rc
