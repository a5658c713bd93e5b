#!/bin/sh
# Write the given Lua files as one C file: an array each and a table (core/script/lua_lib.h).
echo '#include "core/script/lua_lib.h"'
for f in "$@"; do
	n=$(echo "$f" | sed 's,[^A-Za-z0-9],_,g')
	echo "static const unsigned char m_$n[] = {"
	od -An -v -tx1 "$f" | sed 's/ \([0-9a-f][0-9a-f]\)/0x\1,/g'
	echo '0x00};'
done
echo 'const struct stk_lua_file stk_lua_files[] = {'
for f in "$@"; do
	n=$(echo "$f" | sed 's,[^A-Za-z0-9],_,g')
	echo "	{ \"$f\", (const char *)m_$n, sizeof m_$n - 1 },"
done
echo '	{ 0, 0, 0 } };'
