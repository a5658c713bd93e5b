/* publish: from the run to its publishers, each on its own. */
#include "core/publish/publish.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/fs.h"
#include "core/base/mem.h"
#include "core/publish/app_token.h"
#include "core/publish/pull.h"
#include "core/publish/token.h"

enum { CHOSEN_MAX = 16 };

/* One publishing under way. */
struct job {
	const struct stk_publish_opts *opts;
	struct stk_ci ci;
	struct stk_token token;
	struct stk_app_token_place app; /* app NULL: a plain token */
	struct stk_post_opts post;
	struct stk_rest *rest;
	struct stk_doc doc;
	const struct stk_publisher *chosen[CHOSEN_MAX];
	size_t len;
	int rc; /* of the first failure */
};

static void say(const struct job *job, const char *fmt, ...) STK_PRINTF(2, 3);

static void say(const struct job *job, const char *fmt, ...)
{
	char line[1024];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(line, sizeof line, fmt, args); /* cut if long */
	va_end(args);
	if (job->opts->say)
		job->opts->say(line, job->opts->ctx);
}

static void warn(struct job *job, const struct stk_err *err)
{
	if (job->rc == 0)
		job->rc = err->code;
	if (job->opts->warn)
		job->opts->warn(err, job->opts->ctx);
}

static void say_line(const char *line, void *ctx)
{
	say(ctx, "%s", line);
}

static bool has(const struct job *job, const char *name)
{
	for (size_t i = 0; i < job->len; i++)
		if (strcmp(job->chosen[i]->name, name) == 0)
			return true;
	return false;
}

static void choose_one(struct job *job, const char *name)
{
	const struct stk_publisher *publisher = stk_publisher_find(stk_str_of(name), job->ci.forge);

	if (!publisher)
		say(job, "%s: not on %s", name, stk_forge_name(job->ci.forge));
	else if (job->len < CHOSEN_MAX && !has(job, name))
		job->chosen[job->len++] = publisher;
}

/* Whether any of these is about a forge; a webhook goes out from anywhere. */
static bool needs_forge(const char *const *names, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!stk_publisher_find(stk_str_of(names[i]), STK_FORGE_NONE))
			return true;
	return false;
}

static int choose(struct job *job, struct stk_err *err)
{
	static const char *const standard[] = {"comment", "check", "summary", "outputs"};
	const char *const *names = job->opts->to_len ? job->opts->to : standard;
	size_t len = job->opts->to_len ? job->opts->to_len : STK_ARRAY_LEN(standard);

	for (size_t i = 0; i < len; i++)
		if (!stk_publisher_is_name(stk_str_of(names[i]))) {
			stk_err_set(err, STK_E_INVAL, "'%s' is no place to post to", names[i]);
			stk_err_hint(
				err, "known: comment, check, status, summary, outputs, webhook");
			return STK_E_INVAL;
		}
	if (job->ci.forge == STK_FORGE_NONE && needs_forge(names, len)) {
		stk_err_set(err, STK_E_INVAL, "this is no CI that stoker knows: where to post to?");
		stk_err_hint(err, "--repo OWNER/NAME --pr NUMBER, and a token in GITHUB_TOKEN");
		return STK_E_INVAL;
	}
	for (size_t i = 0; i < len; i++)
		choose_one(job, names[i]);
	return 0;
}

static size_t remote_len(const struct job *job)
{
	size_t count = 0;

	for (size_t i = 0; i < job->len; i++)
		count += job->chosen[i]->is_remote;
	return count;
}

/* A fork's job: nothing that needs a token that writes; the summary takes the report. */
static void leave_out_remote(struct job *job)
{
	size_t kept = 0;

	if (!job->ci.is_read_only || remote_len(job) == 0)
		return;
	for (size_t i = 0; i < job->len; i++)
		if (!job->chosen[i]->is_remote)
			job->chosen[kept++] = job->chosen[i];
	job->len = kept;
	if (job->ci.forge == STK_FORGE_GITLAB) {
		say(job,
			"%s: its jobs have no token that may write, so nothing is posted "
			"(docs/publishing.md)",
			job->ci.why_read_only);
		return;
	}
	if (!has(job, "summary"))
		choose_one(job, "summary");
	say(job,
		"%s: the token is read-only, so the report goes to the step summary; the comment "
		"is posted by the second workflow (docs/publishing.md)",
		job->ci.why_read_only);
}

