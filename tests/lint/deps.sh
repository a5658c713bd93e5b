#!/bin/sh
# Install what is missing to build (deps.sh build) or to test (deps.sh test) from the distribution's
# packages: as root or through sudo. Otherwise name the packages and fail. One line per run.
# Rows: what is looked for (pkg-config name, or a program with "!"), package. One with a "?" is only
# wanted where the distribution has it (Ubuntu's Chromium is a snap): a test that needs it skips.
build='!cc gcc
!pkg-config pkg-config
libcurl libcurl4-openssl-dev
lua5.4 liblua5.4-dev
jansson libjansson-dev
libmicrohttpd libmicrohttpd-dev
sqlite3 libsqlite3-dev
libdeflate libdeflate-dev
libpcre2-8 libpcre2-dev
libgit2 libgit2-dev
libcrypto libssl-dev
libzip libzip-dev
snappy libsnappy-dev
libbrotlienc libbrotli-dev
libzstd libzstd-dev'
test='cmocka libcmocka-dev
!python3 python3
!lua5.4 lua5.4
!git git
!curl curl
!wrk wrk
!openssl openssl
!prometheus ?prometheus
!/usr/sbin/nginx ?nginx
!node ?nodejs
!npm ?npm
!chromium ?chromium'
kind=${1:-build}
case $kind in
build) rows=$build; what=deps ;;
test) rows=$test; what=test-deps ;;
*) echo "usage: deps.sh build|test" >&2; exit 2 ;;
esac

is_offered() { apt-cache policy "$1" 2>/dev/null | grep -q 'Candidate: [0-9]'; }

found=0; all=0; missing=
find_missing() {
	found=0; all=0; missing=
	while read -r name package; do
		case $package in
		\?*) package=${package#?}
			command -v "${name#!}" >/dev/null 2>&1 || is_offered "$package" || continue ;;
		esac
		all=$((all + 1))
		case $name in
		!*) command -v "${name#!}" >/dev/null 2>&1 ;;
		*) pkg-config --exists "$name" 2>/dev/null ;;
		esac && found=$((found + 1)) || missing="$missing $package"
	done <<ROWS
$rows
ROWS
	missing=${missing# }
}

find_missing
if [ -z "$missing" ]; then
	[ "$kind" = build ] && printf '%-7s %s of %s libraries found\n' "$what" "$found" "$all"
	exit 0
fi
if [ "$(id -u)" = 0 ]; then sudo=
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then sudo='sudo -n'
else sudo=none
fi
if [ "$sudo" = none ] || ! command -v apt-get >/dev/null 2>&1; then
	echo "$what    $found of $all libraries found. Please install: $missing" >&2
	echo "        (the names are Debian's and Ubuntu's; run make again afterwards)" >&2
	exit 1
fi
start=$(date +%s); log=$(mktemp)
printf '%-7s %s of %s libraries found; installing %s (apt)' "$what" "$found" "$all" "$missing"
# stdin is not ours to read: a question would hang
apt() { DEBIAN_FRONTEND=noninteractive $sudo apt-get -qq -y "$@" </dev/null >>"$log" 2>&1; }
# shellcheck disable=SC2086
apt install --no-install-recommends $missing ||
	{ apt update; apt install --no-install-recommends $missing; }
rc=$?
printf '   %s s\n' $(($(date +%s) - start))
find_missing
if [ "$rc" != 0 ] || [ -n "$missing" ]; then
	echo "$what    still missing: $missing" >&2
	tail -5 "$log" >&2; rm -f "$log"
	exit 1
fi
rm -f "$log"
