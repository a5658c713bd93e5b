#!/bin/bash
# with_pyroscope.sh COMMAND…: run it beside a real Pyroscope of its own: on loopback, on free ports, with
# its data in a new folder. The command finds it as PYROSCOPE_URL; its exit code is ours.
root=$(cd "$(dirname "$0")/../.." && pwd)
binary=$root/build/peers/pyroscope
[ -x "$binary" ] || { echo "build/peers/pyroscope is missing: make peers builds it" >&2; exit 1; }
mkdir -p "$root/build/peers"
dir=$(mktemp -d "$root/build/peers/data.XXXXXX") || exit 1
server=
stop() {
	if [ -n "$server" ]; then
		kill "$server" 2>/dev/null
		for _ in $(seq 100); do kill -0 "$server" 2>/dev/null || break; sleep 0.1; done
		kill -9 "$server" 2>/dev/null
		wait "$server" 2>/dev/null
	fi
	rm -rf "$dir"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

read -r http grpc members < <(python3 -c '
import socket
s = [socket.socket() for _ in range(3)]
for x in s: x.bind(("127.0.0.1", 0))
print(*(x.getsockname()[1] for x in s))')
lo=127.0.0.1
# Its rings would announce the address of eth0, where nothing listens.
(cd "$dir" && exec "$binary" -self-profiling.disable-push=true -usage-stats.enabled=false -log.level=warn \
	-server.http-listen-address=$lo -server.http-listen-port="$http" \
	-server.grpc-listen-address=$lo -server.grpc-listen-port="$grpc" \
	-memberlist.bind-addr=$lo -memberlist.advertise-addr=$lo \
	-memberlist.bind-port="$members" -memberlist.advertise-port="$members" \
	-ingester.lifecycler.addr=$lo -ingester.min-ready-duration=0s -query-frontend.instance-addr=$lo \
	-query-scheduler.ring.instance-addr=$lo -distributor.ring.instance-addr=$lo \
	-compactor.ring.instance-addr=$lo -store-gateway.sharding-ring.instance-addr=$lo \
	-overrides-exporter.ring.instance-addr=$lo \
	-pyroscopedb.data-path=./data -compactor.data-dir=./compactor \
	-blocks-storage.bucket-store.sync-dir=./sync -storage.backend=filesystem \
	-storage.filesystem.dir=./shared) >"$dir/log" 2>&1 &
server=$!
export PYROSCOPE_URL=http://$lo:$http
for _ in $(seq 600); do
	curl -fsS -m 2 "$PYROSCOPE_URL/ready" >/dev/null 2>&1 && break
	kill -0 "$server" 2>/dev/null || { tail -20 "$dir/log" >&2; echo "pyroscope ended before it was ready" >&2; exit 1; }
	sleep 0.1
done
curl -fsS -m 2 "$PYROSCOPE_URL/ready" >/dev/null || { tail -20 "$dir/log" >&2; echo "pyroscope does not get ready" >&2; exit 1; }
"$@"
