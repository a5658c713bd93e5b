#!/bin/sh
# Where requests of a load script go and how: TLS, mapped names, deny lists, digest, connections.
command -v python3 >/dev/null || { echo "skip test_net: python3 is missing"; exit 77; }
command -v openssl >/dev/null || { echo "skip test_net_openssl: openssl is missing"; exit 77; }
exec python3 "$(dirname "$0")/net_cases.py" "$@"
