/* threshold: the grammar of limits (k6 3.1) and their judgement. */
#include "core/load/threshold.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/load/metrics.h"

struct op_word {
	const char *word;
	enum stk_threshold_op op;
};

/* Longer ones first. */
static const struct op_word op_words[] = {
	{"===", STK_OP_EQ},
	{"==", STK_OP_EQ},
	{"!=", STK_OP_NE},
	{">=", STK_OP_GE},
	{"<=", STK_OP_LE},
	{">", STK_OP_GT},
	{"<", STK_OP_LT},
};

static bool is_op_byte(char byte)
{
	return byte == '<' || byte == '>' || byte == '=' || byte == '!';
}

/* "p( 95 )" becomes "p(95)" and is checked; other methods are taken as they are. */
static int take_method(struct stk_str word, struct stk_threshold_expr *out, struct stk_err *err)
{
	double percent;
	int len;

	for (size_t i = 0; i < word.len; i++) /* a NUL or worse would cut it short */
		if ((unsigned char)word.ptr[i] < ' ' || (unsigned char)word.ptr[i] > '~')
			return stk_err_set(err, STK_E_INVAL, "the method is not plain text");
	if (stk_str_starts(word, "p(") && stk_str_ends(word, ")")) {
		struct stk_str inner = stk_str_trim(stk_str_sub(word, 2, word.len - 3));

		if (stk_str_to_f64(inner, &percent, NULL) < 0 || !(percent >= 0 && percent <= 100))
			return stk_err_set(err, STK_E_INVAL,
				"p() takes a number from 0 to 100, not '%.*s'", STK_STR_ARG(inner));
		len = snprintf(out->method, sizeof out->method, "p(%.*s)", STK_STR_ARG(inner));
	} else {
		len = snprintf(out->method, sizeof out->method, "%.*s", STK_STR_ARG(word));
	}
	if (len >= (int)sizeof out->method)
		return stk_err_set(err, STK_E_INVAL, "the method is too long");
	return 0;
}

int stk_threshold_parse(struct stk_str text, struct stk_threshold_expr *out, struct stk_err *err)
{
	struct stk_threshold_expr expr;
	struct stk_str method, number;
	const struct op_word *op = NULL;
	size_t at = 0;
	int rc;

	while (at < text.len && !is_op_byte(text.ptr[at]))
		at++;
	for (size_t i = 0; !op && i < STK_ARRAY_LEN(op_words); i++)
		if (stk_str_starts(stk_str_skip(text, at), op_words[i].word))
			op = &op_words[i];
	if (!op) {
		(void)stk_err_set(err, STK_E_INVAL, "no comparison found");
		stk_err_hint(err, "write method, operator, number: p(95)<800, rate>0.99");
		return STK_E_INVAL;
	}
	method = stk_str_trim(stk_str_sub(text, 0, at));
	number = stk_str_trim(stk_str_skip(text, at + strlen(op->word)));
	if (method.len == 0)
		return stk_err_set(err, STK_E_INVAL, "no method before '%s'", op->word);
	rc = stk_str_to_f64(number, &expr.limit, NULL);
	if (rc < 0 || !isfinite(expr.limit))
		return stk_err_set(err, STK_E_INVAL, "'%.*s' behind '%s' is not a number",
			STK_STR_ARG(number), op->word);
	expr.op = op->op;
	rc = take_method(method, &expr, err);
	if (rc == 0)
		*out = expr;
	return rc;
}

static const char *methods_of(enum stk_metric_type type)
{
	switch (type) {
	case STK_METRIC_COUNTER:
		return "count, rate";
	case STK_METRIC_GAUGE:
		return "value";
	case STK_METRIC_RATE:
		return "rate";
	case STK_METRIC_TREND:
		break;
	}
	return "avg, min, max, med, p(N)";
}