/* STOKER_GITHUB_APP_ID and its key: the App's token for this repository. */
static int open_app(struct job *job, const char *id, const char *agent, struct stk_err *err)
{
	const struct stk_env *env = job->opts->env;
	const char *key = stk_env_get(env, "STOKER_GITHUB_APP_KEY");
	const char *path = stk_env_get(env, "STOKER_GITHUB_APP_KEY_FILE");
	struct stk_app_token_opts opts = {.api_url = job->ci.api_url,
		.id = id,
		.user_agent = agent,
		.clock = env->clock,
		.interrupts = env->interrupts};
	struct stk_buf text = STK_BUF_INIT((size_t)64 * 1024);
	struct stk_secret secret = STK_SECRET_INIT;
	int rc = 0;

	if (key && key[0])
		stk_buf_add_text(&text, key);
	else if (path && path[0])
		rc = stk_fs_read(path, &text, err);
	else
		rc = stk_err_set(err, STK_E_NOT_FOUND,
			"STOKER_GITHUB_APP_ID is set, but neither STOKER_GITHUB_APP_KEY nor "
			"STOKER_GITHUB_APP_KEY_FILE");
	if (rc == 0) {
		stk_secret_init(&secret, stk_buf_str(&text));
		opts.key = &secret;
		rc = stk_app_token_new(&opts, &job->app.app, err);
	}
	job->app.repository = job->ci.repository;
	if (rc == 0 && !job->post.author)
		rc = stk_app_token_login(job->app.app, &job->post.author, err);
	stk_secret_release(&secret);
	stk_buf_release(&text);
	return rc;
}

/* Who sends: as the caller says, the App if there is one, else the token of the environment. */
static int open_token(struct job *job, struct stk_rest_opts *rest, struct stk_err *err)
{
	const char *id = stk_env_get(job->opts->env, "STOKER_GITHUB_APP_ID");
	int rc;

	if (job->opts->token) {
		rest->token = job->opts->token;
		rest->token_ctx = job->opts->token_ctx;
		rest->token_source = job->opts->token_source;
		return 0;
	}
	if (job->ci.forge == STK_FORGE_GITHUB && !job->opts->token_file && id && id[0]) {
		rc = open_app(job, id, rest->user_agent, err);
		rest->token = stk_app_token_for_rest;
		rest->token_ctx = &job->app;
		rest->token_source = "the GitHub App of STOKER_GITHUB_APP_ID";
		return rc;
	}
	rc = stk_token_find(job->opts->env, job->ci.forge, job->opts->token_file, &job->token, err);
	rest->token = stk_token_get;
	rest->token_ctx = &job->token;
	rest->token_source = job->token.source;
	return rc;
}

static int open_rest(struct job *job, struct stk_err *err)
{
	const struct stk_http_header headers[] = {
		/* the second is for servers that only know the plain name */
		{STK_STR("Accept"), STK_STR("application/vnd.github+json, application/json;q=0.9")},
		{STK_STR("X-GitHub-Api-Version"), STK_STR("2022-11-28")}};
	char *agent = stk_xasprintf("stoker/%s", job->opts->version ? job->opts->version : "0");
	struct stk_rest_opts rest = {.base_url = job->ci.api_url,
		.headers = headers,
		.headers_len = job->ci.forge == STK_FORGE_GITHUB ? 2 : 0,
		.user_agent = agent,
		.clock = job->opts->env->clock,
		.interrupts = job->opts->env->interrupts,
		.dry = job->opts->dry,
		.say = say_line,
		.say_ctx = job};
	int rc = 0;

	if (job->ci.forge == STK_FORGE_GITLAB)
		rest.token_header = "PRIVATE-TOKEN";
	if (!job->ci.api_url)
		rc = stk_err_set(err, STK_E_INVAL, "the API's URL is not known: --api-url");
	else if (!job->ci.repository)
		rc = stk_err_set(
			err, STK_E_INVAL, "the repository is not known: --repo OWNER/NAME");
	else if (!job->opts->dry)
		rc = open_token(job, &rest, err);
	if (rc == 0)
		rc = stk_rest_new(&rest, &job->rest, err);
	free(agent);
	return rc;
}

