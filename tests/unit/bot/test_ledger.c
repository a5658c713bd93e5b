/* test_ledger: records and requests that are remembered, bounded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/fs.h"
#include "core/base/mem.h"
#include "core/bot/ledger.h"

struct world {
	struct stk_fake_clock clock;
	struct stk_ledger_opts opts;
	struct stk_ledger *ledger;
	char *dir, *path;
};

static int setup(void **state)
{
	struct world *world = stk_xcalloc(1, sizeof *world);

	stk_fake_clock_init(&world->clock, 0, INT64_C(1795358285) * STK_NS_PER_S);
	assert_int_equal(stk_fs_mkdtemp("stk-ledger", &world->dir, NULL), 0);
	world->path = stk_fs_join(world->dir, "ledger.db");
	world->opts = (struct stk_ledger_opts){
		.path = world->path, .clock = &world->clock.clock, .max_records = 2};
	assert_int_equal(stk_ledger_open(&world->opts, &world->ledger, NULL), 0);
	*state = world;
	return 0;
}

static int teardown(void **state)
{
	struct world *world = *state;

	stk_ledger_close(world->ledger);
	assert_int_equal(stk_fs_remove_tree(world->dir, NULL), 0);
	free(world->path);
	free(world->dir);
	free(world);
	return 0;
}

static void put(struct world *world, int64_t number, const char *name, const char *run)
{
	struct stk_ledger_pull pull = {"acme/shop", number};
	struct stk_parcel_record record = {.run = STK_BUF_EMPTY};
	struct stk_parcel_flame *flame = stk_vec_push_new(&record.flames);

	stk_buf_add_text(&record.run, run);
	flame->name = stk_xstrdup("flame-cpu.json.gz");
	stk_buf_init(&flame->bytes, 0);
	stk_buf_add_text(&flame->bytes, name);
	assert_int_equal(stk_ledger_put(world->ledger, &pull, name, &record, NULL), 0);
	stk_parcel_record_release(&record);
}

/* The records of a pull request as "run:flame run:flame", newest first. */
static void check(struct world *world, const char *repository, int64_t number, const char *wanted)
{
	struct stk_ledger_pull pull = {repository, number};
	struct stk_parcel parcel = {STK_VEC_INIT};
	struct stk_buf got = STK_BUF_EMPTY;

	assert_int_equal(stk_ledger_get(world->ledger, &pull, &parcel, NULL), 0);
	for (size_t i = 0; i < parcel.records.len; i++)
		stk_buf_addf(&got, "%s%s:%s", i ? " " : "", parcel.records.items[i].run.ptr,
			parcel.records.items[i].flames.items[0].bytes.ptr);
	assert_string_equal(got.ptr, wanted);
	stk_parcel_release(&parcel);
	stk_buf_release(&got);
}

static void ledger_put__replaces_by_name_and_drops_the_oldest(void **state)
{
	struct world *world = *state;

	check(world, "acme/shop", 12, "");
	put(world, 12, "shop", "one");
	put(world, 12, "shop", "two");
	check(world, "ACME/Shop", 12, "two:shop");
	check(world, "acme/other", 12, "");
	put(world, 12, "api", "three");
	check(world, "acme/shop", 12, "three:api two:shop");
	put(world, 13, "shop", "four");
	check(world, "acme/shop", 12, "three:api");
	check(world, "acme/shop", 13, "four:shop");
}

static void ledger_put__passes_over_what_is_too_large(void **state)
{
	struct world *world = *state;

	stk_ledger_close(world->ledger);
	world->opts.max_bytes = 10;
	assert_int_equal(stk_ledger_open(&world->opts, &world->ledger, NULL), 0);
	put(world, 12, "shop", "a record of more than ten bytes");
	check(world, "acme/shop", 12, "");
}

static void ask(struct world *world, const char *delivery, int wanted)
{
	struct stk_ledger_request request = {.repository = (char *)"acme/shop",
		.login = (char *)"dev",
		.head_sha = (char *)"2d91e07",
		.number = 12,
		.comment_id = 5};

	stk_ledger_token(stk_str_of(delivery), request.token);
	assert_int_equal(strlen(request.token), STK_LEDGER_TOKEN_BYTES);
	assert_int_equal(stk_ledger_ask(world->ledger, &request, NULL), wanted);
}

static int find(struct world *world, const char *repository, const char *title)
{
	struct stk_ledger_request request = {.number = 0};
	int rc = stk_ledger_find(world->ledger, repository, title, &request, NULL);

	if (rc > 0) {
		assert_string_equal(request.login, "dev");
		assert_string_equal(request.head_sha, "2d91e07");
		assert_true(request.number == 12 && request.comment_id == 5);
	}
	stk_ledger_request_release(&request);
	return rc;
}

static void ledger_find__knows_a_request_by_its_token(void **state)
{
	struct world *world = *state;
	char token[STK_LEDGER_TOKEN_BYTES + 1];
	char title[128];

	ask(world, "delivery", 0);
	ask(world, "delivery", 1);
	stk_ledger_token(STK_STR("delivery"), token);
	(void)snprintf(title, sizeof title, "stoker #12 (%s)", token);
	assert_int_equal(find(world, "acme/shop", title), 1);
	assert_int_equal(find(world, "acme/other", title), 0);
	assert_int_equal(find(world, "acme/shop", "stoker #12"), 0);
	assert_int_equal(find(world, "acme/shop", ""), 0);
	assert_int_equal(stk_ledger_close_request(world->ledger, token, NULL), 0);
	assert_int_equal(find(world, "acme/shop", title), 0);
	/* a week later it is forgotten */
	stk_fake_clock_advance(&world->clock, 8 * 24 * 3600 * STK_NS_PER_S);
	ask(world, "other", 0);
	ask(world, "delivery", 0);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(ledger_put__replaces_by_name_and_drops_the_oldest),
		CASE(ledger_put__passes_over_what_is_too_large),
		CASE(ledger_find__knows_a_request_by_its_token),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
