-- fake_load: one request per iteration.
local stoker = require "stoker"

return stoker.load {
  base_url = stoker.env("BASE_URL", ""), -- empty until a service runs: a workflow puts its address there
  duration = "10s",
  timeout = 5,
  default = function()
    stoker.check(stoker.http.get("/work", { name = "work" }), { status = 200 })
  end,
  thresholds = { checks = "rate>0.5" },
}