/* The artifact of a finished run is a stranger's: what it says about another commit belongs
 * nowhere. A record that names none (a running target) cannot be held against one. */
static int check_commit(const struct job *job, struct stk_err *err)
{
	const char *revision = job->opts->run->sides[STK_SIDE_HEAD].revision;

	if (!job->ci.event || strcmp(job->ci.event, "workflow_run") != 0 || !job->ci.head_sha ||
		!revision || !stk_ci_is_sha(stk_str_of(revision)))
		return 0;
	if (strncasecmp(revision, job->ci.head_sha, strlen(revision)) == 0)
		return 0;
	return stk_err_set(err, STK_E_AUTH,
		"the record is of commit %.12s, the workflow run was for %.12s: nothing is posted",
		revision, job->ci.head_sha);
}

/* Token, API and pull request for the remote ones; without them they are left out. */
static void prepare_remote(struct job *job)
{
	struct stk_err err = STK_ERR_INIT;
	size_t kept = 0;
	int rc;

	if (remote_len(job) == 0)
		return;
	rc = check_commit(job, &err);
	if (rc == 0)
		rc = open_rest(job, &err);
	if (rc == 0)
		rc = stk_pull_complete(&job->ci, job->rest, &err);
	if (rc == 0)
		return;
	warn(job, &err);
	for (size_t i = 0; i < job->len; i++)
		if (!job->chosen[i]->is_remote)
			job->chosen[kept++] = job->chosen[i];
	job->len = kept;
}

static void post_one(struct job *job, const struct stk_publisher *publisher)
{
	struct stk_post post = {.doc = &job->doc,
		.ci = &job->ci,
		.opts = &job->post,
		.env = job->opts->env,
		.rest = job->rest,
		.is_bot_token = job->token.is_bot,
		.dry = job->opts->dry};
	struct stk_post_result result = {.outcome = STK_POST_DONE};
	struct stk_err err = STK_ERR_INIT;

	if (publisher->needs_number && job->ci.number == 0) {
		say(job, "%s: no pull request here%s%s", publisher->name,
			job->ci.event_trouble ? ": " : "",
			job->ci.event_trouble ? job->ci.event_trouble : "");
		return;
	}
	if (publisher->needs_sha && !job->ci.head_sha && job->opts->dry)
		job->ci.head_sha = "HEAD_OF_THE_PULL_REQUEST";
	if (publisher->needs_sha && !job->ci.head_sha) {
		say(job, "%s: the commit is not known (--sha)", publisher->name);
		return;
	}
	if (publisher->post(&post, &result, &err) < 0) {
		stk_err_wrap(&err, "%s", publisher->name);
		warn(job, &err);
	} else if (!job->opts->dry) {
		say(job, "%s%s%s%s%s", result.outcome == STK_POST_DONE ? "" : publisher->name,
			result.outcome == STK_POST_DONE ? "" : ": ", result.text,
			result.url[0] ? "  " : "", result.url);
	}
}

bool stk_publish_is_ci(const struct stk_env *env)
{
	struct stk_ci ci;
	bool is_ci;

	stk_ci_init(&ci, env);
	is_ci = ci.is_ci;
	stk_ci_release(&ci);
	return is_ci;
}

int stk_publish(const struct stk_publish_opts *opts, struct stk_err *err)
{
	struct job job = {.opts = opts, .token = STK_TOKEN_INIT, .post = opts->post};
	struct stk_ci_given given = opts->given;
	int rc;

	stk_ci_init(&job.ci, opts->env);
	stk_doc_init(&job.doc, opts->run);
	if (!given.remote)
		given.remote = opts->run->repository.remote;
	rc = stk_ci_override(&job.ci, &given, err);
	if (rc == 0)
		rc = choose(&job, err);
	if (rc < 0)
		goto out;
	leave_out_remote(&job);
	prepare_remote(&job);
	for (size_t i = 0; i < job.len; i++)
		post_one(&job, job.chosen[i]);
	rc = job.rc;
	if (rc < 0)
		stk_err_set(err, rc, "not everything could be posted");
out:
	stk_rest_free(job.rest);
	stk_app_token_free(job.app.app);
	stk_token_release(&job.token);
	stk_doc_release(&job.doc);
	stk_ci_release(&job.ci);
	return rc;
}
