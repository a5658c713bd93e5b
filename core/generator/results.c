/* results: which reader reads what a command wrote; totals as metrics. */
#include "core/generator/results.h"

#include <string.h>

const char *const stk_results_words[] = {"wrk", "csv", "json", NULL};

enum stk_results_form stk_results_find(const char *word)
{
	for (size_t i = 0; stk_results_words[i]; i++)
		if (strcmp(word, stk_results_words[i]) == 0)
			return (enum stk_results_form)(STK_RESULTS_WRK + i);
	return STK_RESULTS_NONE;
}

void stk_results_put_totals(struct stk_generated *out)
{
	struct stk_metric *requests = stk_metrics_put(
		&out->metrics, "http_reqs", "", STK_METRIC_COUNTER, STK_METRIC_DEFAULT);

	stk_metric_add(requests, (double)out->requests);
	requests->builtin = true;
	struct stk_metric *failed = stk_metrics_put(
		&out->metrics, "http_req_failed", "", STK_METRIC_RATE, STK_METRIC_DEFAULT);
	failed->builtin = true;
	failed->count = out->requests;
	failed->passes = out->failed < out->requests ? out->failed : out->requests;
	out->metrics.duration_s = (double)(out->end_ns - out->start_ns) / 1e9;
}

int stk_results_read(enum stk_results_form form, struct stk_str text, struct stk_generated *out,
	struct stk_err *err)
{
	switch (form) {
	case STK_RESULTS_WRK:
		return stk_results_read_wrk(text, out, err);
	case STK_RESULTS_CSV:
		return stk_results_read_csv(text, out, err);
	case STK_RESULTS_JSON:
		return stk_results_read_json(text, out, err);
	case STK_RESULTS_NONE:
		break;
	}
	return stk_err_set(err, STK_E_INVAL, "no form of results was named");
}
