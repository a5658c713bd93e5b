#!/bin/bash
# Requests per CPU-second of `stoker load` beside wrk, on the same nginx: each round draws the order;
# median and range. usage: bench_load.sh [STOKER] [VUS] [SECONDS] [ROUNDS]
set -u
stoker=${1:-build/stoker} vus=${2:-50} seconds=${3:-4} rounds=${4:-5}
here=$(cd "$(dirname "$0")" && pwd)
dir=$(mktemp -d)
trap 'kill "$(cat "$dir/nginx.pid" 2>/dev/null)" 2>/dev/null; rm -rf "$dir"' EXIT
pin() { if [ "$(nproc)" -ge 2 ]; then taskset -c "$1" "${@:2}"; else "${@:2}"; fi; }

if ! command -v nginx >/dev/null; then
	echo "load            not measured: nginx is missing"; exit 0
fi
port=$((20000 + RANDOM % 20000))
cat >"$dir/nginx.conf" <<CONF
worker_processes 1; pid $dir/nginx.pid; error_log /dev/null; daemon on;
events { worker_connections 16384; }
http { access_log off; keepalive_requests 100000000; keepalive_timeout 60s;
  client_body_temp_path $dir/b; proxy_temp_path $dir/p; fastcgi_temp_path $dir/f;
  uwsgi_temp_path $dir/u; scgi_temp_path $dir/s;
  server { listen 127.0.0.1:$port backlog=8192; location / { return 200 "twenty-eight bytes of text.\n"; } } }
CONF
pin 0 nginx -c "$dir/nginx.conf" || exit 3
url=http://127.0.0.1:$port

# CPU seconds (user + system) of a command into $dir/cpu; its output into $dir/out
timed() {
	TIMEFORMAT='%U %S'
	{ time "$@" >"$dir/out" 2>"$dir/err"; } 2>"$dir/time"
	awk '{ print $1 + $2 }' "$dir/time" >"$dir/cpu"
}
run_stoker() {
	timed pin 1 "$stoker" load "$here/load.lua" -u "$vus" -d "${seconds}s" --workers 1 -e BASE_URL="$url"
	awk '$1 ~ /^http_reqs/ { print $2 }' "$dir/out"
}
run_wrk() {
	timed pin 1 wrk -t1 -c "$vus" -d "${seconds}s" -s "$here/wrk_checks.lua" "$url/"
	awk '/requests in/ { print $1 }' "$dir/out"
}
peers="stoker"
if command -v wrk >/dev/null; then peers="$peers wrk"; fi
for round in $(seq "$rounds"); do
	for peer in $(printf '%s\n' $peers | shuf); do
		n=$(run_$peer)
		[ -n "$n" ] && awk -v n="$n" '{ printf "%.0f\n", n / $1 }' "$dir/cpu" >>"$dir/$peer"
	done
done
show() {
	[ -s "$dir/$1" ] || { printf '%-8s not measured: %s\n' "$1" "$2"; return; }
	sort -n "$dir/$1" | awk -v who="$1" -v ver="$2" '{ v[NR] = $1 } END {
		m = NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2
		printf "%-8s %8.0f requests per CPU-second  (%d to %d, %d rounds)  %s\n", who, m, v[1], v[NR], NR, ver }'
}
printf 'load: %s VUs, %s s a round, nginx %s\n' "$vus" "$seconds" "$(nginx -v 2>&1 | sed 's,.*/,,')"
show stoker "$("$stoker" --version 2>/dev/null | head -1)"
show wrk "$( (wrk --version 2>&1 | head -1 | sed 's/ Copyright.*//') 2>/dev/null || echo 'wrk is missing')"
