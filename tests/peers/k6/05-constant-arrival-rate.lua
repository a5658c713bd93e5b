-- the twin of 05-constant-arrival-rate.js
local stoker = require "stoker"
local function who()
  return { ["X-Vu"] = tostring(stoker.vu.id), ["X-Iter"] = tostring(stoker.vu.iter) }
end

return stoker.load {
  base_url = stoker.env "BASE",
  scenarios = { s = { executor = "constant-arrival-rate", rate = 15, time_unit = "1s", duration = "4s", pre_allocated_vus = 3,
    exec = function() stoker.http.get("/delay/20", { headers = who() }) end } },
}
