#!/bin/sh
# Build the Go peer (published pyroscope-go SDK, versions pinned by go.sum) as build/peers/go/service.
set -eu
cd "$(dirname "$0")/go"
out="../../../build/peers/go"
mkdir -p "$out"
CGO_ENABLED=0 go build -trimpath -mod=readonly -o "$out/service" .
