-- python: a Python service with the published pyroscope-io SDK, base against head.
local stoker = require "stoker"
local service = stoker.env "SERVICE"

local function side(name)
  return stoker.service {
    title = "peer-python " .. name,
    start = { stoker.env "PYTHON", service },
    env = { SIDE = name, PORT = "{port}", PYROSCOPE_URL = "{push_url}" },
    ready = "/healthz",
    profile = stoker.sdk { service = "peer-python", labels = { side = name } },
  }
end

return stoker.workflow {
  name = "peer-python",
  sides = { base = side "base", head = side "head" },
  -- 30 s hold two whole slices of 10 s wherever they begin, 20 s only one
  load = { script = "order.lua", rate = stoker.env("RATE", "200/s"), warmup = "6s",
           pairs = tonumber(stoker.env("PAIRS", "6")), block = stoker.env("BLOCK", "30s") },
  profiles = { "cpu", "alloc_space" },
}
