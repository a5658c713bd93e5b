/* service_new: a spec with its placeholders replaced becomes a service. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/proc.h"
#include "core/base/vec.h"
#include "core/service/service_priv.h"

#define READY_TIMEOUT_NS (60 * STK_NS_PER_S)
#define STOP_TIMEOUT_NS  (10 * STK_NS_PER_S)
#define BUILD_TIMEOUT_NS (1800 * STK_NS_PER_S)

/* Commands and variables are written by hand: a MiB is a mistake. */
#define TEXT_MAX ((size_t)1 << 20)

typedef int (*expand_fn)(struct stk_placeholders *values, const char *text, struct stk_buf *out,
	struct stk_err *err);

static int expand_by(struct stk_service *service, expand_fn by, const char *text, const char **out,
	struct stk_err *err)
{
	struct stk_buf buf = STK_BUF_INIT(TEXT_MAX);
	int rc = by(&service->values, text, &buf, err);

	if (rc == 0)
		*out = stk_arena_str(&service->arena, stk_buf_str(&buf));
	stk_buf_release(&buf);
	return rc;
}

/* A text with its placeholders replaced, in the service's arena. */
static int expand(
	struct stk_service *service, const char *text, const char **out, struct stk_err *err)
{
	return expand_by(service, stk_placeholder_expand, text, out, err);
}

static int expand_command(struct stk_service *service, const struct stk_service_command *command,
	char ***out, struct stk_err *err)
{
	size_t len = command->shell ? 3 : command->argv_len;
	const char **argv;
	int rc = 0;

	if (len == 0)
		return 0;
	argv = stk_arena_zalloc(&service->arena, len + 1, sizeof *argv);
	if (command->shell) {
		argv[0] = "/bin/sh";
		argv[1] = "-c";
		rc = expand_by(
			service, stk_placeholder_expand_shell, command->shell, &argv[2], err);
	} else {
		for (size_t i = 0; rc == 0 && i < len; i++)
			rc = expand(service, command->argv[i], &argv[i], err);
	}
	if (rc == 0)
		*out = (char **)(uintptr_t)argv; /* execve wants them without const */
	return rc;
}

static int expand_env(
	struct stk_service *service, const struct stk_service_spec *spec, struct stk_err *err)
{
	const char **additions =
		stk_arena_zalloc(&service->arena, spec->env_len + 1, sizeof *additions);

	for (size_t i = 0; i < spec->env_len; i++) {
		const char *value = NULL;
		int rc = expand(service, spec->env[i].value, &value, err);

		if (rc < 0) {
			stk_err_wrap(err, "env.%s", spec->env[i].name);
			return rc;
		}
		additions[i] = stk_arena_printf(&service->arena, "%s=%s", spec->env[i].name, value);
	}
	service->env = stk_proc_merge_env(spec->environ_, additions);
	return 0;
}

/* "TERM", "SIGTERM", "term" -> its number. */
static int find_signal(const char *name, int *out, struct stk_err *err)
{
	struct stk_str word = stk_str_of(name ? name : "TERM");

	if (word.len > 3 && stk_str_eq_nocase(stk_str_sub(word, 0, 3), STK_STR("SIG")))
		word = stk_str_skip(word, 3);
	for (int i = 1; i < NSIG; i++)
		if (sigabbrev_np(i) && stk_str_eq_nocase(word, stk_str_of(sigabbrev_np(i)))) {
			*out = i;
			return 0;
		}
	stk_err_set(err, STK_E_SCRIPT, "stop_signal '%s' is no signal", name);
	stk_err_hint(err, "write it as TERM, INT or QUIT");
	return STK_E_SCRIPT;
}

static int expand_all(
	struct stk_service *service, const struct stk_service_spec *spec, struct stk_err *err)
{
	const char *cwd = spec->cwd ? spec->cwd : spec->values.dir ? "{dir}" : NULL;
	const struct {
		const char *name;
		const struct stk_service_command *from;
		char ***to;
	} commands[] = {{"build", &spec->build, &service->build},
		{"start", &spec->start, &service->start}, {"stop", &spec->stop, &service->stop},
		{"pids", &spec->pids, &service->pids_command}};
	int rc;

	for (size_t i = 0; i < STK_ARRAY_LEN(commands); i++) {
		rc = expand_command(service, commands[i].from, commands[i].to, err);
		if (rc < 0) {
			stk_err_wrap(err, "%s", commands[i].name);
			return rc;
		}
	}
	if (!service->start)
		return stk_err_set(err, STK_E_SCRIPT, "the start command is missing");
	rc = expand_env(service, spec, err);
	if (rc < 0)
		return rc;
	if (cwd && (rc = expand(service, cwd, &service->cwd, err)) < 0) {
		stk_err_wrap(err, "cwd");
		return rc;
	}
	rc = expand(service, spec->url ? spec->url : "http://127.0.0.1:{port}", &service->url, err);
	if (rc < 0) {
		stk_err_wrap(err, "url");
		return rc;
	}
	if (spec->ready && (rc = expand(service, spec->ready, &service->ready, err)) < 0) {
		stk_err_wrap(err, "ready");
		return rc;
	}
	return find_signal(spec->stop_signal, &service->stop_signal, err);
}

int stk_service_new(
	const struct stk_service_spec *spec, struct stk_service **out, struct stk_err *err)
{
	struct stk_service *service = stk_xcalloc(1, sizeof *service);
	struct stk_arena *arena = &service->arena;
	int rc;

	service->guard = (struct stk_guard)STK_GUARD_INIT;
	service->name = stk_arena_dup(arena, spec->name ? spec->name : "service");
	service->values = spec->values;
	service->values.dir = stk_arena_dup(arena, spec->values.dir);
	service->values.out = stk_arena_dup(arena, spec->values.out);
	service->values.side = stk_arena_dup(arena, spec->values.side);
	service->values.rev = stk_arena_dup(arena, spec->values.rev);
	service->values.run = stk_arena_dup(arena, spec->values.run);
	service->values.push_url = stk_arena_dup(arena, spec->values.push_url);
	service->log_path = stk_arena_dup(arena, spec->log_path);
	service->ready_fn = spec->ready_fn;
	service->ready_ctx = spec->ready_ctx;
	service->ready_timeout_ns =
		spec->ready_timeout_ns ? spec->ready_timeout_ns : READY_TIMEOUT_NS;
	service->stop_timeout_ns = spec->stop_timeout_ns ? spec->stop_timeout_ns : STOP_TIMEOUT_NS;
	service->build_timeout_ns =
		spec->build_timeout_ns ? spec->build_timeout_ns : BUILD_TIMEOUT_NS;
	service->clock = spec->clock ? spec->clock : stk_clock_system();
	service->interrupts = spec->interrupts;
	rc = expand_all(service, spec, err);
	if (rc < 0) {
		(void)stk_err_wrap(err, "service '%s'", service->name); /* rc is the same */
		stk_service_free(service);
		return rc;
	}
	*out = service;
	return 0;
}
