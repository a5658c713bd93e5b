-- Errors, closes and yields through each other: what a VU leaves behind must not reach the next.
local stoker = require "stoker"
local http, group = stoker.http, stoker.group

local closed = 0

return stoker.load {
	base_url = stoker.env "BASE_URL",
	scenarios = { one = { executor = "per-vu-iterations", vus = 2, iterations = 6, exec = function()
		local ok, why = pcall(group, "a", function()
			local guard <close> = setmetatable({}, { __close = function()
				closed = closed + 1
				assert(http.get("/text").body == "hello") -- waits while unwinding
			end })
			group("b", function() error({ code = 7 }) end)
		end)
		assert(not ok and why.code == 7)
		assert(closed == stoker.vu.iter + 1, closed)
		local co = coroutine.wrap(function() coroutine.yield(1) coroutine.yield(2) end)
		assert(co() == 1 and co() == 2)
		assert(http.get("/text").ok)
	end } },
}
