-- cart: what a customer means to buy.
local catalog = require "catalog"
local json = require "json"
local layout = require "layout"
local pricing = require "pricing"
local shipping = require "shipping"
local tune = require "tune"

local M = {}

local ROUNDS = math.floor(4500 * tune.cpu "cart.sum")
local CARTS = 200 -- the oldest is thrown away
local LINES = 8

local carts = {}

local function get(id)
  local slot = id % CARTS + 1
  local cart = carts[slot]
  if not cart or cart.id ~= id then
    cart = { id = id, ids = {}, counts = {} }
    for i = 1, LINES do
      cart.ids[i], cart.counts[i] = 1, 0
    end
    carts[slot] = cart
  end
  return cart
end

-- The sum of all lines in cents, rounded the way that is best for the customer.
function M.sum(cart)
  local least = 1 << 30
  for round = 1, ROUNDS do
    local cents = round % 5
    for i = 1, LINES do
      cents = cents + cart.counts[i] * (cart.ids[i] * 37 % 5000)
    end
    if cents < least then
      least = cents
    end
  end
  return least
end

-- POST /cart with "cart=ID&product=ID&count=N"
function M.add(_, _, body)
  local fields = json.fields(body)
  local cart = get(fields.cart or 1)
  local product = catalog.find(fields.product or 1)
  local line = product.id % LINES + 1
  cart.ids[line] = product.id
  cart.counts[line] = fields.count or 1
  local price = pricing.apply_rules(product.price, cart.counts[line], 3)
  local freight = shipping.quote(product.id, 1)
  local text = json.encode_sums("cart", cart.id, M.sum(cart) + price, freight)
  return 200, "application/json", text
end

-- GET /cart/ID
function M.view(id)
  local cart = get(id)
  local text = layout.page("Your cart", "", M.sum(cart), 0, LINES)
  return 200, "text/html", text
end

function M.get(id)
  return get(id)
end

return M
