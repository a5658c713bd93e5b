/* bot: `stoker bot`: answers webhooks of pull requests, until interrupted. */
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/exit.h"
#include "core/base/fs.h"
#include "core/base/mem.h"
#include "core/base/version.h"
#include "core/bot/bot.h"
#include "core/http/server.h"
#include "core/publish/actions_file.h"
#include "core/publish/token.h"

extern const struct stk_command stk_cmd_bot;

enum { NAMES_MAX = 16 };

#define SECRET_FILE_MAX ((size_t)64 * 1024)
#define PUBLIC_API      "https://api.github.com"

struct settings {
	const char *listen, *data, *secret_file, *app_id, *app_key_file, *token_file;
	const char *api_url, *server_url, *workflow, *artifact;
	struct stk_opts_list repositories, to;
	int64_t workers, max_waiting, backoff_ns;
};

#define AT(member) offsetof(struct settings, member)
/* clang-format off */
static const struct stk_opts_row rows[] = {
	{ .name = "listen", .letter = 'l', .type = STK_OPTS_TEXT, .offset = AT(listen), .word = "ADDR:PORT", .help = "where to listen; port 0 takes a free one", .standard = "127.0.0.1:8787" },
	{ .name = "data", .type = STK_OPTS_TEXT, .offset = AT(data), .word = "DIR", .help = "folder of queue and records, made if absent", .standard = ".stoker/bot" },
	{ .name = "repo", .type = STK_OPTS_LIST, .offset = AT(repositories), .word = "OWNER/NAME", .help = "a repository to serve; OWNER/* for all; may be repeated" },
	{ .name = "secret-file", .type = STK_OPTS_TEXT, .offset = AT(secret_file), .word = "FILE", .help = "the webhook's secret; a second line: the one before it", .standard = "STOKER_BOT_SECRET" },
	{ .name = "app-id", .type = STK_OPTS_TEXT, .offset = AT(app_id), .word = "ID", .help = "client id or App id of the GitHub App", .standard = "STOKER_GITHUB_APP_ID" },
	{ .name = "app-key-file", .type = STK_OPTS_TEXT, .offset = AT(app_key_file), .word = "FILE", .help = "its private key", .standard = "STOKER_GITHUB_APP_KEY_FILE" },
	{ .name = "token-file", .type = STK_OPTS_TEXT, .offset = AT(token_file), .word = "FILE", .help = "a file that holds a token, in place of an App", .standard = "GITHUB_TOKEN" },
	{ .name = "api-url", .type = STK_OPTS_TEXT, .offset = AT(api_url), .word = "URL", .help = "of the API, for an Enterprise server", .standard = "GITHUB_API_URL" },
	{ .name = "server-url", .type = STK_OPTS_TEXT, .offset = AT(server_url), .word = "URL", .help = "of the pages for people", .standard = "that of the API" },
	{ .name = "workflow", .type = STK_OPTS_TEXT, .offset = AT(workflow), .word = "FILE", .help = "the workflow that /stoker run starts", .standard = "stoker-run.yml" },
	{ .name = "artifact", .type = STK_OPTS_TEXT, .offset = AT(artifact), .word = "NAME", .help = "the artifact in which workflows leave their record", .standard = "stoker" },
	{ .name = "to", .type = STK_OPTS_LIST, .offset = AT(to), .word = "LIST", .help = "where records are posted: comment, check, status", .standard = "comment,check" },
	{ .name = "workers", .type = STK_OPTS_INT, .offset = AT(workers), .word = "N", .min = 1, .max = 16, .help = "deliveries that are handled at once", .standard = "2" },
	{ .name = "queue", .type = STK_OPTS_INT, .offset = AT(max_waiting), .word = "N", .min = 1, .max = 100000, .help = "deliveries that may wait; further ones are answered 503", .standard = "1000" },
	{ .name = "backoff", .type = STK_OPTS_DURATION, .offset = AT(backoff_ns), .word = "TIME", .help = "pause before a delivery is tried again, then doubled", .standard = "10s" },
	{ .name = NULL },
};
/* clang-format on */

/* What is read from files and the environment. */
struct given {
	struct stk_secret secrets[2], app_key;
	struct stk_token token;
	char *address, *server_url, *agent;
	char *to[NAMES_MAX];
	size_t to_len;
};

static void given_release(struct given *given)
{
	for (size_t i = 0; i < STK_ARRAY_LEN(given->secrets); i++)
		stk_secret_release(&given->secrets[i]);
	stk_secret_release(&given->app_key);
	stk_token_release(&given->token);
	for (size_t i = 0; i < given->to_len; i++)
		free(given->to[i]);
	free(given->address);
	free(given->server_url);
	free(given->agent);
}

