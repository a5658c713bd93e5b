#!/bin/sh
# Requests of a load script against a real nginx, whose own log is what counts are compared with: HTTP/2, TLS, bytes.
[ -x /usr/sbin/nginx ] || { echo "skip test_nginx: nginx is missing"; exit 77; }
command -v python3 >/dev/null || { echo "skip test_nginx_python: python3 is missing"; exit 77; }
command -v openssl >/dev/null || { echo "skip test_nginx_openssl: openssl is missing"; exit 77; }
exec python3 "$(dirname "$0")/nginx_cases.py" "$@"
