-- the twin of 03-constant-vus.js
local stoker = require "stoker"
local function who()
  return { ["X-Vu"] = tostring(stoker.vu.id), ["X-Iter"] = tostring(stoker.vu.iter) }
end

return stoker.load {
  base_url = stoker.env "BASE",
  scenarios = { s = { executor = "constant-vus", vus = 3, duration = "4s", graceful_stop = "1s",
    exec = function() stoker.http.get("/ok", { headers = who() }) stoker.sleep(0.4) end } },
}
