/* sides: the services of a run: start, watch, measure, stop; and the URLs of targets. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/fs.h"
#include "core/base/mem.h"
#include "core/flow/builds.h"
#include "core/flow/session_priv.h"
#include "core/git/invoke.h"
#include "core/http/client.h"
#include "core/http/url.h"
#include "core/script/ready.h"

#define KNOCK_MS 5000
#define KNOCK_NS (250 * STK_NS_PER_MS)

static const char *const side_names[STK_SIDES] = {"base", "head"};

STK_VEC_TYPE(stk_service_vars, struct stk_service_var);

static struct stk_service_command command_of(const struct stk_command_spec *spec)
{
	return (struct stk_service_command){spec->shell, spec->argv.items, spec->argv.len};
}

/* ready = function(s) of the workflow. */
static int ask_ready(struct stk_err *err, void *ctx)
{
	const struct stk_session_side *at = ctx;
	struct stk_ready_question question = {stk_service_url(at->service), at->name};

	return stk_ready_ask(at->script, at->spec->ready_fn, &question, err);
}

/* The same of a further process: which one is the last of the list, which is being started. */
static int ask_other_ready(struct stk_err *err, void *ctx)
{
	const struct stk_session_side *at = ctx;
	size_t last = at->others.len - 1;
	struct stk_ready_question question = {stk_service_url(at->others.items[last]), at->name};

	return stk_ready_ask(at->script, at->spec->processes.items[last].ready_fn, &question, err);
}

static void add_vars(const struct stk_pairs_text *env, struct stk_service_vars *vars)
{
	for (size_t i = 0; i < env->len; i++)
		stk_vec_push(
			vars, (struct stk_service_var){env->items[i].name, env->items[i].value});
}

/* What all services of a side have in common. */
static struct stk_service_spec common_spec(
	struct stk_session *session, int side, const char *log_path)
{
	const struct stk_side_spec *spec = session->sides[side].spec;
	struct stk_builds_place place = {session->workflow->dir, NULL, NULL, ""};
	bool from_git = stk_builds_place(session, side, &place);

	return (struct stk_service_spec){.name = side_names[side],
		.cwd = spec->cwd,
		.ready_ctx = &session->sides[side],
		.stop_timeout_ns = spec->stop_timeout_ns,
		.stop_signal = spec->stop_signal,
		.log_path = log_path,
		.values = {.dir = place.dir,
			.out = from_git ? place.out : session->sides[side].out,
			.rev = from_git ? place.rev : NULL,
			.side = side_names[side],
			.run = session->run->id,
			.push_url = session->sides[side].push_url},
		.clock = session->clock,
		.interrupts = session->env->interrupts};
}

/* "head.log", "head-build.log", "head-db.log" of the record. */
static char *log_path_of(const struct stk_session *session, int side, const char *what)
{
	char *name = what ? stk_xasprintf("%s-%s.log", side_names[side], what)
			  : stk_xasprintf("%s.log", side_names[side]);
	char *path = stk_fs_join(session->folder, name);

	free(name);
	return path;
}

/* Nothing of a hook that stoker may run in leads git astray in what it starts. */
static int new_service(const struct stk_session *session, struct stk_service_spec *spec,
	const struct stk_service_vars *vars, struct stk_service **out, struct stk_err *err)
{
	const char **clean = stk_invoke_clean_env(session->env->environ_);
	int rc;

	spec->environ_ = session->env->environ_ ? clean : NULL;
	spec->env = vars->items;
	spec->env_len = vars->len;
	rc = stk_service_new(spec, out, err);
	free(clean);
	return rc;
}

/* "8f3a1c2", "shop 8f3a1c2", "2d91e07 + changes". */
static const char *commit_title(const struct stk_session *session, int side)
{
	const struct stk_side_info *info = &session->run->sides[side];
	const char *title = session->sides[side].spec->title;

	return stk_arena_printf(&session->run->arena, "%s%s%.7s%s", title ? title : "",
		title ? " " : "", info->revision, info->dirty ? " + changes" : "");
}

