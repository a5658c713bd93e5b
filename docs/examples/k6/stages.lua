-- stages: virtual users that come and go, as k6's `stages`.
local stoker = require "stoker"

return stoker.load {
  base_url = stoker.env "BASE_URL",
  stages = { { "1s", 5 }, { "1s", 5 }, { "1s", 0 } },
  default = function()
    stoker.http.get("/products", { name = "products" })
    stoker.sleep(0.05)
  end,
}
