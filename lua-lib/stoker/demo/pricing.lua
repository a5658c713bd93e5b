-- pricing: what a product costs a customer: rebates by rule, tax, rounding.
local tune = require "tune"

local M = {}

local RULES = math.floor(23500 * tune.cpu "pricing.apply_rules")
local TAX_STEPS = 5000

-- A rule gives permille off from a quantity on, in some regions.
local off, least, region_of = {}, {}, {}
for i = 1, 64 do
  off[i] = i % 5
  least[i] = i % 11 + 1
  region_of[i] = i % 9
end

-- The price (cents) after every rule that holds; a rebate on a rebate counts on what is left.
function M.apply_rules(price, quantity, region)
  local cents = price
  for i = 1, RULES do
    local k = i % 64 + 1
    if quantity >= least[k] and region_of[k] ~= region then
      cents = cents - cents * off[k] // 1000
      if cents < 100 then
        cents = price
      end
    end
  end
  return cents
end

function M.tax(cents)
  local sum = cents
  for i = 1, TAX_STEPS do
    sum = (sum * 7 + i) % 65521
  end
  return cents + cents * 19 // 100 + sum % 2
end

return M
