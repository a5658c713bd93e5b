/* test_index: numbers found again by hash and by what they stand for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/index.h"

#define RECORDS 5000

struct wanted {
	const uint64_t *records;
	uint64_t record;
};

static bool is_record(const void *ctx, uint32_t number)
{
	const struct wanted *wanted = ctx;

	return wanted->records[number] == wanted->record;
}

/* Records 0, 3, 6 … under the hash that hash_of gives; finds all of them and none between. */
static void check_found(uint64_t (*hash_of)(uint64_t record))
{
	static uint64_t records[RECORDS];
	struct stk_index index = {0};
	bool ok = true;

	for (uint32_t i = 0; i < RECORDS; i++) {
		records[i] = (uint64_t)i * 3;
		stk_index_add(&index, hash_of(records[i]), i);
	}
	for (uint32_t i = 0; i < RECORDS; i++) {
		struct wanted there = {records, records[i]}, absent = {records, records[i] + 1};

		ok = ok && stk_index_find(&index, hash_of(there.record), is_record, &there) == i;
		ok = ok && stk_index_find(&index, hash_of(absent.record), is_record, &absent) ==
				   STK_INDEX_NONE;
	}
	assert_true(ok);
	assert_int_equal(index.len, RECORDS);
	stk_index_release(&index);
	assert_null(index.slots);
}

static uint64_t good_hash(uint64_t record)
{
	return stk_index_hash(&record, sizeof record, 1);
}

static uint64_t poor_hash(uint64_t record)
{
	return record % 7;
}

static void index_find__finds_each_and_no_other(void **state)
{
	(void)state;
	check_found(good_hash);
}

static void index_find__bears_equal_hashes(void **state)
{
	(void)state;
	check_found(poor_hash);
}

static void index_find__in_an_empty_one_finds_nothing(void **state)
{
	struct stk_index index = {0};
	struct wanted wanted = {NULL, 0};

	(void)state;
	assert_int_equal(stk_index_find(&index, 0, is_record, &wanted), STK_INDEX_NONE);
	stk_index_release(&index);
}

static void index_hash__depends_on_every_byte_the_length_and_the_seed(void **state)
{
	char bytes[40] = {0};
	uint64_t zero = stk_index_hash(bytes, sizeof bytes, 5);

	(void)state;
	for (size_t i = 0; i < sizeof bytes; i++) {
		bytes[i] = 1;
		assert_true(stk_index_hash(bytes, sizeof bytes, 5) != zero);
		bytes[i] = 0;
	}
	assert_true(stk_index_hash(bytes, 39, 5) != zero);
	assert_true(stk_index_hash(bytes, sizeof bytes, 6) != zero);
	assert_true(stk_index_hash(NULL, 0, 5) == stk_index_hash("", 0, 5));
}

/* The low bits choose the slot: short keys that differ in one byte must not crowd. */
static void index_hash__spreads_neighbours_over_its_low_bits(void **state)
{
	uint32_t used[256] = {0}, most = 0;

	(void)state;
	for (uint32_t i = 0; i < 25600; i++)
		used[stk_index_hash(&i, sizeof i, 0) & 255]++;
	for (size_t i = 0; i < 256; i++)
		most = used[i] > most ? used[i] : most;
	assert_in_range(most, 100, 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(index_find__finds_each_and_no_other),
		cmocka_unit_test(index_find__bears_equal_hashes),
		cmocka_unit_test(index_find__in_an_empty_one_finds_nothing),
		cmocka_unit_test(index_hash__depends_on_every_byte_the_length_and_the_seed),
		cmocka_unit_test(index_hash__spreads_neighbours_over_its_low_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
