"""`stoker run` of a Go service at two commits: rows are linked to the lines that the branch changed. usage: run_links.py [CASE ...]

Two pairs are too few for verdicts, and enough to see who calls what. The sources are those of tests/fixtures/links, in a folder of the repository, with a server around them.
"""
import os
import shutil

import run_lib
from run_lib import check_code, judged, shell

FIXTURE = os.path.join(run_lib.HERE, "..", "fixtures", "links")
SERVER = """package main

import (
	"net/http"
	_ "net/http/pprof"
	"os"

	"example.com/shop/internal/order"
)

func work(w http.ResponseWriter, r *http.Request) {
	o := order.Order{ID: 7, Items: []string{"bread", "butter", "jam"}}
	for i := 0; i < 400; i++ {
		order.Encode(o)
		o.ID += order.Price(o) & 1
	}
	w.Write([]byte(order.Label(o)))
}

func main() {
	http.HandleFunc("/work", work)
	http.HandleFunc("/healthz", func(w http.ResponseWriter, r *http.Request) {})
	panic(http.ListenAndServe("127.0.0.1:"+os.Args[1], nil))
}
"""
WORKFLOW = """local stoker = require "stoker"
return stoker.workflow {
  name = "shop",
  service = stoker.service {
    build = "GOFLAGS=-mod=mod GOTOOLCHAIN=local GOPROXY=off go build %s -o {out}/shop ./cmd/serve",
    start = "exec {out}/shop {port}", ready = "/healthz", ready_timeout = "60s",
    profile = stoker.scrape { "http://127.0.0.1:{port}", slice = "1s" },
  },
  load = { script = "../fake_load.lua", rate = "100/s", warmup = "2s", block = "6s", pairs = 2 },
  profiles = { "cpu" },
}
"""


def repository(case, flags):
    service = os.path.join(case.dir, "service")  # the module does not lie at the top
    shutil.copytree(os.path.join(FIXTURE, "base"), service)
    os.makedirs(os.path.join(service, "cmd", "serve"))
    case.write("service/cmd/serve/main.go", SERVER)
    case.write("service/stoker.lua", WORKFLOW % flags)
    case.write(".gitignore", "out[0-9]\nerr[0-9]\n")
    shell(case, "git init -q -b main && git add . && git commit -q -m base && git checkout -q -b topic")
    shutil.copytree(os.path.join(FIXTURE, "head"), service, dirs_exist_ok=True)
    shell(case, "git commit -q -a -m 'encode: check what was written'")


def rows(run, kind):
    return [row for row in run["comparisons"][0]["rows"] if row["link"]["kind"] == kind]


def run_and_check(case, flags):
    repository(case, flags)
    result = case.run("run", "service/stoker.lua")
    check_code(result, 0)
    run = case.record()
    assert run["comparisons"], result.out
    comparison = run["comparisons"][0]
    assert run["repository"]["files"] == 1 and run["repository"]["lines"] == 6, run["repository"]
    called = [row for row in rows(run, "called_from") if row["function"]["name"].startswith("encoding/json.(*decodeState)")]
    assert called, [(row["function"], row["link"]) for row in comparison["rows"]]
    for row in called:
        via = row["link"]["via"]
        assert via["path"] == "service/internal/order/encode.go" and via["line"] == 22, row
        assert via["name"] == "example.com/shop/internal/order.Encode", row
    price = [row for row in comparison["rows"] if row["function"]["name"].endswith("order.Price")][0]
    assert price["function"]["path"] == "service/internal/order/price.go", price
    assert price["function"]["line"] == 4 and price["link"]["kind"] == "unrelated", price
    assert not [row for row in comparison["rows"] if "partner" in row and row.get("reason") == "renamed"
                and row["partner"]["name"] == row["function"]["name"]], "one function taken for two"
    shown = case.run("report", "last", "--width", "160")
    check_code(shown, 0)
    for row in called:
        if row["function"]["name"] in shown.out:
            assert "called from encode.go:22" in shown.out, shown.out


@judged
def a_planted_line_is_named(case):
    run_and_check(case, "")


@judged
def with_trimpath_too(case):
    run_and_check(case, "-trimpath")


run_lib.set_git()
run_lib.main("run_links", [a_planted_line_is_named, with_trimpath_too], at_once=2)
