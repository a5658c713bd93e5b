/* test_fetch_count: which statuses are expected, and what setup's requests count towards.
 *
 * The full set of samples of a hop is checked over real servers in test_fetch.c. */
#include "core/load/fetch_count.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/load/load_priv.h"

static bool is_expected(int status, const struct stk_status_range *ranges, size_t len)
{
	struct stk_request request = {.expect = ranges, .expect_len = len};
	struct stk_fetch fetch = {.request = &request, .exchange = {.status = status}};

	return stk_fetch_expected(&fetch);
}

/* k6 2.4: `http_req_failed`: 200 to 399 are expected | the same | - */
static void fetch_expected__is_200_to_399_unless_told(void **state)
{
	(void)state;
	assert_true(is_expected(200, NULL, 0));
	assert_true(is_expected(399, NULL, 0));
	assert_false(is_expected(199, NULL, 0));
	assert_false(is_expected(400, NULL, 0));
	assert_false(is_expected(503, NULL, 0));
}

/* k6 2.4: `expectedStatuses`, `responseCallback` | `expect = { 200, "4xx" }` | - */
static void fetch_expected__takes_the_ranges_of_the_request(void **state)
{
	static const struct stk_status_range ranges[] = {{404, 404}, {500, 509}};

	(void)state;
	assert_true(is_expected(404, ranges, 2));
	assert_true(is_expected(500, ranges, 2));
	assert_true(is_expected(509, ranges, 2));
	assert_false(is_expected(200, ranges, 2));
	assert_false(is_expected(510, ranges, 2));
}

/* k6 2.4: status 0 is never expected | the same | - */
static void fetch_expected__is_never_no_answer(void **state)
{
	static const struct stk_status_range all[] = {{0, 999}};

	(void)state;
	assert_false(is_expected(0, NULL, 0));
	assert_false(is_expected(0, all, 1));
}

/* No worker stands behind this VU: anything more than bytes would be seen. */
static void fetch_count__of_setup_is_bytes_only(void **state)
{
	struct stk_request request = {0};
	struct stk_vu vu = {.iteration = {.kind = STK_ITERATION_SETUP},
		.bytes_sent = 10,
		.bytes_received = 20,
		.counted = true};
	struct stk_fetch fetch = {.vu = &vu,
		.request = &request,
		.exchange = {.status = 200, .bytes_sent = 100, .bytes_received = 1000}};

	(void)state;
	stk_fetch_count(&fetch);
	assert_int_equal(vu.bytes_sent, 110);
	assert_int_equal(vu.bytes_received, 1020);
	vu.iteration.kind = STK_ITERATION_TEARDOWN;
	stk_fetch_count(&fetch);
	assert_int_equal(vu.bytes_received, 2020);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fetch_expected__is_200_to_399_unless_told),
		cmocka_unit_test(fetch_expected__takes_the_ranges_of_the_request),
		cmocka_unit_test(fetch_expected__is_never_no_answer),
		cmocka_unit_test(fetch_count__of_setup_is_bytes_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
