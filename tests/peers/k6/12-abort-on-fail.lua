-- the twin of 12-abort-on-fail.js
local stoker = require "stoker"
local http = stoker.http
local function who()
  return { ["X-Vu"] = tostring(stoker.vu.id), ["X-Iter"] = tostring(stoker.vu.iter) }
end

return stoker.load {
  base_url = stoker.env "BASE",
  scenarios = { s = { executor = "constant-vus", vus = 2, duration = "20s",
    exec = function() http.get("/status/503", { headers = who() }) stoker.sleep(0.3) end } },
  thresholds = { http_req_failed = { { threshold = "rate<0.1", abort_on_fail = true, delay_abort_eval = "3s" } } },
  teardown = function() http.get "/ok" end,
}
