/* grid: how stamps lie in time: interval, phase, and whether they mark start or end. */
#include "core/source/grid.h"

#include <stdlib.h>
#include <string.h>

#define CPU_TYPE "process_cpu:"

static int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static int64_t median(int64_t *values, size_t len)
{
	if (len == 0)
		return 0;
	qsort(values, len, sizeof *values, by_size);
	return values[len / 2];
}

static bool has_word(const char *text, const char *word)
{
	return text && strstr(text, word) != NULL;
}

/* Profiles of a state (heap, goroutines, locks since start) are dumped at the end of an
 * interval; profiles that were collected over one carry its start. Node stamps when it
 * serialises. The demo's sampler, Java and the SDKs on the Rust core stamp the start of
 * everything. Agents are known by pyroscope_spy or, where they push, by otel.scope.name. */
static bool stamps_end(const char *type_id, const char *agent)
{
	static const char *const dumped[] = {"memory:", "goroutine", "mutex:", "block:"};
	static const char *const starters[] = {
		"java", "python", "pyspy", "rust", "pyroscope-rs", "ruby", "rbspy", "stoker"};

	if (has_word(agent, "node") || has_word(agent, "ebpf"))
		return true;
	for (size_t i = 0; i < STK_ARRAY_LEN(starters); i++)
		if (has_word(agent, starters[i]))
			return false;
	for (size_t i = 0; i < STK_ARRAY_LEN(dumped); i++)
		if (strncmp(type_id, dumped[i], strlen(dumped[i])) == 0)
			return true;
	return false;
}

/* Go, the crate pprof of Rust and the demo's sampler set CPU-time timers; py-spy, rbspy, V8, JFR
 * and eBPF look from outside, by clocks of their own. */
bool stk_grid_is_by_tick(const char *type_id, const char *agent)
{
	static const char *const timers[] = {
		"gospy", "pyroscope/go", "go pprof", "rust", "pyroscope-rs", "stoker"};

	if (strncmp(type_id, CPU_TYPE, strlen(CPU_TYPE)) != 0)
		return false;
	for (size_t i = 0; i < STK_ARRAY_LEN(timers); i++)
		if (has_word(agent, timers[i]))
			return true;
	return false;
}

/* The smallest distance that the others are one, two or three times, 0 for none. Three quarters
 * must be, and two must be the distance itself, once there are four. */
static int64_t common_step(int64_t *values, size_t len)
{
	size_t may_miss = len / 4, must_be = len < 4 ? 1 : 2;

	qsort(values, len, sizeof *values, by_size);
	for (size_t i = 0; i < len; i++) {
		int64_t step = values[i];
		size_t once = 0, multiples = 0;

		for (size_t j = 0; step > 0 && j < len; j++) {
			int64_t times = (values[j] + step / 2) / step;
			int64_t off = values[j] - times * step;

			if (times < 1 || times > 3 || off > step / 10 || off < -step / 10)
				continue;
			multiples++;
			once += times == 1;
		}
		if (once >= must_be && multiples + may_miss >= len)
			return step;
	}
	return 0;
}

static int64_t interval_of(const struct stk_grid_point *points, size_t len)
{
	int64_t *values = stk_xreallocarray(NULL, len + 1, sizeof *values);
	size_t count = 0;
	int64_t interval;

	for (size_t i = 0; i < len; i++)
		if (points[i].duration_ns > 0)
			values[count++] = points[i].duration_ns;
	if (count == 0 && len >= 3)
		for (size_t i = 1; i < len; i++)
			values[count++] = points[i].stamp_ns - points[i - 1].stamp_ns;
	/* with two services in turns half of the distances may hold slices in which nothing was
	 * done: CPU profiles without samples are not sent, and Pyroscope keeps no profile without
	 * any */
	interval = common_step(values, count);
	if (interval == 0)
		interval = median(values, count);
	free(values);
	return interval;
}

void stk_grid_describe(const struct stk_grid_point *points, size_t len, const char *type_id,
	const char *agent, struct stk_source_info *out)
{
	const struct stk_grid_point *newest = len > 0 ? &points[len - 1] : NULL;

	out->points = (int)len;
	out->stamp_at_end = stamps_end(type_id, agent);
	out->skips_idle = strncmp(type_id, CPU_TYPE, strlen(CPU_TYPE)) == 0;
	out->samples_by_tick = stk_grid_is_by_tick(type_id, agent);
	out->interval_ns = interval_of(points, len);
	if (!newest || out->interval_ns <= 0)
		return;
	int64_t start = newest->stamp_ns - (out->stamp_at_end ? out->interval_ns : 0);
	out->phase_ns = start % out->interval_ns;
}

void stk_grid_slice(const struct stk_source_info *info, const struct stk_grid_point *point,
	int64_t *start_out, int64_t *end_out)
{
	int64_t length = point->duration_ns > 0 ? point->duration_ns : info->interval_ns;

	*start_out = point->stamp_ns - (info->stamp_at_end ? length : 0);
	*end_out = *start_out + length;
}
