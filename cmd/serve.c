/* serve: the embedded Pyroscope-compatible server, until interrupted. */
#include <stdlib.h>

#include "cmd/cmd.h"
#include "cmd/exit.h"
#include "core/base/version.h"
#include "core/http/server.h"
#include "core/server/serve.h"

extern const struct stk_command stk_cmd_serve;

struct settings {
	const char *listen;
	const char *data;
	int64_t max_megabytes;
	int64_t max_age_ns;
};

#define AT(member) offsetof(struct settings, member)
/* clang-format off */
static const struct stk_opts_row rows[] = {
	{ .name = "listen", .letter = 'l', .type = STK_OPTS_TEXT, .offset = AT(listen), .word = "ADDR:PORT", .help = "where to listen; port 0 takes a free one", .standard = "127.0.0.1:4040" },
	{ .name = "data", .type = STK_OPTS_TEXT, .offset = AT(data), .word = "DIR", .help = "folder of the store, made if absent", .standard = ".stoker/profiles" },
	{ .name = "max-size", .type = STK_OPTS_INT, .offset = AT(max_megabytes), .word = "MIB", .min = 0, .max = INT64_C(1) << 40, .help = "delete the oldest profiles above that size; 0: never", .standard = "0" },
	{ .name = "max-age", .type = STK_OPTS_DURATION, .offset = AT(max_age_ns), .word = "TIME", .help = "delete profiles older than the newest by that much", .standard = "never" },
	{ .name = NULL },
};
/* clang-format on */

/* Wait for an interrupt; the handlers run on threads of their own. */
static void wait_for_signal(struct stk_env *env)
{
	while (atomic_load(env->interrupts) == 0)
		stk_clock_sleep_until(env->clock, stk_clock_mono(env->clock) + 50 * STK_NS_PER_MS);
}

static int serve(struct stk_env *env, const struct settings *settings, struct stk_err *err)
{
	struct stk_store_opts store_opts = {.dir = settings->data,
		.max_bytes = settings->max_megabytes * 1024 * 1024,
		.max_age_ns = settings->max_age_ns};
	struct stk_serve_opts opts = {.clock = env->clock, .version = stk_version()};
	struct stk_store *store = NULL;
	struct stk_serve *server = NULL;
	char *address = NULL;
	int rc;

	rc = stk_server_parse_listen(stk_str_of(settings->listen), &address, &opts.port, err);
	if (rc < 0)
		goto out;
	rc = stk_store_open(&store_opts, &store, err);
	if (rc < 0)
		goto out;
	opts.store = store;
	opts.address = address;
	rc = stk_serve_start(&opts, &server, err);
	if (rc < 0)
		goto out;
	fprintf(env->out, "listening on %s, profiles in %s\n", stk_serve_url(server),
		settings->data);
	fflush(env->out);
	wait_for_signal(env);
	fprintf(env->err, "stopping\n");
out:
	stk_serve_stop(server);
	stk_store_close(store);
	free(address);
	return rc;
}

static int run(struct stk_env *env, int argc, char **argv)
{
	struct settings settings = {.listen = "127.0.0.1:4040", .data = ".stoker/profiles"};
	struct stk_err err = STK_ERR_INIT;
	int code = stk_opts_read(env, &stk_cmd_serve, argc, argv, &settings, NULL);

	/* stopping is how this command ends: no failure */
	if (code < 0)
		code = serve(env, &settings, &err) < 0 ? stk_opts_fail(env, &err) : STK_EXIT_OK;
	stk_opts_release(rows, &settings, NULL);
	return code;
}

const struct stk_command stk_cmd_serve = {
	.name = "serve",
	.summary = "run the embedded Pyroscope-compatible profile server",
	.synopsis = "[options]",
	.about = "Takes profiles that SDKs push and answers queries as a Pyroscope does. A push is "
		 "answered when it is on disk. Ctrl-C stops it. See docs/server.md for what is "
		 "there and what is not.",
	.examples = "stoker serve\nstoker serve --listen 127.0.0.1:0 --data /tmp/profiles",
	.options = rows,
	.run = run,
};
