#!/bin/bash
# Baselines in a real S3 server, where make s3 has built one.
cd "$(dirname "$0")/../.." || exit 1
[ -x build/peers/versitygw ] || { echo "skip test_s3: build/peers/versitygw is missing (make s3 builds it)"; exit 77; }
exec python3 tests/peers/s3_cases.py
