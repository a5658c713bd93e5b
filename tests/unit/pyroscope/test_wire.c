/* test_wire: the table-driven codec against recorded bytes, round trips and hostile input. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <string.h>

#include "core/base/base64.h"
#include "core/pyroscope/push.h"
#include "core/pyroscope/query.h"

static void assert_str(struct stk_str got, const char *want)
{
	char *text = stk_str_dup(got);

	assert_string_equal(text, want);
	free(text);
}

static void wire_read__takes_the_request_of_the_protocol_notes(void **state)
{
	static const unsigned char bytes[] = {0x0a, 0x09, 0x61, 0x3a, 0x62, 0x3a, 0x63, 0x3a, 0x64,
		0x3a, 0x65, 0x12, 0x02, 0x7b, 0x7d, 0x18, 0x80, 0xd0, 0xea, 0xb6, 0xb7, 0x33, 0x20,
		0xe0, 0xf7, 0xfc, 0xb6, 0xb7, 0x33};
	struct stk_str message = {(const char *)bytes, sizeof bytes};
	struct stk_query_profile_request request;
	struct stk_arena arena = STK_ARENA_INIT;
	struct stk_buf again = STK_BUF_EMPTY;

	(void)state;
	assert_int_equal(stk_wire_read_proto(
				 &stk_query_profile_request_wire, message, &arena, &request, NULL),
		0);
	assert_str(request.type_id, "a:b:c:d:e");
	assert_str(request.selector, "{}");
	assert_int_equal(request.start, INT64_C(1767225600000));
	assert_int_equal(request.end, INT64_C(1767225900000));
	stk_wire_write_proto(&stk_query_profile_request_wire, &request, &again);
	assert_int_equal(again.len, sizeof bytes);
	assert_memory_equal(again.ptr, bytes, sizeof bytes);
	stk_buf_release(&again);
	stk_arena_release(&arena);
}

static void wire_read__json_takes_both_spellings_and_kinds_of_numbers(void **state)
{
	static const char *const rows[] = {
		"{\"profileTypeID\":\"t\",\"labelSelector\":\"{}\",\"start\":\"12\",\"end\":13,"
		"\"maxNodes\":5.0,\"format\":\"PROFILE_FORMAT_TREE\"}",
		"{\"profile_typeID\":\"t\",\"label_selector\":\"{}\",\"start\":12,\"end\":\"13\","
		"\"max_nodes\":\"5\",\"format\":2,\"unknown\":[1],\"spanSelector\":null}"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct stk_query_stacks_request request;
		struct stk_arena arena = STK_ARENA_INIT;
		struct stk_err err = STK_ERR_INIT;

		assert_int_equal(stk_wire_read_json(&stk_query_stacks_request_wire,
					 stk_str_of(rows[i]), &arena, &request, &err),
			0);
		assert_str(request.type_id, "t");
		assert_int_equal(request.start, 12);
		assert_int_equal(request.end, 13);
		assert_int_equal(request.max_nodes, 5);
		assert_int_equal(request.format, STK_QUERY_FORMAT_TREE);
		stk_arena_release(&arena);
	}
}

static void wire_read__json_refuses_wrong_kinds(void **state)
{
	static const char *const rows[] = {"", "[]", "{", "{\"start\":\"abc\"}", "{\"start\":1.5}",
		"{\"start\":true}", "{\"start\":1,\"start\":2}", "{\"maxNodes\":1,\"max_nodes\":1}",
		"{\"labelSelector\":1}", "{\"spanSelector\":\"x\"}", "{\"stackTraceSelector\":[]}",
		"{\"start\":1e300}", "{\"format\":1e12}"};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct stk_query_stacks_request request;
		struct stk_arena arena = STK_ARENA_INIT;
		struct stk_err err = STK_ERR_INIT;

		assert_int_equal(stk_wire_read_json(&stk_query_stacks_request_wire,
					 stk_str_of(rows[i]), &arena, &request, &err),
			STK_E_FORMAT);
		assert_true(err.msg[0] != '\0');
		stk_arena_release(&arena);
	}
}

static void wire_write__json_leaves_defaults_out(void **state)
{
	int64_t first[] = {0, 100, 0, 0}, second[] = {0, 100, 100, 1};
	struct stk_query_level levels[] = {{{first, 4}}, {{second, 4}}};
	struct stk_str names[] = {STK_STR("total"), STK_STR("ma\"in\n\xff")};
	struct stk_query_flame flame = {{names, 2}, {levels, 2}, 100, 0};
	struct stk_query_stacks_response response = {.flamegraph = &flame};
	struct stk_query_stacks_response none = {.flamegraph = NULL};
	struct stk_buf out = STK_BUF_EMPTY;

	(void)state;
	stk_wire_write_json(&stk_query_stacks_response_wire, &response, &out);
	assert_string_equal(out.ptr,
		"{\"flamegraph\":{\"names\":[\"total\",\"ma\\\"in\\u000a\xef\xbf\xbd\"],\"levels\":"
		"["
		"{\"values\":[\"0\",\"100\",\"0\",\"0\"]},"
		"{\"values\":[\"0\",\"100\",\"100\",\"1\"]}],\"total\":\"100\"}}");
	stk_buf_clear(&out);
	stk_wire_write_json(&stk_query_stacks_response_wire, &none, &out);
	assert_string_equal(out.ptr, "{}");
	stk_buf_release(&out);
}

static void wire__series_come_back_from_both_codecs(void **state)
{
	struct stk_query_label label = {STK_STR("env"), STK_STR("base")};
	struct stk_query_point points[] = {{1.5, 1795348800000}, {0, -1}, {3e18, 7}};
	struct stk_query_points series = {{&label, 1}, {points, 3}};
	struct stk_query_points_response response = {{&series, 1}}, back;

	(void)state;
	for (int json = 0; json < 2; json++) {
		struct stk_arena arena = STK_ARENA_INIT;
		struct stk_buf out = STK_BUF_EMPTY;
		const struct stk_query_points *got;
		const struct stk_query_point *point;

		if (json)
			stk_wire_write_json(&stk_query_points_response_wire, &response, &out);
		else
			stk_wire_write_proto(&stk_query_points_response_wire, &response, &out);
		assert_int_equal((json ? stk_wire_read_json : stk_wire_read_proto)(
					 &stk_query_points_response_wire, stk_buf_str(&out), &arena,
					 &back, NULL),
			0);
		assert_int_equal(back.series.len, 1);
		got = back.series.items;
		assert_int_equal(got->labels.len, 1);
		assert_int_equal(got->points.len, 3);
		point = got->points.items;
		for (int i = 0; i < 3; i++) {
			assert_true(point[i].value == points[i].value);
			assert_int_equal(point[i].timestamp, points[i].timestamp);
		}
		stk_buf_release(&out);
		stk_arena_release(&arena);
	}
}

static void wire_read__push_json_has_base64(void **state)
{
	struct stk_push_request request;
	struct stk_arena arena = STK_ARENA_INIT;
	const struct stk_push_series *series;
	const struct stk_push_sample *sample;

	(void)state;
	assert_int_equal(stk_wire_read_json(&stk_push_request_wire,
				 STK_STR("{\"series\":[{\"labels\":[{\"name\":\"a\",\"value\":"
					 "\"b\"}],\"samples\":[{\"rawProfile\":\"AAEC/w==\"}]}]}"),
				 &arena, &request, NULL),
		0);
	series = request.series.items;
	sample = series->samples.items;
	assert_int_equal(sample->profile.len, 4);
	assert_memory_equal(sample->profile.ptr, "\0\1\2\xff", 4);
	stk_arena_release(&arena);
}

static void wire_read__proto_refuses_broken_bytes(void **state)
{
	static const struct stk_str rows[] = {{"\x0a", 1},
		{"\x0a\x05"
		 "ab",
			4},
		{"\x08\x01", 2}, {"\x0a\x02\x0a\x09", 4}, {"\x0b", 1}, {"\xff", 1}};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct stk_push_request request;
		struct stk_arena arena = STK_ARENA_INIT;

		assert_int_equal(stk_wire_read_proto(
					 &stk_push_request_wire, rows[i], &arena, &request, NULL),
			STK_E_FORMAT);
		stk_arena_release(&arena);
	}
}

static void wire_read__bounds_empty_elements(void **state)
{
	struct stk_buf bytes = STK_BUF_EMPTY;
	struct stk_push_request request;
	struct stk_arena arena = STK_ARENA_INIT;

	(void)state;
	for (int i = 0; i <= STK_WIRE_MAX_ITEMS; i++)
		stk_buf_add(&bytes, "\x0a\x00", 2);
	assert_int_equal(stk_wire_read_proto(&stk_push_request_wire, stk_buf_str(&bytes), &arena,
				 &request, NULL),
		STK_E_TOO_LARGE);
	stk_buf_release(&bytes);
	stk_arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wire_read__takes_the_request_of_the_protocol_notes),
		cmocka_unit_test(wire_read__json_takes_both_spellings_and_kinds_of_numbers),
		cmocka_unit_test(wire_read__json_refuses_wrong_kinds),
		cmocka_unit_test(wire_write__json_leaves_defaults_out),
		cmocka_unit_test(wire__series_come_back_from_both_codecs),
		cmocka_unit_test(wire_read__push_json_has_base64),
		cmocka_unit_test(wire_read__proto_refuses_broken_bytes),
		cmocka_unit_test(wire_read__bounds_empty_elements),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
