-- the twin of 06-ramping-arrival-rate.js
local stoker = require "stoker"
local function who()
  return { ["X-Vu"] = tostring(stoker.vu.id), ["X-Iter"] = tostring(stoker.vu.iter) }
end

return stoker.load {
  base_url = stoker.env "BASE",
  scenarios = { s = { executor = "ramping-arrival-rate", start_rate = 0, time_unit = "1s", pre_allocated_vus = 3,
    stages = { { "4s", 8 }, { "1s", 8 }, { "0s", 4 }, { "2s", 0 } },
    exec = function() stoker.http.get("/delay/20", { headers = who() }) end } },
}
