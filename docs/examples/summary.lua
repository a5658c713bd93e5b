-- A summary of one's own: the usual text on the terminal, a line for a log, the figures as JSON.
local stoker = require "stoker"
local http, check = stoker.http, stoker.check

return stoker.load {
	base_url = stoker.env("BASE_URL", "http://127.0.0.1:8080"),
	vus = 2,
	iterations = 10,
	thresholds = { http_req_duration = "p(95)<2000" },
	setup = function()
		return { started_by = stoker.env("USER_NAME", "nobody") }
	end,
	default = function()
		check(http.get("/products", { name = "get_products" }), { status = 200 })
	end,
	summary = function(data)
		local duration = data.metrics.http_req_duration
		local line = string.format(
			"%s: %d requests, p95 %.1f ms, %s\n",
			data.setup_data.started_by,
			data.metrics.http_reqs.values.count,
			duration.values["p(95)"],
			duration.thresholds["p(95)<2000"].ok and "fast enough" or "too slow"
		)
		data.metrics.data_sent, data.metrics.data_received = nil, nil -- the text leaves them out
		return {
			stdout = stoker.summary.text(data, { indent = "  " }),
			stderr = line,
			[stoker.env("SUMMARY_FILE", "summary.json")] = stoker.json.encode(data, true),
		}
	end,
}
