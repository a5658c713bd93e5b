#!/bin/bash
# What the output opentelemetry sends, decoded by OpenTelemetry's own published messages.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/venv.sh otlp
exec "$venv/bin/python" tests/otlp/check.py
