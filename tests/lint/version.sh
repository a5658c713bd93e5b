#!/bin/sh
# Write stk_version() as git describe says into the file $1, only if it changed.
version=$(git describe --always --dirty --tags 2>/dev/null || echo unknown)
text=$(printf '/* made by tests/lint/version.sh */\n#include "core/base/version.h"\n\nconst char *stk_version(void)\n{\n\treturn "%s";\n}\n' "$version")
[ -f "$1" ] && [ "$(cat "$1")" = "$text" ] || printf '%s\n' "$text" > "$1"
