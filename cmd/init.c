/* init: `stoker init`: looks at the repository and writes the files to start from. */
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/exit.h"
#include "core/base/mem.h"
#include "core/base/version.h"
#include "core/init/draft.h"
#include "core/init/look.h"
#include "core/report/text.h"

struct init_opts {
	bool force, dry_run;
	const char *stoker;
};

#define AT(member) offsetof(struct init_opts, member)
/* clang-format off */
static const struct stk_opts_row rows[] = {
	{ .name = "force", .type = STK_OPTS_FLAG, .offset = AT(force), .help = "write over files that are there" },
	{ .name = "dry-run", .letter = 'n', .type = STK_OPTS_FLAG, .offset = AT(dry_run), .help = "print the files, write nothing" },
	{ .name = "stoker", .type = STK_OPTS_TEXT, .offset = AT(stoker), .word = "URL@COMMIT", .help = "where CI jobs get stoker from", .standard = "where this one is from" },
	{ .name = NULL },
};
/* clang-format on */

extern const struct stk_command stk_cmd_init;

static int refuse(struct stk_env *env, const struct stk_look *look, const char *root)
{
	struct stk_err err = STK_ERR_INIT;

	stk_err_set(&err, STK_E_NOT_FOUND, "no service was recognised in '%s'%s", root,
		look->cut ? " (it is too large to look at all of it)" : "");
	stk_err_hint(&err, "known are Go, Java, Rust, Python, Node and C; docs/workflows.md has a "
			   "workflow to copy");
	return stk_opts_fail(env, &err);
}

static void print_seen(struct stk_env *env, const struct stk_look *look)
{
	struct stk_buf seen = STK_BUF_EMPTY, plain = STK_BUF_EMPTY;

	stk_draft_seen(look, &seen);
	stk_text_add_plain(&plain, stk_buf_str(&seen));
	fprintf(env->out, "Looked here: %s\n", plain.ptr);
	if (look->cut)
		fputs("warning: not all of it: the repository is large\n", env->err);
	stk_buf_release(&plain);
	stk_buf_release(&seen);
}

static void print_file(struct stk_env *env, const struct stk_draft_file *file)
{
	struct stk_buf path = STK_BUF_EMPTY, about = STK_BUF_EMPTY;

	/* names of files are the repository's */
	stk_text_add_plain(&path, stk_str_of(file->path));
	stk_text_add_plain(&about,
		stk_str_of(file->state == STK_DRAFT_KEPT
				   ? "is there already: not touched (--force writes over it)"
				   : file->about));
	fprintf(env->out, "%s %-*s%s%s\n", file->state == STK_DRAFT_KEPT ? "kept " : "wrote",
		about.len > 0 ? 33 : 0, path.ptr, about.len > 0 ? "  " : "",
		about.len > 0 ? about.ptr : "");
	stk_buf_release(&about);
	stk_buf_release(&path);
}

static void print_text(struct stk_env *env, const struct stk_draft_file *file)
{
	struct stk_buf path = STK_BUF_EMPTY;

	stk_text_add_plain(&path, stk_str_of(file->path));
	fprintf(env->out, "--- %s\n%s", path.ptr, file->text.ptr);
	stk_buf_release(&path);
}

static void show_files(
	struct stk_env *env, const struct init_opts *opts, const struct stk_draft *draft)
{
	for (size_t i = 0; i < draft->files.len; i++) {
		const struct stk_draft_file *file = &draft->files.items[i];

		if (opts->dry_run)
			print_text(env, file);
		else if (file->state != STK_DRAFT_NEW)
			print_file(env, file);
	}
}

static int write_files(struct stk_env *env, const struct init_opts *opts,
	const struct stk_look *look, const char *root)
{
	char *built = stk_xasprintf("%s@%s", stk_version_source(), stk_version_commit());
	struct stk_draft_source source;
	struct stk_err err = STK_ERR_INIT;
	struct stk_draft draft;
	/* a build that does not know where it is from is no error: the files then say what is open
	 */
	int rc = stk_draft_source_parse(
		opts->stoker ? opts->stoker : built, &source, opts->stoker ? &err : NULL);

	if (rc < 0 && opts->stoker) {
		stk_err_wrap(&err, "option '--stoker'");
		goto out;
	}
	stk_draft_init(&draft, look, &source);
	print_seen(env, look);
	rc = opts->dry_run ? 0 : stk_draft_write(&draft, root, opts->force, &err);
	show_files(env, opts, &draft);
	if (rc == 0 && !opts->dry_run)
		fputs("next  stoker check\n", env->out);
	stk_draft_release(&draft);
out:
	free(built);
	return rc < 0 ? stk_opts_fail(env, &err) : STK_EXIT_OK;
}

static int run(struct stk_env *env, int argc, char **argv)
{
	struct init_opts opts = {.stoker = NULL};
	struct stk_opts_args args = {STK_VEC_INIT};
	struct stk_err err = STK_ERR_INIT;
	struct stk_look look;
	int code = stk_opts_read(env, &stk_cmd_init, argc, argv, &opts, &args);

	stk_look_init(&look);
	if (code < 0 && args.items.len > 1) {
		stk_err_set(&err, STK_E_INVAL, "one folder at a time, '%s' is a second one",
			args.items.items[1]);
		code = stk_opts_fail(env, &err);
	}
	const char *root = args.items.len > 0 ? args.items.items[0] : ".";
	if (code < 0 && stk_look_at(&look, root, &err) < 0)
		code = stk_opts_fail(env, &err);
	if (code < 0)
		code = look.service ? write_files(env, &opts, &look, root)
				    : refuse(env, &look, root);
	stk_look_release(&look);
	stk_opts_release(rows, &opts, &args);
	return code;
}

const struct stk_command stk_cmd_init = {
	.name = "init",
	.summary = "look at a repository, write a workflow, a load script and a CI file",
	.synopsis = "[options] [FOLDER]",
	.about = "Recognises Go, Java, Rust, Python, Node and C services, how they listen and are "
		 "profiled, k6 scripts, and whose CI is used. Nothing is executed, and no file "
		 "that is there is changed without --force. Read what it wrote: it is a start.",
	.examples = "stoker init  # in the repository's folder\n"
		    "stoker init --dry-run ../shop  # only show",
	.options = rows,
	.run = run,
};
