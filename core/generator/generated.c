/* generated: requests of another load generator counted in time and by name. */
#include "core/generator/generated.h"

#include <math.h>
#include <string.h>

#include "core/base/buf.h"

#define NAME_BYTES_MAX 512

void stk_generated_init(struct stk_generated *generated, int side)
{
	memset(generated, 0, sizeof *generated);
	generated->side = side;
	generated->cpu_ns = -1;
	generated->p50_ms = generated->p95_ms = generated->p99_ms = NAN;
	stk_metrics_init(&generated->metrics);
	stk_series_init(&generated->series);
	stk_hist_init(&generated->duration_ms);
}

void stk_generated_release(struct stk_generated *generated)
{
	stk_metrics_release(&generated->metrics);
	stk_series_release(&generated->series);
	stk_vec_release(&generated->thresholds);
	stk_hist_release(&generated->duration_ms);
	stk_arena_release(&generated->arena);
}

/* "http://127.0.0.1:8080/orders?id=7" -> "/orders". */
static struct stk_str shown_name(struct stk_str name)
{
	if (stk_str_starts(name, "http://") || stk_str_starts(name, "https://")) {
		ptrdiff_t host = stk_str_find(name, STK_STR("://")) + 3;
		struct stk_str rest = stk_str_skip(name, (size_t)host);
		ptrdiff_t slash = stk_str_find_byte(rest, '/');
		ptrdiff_t end;

		rest = slash < 0 ? STK_STR("/") : stk_str_skip(rest, (size_t)slash);
		end = stk_str_find_byte(rest, '?');
		name = end < 0 ? rest : stk_str_sub(rest, 0, (size_t)end);
	}
	return stk_str_sub(name, 0, NAME_BYTES_MAX);
}

static size_t key_of(struct stk_generated *generated, const char *scenario, struct stk_str name)
{
	struct stk_buf text = STK_BUF_EMPTY;
	size_t before = generated->series.keys.len, key;

	/* a NUL byte in hostile text ends it here */
	stk_buf_add_str(&text, shown_name(name));
	if (before < STK_GENERATED_NAMES_MAX) {
		key = stk_series_key(&generated->series, generated->side, scenario, text.ptr);
	} else {
		for (key = 0; key < before; key++)
			if (strcmp(generated->series.keys.items[key].scenario, scenario) == 0 &&
				strcmp(generated->series.keys.items[key].name, text.ptr) == 0)
				break;
		if (key == before) {
			generated->names_full = true;
			key = stk_series_key(&generated->series, generated->side, "", "other");
		}
	}
	stk_buf_release(&text);
	return key;
}

void stk_generated_add_requests(struct stk_generated *generated, const char *scenario,
	struct stk_str name, int64_t wall_ns, uint32_t count)
{
	stk_series_add(&generated->series, key_of(generated, scenario, name), wall_ns, count);
	generated->requests += count;
}

void stk_generated_spread(struct stk_generated *generated, struct stk_str name, int64_t count)
{
	int64_t span = generated->end_ns - generated->start_ns;
	int64_t steps = span / STK_SERIES_STEP_NS, given = 0;
	size_t key = key_of(generated, "", name);

	if (steps < 1)
		steps = 1;
	if (steps > STK_SERIES_STEPS_MAX)
		steps = STK_SERIES_STEPS_MAX;
	for (int64_t i = 0; i < steps; i++) {
		int64_t upto = (int64_t)((double)count * (double)(i + 1) / (double)steps + 0.5);

		if (upto > given)
			stk_series_add(&generated->series, key,
				generated->start_ns + i * STK_SERIES_STEP_NS,
				(uint32_t)(upto - given < UINT32_MAX ? upto - given : UINT32_MAX));
		given = upto;
	}
	generated->requests += count;
	generated->spread = true;
}

double stk_generated_quantile(const struct stk_generated *generated, double fraction)
{
	if (generated->duration_ms.count > 0)
		return stk_hist_quantile(&generated->duration_ms, fraction);
	if (fraction == 0.5)
		return generated->p50_ms;
	return fraction == 0.95 ? generated->p95_ms : fraction == 0.99 ? generated->p99_ms : NAN;
}
