-- the twin of 04-ramping-vus.js
local stoker = require "stoker"
local function who()
  return { ["X-Vu"] = tostring(stoker.vu.id), ["X-Iter"] = tostring(stoker.vu.iter) }
end

return stoker.load {
  base_url = stoker.env "BASE",
  scenarios = { s = { executor = "ramping-vus", start_vus = 1, graceful_ramp_down = "300ms", graceful_stop = "300ms",
    stages = { { "3s", 4 }, { "1s", 4 }, { "3s", 0 } },
    exec = function() stoker.http.get("/ok", { headers = who() }) stoker.sleep(0.5) end } },
}
