-- stoker.metrics: metrics of one's own, made at the file's top level only.
local core = require "_core"
local raw = require "_metrics"

local M = {}

--- A sum: m:add(value), 1 by default.
---@param name string
M.counter = raw.counter

--- The last value.
---@param name string
M.gauge = raw.gauge

--- The share of true (or non-zero) values.
---@param name string
M.rate = raw.rate

--- Values with percentiles; { time = true } when they are milliseconds.
---@param name string
---@param options? { time: boolean }
M.trend = raw.trend

return core.readonly(M, "stoker.metrics")
