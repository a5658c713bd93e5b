-- login: setup logs in once, each user takes the token, teardown cleans up.
local stoker = require "stoker"
local http, check = stoker.http, stoker.check

return stoker.load {
  base_url = stoker.env "BASE_URL",
  vus = 2,
  iterations = 6,
  thresholds = { checks = "rate==1" },
  setup = function()
    local answer = http.post("/login", { json = { user = "load" } })
    if not check(answer, { status = 200 }) then
      stoker.fail("login: " .. answer.status)
    end
    return { headers = { Authorization = "Bearer " .. answer:json("/token") } }
  end,
  default = function(ctx)
    check(http.get("/private", { name = "private", headers = ctx.headers }), { status = 200 })
  end,
  teardown = function(ctx)
    http.delete("/test-data", { headers = ctx.headers })
  end,
}
