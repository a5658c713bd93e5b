"""A small web service profiled by the published pyroscope-io SDK.

SIDE=head makes apply_rules dearer in CPU (by half) and build_report dearer in memory (by 60 %);
all else is as in SIDE=base. Environment: SIDE, PORT (listens on 127.0.0.1), PYROSCOPE_URL (where to
push; "" pushes nothing), SERVICE, MEM (1).
"""
import itertools
import os
import random
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

import pyroscope

HEAD = os.environ.get("SIDE", "base") == "head"
PAGES = 24 if HEAD else 15

# All numbers stay below 256: those are made once, so that only the two functions below allocate.
TABLE = bytes((i * 167 + 13) % 256 for i in range(256))
RULES = TABLE * (120 if HEAD else 80)
ITEMS = TABLE * 56
LINES = TABLE * 48


def apply_rules(price):
    """The function that head makes dearer in CPU."""
    x = price
    for rule in RULES:
        x = TABLE[x ^ rule]
    return x


def score_items(seed):
    best, h = 0, seed
    for item in ITEMS:
        h = TABLE[h ^ item]
        if h > best:
            best = h
    return best


def check_sum(seed):
    total = seed
    for line in LINES:
        total = TABLE[total] ^ line
    return total


# Uneven sizes: the SDK looks at memory in steps of even length, and would otherwise keep meeting
# the same places of a request.
SIZES = itertools.cycle([random.Random(i).randrange(1024, 15361) for i in range(997)])
REPORTS = itertools.cycle([random.Random(i).randrange(1, 2 * PAGES) for i in range(499)])
SHEETS = itertools.cycle([random.Random(i).randrange(1, 20) for i in range(503)])


def build_report(value):
    """The function that head makes dearer in memory."""
    pages = []
    for _ in range(next(REPORTS)):
        pages.append(bytearray(next(SIZES)))
    pages[0][0] = value
    return pages[0][0]


def make_page(value):
    parts = []
    for _ in range(next(SHEETS)):
        parts.append(bytearray(next(SIZES)))
    parts[-1][0] = value
    return len(parts) + parts[-1][0]


def order():
    x = apply_rules(47)
    best = score_items(x)
    total = check_sum(x)
    return "order %d %d %d %d\n" % (best, total, build_report(x), make_page(x))


def show_list():
    x = apply_rules(99)
    return "list %d %d\n" % (score_items(x), make_page(x))


PAGES_BY_PATH = {"/order": order, "/list": show_list, "/healthz": lambda: "ok\n"}


def labels_of(header):
    """The SDK takes no baggage by itself: the k6.* members as labels."""
    labels = {}
    for member in (header or "").split(","):
        key, _, value = member.split(";")[0].strip().partition("=")
        if key.startswith("k6.") and value:
            labels[key.replace(".", "_")] = unquote(value)
    return labels


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one write per answer
    disable_nagle_algorithm = True

    def do_GET(self):
        page = PAGES_BY_PATH.get(self.path.partition("?")[0])
        if page:
            with pyroscope.tag_wrapper(labels_of(self.headers.get("baggage"))):
                body = page().encode()
        else:
            body = b"no such page\n"
        self.send_response(200 if page else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def main():
    url = os.environ.get("PYROSCOPE_URL", "")
    if url:
        pyroscope.configure(
            application_name=os.environ.get("SERVICE", "peer-python"),
            server_address=url,
            tags={"side": "head" if HEAD else "base"},
            mem_enabled=os.environ.get("MEM", "1") == "1",
        )
    server = Server(("127.0.0.1", int(os.environ.get("PORT", "8084"))), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    if url:
        pyroscope.shutdown()
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    main()
