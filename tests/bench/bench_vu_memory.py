#!/usr/bin/env python3
"""Memory of a virtual user with its own globals, coroutine and connection: the peak of the process with
many of them less its peak with few, by their number, while they send as fast as they can.

--write puts the figure into docs/benchmarks.md.
"""
import argparse
import datetime
import os
import resource
import shutil
import tempfile

import bench_load

FEW = 50


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--stoker", default=os.environ.get("STOKER", "build/stoker"))
    parser.add_argument("--vus", type=int, default=5000)
    parser.add_argument("--seconds", type=int, default=6)
    parser.add_argument("--write", metavar="FILE")
    args = parser.parse_args()
    if not shutil.which("nginx"):
        print("memory of a VU  not measured: nginx is missing")
        return
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(20000, most), most))
    b = bench_load.Bench(args)
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        b.server = bench_load.Server(folder)
        try:
            _, _, few_mb = bench_load.run_stoker(b, bench_load.CASES[0], FEW)
            count, _, many_mb = bench_load.run_stoker(b, bench_load.CASES[0], args.vus)
        finally:
            b.server.stop()
    kb = (many_mb - few_mb) * 1024 / (args.vus - FEW)
    line = (f"{datetime.date.today()}, stoker {b.versions['stoker']}: {kb:.1f} KB a virtual user "
            f"({few_mb:.0f} MB at {FEW}, {many_mb:.0f} MB at {args.vus:,}, {count:,} requests).")
    print(line)
    if args.write:
        bench_load.write(args.write, [line], "bench_vu_memory")


if __name__ == "__main__":
    main()
