#!/bin/sh
# Is Go 1.25 or newer there? What the modules of the peers ask for.
version=$(go env GOVERSION 2>/dev/null) || exit 1
[ "$(printf '%s\n%s\n' 1.25 "${version#go}" | sort -V | head -1)" = 1.25 ]
