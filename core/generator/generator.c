/* generator: k6 or any other command as load: one call of it, from its start to what it found. */
#include "core/generator/generator.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/fs.h"
#include "core/base/log.h"
#include "core/base/proc.h"
#include "core/generator/child.h"
#include "core/generator/k6.h"
#include "core/service/log_tail.h"
#include "core/service/placeholder.h"

#define TAIL_LINES 8

struct stk_generator {
	struct stk_arena arena;
	struct stk_generator_spec spec;
	struct stk_generator_turn turn;
	struct stk_generated out;
	char *folder; /* for this call alone */
	const char *points_path, *summary_path, *out_path, *results_path;
	char **env;
	int64_t log_from; /* where this call's part of the log begins */
	struct stk_child_opts child_opts;
	struct stk_child *child;
	int64_t started_ns, ended_ns;
};

int stk_generator_identify(const struct stk_generator_spec *spec, struct stk_arena *arena,
	const char **out, struct stk_err *err)
{
	const char *version;
	int rc;

	*out = NULL;
	if (!spec->k6)
		return 0;
	if (!stk_fs_exists(spec->k6))
		return stk_err_set(err, STK_E_NOT_FOUND, "there is no k6 script '%s'", spec->k6);
	rc = stk_k6_version(spec->k6_program, arena, &version, err);
	if (rc == 0)
		*out = stk_arena_printf(arena, "k6 %s", version);
	return rc;
}

static const char *path_in(struct stk_generator *generator, const char *name)
{
	return stk_arena_printf(&generator->arena, "%s/%s", generator->folder, name);
}

static int64_t size_of(const char *path)
{
	struct stat info;

	return path && stat(path, &info) == 0 ? (int64_t)info.st_size : 0;
}

static void prepare_k6(struct stk_generator *generator)
{
	const struct stk_generator_spec *spec = &generator->spec;
	const struct stk_generator_turn *turn = &generator->turn;
	struct stk_k6_call call = {.program = spec->k6_program,
		.script = spec->k6,
		.args = spec->args,
		.vus = turn->duration_ns > 0 ? spec->vus : 0,
		.duration_ns = turn->duration_ns};

	generator->points_path = call.points_path = path_in(generator, "points");
	generator->summary_path = call.summary_path = path_in(generator, "summary.json");
	generator->child_opts.argv = stk_k6_words(&call, &generator->arena);
	generator->env = stk_k6_environment(turn->url, turn->env);
}

static int expand(struct stk_generator *generator, struct stk_placeholders *values,
	const char *text, const char **out, struct stk_err *err)
{
	struct stk_buf buf = STK_BUF_INIT((size_t)1 << 20);
	int rc = generator->spec.shell ? stk_placeholder_expand_shell(values, text, &buf, err)
				       : stk_placeholder_expand(values, text, &buf, err);

	if (rc == 0)
		rc = stk_buf_check(&buf, err);
	if (rc == 0)
		*out = stk_arena_str(&generator->arena, stk_buf_str(&buf));
	else
		stk_err_wrap(err, "load: command");
	stk_buf_release(&buf);
	return rc;
}

static int prepare_words(
	struct stk_generator *generator, struct stk_placeholders *values, struct stk_err *err)
{
	const struct stk_generator_spec *spec = &generator->spec;
	const char *const shell[] = {"/bin/sh", "-c", spec->shell, NULL};
	const char *const *from = spec->shell ? shell : spec->argv;
	const char **words;
	size_t len = 0;
	int rc = 0;

	while (from[len])
		len++;
	words = stk_arena_zalloc(&generator->arena, len + 1, sizeof *words);
	for (size_t i = 0; rc == 0 && i < len; i++)
		rc = expand(generator, values, from[i], &words[i], err);
	generator->child_opts.argv = words;
	return rc;
}

