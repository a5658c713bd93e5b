/* test_accept: which rows of a run may be accepted, up to which change, and what is said else. */
#include "core/baseline/accept.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void add_row(
	struct stk_run *run, const char *type, const char *name, enum stk_verdict verdict)
{
	struct stk_comparison *one = NULL;
	struct stk_row *row;

	for (size_t i = 0; i < run->comparisons.len; i++) {
		if (strcmp(run->comparisons.items[i].short_name, type) == 0)
			one = &run->comparisons.items[i];
	}
	if (!one) {
		one = stk_vec_push_new(&run->comparisons);
		one->short_name = one->type_id = type;
		one->total.q = 1.0;
	}
	row = stk_vec_push_new(&one->rows);
	row->function.name = name;
	row->verdict = verdict;
	row->change = row->theta = 0.42;
	row->hi = 0.512;
	row->q = verdict == STK_VERDICT_REGRESSION ? 0.001 : 0.5;
}

struct accept_case {
	struct stk_run run;
	struct stk_accepted accepted;
};

static void start(struct accept_case *c)
{
	stk_run_init(&c->run);
	stk_accepted_init(&c->accepted);
	c->run.name = "shop";
	c->run.id = "r1";
	add_row(&c->run, "cpu", "json.Marshal", STK_VERDICT_REGRESSION);
	add_row(&c->run, "cpu", "json.Encode", STK_VERDICT_NO_CHANGE);
	add_row(&c->run, "alloc_space", "json.Marshal", STK_VERDICT_REGRESSION);
}

static void stop(struct accept_case *c)
{
	stk_accepted_release(&c->accepted);
	stk_run_release(&c->run);
}

static struct stk_accept_opts opts_of(const char *function)
{
	return (struct stk_accept_opts){.function = function,
		.reason = "new field",
		.author = "ada",
		.limit = NAN,
		.until_ns = 86400000000000};
}

static void accept_add__takes_each_type_with_the_interval_as_limit(void **state)
{
	struct stk_accept_opts opts = opts_of("json.Marshal");
	struct accept_case c;
	size_t added = 0;

	(void)state;
	start(&c);
	assert_int_equal(stk_accept_add(&c.accepted, &c.run, &opts, &added, NULL), 0);
	assert_int_equal(added, 2);
	assert_int_equal(c.accepted.entries.len, 2);
	assert_string_equal(c.accepted.entries.items[0].profile, "alloc_space"); /* sorted */
	assert_string_equal(c.accepted.entries.items[0].workflow, "shop");
	assert_float_equal(c.accepted.entries.items[0].limit, 0.6, 1e-12);
	opts.profile = "cpu";
	opts.limit = 2.0;
	assert_int_equal(stk_accept_add(&c.accepted, &c.run, &opts, &added, NULL), 0);
	assert_int_equal(added, 1);
	assert_int_equal(c.accepted.entries.len, 2); /* in place of the former one */
	assert_float_equal(c.accepted.entries.items[1].limit, 2.0, 0.0);
	/* it covers the very run it comes from */
	stk_accepted_apply(&c.accepted, &c.run, 0);
	assert_string_equal(c.run.comparisons.items[0].rows.items[0].accepted.author, "ada");
	stop(&c);
}

static void accept_add__refuses_what_did_not_get_dearer(void **state)
{
	struct stk_accept_opts opts = opts_of("json.Encode");
	struct stk_err err = STK_ERR_INIT;
	struct accept_case c;
	size_t added = 7;

	(void)state;
	start(&c);
	assert_int_equal(stk_accept_add(&c.accepted, &c.run, &opts, &added, &err), STK_E_NOT_FOUND);
	assert_string_equal(err.msg, "'json.Encode' did not get dearer in run r1");
	opts.function = "json.Marshall";
	assert_int_equal(stk_accept_add(&c.accepted, &c.run, &opts, &added, &err), STK_E_NOT_FOUND);
	assert_string_equal(err.msg, "run r1 has no function 'json.Marshall'");
	assert_non_null(strstr(err.hint, "did you mean 'json.Marshal'?"));
	assert_int_equal(added, 7);
	assert_int_equal(c.accepted.entries.len, 0);
	stop(&c);
}

