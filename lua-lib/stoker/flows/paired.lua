-- paired: the same load at base and head in turn, then base against head per profile.
return function(w)
	local sides = w:abba(w.opts.load)
	for _, kind in ipairs(w.profiles) do
		w:compare { base = sides.base, head = sides.head, profile = kind }
	end
end
