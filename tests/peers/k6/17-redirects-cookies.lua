-- the twin of 17-redirects-cookies.js
local stoker = require "stoker"
local http = stoker.http
local function who(more)
  local opts = { headers = { ["X-Vu"] = tostring(stoker.vu.id), ["X-Iter"] = tostring(stoker.vu.iter) } }
  for key, value in pairs(more or {}) do opts[key] = value end
  return opts
end

return stoker.load {
  base_url = stoker.env "BASE",
  scenarios = { s = { executor = "per-vu-iterations", vus = 1, iterations = 2, exec = function()
    http.get("/cookie/show", who())
    http.get("/cookie/set?a=1", who())
    http.get("/cookie/show", who())
    http.get("/redirect/3", who())
    http.post("/redirect/1?code=302", "x", who())
    http.post("/redirect/1?code=307", "x", who())
    http.get("/digest/u/p", who { auth = { user = "u", password = "p", digest = true } })
    http.get("/basic/u/p", who { auth = { user = "u", password = "p" } })
    http.get("/status/201", who { name = "/status/${}" })
    http.get("/gzip/100", who())
  end } },
}
