-- shipping: what it costs to send something, by weight and distance.
local tune = require "tune"

local M = {}

local ZONES = math.floor(38500 * tune.cpu "shipping.quote")

-- The cheapest of all zones' tariffs for a parcel.
function M.quote(id, parcels)
  local best, distance = 1 << 30, id * 131 % 4001
  for zone = 1, ZONES do
    distance = (distance * 33 + zone) % 4001
    local cost = 290 + distance // 8 + parcels * 45
    if cost < best then
      best = cost
    end
  end
  return best
end

return M
