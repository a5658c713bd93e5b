-- arrival_rate: iterations start at a rate, however slow the answers are.
local stoker = require "stoker"

return stoker.load {
  base_url = stoker.env "BASE_URL",
  scenarios = {
    partners = {
      executor = "constant-arrival-rate", rate = 20, time_unit = "1s", duration = "2s",
      pre_allocated_vus = 5, max_vus = 20,
      exec = function() stoker.http.get("/inventory", { name = "inventory" }) end,
    },
  },
}
