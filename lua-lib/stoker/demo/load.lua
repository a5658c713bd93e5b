-- load: what the demo's virtual users do: one request per iteration, in a fixed mix of twenty.
local stoker = require "stoker"
local http, check = stoker.http, stoker.check

local function list(n)
  return http.get("/products?page=" .. n % 40, { name = "list_products" })
end

local function show(n)
  return http.get("/products/" .. n % 200 + 1, { name = "show_product" })
end

local words = { "lamp", "round table", "clock on the wall", "red rug", "kettle" }
local function search(n)
  return http.get("/search?q=" .. (words[n % #words + 1]:gsub(" ", "+")), { name = "search" })
end

local function add(n)
  local form = { cart = n % 150, product = n % 200 + 1, count = n % 3 + 1 }
  return http.post("/cart", { form = form }, { name = "add_to_cart" })
end

local function view(n)
  return http.get("/cart/" .. n % 150, { name = "view_cart" })
end

local function order(n)
  return http.post("/orders", { form = { cart = n % 150 } }, { name = "order" })
end

-- 30 % lists, 20 % products, 20 % searches, 15 % additions, 5 % carts, 10 % orders
local mix = {
  list, show, search, add, list, order, search, show, list, add,
  list, search, view, list, show, order, search, list, add, show,
}

local function visit()
  local n = stoker.vu.iter * 7 + stoker.vu.id
  local page = mix[n % #mix + 1]
  check(page(n), { status = page == order and 201 or 200 })
end

return stoker.load { rate = 400, duration = "30s", default = visit }
