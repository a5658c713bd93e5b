-- docs/k6-compatibility.md from what the tests declare, and the proof that each row's test passed.
--
-- usage: k6_rows.lua                   the page on stdout (what stands below "## Not there" is kept as it is)
--        k6_rows.lua --passed BUILD    after make test: every row's test is in the logs, and passed
--
-- A declaration is a comment directly above a cmocka test, above a case of tests/cli/*.py, or in the head of a
-- tests/cli/test_*.sh; one comment may hold several, and a row may go on over its lines:
--   k6 1.6, 05: FEATURE | OURS | DIFFERENCE     1.6: section of reference k6; 05: recorded script, may be left out
--   k6 script 05: COMPARED | NOT COMPARED       above a case of tests/peers/compare_k6.py
-- A difference of "-" is none. A row above something that is no registered test is an error.
local PAGE = "docs/k6-compatibility.md"
local COMPARE = "tests/peers/compare_k6.py"

local chapters = { "Executors", "Metrics and tags", "Thresholds and exit codes", "The script", "HTTP", "Other protocols",
	"Outputs", "Command line, segments", "k6 as a child", "What users ask for", "Actions", "Performance", "Traps" }
local scripts = { "01-shared-iterations", "02-per-vu-iterations", "03-constant-vus", "04-ramping-vus",
	"05-constant-arrival-rate", "06-ramping-arrival-rate", "07-dropped-iterations", "08-thresholds-fail",
	"09-groups-checks-metrics", "10-connection-errors", "11-interrupted", "12-abort-on-fail",
	"13-scenarios-setup-teardown", "14-percentiles", "15-handle-summary", "16-machine-readable-summary",
	"17-redirects-cookies" }
local bad = 0

local function complain(...)
	bad = bad + 1
	io.stderr:write(string.format(...), "\n")
end

local function read(path)
	local file = io.open(path)
	if not file then return nil end
	local text = file:read "a"
	file:close()
	return text
end

local function list(pattern)
	local pipe, out = assert(io.popen("ls " .. pattern)), {}
	for path in pipe:lines() do out[#out + 1] = path end
	pipe:close()
	return out
end

local function trim(text)
	return (text:gsub("^%s+", ""):gsub("%s+$", ""))
end

-- the text of a comment line, or nil; true if its comment goes on in the next line
local function comment(line, inside, is_c)
	if not is_c then
		local text = line:match "^%s*#%s?(.*)"
		return text, text ~= nil
	end
	local ends = line:find("*/", 1, true)
	local whole = ends and line:sub(1, ends - 1) or line
	local text = whole:match "^/%*+%s?(.*)" or (inside and whole:match "^%s*%*?%s?(.*)")
	return text and trim(text), text ~= nil and not ends
end

