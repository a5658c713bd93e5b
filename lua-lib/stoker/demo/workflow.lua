-- workflow: the demo as a workflow like any other: two builds of the shop, load in turn.
local stoker = require "stoker"

local pyroscope = stoker.env("DEMO_PYROSCOPE", nil)
local exe = stoker.env "DEMO_EXE"
local run = stoker.env "DEMO_RUN" -- tells this run's profiles from others' in one Pyroscope
local slice = stoker.env("DEMO_SLICE", "3")

local function shop(version, planting)
  return stoker.service {
    title = "shop " .. version,
    start = { exe, "demo-shop", "--port", "{port}", "--push", "{push_url}", "--version", version,
              "--labels", "demo_run=" .. run, "--slice", slice, "--plant", planting, "--seed", stoker.env "DEMO_SEED" },
    ready = "/healthz",
    profile = stoker.sdk { service = "shop", labels = { version = version, demo_run = run } },
  }
end

return stoker.workflow {
  name = "shop",
  mode = "paired",
  sides = { base = shop("1.0", "none"), head = shop("1.1", stoker.env "DEMO_PLANT") },
  source = pyroscope and stoker.pyroscope { pyroscope } or nil,
  load = { script = "@demo/load.lua", rate = stoker.env("DEMO_RATE", "400/s"),
           pairs = 6, warmup = "10s", block = "9s" },
  profiles = { "cpu", "alloc_space" },
}