static int prepare_command(struct stk_generator *generator, struct stk_err *err)
{
	const struct stk_generator_turn *turn = &generator->turn;
	struct stk_arena *arena = &generator->arena;
	struct stk_placeholders values = {.url = turn->url,
		.side = turn->side_name,
		.run = turn->run,
		.dir = generator->spec.dir};
	STK_VEC(const char *) additions = STK_VEC_INIT;

	generator->out_path = path_in(generator, "stdout");
	values.results = generator->results_path = path_in(generator, "results");
	if (turn->duration_ns > 0) {
		int64_t seconds = turn->duration_ns / STK_NS_PER_S;
		values.seconds =
			stk_arena_printf(arena, "%lld", (long long)(seconds > 0 ? seconds : 1));
		stk_vec_push(
			&additions, stk_arena_printf(arena, "STOKER_SECONDS=%s", values.seconds));
	}
	if (turn->url)
		stk_vec_push(&additions, stk_arena_printf(arena, "BASE_URL=%s", turn->url));
	stk_vec_push(&additions, stk_arena_printf(arena, "STOKER_SIDE=%s", turn->side_name));
	stk_vec_push(&additions, stk_arena_printf(arena, "STOKER_RESULTS=%s", values.results));
	for (size_t i = 0; turn->env && turn->env[i]; i++)
		stk_vec_push(&additions, turn->env[i]);
	stk_vec_push(&additions, NULL);
	generator->env = stk_proc_merge_env(NULL, additions.items);
	stk_vec_release(&additions);
	generator->child_opts.cwd = generator->spec.dir;
	return prepare_words(generator, &values, err);
}

int stk_generator_start(const struct stk_generator_spec *spec,
	const struct stk_generator_turn *turn, struct stk_generator **out, struct stk_err *err)
{
	struct stk_generator *generator = stk_xcalloc(1, sizeof *generator);
	int rc;

	generator->spec = *spec;
	generator->turn = *turn;
	stk_generated_init(&generator->out, turn->side);
	rc = stk_fs_mkdtemp("stoker-load-", &generator->folder, err);
	if (rc == 0 && spec->k6)
		prepare_k6(generator);
	else if (rc == 0)
		rc = prepare_command(generator, err);
	if (rc < 0)
		goto out;
	generator->log_from = size_of(turn->log_path);
	generator->child_opts.env = generator->env;
	generator->child_opts.out_path = generator->out_path;
	generator->child_opts.log_path = turn->log_path;
	generator->child_opts.points_path = generator->points_path;
	generator->child_opts.grace_ns = turn->grace_ns;
	generator->child_opts.clock = turn->clock;
	generator->child_opts.out = &generator->out;
	generator->started_ns = stk_clock_wall(turn->clock);
	rc = stk_child_start(&generator->child_opts, &generator->child, err);
	if (rc == STK_E_NOT_FOUND && spec->k6)
		rc = stk_k6_explain_missing(spec->k6_program, err);
out:
	if (rc < 0)
		stk_generator_free(generator);
	else
		*out = generator;
	return rc;
}

bool stk_generator_wait_until(struct stk_generator *generator, int64_t mono_ns)
{
	bool over = stk_child_wait_until(generator->child, mono_ns);

	if (over && generator->ended_ns == 0)
		generator->ended_ns = stk_clock_wall(generator->turn.clock);
	return over;
}

void stk_generator_stop(struct stk_generator *generator)
{
	stk_child_stop(generator->child);
}

void stk_generator_kill(struct stk_generator *generator)
{
	stk_child_kill(generator->child);
}

void stk_generator_count(
	struct stk_generator *generator, int64_t *requests_out, int64_t *failed_out)
{
	stk_child_count(generator->child, requests_out, failed_out);
}

/* The end of what it printed, as the next step. */
static void hint_log(const struct stk_generator *generator, struct stk_err *err)
{
	struct stk_buf tail = STK_BUF_INIT(STK_ERR_HINT_MAX * 16);
	size_t room = STK_ERR_HINT_MAX - 40;

	stk_log_tail(generator->turn.log_path, generator->log_from, TAIL_LINES, &tail);
	if (tail.len > 0)
		stk_err_hint(err, "its last lines:\n%s",
			tail.ptr + (tail.len > room ? tail.len - room : 0));
	stk_buf_release(&tail);
}

