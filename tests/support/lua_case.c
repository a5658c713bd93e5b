/* lua_case: scripts of tests in folders of their own. */
#include "tests/support/lua_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/fs.h"
#include "core/base/mem.h"

void lua_case_init(struct lua_case *lc)
{
	struct stk_err err = STK_ERR_INIT;

	memset(lc, 0, sizeof *lc);
	stk_buf_init(&lc->talk, 1 << 20);
	if (stk_fs_mkdtemp("stoker-lua", &lc->dir, &err) < 0)
		fail_msg("%s", err.msg);
}

void lua_case_release(struct lua_case *lc)
{
	struct stk_err err = STK_ERR_INIT;

	stk_script_free(lc->script);
	if (lc->dir)
		assert_int_equal(stk_fs_remove_tree(lc->dir, &err), 0);
	free(lc->dir);
	stk_buf_release(&lc->talk);
}

void lua_case_file(struct lua_case *lc, const char *name, const char *text)
{
	struct stk_err err = STK_ERR_INIT;
	char *path = stk_fs_join(lc->dir, name);
	char *dir = stk_fs_dirname(path);

	assert_int_equal(stk_fs_mkdirs(dir, &err), 0);
	if (stk_fs_write(path, stk_str_of(text), &err) < 0)
		fail_msg("%s", err.msg);
	free(dir);
	free(path);
}

static void keep_line(enum stk_script_talk kind, const char *line, void *ctx)
{
	static const char *const names[] = {"print", "warn", "error"};
	struct lua_case *lc = ctx;

	stk_buf_addf(&lc->talk, "%s: %s\n", names[kind], line);
}

/* "/tmp/stoker-lua123/case.lua:3" becomes "case.lua:3". */
static void cut_folder(const struct lua_case *lc, char *text)
{
	size_t len = strlen(lc->dir);

	for (char *at = strstr(text, lc->dir); at; at = strstr(at, lc->dir)) {
		size_t cut = len + (at[len] == '/');
		memmove(at, at + cut, strlen(at + cut) + 1);
	}
}

int lua_case_load(struct lua_case *lc, const char *text)
{
	char *path = stk_fs_join(lc->dir, "case.lua");
	struct stk_env env = {.environ_ = lc->environ_};
	struct stk_script_opts opts = STK_SCRIPT_OPTS_INIT;

	lua_case_file(lc, "case.lua", text);
	opts.path = path;
	opts.env = lc->environ_ ? &env : NULL;
	opts.vars = lc->vars;
	while (lc->vars && lc->vars[opts.vars_len])
		opts.vars_len++;
	opts.talk = keep_line;
	opts.talk_ctx = lc;
	stk_script_free(lc->script);
	lc->script = NULL;
	stk_err_clear(&lc->err);
	int rc = stk_script_load(&opts, &lc->script, &lc->err);
	cut_folder(lc, lc->err.msg);
	cut_folder(lc, lc->err.hint);
	free(path);
	return rc;
}

const char *lua_case_message(struct lua_case *lc, const struct stk_err *err)
{
	if (err != &lc->err)
		lc->err = *err;
	cut_folder(lc, lc->err.msg);
	cut_folder(lc, lc->err.hint);
	return lc->err.msg;
}

const char *lua_case_talk(struct lua_case *lc)
{
	cut_folder(lc, lc->talk.ptr);
	lc->talk.len = strlen(lc->talk.ptr);
	return lc->talk.ptr;
}
