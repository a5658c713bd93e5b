-- What one virtual user of the shop does.
local stoker = require "stoker"
local http, check = stoker.http, stoker.check

return stoker.load {
  rate = 100, duration = "30s",
  default = function()
    check(http.get("/order", { name = "order" }), { status = 200, contains = "order" })
  end,
}
