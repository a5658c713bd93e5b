-- stoker.summary: what a load script's summary(data) may want.
local core = require "_core"
local raw = require "_summary"

local M = {}

--- The text that is shown without a summary function, of the metrics that are still in data.metrics.
---@param data table what summary was given
---@param options? { indent: string, color: boolean, full: boolean }
---@return string
function M.text(data, options)
	options = options or {}
	for key in pairs(options) do
		if key ~= "indent" and key ~= "color" and key ~= "full" then
			core.misuse("stoker.summary.text: unknown option '" .. tostring(key) .. "', there are indent, color, full")
		end
	end
	local text = raw.text(type(data) == "table" and data.metrics, options.color, options.full)
	local indent = options.indent or ""
	return indent == "" and text or (text:gsub("[^\n]+", function(line) return indent .. line end))
end

return core.readonly(M, "stoker.summary")
