/* session: opening and closing what one run holds on to. */
#include "core/flow/session.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/fs.h"
#include "core/baseline/kept.h"
#include "core/flow/builds.h"
#include "core/flow/environment.h"
#include "core/flow/program.h"
#include "core/flow/session_priv.h"
#include "core/flow/trust.h"
#include "core/git/changes.h"
#include "core/profile/profile.h"
#include "core/record/run_store.h"
#include "core/script/driver.h"
#include "core/script/script.h"
#include "core/script/table.h"
#include "core/server/serve.h"
#include "core/source/source.h"

/* load = { env } of the workflow, then -e, which wins. */
static void add_vars(const struct stk_session *session, struct stk_texts *vars)
{
	const struct stk_pairs_text *env = &session->workflow->load.env;
	const struct stk_script_opts *opts = &session->opts->script_opts;

	for (size_t i = 0; i < env->len; i++)
		stk_vec_push(vars, stk_arena_printf(&session->run->arena, "%s=%s",
					   env->items[i].name, env->items[i].value));
	for (size_t i = 0; i < opts->vars_len; i++)
		stk_vec_push(vars, opts->vars[i]);
}

static int load_script(
	struct stk_session *session, const char *name, struct stk_script **out, struct stk_err *err)
{
	struct stk_script_opts load = session->opts->script_opts;
	struct stk_texts vars = STK_VEC_INIT;
	char *path = name[0] == '/' || name[0] == '@' ? stk_xstrdup(name)
						      : stk_fs_join(session->workflow->dir, name);
	int rc;

	load.path = path;
	add_vars(session, &vars);
	load.vars = vars.items;
	load.vars_len = vars.len;
	rc = stk_script_load(&load, out, err);
	free(path);
	stk_vec_release(&vars);
	if (rc < 0 || stk_script_kind(*out) == STK_SCRIPT_LOAD)
		return rc;
	stk_script_free(*out);
	return stk_err_set(err, STK_E_SCRIPT, "%s: a load script is wanted, not a workflow", name);
}

static bool is_named(const struct stk_session_script *script, const char *name)
{
	return name && script->name ? strcmp(script->name, name) == 0 : name == script->name;
}

int stk_session_script(struct stk_session *session, const char *name,
	struct stk_session_script *out, struct stk_err *err)
{
	bool is_own = !name && stk_script_kind(session->opts->script) == STK_SCRIPT_LOAD;
	int rc = 0;

	for (size_t i = 0; i < session->scripts.len; i++)
		if (is_named(&session->scripts.items[i], name)) {
			*out = session->scripts.items[i];
			return 0;
		}
	if (!name && !is_own) {
		stk_err_set(err, STK_E_SCRIPT, "%s: the workflow has no load",
			stk_script_path(session->opts->script));
		stk_err_hint(err, "add load = { script = \"shop.lua\", rate = \"100/s\" }");
		return STK_E_SCRIPT;
	}
	*out = (struct stk_session_script){.name = stk_run_text(session->run, name)};
	if (is_own)
		out->script = session->opts->script;
	else
		rc = load_script(session, name, &out->script, err);
	if (rc < 0)
		return rc;
	out->driver = stk_script_driver_new(out->script);
	stk_vec_push(&session->scripts, *out);
	return 0;
}

/* Its mistakes come before anything is started. A flow of its own may name its scripts later. */
static int load_first_script(struct stk_session *session, struct stk_err *err)
{
	const char *name = session->workflow->load.script;
	struct stk_session_script script;

	if (stk_load_is_program(&session->workflow->load))
		return stk_program_identify(session, &session->workflow->load, err);
	if (!name && session->workflow->run_fn)
		return 0;
	return stk_session_script(session, name, &script, err);
}

static int make_folder(struct stk_session *session, struct stk_err *err)
{
	struct stk_run *run = session->run;
	char *id = NULL;
	int rc = stk_run_store_create(
		session->opts->runs_dir, run->start_ns, run->name, &session->folder, &id, err);

	if (rc == 0)
		run->id = stk_run_text(run, id);
	free(id);
	return rc;
}

static void describe_run(struct stk_session *session)
{
	struct stk_run *run = session->run;
	const struct stk_workflow *workflow = session->workflow;

	run->name = stk_run_text(run, workflow->name ? workflow->name : "run");
	run->version = stk_run_text(run, session->opts->version);
	run->command = stk_run_text(run, session->opts->command);
	run->mode = workflow->mode;
	run->start_ns = stk_clock_wall(session->clock);
	stk_environment_read(run);
}

