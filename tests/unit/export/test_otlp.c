/* test_otlp: each type of metric as OpenTelemetry has it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/proto.h"
#include "core/export/otlp.h"

static struct stk_str field_of(struct stk_str message, uint32_t number, size_t nth)
{
	struct stk_proto_cursor cursor = stk_proto_cursor(message);
	struct stk_proto_field field;

	while (stk_proto_next(&cursor, &field, NULL) > 0)
		if (field.number == number && nth-- == 0)
			return field.wire == STK_PROTO_LEN
				       ? field.bytes
				       : stk_str_n((const char *)cursor.ptr - 8, 8);
	fail_msg("no field %u", number);
	return message;
}

static uint64_t word_of(struct stk_str bytes)
{
	uint64_t word;

	memcpy(&word, bytes.ptr, sizeof word);
	return word;
}

/* k6 7.5: counter, gauge, histogram in ms; a rate as `<name>.total` with `condition` | the same |
 * - */
static void otlp_format__has_every_type(void **state)
{
	struct stk_export_metric metrics[] = {
		{0, (char *)(uintptr_t) "reqs", STK_METRIC_COUNTER, STK_METRIC_DEFAULT, NULL},
		{1, (char *)(uintptr_t) "vus", STK_METRIC_GAUGE, STK_METRIC_DEFAULT, NULL},
		{2, (char *)(uintptr_t) "checks", STK_METRIC_RATE, STK_METRIC_DEFAULT, NULL},
		{3, (char *)(uintptr_t) "took", STK_METRIC_TREND, STK_METRIC_TIME, NULL}};
	const struct stk_otlp_opts opts = {"svc", "1", "pre.", 99};
	struct stk_totals *totals = stk_totals_new(7);
	struct stk_tagsets sets = {.map = STK_MAP_INIT};
	const struct stk_tagset *tags = stk_tagsets_get(&sets, STK_STR("name\0\xff x\0"));
	struct stk_buf out = STK_BUF_EMPTY;
	struct stk_str scope, metric, point;

	(void)state;
	for (size_t i = 0; i < 4; i++)
		for (int n = 0; n < 3; n++)
			stk_totals_add(totals, &metrics[i], tags, 50, n);
	stk_otlp_format(totals, &opts, &out);
	scope = field_of(field_of(stk_buf_str(&out), 1, 0), 2, 0);
	metric = field_of(scope, 2, 0);
	assert_true(stk_str_is(field_of(metric, 1, 0), "pre.reqs"));
	point = field_of(field_of(metric, 7, 0), 1, 0);
	assert_int_equal(word_of(field_of(point, 2, 0)), 7);
	assert_int_equal(word_of(field_of(point, 3, 0)), 99);
	assert_true(stk_proto_double(word_of(field_of(point, 4, 0))) == 3);
	/* a byte that is no UTF-8 does not make the message invalid */
	assert_true(stk_str_is(field_of(field_of(field_of(point, 7, 0), 2, 0), 1, 0), "? x"));
	(void)field_of(field_of(scope, 2, 1), 5, 0);
	metric = field_of(scope, 2, 2);
	assert_true(stk_str_is(field_of(metric, 1, 0), "pre.checks.total"));
	assert_int_equal(word_of(field_of(field_of(field_of(metric, 7, 0), 1, 0), 6, 0)), 2);
	assert_int_equal(word_of(field_of(field_of(field_of(metric, 7, 0), 1, 1), 6, 0)), 1);
	metric = field_of(scope, 2, 3);
	assert_true(stk_str_is(field_of(metric, 3, 0), "ms"));
	point = field_of(field_of(metric, 9, 0), 1, 0);
	assert_int_equal(word_of(field_of(point, 4, 0)), 3);
	assert_int_equal(field_of(point, 6, 0).len, (STK_TOTALS_BOUNDS + 1) * 8);
	assert_int_equal(field_of(point, 7, 0).len, STK_TOTALS_BOUNDS * 8);
	stk_totals_free(totals);
	stk_tagsets_release(&sets);
	stk_buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(otlp_format__has_every_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
