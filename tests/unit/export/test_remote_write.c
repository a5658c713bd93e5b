/* test_remote_write: series and native histograms, read back field by field. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <snappy-c.h> /* house: the other direction of the door */

#include "core/base/proto.h"
#include "core/export/remote_write.h"

/* The field number of a message, its nth occurrence; fails the test if it is not there. */
static struct stk_proto_field field_of(struct stk_str message, uint32_t number, size_t nth)
{
	struct stk_proto_cursor cursor = stk_proto_cursor(message);
	struct stk_proto_field field;

	while (stk_proto_next(&cursor, &field, NULL) > 0)
		if (field.number == number && nth-- == 0)
			return field;
	fail_msg("no field %u", number);
	return field;
}

static void add_label(struct stk_remote_labels *labels, const char *name, const char *value)
{
	struct stk_remote_label label = {stk_str_of(name), stk_str_of(value)};

	stk_vec_push(&labels->items, label);
}

static void remote_write_series__holds_labels_and_samples(void **state)
{
	struct stk_remote_labels labels = {STK_VEC_INIT};
	const struct stk_remote_point points[] = {{999, 0}, {1000, 2.5}};
	struct stk_buf out = STK_BUF_EMPTY;
	struct stk_str series, part;

	(void)state;
	add_label(&labels, "__name__", "k6_vus");
	add_label(&labels, "a", "b");
	stk_remote_write_series(&out, &labels, points, 2);
	series = field_of(stk_buf_str(&out), 1, 0).bytes;
	part = field_of(series, 1, 1).bytes;
	assert_true(stk_str_is(field_of(part, 1, 0).bytes, "a"));
	assert_true(stk_str_is(field_of(part, 2, 0).bytes, "b"));
	part = field_of(series, 2, 1).bytes;
	assert_true(stk_proto_double(field_of(part, 1, 0).value) == 2.5);
	assert_int_equal(field_of(part, 2, 0).value, 1000);
	stk_vec_release(&labels.items);
	stk_buf_release(&out);
}

/* k6 7.6: native histograms, growth 1.1 | `K6_PROMETHEUS_RW_TREND_AS_NATIVE_HISTOGRAM` | - */
static void remote_write_native__has_every_value_in_its_bucket(void **state)
{
	struct stk_remote_labels labels = {STK_VEC_INIT};
	struct stk_buf out = STK_BUF_EMPTY;
	struct stk_str histogram, deltas;
	struct stk_proto_cursor cursor;
	uint64_t word, all = 0;
	struct stk_hist hist;
	int64_t count = 0;

	(void)state;
	stk_hist_init(&hist);
	stk_hist_add(&hist, 0);
	stk_hist_add_n(&hist, 980, 3);  /* 0.98 s: the bucket that ends at 2^0, number 0 */
	stk_hist_add_n(&hist, 2100, 4); /* 2.1 s: (2, 2.18], number 9 */
	add_label(&labels, "__name__", "k6_x_seconds");
	stk_remote_write_native(&out, &labels, 77, &hist, 1e-3);
	histogram = field_of(field_of(stk_buf_str(&out), 1, 0).bytes, 4, 0).bytes;
	assert_int_equal(field_of(histogram, 1, 0).value, 8);
	assert_true(fabs(stk_proto_double(field_of(histogram, 3, 0).value) - 11.34) < 1e-9);
	assert_int_equal(stk_proto_zigzag(field_of(histogram, 4, 0).value), 3);
	assert_int_equal(field_of(histogram, 6, 0).value, 1);
	assert_int_equal(field_of(histogram, 15, 0).value, 77);
	assert_int_equal(
		stk_proto_zigzag(field_of(field_of(histogram, 11, 0).bytes, 1, 0).value), 0);
	assert_int_equal(
		stk_proto_zigzag(field_of(field_of(histogram, 11, 1).bytes, 1, 0).value), 8);
	deltas = field_of(histogram, 12, 0).bytes;
	cursor = stk_proto_cursor(deltas);
	while (stk_proto_varint(&cursor, &word, NULL) > 0) {
		count += stk_proto_zigzag(word);
		all += (uint64_t)count;
	}
	assert_int_equal(all, 7);
	assert_int_equal(count, 4);
	stk_hist_release(&hist);
	stk_vec_release(&labels.items);
	stk_buf_release(&out);
}

static void remote_write_pack__unpacks_to_the_same(void **state)
{
	struct stk_buf request = STK_BUF_EMPTY, packed = STK_BUF_EMPTY;
	char back[64];
	size_t len = sizeof back;

	(void)state;
	stk_buf_add_text(&request, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab");
	assert_int_equal(stk_remote_write_pack(&request, &packed, NULL), 0);
	assert_int_equal(snappy_uncompress(packed.ptr, packed.len, back, &len), SNAPPY_OK);
	assert_int_equal(len, request.len);
	assert_memory_equal(back, request.ptr, len);
	stk_buf_release(&request);
	stk_buf_release(&packed);
}

/* k6 7.6: `STALE_MARKERS` | the same | - */
static void remote_write_stale__is_the_marker(void **state)
{
	double value = stk_remote_write_stale();
	uint64_t bits;

	(void)state;
	memcpy(&bits, &value, sizeof bits);
	assert_true(bits == UINT64_C(0x7ff0000000000002));
}

static void remote_write_add_name__replaces_what_is_not_allowed(void **state)
{
	struct stk_buf out = STK_BUF_EMPTY;

	(void)state;
	stk_remote_write_add_name(&out, "9 a-b.ü_C");
	assert_string_equal(out.ptr, "_9_a_b____C");
	stk_buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(remote_write_series__holds_labels_and_samples),
		cmocka_unit_test(remote_write_native__has_every_value_in_its_bucket),
		cmocka_unit_test(remote_write_pack__unpacks_to_the_same),
		cmocka_unit_test(remote_write_stale__is_the_marker),
		cmocka_unit_test(remote_write_add_name__replaces_what_is_not_allowed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
