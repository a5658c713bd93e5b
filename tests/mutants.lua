-- mutants: flips operators in core/stats and the executors, one at a time, and asks the unit tests.
--
-- All places are shuffled by a fixed seed; the first thirty are tried. At least 27 must be caught. The
-- tree is copied, so the sources here are never touched. Survivors that change nothing (equivalent
-- ones) are named with their reason in tests/mutants.allowed: "file:line old new<TAB>reason".
local BUILD = os.getenv "BUILD" or "build/mutants"
local COUNT = tonumber(os.getenv "MUTANTS" or "30")
local NEEDED = math.floor(COUNT * 27 / 30)
local SEED = 20261122

-- Turned round, not only by the border: with doubles "<" for "<=" seldom changes anything that can be seen.
local flips = { ["<"] = ">", ["<="] = ">=", [">"] = "<", [">="] = "<=", ["=="] = "!=", ["!="] = "==",
	["&&"] = "||", ["||"] = "&&", ["+"] = "-", ["-"] = "+", ["*"] = "/", ["/"] = "*" }
local executors = { "constant_arrival_rate", "constant_vus", "executor", "executor_rules",
	"per_vu_iterations", "ramping_vus", "shared_iterations" }

local function lines_of(command)
	local pipe, out = assert(io.popen(command)), {}
	for line in pipe:lines() do out[#out + 1] = line end
	pipe:close()
	return out
end

local function read(path)
	local file = assert(io.open(path))
	local text = file:read "a"
	file:close()
	return text
end

local function write(path, text)
	local file = assert(io.open(path, "w"))
	file:write(text)
	file:close()
end

-- Blanks for comments, strings and preprocessor lines, so that only code is flipped.
local function code_only(text)
	local function blank(s) return (s:gsub("[^\n]", " ")) end
	text = text:gsub("/%*.-%*/", blank):gsub('"[^"\n]*"', blank):gsub("'[^'\n]*'", blank)
	return (("\n" .. text):gsub("\n%s*#[^\n]*", blank):sub(2))
end

-- Binary operators stand between blanks in this format; that leaves pointers and signs alone.
local function places_of(path, places)
	local number = 0
	for line in (code_only(read(path)) .. "\n"):gmatch "(.-)\n" do
		number = number + 1
		for at, operator in line:gmatch "() ([<>=!&|+%-*/]+) " do
			if flips[operator] then
				places[#places + 1] = { path = path, line = number, at = at + 1, old = operator,
					new = flips[operator] }
			end
		end
	end
end

local function all_places()
	local places, files = {}, lines_of "ls core/stats/*.c"
	for _, name in ipairs(executors) do files[#files + 1] = "core/load/" .. name .. ".c" end
	for _, path in ipairs(files) do
		if io.open(path) then places_of(path, places) end
	end
	return places
end

-- xorshift: the same row with every version of Lua.
local state = SEED
local function draw(n)
	state = state ~ (state << 13); state = state ~ (state >> 7); state = state ~ (state << 17)
	return (state >> 1) % n + 1
end

local function shuffle(t)
	for i = #t, 2, -1 do
		local j = draw(i)
		t[i], t[j] = t[j], t[i]
	end
end

local function mutated(place)
	local out, number = {}, 0
	for line in read(place.path):gmatch "([^\n]*\n?)" do
		number = number + 1
		if number == place.line then
			assert(line:sub(place.at, place.at + #place.old - 1) == place.old)
			line = line:sub(1, place.at - 1) .. place.new .. line:sub(place.at + #place.old)
		end
		out[#out + 1] = line
	end
	return table.concat(out)
end

local function is_caught(copy, place)
	local room = place.path:match "core/(%w+)/"
	write(copy .. "/" .. place.path, mutated(place))
	-- DEVELOPER=0: a mutant that only earns a warning is not caught by that
	local ok = os.execute(("cd %s && timeout 300 make -s BUILD=build/m DEVELOPER=0 UNIT_TIMEOUT=60 "
		.. "unit-%s >/dev/null 2>&1 </dev/null"):format(copy, room))
	write(copy .. "/" .. place.path, read(place.path))
	return not ok
end

local function allowed()
	local out, file = {}, io.open "tests/mutants.allowed"
	for line in file and file:lines() or function() end do
		local key, reason = line:match "^([^#\t]+)\t(.+)$"
		if key then out[key] = reason end
	end
	return out
end

local places, reasons = all_places(), allowed()
shuffle(places)
local copy = BUILD .. "/tree"
assert(os.execute(("rm -rf %s && mkdir -p %s && tar -cf - --exclude=./build --exclude=./.git --exclude=./.stoker . | tar -xf - -C %s")
	:format(copy, copy, copy)))
assert(os.execute(("cd %s && make -s BUILD=build/m DEVELOPER=0 unit-stats unit-load"):format(copy)),
	"the tests fail without any mutant")
local caught, survivors = 0, {}
COUNT = math.min(COUNT, #places)
for i = 1, COUNT do
	local p = places[i]
	local name = ("%s:%d %s %s"):format(p.path, p.line, p.old, p.new)
	local ok = is_caught(copy, p)
	if ok then caught = caught + 1 else survivors[#survivors + 1] = name end
	print(("%2d  %-8s %s"):format(i, ok and "caught" or "SURVIVED", name))
end
print(("%d places, %d tried, %d caught, %d needed"):format(#places, COUNT, caught, NEEDED))
for _, name in ipairs(survivors) do print("survivor", name, reasons[name] or "no reason given") end
os.exit(caught >= NEEDED)