static void accept_add__knows_packages_that_did_not_get_dearer(void **state)
{
	struct stk_accept_opts opts = opts_of("encoding/json");
	struct stk_row row = {
		.function = {"encoding/json", "", 0, NULL}, .verdict = STK_VERDICT_NO_CHANGE};
	struct stk_err err = STK_ERR_INIT;
	struct accept_case c;
	size_t added = 0;

	(void)state;
	start(&c);
	stk_vec_push(&c.run.comparisons.items[0].packages, row);
	assert_int_equal(stk_accept_add(&c.accepted, &c.run, &opts, &added, &err), STK_E_NOT_FOUND);
	assert_string_equal(err.msg, "'encoding/json' did not get dearer in run r1");
	stop(&c);
}

/* A function's own cost and that with all it calls: one entry, the larger limit. */
static void accept_add__covers_groups_with_the_larger_limit(void **state)
{
	struct stk_accept_opts opts = opts_of("json.Marshal");
	struct stk_row row = {.function = {"json.Marshal", "", 0, NULL},
		.verdict = STK_VERDICT_REGRESSION,
		.change = 0.1,
		.hi = 0.12};
	struct stk_buf text = STK_BUF_EMPTY;
	struct accept_case c;
	size_t added = 0;

	(void)state;
	start(&c);
	stk_vec_push(&c.run.comparisons.items[0].inclusive, row);
	row.function.name = "shop/json";
	stk_vec_push(&c.run.comparisons.items[0].packages, row);
	assert_int_equal(stk_accept_add(&c.accepted, &c.run, &opts, &added, NULL), 0);
	assert_int_equal(added, 2); /* cpu and alloc_space */
	assert_float_equal(c.accepted.entries.items[1].limit, 0.6, 1e-12);
	stk_accepted_format(&c.accepted, &text); /* as people read it */
	assert_non_null(strstr(text.ptr, "\"limit\":0.6,"));
	stk_buf_release(&text);
	opts.function = "shop/json";
	assert_int_equal(stk_accept_add(&c.accepted, &c.run, &opts, &added, NULL), 0);
	assert_int_equal(added, 1);
	stk_accepted_apply(&c.accepted, &c.run, 0);
	assert_non_null(c.run.comparisons.items[0].inclusive.items[0].accepted.reason);
	assert_non_null(c.run.comparisons.items[0].packages.items[0].accepted.reason);
	stop(&c);
}

/* Latency and throughput have totals, too; less throughput counts by its size. */
static void accept_add__takes_exact_totals_by_their_name(void **state)
{
	static const struct {
		const char *name;
		double change, lo, hi, limit;
	} totals[] = {{"p95", 0.11, 0.07, 0.15, 0.2}, {"throughput", -0.25, -0.31, -0.2, 0.4}};
	struct stk_accept_opts opts = opts_of("total");
	struct accept_case c;
	size_t added = 0;

	(void)state;
	start(&c);
	for (size_t i = 0; i < STK_ARRAY_LEN(totals); i++) {
		struct stk_total *total = stk_vec_push_new(&c.run.totals);

		total->name = totals[i].name;
		total->row.verdict = STK_VERDICT_REGRESSION;
		total->row.change = totals[i].change;
		total->row.lo = totals[i].lo;
		total->row.hi = totals[i].hi;
	}
	for (size_t i = 0; i < STK_ARRAY_LEN(totals); i++) {
		opts.profile = totals[i].name;
		assert_int_equal(stk_accept_add(&c.accepted, &c.run, &opts, &added, NULL), 0);
		assert_int_equal(added, 1);
		assert_string_equal(c.accepted.entries.items[i].profile, totals[i].name);
		assert_float_equal(c.accepted.entries.items[i].limit, totals[i].limit, 1e-12);
	}
	stk_accepted_apply(&c.accepted, &c.run, 0);
	assert_string_equal(c.run.totals.items[0].row.accepted.author, "ada");
	assert_string_equal(c.run.totals.items[1].row.accepted.author, "ada");
	memset(&c.run.totals.items[1].row.accepted, 0, sizeof(struct stk_acceptance));
	c.run.totals.items[1].row.change = -0.5; /* beyond */
	stk_accepted_apply(&c.accepted, &c.run, 0);
	assert_null(c.run.totals.items[1].row.accepted.reason);
	stop(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accept_add__takes_each_type_with_the_interval_as_limit),
		cmocka_unit_test(accept_add__refuses_what_did_not_get_dearer),
		cmocka_unit_test(accept_add__knows_packages_that_did_not_get_dearer),
		cmocka_unit_test(accept_add__covers_groups_with_the_larger_limit),
		cmocka_unit_test(accept_add__takes_exact_totals_by_their_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