-- { kind =, section =, script =, cells = } of a declaration's text
local function parse(text, where)
	local section, script, rest = text:match "^k6 ([%d.]+),? ?(%d*): (.*)"
	local want = 3
	if text:match "^k6 script " then
		script, rest = text:match "^k6 script (%d%d): (.*)"
		section, want = nil, 2
	end
	local cells = {}
	for cell in ((rest or "") .. "|"):gmatch "([^|]*)|" do cells[#cells + 1] = trim(cell) end
	if not rest or #cells ~= want then
		return complain("%s: '%s' is no declaration (tests/lint/k6_rows.lua says how they look)", where, text)
	end
	if script ~= "" and not scripts[tonumber(script)] then return complain("%s: no recorded script %s", where, script) end
	if section and not chapters[tonumber(section:match "^%d+")] then return complain("%s: no section %s", where, section) end
	return { section = section, script = tonumber(script), cells = cells, where = where }
end

-- is the test called name run by its program?
local function registered(text, name, is_c)
	for line in text:gmatch "[^\n]+" do
		local at = line:find("%f[%w_]" .. name .. "%f[^%w_]")
		if at and not line:match "^static void" and not line:match "^def " then
			if not is_c or line:match(name .. "%s*[,)]") then return true end
		end
	end
	return false
end

local function collect(path, rows)
	local text = assert(read(path))
	local is_c, is_shell = path:match "%.c$", path:match "%.sh$"
	local open, inside, number = {}, false, 0

	local function settle(name)
		for _, declared in ipairs(open) do
			-- the formatter may have joined two rows in one line
			local each = declared.text:gsub(" (k6 [%d.]+,? ?%d*: )", "\n%1")
			for text in each:gmatch "[^\n]+" do
				local row = parse(text, declared.where)
				if row then
					row.path, row.name = path, name
					rows[#rows + 1] = row
				end
			end
		end
		open = {}
	end
	for line in (text .. "\n"):gmatch "(.-)\n" do
		number = number + 1
		local said
		said, inside = comment(line, inside, is_c)
		if said and said:match "^k6 [%d.]+,? ?%d*: " or said and said:match "^k6 script " then
			open[#open + 1] = { text = said, where = path .. ":" .. number }
		elseif said and #open > 0 then
			open[#open].text = open[#open].text .. " " .. trim(said)
		elseif not said and #open > 0 then
			local name = line:match "^static void ([%w_]+)%(void %*%*state%)" or line:match "^def ([%w_]+)%("
			if is_shell then settle(nil)
			elseif name and registered(text, name, is_c) then settle(name)
			else
				complain("%s: no test that is run stands below this row", open[1].where)
				open = {}
			end
		end
	end
end

-- tests/cli/net_cases.py is run by tests/cli/test_net.sh: its log is that of cli/test_net
local function step_of(path)
	if path:match "%.sh$" then return path:match "tests/(.*)%.sh$" end
	local base = path:match "[^/]+$"
	for _, script in ipairs(list "tests/cli/test_*.sh tests/peers/test_*.sh") do
		if read(script):find(base, 1, true) then return script:match "tests/(.*)%.sh$" end
	end
	return complain("%s: no test script runs it", path)
end

local function passed(row, build)
	if row.path:match "%.c$" then
		local log = read(build .. row.path:gsub("^tests", ""):gsub("%.c$", ".log"))
		if not log then return false, "no log" end
		for line in log:gmatch "[^\n]+" do -- with several groups the test must hold in each
			if line:match("^not ok.*%f[%w_]" .. row.name .. "%f[^%w_]") then return false, "failed" end
		end
		for line in log:gmatch "[^\n]+" do
			if line:match("^ok .*%f[%w_]" .. row.name .. "$") then return true end
		end
		return false, "not run"
	end
	local log = read(build .. "/test-logs/" .. step_of(row.path):gsub("/", "_") .. ".log")
	if not log then return false, "no log" end
	if log:match "^skip " or log:match "\nskip " then return false, "skipped" end
	if row.path == COMPARE then return log:find("\nok " .. scripts[row.script] .. ":", 1, true) or
		log:find("ok " .. scripts[row.script] .. ":", 1, true) == 1, "failed" end
	if not log:match "%d+ passed, 0 failed" then return false, "failed" end
	return true
end

local function check_passed(rows, build)
	local held = 0
	for _, row in ipairs(rows) do
		local ok, why = passed(row, build)
		if ok then held = held + 1
		elseif row.path == COMPARE and why == "skipped" then
			io.write("    not shown here: ", scripts[row.script], " (no k6: make peers)\n")
		else complain("%s: %s did not pass: %s", row.where, row.name or row.path, why) end
	end
	io.write(held, " of ", #rows, " rows have a test that passed\n")
end

local function test_link(row)
	local text = row.name or row.path:match "[^/]+$"
	return string.format("[%s](../%s)", text, row.path)
end

local function order(a, b)
	local x, y = {}, {}
	for n in (a.section or "0"):gmatch "%d+" do x[#x + 1] = tonumber(n) end
	for n in (b.section or "0"):gmatch "%d+" do y[#y + 1] = tonumber(n) end
	for i = 1, math.max(#x, #y) do
		if (x[i] or 0) ~= (y[i] or 0) then return (x[i] or 0) < (y[i] or 0) end
	end
	if (a.script or 0) ~= (b.script or 0) then return (a.script or 0) < (b.script or 0) end
	return a.cells[1] < b.cells[1]
end

local function same_means_none(cell)
	return cell == "-" and "" or cell
end

local function print_page(rows, twins)
	io.write("# stoker and k6, feature by feature\n\n",
		"Written by `make docs` from what the tests declare: a row stands above the test that proves it, and `make test` ",
		"fails when that test did not pass. ", #rows, " rows. \"After\" is the section of the notes on k6 2.2 that the test ",
		"reproduces, or the script that was recorded from a real k6 and that the test is checked against.\n\n",
		"How to port a script: [porting-from-k6.md](porting-from-k6.md). What is not there: [at the end](#not-there).\n")
	local chapter
	for _, row in ipairs(rows) do
		local own = tonumber(row.section:match "^%d+")
		if own ~= chapter then
			chapter = own
			io.write("\n## ", chapters[own], "\n\n| k6 | stoker | difference | after | test |\n|---|---|---|---|---|\n")
		end
		local after = row.section .. (row.script and ", " .. scripts[row.script] or "")
		io.write("| ", row.cells[1], " | ", row.cells[2], " | ", same_means_none(row.cells[3]), " | ", after, " | ",
			test_link(row), " |\n")
	end
	io.write("\n## Script by script\n\nThe recorded scripts through the real k6 and their twins in Lua through stoker, by `make test-k6` ",
		"(`make peers` builds that k6); both see the same server.\n\n| script | compared | not compared, and why |\n|---|---|---|\n")
	for _, row in ipairs(twins) do
		io.write("| [", scripts[row.script], "](../", COMPARE, ") | ", row.cells[1], " | ", same_means_none(row.cells[2]), " |\n")
	end
	io.write("\n", ((read(PAGE) or ""):match "\n(## Not there\n.*)" or "## Not there\n"))
end

local all, rows, twins = {}, {}, {}
for _, path in ipairs(list "tests/unit/*/test_*.c tests/cli/*.py tests/cli/test_*.sh tests/peers/*.py") do collect(path, all) end
for _, row in ipairs(all) do
	if row.section then rows[#rows + 1] = row else twins[#twins + 1] = row end
end
table.sort(rows, order)
table.sort(twins, order)
if arg[1] == "--passed" then
	check_passed(all, assert(arg[2], "usage: k6_rows.lua --passed BUILD"))
elseif bad == 0 then
	print_page(rows, twins)
end
os.exit(bad == 0)
