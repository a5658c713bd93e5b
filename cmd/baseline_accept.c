/* baseline_accept: `stoker baseline accept`: a regression that is taken on purpose. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/baseline_priv.h"
#include "core/base/fs.h"
#include "core/baseline/accept.h"
#include "core/git/invoke.h"
#include "core/git/repo.h"
#include "core/record/run_store.h"

/* In the top folder of the repository, else here. The caller frees. */
static char *find_file(void)
{
	struct stk_repo *repo = NULL;
	char *path;

	if (stk_repo_open(".", &repo, NULL) == 0 && stk_repo_workdir(repo))
		path = stk_fs_join(stk_repo_workdir(repo), STK_ACCEPTED_PATH);
	else
		path = stk_xstrdup(STK_ACCEPTED_PATH);
	stk_repo_free(repo);
	return path;
}

/* --author, else who commits here, else who is logged in. */
static int find_author(const struct stk_baseline_call *call, char **out, struct stk_err *err)
{
	static const char *const args[] = {"config", "user.name", NULL};
	struct stk_invoke invoke = {.dir = ".", .args = args};
	const char *user = stk_env_get(call->env, "USER");
	struct stk_buf name = STK_BUF_EMPTY;
	struct stk_str found = STK_STR("");

	if (call->opts->author)
		found = stk_str_of(call->opts->author);
	else if (stk_invoke_ask(&invoke, &name, NULL) == 0)
		found = stk_str_trim(stk_buf_str(&name));
	if (found.len == 0 && user)
		found = stk_str_of(user);
	if (found.len > 0)
		*out = stk_str_dup(found);
	stk_buf_release(&name);
	return found.len > 0 ? 0
			     : stk_err_set(err, STK_E_INVAL,
				       "who accepts it? --author NAME, or git's user.name");
}

/* "+50%". */
static int parse_limit(const char *text, double *out, struct stk_err *err)
{
	struct stk_str number = stk_str_of(text);

	*out = NAN;
	if (!text)
		return 0;
	if (stk_str_starts(number, "+"))
		number = stk_str_skip(number, 1);
	if (!stk_str_ends(number, "%") ||
		stk_str_to_f64(stk_str_trim(stk_str_sub(number, 0, number.len - 1)), out, NULL) <
			0 ||
		!(*out > 0.0))
		return stk_err_set(err, STK_E_INVAL, "--limit: '%s': +50%% is wanted", text);
	*out /= 100.0;
	return 0;
}

static int read_accepted(const char *path, struct stk_accepted *accepted, struct stk_err *err)
{
	struct stk_buf text = STK_BUF_INIT(STK_ACCEPTED_BYTES_MAX);
	int rc = 0;

	if (stk_fs_exists(path))
		rc = stk_fs_read(path, &text, err);
	if (rc == 0 && text.len > 0)
		rc = stk_accepted_parse(stk_buf_str(&text), accepted, err);
	stk_buf_release(&text);
	return rc;
}

static int write_accepted(
	const char *path, const struct stk_accepted *accepted, struct stk_err *err)
{
	struct stk_buf text = STK_BUF_INIT(STK_ACCEPTED_BYTES_MAX);
	char *folder = stk_fs_dirname(path);
	int rc = stk_fs_mkdirs(folder, err);

	stk_accepted_format(accepted, &text);
	if (rc == 0)
		rc = stk_buf_check(&text, err);
	if (rc == 0)
		rc = stk_fs_write(path, stk_buf_str(&text), err);
	stk_buf_release(&text);
	free(folder);
	return rc;
}

static int read_run(const struct stk_baseline_call *call, struct stk_run *run, struct stk_err *err)
{
	char *path = NULL;
	int rc = stk_run_store_find(
		call->opts->runs, call->second ? call->second : "last", &path, err);

	if (rc == 0)
		rc = stk_run_store_read(path, run, err);
	free(path);
	return rc;
}

static int accept_in(const struct stk_baseline_call *call, const char *path,
	const struct stk_accept_opts *opts, struct stk_err *err)
{
	struct stk_accepted accepted;
	struct stk_run run;
	size_t added = 0;
	int rc;

	stk_run_init(&run);
	stk_accepted_init(&accepted);
	rc = read_run(call, &run, err);
	if (rc == 0)
		rc = read_accepted(path, &accepted, err);
	if (rc == 0)
		rc = stk_accept_add(&accepted, &run, opts, &added, err);
	if (rc == 0)
		rc = write_accepted(path, &accepted, err);
	if (rc == 0) {
		struct stk_buf day = STK_BUF_EMPTY;

		stk_accepted_format_day(&day, opts->until_ns);
		fprintf(call->env->out, "accepted    %s in %s until %s (%zu entr%s)\n",
			opts->function, run.name, day.ptr, added, added == 1 ? "y" : "ies");
		fprintf(call->env->out, "written     %s: it holds once it is on the base branch\n",
			path);
		stk_buf_release(&day);
	}
	stk_accepted_release(&accepted);
	stk_run_release(&run);
	return rc;
}

int stk_baseline_accept(struct stk_baseline_call *call, struct stk_err *err)
{
	struct stk_accept_opts opts = {.function = call->word,
		.profile = call->opts->profile,
		.reason = call->opts->reason,
		.until_ns = stk_clock_wall(call->env->clock) + call->opts->for_ns};
	char *path, *author = NULL;
	int rc = 0;

	if (!opts.function || !opts.reason || !opts.reason[0]) {
		rc = stk_err_set(err, STK_E_INVAL, "accept: a function and a reason are wanted");
		stk_err_hint(err, "stoker baseline accept json.Marshal --reason 'new field' "
				  "--for 30d");
		return rc;
	}
	path = find_file();
	rc = parse_limit(call->opts->limit, &opts.limit, err);
	if (rc == 0)
		rc = find_author(call, &author, err);
	opts.author = author;
	if (rc == 0)
		rc = accept_in(call, path, &opts, err);
	free(author);
	free(path);
	return rc;
}
