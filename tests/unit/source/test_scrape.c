/* test_scrape: slices from dumps of a Go target's /debug/pprof, served by a fake. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/fs.h"
#include "core/profile/profile.h"
#include "core/source/scrape.h"
#include "core/source/scrape_priv.h"
#include "tests/support/fake_http.h"

#define FIXTURES "tests/fixtures/agents/go-debug-pprof/"
#define CPU      "process_cpu:cpu:nanoseconds:cpu:nanoseconds"
#define ALLOC    "memory:alloc_space:bytes:space:bytes"
#define INUSE    "memory:inuse_space:bytes:space:bytes"

struct target {
	struct stk_buf heap1, heap2, cpu;
	struct fake_http *fake;
	struct stk_source *source;
};

static void read_fixture(const char *name, struct stk_buf *out)
{
	char *path = stk_fs_join(FIXTURES, name);

	stk_buf_init(out, 0);
	assert_int_equal(stk_fs_read(path, out, NULL), 0);
	free(path);
}

/* The first two dumps are the earlier one: the look whether the target is there, and the first
 * border. */
static void start(struct target *target)
{
	read_fixture("heap.1.pb.gz", &target->heap1);
	read_fixture("heap.2.pb.gz", &target->heap2);
	read_fixture("profile.pb.gz", &target->cpu);
	const struct fake_http_reply replies[] = {
		{.path = "/debug/pprof/heap",
			.status = 200,
			.body = stk_buf_str(&target->heap1),
			.times = 2},
		{.path = "/debug/pprof/heap", .status = 200, .body = stk_buf_str(&target->heap2)},
		{.path = "/debug/pprof/profile", .status = 200, .body = stk_buf_str(&target->cpu)},
	};
	target->fake = fake_http_start(replies, STK_ARRAY_LEN(replies));
	struct stk_source_scrape_opts opts = {
		.url = fake_http_url(target->fake), .slice_ns = STK_NS_PER_S};
	assert_int_equal(stk_source_scrape_new(&opts, &target->source, NULL), 0);
}

static void stop(struct target *target)
{
	stk_source_close(target->source);
	fake_http_stop(target->fake);
	stk_buf_release(&target->heap1);
	stk_buf_release(&target->heap2);
	stk_buf_release(&target->cpu);
}

/* Describe, wait for the first whole slice and fetch. */
static void fetch(struct target *target, const char *type_id, struct stk_source_info *info,
	struct stk_source_slices *slices)
{
	int64_t now = stk_clock_wall(stk_clock_system());
	struct stk_source_query query = {type_id, "{}", now - STK_NS_PER_S, INT64_MAX};

	assert_int_equal(stk_source_describe(target->source, &query, info, NULL), 0);
	assert_int_equal(info->interval_ns, 1250 * STK_NS_PER_MS);
	assert_false(info->stamp_at_end);
	assert_int_equal(stk_source_wait(target->source, &query, info, now + 2 * info->interval_ns,
				 NULL, NULL),
		1);
	assert_int_equal(stk_source_fetch(target->source, &query, info, slices, NULL), 0);
	assert_true(slices->len > 0);
}

static int64_t total(const struct stk_source_slice *slice)
{
	return stk_profile_total(slice->profile, slice->sample_type);
}

static void scrape_fetch__subtracts_flows_and_keeps_levels(void **state)
{
	struct stk_source_slices slices = STK_VEC_INIT, levels = STK_VEC_INIT;
	struct stk_source_info info = {0};
	struct target target = {0};

	(void)state;
	start(&target);
	fetch(&target, ALLOC, &info, &slices);
	/* figures of expected.json: heap.2 less heap.1 */
	assert_int_equal(total(&slices.items[0]), 132578215 - 98711857);
	assert_in_range(
		slices.items[0].end_ns - slices.items[0].start_ns, STK_NS_PER_S, 2 * STK_NS_PER_S);
	fetch(&target, INUSE, &info, &levels);
	assert_int_equal(total(&levels.items[0]), 7674974);
	stk_source_slices_release(&slices);
	stk_source_slices_release(&levels);
	stop(&target);
}

static void scrape_fetch__a_cpu_profile_is_a_slice_of_its_own_length(void **state)
{
	struct stk_source_slices slices = STK_VEC_INIT;
	struct stk_source_info info = {0};
	struct target target = {0};

	(void)state;
	start(&target);
	fetch(&target, CPU, &info, &slices);
	assert_int_equal(total(&slices.items[0]), 190000000);
	assert_int_equal(slices.items[0].profile->types.len, 2); /* samples beside it */
	stk_source_slices_release(&slices);
	stop(&target);
}

