/* post: `stoker post RUN`: a saved run on the pull request it was made for. */
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/exit.h"
#include "cmd/posting.h"
#include "core/record/run_store.h"

struct post_opts {
	struct stk_opts_list to;
	const char *repository, *api_url, *sha, *token_file, *key, *author, *report_url, *runs;
	int64_t number;
	bool dry_run, always, is_required;
};

#define AT(member) offsetof(struct post_opts, member)
/* clang-format off */
static const struct stk_opts_row rows[] = {
	{ .name = "to", .type = STK_OPTS_LIST, .offset = AT(to), .word = "LIST", .help = "comment, check, status, summary, outputs", .standard = "comment,check,summary,outputs" },
	{ .name = "dry-run", .type = STK_OPTS_FLAG, .offset = AT(dry_run), .help = "print what would be sent, send nothing" },
	{ .name = "require-post", .type = STK_OPTS_FLAG, .offset = AT(is_required), .help = "exit 3 when something could not be posted" },
	{ .name = "always", .type = STK_OPTS_FLAG, .offset = AT(always), .help = "a comment even when there is nothing to say" },
	{ .name = "repo", .type = STK_OPTS_TEXT, .offset = AT(repository), .word = "OWNER/NAME", .help = "the repository", .standard = "the CI's, or the run's on github.com" },
	{ .name = "pr", .type = STK_OPTS_INT, .offset = AT(number), .word = "N", .min = 1, .max = INT32_MAX, .help = "the pull request", .standard = "that of the CI's event" },
	{ .name = "sha", .type = STK_OPTS_TEXT, .offset = AT(sha), .word = "COMMIT", .help = "the commit of check and status", .standard = "the pull request's head" },
	{ .name = "api-url", .type = STK_OPTS_TEXT, .offset = AT(api_url), .word = "URL", .help = "of the API, for an Enterprise server", .standard = "GITHUB_API_URL" },
	{ .name = "token-file", .type = STK_OPTS_TEXT, .offset = AT(token_file), .word = "FILE", .help = "a file that holds the token", .standard = "GITHUB_TOKEN" },
	{ .name = "key", .type = STK_OPTS_TEXT, .offset = AT(key), .word = "NAME", .help = "tells several reports of one pull request apart", .standard = "the workflow's name" },
	{ .name = "author", .type = STK_OPTS_TEXT, .offset = AT(author), .word = "LOGIN", .help = "who writes the comments, for another App's token" },
	{ .name = "report-url", .type = STK_OPTS_TEXT, .offset = AT(report_url), .word = "URL", .help = "where the HTML page can be seen", .standard = "the CI's page of the run" },
	{ .name = "runs", .type = STK_OPTS_TEXT, .offset = AT(runs), .word = "DIR", .help = "where records are kept", .standard = STK_RUN_STORE_ROOT },
	{ .name = NULL },
};
/* clang-format on */

extern const struct stk_command stk_cmd_post;

static int post_saved(struct stk_env *env, const struct post_opts *opts, const char *word)
{
	struct stk_buf dry = STK_BUF_EMPTY;
	struct stk_err err = STK_ERR_INIT;
	char *path = NULL;
	struct stk_run run;
	int code, rc;

	stk_run_init(&run);
	rc = stk_run_store_find(opts->runs, word, &path, &err);
	if (rc == 0)
		rc = stk_run_store_read(path, &run, &err);
	if (rc < 0) {
		code = stk_opts_fail(env, &err);
	} else {
		struct stk_posting posting = {.to = opts->to.texts.items,
			.to_len = opts->to.texts.len,
			.publish = {.given = {.repository = opts->repository,
					    .api_url = opts->api_url,
					    .sha = opts->sha,
					    .number = opts->number},
				.post = {.key = opts->key,
					.author = opts->author,
					.report_url = opts->report_url,
					.folder = path,
					.always = opts->always},
				.token_file = opts->token_file,
				.dry = opts->dry_run ? &dry : NULL},
			.is_required = opts->is_required};

		code = stk_posting_run(env, &run, &posting);
	}
	free(path);
	stk_buf_release(&dry);
	stk_run_release(&run);
	return code;
}

static int run_post(struct stk_env *env, int argc, char **argv)
{
	struct post_opts opts = {.runs = STK_RUN_STORE_ROOT};
	struct stk_opts_args args = {STK_VEC_INIT};
	struct stk_err err = STK_ERR_INIT;
	int code = stk_opts_read(env, &stk_cmd_post, argc, argv, &opts, &args);

	if (code < 0 && args.items.len > 1) {
		stk_err_set(&err, STK_E_INVAL, "one run at a time, '%s' is a second one",
			args.items.items[1]);
		code = stk_opts_fail(env, &err);
	}
	if (code < 0)
		code = post_saved(env, &opts, args.items.len > 0 ? args.items.items[0] : "last");
	stk_opts_release(rows, &opts, &args);
	return code;
}

const struct stk_command stk_cmd_post = {
	.name = "post",
	.summary = "publish a saved run on its pull request",
	.synopsis = "[options] [RUN]",
	.about = "RUN is last (the default), last~1, an id or the beginning of one, or the path of "
		 "a "
		 "record's folder or run.json. Only the record is read, never a workflow: it may "
		 "come from a stranger's pull request. Repository, pull request and commit are "
		 "those of the CI job; the token comes from GITHUB_TOKEN (docs/publishing.md).\n\n"
		 "What cannot be posted is a warning, and the exit code stays 0.",
	.examples = "stoker post --dry-run\nstoker post last --to comment,status\n"
		    "stoker post run.json --repo acme/shop --pr 12",
	.options = rows,
	.run = run_post,
};
