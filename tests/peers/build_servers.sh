#!/bin/sh
# Build a real Pyroscope and k6 (tests/peers/servers/go.mod says which) as build/peers/pyroscope and
# build/peers/k6. Takes some minutes the first time, and the Go module proxy.
set -eu
cd "$(dirname "$0")"
sh ./has_go.sh || { echo "peers: Go 1.25 or newer is needed" >&2; exit 1; }
cd servers
out="../../../build/peers"
mkdir -p "$out"
build() { # name package
	echo "building $out/$1 ($2)" | sed 's|\.\./||g'
	CGO_ENABLED=0 GOFLAGS="-buildvcs=false -mod=readonly" go build -p "${JOBS:-2}" -trimpath -tags netgo -o "$out/$1" "$2"
}
build k6 go.k6.io/k6/v2
build pyroscope github.com/grafana/pyroscope/cmd/pyroscope
