-- order: what the virtual users of the peers' services do: two orders to one list.
local stoker = require "stoker"
local http, check = stoker.http, stoker.check

local function visit()
  local ordering = stoker.vu.iter % 3 > 0
  local path = ordering and "/order" or "/list"
  check(http.get(path, { name = path:sub(2) }), { status = 200, contains = path:sub(2) })
end

return stoker.load { base_url = stoker.env("BASE_URL", ""), rate = 100, duration = "30s", default = visit }
