-- stoker.group: a stretch of an iteration under a name.
local raw = require "_metrics"

--- Call fn(...) and return what it returns; nested names are joined by "::".
---@param name string
---@param fn function
return function(name, fn, ...)
	local left <close> = raw.enter_group(name, fn)
	return fn(...)
end
