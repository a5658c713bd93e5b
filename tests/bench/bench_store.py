"""bench_store: CPU seconds that a profile server needs per push. Called by bench_store.sh: STOKER DIR ROUNDS [PYROSCOPE]."""
import gzip, http.client, os, random, shutil, signal, statistics, subprocess, sys, threading, time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fixtures", "pyroscope", "tools"))
from wire import fbytes, fint, fpacked, push_pb  # noqa: E402

stoker, folder, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
peer = sys.argv[4] if len(sys.argv) > 4 else ""
THREADS, TICK = 4, os.sysconf("SC_CLK_TCK")


def profile(seed, samples, functions, types, period, time_ns):
    """A profile with the shape of a Go service's: stacks of 8 to 30 frames, values that vary."""
    rng, texts = random.Random(seed), [""]
    for t, u in types + [period]:
        texts += [t, u]
    names = {i: len(texts) + 2 * (i - 1) for i in range(1, functions + 1)}
    for i in range(1, functions + 1):
        texts += ["github.com/example/service/internal/p%d.(*T%d).Method%d" % (rng.randrange(40), i, rng.randrange(999)), "/src/internal/p%d/f%d.go" % (i % 40, i)]
    at = {t: i for i, t in enumerate(texts)}
    pair = lambda tu: fint(1, at[tu[0]]) + fint(2, at[tu[1]])
    out = b"".join(fbytes(1, pair(t)) for t in types)
    for _ in range(samples):
        stack = [1 + min(int(rng.expovariate(5 / functions)), functions - 1) for _ in range(rng.randrange(8, 30))]
        out += fbytes(2, fpacked(1, stack) + fpacked(2, [rng.randrange(1, 1 << 20) for _ in types]))
    out += fbytes(3, fint(1, 1) + fint(7, 1))
    for i in range(1, functions + 1):
        out += fbytes(4, fint(1, i) + fint(2, 1) + fint(3, 4194304 + 97 * i) + fbytes(4, fint(1, i) + fint(2, 10 + i)))
        out += fbytes(5, fint(1, i) + fint(2, names[i]) + fint(3, names[i]) + fint(4, names[i] + 1))
    out += b"".join(fbytes(6, t) for t in texts)
    return gzip.compress(out + fint(9, time_ns) + fbytes(11, pair(period)) + fint(12, 524288), 6)


def cpu(pid):
    with open("/proc/%d/stat" % pid) as f:
        part = f.read().rsplit(")", 1)[1].split()
    return (int(part[11]) + int(part[12])) / TICK


def push_all(port, body, count):
    slow, lock = [], threading.Lock()

    def one_thread(n):
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for _ in range(n):
            begun = time.monotonic()
            link.request("POST", "/push.v1.PusherService/Push", body, {"Content-Type": "application/proto"})
            answer = link.getresponse()
            answer.read()
            if answer.status != 200:
                sys.exit("bench_store: a push was answered %d" % answer.status)
            with lock:
                slow.append(time.monotonic() - begun)
    threads = [threading.Thread(target=one_thread, args=(count // THREADS,)) for _ in range(THREADS)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return slow


def run_stoker(body, count):
    data = os.path.join(folder, "data")
    shutil.rmtree(data, ignore_errors=True)
    server = subprocess.Popen([stoker, "serve", "--listen", "127.0.0.1:0", "--data", data], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    port = int(server.stdout.readline().split(",")[0].rsplit(":", 1)[1])
    push_all(port, body, THREADS)
    before = cpu(server.pid)
    slow = push_all(port, body, count)
    used = cpu(server.pid) - before
    server.send_signal(signal.SIGINT)
    server.wait()
    return len(slow) / max(used, 1 / TICK), statistics.median(slow) * 1000


def run_peer(body, count):
    data = os.path.join(folder, "peer")
    shutil.rmtree(data, ignore_errors=True)
    port = 20000 + random.randrange(20000)
    flags = ["-server.http-listen-address=127.0.0.1", "-server.http-listen-port=%d" % port, "-server.grpc-listen-address=127.0.0.1",
             "-server.grpc-listen-port=%d" % (port + 1), "-memberlist.bind-addr=127.0.0.1", "-memberlist.bind-port=%d" % (port + 2),
             "-self-profiling.disable-push=true", "-usage-stats.enabled=false", "-validation.reject-older-than=0",
             "-ingester.min-ready-duration=0s", "-ingester.lifecycler.addr=127.0.0.1", "-pyroscopedb.data-path=" + data,
             "-storage.filesystem.dir=" + data + "-shared", "-compactor.data-dir=" + data + "-compactor",
             "-blocks-storage.bucket-store.sync-dir=" + data + "-sync"]
    server = subprocess.Popen([peer] + flags, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)
    try:
        for _ in range(600):
            try:
                link = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
                link.request("GET", "/ready")
                if link.getresponse().status == 200:
                    break
            except OSError:
                pass
            if server.poll() is not None:
                return None
            time.sleep(0.1)
        else:
            return None
        push_all(port, body, THREADS)
        before = cpu(server.pid)
        slow = push_all(port, body, count // 8)
        return len(slow) / max(cpu(server.pid) - before, 1 / TICK), statistics.median(slow) * 1000
    finally:
        server.kill()
        server.wait()


def show(name, rows):
    rates, waits = [r[0] for r in rows], [r[1] for r in rows]
    print("%-28s %6.0f pushes per CPU-second  [%.0f, %.0f]   acknowledged after %.1f ms [%.1f, %.1f]" % (
        name, statistics.median(rates), min(rates), max(rates), statistics.median(waits), min(waits), max(waits)))


now = time.time_ns()
heap = profile(1, 700, 500, [("alloc_objects", "count"), ("alloc_space", "bytes"), ("inuse_objects", "count"), ("inuse_space", "bytes")], ("space", "bytes"), now)
busy = profile(2, 150, 190, [("samples", "count"), ("cpu", "nanoseconds")], ("cpu", "nanoseconds"), now)
kinds = {"heap %.0f KB" % (len(heap) / 1000): (heap, "memory"), "cpu %.0f KB" % (len(busy) / 1000): (busy, "process_cpu")}
jobs = [(k, p) for k in kinds for p in (["stoker", "pyroscope"] if peer else ["stoker"])] * rounds
random.shuffle(jobs)
results = {}
for kind, program in jobs:
    body, name = kinds[kind]
    message = push_pb([([("__name__", name), ("service_name", "bench")], [body])])
    row = (run_stoker if program == "stoker" else run_peer)(message, 2000)
    if row:
        results.setdefault((kind, program), []).append(row)
for kind in kinds:
    show("stoker    " + kind, results[kind, "stoker"])
    if (kind, "pyroscope") in results:
        show("pyroscope " + kind, results[kind, "pyroscope"])
    else:
        print("%-28s not measured%s" % ("pyroscope " + kind, "" if peer else " (no Pyroscope: `make peers`, or PYROSCOPE=FILE)"))
