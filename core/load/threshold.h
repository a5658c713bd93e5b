/* threshold: a limit on a metric: its text taken apart, and judged against what was counted. */
#ifndef STK_CORE_LOAD_THRESHOLD_H
#define STK_CORE_LOAD_THRESHOLD_H

#include <stdbool.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/load/plan.h"
#include "core/record/metric.h"
#include "core/record/run.h"

enum stk_threshold_op { STK_OP_LT, STK_OP_LE, STK_OP_GT, STK_OP_GE, STK_OP_EQ, STK_OP_NE };

/* "p(95)<800": method, operator, number (reference k6 3.1). */
struct stk_threshold_expr {
	char method[32]; /* as stk_metric_value takes it: "p(95)" */
	enum stk_threshold_op op;
	double limit;
};

/* STK_E_INVAL says what was found where. Does not know metric types. */
int stk_threshold_parse(
	struct stk_str text, struct stk_threshold_expr *out, struct stk_err *err) STK_MUST_CHECK;
/* STK_E_INVAL naming the methods that fit if method does not fit a metric of type. */
int stk_threshold_check_type(const struct stk_threshold_expr *expr, enum stk_metric_type type,
	struct stk_err *err) STK_MUST_CHECK;

/* "http_req_duration{name:a,status:200}" taken apart: name and tags sorted by key, without
 * blanks and quotes around values (reference k6 3.3). Text into arena. */
struct stk_tag_selector {
	const char *metric;
	struct stk_tags tags;  /* empty: the whole metric; release with stk_vec_release */
	const char *canonical; /* "name:a,status:200"; "" without tags */
};
int stk_tag_selector_parse(struct stk_str text, struct stk_arena *arena,
	struct stk_tag_selector *out, struct stk_err *err) STK_MUST_CHECK;
/* In the record's form: metric, or metric{canonical}. Into arena. */
const char *stk_tag_selector_format(
	const struct stk_tag_selector *selector, struct stk_arena *arena);

/* Judge one threshold of a valid plan against metrics. No value yet: no_data, ok unless the spec
 * says no_data_fails and is_final. */
struct stk_threshold_result stk_threshold_judge(const struct stk_plan *plan,
	const struct stk_threshold_spec *spec, const struct stk_metrics *metrics, double elapsed_s,
	bool is_final);

/* Judge a threshold of a record again, against other metrics (those of all segments): value,
 * no_data and ok anew; without data ok stays. STK_E_FORMAT: its text is none. */
int stk_threshold_judge_again(const struct stk_metrics *metrics,
	struct stk_threshold_result *result, struct stk_err *err) STK_MUST_CHECK;

#endif