/* What people call a side: its given title, base or head, an address, or the run's name. */
static const char *title_of(const struct stk_session *session, int side)
{
	const struct stk_side_spec *spec = session->sides[side].spec;

	if (stk_builds_range(session))
		return commit_title(session, side);
	if (spec->title)
		return spec->title;
	if (spec->is_service)
		return side_names[side];
	return session->sides[side].url ? session->sides[side].url : session->run->name;
}

static void describe_side(struct stk_session *session, int side)
{
	const struct stk_side_spec *spec = session->sides[side].spec;
	struct stk_side_info *info = &session->run->sides[side];
	const char *shown = spec->start.shell          ? spec->start.shell
			    : spec->start.argv.len > 0 ? spec->start.argv.items[0]
						       : NULL;

	info->url = stk_run_text(session->run, session->sides[side].url);
	info->command = stk_run_text(session->run, shown);
	info->selector = stk_run_text(session->run, session->sides[side].selector);
	info->title = stk_run_text(session->run, title_of(session, side));
}

static void tell_up(const struct stk_session *session, int side)
{
	const struct stk_flow_observer *observer = &session->opts->observer;
	const struct stk_session_side *at = &session->sides[side];
	struct stk_flow_side up = {side, session->run->sides[side].title, at->url, at->push_url};

	if (observer->up)
		observer->up(&up, observer->ctx);
}

static bool has_build(const struct stk_side_spec *spec)
{
	return spec->build.shell || spec->build.argv.len > 0;
}

/* A service that only builds: ports it may ask for are not those that it will listen on. */
int stk_session_build_side(struct stk_session *session, int side, struct stk_err *err)
{
	const struct stk_side_spec *spec = session->sides[side].spec;
	char *log_path = log_path_of(session, side, "build");
	struct stk_service_spec wanted = common_spec(session, side, log_path);
	struct stk_service_vars vars = STK_VEC_INIT;
	struct stk_service *builder = NULL;
	int rc;

	add_vars(&spec->env, &vars);
	wanted.build = command_of(&spec->build);
	wanted.start = command_of(&spec->start);
	rc = new_service(session, &wanted, &vars, &builder, err);
	if (rc == 0)
		rc = stk_service_build(builder, err);
	stk_service_free(builder);
	stk_vec_release(&vars);
	free(log_path);
	return rc;
}

static void want_main(const struct stk_side_spec *spec, struct stk_service_spec *wanted)
{
	wanted->start = command_of(&spec->start);
	wanted->stop = command_of(&spec->stop);
	wanted->pids = command_of(&spec->pids);
	wanted->url = spec->url;
	wanted->ready = spec->ready;
	wanted->ready_fn = spec->ready_fn ? ask_ready : NULL;
	wanted->ready_timeout_ns = spec->ready_timeout_ns;
}

static int new_main(struct stk_session *session, int side, struct stk_err *err)
{
	struct stk_session_side *at = &session->sides[side];
	char *log_path = log_path_of(session, side, NULL);
	struct stk_service_spec wanted = common_spec(session, side, log_path);
	struct stk_service_vars vars = STK_VEC_INIT;
	int rc;

	add_vars(&at->spec->env, &vars);
	want_main(at->spec, &wanted);
	rc = new_service(session, &wanted, &vars, &at->service, err);
	stk_vec_release(&vars);
	free(log_path);
	return rc;
}

/* {port} … {port9} mean the same in all processes of a side. */
static void share_ports(const struct stk_session_side *at, struct stk_placeholders *values)
{
	const struct stk_service *last =
		at->others.len > 0 ? at->others.items[at->others.len - 1] : at->service;

	for (int n = 1; n <= STK_SERVICE_PORTS; n++)
		values->ports[n - 1] = stk_service_port(last, n);
}

