/* test_faults: an error is news once per place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/script/faults.h"

static void faults_add__is_news_once_per_place(void **state)
{
	struct stk_faults *faults = stk_faults_new();

	(void)state;
	assert_true(stk_faults_add(faults, "a.lua:12: nil value\n\ttrace"));
	assert_false(stk_faults_add(faults, "a.lua:12: another text"));
	assert_true(stk_faults_add(faults, "a.lua:13: nil value"));
	assert_true(stk_faults_add(faults, "no place at all"));
	assert_false(stk_faults_add(faults, "no place at all\nsecond line"));
	assert_int_equal(stk_faults_count(faults, "a.lua:12: x"), 2);
	assert_int_equal(stk_faults_count(faults, "b.lua:12: x"), 0);
	stk_faults_free(faults);
}

static void faults_add__is_bounded(void **state)
{
	struct stk_faults *faults = stk_faults_new();
	struct stk_buf text = STK_BUF_EMPTY;

	(void)state;
	for (int i = 0; i < STK_FAULTS_PLACES_MAX; i++) {
		stk_buf_clear(&text);
		stk_buf_addf(&text, "a.lua:%d: x", i);
		assert_true(stk_faults_add(faults, text.ptr));
	}
	assert_false(stk_faults_add(faults, "b.lua:1: one too many"));
	stk_buf_release(&text);
	stk_faults_free(faults);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(faults_add__is_news_once_per_place),
		cmocka_unit_test(faults_add__is_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
