#!/bin/bash
# `make install` honours DESTDIR and PREFIX, what it installs runs, has its man pages, and uninstall leaves nothing.
set -eu
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
${MAKE:-make} BUILD="${BUILD:-build}" DESTDIR="$root" PREFIX=/opt/stoker install >/dev/null
"$root/opt/stoker/bin/stoker" --version
grep -q "^.SH OPTIONS" "$root/opt/stoker/share/man/man1/stoker-run.1"
grep -q "stoker.-run" "$root/opt/stoker/share/man/man1/stoker.1"
${MAKE:-make} BUILD="${BUILD:-build}" DESTDIR="$root" PREFIX=/opt/stoker uninstall >/dev/null
[ -z "$(find "$root" -type f)" ] || { find "$root" -type f; exit 1; }
