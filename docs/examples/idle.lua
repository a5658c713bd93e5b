-- One build: what does load cost, beside a window without load.
local stoker = require "stoker"

return stoker.workflow {
	name = "alone",
	mode = "idle",
	service = stoker.service {
		start = { stoker.env("STOKER", "stoker"), "demo-shop", "--port", "{port}", "--push", "{push_url}",
			"--version", "1.0", "--slice", "2" },
		ready = "/healthz",
	},
	load = { script = "visits.lua", rate = "100/s", duration = "10s" },
	profiles = { "cpu" },
	idle = "8s",
}
