#!/bin/sh
# clang-tidy on sources: tidy.sh FLAGS … FILES. Checks are in .clang-tidy.
flags=; files=
for a in "$@"; do
	case $a in -*) flags="$flags $a" ;; *) files="$files $a" ;; esac
done
# shellcheck disable=SC2086
clang-tidy --quiet --warnings-as-errors='*' $files -- $flags $(pkg-config --cflags lua5.4) 2>&1 |
	grep -vE '^[0-9]+ warnings? (generated|treated)|^Suppressed|^Use -header-filter|warnings? generated\.$' |
	{ ! grep . ; }
