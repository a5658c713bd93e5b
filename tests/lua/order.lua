-- Order never comes from the hash: checks, form fields, batch answers, scenarios.
local stoker = require "stoker"
local http, check = stoker.http, stoker.check

return stoker.load {
	base_url = stoker.env "BASE_URL",
	iterations = 5,
	default = function()
		local form = {}
		for i = 20, 1, -1 do form[("k%02d"):format(i)] = i end
		local body = http.post("/echo", { form = form }).body:match "\n\n(.*)"
		local at = 0
		for number in body:gmatch "k(%d+)=" do
			assert(tonumber(number) == at + 1)
			at = at + 1
		end
		assert(at == 20)
		check(body, { { "twenty fields", function(text) return #text > 100 end } })
	end,
}
