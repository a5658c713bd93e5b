-- stoker.data: files of data, read once per process, shared by all virtual users, read-only.
local core = require "_core"
local data = require "_data"
local vu = require "_vu"

local M = {}

--- Rows of a CSV file; by column name with a header, else by number.
---@param path string in the script's folder
---@param options? { header: boolean }
M.csv = data.csv

--- A JSON file, or the part of it at a pointer.
---@param path string
---@param pointer? string RFC 6901
M.json = data.json

local function length(list, name)
	local ok, len = pcall(function() return #list end)
	if not ok or type(list) == "string" then core.misuse("stoker.data." .. name .. " takes a list") end
	if len == 0 then core.misuse("stoker.data." .. name .. ": the list is empty") end
	return len
end

--- The row of this virtual user: row 1 for number 1 and so on, again from the first when there are more
--- users than rows.
function M.per_vu(list)
	return list[(vu.vu.id - 1) % length(list, "per_vu") + 1]
end

--- The row of this iteration: each row once in the whole scenario, also over several processes with
--- segments; nil when all were used.
function M.unique(list)
	length(list, "unique")
	return list[vu.scenario.iter + 1]
end

return core.readonly(M, "stoker.data")
