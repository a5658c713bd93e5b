-- What bench_load.py runs: one request, with two checks or none.
local stoker = require "stoker"
local http, check = stoker.http, stoker.check
local opts = { name = "root" }
local url = stoker.env "URL"

local function checked()
	local r = http.get(url, opts)
	check(r, { status = 200, { "has a body", function(a) return #a.body > 0 end } })
end

local function plain()
	http.get(url, { name = "root", discard = true })
end

return stoker.load {
	base_url = stoker.env "BASE_URL",
	thresholds = { http_req_failed = "rate<0.01" },
	insecure_skip_tls_verify = true,
	default = stoker.env("CHECKS", "1") == "1" and checked or plain,
}
