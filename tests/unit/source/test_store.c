/* test_store: pushes of a real Go service out of the embedded store as slices. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/fs.h"
#include "core/profile/profile.h"
#include "core/source/store.h"
#include "core/store/store.h"
#include "tests/support/agent_bodies.h"

#define CPU         "process_cpu:cpu:nanoseconds:cpu:nanoseconds"
#define ALLOC_SPACE "memory:alloc_space:bytes:space:bytes"

/* Stamps of the recorded pushes, and what they hold. */
#define CPU_STAMP     INT64_C(1795360765474367684)
#define CPU_DURATION  INT64_C(30002277806)
#define HEAP_STAMP    INT64_C(1795360780486981928)
#define HEAP_STAMP_2  INT64_C(1795360795478170357)
#define ALLOC_OBJECTS INT64_C(418542)
#define ALLOC_BYTES   INT64_C(56861116)

struct world {
	char *dir;
	struct stk_store *store;
	struct stk_source *source;
};

static int setup(void **state)
{
	struct world *world = stk_xcalloc(1, sizeof *world);
	struct stk_store_opts opts = {0};

	if (stk_fs_mkdtemp("stoker-source-", &world->dir, NULL) < 0)
		return -1;
	opts.dir = world->dir;
	if (stk_store_open(&opts, &world->store, NULL) < 0)
		return -1;
	world->source = stk_source_store_new(world->store, stk_clock_system());
	*state = world;
	return 0;
}

static int teardown(void **state)
{
	struct world *world = *state;
	int rc;

	stk_source_close(world->source);
	stk_store_close(world->store);
	rc = stk_fs_remove_tree(world->dir, NULL);
	free(world->dir);
	free(world);
	return rc;
}

/* Store what request n of the Go agent held as a push of that instance. */
static void push(struct world *world, int n, const char *name, const char *instance)
{
	const struct stk_label labels[] = {{STK_STR("service_name"), STK_STR("shop")},
		{STK_STR("__name__"), stk_str_of(name)}, {STK_STR("pod"), stk_str_of(instance)},
		{STK_STR("pyroscope_spy"), STK_STR("gospy")}};
	struct stk_store_push push = {.labels = labels, .labels_len = STK_ARRAY_LEN(labels)};
	struct agent_bodies bodies;
	struct stk_store_item item;

	agent_bodies_read(&bodies, "go", n);
	assert_int_equal(bodies.pprofs.len, 1);
	push.pprof = bodies.pprofs.items[0];
	assert_int_equal(stk_store_prepare(&push, &item, NULL), 0);
	assert_int_equal(stk_store_commit(world->store, &item, 1, NULL), 0);
	stk_store_item_release(&item);
	agent_bodies_release(&bodies);
}

static struct stk_source_query query_for(const char *type_id)
{
	return (struct stk_source_query){
		type_id, "{service_name=\"shop\"}", CPU_STAMP - 1, HEAP_STAMP_2 + 1};
}

static void fetch(struct world *world, const char *type_id, struct stk_source_info *info,
	struct stk_source_slices *out)
{
	struct stk_source_query query = query_for(type_id);

	assert_int_equal(stk_source_describe(world->source, &query, info, NULL), 0);
	assert_int_equal(stk_source_fetch(world->source, &query, info, out, NULL), 0);
}

/* Effective counts of a sum of bytes need the objects of the same stacks. */
static void store_fetch__has_the_objects_beside_the_bytes(void **state)
{
	struct world *world = *state;
	struct stk_source_slices slices = STK_VEC_INIT;
	struct stk_source_info info;

	push(world, 2, "memory", "a");
	fetch(world, ALLOC_SPACE, &info, &slices);
	assert_int_equal(slices.len, 1);
	const struct stk_source_slice *slice = &slices.items[0];
	assert_int_equal(slice->profile->types.len, 2);
	assert_int_equal(
		stk_profile_find_type(slice->profile, STK_STR("alloc_space")), slice->sample_type);
	int objects = stk_profile_find_type(slice->profile, STK_STR("alloc_objects"));
	assert_true(objects >= 0);
	assert_int_equal(stk_profile_total(slice->profile, slice->sample_type), ALLOC_BYTES);
	assert_int_equal(stk_profile_total(slice->profile, (size_t)objects), ALLOC_OBJECTS);
	for (size_t i = 0; i < slice->profile->samples.len; i++)
		assert_true(stk_profile_value(slice->profile, i, slice->sample_type) >=
			    stk_profile_value(slice->profile, i, (size_t)objects));
	stk_source_slices_release(&slices);
}

