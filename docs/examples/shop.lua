-- Two scenarios, a login in setup, thresholds, metrics of one's own.
local stoker = require "stoker"
local http, check, group, sleep = stoker.http, stoker.check, stoker.group, stoker.sleep

local errors = stoker.metrics.rate "errors"
local latency = stoker.metrics.trend("order_latency", { time = true })

local function browse(ctx)
	group("browse", function()
		local r = http.get("/products", { name = "get_products", headers = ctx.headers })
		local ok = check(r, {
			status = 200,
			max_ms = 500,
			{ "has products", function(answer) return #answer:json("/products") > 0 end },
		})
		errors:add(not ok)
		sleep(0.05, 0.1)
		local order = http.post("/cart", { json = { product_id = r:json("/products/0/id") } },
			{ name = "add_to_cart", headers = ctx.headers })
		latency:add(order.timings.duration)
	end)
end

return stoker.load {
	base_url = stoker.env("BASE_URL", "http://127.0.0.1:8080"),
	scenarios = {
		browsers = { executor = "constant-vus", vus = 5, duration = "2s", exec = browse },
		partners = {
			executor = "constant-arrival-rate", rate = 20, duration = "2s", pre_allocated_vus = 5,
			max_vus = 20,
			exec = function() http.get("/inventory", { name = "inventory" }) end,
		},
	},
	thresholds = {
		http_req_duration = { "p(95)<800", { "p(99)<1500", abort = true, delay = "30s" } },
		["http_req_duration{name:get_products}"] = "p(95)<300",
		checks = "rate>0.99",
		errors = "rate<0.01",
	},
	setup = function()
		local r = http.post("/login", { json = { user = "load", password = stoker.secret "TEST_PASSWORD" } })
		if not check(r, { status = 200 }) then stoker.fail("login: " .. r.status) end
		return { headers = { Authorization = "Bearer " .. r:json("/token") } }
	end,
	teardown = function(ctx)
		http.delete("/test-data", { headers = ctx.headers })
	end,
}
