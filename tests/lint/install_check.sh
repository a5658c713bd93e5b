#!/bin/bash
# `make install` honours DESTDIR and PREFIX, what it installs runs, and uninstall leaves nothing.
set -eu
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
${MAKE:-make} BUILD="${BUILD:-build}" DESTDIR="$root" PREFIX=/opt/stoker install >/dev/null
"$root/opt/stoker/bin/stoker" --version
${MAKE:-make} BUILD="${BUILD:-build}" DESTDIR="$root" PREFIX=/opt/stoker uninstall >/dev/null
[ -z "$(find "$root" -type f)" ] || { find "$root" -type f; exit 1; }
