#!/bin/bash
# Decode, merge and subtract 60 heap profiles of 2.7 MB (30 of head less 30 of base): our codec beside
# go tool pprof. Five rounds, order drawn; CPU seconds and peak memory, median and range.
tool=$(sh tests/bench/build_pprof_tool.sh) || exit 1
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT INT TERM
export PPROF_TMPDIR="$dir"
files=${PPROF_BENCH_FILES:-60} half=$((${PPROF_BENCH_FILES:-60} / 2))
for i in $(seq "$files"); do "$tool" make "$i" "$dir/$i.pb.gz" || exit 1; done
head=(); base=(); bases=()
for i in $(seq "$half"); do
	head+=("$dir/$i.pb.gz"); base+=("$dir/$((i + half)).pb.gz"); bases+=("-base=$dir/$((i + half)).pb.gz")
done


# CPU seconds and peak KiB of a command
measure() {
	python3 - "$@" <<-'PY'
	import resource, subprocess, sys
	subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
	use = resource.getrusage(resource.RUSAGE_CHILDREN)
	print("%.2f %d" % (use.ru_utime + use.ru_stime, use.ru_maxrss))
	PY
}
report() { # name, file of "seconds KiB"
	sort -n "$2" | awk -v name="$1" '{ s[NR] = $1; if ($2 > kib) kib = $2 }
		END { printf "%-16s %7.2f CPU-s  [%.2f, %.2f]   %7.1f MiB\n", name, s[int((NR + 1) / 2)], s[1], s[NR], kib / 1024 }'
}

echo "decode, merge, diff of $files heap profiles of $(($(stat -c %s "$dir/1.pb.gz") / 1000)) kB"
command -v python3 >/dev/null || { echo "not measured: python3 is missing"; exit 0; }
peer=$(command -v go >/dev/null && go version | cut -d' ' -f3)
for round in 1 2 3 4 5; do
	order="ours peer"; [ $((RANDOM % 2)) -eq 0 ] && order="peer ours"
	for who in $order; do
		case $who in
		ours) measure "$tool" diff alloc_space "$half" "${head[@]}" "${base[@]}" >>"$dir/ours" ;;
		peer) [ -n "$peer" ] && measure "$(go tool -n pprof)" -symbolize=none -proto -output="$dir/out.pb.gz" \
			"${bases[@]}" "${head[@]}" >>"$dir/peer" ;;
		esac
	done
done
report stoker "$dir/ours"
if [ -n "$peer" ]; then report "pprof ($peer)" "$dir/peer"; else echo "go tool pprof: not measured"; fi
