/* cmd: the table of commands and the way from argv to one of them. */
#include "cmd/cmd.h"

#include <errno.h>
#include <string.h>

#include "cmd/exit.h"
#include "cmd/help.h"
#include "core/base/version.h"

enum { COMMANDS_MAX = 32 };

extern const struct stk_command stk_cmd_baseline;
extern const struct stk_command stk_cmd_bot;
extern const struct stk_command stk_cmd_calibrate;
extern const struct stk_command stk_cmd_check;
extern const struct stk_command stk_cmd_demo;
extern const struct stk_command stk_cmd_demo_shop;
extern const struct stk_command stk_cmd_diff;
extern const struct stk_command stk_cmd_help;
extern const struct stk_command stk_cmd_init;
extern const struct stk_command stk_cmd_load;
extern const struct stk_command stk_cmd_merge;
extern const struct stk_command stk_cmd_post;
extern const struct stk_command stk_cmd_pull;
extern const struct stk_command stk_cmd_report;
extern const struct stk_command stk_cmd_run;
extern const struct stk_command stk_cmd_serve;

const struct stk_command *const stk_cmd_table[] = {
	&stk_cmd_init,
	&stk_cmd_check,
	&stk_cmd_run,
	&stk_cmd_load,
	&stk_cmd_merge,
	&stk_cmd_report,
	&stk_cmd_diff,
	&stk_cmd_pull,
	&stk_cmd_baseline,
	&stk_cmd_calibrate,
	&stk_cmd_post,
	&stk_cmd_serve,
	&stk_cmd_bot,
	&stk_cmd_demo,
	&stk_cmd_demo_shop,
	&stk_cmd_help,
	NULL,
};

const struct stk_command *stk_cmd_find(const char *name)
{
	for (size_t i = 0; stk_cmd_table[i]; i++)
		if (strcmp(stk_cmd_table[i]->name, name) == 0)
			return stk_cmd_table[i];
	return NULL;
}

const char *stk_cmd_version(void)
{
	return stk_version();
}

static int unknown_command(struct stk_env *env, const char *name)
{
	const char *names[COMMANDS_MAX];
	struct stk_err err = STK_ERR_INIT;
	size_t len = 0;

	for (size_t i = 0; stk_cmd_table[i] && len < COMMANDS_MAX; i++)
		if (!stk_cmd_table[i]->hidden)
			names[len++] = stk_cmd_table[i]->name;
	stk_err_set(
		&err, STK_E_INVAL, "unknown %s '%s'", name[0] == '-' ? "option" : "command", name);
	const char *nearest = stk_str_nearest(stk_str_of(name), names, len);
	if (nearest)
		stk_err_hint(&err, "did you mean 'stoker %s'?", nearest);
	else
		stk_err_hint(&err, "see: stoker --help");
	return stk_opts_fail(env, &err);
}

static void print_list(FILE *to)
{
	struct stk_buf buf = STK_BUF_EMPTY;

	stk_help_format_list(&buf);
	fputs(buf.ptr, to);
	stk_buf_release(&buf);
}

static int choose(struct stk_env *env, int argc, char **argv)
{
	if (argc < 2) {
		print_list(env->err);
		return STK_EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		print_list(env->out);
		return STK_EXIT_OK;
	}
	if (strcmp(argv[1], "--version") == 0) {
		fprintf(env->out, "stoker %s\n", stk_version());
		return STK_EXIT_OK;
	}
	const struct stk_command *command = stk_cmd_find(argv[1]);
	if (!command)
		return unknown_command(env, argv[1]);
	return command->run(env, argc - 1, argv + 1);
}

int stk_cmd_main(struct stk_env *env, int argc, char **argv)
{
	int code = choose(env, argc, argv);

	/* A full disk shows only when the last bytes leave; a reader that went away (head) is
	 * no fault of the run. */
	if ((fflush(env->out) != 0 || ferror(env->out)) && errno != EPIPE) {
		fprintf(env->err, "stoker: stdout: %s\n", strerror(errno));
		code = stk_exit_worse(code, STK_EXIT_WORLD);
	}
	return code;
}
