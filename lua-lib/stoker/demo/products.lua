-- products: the pages that show products.
local catalog = require "catalog"
local json = require "json"
local layout = require "layout"
local pricing = require "pricing"
local shipping = require "shipping"
local stock = require "stock"

local M = {}

local PER_PAGE = 4

-- GET /products?page=N
function M.list(_, query)
  local first = (math.tointeger(tonumber(query.page)) or 1) * PER_PAGE
  local rows = {}
  for i = 1, PER_PAGE do
    local product = catalog.find(first + i)
    local price = pricing.apply_rules(product.price, 1, i)
    rows[i] = { id = product.id, price = pricing.tax(price), text = catalog.render(product) }
  end
  local text = json.encode_list("products", rows)
  return 200, "application/json", text
end

-- GET /products/ID
function M.show(id)
  local product = catalog.find(id)
  local price = pricing.tax(pricing.apply_rules(product.price, 1, id % 9))
  local freight = shipping.quote(product.id, 1)
  local text = layout.page(product.title, catalog.render(product), price, freight, stock.level(product))
  return 200, "text/html", text
end

return M
