-- stock: how many are left.
local M = {}

local SHELVES = 6000

function M.level(product)
  local left = product.stock
  for shelf = 1, SHELVES do
    left = left + (shelf * product.id) % 3 - 1
  end
  return left % 1000
end

function M.reserve(product, count)
  product.stock = product.stock - count
  if product.stock < count then
    product.stock = 1000
  end
  return M.level(product)
end

return M
