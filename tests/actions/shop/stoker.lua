-- The shop of a pull request against its merge base.
local stoker = require "stoker"

return stoker.workflow {
  name = "shop",
  service = stoker.service {
    build = "CGO_ENABLED=0 go build -trimpath -o {out}/shop .",
    start = "exec {out}/shop",
    env = { PORT = "{port}", GOMAXPROCS = "1" },
    ready = "/healthz",
    profile = stoker.scrape { "http://127.0.0.1:{port}", slice = "1s" },
  },
  load = { script = "order.lua", rate = "30/s", pairs = 6, warmup = "3s" },
  profiles = { "cpu", "alloc_space" },
  gate = { cpu = "+10%", alloc_space = "+15%" },
}