int stk_threshold_check_type(
	const struct stk_threshold_expr *expr, enum stk_metric_type type, struct stk_err *err)
{
	struct stk_str rest = stk_str_of(methods_of(type)), word;

	if (type == STK_METRIC_TREND && strncmp(expr->method, "p(", 2) == 0)
		return 0;
	while (stk_str_cut(&rest, ',', &word))
		if (stk_str_is(stk_str_trim(word), expr->method))
			return 0;
	return stk_err_set(err, STK_E_INVAL, "'%s' does not fit: this metric has %s", expr->method,
		methods_of(type));
}

static bool holds(const struct stk_threshold_expr *expr, double value)
{
	switch (expr->op) {
	case STK_OP_LT:
		return value < expr->limit;
	case STK_OP_LE:
		return value <= expr->limit;
	case STK_OP_GT:
		return value > expr->limit;
	case STK_OP_GE:
		return value >= expr->limit;
	case STK_OP_EQ:
		return value == expr->limit;
	case STK_OP_NE:
		return value != expr->limit;
	}
	return false;
}

/* A counter that nobody added to stands at 0; anything else without samples has no value. */
static bool value_of(const struct stk_metric *metric, const char *method, double elapsed_s,
	bool is_whole, double *out)
{
	if (metric && stk_metric_value(metric, method, elapsed_s, out))
		return true;
	*out = 0;
	return is_whole && (!metric || metric->type == STK_METRIC_COUNTER);
}

struct stk_threshold_result stk_threshold_judge(const struct stk_plan *plan,
	const struct stk_threshold_spec *spec, const struct stk_metrics *metrics, double elapsed_s,
	bool is_final)
{
	struct stk_threshold_result result = {spec->metric, spec->expr, NAN, true, false, false};
	struct stk_tag_selector selector = {NULL, STK_VEC_INIT, NULL};
	struct stk_threshold_expr expr;
	struct stk_arena arena = STK_ARENA_INIT;
	const struct stk_metric *metric;
	int id;

	if (stk_tag_selector_parse(stk_str_of(spec->metric), &arena, &selector, NULL) < 0 ||
		stk_threshold_parse(stk_str_of(spec->expr), &expr, NULL) < 0)
		STK_BUG("threshold '%s' of '%s' was never checked", spec->expr, spec->metric);
	metric = stk_metrics_find(metrics, selector.metric, selector.canonical);
	id = stk_metric_id(plan, stk_str_of(selector.metric));
	result.no_data = !value_of(metric, expr.method, elapsed_s,
		selector.tags.len == 0 && stk_metric_def(plan, id)->type == STK_METRIC_COUNTER,
		&result.value);
	if (result.no_data) {
		result.value = NAN;
		result.ok = !(is_final && spec->no_data_fails);
	} else {
		result.ok = holds(&expr, result.value);
	}
	stk_vec_release(&selector.tags);
	stk_arena_release(&arena);
	return result;
}

int stk_threshold_judge_again(
	const struct stk_metrics *metrics, struct stk_threshold_result *result, struct stk_err *err)
{
	struct stk_tag_selector selector = {NULL, STK_VEC_INIT, NULL};
	struct stk_arena arena = STK_ARENA_INIT;
	struct stk_threshold_expr expr;
	const struct stk_metric *metric;
	int rc = stk_tag_selector_parse(stk_str_of(result->metric), &arena, &selector, err);

	if (rc == 0)
		rc = stk_threshold_parse(stk_str_of(result->expr), &expr, err);
	if (rc == 0) {
		metric = stk_metrics_find(metrics, selector.metric, selector.canonical);
		result->no_data = !value_of(metric, expr.method, metrics->duration_s,
			metric && metric->type == STK_METRIC_COUNTER && selector.tags.len == 0,
			&result->value);
		if (result->no_data)
			result->value = NAN;
		else
			result->ok = holds(&expr, result->value);
	} else {
		stk_err_wrap(err, "threshold '%s' of '%s'", result->expr, result->metric);
		rc = STK_E_FORMAT;
	}
	stk_vec_release(&selector.tags);
	stk_arena_release(&arena);
	return rc;
}