static const char *or_env(const struct stk_env *env, const char *given, const char *name)
{
	const char *value = given ? given : stk_env_get(env, name);

	return value && value[0] ? value : NULL;
}

/* A file's text, wiped when it has been read. */
static int read_secret_file(const char *path, struct stk_buf *text, struct stk_err *err)
{
	stk_buf_init(text, SECRET_FILE_MAX);
	return stk_fs_read(path, text, err);
}

static void wipe(struct stk_buf *text)
{
	if (text->cap)
		explicit_bzero(text->ptr, text->len);
	stk_buf_release(text);
}

static int read_secrets(const struct stk_env *env, const struct settings *settings,
	struct given *given, struct stk_err *err)
{
	const char *value = stk_env_get(env, "STOKER_BOT_SECRET");
	struct stk_buf text = STK_BUF_EMPTY;
	struct stk_str rest, line;
	size_t len = 0;
	int rc = 0;

	if (settings->secret_file)
		rc = read_secret_file(settings->secret_file, &text, err);
	else
		stk_buf_add_text(&text, value ? value : "");
	rest = stk_buf_str(&text);
	while (rc == 0 && len < STK_ARRAY_LEN(given->secrets) && stk_str_cut(&rest, '\n', &line))
		if (stk_str_trim(line).len)
			stk_secret_init(&given->secrets[len++], stk_str_trim(line));
	wipe(&text);
	if (rc == 0 && len == 0) {
		rc = stk_err_set(err, STK_E_INVAL, "the webhook's secret is not known: %s",
			settings->secret_file ? "the file is empty"
					      : "STOKER_BOT_SECRET is not set");
		stk_err_hint(err, "--secret-file FILE, with the secret that GitHub was given");
	}
	return rc;
}

static int read_app_key(const struct stk_env *env, const struct settings *settings,
	struct given *given, struct stk_err *err)
{
	const char *path = or_env(env, settings->app_key_file, "STOKER_GITHUB_APP_KEY_FILE");
	const char *key =
		settings->app_key_file ? NULL : or_env(env, NULL, "STOKER_GITHUB_APP_KEY");
	struct stk_buf text = STK_BUF_EMPTY;
	int rc = 0;

	if (key)
		stk_buf_add_text(&text, key);
	else if (path)
		rc = read_secret_file(path, &text, err);
	else
		rc = stk_err_set(err, STK_E_INVAL,
			"the App's private key is not known: --app-key-file, or "
			"STOKER_GITHUB_APP_KEY");
	if (rc == 0)
		stk_secret_init(&given->app_key, stk_buf_str(&text));
	wipe(&text);
	return rc;
}

/* An App where one is named, else a token. */
static int read_credentials(const struct stk_env *env, const struct settings *settings,
	struct given *given, struct stk_hub_opts *hub, struct stk_err *err)
{
	int rc;

	if (!settings->token_file)
		hub->app_id = or_env(env, settings->app_id, "STOKER_GITHUB_APP_ID");
	if (hub->app_id) {
		rc = read_app_key(env, settings, given, err);
		hub->app_key = &given->app_key;
		return rc;
	}
	rc = stk_token_find(env, STK_FORGE_GITHUB, settings->token_file, &given->token, err);
	if (rc == STK_E_NOT_FOUND)
		stk_err_hint(err, "--app-id and --app-key-file, or --token-file (docs/bot.md)");
	hub->token = &given->token.secret;
	hub->token_source = given->token.source;
	return rc;
}

/* "https://ghe.example/api/v3" -> "https://ghe.example". */
static char *server_of(const char *api_url, const char *said)
{
	struct stk_str api = stk_str_of(api_url);

	if (said)
		return stk_xstrdup(said);
	if (strcmp(api_url, PUBLIC_API) == 0)
		return stk_xstrdup("https://github.com");
	return stk_str_ends(api, "/api/v3") ? stk_str_dup(stk_str_sub(api, 0, api.len - 7)) : NULL;
}

static void split_to(const struct settings *settings, struct given *given)
{
	for (size_t i = 0; i < settings->to.texts.len; i++) {
		struct stk_str rest = stk_str_of(settings->to.texts.items[i]), word;

		while (given->to_len < NAMES_MAX && stk_str_cut(&rest, ',', &word))
			if (stk_str_trim(word).len)
				given->to[given->to_len++] = stk_str_dup(stk_str_trim(word));
	}
}

static int check_to(const struct given *given, struct stk_err *err)
{
	static const char *const known[] = {"comment", "check", "status"};

	for (size_t i = 0; i < given->to_len; i++) {
		bool is_known = false;

		for (size_t k = 0; k < STK_ARRAY_LEN(known); k++)
			is_known |= strcmp(given->to[i], known[k]) == 0;
		if (!is_known)
			return stk_err_set(err, STK_E_INVAL,
				"--to %s: comment, check and status are what a bot can post",
				given->to[i]);
	}
	return 0;
}

