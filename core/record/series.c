/* series: counts per key in 100 ms steps, summed over any stretch of time. */
#include "core/record/series.h"

#include <string.h>

#include "core/record/run.h"

void stk_series_init(struct stk_series *series)
{
	memset(series, 0, sizeof *series);
}

void stk_series_release(struct stk_series *series)
{
	for (size_t i = 0; i < series->keys.len; i++) {
		free(series->keys.items[i].scenario);
		free(series->keys.items[i].name);
		stk_vec_release(&series->keys.items[i].steps);
	}
	stk_vec_release(&series->keys);
	series->start_ns = 0;
}

size_t stk_series_key(struct stk_series *series, int side, const char *scenario, const char *name)
{
	struct stk_series_key *key;

	for (size_t i = 0; i < series->keys.len; i++) {
		key = &series->keys.items[i];
		if (key->side == side && strcmp(key->scenario, scenario) == 0 &&
			strcmp(key->name, name) == 0)
			return i;
	}
	key = stk_vec_push_new(&series->keys);
	key->side = side;
	key->scenario = stk_xstrdup(scenario);
	key->name = stk_xstrdup(name);
	return series->keys.len - 1;
}

static int64_t floor_step(int64_t wall_ns)
{
	int64_t rest = wall_ns % STK_SERIES_STEP_NS;

	return wall_ns - (rest < 0 ? rest + STK_SERIES_STEP_NS : rest);
}

static void shift_key(struct stk_series_key *key, size_t by)
{
	size_t len = key->steps.len + by;

	if (key->steps.len == 0)
		return;
	stk_vec_reserve(&key->steps, len);
	memmove(key->steps.items + by, key->steps.items, key->steps.len * sizeof *key->steps.items);
	memset(key->steps.items, 0, by * sizeof *key->steps.items);
	key->steps.len = len;
}

/* Longest key, in steps. */
static size_t length(const struct stk_series *series)
{
	size_t most = 0;

	for (size_t i = 0; i < series->keys.len; i++)
		if (series->keys.items[i].steps.len > most)
			most = series->keys.items[i].steps.len;
	return most;
}

/* The series begins at start_ns or earlier from now on, as far as its ceiling allows. */
static void begin_at(struct stk_series *series, int64_t start_ns)
{
	size_t by, most;

	if (series->start_ns == 0) {
		series->start_ns = start_ns;
		return;
	}
	if (start_ns >= series->start_ns)
		return;
	most = length(series);
	if ((series->start_ns - start_ns) / STK_SERIES_STEP_NS > STK_SERIES_STEPS_MAX)
		return;
	by = (size_t)((series->start_ns - start_ns) / STK_SERIES_STEP_NS);
	if (by + most > STK_SERIES_STEPS_MAX)
		return;
	for (size_t i = 0; i < series->keys.len; i++)
		shift_key(&series->keys.items[i], by);
	series->start_ns = start_ns;
}

static void count_step(struct stk_series_key *key, size_t step, uint32_t count)
{
	while (key->steps.len <= step)
		stk_vec_push(&key->steps, 0);
	if (key->steps.items[step] > UINT32_MAX - count)
		key->steps.items[step] = UINT32_MAX;
	else
		key->steps.items[step] += count;
}

void stk_series_add(struct stk_series *series, size_t key, int64_t wall_ns, uint32_t count)
{
	int64_t start = floor_step(wall_ns), step;

	begin_at(series, start);
	step = start > series->start_ns ? (start - series->start_ns) / STK_SERIES_STEP_NS : 0;
	if (step >= STK_SERIES_STEPS_MAX)
		step = STK_SERIES_STEPS_MAX - 1;
	count_step(&series->keys.items[key], (size_t)step, count);
}

static bool matches(
	const struct stk_series_key *key, int side, const char *scenario, const char *name)
{
	return (side == STK_SIDE_NONE || key->side == side) &&
	       (scenario == NULL || strcmp(key->scenario, scenario) == 0) &&
	       (name == NULL || strcmp(key->name, name) == 0);
}

static double sum_key(const struct stk_series_key *key, int64_t from_ns, int64_t to_ns)
{
	int64_t first = from_ns > 0 ? from_ns / STK_SERIES_STEP_NS : 0;
	double sum = 0;

	for (int64_t i = first; i < (int64_t)key->steps.len; i++) {
		int64_t low = i * STK_SERIES_STEP_NS, high = low + STK_SERIES_STEP_NS;

		if (low >= to_ns)
			break;
		if (low < from_ns)
			low = from_ns;
		if (high > to_ns)
			high = to_ns;
		if (high - low == STK_SERIES_STEP_NS)
			sum += key->steps.items[i];
		else
			sum += key->steps.items[i] * (double)(high - low) / STK_SERIES_STEP_NS;
	}
	return sum;
}

double stk_series_sum(const struct stk_series *series, int side, const char *scenario,
	const char *name, int64_t start_ns, int64_t end_ns)
{
	double sum = 0;

	for (size_t i = 0; i < series->keys.len; i++)
		if (matches(&series->keys.items[i], side, scenario, name))
			sum += sum_key(&series->keys.items[i], start_ns - series->start_ns,
				end_ns - series->start_ns);
	return sum;
}

void stk_series_merge(struct stk_series *into, const struct stk_series *from)
{
	if (from->start_ns != 0)
		begin_at(into, from->start_ns);
	for (size_t i = 0; i < from->keys.len; i++) {
		const struct stk_series_key *key = &from->keys.items[i];
		size_t at = stk_series_key(into, key->side, key->scenario, key->name);

		for (size_t j = 0; j < key->steps.len; j++)
			if (key->steps.items[j] > 0)
				stk_series_add(into, at,
					from->start_ns + (int64_t)j * STK_SERIES_STEP_NS,
					key->steps.items[j]);
	}
}
