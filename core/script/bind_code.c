/* bind_code: stoker.hash, .hmac, .base64 and .uuid. */
#include <lauxlib.h>
#include <lua.h>
#include <string.h>

#include "core/base/base64.h"
#include "core/base/crypto.h"
#include "core/script/bind.h"
#include "core/script/state.h"
#include "core/script/state_priv.h"
#include "core/script/vu_lua.h"

static enum stk_digest digest_at(lua_State *lua, int at, const char *fn)
{
	static const char *const names[] = {[STK_DIGEST_MD5] = "md5",
		[STK_DIGEST_SHA1] = "sha1",
		[STK_DIGEST_SHA256] = "sha256",
		[STK_DIGEST_SHA384] = "sha384",
		[STK_DIGEST_SHA512] = "sha512"};
	struct stk_str name = stk_arg_text(lua, at, fn, "the algorithm");

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (stk_str_is(name, names[i]))
			return (enum stk_digest)i;
	(void)stk_state_misuse(
		lua, "%s: '%s' is none of md5, sha1, sha256, sha384, sha512", fn, name.ptr);
	return STK_DIGEST_SHA256;
}

static struct stk_str bytes_at(lua_State *lua, int at, const char *fn, const char *name)
{
	struct stk_str text = {NULL, 0};

	if (lua_type(lua, at) == LUA_TNUMBER || !stk_text_or_secret(lua, at, &text))
		(void)stk_state_misuse(lua, "%s: %s must be text or a secret, not %s", fn, name,
			luaL_typename(lua, at));
	return text;
}

/* The digest as index at wants it: "hex" (default), "base64", "base64url" or "raw". */
static int push_digest(
	lua_State *lua, int at, const char *fn, const unsigned char *bytes, size_t len)
{
	struct stk_str form =
		lua_isnoneornil(lua, at) ? STK_STR("hex") : stk_arg_text(lua, at, fn, "the form");
	struct stk_str raw = stk_str_n((const char *)bytes, len);
	struct stk_buf text = STK_BUF_EMPTY;

	if (stk_str_is(form, "hex"))
		stk_crypto_add_hex(&text, bytes, len);
	else if (stk_str_is(form, "base64"))
		stk_base64_add(&text, raw);
	else if (stk_str_is(form, "base64url"))
		stk_base64_add_url(&text, raw);
	else if (stk_str_is(form, "raw"))
		stk_buf_add_str(&text, raw);
	else
		return stk_state_misuse(
			lua, "%s: '%s' is none of hex, base64, base64url, raw", fn, form.ptr);
	lua_pushlstring(lua, text.ptr, text.len);
	stk_buf_release(&text);
	return 1;
}

/* hash(algorithm, text, form) */
static int code_hash(lua_State *lua)
{
	enum stk_digest digest = digest_at(lua, 1, "stoker.hash");
	unsigned char out[STK_DIGEST_MAX_BYTES];

	stk_crypto_digest(digest, bytes_at(lua, 2, "stoker.hash", "the text"), out);
	return push_digest(lua, 3, "stoker.hash", out, stk_digest_size(digest));
}

/* hmac(algorithm, key, text, form) */
static int code_hmac(lua_State *lua)
{
	enum stk_digest digest = digest_at(lua, 1, "stoker.hmac");
	unsigned char out[STK_DIGEST_MAX_BYTES];

	stk_crypto_hmac(digest, bytes_at(lua, 2, "stoker.hmac", "the key"),
		bytes_at(lua, 3, "stoker.hmac", "the text"), out);
	return push_digest(lua, 4, "stoker.hmac", out, stk_digest_size(digest));
}

/* encode(text, "url") */
static int code_encode(lua_State *lua)
{
	struct stk_str text = bytes_at(lua, 1, "stoker.base64.encode", "the text");
	struct stk_buf out = STK_BUF_EMPTY;
	bool url = !lua_isnoneornil(lua, 2);

	if (url && !stk_str_is(stk_text_at(lua, 2), "url"))
		return stk_state_misuse(
			lua, "stoker.base64.encode: the second argument is \"url\" or nothing");
	if (url)
		stk_base64_add_url(&out, text);
	else
		stk_base64_add(&out, text);
	lua_pushlstring(lua, out.ptr, out.len);
	stk_buf_release(&out);
	return 1;
}

/* decode(text) -> bytes, or nil and why not */
static int code_decode(lua_State *lua)
{
	struct stk_str text = bytes_at(lua, 1, "stoker.base64.decode", "the text");
	struct stk_buf out = STK_BUF_EMPTY;
	struct stk_err err;
	int results = 1;

	stk_err_clear(&err);
	if (stk_base64_parse(text, &out, &err) < 0) {
		lua_pushnil(lua);
		lua_pushstring(lua, err.msg);
		results = 2;
	} else
		lua_pushlstring(lua, out.ptr, out.len);
	stk_buf_release(&out);
	return results;
}

/* A random one (RFC 9562 5.4) of the virtual user's own numbers: the same with the same seed. */
static int code_uuid(lua_State *lua)
{
	struct stk_vu_lua *vu = stk_state_vu(lua);
	unsigned char bytes[16];
	char text[37];
	size_t len = 0;

	if (!vu)
		return stk_state_misuse(lua,
			"stoker.uuid is for virtual users, not for the file's first reading: move "
			"the call into a function");
	for (size_t half = 0; half < 2; half++) {
		uint64_t number = stk_rand_u64(stk_vu_lua_rand(vu));
		memcpy(bytes + 8 * half, &number, sizeof number);
	}
	bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x40);
	bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
	for (size_t i = 0; i < sizeof bytes; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			text[len++] = '-';
		text[len++] = "0123456789abcdef"[bytes[i] >> 4];
		text[len++] = "0123456789abcdef"[bytes[i] & 15];
	}
	lua_pushlstring(lua, text, len);
	return 1;
}

int luaopen_stk_code(lua_State *lua)
{
	static const luaL_Reg funcs[] = {{"hash", code_hash}, {"hmac", code_hmac},
		{"encode", code_encode}, {"decode", code_decode}, {"uuid", code_uuid},
		{NULL, NULL}};

	luaL_newlib(lua, funcs);
	return 1;
}
