/* sides: the services of a run: start, watch, measure, stop; and the URLs of targets. */
#include <errno.h>
#include <stdlib.h>

#include "core/base/fs.h"
#include "core/flow/session_priv.h"
#include "core/script/ready.h"
#include "core/service/service.h"

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

static struct stk_service_spec service_spec(struct stk_session *session, int side,
	const struct stk_service_vars *vars, const char *const paths[2])
{
	const struct stk_side_spec *spec = session->sides[side].spec;

	return (struct stk_service_spec){.name = side_names[side],
		.build = command_of(&spec->build),
		.start = command_of(&spec->start),
		.env = vars->items,
		.env_len = vars->len,
		.cwd = spec->cwd,
		.url = spec->url,
		.ready = spec->ready,
		.ready_fn = spec->ready_fn ? ask_ready : NULL,
		.ready_ctx = &session->sides[side],
		.ready_timeout_ns = spec->ready_timeout_ns,
		.stop_timeout_ns = spec->stop_timeout_ns,
		.stop_signal = spec->stop_signal,
		.log_path = paths[0],
		.values = {.dir = session->workflow->dir,
			.out = paths[1],
			.side = side_names[side],
			.run = session->run->id,
			.push_url = session->sides[side].push_url},
		.environ_ = session->env->environ_,
		.clock = session->clock,
		.interrupts = session->env->interrupts};
}

/* What people call a side: its given title, base or head, an address, or the run's name. */
static const char *title_of(const struct stk_session *session, int side)
{
	const struct stk_side_spec *spec = session->sides[side].spec;

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

/* {out}: a folder of the side's own in the record, absolute, since builds run elsewhere. The caller
 * frees. */
static int make_out(struct stk_session *session, int side, char **out, struct stk_err *err)
{
	char *path = stk_xasprintf("%s/out-%s", session->folder, side_names[side]);
	int rc = stk_fs_mkdirs(path, err);

	if (rc == 0 && !(*out = realpath(path, NULL)))
		rc = stk_err_set_errno(err, STK_E_IO, errno, "%s", path);
	free(path);
	return rc;
}

static int start_service(struct stk_session *session, int side, struct stk_err *err)
{
	struct stk_session_side *at = &session->sides[side];
	struct stk_service_vars vars = STK_VEC_INIT;
	struct stk_buf name = STK_BUF_EMPTY;
	char *log_path, *out_path = NULL;
	int rc = make_out(session, side, &out_path, err);

	if (rc < 0)
		return rc;

	stk_buf_addf(&name, "%s.log", side_names[side]);
	log_path = stk_fs_join(session->folder, name.ptr);
	for (size_t i = 0; i < at->spec->env.len; i++)
		stk_vec_push(&vars, (struct stk_service_var){at->spec->env.items[i].name,
					    at->spec->env.items[i].value});
	const char *const paths[] = {log_path, out_path};
	struct stk_service_spec spec = service_spec(session, side, &vars, paths);
	rc = stk_service_new(&spec, &at->service, err);
	if (rc == 0 && (spec.build.shell || spec.build.argv_len > 0))
		rc = stk_service_build(at->service, err);
	if (rc == 0)
		rc = stk_service_start(at->service, err);
	if (rc == 0)
		rc = stk_service_wait_ready(at->service, err);
	if (rc < 0 && rc != STK_E_SCRIPT)
		stk_err_wrap(err, "service '%s'", side_names[side]);
	if (rc == 0)
		at->url = stk_xstrdup(stk_service_url(at->service));
	stk_vec_release(&vars);
	stk_buf_release(&name);
	free(log_path);
	free(out_path);
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

int stk_session_start_side(struct stk_session *session, int side, struct stk_err *err)
{
	struct stk_session_side *at = &session->sides[side];
	int rc = 0;

	if (!stk_session_has_side(session, side) || at->service)
		return 0;
	session->phase = "start";
	if (at->spec->is_service)
		rc = start_service(session, side, err);
	else if (!at->url && at->spec->url) /* without: the load script's own base_url */
		at->url = stk_xstrdup(at->spec->url);
	if (rc == 0 && stk_session_scrapes(session, side) && !at->source)
		rc = open_scrape(session, side, err);
	if (rc < 0)
		return rc;
	describe_side(session, side);
	tell_up(session, side);
	return 0;
}

int stk_session_stop_side(struct stk_session *session, int side, struct stk_err *err)
{
	struct stk_session_side *at = &session->sides[side];
	int rc;

	if (!at->service)
		return 0;
	rc = stk_service_stop(at->service, err);
	stk_service_free(at->service);
	at->service = NULL;
	if (rc == STK_E_TIMEOUT) {
		stk_session_warn(session, "service '%s' had to be killed", side_names[side]);
		rc = 0;
	}
	return rc;
}

int stk_session_check_services(struct stk_session *session, struct stk_err *err)
{
	for (int side = 0; side < STK_SIDES; side++) {
		struct stk_service *service = session->sides[side].service;
		int rc = service ? stk_service_check(service, err) : 0;

		if (rc < 0) {
			stk_err_wrap(err, "service '%s'", side_names[side]);
			return rc;
		}
	}
	return 0;
}

int64_t stk_session_cpu_ns(const struct stk_session *session, int side)
{
	if (side < 0 || !session->sides[side].service)
		return -1;
	return stk_service_cpu_ns(session->sides[side].service);
}

int64_t stk_session_rss_bytes(const struct stk_session *session, int side)
{
	if (side < 0 || !session->sides[side].service)
		return -1;
	return stk_service_rss_bytes(session->sides[side].service);
}
