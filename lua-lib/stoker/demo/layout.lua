-- layout: the frame of a page.
local tune = require "tune"

local M = {}

local MENU = math.floor(490 * tune.memory "layout.page") -- entries of the menu, before the fold

function M.page(title, text, price, freight, left)
  local menu = string.rep("<li><a href='/products'>more</a></li>", MENU)
  local shown = string.sub(menu, 1, 200)
  local facts = string.format("%d cents, %d to send it, %d left", price, freight, left)
  return "<html><h1>" .. title .. "</h1><ul>" .. shown .. "</ul><p>" .. text .. "</p>" .. facts
end

return M
