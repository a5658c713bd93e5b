# Sourced by the tests of peers: run a workflow, judge it, hold its slices against go tool pprof -top.
# What a test sets: name, and the environment of its workflow.

stoker=$(realpath "${STOKER:-${BUILD:-build}/stoker}") || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# peer_rate COMMAND...: sets RATE to two fifths (BUSY) of what one user after another gets out of head, 200/s at
# most: a service that is busy all the time has no time left to send its profiles.
peer_rate() {
	local port pid most
	port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	SIDE=head PORT=$port PYROSCOPE_URL='' GOMAXPROCS=1 "$@" >/dev/null 2>&1 &
	pid=$!
	curl -fs --retry 50 --retry-delay 1 --retry-connrefused -o /dev/null "http://127.0.0.1:$port/healthz"
	"$stoker" load tests/peers/order.lua -u 1 -d 3s -e "BASE_URL=http://127.0.0.1:$port" \
		--summary-export "$work/most.json" >/dev/null 2>&1
	kill "$pid"
	wait "$pid" 2>/dev/null
	most=$(python3 -c 'import json, sys; print(int(float(sys.argv[2]) * json.load(open(sys.argv[1]))["metrics"]["http_reqs"]["rate"]))' "$work/most.json" "${BUSY:-0.4}") || return 1
	RATE=$((most < 200 ? most : 200))/s
	export RATE
	echo "$name: $RATE"
}

# peer_run WORKFLOW FILE CPU_FUNCTION ALLOC_FUNCTION: the verdict is one of statistics, at a false discovery
# rate of 5 %, and other programs may take the machine's time. So a run that is wrong is made once more and
# both are shown: two wrong ones fail.
peer_run() {
	local workflow attempt rc
	workflow=$(realpath "$1") || return 1
	for attempt in 1 2; do
		echo "$name, run $attempt:"
		rm -rf "$work/.stoker"
		(cd "$work" && "$stoker" run "$workflow" >run.out 2>run.err)
		run_dir=$(echo "$work"/.stoker/runs/*/)
		if [ ! -f "$run_dir/run.json" ]; then
			tail -20 "$work/run.err"
			return 1
		fi
		python3 tests/peers/check_run.py "$run_dir" "$2" "$3" "$4"
		rc=$?
		[ $rc -eq 0 ] && return 0
		cat "$work/run.out"
	done
	return 1
}

# peer_finish RC: every slice of the run against go tool pprof -top, and the last line.
peer_finish() {
	local passed=0 failed=0 line
	if [ "$1" -eq 0 ]; then passed=1; else failed=1; fi
	set -- "$run_dir"/slices/*.pb.gz
	if [ -f "$1" ] && command -v go >/dev/null 2>&1; then
		sh tests/cli/pprof_top.sh "$@" >"$work/top" 2>&1
		line=$(tail -1 "$work/top")
		case $line in
		*" passed, "*" failed") passed=$((passed + ${line%% *})); line=${line#*, }
			failed=$((failed + ${line%% *})); echo "  $# slices as in go tool pprof -top: $(tail -1 "$work/top")" ;;
		*) failed=$((failed + 1)) ;;
		esac
		[ "$failed" -eq 0 ] || cat "$work/top"
	fi
	echo "$passed passed, $failed failed"
	[ "$failed" -eq 0 ]
}
