-- the twin of 02-per-vu-iterations.js
local stoker = require "stoker"
local function who()
  return { ["X-Vu"] = tostring(stoker.vu.id), ["X-Iter"] = tostring(stoker.vu.iter) }
end

return stoker.load {
  base_url = stoker.env "BASE",
  scenarios = { s = { executor = "per-vu-iterations", vus = 4, iterations = 5, max_duration = "30s",
    exec = function() stoker.http.get("/delay/20", { headers = who() }) stoker.sleep(0.03) end } },
}
