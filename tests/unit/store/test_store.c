/* test_store: what is committed is found by labels and time, after a reopen too; splits, windows,
 * bounds, several writers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <pthread.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/fs.h"
#include "core/base/mem.h"
#include "core/profile/pprof.h"
#include "core/store/store.h"

#define FOLDER "tests/fixtures/pyroscope/profiles/"
#define T0     (INT64_C(1795348800) * 1000000000)
#define CPU    "process_cpu:cpu:nanoseconds:cpu:nanoseconds"

struct fixture {
	char *dir;
	struct stk_store *store;
};

static void open_store(struct fixture *f, int64_t max_age_ns, int64_t max_bytes)
{
	struct stk_store_opts opts = {
		.dir = f->dir, .max_age_ns = max_age_ns, .max_bytes = max_bytes};

	assert_int_equal(stk_store_open(&opts, &f->store, NULL), 0);
}

static int setup(void **state)
{
	struct fixture *f = stk_xcalloc(1, sizeof *f);

	if (stk_fs_mkdtemp("stoker-store-", &f->dir, NULL) < 0)
		return -1;
	open_store(f, 0, 0);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	int rc;

	stk_store_close(f->store);
	rc = stk_fs_remove_tree(f->dir, NULL);
	free(f->dir);
	free(f);
	return rc;
}

static int put(struct stk_store *store, const char *file, const char *name, const char *service)
{
	const struct stk_label labels[] = {{STK_STR("service_name"), stk_str_of(service)},
		{STK_STR("__name__"), stk_str_of(name)}, {STK_STR("env"), STK_STR("series")}};
	struct stk_store_push push = {.labels = labels, .labels_len = 3, .fallback_ns = T0};
	struct stk_buf bytes = STK_BUF_EMPTY;
	struct stk_store_item item;
	char *path = stk_fs_join(FOLDER, file);
	int rc;

	assert_int_equal(stk_fs_read(path, &bytes, NULL), 0);
	push.pprof = stk_buf_str(&bytes);
	rc = stk_store_prepare(&push, &item, NULL);
	if (rc == 0)
		rc = stk_store_commit(store, &item, 1, NULL);
	stk_store_item_release(&item);
	stk_buf_release(&bytes);
	free(path);
	return rc;
}

/* A profile of one sample of one function at a time. */
static int put_one(struct stk_store *store, int64_t time_ns, int64_t value, const char *service)
{
	const struct stk_label labels[] = {{STK_STR("__name__"), STK_STR("process_cpu")},
		{STK_STR("service_name"), stk_str_of(service)}};
	struct stk_profile *profile = stk_profile_new();
	struct stk_frame frame = {.name = STK_STR("main"), .file = STK_STR("main.c")};
	struct stk_store_push push = {.labels = labels, .labels_len = 2};
	struct stk_buf bytes = STK_BUF_EMPTY;
	struct stk_store_item item;
	uint32_t location;
	int rc;

	(void)stk_profile_add_type(profile, "cpu", "nanoseconds");
	profile->period_type.type = stk_profile_intern(profile, STK_STR("cpu"));
	profile->period_type.unit = stk_profile_intern(profile, STK_STR("nanoseconds"));
	profile->time_ns = time_ns;
	location = stk_profile_add_frame(profile, &frame);
	(void)stk_profile_add_sample(profile, &location, 1, &value);
	stk_pprof_encode(profile, &bytes);
	push.pprof = stk_buf_str(&bytes);
	rc = stk_store_prepare(&push, &item, NULL);
	if (rc == 0)
		rc = stk_store_commit(store, &item, 1, NULL);
	stk_store_item_release(&item);
	stk_buf_release(&bytes);
	stk_profile_free(profile);
	return rc;
}

/* Total and number of the points of a query; *merged (may be NULL) their merged total. */
static int64_t total_of(struct stk_store *store, const char *selector, const char *type,
	int64_t from_ns, int64_t to_ns, size_t *points_out, int64_t *merged)
{
	struct stk_selector *parsed = NULL;
	struct stk_store_query query = {.selectors = &parsed,
		.selectors_len = 1,
		.type = stk_str_of(type),
		.from_ns = from_ns,
		.to_ns = to_ns};
	struct stk_store_points points;
	struct stk_profile *profile = NULL;
	int64_t total = 0;

	assert_int_equal(stk_selector_parse(stk_str_of(selector), &parsed, NULL), 0);
	assert_int_equal(stk_store_select(store, &query, &points, NULL), 0);
	for (size_t i = 0; i < points.points.len; i++)
		total += points.points.items[i].total;
	if (points_out)
		*points_out = points.points.len;
	if (merged) {
		assert_int_equal(stk_store_merge(store, &points, &profile, NULL), 0);
		*merged = profile ? stk_profile_total(profile, 0) : 0;
		stk_profile_free(profile);
	}
	stk_store_points_release(&points);
	stk_selector_free(parsed);
	return total;
}

