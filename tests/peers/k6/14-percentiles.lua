-- the twin of 14-percentiles.js
local stoker = require "stoker"
local values = {
  one = { 42 }, two = { 10, 20 }, ten = { 7, 1, 10, 3, 9, 2, 8, 4, 6, 5 },
  odd = { 3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5 }, same = { 2.5, 2.5, 2.5, 2.5, 2.5, 2.5, 2.5 },
  neg = { -5, 0, 5.25 }, none = {},
}
local trends = {}
for name in pairs(values) do trends[name] = stoker.metrics.trend(name) end

return stoker.load {
  vus = 1, iterations = 1,
  thresholds = { none = "p(95)<1" },
  default = function()
    for name, list in pairs(values) do
      for _, v in ipairs(list) do trends[name]:add(v) end
    end
  end,
}
