-- One virtual user, one request, one check.
local stoker = require "stoker"
local http, check = stoker.http, stoker.check

return stoker.load {
	base_url = stoker.env("BASE_URL", "http://127.0.0.1:8080"),
	default = function()
		local r = http.get("/products", { name = "get_products" })
		check(r, { status = 200, max_ms = 500 })
	end,
}
