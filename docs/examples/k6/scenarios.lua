-- scenarios: three workloads side by side, as k6's `scenarios`.
local stoker = require "stoker"
local http = stoker.http

local function browse()
  http.get("/products", { name = "browse" })
  stoker.sleep(0.05)
end

local function buy()
  http.post("/cart", { json = { id = 1 } }, { name = "buy" })
end

local function report()
  http.get("/report", { name = "report" })
end

return stoker.load {
  base_url = stoker.env "BASE_URL",
  scenarios = {
    browsers = { executor = "constant-vus", vus = 2, duration = "2s", exec = browse },
    buyers = { executor = "per-vu-iterations", vus = 2, iterations = 3, start_time = "1s", exec = buy },
    reports = { executor = "shared-iterations", vus = 2, iterations = 5, exec = report, tags = { team = "b" } },
  },
}
