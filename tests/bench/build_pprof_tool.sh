#!/bin/sh
# Build tests/bench/pprof_tool in $BUILD and print its path.
set -e
BUILD=${BUILD:-build}
make --no-print-directory -s BUILD="$BUILD" "$BUILD/lib/profile.a" "$BUILD/lib/base.a" \
	"$BUILD/tests/support/agent_bodies.o" "$BUILD/tests/bench/pprof_tool.o" >&2
${CC:-cc} -o "$BUILD/pprof_tool" "$BUILD/tests/bench/pprof_tool.o" "$BUILD/tests/support/agent_bodies.o" \
	"$BUILD/lib/profile.a" "$BUILD/lib/base.a" \
	$(pkg-config --libs jansson sqlite3 zlib libdeflate libpcre2-8) -lcmocka -lm -pthread
echo "$BUILD/pprof_tool"
