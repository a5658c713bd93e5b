-- Base and head of a service, the same load in turn, then which functions got dearer per request.
local stoker = require "stoker"
local exe = stoker.env("STOKER", "stoker") -- the demo's shop stands for your service

local function shop(version, plant)
	return stoker.service {
		title = "shop " .. version,
		start = { exe, "demo-shop", "--port", "{port}", "--push", "{push_url}", "--version", version,
			"--slice", "2", "--plant", plant },
		ready = "/healthz",
	}
end

return stoker.workflow {
	name = "shop",
	sides = { base = shop("1.0", "none"), head = shop("1.1", "fixed") },
	load = { script = "visits.lua", rate = "200/s", pairs = 6, warmup = "10s" },
	profiles = { "cpu", "alloc_space" },
	gate = { cpu = "+5%", p95 = "+20%", errors = "0.5pt" },
}
