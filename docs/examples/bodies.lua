-- Every kind of body, and what comes back.
local stoker = require "stoker"
local http, check = stoker.http, stoker.check

return stoker.load {
	base_url = stoker.env("BASE_URL", "http://127.0.0.1:8080"),
	default = function()
		http.post("/echo", "as it is", { headers = { ["Content-Type"] = "text/plain" } })
		http.post("/echo", { form = { q = "tea & cake", page = 2 } })
		http.post("/echo", { multipart = { note = "a file", file = stoker.file "users.csv" } })
		local r = http.put("/echo", { json = { tags = stoker.array {}, gone = stoker.null } })
		check(r, {
			status = 200,
			header = "content-type",
			{ "an array stays one", function(answer) return answer.body:find('"tags":[]', 1, true) end },
		})
		local both = http.batch {
			products = { "GET", "/products" },
			stock = { method = "GET", url = "/inventory", name = "stock" },
		}
		check(both.products, { status = "2xx" })
		check(both.stock, { status = { 200, 204 } })
	end,
}
