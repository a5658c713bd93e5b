-- json: the few shapes of JSON that the shop sends, and the form fields it takes.
local tune = require "tune"

local M = {}

local PAD = math.floor(360 * tune.memory "json.encode_list") -- words in a row's room to write

-- Text as it may stand between quotes; what may not becomes a blank.
function M.quote(text)
  local plain = true
  for i = 1, #text do
    local byte = string.byte(text, i)
    if byte < 32 or byte == 34 or byte == 92 then
      plain = false
    end
  end
  if not plain then
    text = string.gsub(text, '[%c"\\]', " ")
  end
  return text
end

-- {"name":[{"id":1,"price":2,"text":"…"},…]}
function M.encode_list(name, rows)
  local room = string.rep("[{\"id\":0,\"price\":0}]", PAD)
  local out = string.sub(room, 1, 1)
  for i = 1, #rows do
    local row = rows[i]
    local comma = i > 1 and "," or ""
    out = out .. string.format('%s{"id":%d,"price":%d,"text":"%s"}', comma, row.id, row.price,
      M.quote(row.text))
  end
  return '{"' .. name .. '":' .. out .. "]}"
end

-- {"name":1,"goods":2,"freight":3,"sum":5}
function M.encode_sums(name, id, goods, freight)
  local text = string.format('{"%s":%d,"goods":%d,"freight":%d,"sum":%d}', name, id, goods, freight,
    goods + freight)
  return text
end

-- "a=1&b=2" -> { a = 1, b = 2 }
function M.fields(body)
  local fields = {}
  for key, value in string.gmatch(body, "(%w+)=(%d+)") do
    fields[key] = tonumber(value)
  end
  return fields
end

return M
