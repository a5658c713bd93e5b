"""`stoker load` against a real nginx: HTTP/2 by ALPN, TLS, codings, and bytes to the last one by nginx's own log.
usage: nginx_cases.py"""
import collections
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time

from net_cases import NO_PROXIES, STOKER, make_keys
from outputs_lib import run_cases

CONF = """
daemon off; master_process off; pid nginx.pid;
events {}
http {
	log_format own escape=json '{"request": "$request", "proto": "$server_protocol", "tls": "$ssl_protocol", "status": $status, '
		'"sent": $request_length, "received": $bytes_sent, "connection": $connection, "client": "$ssl_client_s_dn"}';
	access_log access.log own; client_body_temp_path body; proxy_temp_path p; fastcgi_temp_path f; uwsgi_temp_path u;
	scgi_temp_path s; ssl_certificate server.pem; ssl_certificate_key server.key; default_type text/plain;
	gzip on; gzip_min_length 1; gzip_types *; ssl_client_certificate ca.pem;
	server {
		listen 127.0.0.1:%(plain)d;
		listen 127.0.0.1:%(h2)d ssl http2;
		listen 127.0.0.1:%(tls12)d ssl;
		ssl_protocols TLSv1.2 TLSv1.3; root .;
		location = /ok { return 200 "ok $server_protocol"; }
		location = /moved { return 302 /ok; }
		location = /take { proxy_pass http://127.0.0.1:%(back)d; } # who reads bodies, and so counts them
		location /files/ { add_header X-Of https; }
		location = /files/hello.br { gzip off; add_header Content-Encoding br; }
		location = /files/hello.zst { gzip off; add_header Content-Encoding zstd; }
		location ~ ^/put/.*\.br$ { dav_methods PUT; gzip off; add_header Content-Encoding br; }
		location ~ ^/put/.*\.zst$ { dav_methods PUT; gzip off; add_header Content-Encoding zstd; }
		location = /private { auth_basic shop; auth_basic_user_file users; try_files /files/big =404; }
	}
	server { listen 127.0.0.1:%(back)d; access_log off; location / { return 200 "took"; } }
	server {
		listen 127.0.0.1:%(mutual)d ssl http2; ssl_verify_client on;
		location / { return 200 "$ssl_client_s_dn"; }
	}
}
"""
SCRIPT = """
local stoker = require "stoker"
local http = stoker.http
return stoker.load {
	base_url = "%s", tls_ca = stoker.file "ca.pem", hosts = { ["shop.test"] = "127.0.0.1" }, %s
	vus = %d, iterations = %d,
	default = function()
		%s
	end,
}
"""
FILES = {"big": b"some text of a file\n" * 3000, "hello.br": bytes.fromhex("0b028068656c6c6f03"),
         "hello.zst": bytes.fromhex("28b52ffd200529000068656c6c6f")}
PORTS = ("plain", "h2", "tls12", "mutual", "back")
Run = collections.namedtuple("Run", "out metrics points log")


