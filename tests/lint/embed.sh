#!/bin/sh
# Write files as one C file: embed.sh TABLE HEADER FILE… gives an array each and the TABLE of them, as
# HEADER declares it (core/base/embed.h).
table=$1 header=$2
shift 2
echo "#include \"$header\""
for f in "$@"; do
	n=$(echo "$f" | sed 's,[^A-Za-z0-9],_,g')
	echo "static const unsigned char m_$n[] = {"
	od -An -v -tx1 "$f" | sed 's/ \([0-9a-f][0-9a-f]\)/0x\1,/g'
	echo '0x00};'
done
echo "const struct stk_embedded_file $table[] = {"
for f in "$@"; do
	n=$(echo "$f" | sed 's,[^A-Za-z0-9],_,g')
	echo "	{ \"$f\", (const char *)m_$n, sizeof m_$n - 1 },"
done
echo '	{ 0, 0, 0 } };'
