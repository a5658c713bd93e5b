-- stoker: the module that load scripts and workflows require.
local core = require "_core"
local env = require "_env"
local code = require "_code"
local value = require "_value"
local vu = require "_vu"

local M = {}

--- HTTP requests of a virtual user.
M.http = require "stoker.http"

--- Judge a value by a list of expectations; true if all held.
M.check = require "stoker.check"

--- Run a function under a name: its requests and checks carry it.
M.group = require "stoker.group"

--- Counters, gauges, rates and trends of one's own.
M.metrics = require "stoker.metrics"

--- Wait: sleep(2) two seconds, sleep(1, 3) evenly between one and three.
---@param from number|string seconds, or "500ms"
---@param to? number|string
M.sleep = vu.sleep

--- A variable: from the scenario's env, -e NAME=VALUE, or the environment (without credentials).
---@param name string
---@param default? string without one an absent variable is an error; nil gives nil
---@return string|nil
M.env = env.env

--- A credential: prints as ***, is taken wherever http takes text.
---@param name string of the variable; NAME_FILE may name a file that holds it
M.secret = env.secret

--- Where runs of the base branch are kept, for mode "baseline".
M.baselines = core.readonly({
	--- Notes of the commits, in refs/notes/stoker: { remote = "origin" }.
	git_notes = core.git_notes,
	--- A folder: { "path" }.
	dir = core.dir,
	--- A bucket: { "s3://bucket/prefix", endpoint, region, path_style }; credentials by AWS_….
	s3 = core.s3,
}, "stoker.baselines")

--- Files of data, read once per process, shared by all virtual users, read-only.
M.data = require "stoker.data"

--- For the function summary of a load script.
M.summary = require "stoker.summary"

--- The virtual user that runs: id (from 1, unique in the run), iter (from 0), and tags: what is set there
--- is on all its samples until it runs another scenario.
M.vu = vu.vu
--- The scenario that runs: name, executor, progress (0 to 1).
M.scenario = vu.scenario

--- A number: random() in [0, 1), random(m) in 1..m, random(m, n) in m..n; seeded by --seed.
M.random = vu.random

--- A random UUID, the same with the same --seed.
M.uuid = code.uuid

--- A digest: md5, sha1, sha256, sha384, sha512.
---@param algorithm string
---@param text string
---@param form? string "hex" (default), "base64", "base64url", "raw"
M.hash = code.hash

--- A message authentication code (HMAC); key may be a secret.
---@param algorithm string
---@param key string
---@param text string
---@param form? string
M.hmac = code.hmac

M.base64 = core.readonly({
	---@param text string
	---@param alphabet? string "url": URL-safe, without padding
	encode = code.encode,
	--- The bytes; nil and the reason if text is not base64 in either alphabet.
	---@param text string
	decode = code.decode,
}, "stoker.base64")

--- End this iteration as failed; in setup: end the run.
---@param message string
M.fail = vu.fail

--- End the run: no new iterations, teardown, exit code 4.
---@param message string
M.abort = vu.abort

M.json = core.readonly({
	--- A value as JSON: keys sorted, a secret as ***. Raises for NaN, functions and holes.
	---@param value any
	---@param indented? boolean in lines
	encode = value.json_encode,
	--- The value of a JSON document, null as stoker.null; nil and the reason if text is none.
	---@param text string
	decode = value.json_decode,
}, "stoker.json")

--- Mark a list as a JSON array, also when it is empty.
M.array = value.array
--- JSON's null.
M.null = value.null
--- The bytes of a file as a request body or a part of a form.
---@param path string in the script's folder
M.file = value.file

--- What a load script returns.
M.load = core.load
--- What a workflow returns, and its parts.
M.workflow = core.workflow
M.service = core.service
M.target = core.target
M.pyroscope = core.pyroscope
M.sdk = core.sdk
M.scrape = core.scrape
M.pid = core.later "pid"
M.files = core.files

return core.readonly(M, "stoker")
