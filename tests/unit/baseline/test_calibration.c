/* test_calibration: what A/A runs measured survives its file; what cannot be is refused. */
#include "core/baseline/calibration.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define HEAD                                                                                       \
	"\"schema\":1,\"workflow\":\"w\",\"mode\":\"paired\",\"machine\":\"m\",\"plan\":\"p\","    \
	"\"version\":\"v\""

static void calibration_format__survives_reading(void **state)
{
	struct stk_calibration from, to;
	struct stk_calibration_type *type;
	struct stk_buf text = STK_BUF_EMPTY, again = STK_BUF_EMPTY;
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	stk_calibration_init(&from);
	stk_calibration_init(&to);
	from.key = (struct stk_calibration_key){"shop", "baseline", "12ab", "34cd"};
	from.version = "1.0";
	for (int i = 0; i < 3; i++) {
		struct stk_calibration_run *run = stk_vec_push_new(&from.runs);

		run->measured_ns = 100 + i;
		run->alarm = i == 1;
		type = stk_vec_push_new(&run->types);
		*type = (struct stk_calibration_type){"cpu", NAN, NAN, NAN, STK_VEC_INIT};
		stk_vec_push(&type->rows,
			(struct stk_calibration_row){-0.25, 0.0625, 12.5, 0.1, i == 2});
	}
	from.runs.items[0].types.items[0].theta = 0.5;
	from.runs.items[0].types.items[0].v = 0.25;
	from.runs.items[0].types.items[0].df = 4;
	stk_calibration_format(&from, &text);
	if (stk_calibration_parse(stk_buf_str(&text), &to, &err) < 0)
		fail_msg("%s", err.msg);
	assert_true(stk_calibration_is_key(&from.key, &to.key));
	assert_int_equal(to.runs.len, 3);
	assert_float_equal(to.runs.items[0].types.items[0].theta, 0.5, 0.0);
	assert_true(isnan(to.runs.items[1].types.items[0].theta));
	assert_true(to.runs.items[1].alarm);
	assert_true(to.runs.items[2].types.items[0].rows.items[0].eligible);
	stk_calibration_format(&to, &again);
	assert_string_equal(again.ptr, text.ptr);
	stk_buf_release(&text);
	stk_buf_release(&again);
	stk_calibration_release(&from);
	stk_calibration_release(&to);
}

static void calibration_parse__refuses_with_the_place(void **state)
{
	static const struct {
		const char *text, *words;
	} rows[] = {{"[]", "schema"}, {"{\"schema\":2}", "reads 1"}, {"{" HEAD "}", "runs"},
		{"{" HEAD ",\"runs\":[{\"types\":[]}]}", "runs[0]"},
		{"{" HEAD ",\"runs\":[{\"measured_ns\":1,\"types\":[{\"name\":\"cpu\",\"total\":[1]"
		 ",\"rows\":[]}]}]}",
			"runs[0]: types[0]"},
		{"{" HEAD ",\"runs\":[{\"measured_ns\":1,\"types\":[{\"name\":\"cpu\",\"total\":"
		 "[0,0,1],\"rows\":[[0,-1,1,0,0]]}]}]}",
			"rows[0]: numbers that nothing can have measured"},
		{"{" HEAD ",\"runs\":[{\"measured_ns\":1,\"types\":[{\"name\":\"cpu\",\"total\":"
		 "[0,0,1],\"rows\":[[0,1,1,7,0]]}]}]}",
			"rows[0]"}};

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(rows); i++) {
		struct stk_calibration calibration;
		struct stk_err err = STK_ERR_INIT;

		stk_calibration_init(&calibration);
		assert_int_equal(
			stk_calibration_parse(stk_str_of(rows[i].text), &calibration, &err),
			STK_E_FORMAT);
		if (!strstr(err.msg, rows[i].words))
			fail_msg("'%s' has no '%s'", err.msg, rows[i].words);
		stk_calibration_release(&calibration);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calibration_format__survives_reading),
		cmocka_unit_test(calibration_parse__refuses_with_the_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
