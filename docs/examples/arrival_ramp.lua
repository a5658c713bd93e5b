-- Rising arrivals: 20 iterations per second, over one second up to 60, held for half a second.
local stoker = require "stoker"
local http, check = stoker.http, stoker.check

return stoker.load {
	base_url = stoker.env("BASE_URL", "http://127.0.0.1:8080"),
	scenarios = {
		buyers = {
			executor = "ramping-arrival-rate",
			start_rate = 20,
			stages = { { "1s", 60 }, { "500ms", 60 } },
			pre_allocated_vus = 20,
			max_vus = 80,
			exec = function() check(http.get("/products", { name = "products" }), { status = 200 }) end,
		},
	},
	thresholds = {
		checks = "rate>0.99",
		-- what a user would have waited, a late generator included: nothing is left out because all VUs were busy
		iteration_response = { threshold = "p(95)<5000", abort_on_fail = true, delay_abort_eval = "5s" },
	},
}
