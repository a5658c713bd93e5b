-- soak: what a load script does all day: small and large answers, posts, redirects, failures, checks, metrics, cookies.
local stoker = require "stoker"
local http, check = stoker.http, stoker.check
local trend, count = stoker.metrics.trend "soak_trend", stoker.metrics.counter "soak_count"

return stoker.load {
	base_url = stoker.env "BASE_URL",
	vus = tonumber(stoker.env("VUS", "50")), duration = stoker.env "DURATION",
	thresholds = { checks = "rate==1", ["http_reqs{status:404}"] = "count>=0", ["http_reqs{status:302}"] = "count>=0",
		["http_reqs{status:201}"] = "count>=0" },
	default = function()
		for _ = 1, 20 do
			check(http.get("/small", { tags = { kind = "small" } }), { status = 200 })
		end
		check(http.get "/large", { status = 200 })
		check(http.get("/nothing", { expect = { 404 } }), { status = 404 })
		check(http.get "/redirect", { status = 200 })
		check(http.post("/posted", { json = { a = 1 } }), { status = 201 })
		if stoker.random(40) == 1 then
			check(http.get "/closes", { status = 200 })
		end
		trend:add(1) count:add(1)
	end,
}
