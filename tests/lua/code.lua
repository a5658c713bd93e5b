-- Digests and codes against published values: RFC 1321, 2202, 4231, 4648, FIPS 180.
local stoker = require "stoker"

local function same(got, want)
	if got ~= want then error(tostring(got) .. " is not " .. tostring(want), 2) end
end

local function refused(fn, ...)
	local ok, err = pcall(fn, ...)
	if ok then error("nothing was refused", 2) end
	return err
end

local function codes()
	same(stoker.hash("md5", "abc"), "900150983cd24fb0d6963f7d28e17f72")
	same(stoker.hash("sha1", "abc"), "a9993e364706816aba3e25717850c26c9cd0d89d")
	same(stoker.hash("sha256", ""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
	same(stoker.hash("sha256", "abc", "base64"), "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=")
	same(stoker.hash("sha256", "abc", "base64url"), "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0")
	same(#stoker.hash("sha512", "abc", "raw"), 64)
	same(stoker.hmac("md5", "Jefe", "what do ya want for nothing?"), "750c783e6ab0b503eaa86e310a5db738")
	same(stoker.hmac("sha256", "Jefe", "what do ya want for nothing?"),
		"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
	same(#stoker.hmac("sha256", stoker.secret "TEST_PASSWORD", "x"), 64)
	same(stoker.base64.encode "foobar", "Zm9vYmFy")
	same(stoker.base64.encode("\xff\xfe", "url"), "__4")
	same(stoker.base64.decode "Zm9vYg==", "foob")
	same(stoker.base64.decode "no base64!", nil)
	assert(refused(stoker.hash, "sha3", "x"):find("'sha3' is none of md5", 1, true))
	assert(refused(stoker.hash, "md5", 7):find("the text must be text or a secret, not number", 1, true))
	assert(refused(stoker.hmac, "md5", "k", "t", "octal"):find("'octal' is none of hex", 1, true))
end

local seen = {}

local function uuids()
	for _ = 1, 100 do
		local id = stoker.uuid()
		assert(id:match "^%x%x%x%x%x%x%x%x%-%x%x%x%x%-4%x%x%x%-[89ab]%x%x%x%-%x%x%x%x%x%x%x%x%x%x%x%x$", id)
		assert(not seen[id])
		seen[id] = true
	end
end

local users = stoker.data.csv "users.csv"

return stoker.load {
	vus = 1, iterations = 4,
	default = function()
		codes()
		uuids()
		same(stoker.data.per_vu(users).name, "ann") -- the only VU is number 1
		local row = stoker.data.unique(users)
		same(row and row.name, ({ "ann", "bob", "Smith, Eve" })[stoker.scenario.iter + 1]) -- nil for the fourth
		assert(refused(stoker.data.per_vu, stoker.array {}):find("the list is empty", 1, true))
		assert(refused(stoker.data.unique, 7):find("takes a list", 1, true))
	end,
}
