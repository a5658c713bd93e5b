-- stoker.http: requests. What the network does never raises: look at r.status, r.ok, r.error.
local core = require "_core"
local raw = require "_http"

local M = {}

--- Send a request without a body.
---@param url string absolute, or a path behind base_url
---@param opts? table headers name tags timeout redirects auth cookies expect discard compress
M.get = raw.get
M.head = raw.head
M.delete = raw.delete
M.options = raw.options

--- Send a request with a body: text, { json = ... }, { form = ... }, { multipart = ... },
--- stoker.file(path), or a table that is a form.
---@param url string
---@param body? any
---@param opts? table
M.post = raw.post
M.put = raw.put
M.patch = raw.patch

--- Send a request of any method.
---@param method string
---@param url string
---@param body? any
---@param opts? table
M.request = raw.request

--- Send several at once (20, 6 of them to one host); answers under the same keys.
---@param items table of { method, url, body, opts } or { method = , url = , body = , headers = }
M.batch = raw.batch

--- Take a stream of server-sent events: fn is called with { type = , data = , id = } for each one, and
--- ends the stream by returning false. What it does may not wait. The answer, and how many there were.
---@param url string
---@param opts? table
---@param fn function
M.sse = raw.sse

local Jar = {}

--- Keep a cookie for the requests to come, as if url had sent it; options: domain path max_age secure.
function Jar:set(url, name, value, options) raw.jar_set(url, name, value, options) end

--- Names and values of the cookies that would be sent to url.
function Jar:cookies_for_url(url) return raw.jar_get(url) end

--- Forget the cookies of that name that would be sent to url.
function Jar:delete(url, name)
	if name == nil then core.misuse("cookie jar: delete takes a url and a name; clear forgets all") end
	raw.jar_remove(url, name)
end

--- Forget all that would be sent to url.
function Jar:clear(url) raw.jar_remove(url) end

local jar = core.readonly(Jar, "the cookie jar")

--- The cookies of this virtual user: set, cookies_for_url, delete, clear.
function M.cookie_jar() return jar end

return core.readonly(M, "stoker.http")