class Nginx:
    """On ports that were free a moment ago: it is started again on others where somebody was faster."""

    def __init__(self, folder):
        self.folder = folder
        while not self.start():
            pass

    def start(self):
        sockets = [socket.create_server(("127.0.0.1", 0)) for _ in PORTS]
        self.ports = {name: one.getsockname()[1] for name, one in zip(PORTS, sockets)}
        for one in sockets:
            one.close()
        with open(self.folder + "/nginx.conf", "w") as file:
            file.write(CONF % self.ports)
        with open(self.folder + "/error.log", "w") as errors:
            self.process = subprocess.Popen(["/usr/sbin/nginx", "-p", self.folder, "-c", "nginx.conf", "-e", "stderr"],
                                            stderr=errors)
        while self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.ports["plain"]), 1).close()
                return True
            except OSError:
                time.sleep(0.01)
        with open(self.folder + "/error.log") as errors:
            said = errors.read()
        assert "Address already in use" in said, said
        return False

    def stop(self):
        """The log is whole when it has ended."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(60)
        with open(self.folder + "/access.log") as file:
            return [json.loads(line) for line in file]


class World:
    """Each run has an nginx of its own, so its log is that of the run."""

    def __init__(self, folder):
        self.folder = folder
        make_keys(folder)
        os.mkdir(folder + "/files")
        os.mkdir(folder + "/put")
        for name, data in FILES.items():
            with open(folder + "/files/" + name, "wb") as file:
                file.write(data)
        with open(folder + "/users", "w") as file:
            file.write("ann:{PLAIN}secret\n")

    def run(self, where, body, options="", vus=1, iterations=1, **env):
        nginx = Nginx(self.folder)
        base = ("http" if where == "plain" else "https") + "://shop.test:%d" % nginx.ports[where]
        with open(self.folder + "/script.lua", "w") as file:
            file.write(SCRIPT % (base, options, vus, iterations, body))
        done = subprocess.run([STOKER, "load", "script.lua", "-q", "--summary-export", "summary.json", "-o",
                               "json=out.ndjson"], cwd=self.folder, capture_output=True, text=True, timeout=60,
                              env={**NO_PROXIES, **env})
        log = nginx.stop()
        assert done.returncode == 0, done.stderr
        with open(self.folder + "/summary.json") as file:
            metrics = json.load(file)["metrics"]
        with open(self.folder + "/out.ndjson") as file:
            points = [line for line in map(json.loads, file) if line["type"] == "Point"]
        os.remove(self.folder + "/access.log")
        return Run(done.stderr, metrics, points, log)


def tags_of(run, metric):
    return [point["data"]["tags"] for point in run.points if point["metric"] == metric]


# k6 5.4: HTTP/2 by ALPN over TLS, `proto` `HTTP/2.0` | the same | the VUs of a worker share the connection
# k6 2.3: the tags `proto` and `tls_version` | the same | -
def http_2_is_spoken_where_it_is_offered(w):
    run = w.run("h2", "local r = http.get '/ok' print(r.status, r.proto, r.body) http.post('/take', ('x'):rep(9000)) "
                "http.head '/ok' print(#http.get('/files/big', { headers = { ['Accept-Encoding'] = 'gzip' } }).body)",
                vus=2, iterations=6)
    assert run.out.count("200\tHTTP/2.0\tok HTTP/2.0") == 6, run.out
    assert "60000" in run.out, run.out
    assert len(run.log) == 24 == run.metrics["http_reqs"]["count"]
    assert {(one["proto"], one["tls"]) for one in run.log} == {("HTTP/2.0", "TLSv1.3")}, run.log[0]
    assert len({one["connection"] for one in run.log}) <= 2, run.log
    assert all((tags["proto"], tags["tls_version"]) == ("HTTP/2.0", "tls1.3") for tags in tags_of(run, "http_req_duration"))
    one = w.run("tls12", "print(http.get('/ok').body)", 'tls_version = "tls1.2",')
    assert "ok HTTP/1.1" in one.out and [(tags["proto"], tags["tls_version"]) for tags in tags_of(one, "http_reqs")] == \
        [("HTTP/1.1", "tls1.2")], one
    assert "tls_version" not in tags_of(w.run("plain", "http.get '/ok'"), "http_reqs")[0]


# k6 5.1: a batch over HTTP/2 goes as streams of one connection | the same | -
def streams_share_a_connection(w):
    run = w.run("h2", "local all = {} for i = 1, 18 do all[i] = '/ok' end for _, r in ipairs(http.batch(all)) do "
                "assert(r.proto == 'HTTP/2.0' and r.ok) end")
    assert len(run.log) == 18 and len({one["connection"] for one in run.log}) == 1, run.log


WAYS = """http.get '/ok' http.get '/moved' http.head '/ok' http.get '/none'
		http.post('/take', ('x'):rep(100000)) http.put('/take', { json = { a = 1 } }, { headers = { ['X-Y'] = 'z' } })
		http.get('/files/big', { discard = true }) http.get('/private', { auth = { user = 'ann', password = 'secret' } })"""
CHUNKS = " http.get('/files/big', { headers = { ['Accept-Encoding'] = 'gzip' } })"


def compare_bytes(run, requests):
    assert len(run.log) == requests == run.metrics["http_reqs"]["count"], (len(run.log), run.metrics["http_reqs"])
    for ours, theirs in (("data_sent", "sent"), ("data_received", "received")):
        counted = sum(one[theirs] for one in run.log)
        assert run.metrics[ours]["count"] == counted, (ours, run.metrics[ours], counted)


# k6 2.1: `data_sent`, `data_received`: bytes of the connection, headers too | the same for plain http, to the byte |
# through libcurl (TLS, HTTP/2) the bytes of HTTP/1.1, without records, handshakes and the frames of chunks
def every_byte_is_counted(w):
    compare_bytes(w.run("plain", WAYS + CHUNKS, vus=3, iterations=9), 90)
    compare_bytes(w.run("plain", WAYS, vus=3, iterations=9, STOKER_TRANSPORT="curl"), 81)
    compare_bytes(w.run("tls12", WAYS, vus=3, iterations=9), 81)


# k6 5.4: br and zstd are unpacked | the same, when the script asks for them by Accept-Encoding | -
def codings_of_every_kind_are_undone(w):
    ask = "print(http.get('/files/hello.%s', { headers = { ['Accept-Encoding'] = '%s' } }).body)"
    run = w.run("plain", ask % ("br", "br, gzip") + ask % ("zst", "zstd"))
    assert run.out.count("hello") == 2, run.out


# k6 5.4: `compression: "br"`, `"zstd"` | `compress = "br"`, `"zstd"` | -
def bodies_are_packed_in_every_kind(w):
    """What nginx kept as it came is unpacked by libcurl."""
    pack = ("http.put('/put/a.%s', ('pack me '):rep(100), { compress = '%s' })\n"
            "print(http.get('/put/a.%s', { headers = { ['Accept-Encoding'] = '%s' } }).body)\n")
    run = w.run("plain", pack % ("br", "br", "br", "br") + pack % ("zst", "zstd", "zst", "zstd"))
    assert run.out.count("pack me " * 100) == 2, run.out
    sizes = [os.path.getsize(w.folder + "/put/a." + end) for end in ("br", "zst")]
    assert all(0 < size < 100 for size in sizes), sizes


def a_client_certificate_is_the_scripts(w):
    cert = 'tls_auth = { { cert = stoker.file "client.pem", key = stoker.file "client.key" } },'
    run = w.run("mutual", "print(http.get('/').body)", cert)
    assert "CN=client" in run.out and run.log[0]["client"] == "CN=client", run
    run = w.run("mutual", "print(http.get('/').status)")
    assert "400" in run.out, run.out


def main():
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(run_cases([http_2_is_spoken_where_it_is_offered, streams_share_a_connection, every_byte_is_counted,
                            codings_of_every_kind_are_undone, bodies_are_packed_in_every_kind, a_client_certificate_is_the_scripts], World(folder)))


main()
