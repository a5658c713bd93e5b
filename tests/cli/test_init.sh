#!/bin/bash
# `stoker init`: what it writes runs, what is there stays.
set -u
STOKER=$(realpath "${STOKER:-${BUILD:-build}/stoker}")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
passed=0 failed=0
ok() { # name command…
	local name=$1
	shift
	if "$@" >"$work/.log" 2>&1; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAIL $name"; cat "$work/.log"; fi
}
mkdir -p shop/cmd/shop
printf 'module example.com/shop\n' >shop/go.mod
printf 'package main\nimport _ "net/http/pprof"\nfunc main() {\n\thttp.HandleFunc("/orders", f)\n\thttp.ListenAndServe(os.Getenv("ADDR"), nil)\n}\n' >shop/cmd/shop/main.go
"$STOKER" init --dry-run shop >dry
ok "a dry run prints all four" test "$(grep -c '^--- ' dry)" = 4
ok "and writes none" test ! -e shop/stoker.lua
"$STOKER" init shop >out
ok "it says what it saw" grep -q '^Looked here: go.mod (module shop), cmd/shop, net/http/pprof imported$' out
ok "it says what it wrote" test "$(grep -c '^wrote ' out)" = 4
ok "and what comes next" grep -qx 'next  stoker check' out
ok "the address is the port's" grep -q 'ADDR = "127.0.0.1:{port}"' shop/stoker.lua
ok "the CI file fetches the merge base" grep -q 'fetch-depth: 0' shop/.github/workflows/stoker.yml
commit=0123456789abcdef0123456789abcdef01234567
"$STOKER" init --dry-run --stoker https://github.com/acme/stoker@$commit shop >dry
ok "CI gets stoker from there" test "$(grep -c "uses: acme/stoker/ci-templates/github@$commit$" dry)" = 2
"$STOKER" init --dry-run --stoker "https://github.com/acme/st oker@$commit" shop >out 2>err
ok "a place that is none is 2" test $? = 2
ok "and it says what is wanted" grep -q "option '--stoker'.*https://HOST/OWNER/NAME@COMMIT is wanted" err
# the load script is one: nobody listens, so its own threshold stops it with 99
"$STOKER" load -u 1 -i 1 -e BASE_URL=http://127.0.0.1:9 shop/load/shop.lua >load 2>&1
ok "the load script runs" test $? = 99
# the workflow is read: what fails is the build, not a key
(cd shop && PATH=/usr/bin:/bin "$STOKER" run stoker.lua) >run 2>&1
ok "the workflow is understood" test $? != 4
echo mine >shop/stoker.lua
"$STOKER" init shop >out
ok "what is there is kept" grep -q '^kept  *stoker.lua .*not touched' out
ok "with its text" grep -qx mine shop/stoker.lua
"$STOKER" init --force shop >/dev/null
ok "--force writes over it" grep -q stoker.workflow shop/stoker.lua
# names of files are a stranger's
mkdir -p odd/load && cp shop/go.mod odd/ && cp -r shop/cmd odd/
printf "import http from 'k6/http';\nhttp.get('/a');\n" >"odd/load/$(printf 'x\033[31m"\\y').js"
"$STOKER" init --dry-run odd >dry
ok "no escape of a name comes out of a dry run" test "$(tr -cd '\033' <dry | wc -c)" = 0
"$STOKER" init odd >out
ok "nor of what was written" test "$(tr -cd '\033' <out | wc -c)" = 0
ok "the k6 script may stay" grep -q 'or keep load/x' out
mkdir empty
"$STOKER" init empty >out 2>err
ok "nothing recognised is 3" test $? = 3
ok "with advice" grep -q 'no service was recognised' err
echo "$passed passed, $failed failed"
[ $failed = 0 ]
