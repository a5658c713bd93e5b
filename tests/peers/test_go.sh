#!/bin/bash
# A Go service with the published pyroscope-go SDK: the planted functions are found and nothing else.
cd "$(dirname "$0")/../.." || exit 1
sh tests/peers/has_go.sh || { echo "skip test_go: go 1.25 is missing"; exit 77; }
sh tests/peers/build_go.sh || exit 1
name=peer-go
# A request of about a clock tick: busier than others, which leaves fewer rests, and for longer.
BUSY=0.6
export SERVICE=$PWD/build/peers/go/service PAIRS=12
. tests/peers/peer_run.sh
peer_rate "$SERVICE" || exit 1
peer_run tests/peers/go.lua main.go main.applyRules main.buildReport
peer_finish $?
