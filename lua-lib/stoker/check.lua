-- stoker.check: expectations of a response (or any value), counted by name.

--- True if everything held. In this order: status, max_ms, contains, json, header, then the
--- list part as written. Each one counts in the metric checks under its name.
---@param value any a response for the named expectations
---@param spec table { status = 200, max_ms = 500, { "has items", function(r) ... end } }
---@param tags? table
---@return boolean
local check = require "_check".check

return check
