/* chunk: compiling files as functions of their globals. */
#include "core/script/chunk.h"

#include <lauxlib.h>
#include <lua.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/script/lua_lib.h"
#include "core/script/script.h"
#include "core/script/state.h"

#define HEAD "return function(_ENV, ...) "
#define TAIL "\nend"

/* A byte order mark and a #! line are not Lua; the line break stays for the line numbers. */
static struct stk_str skip_shebang(struct stk_str text)
{
	if (stk_str_starts(text, "\xef\xbb\xbf"))
		text = stk_str_skip(text, 3);
	if (!stk_str_starts(text, "#"))
		return text;
	ptrdiff_t end = stk_str_find_byte(text, '\n');
	return end < 0 ? stk_str_skip(text, text.len) : stk_str_skip(text, (size_t)end);
}

static int compile_wrapped(
	lua_State *lua, struct stk_str text, const char *name, struct stk_err *err)
{
	struct stk_buf wrapped = STK_BUF_INIT(STK_SCRIPT_FILE_MAX + 64);

	stk_buf_add_text(&wrapped, HEAD);
	stk_buf_add_str(&wrapped, text);
	stk_buf_add_text(&wrapped, TAIL);
	int rc = stk_buf_check(&wrapped, err);
	if (rc == 0)
		rc = stk_state_compile(lua, wrapped.ptr, wrapped.len, name, err);
	stk_buf_release(&wrapped);
	if (rc < 0 && rc != STK_E_TOO_LARGE) {
		/* Alone it compiled: only the 200th local, which _ENV takes, is left to fail. */
		stk_err_hint(err, "a file may have at most 199 local variables at its top level");
		return rc;
	}
	return rc < 0 ? rc : stk_state_call(stk_state_of(lua), lua, 0, 1, err);
}

int stk_chunk_compile(lua_State *lua, struct stk_str text, const char *name, struct stk_err *err)
{
	text = skip_shebang(text);
	int rc = stk_state_compile(lua, text.ptr ? text.ptr : "", text.len, name, err);

	if (rc < 0)
		return rc;
	lua_pop(lua, 1);
	return compile_wrapped(lua, text, name, err);
}

struct stk_str stk_chunk_ours(const char *path)
{
	static const char folder[] = "lua-lib/";

	for (const struct stk_embedded_file *file = stk_lua_files; file->path; file++)
		if (strncmp(file->path, folder, sizeof folder - 1) == 0 &&
			strcmp(file->path + sizeof folder - 1, path) == 0)
			return stk_str_n(file->text, file->len);
	return stk_str_n(NULL, 0);
}

int stk_chunk_compile_ours(lua_State *lua, const char *path, struct stk_err *err)
{
	char name[256];
	struct stk_str text = stk_chunk_ours(path);

	if (!text.ptr)
		return stk_err_set(err, STK_E_NOT_FOUND, "no '%s' in this program", path);
	snprintf(name, sizeof name, STK_CHUNK_OURS "%s", path);
	return stk_chunk_compile(lua, text, name, err);
}