static int finish_k6(
	struct stk_generator *generator, const struct stk_proc_status *status, struct stk_err *err)
{
	bool was_asked = stk_child_was_asked(generator->child);
	struct stk_buf text = STK_BUF_INIT(STK_K6_SUMMARY_MAX), how = STK_BUF_INIT(256);
	int rc = 0;

	/* a signal before it could catch one: it had not begun */
	if (status->signal_no != 0 && !was_asked) {
		stk_proc_format_status(status, &how);
		rc = stk_err_set(err, STK_E_IO, "k6 ended by %s", how.ptr);
	} else if (status->signal_no == 0) {
		rc = stk_k6_judge_exit(status->exit_code, was_asked, err);
	}
	if (rc < 0)
		hint_log(generator, err);
	if (stk_fs_exists(generator->summary_path)) {
		int read = stk_fs_read(generator->summary_path, &text, rc < 0 ? NULL : err);

		if (read == 0)
			read = stk_k6_read_summary(
				stk_buf_str(&text), &generator->out, rc < 0 ? NULL : err);
		rc = rc < 0 ? rc : read;
	} else if (rc == 0 && status->exit_code == 99) {
		rc = stk_err_set(err, STK_E_FORMAT,
			"k6 says that thresholds were crossed, and left no summary");
	}
	stk_buf_release(&text);
	stk_buf_release(&how);
	return rc;
}

static int finish_command(
	struct stk_generator *generator, const struct stk_proc_status *status, struct stk_err *err)
{
	bool was_asked = stk_child_was_asked(generator->child);
	bool in_file = size_of(generator->results_path) > 0;
	struct stk_buf text = STK_BUF_INIT(STK_RESULTS_BYTES_MAX), how = STK_BUF_INIT(256);
	int rc = 0;

	if (!was_asked && (status->signal_no != 0 || status->exit_code != 0)) {
		stk_proc_format_status(status, &how);
		rc = stk_err_set(err, status->exit_code == 127 ? STK_E_NOT_FOUND : STK_E_IO,
			"the load command ended with %s", how.ptr);
		hint_log(generator, err);
		goto out;
	}
	generator->out.start_ns = generator->started_ns;
	generator->out.end_ns = generator->ended_ns;
	rc = stk_fs_read(in_file ? generator->results_path : generator->out_path, &text, err);
	if (rc == 0)
		rc = stk_results_read(
			generator->spec.form, stk_buf_str(&text), &generator->out, err);
	if (rc < 0) {
		stk_err_wrap(err, "results of the load command");
		if (was_asked && !err->hint[0])
			stk_err_hint(err, "it was stopped at the end of its time: let it run for "
					  "{seconds}");
	}
out:
	stk_buf_release(&text);
	stk_buf_release(&how);
	return rc;
}

int stk_generator_finish(struct stk_generator *generator, struct stk_err *err)
{
	const char *name = generator->spec.k6 ? "k6" : "the load command";
	struct stk_proc_status status;
	struct stk_err ignored = STK_ERR_INIT;

	if (!err)
		err = &ignored;
	stk_child_finish(generator->child, &status);
	if (stk_child_was_killed(generator->child)) {
		stk_err_set(err, STK_E_TIMEOUT, "%s did not stop when asked and was killed", name);
		hint_log(generator, err);
		return STK_E_TIMEOUT;
	}
	return generator->spec.k6 ? finish_k6(generator, &status, err)
				  : finish_command(generator, &status, err);
}

const struct stk_generated *stk_generator_result(const struct stk_generator *generator)
{
	return &generator->out;
}

void stk_generator_free(struct stk_generator *generator)
{
	if (!generator)
		return;
	stk_child_free(generator->child);
	if (generator->folder && stk_fs_remove_tree(generator->folder, NULL) < 0)
		stk_log("generator", STK_LOG_WARN, "left=%s", generator->folder);
	free(generator->folder);
	stk_proc_free_env(generator->env);
	stk_generated_release(&generator->out);
	stk_arena_release(&generator->arena);
	free(generator);
}
