#!/bin/sh
# clang-format 14 agrees with every file given. Other versions differ in details: skipped then.
for tool in clang-format-14 clang-format; do
	case $($tool --version 2>/dev/null) in
	*"version 14."*) exec $tool --dry-run --Werror "$@" ;;
	esac
done
echo "skip format-check: no clang-format 14"