static void store_commit__is_found_again(void **state)
{
	struct fixture *f = *state;
	int64_t merged = 0;

	assert_int_equal(put(f->store, "cpu_base.pb", "process_cpu", "shop"), 0);
	assert_int_equal(put(f->store, "cpu_load.pb", "process_cpu", "shop"), 0);
	assert_int_equal(
		total_of(f->store, "{service_name=\"shop\"}", CPU, 0, INT64_MAX, NULL, &merged),
		280000000);
	assert_int_equal(merged, 280000000);
	assert_int_equal(
		total_of(f->store, "{service_name=\"none\"}", CPU, 0, INT64_MAX, NULL, NULL), 0);
	assert_int_equal(total_of(f->store, "{}", "a:b:c:d:e", 0, INT64_MAX, NULL, NULL), 0);
}

static void store_open__finds_what_was_there(void **state)
{
	struct fixture *f = *state;
	int64_t merged = 0, oldest = 0, newest = 0;

	assert_int_equal(put(f->store, "cpu_base.pb", "process_cpu", "shop"), 0);
	stk_store_close(f->store);
	open_store(f, 0, 0);
	assert_int_equal(put(f->store, "cpu_load.pb", "process_cpu", "shop"), 0);
	assert_int_equal(total_of(f->store, "{}", CPU, 0, INT64_MAX, NULL, &merged), 280000000);
	assert_int_equal(merged, 280000000);
	assert_true(stk_store_range(f->store, &oldest, &newest));
	assert_int_equal(oldest, T0);
	assert_int_equal(newest, T0 + 60 * STK_NS_PER_S);
}

static void store_open__refuses_a_folder_in_use(void **state)
{
	struct fixture *f = *state;
	struct stk_store_opts opts = {.dir = f->dir};
	struct stk_store *second = NULL;
	struct stk_err err = STK_ERR_INIT;

	assert_int_equal(stk_store_open(&opts, &second, &err), STK_E_IO);
	assert_non_null(strstr(err.msg, "in use"));
	assert_true(err.hint[0] != '\0');
	opts.dir = "/dev/null/nowhere";
	stk_err_clear(&err);
	assert_true(stk_store_open(&opts, &second, &err) < 0);
	assert_true(err.msg[0] != '\0');
}

static void store_select__windows_are_inclusive_to_the_ns(void **state)
{
	struct fixture *f = *state;
	size_t len = 0;

	assert_int_equal(put_one(f->store, T0, 1, "edge"), 0);
	assert_int_equal(put_one(f->store, T0 + 1, 2, "edge"), 0);
	assert_int_equal(put_one(f->store, T0 + 1000, 4, "edge"), 0);
	assert_int_equal(total_of(f->store, "{}", CPU, T0, T0, &len, NULL), 1);
	assert_int_equal(total_of(f->store, "{}", CPU, T0 + 1, T0 + 1000, &len, NULL), 6);
	assert_int_equal(len, 2);
	assert_int_equal(total_of(f->store, "{}", CPU, T0 + 2, T0 + 999, &len, NULL), 0);
	/* two profiles of one series at one instant both count */
	assert_int_equal(put_one(f->store, T0, 8, "edge"), 0);
	assert_int_equal(total_of(f->store, "{}", CPU, T0, T0, &len, NULL), 9);
}

static void store_prepare__splits_by_string_labels(void **state)
{
	static const struct {
		const char *selector;
		int64_t total;
	} rows[] = {/* the sums of fixtures/pyroscope, labels.pb */
		{"{}", 255}, {"{k6_scenario=\"steady\"}", 1}, {"{k6_scenario=\"spike\"}", 2},
		{"{span_name=\"GET /x\"}", 8}, {"{span_id!=\"\"}", 0}, {"{env=\"from-sample\"}", 0},
		{"{k6_scenario=\"\",span_name=\"\"}", 244}};
	struct fixture *f = *state;

	assert_int_equal(put(f->store, "labels.pb", "process_cpu", "web"), 0);
	for (size_t i = 0; i < STK_ARRAY_LEN(rows); i++) {
		int64_t merged = 0;

		assert_int_equal(
			total_of(f->store, rows[i].selector, CPU, 0, INT64_MAX, NULL, &merged),
			rows[i].total);
		assert_int_equal(merged, rows[i].total);
	}
}

