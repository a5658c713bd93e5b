/* run: makes, fills and releases the record of a run. */
#include "core/record/run.h"

#include <math.h>
#include <string.h>

#include "core/base/buf.h"

void stk_run_init(struct stk_run *run)
{
	memset(run, 0, sizeof *run);
	run->id = run->name = run->version = run->command = "";
	run->generator.busy = NAN;
	run->generator.late_p99_ms = NAN;
	run->generator.lag_p99_ms = NAN;
	stk_series_init(&run->series);
	stk_metrics_init(&run->metrics);
}

void stk_comparison_release(struct stk_comparison *comparison)
{
	stk_vec_release(&comparison->rows);
	stk_vec_release(&comparison->inclusive);
	stk_vec_release(&comparison->packages);
	stk_vec_release(&comparison->sensitivity);
}

void stk_run_release(struct stk_run *run)
{
	for (size_t i = 0; i < run->comparisons.len; i++) {
		stk_comparison_release(&run->comparisons.items[i]);
	}
	for (size_t i = 0; i < run->hotspots.len; i++)
		stk_vec_release(&run->hotspots.items[i].rows);
	stk_vec_release(&run->windows);
	stk_vec_release(&run->slices);
	stk_vec_release(&run->thresholds);
	stk_vec_release(&run->totals);
	stk_vec_release(&run->comparisons);
	stk_vec_release(&run->hotspots);
	stk_vec_release(&run->gates);
	stk_vec_release(&run->preconditions);
	stk_vec_release(&run->environment);
	stk_vec_release(&run->notes);
	stk_vec_release(&run->links);
	stk_series_release(&run->series);
	stk_metrics_release(&run->metrics);
	stk_arena_release(&run->arena);
	memset(run, 0, sizeof *run);
}

const char *stk_run_text(struct stk_run *run, const char *text)
{
	return stk_arena_dup(&run->arena, text);
}

static const char *format_text(struct stk_run *run, const char *fmt, va_list args)
{
	struct stk_buf buf = STK_BUF_EMPTY;

	stk_buf_vaddf(&buf, fmt, args);
	const char *text = stk_arena_str(&run->arena, stk_buf_str(&buf));
	stk_buf_release(&buf);
	return text;
}

void stk_run_note(struct stk_run *run, enum stk_note_level level, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	struct stk_note note = {.level = level, .text = format_text(run, fmt, args)};
	va_end(args);
	stk_vec_push(&run->notes, note);
}

void stk_run_precondition(
	struct stk_run *run, const char *name, enum stk_check_state state, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	struct stk_precondition precondition = {
		.name = stk_run_text(run, name),
		.state = state,
		.text = format_text(run, fmt, args),
	};
	va_end(args);
	stk_vec_push(&run->preconditions, precondition);
}

void stk_run_fact(struct stk_run *run, const char *key, const char *value)
{
	struct stk_fact fact = {.key = stk_run_text(run, key), .value = stk_run_text(run, value)};

	stk_vec_push(&run->environment, fact);
}

const char *stk_mode_name(enum stk_mode mode)
{
	switch (mode) {
	case STK_MODE_PAIRED:
		return "paired";
	case STK_MODE_IDLE:
		return "idle";
	case STK_MODE_BASELINE:
		return "baseline";
	case STK_MODE_SOAK:
		return "soak";
	}
	return "paired";
}
