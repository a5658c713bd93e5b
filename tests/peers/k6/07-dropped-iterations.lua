-- the twin of 07-dropped-iterations.js
local stoker = require "stoker"
local function who()
  return { ["X-Vu"] = tostring(stoker.vu.id), ["X-Iter"] = tostring(stoker.vu.iter) }
end

return stoker.load {
  base_url = stoker.env "BASE",
  scenarios = { s = { executor = "constant-arrival-rate", rate = 10, time_unit = "1s", duration = "3s",
    pre_allocated_vus = 1, max_vus = 3, graceful_stop = "100ms",
    exec = function() stoker.http.get("/delay/450", { headers = who() }) end } },
}
