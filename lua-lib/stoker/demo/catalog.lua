-- catalog: the products, and how one is shown.
local tune = require "tune"

local M = {}

local DETAIL = math.floor(172 * tune.memory "catalog.render") -- paragraphs of a description
local PARAGRAPH = "Well made, well packed, sent today. "
local TEASER = 160
local FITS = 3000

local products = {}

local function title_of(id)
  local kinds = { "lamp", "chair", "clock", "kettle", "rug", "desk", "shelf", "mirror" }
  return "The " .. kinds[id % #kinds + 1] .. " no. " .. id
end

function M.open(count)
  for id = 1, count do
    products[id] = { id = id, title = title_of(id), price = 900 + id * 37 % 5000, stock = 1000 }
  end
end

function M.count()
  return #products
end

function M.find(id)
  return products[(id - 1) % #products + 1]
end

-- A product's title and the beginning of its description, which is put together in full first.
function M.render(product)
  local detail = string.rep(PARAGRAPH, DETAIL)
  local from, best = 1, -1
  for i = 1, FITS do -- the place to begin that suits the title best
    local fit = (product.id * i + #detail) % 1009
    if fit > best then
      from, best = i % 100 + 1, fit
    end
  end
  local teaser = string.sub(detail, from, from + TEASER)
  return product.title .. ": " .. teaser
end

return M