static void store_fetch__of_objects_has_the_bytes_beside(void **state)
{
	struct world *world = *state;
	struct stk_source_slices slices = STK_VEC_INIT;
	struct stk_source_info info;

	push(world, 2, "memory", "a");
	fetch(world, "memory:alloc_objects:count:space:bytes", &info, &slices);
	assert_int_equal(slices.len, 1);
	assert_int_equal(stk_profile_total(slices.items[0].profile, slices.items[0].sample_type),
		ALLOC_OBJECTS);
	assert_int_equal(stk_profile_total(slices.items[0].profile, 1), ALLOC_BYTES);
	stk_source_slices_release(&slices);
}

/* Labels of requests make several series of one push: one slice all the same. */
static void store_fetch__adds_up_the_series_of_one_push(void **state)
{
	struct world *world = *state;
	struct stk_source_slices slices = STK_VEC_INIT;
	struct stk_source_info info;

	push(world, 1, "process_cpu", "a");
	fetch(world, CPU, &info, &slices);
	assert_int_equal(info.points, 1);
	assert_int_equal(info.interval_ns, CPU_DURATION);
	assert_false(info.stamp_at_end);
	assert_string_equal(info.agent, "gospy");
	assert_int_equal(slices.len, 1);
	assert_int_equal(slices.items[0].profile->types.len, 1);
	assert_int_equal(stk_profile_total(slices.items[0].profile, 0), 960000000);
	assert_int_equal(slices.items[0].start_ns, CPU_STAMP);
	assert_int_equal(slices.items[0].end_ns, CPU_STAMP + CPU_DURATION);
	stk_source_slices_release(&slices);
}

static void store_fetch__keeps_instances_apart_and_in_order(void **state)
{
	struct world *world = *state;
	struct stk_source_slices slices = STK_VEC_INIT;
	struct stk_source_info info;

	push(world, 3, "memory", "b");
	push(world, 2, "memory", "b");
	push(world, 2, "memory", "a");
	fetch(world, ALLOC_SPACE, &info, &slices);
	assert_int_equal(info.instances, 2);
	assert_int_equal(slices.len, 3);
	assert_string_equal(slices.items[0].instance, "a");
	assert_string_equal(slices.items[1].instance, "b");
	assert_string_equal(slices.items[2].instance, "b");
	assert_true(slices.items[1].start_ns < slices.items[2].start_ns);
	for (size_t i = 0; i < slices.len; i++)
		assert_int_equal(slices.items[i].profile->types.len, 2);
	stk_source_slices_release(&slices);
}

static void store_types__are_those_of_the_service_in_the_window(void **state)
{
	struct world *world = *state;
	struct stk_source_names names = STK_VEC_INIT;
	struct stk_source_query query = query_for("");

	push(world, 1, "process_cpu", "a");
	push(world, 2, "memory", "a");
	push(world, 2, "memory", "b");
	assert_int_equal(stk_source_types(world->source, &query, &names, NULL), 0);
	assert_int_equal(names.len, 6);
	assert_string_equal(names.items[1], ALLOC_SPACE);
	stk_source_names_release(&names);
	query.from_ns = query.to_ns = HEAP_STAMP_2 + 1;
	assert_int_equal(stk_source_types(world->source, &query, &names, NULL), 0);
	assert_int_equal(names.len, 0);
	stk_source_names_release(&names);
}

static void store_fetch__of_nothing_is_empty(void **state)
{
	struct stk_source_slices slices = STK_VEC_INIT;
	struct stk_source_info info;

	fetch(*state, ALLOC_SPACE, &info, &slices);
	assert_int_equal(slices.len, 0);
	assert_int_equal(info.points, 0);
	stk_source_slices_release(&slices);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			store_fetch__has_the_objects_beside_the_bytes, setup, teardown),
		cmocka_unit_test_setup_teardown(
			store_fetch__of_objects_has_the_bytes_beside, setup, teardown),
		cmocka_unit_test_setup_teardown(
			store_fetch__adds_up_the_series_of_one_push, setup, teardown),
		cmocka_unit_test_setup_teardown(
			store_fetch__keeps_instances_apart_and_in_order, setup, teardown),
		cmocka_unit_test_setup_teardown(
			store_types__are_those_of_the_service_in_the_window, setup, teardown),
		cmocka_unit_test_setup_teardown(store_fetch__of_nothing_is_empty, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