static int64_t newest(struct stk_source *source, const char *type_id)
{
	struct stk_source_query query = {type_id, "{}", 0, INT64_MAX};
	int64_t stamp = -1;

	assert_int_equal(source->ops->newest(source, &query, &stamp, NULL), 0);
	return stamp;
}

static void scrape_newest__counts_dumps_at_neighbouring_borders_only(void **state)
{
	struct stk_source_scrape_opts opts = {
		.url = "http://127.0.0.1:1", .slice_ns = STK_NS_PER_S};
	struct stk_source *source;

	(void)state;
	assert_int_equal(stk_source_scrape_new(&opts, &source, NULL), 0);
	struct stk_scrape_dumps *heap = &((struct stk_scrape *)source)->dumps[STK_SCRAPE_HEAP];
	assert_int_equal(newest(source, ALLOC), 0);
	/* the look whether the target is there, late in a cell, then the first border */
	stk_vec_push(heap, ((struct stk_scrape_dump){.border = -2, .start_ns = 1200}));
	assert_int_equal(newest(source, ALLOC), 0);
	stk_vec_push(heap, ((struct stk_scrape_dump){.border = 1, .start_ns = 1250}));
	assert_int_equal(newest(source, ALLOC), 0);
	stk_vec_push(heap, ((struct stk_scrape_dump){.border = 2, .start_ns = 2500}));
	assert_int_equal(newest(source, ALLOC), 1250);
	/* a border was missed: the newest slice stays the one before */
	stk_vec_push(heap, ((struct stk_scrape_dump){.border = 4, .start_ns = 5000}));
	assert_int_equal(newest(source, ALLOC), 1250);
	assert_int_equal(newest(source, CPU), 0);
	stk_source_close(source);
}

static void scrape_types__says_why_when_the_target_has_no_pprof(void **state)
{
	struct fake_http *fake = fake_http_start(NULL, 0);
	struct stk_source_scrape_opts opts = {.url = fake_http_url(fake)};
	struct stk_source_query query = {NULL, "{}", 0, INT64_MAX};
	struct stk_source_names names = {0};
	struct stk_err err = STK_ERR_INIT;
	struct stk_source *source;
	int rc = 0;

	(void)state;
	assert_int_equal(stk_source_scrape_new(&opts, &source, NULL), 0);
	/* the first look is made by another thread: ask until it has come back */
	for (int i = 0; rc == 0 && i < 1000; i++) {
		rc = stk_source_types(source, &query, &names, &err);
		assert_int_equal(names.len, 0);
		stk_clock_sleep_until(
			stk_clock_system(), stk_clock_mono(stk_clock_system()) + STK_NS_PER_MS);
	}
	assert_int_equal(rc, STK_E_NOT_FOUND);
	assert_non_null(strstr(err.msg, "/debug/pprof/heap?gc=1: HTTP 404"));
	assert_string_equal(err.hint, "does the target serve Go's net/http/pprof there?");
	stk_source_names_release(&names);
	stk_source_close(source);
	fake_http_stop(fake);
}

static void scrape_new__refuses_odd_slices_and_urls(void **state)
{
	struct stk_source_scrape_opts opts = {
		.url = "http://127.0.0.1:1", .slice_ns = 1500 * STK_NS_PER_MS};
	struct stk_source *source;
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	assert_int_equal(stk_source_scrape_new(&opts, &source, &err), STK_E_INVAL);
	assert_string_equal(
		err.msg, "scrape: a slice of 1.5 s, expected whole seconds from 1 to 60");
	opts.slice_ns = 0;
	opts.url = "localhost";
	assert_int_equal(stk_source_scrape_new(&opts, &source, &err), STK_E_INVAL);
	/* the code comes also to who does not read the text */
	assert_int_equal(stk_source_scrape_new(&opts, &source, NULL), STK_E_INVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scrape_fetch__subtracts_flows_and_keeps_levels),
		cmocka_unit_test(scrape_fetch__a_cpu_profile_is_a_slice_of_its_own_length),
		cmocka_unit_test(scrape_newest__counts_dumps_at_neighbouring_borders_only),
		cmocka_unit_test(scrape_types__says_why_when_the_target_has_no_pprof),
		cmocka_unit_test(scrape_new__refuses_odd_slices_and_urls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
