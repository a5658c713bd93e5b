#!/bin/sh
# The man pages of stoker and of each command it lists: man.sh STOKER FOLDER
set -eu
"$1" help --man >"$2/stoker.1"
for name in $("$1" --help | awk '/^Commands:/ { on = 1; next } /^$/ { on = 0 } on { print $1 }'); do
	"$1" help --man "$name" >"$2/stoker-$name.1"
done
chmod 644 "$2"/stoker.1 "$2"/stoker-*.1
