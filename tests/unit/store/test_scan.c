/* test_scan: totals and splits of recorded profiles, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <string.h>

#include "core/base/fs.h"
#include "core/store/scan.h"

#define FOLDER "tests/fixtures/pyroscope/profiles/"

static void scan_read__adds_up_by_label_set(void **state)
{
	const struct stk_label base = {STK_STR("env"), STK_STR("series")};
	struct stk_buf bytes = STK_BUF_EMPTY;
	struct stk_scan scan;
	int64_t total = 0;

	(void)state;
	assert_int_equal(stk_fs_read(FOLDER "labels.pb", &bytes, NULL), 0);
	assert_int_equal(stk_scan_read(&scan, stk_buf_str(&bytes), &base, 1, NULL), 0);
	assert_int_equal(scan.types_len, 1);
	assert_true(stk_str_is(scan.types[0].type, "cpu"));
	assert_true(stk_str_is(scan.period.unit, "nanoseconds"));
	/* none, steady, spike, span_name; span ids are kept aside, env is the series' own */
	assert_int_equal(scan.splits.len, 4);
	for (size_t i = 0; i < scan.splits.len; i++) {
		const struct stk_scan_split *split = scan.splits.items[i];

		total += split->totals[0];
		assert_int_equal(split->hash, stk_scan_hash(split->labels, split->labels_len));
	}
	assert_int_equal(total, 255);
	stk_scan_release(&scan);
	stk_buf_release(&bytes);
}

static void scan_hash__tells_sets_apart(void **state)
{
	const struct stk_label a = {STK_STR("ab"), STK_STR("c")};
	const struct stk_label b = {STK_STR("a"), STK_STR("bc")};

	(void)state;
	assert_int_equal(stk_scan_hash(NULL, 0), 0);
	assert_true(stk_scan_hash(&a, 1) != 0);
	assert_true(stk_scan_hash(&a, 1) != stk_scan_hash(&b, 1));
	assert_true(stk_scan_is_aside(STK_STR("span_id")));
	assert_false(stk_scan_is_aside(STK_STR("span_name")));
}

static void scan_read__tells_corrupt_from_invalid(void **state)
{
	/* types (1,1) over strings "", "a-b" / "", "a"; function id 0; a value too many */
	static const struct {
		struct stk_str bytes;
		int rc;
	} rows[] = {{{"", 0}, STK_E_FORMAT}, {{"\x0a\xff", 2}, STK_E_FORMAT},
		{{"\x32\x00", 2}, STK_E_INVAL}, {{"\x32\x01x", 3}, STK_E_INVAL},
		{{"\x32\x00\x32\x01\xff", 5}, STK_E_INVAL},
		{{"\x0a\x02\x08\x01\x32\x00\x32\x03"
		  "a-b",
			 11},
			STK_E_INVAL},
		{{"\x0a\x02\x08\x07\x32\x00", 6}, STK_E_INVAL},
		{{"\x0a\x02\x08\x01\x2a\x00\x32\x00\x32\x01"
		  "a",
			 11},
			STK_E_INVAL},
		{{"\x0a\x02\x08\x01\x12\x04\x12\x02\x01\x01\x32\x00\x32\x01"
		  "a",
			 15},
			STK_E_INVAL},
		{{"\x0a\x02\x08\x01\x12\x03\x12\x01\x01\x32\x00\x32\x01"
		  "a",
			 14},
			0}};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct stk_scan scan;

		assert_int_equal(stk_scan_read(&scan, rows[i].bytes, NULL, 0, NULL), rows[i].rc);
		stk_scan_release(&scan);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scan_read__adds_up_by_label_set),
		cmocka_unit_test(scan_hash__tells_sets_apart),
		cmocka_unit_test(scan_read__tells_corrupt_from_invalid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
