-- Many VUs, but never more than 50 requests per second of all of them together, and only a third of it here.
local stoker = require "stoker"

return stoker.load {
	base_url = stoker.env("BASE_URL", "http://127.0.0.1:8080"),
	rps = 50,
	execution_segment = "0:1/3", -- as a rule from the command line: --execution-segment
	execution_segment_sequence = "0,1/3,2/3,1",
	scenarios = {
		browsers = { executor = "shared-iterations", vus = 6, iterations = 60,
			exec = function() stoker.http.get("/products", { name = "products" }) end },
	},
	thresholds = { http_reqs = "count==20" },
}
