-- Users from a file: read once, shared by all virtual users.
local stoker = require "stoker"
local http, check = stoker.http, stoker.check

local users = stoker.data.csv "users.csv"

return stoker.load {
	base_url = stoker.env("BASE_URL", "http://127.0.0.1:8080"),
	vus = 3,
	iterations = 9,
	default = function()
		local user = users[stoker.random(#users)]
		local r = http.post("/login", { json = { user = user.name } }, { tags = { plan = user.plan } })
		check(r, { status = 200, json = { ["/user"] = user.name } })
		stoker.sleep("10ms")
	end,
}
