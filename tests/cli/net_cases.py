"""Where requests go and how: TLS, mapped names, deny lists, digest, connections, proxies: `stoker load` against servers of
Python's own ssl and http.server. usage: net_cases.py"""
import os
import subprocess
import sys
import tempfile
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
STOKER = os.path.abspath(os.environ.get("STOKER") or os.path.join(os.environ.get("BUILD", "build"), "stoker"))

NO_PROXIES = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}

SCRIPT = """
local stoker = require "stoker"
return stoker.load {
	%s
	vus = 1, iterations = %d,
	default = function()
		%s
	end,
}
"""
PRINT = 'local r = stoker.http.get(%s) print(r.status, r.error_code, r.body)'


def openssl(folder, *args):
    subprocess.run(["openssl", *args], cwd=folder, check=True, stderr=subprocess.DEVNULL)


def make_keys(folder):
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    openssl(folder, "req", "-x509", *key, "-subj", "/CN=ca", "-keyout", "ca.key", "-out", "ca.pem")
    for name, alt in (("server", "subjectAltName=DNS:shop.test"), ("client", "subjectAltName=DNS:client")):
        openssl(folder, "req", *key, "-subj", "/CN=" + name, "-keyout", name + ".key", "-out", name + ".csr")
        with open(folder + "/ext", "w") as ext:
            ext.write(alt)
        openssl(folder, "x509", "-req", "-days", "2", "-in", name + ".csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                "-CAcreateserial", "-extfile", "ext", "-out", name + ".pem")


class World:
    def __init__(self, folder):
        self.folder = folder
        make_keys(folder)
        self.server = subprocess.Popen([sys.executable, HERE + "/net_server.py", folder], stdin=subprocess.PIPE,
                                       stdout=subprocess.PIPE, text=True)
        self.wanted, self.old, self.digest, self.plain, self.proxy = (
            int(self.server.stdout.readline()) for _ in range(5))

    def load(self, options, url, iterations=1, **env):
        return self.script(options, PRINT % url, iterations, **env)

    def script(self, options, body, iterations=1, **env):
        with open(self.folder + "/script.lua", "w") as file:
            file.write(SCRIPT % (options, iterations, body))
        done = subprocess.run([STOKER, "load", "script.lua", "-q", "--allow-host", "*"], cwd=self.folder,
                              capture_output=True, text=True, timeout=60, env={**NO_PROXIES, **env})
        return done.stdout + done.stderr


CA = 'tls_ca = stoker.file "ca.pem", hosts = { ["shop.test"] = "127.0.0.1" },'
CERT = 'tls_auth = { { cert = stoker.file "client.pem", key = stoker.file "client.key"%s } },'


def has(text, out):
    assert text in out, "%r is not in:\n%s" % (text, out)


# k6 5.5, 10: unknown authority 1310; `insecureSkipTLSVerify` | `insecure_skip_tls_verify`; `tls_ca` |
# authorities of one's own by option
def unknown_authority_is_1310_unless_skipped(w):
    url = '"https://shop.test:%d/"' % w.old
    has("0\t1310\tnil", w.load('hosts = { ["shop.test"] = "127.0.0.1" },', url).replace("0\t1310\t\n", "0\t1310\tnil"))
    has("200\t0\tshop.test", w.load(CA, url))
    has("200\t0\t", w.load('insecure_skip_tls_verify = true, hosts = { ["shop.test"] = "127.0.0.1" },', url))


# k6 2.5: certificate of another host: 1311 | the same | -
def other_name_is_1311(w):
    has("0\t1311\t", w.load(CA, '"https://127.0.0.1:%d/"' % w.old))


# k6 5.5: `tlsAuth` with `domains` | `tls_auth` | -
def client_certificate_is_given_to_its_hosts(w):
    url = '"https://shop.test:%d/"' % w.wanted
    has("0\t1", w.load(CA, url))
    has("200\t0\tshop.test", w.load(CA + CERT % "", url))
    has("0\t1", w.load(CA + CERT % ', domains = { "*.other.test" }', url))
    has("200\t0\tshop.test", w.load(CA + CERT % ', domains = { "shop.test" }', url))


# k6 5.5: `tlsVersion` text or `{ min, max }` | `tls_version` | -
def tls_version_is_the_scripts(w):
    url = '"https://shop.test:%d/"' % w.old
    has("200\t0\t", w.load(CA + 'tls_version = "tls1.2",', url))
    has("0\t13", w.load(CA + 'tls_version = { min = "tls1.3" },', url))
    has("min tls1.3 is above max tls1.2", w.load(CA + 'tls_version = { min = "tls1.3", max = "tls1.2" },', url))


# k6 5.2, 17: `auth: 'digest'` | `auth = { user, password, digest = true }` | both exchanges are one request in
# the metrics
def digest_answers_the_servers_question(w):
    url = '"http://127.0.0.1:%d/x?y=1", { auth = { user = "ann", password = %s, digest = true } }'
    has("200\t0\tin", w.load("", url % (w.digest, '"secret"')))
    has("401\t1401\twho?", w.load("", url % (w.digest, '"wrong"')))


# k6 5.5: `blockHostnames` 1111, `blacklistIPs` 1110 | the same | -
def deny_lists_refuse(w):
    url = '"http://127.0.0.1:%d/"' % w.plain
    has("0\t1110\t", w.load('blacklist_ips = { "10.0.0.0/8", "127.0.0.0/8" },', url))
    has("0\t1111\t", w.load('block_hostnames = { "*.ads.test" },', '"http://x.ads.test/"'))
    has("200\t0\t", w.load('blacklist_ips = "10.0.0.0/8",', url))
    has("no range of addresses", w.load('blacklist_ips = "ten",', url))


# k6 5.4: `noConnectionReuse`, `noVUConnectionReuse` | the same | -
def connections_are_used_again_as_asked(w):
    body = 'local a, b = stoker.http.get(%s), stoker.http.get(%s) print(a.body, b.body)' % ((
        '"http://127.0.0.1:%d/"' % w.plain,) * 2)
    count = lambda out: int(out.split()[-1])
    before = count(w.script("", body))
    one = count(w.script("", body, 3))
    each_vu = count(w.script("no_vu_connection_reuse = true,", body, 3))
    each = count(w.script("no_connection_reuse = true,", body, 3))
    assert (one - before, each_vu - one, each - each_vu) == (1, 3, 6), (before, one, each_vu, each)


# k6 5.5: `userAgent`, `discardResponseBodies` | the same | `discard = false` keeps one
def user_agent_and_discard_are_the_scripts(w):
    url = '"http://127.0.0.1:%d/"' % w.plain
    has("127.0.0.1 shop/2 ", w.load('user_agent = "shop/2",', url))
    has("127.0.0.1 - ", w.load('user_agent = "",', url))
    has("200\t0\tnil", w.load("discard_response_bodies = true,", url))
    has("200\t0\t127.0.0.1", w.load("discard_response_bodies = true,", url + ", { discard = false }"))


# k6 5.4: proxies of the environment: `HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`, in capitals or not | the same, and
# `ALL_PROXY` | -
def proxies_are_those_of_the_environment(w):
    proxy = "http://127.0.0.1:%d" % w.proxy
    plain, tls = '"http://x.test:81/a?b"', '"https://shop.test:8443/"'
    hosts = 'hosts = { ["x.test"] = "127.0.0.1:%d" },' % w.plain
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        has("200\t0\tGET http://x.test:81/a?b", w.load("", plain, **{name: proxy}))
    has("Basic YW5uOnNlY3JldA==", w.load("", plain, HTTP_PROXY=proxy.replace("//", "//ann:secret@")))
    # the proxy looks names up; straight it is for NO_PROXY and for this machine
    has("200\t0\tGET http", w.load(hosts, plain, HTTP_PROXY=proxy))
    has("200\t0\tx.test ", w.load(hosts, plain, HTTP_PROXY=proxy, NO_PROXY="other.test,.test"))
    has("200\t0\t127.0.0.1 ", w.load("", '"http://127.0.0.1:%d/"' % w.plain, HTTP_PROXY=proxy))
    # TLS is between us and the server, through a tunnel, of whose answer nothing is seen
    for name in ("HTTPS_PROXY", "https_proxy"):
        has("200\t0\tshop.test", w.load(CA, tls, **{name: proxy}))
    has("200\tnil\tshop.test", w.script(CA, "local r = stoker.http.get(%s) print(r.status, r.headers['x-of-the-proxy'], "
                                       "r.body)" % tls, HTTPS_PROXY=proxy))
    has("CONNECT shop.test:8443", w.load("", plain, HTTP_PROXY=proxy))
    has("0\t1000\t", w.load("", '"https://closed.test/"', HTTPS_PROXY=proxy))
    has("0\t1200\t", w.load("", plain, HTTP_PROXY="http://127.0.0.1:1"))
    has("proxyconnect: Connection refused", w.load("", plain, HTTP_PROXY="http://127.0.0.1:1"))


# k6 6: server-sent events by an extension | `http.sse(url, opts, fn)` | -
def events_come_one_by_one(w):
    body = """local got = {}
        local r, n = stoker.http.sse("%s", { timeout = "20s" }, function(e)
            got[#got + 1] = e.type .. ":" .. e.id .. ":" .. e.data:gsub("\\n", "+")
            %s
        end)
        print(r.status, r.error, n, table.concat(got, " "), r.body)
        print(stoker.http.get("%s").status)"""
    for options, base in (("", "http://127.0.0.1:%d" % w.plain), (CA, "https://shop.test:%d" % w.old)):
        out = w.script(options, body % (base + "/events?ends", "", base + "/"))
        has("200\t\t3\tmessage::one up:7:a+b message:7:last\tnil\n200", out)
        out = w.script(options, body % (base + "/events", "return #got < 2", base + "/"))
        has("200\t\t2\tmessage::one up:7:a+b\tnil\n200", out)
        out = w.script(options, body % (base + "/events", "error 'no more'", base + "/"))
        has("no more", out)
        out = w.script(options, body % (base + "/events", "stoker.sleep(1)", base + "/"))
        has("waits, and cannot do so", out)
        out = w.script(options, 'print(pcall(stoker.http.sse, "%s", nil, function() error "x" end)) stoker.sleep(0.2) '
                       'print(stoker.http.get("%s").status)' % (base + "/events", base + "/"))
        has("\n200", out)


# What a request borrows lives as long as it does, whatever the function does with the options.
def a_stream_keeps_what_it_was_given(w):
    body = """local kept = setmetatable({ stoker.http.new_cookie_jar() }, { __mode = "v" })
        local options = { jar = kept[1] }
        stoker.http.sse("%s", options, function()
            options.jar = nil
            for i = 1, 300000 do local garbage = { i } end
            print(kept[1] ~= nil)
        end)"""
    out = w.script("", body % ("http://127.0.0.1:%d/events?ends" % w.plain))
    has("true\ntrue\ntrue\n", out)


CASES = [events_come_one_by_one, a_stream_keeps_what_it_was_given, unknown_authority_is_1310_unless_skipped, other_name_is_1311, client_certificate_is_given_to_its_hosts,
         tls_version_is_the_scripts, digest_answers_the_servers_question, deny_lists_refuse,
         connections_are_used_again_as_asked, proxies_are_those_of_the_environment, user_agent_and_discard_are_the_scripts]


def main():
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        world = World(folder)
        for case in CASES:
            try:
                case(world)
            except Exception:
                failed += 1
                print("FAIL %s\n%s" % (case.__name__, traceback.format_exc()))
        world.server.stdin.close()
        world.server.wait()
    print("%d passed, %d failed" % (len(CASES) - failed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
