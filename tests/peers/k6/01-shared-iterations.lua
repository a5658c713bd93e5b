-- the twin of 01-shared-iterations.js
local stoker = require "stoker"
local function who()
  return { ["X-Vu"] = tostring(stoker.vu.id), ["X-Iter"] = tostring(stoker.vu.iter) }
end

return stoker.load {
  base_url = stoker.env "BASE",
  scenarios = { s = { executor = "shared-iterations", vus = 3, iterations = 20, max_duration = "30s",
    exec = function() stoker.http.get("/delay/50", { headers = who() }) end } },
}
