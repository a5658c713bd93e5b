-- go: a Go service with the published pyroscope-go SDK, base against head.
local stoker = require "stoker"
local service = stoker.env "SERVICE"

local function side(name)
  return stoker.service {
    title = "peer-go " .. name,
    start = { service },
    env = { SIDE = name, PORT = "{port}", PYROSCOPE_URL = "{push_url}", GOMAXPROCS = "1",
            UPLOAD_RATE = stoker.env("UPLOAD_RATE", "1s") },
    ready = "/healthz",
    profile = stoker.sdk { service = "peer-go", labels = { side = name } },
  }
end

return stoker.workflow {
  name = "peer-go",
  sides = { base = side "base", head = side "head" },
  load = { script = "order.lua", rate = stoker.env("RATE", "200/s"), warmup = "6s",
           pairs = tonumber(stoker.env("PAIRS", "6")), block = stoker.env("BLOCK", "8s") },
  profiles = { "cpu", "alloc_space" },
}
