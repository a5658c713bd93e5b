-- stoker.http: requests. What the network does never raises: look at r.status, r.ok, r.error.
local core = require "_core"
local raw = require "_http"

local M = {}

--- Send a request without a body.
---@param url string absolute, or a path behind base_url
---@param opts? table headers name tags timeout redirects auth cookies jar expect discard compress
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

--- What all further requests of this virtual user expect, as the option expect says it; nil: nothing is judged.
---@param expect any
M.set_response_callback = raw.set_response_callback

--- Statuses and { min = , max = } as a list, for set_response_callback and the option expect.
function M.expected_statuses(...) return { ... } end

--- The cookies of this virtual user. A jar has
---   jar:set(url, name, value, options): as if url had sent it; options: domain path max_age secure
---   jar:cookies_for_url(url): names and values of what would be sent to url
---   jar:delete(url, name): forget those of that name that would be sent to url
---   jar:clear(url): forget all that would be sent to url
M.cookie_jar = raw.cookie_jar

--- An empty jar of one's own, for the option jar of requests; it lives as long as the script holds it.
M.new_cookie_jar = raw.new_cookie_jar

return core.readonly(M, "stoker.http")
