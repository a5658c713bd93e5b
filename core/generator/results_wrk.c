/* results_wrk: the output of wrk and wrk2: totals, and with --latency three percentiles. */
#include <math.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/generator/results.h"

#define COUNT_MAX ((int64_t)1 << 40)

/* "122.00us" "1.14ms" "2.00s" "1.50m" "0.10h" -> ms; NaN for another text. */
static double parse_time_ms(struct stk_str text)
{
	static const struct {
		const char *unit;
		double ms;
	} units[] = {{"us", 1e-3}, {"ms", 1}, {"s", 1e3}, {"m", 6e4}, {"h", 3.6e6}};
	double value;

	for (size_t i = 0; i < STK_ARRAY_LEN(units); i++) {
		size_t len = strlen(units[i].unit);

		if (stk_str_ends(text, units[i].unit) &&
			stk_str_to_f64(stk_str_sub(text, 0, text.len - len), &value, NULL) == 0)
			return value >= 0 && value < 1e9 ? value * units[i].ms : NAN;
	}
	return NAN;
}

static bool next_word(struct stk_str *rest, struct stk_str *word)
{
	*rest = stk_str_trim(*rest);
	return rest->len > 0 && stk_str_cut(rest, ' ', word);
}

static bool parse_count(struct stk_str text, int64_t *out)
{
	return stk_str_to_i64(text, out, NULL) == 0 && *out >= 0 && *out <= COUNT_MAX;
}

/* "145872 requests in 2.00s, 118.25MB read" */
static bool read_total(struct stk_str line, int64_t *count, double *ms)
{
	struct stk_str number, requests, in, time;

	if (!next_word(&line, &number) || !next_word(&line, &requests) || !next_word(&line, &in) ||
		!next_word(&line, &time) || !stk_str_is(requests, "requests") ||
		!stk_str_is(in, "in"))
		return false;
	if (stk_str_ends(time, ","))
		time = stk_str_sub(time, 0, time.len - 1);
	*ms = parse_time_ms(time);
	return parse_count(number, count) && *ms > 0;
}

/* "50%  122.00us", wrk2: "99.000%    2.91ms" */
static void read_percentile(struct stk_str line, struct stk_generated *out)
{
	struct stk_str percent, time;
	double value;

	if (!next_word(&line, &percent) || !stk_str_ends(percent, "%") ||
		!next_word(&line, &time) || line.len > 0 ||
		stk_str_to_f64(stk_str_sub(percent, 0, percent.len - 1), &value, NULL) < 0)
		return;
	if (value == 50)
		out->p50_ms = parse_time_ms(time);
	else if (value == 95)
		out->p95_ms = parse_time_ms(time);
	else if (value == 99)
		out->p99_ms = parse_time_ms(time);
}

/* "Non-2xx or 3xx responses: 12"; "Socket errors: connect 0, read 0, write 0, timeout 3" */
static int64_t read_failed(struct stk_str line)
{
	struct stk_str word;
	int64_t sum = 0, count;

	if (!stk_str_starts(line, "Non-2xx or 3xx responses:") &&
		!stk_str_starts(line, "Socket errors:"))
		return 0;
	line = stk_str_skip(line, (size_t)stk_str_find_byte(line, ':') + 1);
	while (next_word(&line, &word)) {
		if (stk_str_ends(word, ","))
			word = stk_str_sub(word, 0, word.len - 1);
		if (parse_count(word, &count))
			sum += count;
	}
	return sum;
}

int stk_results_read_wrk(struct stk_str text, struct stk_generated *out, struct stk_err *err)
{
	struct stk_str line;
	int64_t count = -1;
	double ms = 0;

	while (stk_str_cut(&text, '\n', &line)) {
		line = stk_str_trim(line);
		if (count < 0 && !read_total(line, &count, &ms))
			count = -1;
		read_percentile(line, out);
		out->failed += read_failed(line);
	}
	if (count < 0) {
		stk_err_set(err, STK_E_FORMAT,
			"no line '<n> requests in <time>' in what should be wrk's output");
		return STK_E_FORMAT;
	}
	/* it ends when its load does, and begins it once it has made its connections */
	int64_t start_ns = out->end_ns - (int64_t)(ms * (double)STK_NS_PER_MS);
	if (start_ns > out->start_ns)
		out->start_ns = start_ns;
	stk_generated_spread(out, STK_STR("all"), count);
	stk_results_put_totals(out);
	return 0;
}
