-- A flow of one's own over the verbs: the dearest function at two loads.
local stoker = require "stoker"

return stoker.workflow {
	name = "two loads",
	service = stoker.service {
		start = { stoker.env("STOKER", "stoker"), "demo-shop", "--port", "{port}", "--push", "{push_url}",
			"--version", "1.0", "--slice", "2" },
		ready = "/healthz",
	},
	profiles = { "cpu" },
	run = function(w)
		for _, rate in ipairs { 50, 200 } do
			local load = w:load("at " .. rate, { script = "visits.lua", rate = rate, duration = "8s" })
			local profile, why = w:pull { profile = "cpu", window = load }
			if profile then
				local top = profile:top(1)[1]
				w:note(("at %d/s %s is the dearest: %.0f %%"):format(rate, top.name, 100 * top.self / profile.total))
			else
				w:warn(why)
			end
		end
	end,
}
