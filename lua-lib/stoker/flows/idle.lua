-- idle: what does load cost, beside a window without load; hotspots, no regression verdict.
return function(w)
	local idle = w:window("idle", w.opts.idle or w:slices(4))
	local load = w:load("load", w.opts.load)
	for _, kind in ipairs(w.profiles) do
		local rows, why = w:hotspots { profile = kind, idle = idle, load = load }
		if not rows then
			w:warn(("no hotspots of %s: %s"):format(kind, why))
		end
	end
	if not w.opts.baselines then
		return
	end
	local base, why = w:baseline() -- what mode baseline has kept
	for _, kind in ipairs(w.profiles) do
		if base then
			w:compare { base = base, head = load, profile = kind }
		end
	end
	if not base then
		w:note("not compared with a baseline: " .. why)
	end
end
