-- stoker.check: expectations of a response (or any value), counted by name.
local core = require "_core"
local raw = require "_metrics"
local null = require "_value".null
local is_response, duration = require "_http".is_response, require "_http".duration

local add = raw.add_check
local known = { status = true, max_ms = true, contains = true, json = true, header = true }

local function misuse(text)
	core.misuse("check: " .. text)
end

local function sorted_keys(t, what)
	local keys = {}
	for key in pairs(t) do
		if type(key) ~= "string" then misuse(what .. " takes a table with text keys") end
		keys[#keys + 1] = key
	end
	table.sort(keys)
	return keys
end

-- Names with numbers are made once: the same expectations come again with every iteration.
local made, made_count = {}, 0

local function numbered(head, number, tail)
	local of = made[head]
	if not of then
		of = {}
		made[head] = of
	end
	local name = of[number]
	if name then return name end
	name = head .. tostring(number) .. tail
	if made_count < 1000 then
		of[number] = name
		made_count = made_count + 1
	end
	return name
end

local function as_list(value)
	if type(value) == "table" then return value end
	return { value }
end

-- What a name may show: a secret may not.
local function plain(value, what)
	if type(value) == "userdata" and value ~= null then misuse(what .. " is a secret or no plain value") end
	return tostring(value)
end

local function status_held(status, want)
	if type(want) == "number" then return status == want end
	if type(want) == "string" and want:match("^[1-5]xx$") then
		return status // 100 == tonumber(want:sub(1, 1))
	end
	misuse("status is a number, \"2xx\" or a list of these")
end

local judge = {}

function judge.status(r, want, tags)
	if type(want) ~= "table" then
		return add(numbered("status is ", want, ""), status_held(r.status, want), tags)
	end
	local held = false
	for i = 1, #want do held = status_held(r.status, want[i]) or held end
	return add("status is " .. table.concat(want, " or "), held, tags)
end

function judge.max_ms(r, limit, tags)
	if type(limit) ~= "number" then misuse("max_ms is a number of milliseconds") end
	local held = r.status ~= 0 and duration(r) < limit
	return add(numbered("under ", limit, " ms"), held, tags)
end

function judge.contains(r, texts, tags)
	local all = true
	for _, text in ipairs(as_list(texts)) do
		if type(text) ~= "string" then misuse("contains is text or a list of texts") end
		local held = r.body ~= nil and r.body:find(text, 1, true) ~= nil
		all = add("contains " .. text, held, tags) and all
	end
	return all
end

function judge.json(r, wants, tags)
	if type(wants) ~= "table" then misuse("json is a table: { [\"/state\"] = \"new\" }") end
	local all = true
	for _, pointer in ipairs(sorted_keys(wants, "json")) do
		local want, got = wants[pointer], r:json(pointer)
		if type(want) == "function" then
			local ok, held = xpcall(want, raw.check_error, got)
			all = add("json " .. pointer, ok and held ~= nil and held ~= false, tags) and all
		else
			all = add("json " .. pointer .. " is " .. plain(want, "json " .. pointer), got == want, tags) and all
		end
	end
	return all
end

function judge.header(r, wants, tags)
	local all = true
	if type(wants) == "string" then wants = { wants } end
	if type(wants) ~= "table" then misuse("header is a name, a list of names, or { name = value }") end
	for _, name in ipairs(wants) do
		if type(name) ~= "string" then misuse("header names are text") end
		all = add("header " .. name, r.headers[name] ~= nil, tags) and all
	end
	local named = {}
	for key, value in pairs(wants) do
		if type(key) == "string" then named[key] = value end
	end
	for _, name in ipairs(sorted_keys(named, "header")) do
		local held = r.headers[name] == named[name]
		all = add("header " .. name .. " is " .. plain(named[name], "header " .. name), held, tags) and all
	end
	return all
end

local order = { "status", "max_ms", "contains", "json", "header" }

local function verify(value, spec, tags)
	if type(spec) ~= "table" then misuse("takes a value and a table of expectations") end
	if tags ~= nil and type(tags) ~= "table" then misuse("tags are a table") end
	for key in next, spec do
		if type(key) == "string" then
			if not known[key] then misuse(raw.unknown_check(key)) end
			if not is_response(value) then
				misuse(key .. " needs a response; for other values give functions: "
					.. "{ \"name\", function(v) ... end }")
			end
		elseif math.type(key) ~= "integer" then
			misuse("has a key that is neither text nor 1, 2, 3 ...")
		end
	end
end

local function verify_item(item)
	if type(item) ~= "table" or type(item[1]) ~= "string" or type(item[2]) ~= "function" then
		misuse("list items are { \"name\", function(value) ... end }")
	end
end

--- True if everything held. In this order: status, max_ms, contains, json, header, then the
--- list part as written. Each one counts in the metric checks under its name.
---@param value any a response for the named expectations
---@param spec table { status = 200, max_ms = 500, { "has items", function(r) ... end } }
---@param tags? table
---@return boolean
return function(value, spec, tags)
	verify(value, spec, tags)
	local all = true
	for i = 1, 5 do
		local key = order[i]
		local want = spec[key]
		if want ~= nil then all = judge[key](value, want, tags) and all end
	end
	for i = 1, #spec do
		local item = spec[i]
		verify_item(item)
		local ok, held = xpcall(item[2], raw.check_error, value)
		all = add(item[1], ok and held ~= nil and held ~= false, tags) and all
	end
	return all
end
