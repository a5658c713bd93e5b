-- A service built from two commits of its own repository: what the branch changes, against main.
local stoker = require "stoker"

return stoker.workflow {
	name = "shop",
	service = stoker.service {
		build = "make -s OUT={out}", -- in a work tree of each commit; what is in {out} is kept
		start = "exec {out}/shop --port {port} --push {push_url}",
		ready = "/healthz",
	},
	base = "merge-base:main",
	load = { script = "visits.lua", rate = "100/s" },
	profiles = { "cpu" },
	gate = { cpu = "+5%" },
}
