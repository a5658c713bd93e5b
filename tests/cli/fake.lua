-- fake: base against head of a service whose profiles are known (fake_service.py).
local stoker = require "stoker"
local dir = stoker.env "DIR"

local function side(name)
  return stoker.service {
    start = "exec python3 " .. dir .. "/fake_service.py {port} {push_url} {side} " ..
            stoker.env("FAULT_" .. name:upper(), ""),
    ready = "/healthz",
    ready_timeout = stoker.env("READY", "20s"),
  }
end

return stoker.workflow {
  name = "fake",
  sides = { base = side "base", head = side "head" },
  load = { script = "fake_load.lua", rate = stoker.env("RATE", "60/s"),
           pairs = tonumber(stoker.env("PAIRS", "4")), warmup = "3s", block = stoker.env("BLOCK", "3s") },
  profiles = { stoker.env("PROFILE", "cpu") },
  gate = { cpu = "+3%" },
}
