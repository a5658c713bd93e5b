-- What bench_load.sh runs: one request, two checks.
local stoker = require "stoker"
local http, check = stoker.http, stoker.check
return stoker.load {
	base_url = stoker.env "BASE_URL",
	thresholds = { http_req_failed = "rate<0.01" },
	default = function()
		local r = http.get("/", { name = "root" })
		check(r, { status = 200, { "has a body", function(a) return #a.body > 0 end } })
	end,
}