static void want_other(const struct stk_process_spec *process, struct stk_service_spec *wanted)
{
	wanted->start = command_of(&process->start);
	wanted->stop = command_of(&process->stop);
	wanted->pids = command_of(&process->pids);
	wanted->cwd = process->cwd ? process->cwd : wanted->cwd;
	wanted->url = process->url;
	wanted->ready = process->ready ? process->ready : "started";
	wanted->ready_fn = process->ready_fn ? ask_other_ready : NULL;
	wanted->ready_timeout_ns = process->ready_timeout_ns;
}

static int start_other(struct stk_session *session, int side,
	const struct stk_process_spec *process, struct stk_err *err)
{
	struct stk_session_side *at = &session->sides[side];
	char *log_path = log_path_of(session, side, process->name);
	struct stk_service_spec wanted = common_spec(session, side, log_path);
	char *name = stk_xasprintf("%s, process %s", side_names[side], process->name);
	struct stk_service_vars vars = STK_VEC_INIT;
	struct stk_service *other = NULL;
	int rc;

	add_vars(&at->spec->env, &vars);
	add_vars(&process->env, &vars);
	share_ports(at, &wanted.values);
	wanted.name = name;
	want_other(process, &wanted);
	rc = new_service(session, &wanted, &vars, &other, err);
	if (rc == 0) {
		stk_vec_push(&at->others, other);
		rc = stk_service_start(other, err);
	}
	if (rc == 0)
		rc = stk_service_wait_ready(other, err);
	stk_vec_release(&vars);
	free(name);
	free(log_path);
	return rc;
}

/* --- mistakes, before anything is built or started ----------------------------------------- */

/* What only a build or a start would tell, as stand-ins. */
static struct stk_service_spec stand_in(struct stk_session *session, int side)
{
	struct stk_service_spec wanted = common_spec(session, side, NULL);

	if (session->workflow->from_git)
		wanted.values.rev = "0000000";
	if (session->workflow->from_git || has_build(session->sides[side].spec))
		wanted.values.out = ".";
	for (int n = 0; n < STK_SERVICE_PORTS; n++)
		wanted.values.ports[n] = (uint16_t)(n + 1);
	return wanted;
}

static int try_new(const struct stk_session *session, struct stk_service_spec *wanted,
	const struct stk_pairs_text *env, const char *scrape_url, struct stk_err *err)
{
	struct stk_service_vars vars = STK_VEC_INIT;
	struct stk_service *service = NULL;
	struct stk_buf url = STK_BUF_EMPTY;
	int rc;

	add_vars(env, &vars);
	rc = new_service(session, wanted, &vars, &service, err);
	if (rc == 0 && scrape_url)
		rc = stk_service_expand(service, scrape_url, &url, err);
	stk_buf_release(&url);
	stk_service_free(service);
	stk_vec_release(&vars);
	return rc;
}

int stk_session_check_side(struct stk_session *session, int side, struct stk_err *err)
{
	const struct stk_side_spec *spec = session->sides[side].spec;
	const char *scrape_url = stk_session_scrapes(session, side) ? spec->profile.url : NULL;
	struct stk_service_spec wanted;
	int rc;

	if (!stk_session_has_side(session, side) || !spec->is_service)
		return 0;
	wanted = stand_in(session, side);
	wanted.build = command_of(&spec->build);
	want_main(spec, &wanted);
	rc = try_new(session, &wanted, &spec->env, scrape_url, err);
	for (size_t i = 0; rc == 0 && i < spec->processes.len; i++) {
		const struct stk_process_spec *process = &spec->processes.items[i];
		char *name = stk_xasprintf("%s, process %s", side_names[side], process->name);

		wanted = stand_in(session, side);
		wanted.name = name;
		want_other(process, &wanted);
		rc = try_new(session, &wanted, &process->env, NULL, err);
		free(name);
	}
	if (rc < 0 && spec->where)
		stk_err_wrap(err, "%s", spec->where);
	return rc;
}

/* --- start ----------------------------------------------------------------------------------- */

