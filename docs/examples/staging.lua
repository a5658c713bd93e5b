-- A staging system that runs already: what load costs beside an idle window, and against what was kept of earlier commits.
local stoker = require "stoker"

return stoker.workflow {
	name = "staging",
	mode = "baseline",
	base = "main",
	target = { url = stoker.env "TARGET", service = stoker.env("SERVICE", "order-service") },
	source = stoker.pyroscope { url = stoker.env "PYROSCOPE_URL" }, -- with a token: token_env = "PYROSCOPE_TOKEN"
	load = { script = "shop.lua", rate = stoker.env("RATE", "100/s"), duration = stoker.env("DURATION", "5m") },
	idle = "2m",
	profiles = { "cpu" },
	baselines = stoker.baselines.git_notes {},
	run = function(w)
		local idle = w:window("idle", w.opts.idle)
		local load = w:load("load", w.opts.load)
		local base, why = w:baseline()
		for _, kind in ipairs(w.profiles) do
			w:hotspots { profile = kind, idle = idle, load = load }
			if base then
				w:compare { base = base, head = load, profile = kind }
			end
		end
		if not base then
			w:warn(why)
		end
		local kept, reason = w:save_baseline(load)
		w:note(kept and ("kept as the baseline of " .. kept) or ("not kept as a baseline: " .. reason))
	end,
}
