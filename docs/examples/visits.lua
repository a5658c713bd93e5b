-- What one visitor does: one request an iteration.
local stoker = require "stoker"
local http, check = stoker.http, stoker.check

return stoker.load {
	duration = "10s",
	default = function()
		local n = stoker.vu.iter
		local r = n % 3 == 0 and http.get("/products?page=" .. n % 40, { name = "list_products" })
			or http.get("/products/" .. n % 200 + 1, { name = "show_product" })
		check(r, { status = 200 })
	end,
	thresholds = { checks = "rate>0.99" },
}