static void store_find__gives_series_in_order(void **state)
{
	struct fixture *f = *state;
	struct stk_store_query query = {.from_ns = 0, .to_ns = INT64_MAX};
	struct stk_store_series *series = NULL;
	size_t len = 0;

	assert_int_equal(put(f->store, "heap_1.pb", "memory", "shop"), 0);
	assert_int_equal(put_one(f->store, T0 + STK_NS_PER_S, 5, "late"), 0);
	assert_int_equal(stk_store_find(f->store, &query, &series, &len, NULL), 0);
	assert_int_equal(len, 5);
	assert_true(stk_str_is(
		stk_labels_find(series[0].labels, series[0].labels_len, STK_STR("__type__")),
		"alloc_objects"));
	free(series);
	query.from_ns = T0 + 1;
	assert_int_equal(stk_store_find(f->store, &query, &series, &len, NULL), 0);
	assert_int_equal(len, 1);
	free(series);
}

static void store_prepare__refuses_what_is_not_valid(void **state)
{
	const struct stk_label name = {STK_STR("__name__"), STK_STR("x")};
	const struct stk_label twice[] = {name, name};
	const struct stk_label nameless = {STK_STR("a"), STK_STR("b")};
	const struct stk_label long_name[] = {name, {STK_STR(""), STK_STR("v")}};
	struct stk_buf bytes = STK_BUF_EMPTY;
	struct stk_store_push push = {.fallback_ns = T0};
	struct stk_store_item item;

	(void)state;
	assert_int_equal(stk_fs_read(FOLDER "cpu_base.pb", &bytes, NULL), 0);
	push.pprof = stk_buf_str(&bytes);
	push.labels = twice;
	push.labels_len = 2;
	assert_int_equal(stk_store_prepare(&push, &item, NULL), STK_E_INVAL);
	stk_store_item_release(&item);
	push.labels = long_name;
	assert_int_equal(stk_store_prepare(&push, &item, NULL), STK_E_INVAL);
	stk_store_item_release(&item);
	push.labels = &nameless;
	push.labels_len = 1;
	assert_int_equal(stk_store_prepare(&push, &item, NULL), STK_E_INVAL);
	stk_store_item_release(&item);
	push.labels = &name;
	for (size_t cut = 0; cut < bytes.len; cut++) {
		int rc;

		push.pprof.len = cut;
		rc = stk_store_prepare(&push, &item, NULL);
		assert_true(rc == 0 || rc == STK_E_FORMAT || rc == STK_E_INVAL);
		stk_store_item_release(&item);
	}
	push.pprof = STK_STR("\x1f\x8b broken gzip");
	assert_int_equal(stk_store_prepare(&push, &item, NULL), STK_E_FORMAT);
	stk_store_item_release(&item);
	stk_buf_release(&bytes);
}

struct pusher {
	struct stk_store *store;
	int number;
	int failed;
};

static void *push_many(void *ctx)
{
	struct pusher *pusher = ctx;

	for (int i = 0; i < 25; i++)
		if (put_one(pusher->store, T0 + pusher->number * 1000 + i, 1, "many") < 0)
			pusher->failed++;
	return NULL;
}

static void store_commit__serves_many_threads(void **state)
{
	struct fixture *f = *state;
	struct pusher pushers[8];
	pthread_t threads[8];
	size_t len = 0;

	for (int i = 0; i < 8; i++) {
		pushers[i] = (struct pusher){f->store, i, 0};
		assert_int_equal(pthread_create(&threads[i], NULL, push_many, &pushers[i]), 0);
	}
	for (int i = 0; i < 8; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_int_equal(pushers[i].failed, 0);
	}
	assert_int_equal(total_of(f->store, "{}", CPU, 0, INT64_MAX, &len, NULL), 200);
	assert_int_equal(len, 200);
	assert_in_range(stk_store_commits(f->store), 1, 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(store_commit__is_found_again, setup, teardown),
		cmocka_unit_test_setup_teardown(store_open__finds_what_was_there, setup, teardown),
		cmocka_unit_test_setup_teardown(
			store_open__refuses_a_folder_in_use, setup, teardown),
		cmocka_unit_test_setup_teardown(
			store_select__windows_are_inclusive_to_the_ns, setup, teardown),
		cmocka_unit_test_setup_teardown(
			store_prepare__splits_by_string_labels, setup, teardown),
		cmocka_unit_test_setup_teardown(store_find__gives_series_in_order, setup, teardown),
		cmocka_unit_test(store_prepare__refuses_what_is_not_valid),
		cmocka_unit_test_setup_teardown(store_commit__serves_many_threads, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
