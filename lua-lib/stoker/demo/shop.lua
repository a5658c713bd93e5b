-- shop: the demo's service: takes a request to the function that answers it.
local catalog = require "catalog"
local routes = require "routes"

local pages = {
  health = function()
    return 200, "text/plain", "ok\n"
  end,
  products = require "products".list,
  product = require "products".show,
  search = require "search".page,
  cart_add = require "cart".add,
  cart_view = require "cart".view,
  order = require "orders".place,
}

catalog.open(200)

local function handle(method, path, query, body)
  local page, id = routes.match(method, path)
  if not page then
    return 404, "application/json", '{"error":"no such page"}'
  end
  local status, kind, text = pages[page](id, query, body)
  return status, kind, text
end

return handle
