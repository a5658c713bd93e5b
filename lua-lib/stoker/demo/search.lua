-- search: words in, the products that fit best out.
local catalog = require "catalog"
local json = require "json"
local tune = require "tune"

local M = {}

local PASSES = math.floor(4200 * tune.cpu "search.score")
local MARKS = math.floor(165 * tune.memory "search.highlight")
local HITS = 3

local function tokens(text)
  local words = {}
  for word in string.gmatch(text, "%w+") do
    words[#words + 1] = word
  end
  return words
end

-- A product's rank for a query: every letter pair of the query against the product's number.
function M.score(seed, letters, count)
  local best, at = -1, 1
  for pass = 1, PASSES do
    local h = seed + pass
    for i = 1, letters do
      h = (h * 31 + i) % 65521
    end
    if h > best then
      best, at = h, pass % count + 1
    end
  end
  return at
end

-- The passage of a product's text with the words marked: all passages are tried, one is shown.
function M.highlight(title, word)
  local marked = string.rep("<b>" .. word .. "</b> in a passage of the description; ", MARKS)
  local shown = string.sub(marked, 1, 60)
  return title .. " - " .. shown
end

-- GET /search?q=WORDS
function M.page(_, query)
  local words = tokens(query.q or "")
  local rows = {}
  for i = 1, HITS do
    local word = words[(i - 1) % math.max(#words, 1) + 1] or "all"
    local at = M.score(#word * 977 + i, 12, catalog.count())
    local product = catalog.find(at)
    rows[i] = { id = product.id, price = product.price, text = M.highlight(product.title, word) }
  end
  local text = json.encode_list("hits", rows)
  return 200, "application/json", text
end

return M