/* {out}: a folder of the side's own in the record, absolute, since builds run elsewhere. */
static int make_out(struct stk_session *session, int side, struct stk_err *err)
{
	char *path = stk_xasprintf("%s/out-%s", session->folder, side_names[side]);
	int rc = stk_fs_mkdirs(path, err);

	if (rc == 0)
		session->sides[side].out = realpath(path, NULL);
	if (rc == 0 && !session->sides[side].out)
		rc = stk_err_set_errno(err, STK_E_IO, errno, "'%s'", path);
	free(path);
	return rc;
}

void stk_session_remove_out(struct stk_session_side *side)
{
	if (side->out)
		(void)!stk_fs_remove_tree(side->out, NULL); /* it holds nothing of the record */
	free(side->out);
	side->out = NULL;
}

static int start_service(struct stk_session *session, int side, struct stk_err *err)
{
	struct stk_session_side *at = &session->sides[side];
	int rc = 0;

	/* from git it has been built before both are started */
	if (has_build(at->spec) && !session->workflow->from_git) {
		rc = at->out ? 0 : make_out(session, side, err);
		if (rc == 0)
			rc = stk_session_build_side(session, side, err);
	}
	if (rc == 0)
		rc = new_main(session, side, err);
	for (size_t i = 0; rc == 0 && i < at->spec->processes.len; i++)
		rc = start_other(session, side, &at->spec->processes.items[i], err);
	if (rc == 0)
		rc = stk_service_start(at->service, err);
	if (rc == 0)
		rc = stk_service_wait_ready(at->service, err);
	if (rc == 0)
		at->url = stk_xstrdup(stk_service_url(at->service));
	return rc;
}

/* The address of its profile endpoint is known only when its ports are. */
static int open_scrape(struct stk_session *session, int side, struct stk_err *err)
{
	struct stk_session_side *at = &session->sides[side];
	struct stk_buf url = STK_BUF_EMPTY;
	int rc = 0;

	if (at->service)
		rc = stk_service_expand(at->service, at->spec->profile.url, &url, err);
	else
		stk_buf_add_text(&url, at->spec->profile.url);
	if (rc == 0)
		rc = stk_session_open_scrape(session, side, url.ptr, err);
	stk_buf_release(&url);
	return rc;
}

/* An address is where the load will go; a name may mean something else to the load script
 * (hosts), so it is only told. */
static bool is_address(const char *url)
{
	struct in6_addr address;
	struct stk_url parts;
	char host[INET6_ADDRSTRLEN + 2];

	if (stk_url_parse(stk_str_of(url), &parts, NULL) < 0 || parts.host.len >= sizeof host)
		return false;
	(void)snprintf(host, sizeof host, "%.*s", STK_STR_ARG(parts.host));
	return inet_pton(AF_INET, host, &address) == 1 || inet_pton(AF_INET6, host, &address) == 1;
}

/* 0 when anybody answers, whatever it is: what is wrong with it the load will tell. A target that
 * is just being started is given a moment. */
static int ask_until(struct stk_session *session, struct stk_client *client, const char *url,
	struct stk_err *err)
{
	struct stk_http_request request = {
		.method = "HEAD", .url = url, .timeout_ms = KNOCK_MS, .max_body = 1 << 20};
	struct stk_http_response response = STK_HTTP_RESPONSE_INIT;
	int64_t until = stk_clock_mono(session->clock) + KNOCK_MS * STK_NS_PER_MS;
	int rc;

	while ((rc = stk_client_send(client, &request, &response, err)) == STK_E_NET &&
		stk_clock_mono(session->clock) < until && stk_session_interrupts(session) == 0)
		stk_clock_sleep_until(session->clock, stk_clock_mono(session->clock) + KNOCK_NS);
	stk_http_response_release(&response);
	return stk_session_interrupts(session) > 0 ? STK_E_ABORTED : rc;
}

static int knock(struct stk_session *session, const char *url, struct stk_err *err)
{
	struct stk_client_opts opts = {.insecure_tls = true,
		.interrupts = session->env->interrupts,
		.interrupts_seen = session->interrupts_heeded};
	struct stk_client *client = stk_client_new(&opts);
	struct stk_err why = STK_ERR_INIT;
	int rc = ask_until(session, client, url, &why);

	stk_client_free(client);
	if (rc == STK_E_ABORTED)
		return stk_err_set(err, STK_E_ABORTED, "interrupted");
	if (rc != STK_E_NET)
		return 0;
	if (is_address(url))
		return stk_err_set(err, STK_E_NET, "target %s", why.msg);
	stk_session_warn(session, "target %s", why.msg);
	return 0;
}

