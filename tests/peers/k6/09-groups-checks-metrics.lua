-- the twin of 09-groups-checks-metrics.js
local stoker = require "stoker"
local http, check, group, metrics = stoker.http, stoker.check, stoker.group, stoker.metrics
local count, trend, plain = metrics.counter "my_count", metrics.trend("my_trend", { time = true }), metrics.trend "my_plain"
local rate, gauge = metrics.rate "my_rate", metrics.gauge "my_gauge"
local function who()
  return { ["X-Vu"] = tostring(stoker.vu.id), ["X-Iter"] = tostring(stoker.vu.iter) }
end

return stoker.load {
  base_url = stoker.env "BASE",
  tags = { build = "7" },
  scenarios = { s = { executor = "per-vu-iterations", vus = 2, iterations = 3, tags = { team = "a" }, exec = function()
    group("outer", function()
      group("inner", function()
        local r = http.get("/delay/20", { headers = who() })
        check(r, {
          { "is 200", function(x) return x.status == 200 end },
          { "is 500", function(x) return x.status == 500 end },
        }, { kind = "status" })
      end)
      check(1, { { "odd", function() return stoker.vu.iter % 2 == 1 end } })
    end)
    count:add(2, { color = "red" })
    for _, v in ipairs { 100, 200, 300, 400 } do trend:add(v) end
    plain:add(5)
    rate:add(stoker.vu.iter % 2)
    gauge:add(stoker.vu.iter)
  end } },
}
