-- the twin of 08-thresholds-fail.js, without its metrics that never get a value: those differ on purpose
local stoker = require "stoker"
local http = stoker.http

local function who(name)
  return { name = name, headers = { ["X-Vu"] = tostring(stoker.vu.id) } }
end

return stoker.load {
  base_url = stoker.env "BASE",
  scenarios = { s = { executor = "shared-iterations", vus = 2, iterations = 20, exec = function()
    http.get("/delay/20", who "slow")
    http.get("/ok", who "fast")
    local r = http.get("/status/500", who "bad")
    stoker.check(r, {
      { "is 500", function(x) return x.status == 500 end },
      { "is 200", function(x) return x.status == 200 end },
    })
  end } },
  thresholds = {
    http_req_duration = { "p(95)<400", "max<5", { "avg<1000", abort = true, delay = "10s" } },
    ["http_req_duration{name:fast}"] = "max<400",
    ["http_reqs{status:500}"] = "count==20",
    iterations = { "count==20", "count>20" },
    http_req_failed = "rate<=0.5",
    checks = "rate>0.99",
  },
}
