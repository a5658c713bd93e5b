-- the twin of 15-handle-summary.js
local stoker = require "stoker"
local http, check, group = stoker.http, stoker.check, stoker.group
local function who()
  return { ["X-Vu"] = tostring(stoker.vu.id), ["X-Iter"] = tostring(stoker.vu.iter) }
end

return stoker.load {
  base_url = stoker.env "BASE",
  scenarios = { s = { executor = "shared-iterations", vus = 1, iterations = 3, exec = function()
    group("g", function()
      check(http.get("/ok", { headers = who() }), { { "is 200", function(r) return r.status == 200 end } })
    end)
  end } },
  thresholds = { http_reqs = { "count>100", "count>=3" }, ["http_req_duration{never:seen}"] = "avg<1" },
  setup = function() return { x = 1 } end,
  summary = function(data)
    return { ["handle-summary.json"] = stoker.json.encode(data, true), stdout = "text for stdout\n" }
  end,
}
