/* results: what a command that made load wrote at its end, in a form that we know.
 *
 * docs/generators.md defines the forms csv and json; wrk is the output of wrk and wrk2. */
#ifndef STK_CORE_GENERATOR_RESULTS_H
#define STK_CORE_GENERATOR_RESULTS_H

#include "core/base/err.h"
#include "core/base/str.h"
#include "core/generator/generated.h"

#define STK_RESULTS_BYTES_MAX ((size_t)256 << 20)

enum stk_results_form { STK_RESULTS_NONE, STK_RESULTS_WRK, STK_RESULTS_CSV, STK_RESULTS_JSON };

/* "wrk csv json", and the form of a word; STK_RESULTS_NONE for another. */
extern const char *const stk_results_words[];
enum stk_results_form stk_results_find(const char *word);

/* Read text into *out, whose start_ns and end_ns are those of the program: a form that knows better
 * narrows them. STK_E_FORMAT says what is missing and where. */
int stk_results_read(enum stk_results_form form, struct stk_str text, struct stk_generated *out,
	struct stk_err *err) STK_MUST_CHECK;

/* The parts. */
int stk_results_read_wrk(
	struct stk_str text, struct stk_generated *out, struct stk_err *err) STK_MUST_CHECK;
int stk_results_read_csv(
	struct stk_str text, struct stk_generated *out, struct stk_err *err) STK_MUST_CHECK;
int stk_results_read_json(
	struct stk_str text, struct stk_generated *out, struct stk_err *err) STK_MUST_CHECK;

/* requests and failed of *out as the metrics http_reqs and http_req_failed, with the duration. */
void stk_results_put_totals(struct stk_generated *out);

#endif
