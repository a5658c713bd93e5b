/* test_trim: bounds of age and size delete the oldest and keep the rest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/base/fs.h"
#include "core/base/mem.h"
#include "core/store/store_priv.h"

#define T0 (INT64_C(1795348800) * 1000000000)

/* An item made by hand: one point of one series, bytes of a given size. */
static void put(struct stk_store *store, int64_t time_ns, size_t size)
{
	const struct stk_label label = {STK_STR("__name__"), STK_STR("x")};
	struct stk_buf key = STK_BUF_EMPTY;
	char *bytes = stk_xcalloc(1, size);
	struct stk_store_point_row row;
	struct stk_store_item item = {.time_ns = time_ns, .rows = &row, .rows_len = 1};

	stk_store_key_add(&key, &label, 1);
	row = (struct stk_store_point_row){stk_buf_str(&key), 0, 0, 1};
	item.bytes = stk_str_n(bytes, size);
	item.names = stk_str_n("", 0);
	assert_int_equal(stk_store_commit(store, &item, 1, NULL), 0);
	stk_buf_release(&key);
	free(bytes);
}

static size_t count(struct stk_store *store)
{
	struct stk_store_query query = {.from_ns = 0, .to_ns = INT64_MAX};
	struct stk_store_points points;
	size_t len;

	assert_int_equal(stk_store_select(store, &query, &points, NULL), 0);
	len = points.points.len;
	stk_store_points_release(&points);
	return len;
}

static struct stk_store *open_store(char **dir, int64_t max_age_ns, int64_t max_bytes)
{
	struct stk_store_opts opts = {.max_age_ns = max_age_ns, .max_bytes = max_bytes};
	struct stk_store *store = NULL;

	assert_int_equal(stk_fs_mkdtemp("stoker-trim-", dir, NULL), 0);
	opts.dir = *dir;
	assert_int_equal(stk_store_open(&opts, &store, NULL), 0);
	return store;
}

static void trim__deletes_by_age(void **state)
{
	char *dir = NULL;
	struct stk_store *store = open_store(&dir, 10 * STK_NS_PER_S, 0);

	(void)state;
	for (int i = 0; i <= 20; i++)
		put(store, T0 + i * STK_NS_PER_S, 100);
	assert_int_equal(count(store), 21);
	/* the writer waits for work: this thread may stand in for it */
	assert_int_equal(stk_store_trim(store, NULL), 0);
	assert_int_equal(count(store), 11);
	put(store, T0 + 21 * STK_NS_PER_S, 100);
	assert_int_equal(count(store), 12);
	stk_store_close(store);
	assert_int_equal(stk_fs_remove_tree(dir, NULL), 0);
	free(dir);
}

static void trim__deletes_by_size(void **state)
{
	char *dir = NULL;
	struct stk_store *store = open_store(&dir, 0, 1024 * 1024);
	size_t left;

	(void)state;
	/* 3 MiB; the newest must stay */
	for (int i = 0; i < 48; i++)
		put(store, T0 + i, 64 * 1024);
	assert_int_equal(stk_store_trim(store, NULL), 0);
	left = count(store);
	assert_in_range(left, 1, 20);
	put(store, T0 + 100, 10);
	assert_int_equal(count(store), left + 1);
	stk_store_close(store);
	assert_int_equal(stk_fs_remove_tree(dir, NULL), 0);
	free(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trim__deletes_by_age),
		cmocka_unit_test(trim__deletes_by_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
