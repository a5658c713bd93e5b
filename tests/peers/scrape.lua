-- scrape: a Go service without any SDK, by its /debug/pprof, base against head.
local stoker = require "stoker"
local service = stoker.env "SERVICE"

local function side(name)
  return stoker.service {
    title = "peer-go " .. name,
    start = { service },
    env = { SIDE = name, PORT = "{port}", PYROSCOPE_URL = "", GOMAXPROCS = "1" },
    ready = "/healthz",
    profile = stoker.scrape { "http://127.0.0.1:{port}", slice = "2s" },
  }
end

return stoker.workflow {
  name = "peer-scrape",
  sides = { base = side "base", head = side "head" },
  load = { script = "order.lua", rate = stoker.env("RATE", "240/s"), pairs = 6, warmup = "6s" },
  profiles = { "cpu", "alloc_space" },
}
