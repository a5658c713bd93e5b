#!/bin/bash
# The Go service with the SDK's default of 15 s between uploads: long blocks, about ten minutes.
cd "$(dirname "$0")/../.." || exit 1
sh tests/peers/build_go.sh || exit 1
name=peer-go-default
export SERVICE=$PWD/build/peers/go/service UPLOAD_RATE='' PAIRS=${PAIRS:-4} BLOCK=${BLOCK:-60s} RATE=${RATE:-120/s}
. tests/peers/peer_run.sh
peer_run tests/peers/go.lua main.go main.applyRules main.buildReport
peer_finish $?
