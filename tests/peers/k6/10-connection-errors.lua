-- the twin of 10-connection-errors.js
local stoker = require "stoker"
local http = stoker.http
local BASE, TLS = stoker.env "BASE", stoker.env "TLS"
local function who(more)
  local opts = { headers = { ["X-Vu"] = tostring(stoker.vu.id), ["X-Iter"] = tostring(stoker.vu.iter) } }
  for key, value in pairs(more or {}) do opts[key] = value end
  return opts
end

return stoker.load {
  base_url = BASE,
  scenarios = { s = { executor = "per-vu-iterations", vus = 1, iterations = 2, exec = function()
    http.get("/status/404", who())
    http.get("/status/503", who())
    http.get("/reset", who())
    http.post("/reset", "x", who())
    http.get("/close", who())
    http.get("/cut", who())
    http.get("/badgzip", who())
    http.get("/hold", who { timeout = "250ms" })
    http.get("/slow/5/100", who { timeout = "250ms" })
    http.get "http://127.0.0.1:1/refused"
    http.get "http://no-such-host.invalid/"
    http.get(BASE:gsub("http:", "https:") .. "/plain-server")
    http.get(TLS .. "/unknown-authority")
    http.get("/redirect/3", who { redirects = 1 })
  end } },
}