int stk_session_start_side(struct stk_session *session, int side, struct stk_err *err)
{
	struct stk_session_side *at = &session->sides[side];
	int rc = 0;

	if (!stk_session_has_side(session, side) || at->service)
		return 0;
	session->phase = "start";
	if (at->spec->is_service)
		rc = start_service(session, side, err);
	else if (!at->url && at->spec->url) { /* without: the load script's own base_url */
		at->url = stk_xstrdup(at->spec->url);
		rc = knock(session, at->url, err);
	}
	if (rc == 0 && stk_session_scrapes(session, side) && !at->source)
		rc = open_scrape(session, side, err);
	if (rc < 0)
		return rc;
	describe_side(session, side);
	tell_up(session, side);
	return 0;
}

void stk_session_free_services(struct stk_session_side *side)
{
	stk_service_free(side->service);
	side->service = NULL;
	while (side->others.len > 0)
		stk_service_free(side->others.items[--side->others.len]);
	stk_vec_release(&side->others);
}

/* A service that had to be killed is worth a warning; a stop command that failed ends the run. */
static int stop_one(
	struct stk_session *session, int side, struct stk_service *service, struct stk_err *err)
{
	int rc = stk_service_stop(service, err);

	if (rc != STK_E_TIMEOUT)
		return rc;
	stk_session_warn(session, "service '%s' had to be killed", side_names[side]);
	return 0;
}

int stk_session_stop_side(struct stk_session *session, int side, struct stk_err *err)
{
	struct stk_session_side *at = &session->sides[side];
	int rc;

	if (!at->service)
		return 0;
	rc = stop_one(session, side, at->service, err);
	for (size_t i = at->others.len; i-- > 0;) {
		int stopped = stop_one(session, side, at->others.items[i], rc < 0 ? NULL : err);
		rc = rc < 0 ? rc : stopped;
	}
	stk_session_free_services(at);
	return rc;
}

int stk_session_check_services(struct stk_session *session, struct stk_err *err)
{
	for (int side = 0; side < STK_SIDES; side++) {
		const struct stk_session_side *at = &session->sides[side];
		int rc = at->service ? stk_service_check(at->service, err) : 0;

		for (size_t i = 0; rc == 0 && i < at->others.len; i++)
			rc = stk_service_check(at->others.items[i], err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static void add_figure(int64_t *sum, int64_t figure)
{
	*sum = *sum < 0 || figure < 0 ? -1 : *sum + figure;
}

/* Throttling is that of a control group, which the processes of a side share as a rule. */
static void add_usage(struct stk_service_usage *sum, struct stk_service *service)
{
	struct stk_service_usage one = {-1, -1, 0, -1, -1};

	(void)!stk_service_read_usage(service, &one, NULL); /* unknown then */
	add_figure(&sum->cpu_ns, one.cpu_ns);
	add_figure(&sum->rss_bytes, one.rss_bytes);
	sum->processes += one.processes;
	if (one.throttled_ns > sum->throttled_ns)
		sum->throttled_ns = one.throttled_ns;
	sum->restarts = sum->restarts < 0 || one.restarts < 0 ? -1 : sum->restarts + one.restarts;
}

void stk_session_usage(const struct stk_session *session, int side, struct stk_service_usage *out)
{
	const struct stk_session_side *at = side >= 0 ? &session->sides[side] : NULL;

	*out = (struct stk_service_usage){-1, -1, 0, -1, -1};
	if (!at || !at->service)
		return;
	*out = (struct stk_service_usage){.throttled_ns = -1};
	add_usage(out, at->service);
	for (size_t i = 0; i < at->others.len; i++)
		add_usage(out, at->others.items[i]);
}
