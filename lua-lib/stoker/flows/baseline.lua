-- baseline: a running target against what was kept of the base branch; this run is kept in turn.
return function(w)
	local load = w:load("load", w.opts.load)
	local base, why = w:baseline()
	for _, kind in ipairs(w.profiles) do
		if base then
			local rows, reason = w:compare { base = base, head = load, profile = kind }
			if not rows then
				w:warn(("%s is not compared: %s"):format(kind, reason))
			end
		end
	end
	if not base then
		w:warn(why)
	end
	local kept, reason = w:save_baseline(load)
	w:note(kept and ("kept as the baseline of " .. kept) or ("not kept as a baseline: " .. reason))
end