static void on_say(const char *line, void *ctx)
{
	struct stk_env *env = ctx;
	struct stk_buf safe = STK_BUF_EMPTY;

	stk_actions_file_add_log(&safe, stk_str_of(line));
	fprintf(env->err, "stoker  %s\n", safe.ptr);
	stk_buf_release(&safe);
}

static int prepare(struct stk_env *env, const struct settings *settings, struct given *given,
	struct stk_bot_opts *opts, struct stk_err *err)
{
	const char *api_url = or_env(env, settings->api_url, "GITHUB_API_URL");
	int rc = stk_server_parse_listen(
		stk_str_of(settings->listen), &given->address, &opts->port, err);

	if (rc == 0)
		rc = read_secrets(env, settings, given, err);
	if (rc == 0)
		rc = read_credentials(env, settings, given, &opts->hub, err);
	split_to(settings, given);
	if (rc == 0)
		rc = check_to(given, err);
	given->agent = stk_xasprintf("stoker/%s", stk_version());
	opts->hub.api_url = api_url ? api_url : PUBLIC_API;
	given->server_url = server_of(
		opts->hub.api_url, or_env(env, settings->server_url, "GITHUB_SERVER_URL"));
	opts->hub.server_url = given->server_url;
	opts->hub.user_agent = given->agent;
	opts->address = given->address;
	opts->data = settings->data;
	for (size_t i = 0; i < STK_ARRAY_LEN(given->secrets); i++)
		opts->secrets[i] =
			stk_secret_is_set(&given->secrets[i]) ? &given->secrets[i] : NULL;
	opts->repositories = settings->repositories.texts.items;
	opts->repositories_len = settings->repositories.texts.len;
	opts->task = (struct stk_task_settings){.workflow = settings->workflow,
		.artifact = settings->artifact,
		.to = (const char *const *)given->to,
		.to_len = given->to_len,
		.version = stk_version()};
	return rc;
}

static int serve(struct stk_env *env, const struct settings *settings, struct stk_err *err)
{
	struct given given = {.token = STK_TOKEN_INIT};
	struct stk_bot_opts opts = {.workers = (int)settings->workers,
		.max_waiting = (size_t)settings->max_waiting,
		.first_pause_ns = settings->backoff_ns,
		.clock = env->clock,
		.interrupts = env->interrupts,
		.say = on_say,
		.ctx = env};
	struct stk_bot *bot = NULL;
	int rc = prepare(env, settings, &given, &opts, err);

	if (rc == 0)
		rc = stk_bot_start(&opts, &bot, err);
	if (rc < 0)
		goto out;
	fprintf(env->out, "listening on %s/webhook, data in %s\n", stk_bot_url(bot),
		settings->data);
	fflush(env->out);
	while (atomic_load(env->interrupts) == 0)
		stk_clock_sleep_until(env->clock, stk_clock_mono(env->clock) + 50 * STK_NS_PER_MS);
	fprintf(env->err, "stopping: what is in hand is finished, the rest stays in the queue\n");
out:
	stk_bot_stop(bot);
	given_release(&given);
	return rc;
}

static int run(struct stk_env *env, int argc, char **argv)
{
	struct settings settings = {.listen = "127.0.0.1:8787",
		.data = ".stoker/bot",
		.workflow = "stoker-run.yml",
		.artifact = "stoker",
		.workers = 2,
		.max_waiting = 1000,
		.backoff_ns = 10 * STK_NS_PER_S};
	struct stk_err err = STK_ERR_INIT;
	int code = stk_opts_read(env, &stk_cmd_bot, argc, argv, &settings, NULL);

	/* stopping is how this command ends: no failure */
	if (code < 0)
		code = serve(env, &settings, &err) < 0 ? stk_opts_fail(env, &err) : STK_EXIT_OK;
	stk_opts_release(rows, &settings, NULL);
	return code;
}

const struct stk_command stk_cmd_bot = {
	.name = "bot",
	.summary = "answer webhooks of pull requests",
	.synopsis = "--repo OWNER/NAME [options]",
	.about =
		"Takes GitHub's webhooks at /webhook: posts the records of finished workflow runs, "
		"and answers /stoker run, explain, accept and help in comments of people who may "
		"write. A delivery is acknowledged when it is on disk. No code of a pull request "
		"is ever run. Ctrl-C stops it.\n\n"
		"Needs the webhook's secret and a GitHub App or a token; neither is taken from the "
		"command line. Metrics are at /metrics, health is at /healthz. See docs/bot.md.",
	.examples = "stoker bot --repo acme/shop --secret-file secret --token-file token\n"
		    "stoker bot --repo 'acme/*' --app-id Iv23x --app-key-file app.pem",
	.options = rows,
	.run = run,
};