int stk_session_open(struct stk_session *session, struct stk_err *err)
{
	int rc;

	session->env = session->opts->env;
	session->clock = session->env->clock;
	session->workflow = session->opts->workflow;
	session->phase = "start";
	for (int side = 0; side < STK_SIDES; side++) {
		session->sides[side].spec = &session->workflow->sides[side];
		session->sides[side].script = session->opts->script;
		session->sides[side].name = side == STK_SIDE_BASE ? "base" : "head";
	}
	describe_run(session);
	rc = load_first_script(session, err);
	if (rc == 0)
		rc = make_folder(session, err);
	if (rc == 0)
		rc = stk_session_save(session, err);
	if (rc == 0)
		rc = stk_session_open_sources(session, err);
	return rc;
}

/* The store was only a way to the slices, which are kept as files. */
static void remove_store(struct stk_session *session)
{
	char *path;

	if (!session->folder)
		return;
	path = stk_fs_join(session->folder, "store");
	if (stk_fs_remove_tree(path, NULL) < 0)
		stk_session_warn(session, "could not remove %s", path);
	free(path);
}

void stk_session_close(struct stk_session *session)
{
	for (int side = STK_SIDES; side-- > 0;) {
		stk_session_free_services(&session->sides[side]);
		stk_session_remove_out(&session->sides[side]);
		free(session->sides[side].url);
		free(session->sides[side].push_url);
		free(session->sides[side].selector);
	}
	stk_builds_release(session);
	for (size_t i = 0; i < session->sources.len; i++)
		stk_source_close(session->sources.items[i]);
	stk_vec_release(&session->sources);
	stk_serve_stop(session->server);
	stk_store_close(session->store);
	remove_store(session);
	for (size_t i = 0; i < session->types.len; i++)
		free(session->types.items[i].type_id);
	stk_vec_release(&session->types);
	for (size_t i = 0; i < session->profiles.len; i++)
		stk_profile_free(session->profiles.items[i].profile);
	stk_vec_release(&session->profiles);
	for (size_t i = 0; i < session->scripts.len; i++) {
		stk_script_driver_free(session->scripts.items[i].driver);
		if (session->scripts.items[i].script != session->opts->script)
			stk_script_free(session->scripts.items[i].script);
	}
	stk_vec_release(&session->scripts);
	stk_changes_free(session->changes);
	stk_changes_free(session->own_changes);
	if (session->kept)
		stk_kept_release(session->kept);
	free(session->kept);
	stk_trust_free(session->trust);
}

bool stk_session_has_side(const struct stk_session *session, int side)
{
	return side >= 0 && session->sides[side].spec->is_set;
}

int stk_session_interrupts(const struct stk_session *session)
{
	return session->env->interrupts ? atomic_load(session->env->interrupts) : 0;
}

void stk_session_partial(struct stk_session *session, const char *reason)
{
	if (session->run->partial.is_partial)
		return;
	session->run->partial.is_partial = true;
	session->run->partial.phase = stk_run_text(session->run, session->phase);
	session->run->partial.reason = stk_run_text(session->run, reason);
}

void stk_session_heed_interrupt(struct stk_session *session)
{
	session->interrupts_heeded = stk_session_interrupts(session);
	stk_session_partial(session, "interrupted");
}

void stk_session_line(const struct stk_session *session, const struct stk_flow_line *line)
{
	const struct stk_flow_observer *observer = &session->opts->observer;

	if (observer->line)
		observer->line(line, observer->ctx);
}

void stk_session_say(const struct stk_session *session, const char *fmt, ...)
{
	const struct stk_flow_observer *observer = &session->opts->observer;
	struct stk_buf text = STK_BUF_EMPTY;
	va_list args;

	va_start(args, fmt);
	stk_buf_vaddf(&text, fmt, args);
	va_end(args);
	if (observer->say)
		observer->say(text.ptr, observer->ctx);
	stk_buf_release(&text);
}

void stk_session_warn(struct stk_session *session, const char *fmt, ...)
{
	const struct stk_flow_observer *observer = &session->opts->observer;
	struct stk_buf text = STK_BUF_EMPTY;
	va_list args;

	va_start(args, fmt);
	stk_buf_vaddf(&text, fmt, args);
	va_end(args);
	stk_run_note(session->run, STK_NOTE_WARN, "%s", text.ptr);
	if (observer->warn)
		observer->warn(text.ptr, observer->ctx);
	stk_buf_release(&text);
}

int stk_session_save(struct stk_session *session, struct stk_err *err)
{
	struct stk_partial *partial = &session->run->partial;

	if (!session->folder)
		return 0;
	/* what the record says should this process end here; see stk_run_store_read */
	if (!partial->is_partial)
		partial->phase =
			session->run->end_ns ? NULL : stk_run_text(session->run, session->phase);
	return stk_run_store_write(session->folder, session->run, err);
}
