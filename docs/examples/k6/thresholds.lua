-- thresholds: limits on built-in and custom metrics, as k6's `thresholds`.
local stoker = require "stoker"
local check, metrics = stoker.check, stoker.metrics

local errors = metrics.rate "errors"
local size = metrics.trend "answer_bytes"

return stoker.load {
  base_url = stoker.env "BASE_URL",
  vus = 2,
  iterations = 20,
  thresholds = {
    http_req_duration = { "p(95)<5000", { "p(99)<9000", abort = true, delay = "5s" } },
    errors = "rate<0.01",
    answer_bytes = "max<1000",
    checks = "rate>0.99",
  },
  default = function()
    local answer = stoker.http.get("/products", { name = "products" })
    errors:add(not check(answer, { status = 200 }))
    size:add(#answer.body)
  end,
}
