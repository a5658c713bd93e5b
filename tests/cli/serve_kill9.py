"""serve_kill9: pushes, kill -9, restart, count. Called by serve_kill9.sh: STOKER DIR ROUNDS."""
import http.client, json, os, random, shutil, signal, subprocess, sys, threading

stoker, folder, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
seed = int(os.environ.get("SEED", random.randrange(1 << 30)))
rng = random.Random(seed)
PUSHES, THREADS, T0 = 1000, 4, 1795348800
TYPE = "process_cpu:cpu:nanoseconds:cpu:nanoseconds"


def start(data):
    server = subprocess.Popen([stoker, "serve", "--listen", "127.0.0.1:0", "--data", data],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    line = server.stdout.readline()
    if not line.startswith("listening on"):
        sys.exit("FAIL stoker serve does not start: %r" % line)
    return server, int(line.split(",")[0].rsplit(":", 1)[1])


def push_all(port, acknowledged, lock, kill_at, server):
    """Each push is one stack of its own, one second after the last; the number is in its name."""
    def one_thread(first):
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        for n in range(first, PUSHES, THREADS):
            try:
                link.request("POST", "/ingest?name=kill9.cpu&sampleRate=1000000000&from=%d" % (T0 + n), "main;f%d 1\n" % n)
                answer = link.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                return
            if answer.status != 200:
                return
            with lock:
                acknowledged.add(n)
                if len(acknowledged) == kill_at:
                    os.kill(server.pid, signal.SIGKILL)
    threads = [threading.Thread(target=one_thread, args=(i,)) for i in range(THREADS)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()


def stored(port):
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    body = json.dumps({"profileTypeID": TYPE, "labelSelector": '{service_name="kill9"}',
                       "start": T0 * 1000, "end": (T0 + PUSHES) * 1000, "maxNodes": 100000})
    link.request("POST", "/querier.v1.QuerierService/SelectMergeStacktraces", body, {"Content-Type": "application/json"})
    answer = link.getresponse()
    if answer.status != 200:
        sys.exit("FAIL query after the restart: %d %s" % (answer.status, answer.read()))
    names = json.loads(answer.read())["flamegraph"]["names"]
    return {int(name[1:]) for name in names if name[0] == "f"}


bad = 0
for turn in range(rounds):
    data = os.path.join(folder, "data")
    shutil.rmtree(data, ignore_errors=True)
    kill_at = rng.randrange(1, PUSHES)
    server, port = start(data)
    acknowledged, lock = set(), threading.Lock()
    push_all(port, acknowledged, lock, kill_at, server)
    server.kill()
    server.wait()
    server, port = start(data)
    found = stored(port)
    server.send_signal(signal.SIGINT)
    if server.wait(timeout=20) != 0:
        bad += 1
        print("FAIL round %d: the second server ended with %d" % (turn, server.returncode))
    lost = acknowledged - found
    if lost or len(acknowledged) < kill_at:
        bad += 1
        print("FAIL round %d: killed at %d, %d acknowledged, lost %s" % (turn, kill_at, len(acknowledged), sorted(lost)[:10]))
print("%s serve_kill9: %d of %d rounds kept every acknowledged push (seed %d)" % ("FAIL" if bad else "ok", rounds - bad, rounds, seed))
sys.exit(1 if bad else 0)
