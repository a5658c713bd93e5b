#!/bin/sh
# What runs with a write token must not reach Lua: no chain of includes leads from these rooms to script.
bad=0
for room in bot publish report; do
	grep -q "^$room:" core/LAYERS || continue
	case " $(awk -v want="$room" -f tests/lint/closure.awk core/LAYERS) " in
	*" script "*) echo "core/LAYERS: $room reaches script"; bad=1 ;;
	esac
done
exit $bad
