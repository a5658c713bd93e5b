#!/bin/sh
# A real S3 server (VersityGW, which checks every signature) as build/peers/versitygw, from its pinned Go modules.
set -eu
cd "$(dirname "$0")"
sh ./has_go.sh || { echo "s3: Go 1.25 or newer is needed" >&2; exit 1; }
cd s3
out="../../../build/peers"
mkdir -p "$out"
CGO_ENABLED=0 GOFLAGS="-buildvcs=false -mod=readonly" nice go build -p "${JOBS:-2}" -trimpath -o "$out/versitygw" github.com/versity/versitygw/cmd/versitygw
