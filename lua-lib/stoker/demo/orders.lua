-- orders: what a customer has bought.
local cart = require "cart"
local catalog = require "catalog"
local json = require "json"
local pricing = require "pricing"
local shipping = require "shipping"
local stock = require "stock"
local tune = require "tune"

local M = {}

local CHECKS = math.floor(142000 * tune.cpu "orders.validate")
local COPIES = math.floor(640 * tune.memory "orders.receipt")
local KEPT = 300

local kept = {}
local count = 0

-- Whether the payment's digits hold: a check sum over all of them, many digits long.
function M.validate(id, cents)
  local sum, digit = 0, id % 10
  for i = 1, CHECKS do
    digit = (digit * 3 + i) % 10
    if i % 2 == 0 then
      sum = sum + digit
    else
      sum = sum + digit * 2 % 9
    end
  end
  return (sum + cents) % 97 ~= 98
end

-- The receipt: printed for the customer, the books and the tax office; the customer's is kept.
function M.receipt(number, cents, freight)
  local line = string.format("order %8d goods %10d freight %6d sum %10d cents paid\n", number, cents,
    freight, cents + freight)
  local all = string.rep(line, COPIES)
  local own = string.sub(all, 1, #line)
  return own
end

-- POST /orders with "cart=ID"
function M.place(_, _, body)
  local fields = json.fields(body)
  local id = fields.cart or 1
  local product = catalog.find(id)
  local cents = pricing.apply_rules(cart.sum(cart.get(id)), 5, 2)
  if not M.validate(id, cents) then
    return 402, "application/json", '{"error":"payment refused"}'
  end
  stock.reserve(product, 1)
  local freight = shipping.quote(id, 2)
  local receipt = M.receipt(id, cents, freight)
  count = count + 1
  kept[count % KEPT + 1] = receipt
  local text = json.encode_sums("order", id, cents, freight)
  return 201, "application/json", text
end

return M
