/* test_kept: what is kept comes back as it was; hostile documents do not. */
#include "core/baseline/kept.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/gzip.h"
#include "tests/support/kept_case.h"

static void kept_format__comes_back_as_it_was(void **state)
{
	struct stk_buf packed = STK_BUF_EMPTY;
	const struct stk_kept_type *type;
	struct stk_kept kept, back;

	(void)state;
	kept_case_init(&kept, "8f3a1c2", "EPYC", INT64_C(1795348800123456789));
	stk_kept_init(&back);
	assert_int_equal(stk_kept_format(&kept, &packed, NULL), 0);
	assert_int_equal(stk_kept_parse(stk_buf_str(&packed), &back, NULL), 0);
	assert_int_equal(back.measured_ns, INT64_C(1795348800123456789));
	assert_string_equal(back.revision, "8f3a1c2");
	assert_null(back.ref);
	assert_float_equal(back.load.p95_ms, 11.5, 0.0);
	assert_true(isnan(back.load.p50_ms));
	assert_int_equal(back.load.cpu_ns, -1);
	type = stk_kept_find(&back, "cpu");
	assert_non_null(type);
	assert_ptr_equal(type, stk_kept_find(&back, kept.types.items[0].type_id));
	assert_null(stk_kept_find(&back, "alloc_space"));
	assert_string_equal(type->functions.items[0].file, "main.go");
	assert_int_equal(type->functions.items[1].total, INT64_C(9007199254740991));
	assert_float_equal(type->functions.items[1].n_total, 300.5, 0.0);
	assert_int_equal(type->slices.len, 3);
	assert_int_equal(type->slices.items[2].values.items[0].self, 990000002);
	assert_float_equal(type->slices.items[2].values.items[0].n, 99.125, 0.0);
	assert_float_equal(type->slices.items[0].requests, 1000.25, 0.0);
	assert_int_equal(type->edges.items[0].callee, 0);
	stk_buf_release(&packed);
	stk_kept_release(&kept);
	stk_kept_release(&back);
}

/* The document with one text in place of another. */
static int parse_changed(const char *from, const char *to, struct stk_err *err)
{
	struct stk_buf packed = STK_BUF_EMPTY, text = STK_BUF_EMPTY, changed = STK_BUF_EMPTY;
	struct stk_kept kept;
	ptrdiff_t at;
	int rc;

	kept_case_init(&kept, "8f3a1c2", "EPYC", 1);
	assert_int_equal(stk_kept_format(&kept, &packed, NULL), 0);
	assert_int_equal(stk_gzip_unpack(stk_buf_str(&packed), &text, NULL), 0);
	at = stk_str_find(stk_buf_str(&text), stk_str_of(from));
	assert_true(at >= 0);
	stk_buf_add_str(&changed, stk_str_sub(stk_buf_str(&text), 0, (size_t)at));
	stk_buf_add_text(&changed, to);
	stk_buf_add_str(&changed, stk_str_skip(stk_buf_str(&text), (size_t)at + strlen(from)));
	stk_buf_clear(&packed);
	assert_int_equal(stk_gzip_pack(stk_buf_str(&changed), 6, &packed, NULL), 0);
	stk_kept_release(&kept);
	rc = stk_kept_parse(stk_buf_str(&packed), &kept, err);
	stk_kept_release(&kept);
	stk_buf_release(&packed);
	stk_buf_release(&text);
	stk_buf_release(&changed);
	return rc;
}

static void kept_parse__refuses_with_the_place(void **state)
{
	static const struct {
		const char *from, *to, *says;
	} cases[] = {
		{"[0,990000001,", "[2,990000001,", "slices[1]"},
		{"[0,990000001,", "[0,-1,", "slices[1]"},
		{"[0,990000001,", "[0,", "threes"},
		{"\"schema\":1", "\"schema\":2", "schema 2"},
		{"stoker.baseline", "stoker.run", "not a baseline"},
		{"\"requests\":1000.25", "\"requests\":-5", "no such number"},
		{"[\"main.work\"", "[7", "functions[0]"},
	};

	(void)state;
	assert_int_equal(parse_changed("EPYC", "Xeon", NULL), 0);
	for (size_t i = 0; i < STK_ARRAY_LEN(cases); i++) {
		struct stk_err err = STK_ERR_INIT;

		assert_int_equal(parse_changed(cases[i].from, cases[i].to, &err), STK_E_FORMAT);
		assert_non_null(strstr(err.msg, cases[i].says));
	}
}

static void kept_machine__is_the_same_after_a_kernel_update(void **state)
{
	struct stk_fact one[] = {{"processor", "EPYC"}, {"kernel", "Linux 6.1.0 x86_64"}};
	struct stk_fact two[] = {{"kernel", "Linux 6.2.1 x86_64"}, {"processor", "EPYC"}};
	struct stk_fact other[] = {{"processor", "EPYC"}, {"kernel", "Linux 6.1.0 aarch64"}};
	struct stk_arena arena = STK_ARENA_INIT;

	(void)state;
	assert_string_equal(stk_kept_machine(one, 2, &arena), stk_kept_machine(two, 2, &arena));
	assert_string_not_equal(
		stk_kept_machine(one, 2, &arena), stk_kept_machine(other, 2, &arena));
	assert_int_equal(strlen(stk_kept_machine(one, 2, &arena)), 8);
	stk_arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kept_format__comes_back_as_it_was),
		cmocka_unit_test(kept_parse__refuses_with_the_place),
		cmocka_unit_test(kept_machine__is_the_same_after_a_kernel_update),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
