/* posting: lines and exit code of publishing. */
#include "cmd/posting.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/exit.h"
#include "cmd/opts.h"
#include "core/base/version.h"
#include "core/publish/actions_file.h"

enum { NAMES_MAX = 16 };

static void print_line(struct stk_env *env, const char *line)
{
	struct stk_buf safe = STK_BUF_EMPTY;

	stk_actions_file_add_log(&safe, stk_str_of(line));
	fprintf(env->err, "stoker  %s\n", safe.ptr);
	stk_buf_release(&safe);
}

static void on_say(const char *line, void *ctx)
{
	print_line(ctx, line);
}

static void on_warn(const struct stk_err *err, void *ctx)
{
	struct stk_env *env = ctx;
	const char *actions = stk_env_get(env, "GITHUB_ACTIONS");
	struct stk_buf text = STK_BUF_EMPTY;

	stk_buf_addf(&text, "not posted: %s", err->msg);
	print_line(env, text.ptr);
	if (err->hint[0])
		print_line(env, err->hint);
	if (actions && strcmp(actions, "true") == 0) {
		stk_buf_clear(&text);
		stk_actions_file_add_command(
			&text, "warning", STK_STR("stoker could not post"), stk_str_of(err->msg));
		fputs(text.ptr, env->err);
	}
	stk_buf_release(&text);
}

/* "comment,check" and repeated options as single names. */
static size_t split(const struct stk_posting *posting, char **names)
{
	size_t len = 0;

	for (size_t i = 0; i < posting->to_len; i++) {
		struct stk_str rest = stk_str_of(posting->to[i]), word;

		while (len < NAMES_MAX && stk_str_cut(&rest, ',', &word))
			if (stk_str_trim(word).len)
				names[len++] = stk_str_dup(stk_str_trim(word));
	}
	return len;
}

int stk_posting_run(struct stk_env *env, const struct stk_run *run, struct stk_posting *posting)
{
	struct stk_publish_opts *publish = &posting->publish;
	struct stk_err err = STK_ERR_INIT;
	char *names[NAMES_MAX] = {NULL};
	int code = STK_EXIT_OK, rc;

	publish->env = env;
	publish->run = run;
	publish->version = stk_version();
	publish->say = on_say;
	publish->warn = on_warn;
	publish->ctx = env;
	publish->to_len = split(posting, names);
	publish->to = (const char *const *)names;
	rc = stk_publish(publish, &err);
	if (rc == STK_E_INVAL || rc == STK_E_ABORTED)
		code = stk_opts_fail(env, &err);
	else if (rc < 0 && posting->is_required)
		code = STK_EXIT_WORLD;
	if (publish->dry)
		fwrite(publish->dry->ptr, 1, publish->dry->len, env->out);
	for (size_t i = 0; i < publish->to_len; i++)
		free(names[i]);
	return code;
}
