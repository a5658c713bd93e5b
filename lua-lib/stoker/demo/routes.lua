-- routes: method and path -> the name of a page and the id in the path.
local M = {}

local table_of = {
  { "GET", "^/healthz$", "health" },
  { "GET", "^/products$", "products" },
  { "GET", "^/products/(%d+)$", "product" },
  { "GET", "^/search$", "search" },
  { "POST", "^/cart$", "cart_add" },
  { "GET", "^/cart/(%d+)$", "cart_view" },
  { "POST", "^/orders$", "order" },
}

function M.match(method, path)
  for i = 1, #table_of do
    local route = table_of[i]
    if route[1] == method then
      local found, _, id = string.find(path, route[2])
      if found then
        return route[3], tonumber(id)
      end
    end
  end
  return nil
end

return M
