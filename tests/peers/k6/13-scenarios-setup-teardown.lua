-- the twin of 13-scenarios-setup-teardown.js
local stoker = require "stoker"
local http = stoker.http
local function who()
  return { ["X-Vu"] = tostring(stoker.vu.id), ["X-Iter"] = tostring(stoker.vu.iter),
    ["X-Scen"] = stoker.scenario.name }
end

local function early() http.get(stoker.env "P", { headers = who() }) end
local function late() http.get(stoker.env "P", { headers = who() }) stoker.sleep(0.25) end
local function cut() http.get("/ok", { headers = who() }) stoker.sleep(2) end

return stoker.load {
  base_url = stoker.env "BASE",
  scenarios = {
    early = { executor = "constant-arrival-rate", rate = 5, time_unit = "1s", duration = "2s", pre_allocated_vus = 2,
      exec = early, env = { P = "/status/201" }, tags = { team = "a" } },
    late = { executor = "per-vu-iterations", vus = 2, iterations = 2, start_time = "2s",
      exec = late, env = { P = "/status/202" }, tags = { team = "b" } },
    cut = { executor = "constant-vus", vus = 1, duration = "1s", graceful_stop = "500ms", exec = cut },
  },
  setup = function() http.get "/delay/300" return { from = "setup" } end,
  teardown = function(data) if data.from == "setup" then http.get "/delay/200" end end,
}
