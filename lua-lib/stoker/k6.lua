-- k6: the standard workflow round a k6 script given to `stoker run`, which adds its path and the sides.
local stoker = require "stoker"

return stoker.workflow {}
