-- the twin of 11-interrupted.js
local stoker = require "stoker"
local http = stoker.http
local function who()
  return { ["X-Vu"] = tostring(stoker.vu.id), ["X-Iter"] = tostring(stoker.vu.iter) }
end

return stoker.load {
  base_url = stoker.env "BASE",
  scenarios = { s = { executor = "constant-vus", vus = 2, duration = "30s", graceful_stop = "10s",
    exec = function() http.get("/ok", { headers = who() }) stoker.sleep(0.7) end } },
  thresholds = { iterations = "count>1000" },
  setup = function() return { a = 1 } end,
  teardown = function() http.get "/status/204" end,
}
