/* test_merge: what becomes one sample and what stays apart; choosing types and samples; joining. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/profile/profile.h"

/* A profile of two types whose texts and functions come in that order, so that numbers differ. */
static struct stk_profile *make(const char *const *names)
{
	struct stk_profile *profile = stk_profile_new();

	(void)stk_profile_add_type(profile, "alloc_objects", "count");
	(void)stk_profile_add_type(profile, "alloc_space", "bytes");
	for (; names && *names; names++) {
		struct stk_frame frame = {.name = stk_str_of(*names), .file = STK_STR("x.go")};
		(void)stk_profile_add_frame(profile, &frame);
	}
	return profile;
}

/* Add a stack "leaf<caller<root" with these values. */
static void add(struct stk_profile *profile, const char *stack, int64_t objects, int64_t space)
{
	struct stk_str rest = stk_str_of(stack), name;
	uint32_t locations[8];
	size_t len = 0;

	while (stk_str_cut(&rest, '<', &name)) {
		struct stk_frame frame = {.name = name, .file = STK_STR("x.go")};
		locations[len++] = stk_profile_add_frame(profile, &frame);
	}
	(void)stk_profile_add_sample(profile, locations, len, (int64_t[]){objects, space});
}

/* "leaf<root 3 40; …" in the order of samples, labels behind as key=text or key=num. */
static char *text_of(const struct stk_profile *profile)
{
	struct stk_buf buf = STK_BUF_EMPTY;
	struct stk_stack stack = STK_VEC_INIT;

	for (size_t i = 0; i < profile->samples.len; i++) {
		const struct stk_profile_sample *sample = &profile->samples.items[i];

		stk_profile_stack(profile, i, &stack);
		for (size_t s = 0; s < stack.len; s++)
			stk_buf_addf(&buf, "%s%.*s", s ? "<" : "",
				STK_STR_ARG(stk_profile_string(profile,
					profile->functions.items[stack.items[s].function].name)));
		for (size_t t = 0; t < profile->types.len; t++)
			stk_buf_addf(&buf, " %lld", (long long)stk_profile_value(profile, i, t));
		for (uint32_t l = 0; l < sample->labels_len; l++) {
			const struct stk_profile_label *label =
				&profile->labels.items[sample->first_label + l];
			stk_buf_addf(&buf, " %.*s=%.*s%lld",
				STK_STR_ARG(stk_profile_string(profile, label->key)),
				STK_STR_ARG(stk_profile_string(profile, label->text)),
				(long long)label->num);
		}
		stk_buf_add_text(&buf, ";");
	}
	stk_vec_release(&stack);
	return stk_buf_take(&buf, NULL);
}

static void assert_text(const struct stk_profile *profile, const char *want)
{
	char *text = text_of(profile);

	assert_string_equal(text, want);
	free(text);
}

/* Merge both and free them. */
static struct stk_profile *merge_take(
	struct stk_profile *a, struct stk_profile *b, const struct stk_merge_opts *opts)
{
	struct stk_merger *merger = stk_merger_new();
	struct stk_profile *sum;

	assert_int_equal(stk_merger_add(merger, a, opts, NULL), 0);
	assert_int_equal(stk_merger_add(merger, b, opts, NULL), 0);
	sum = stk_merger_take(merger);
	stk_merger_free(merger);
	stk_profile_free(a);
	stk_profile_free(b);
	return sum;
}

static void merger_add__knows_a_stack_by_its_functions_not_its_numbers(void **state)
{
	struct stk_profile *a = make((const char *const[]){"main", "f", "g", NULL});
	struct stk_profile *b = make((const char *const[]){"g", "h", "f", "main", NULL}), *sum;

	(void)state;
	add(a, "f<main", 1, 10);
	add(a, "g<main", 2, 20);
	add(b, "g<main", 3, 30);
	add(b, "h<f<main", 4, 40);
	add(b, "f<main", 5, 50);
	sum = merge_take(a, b, NULL);
	assert_text(sum, "f<main 6 60;g<main 5 50;h<f<main 4 40;");
	assert_int_equal(sum->functions.len, 4);
	assert_int_equal(sum->locations.len, 4);
	stk_profile_free(sum);
}

static void merger_add__keeps_labels_apart_unless_told(void **state)
{
	struct stk_merge_opts dropped = STK_MERGE_OPTS_ALL;

	(void)state;
	dropped.drop_labels = true;
	for (int drop = 0; drop < 2; drop++) {
		struct stk_profile *a = make(NULL), *b = make(NULL), *sum;

		add(a, "f", 1, 10);
		stk_profile_add_label(a, STK_STR("name"), STK_STR("x"));
		add(a, "f", 1, 10);
		stk_profile_add_num_label(a, STK_STR("bytes"), 64, STK_STR("bytes"));
		add(b, "f", 2, 20);
		stk_profile_add_label(b, STK_STR("name"), STK_STR("y"));
		add(b, "f", 3, 30);
		stk_profile_add_num_label(b, STK_STR("bytes"), 64, STK_STR("bytes"));
		add(b, "f", 4, 40);
		sum = merge_take(a, b, drop ? &dropped : NULL);
		assert_text(sum, drop ? "f 11 110;"
				      : "f 1 10 name=x0;f 4 40 bytes=64;f 2 20 name=y0;f 4 40;");
		stk_profile_free(sum);
	}
}

static void merger_add__takes_one_type_and_drops_what_is_not_positive(void **state)
{
	struct stk_merge_opts opts = STK_MERGE_OPTS_ALL;
	struct stk_profile *a = make(NULL), *b = make(NULL), *sum;

	(void)state;
	opts.type = 1;
	opts.drop_negative = true;
	add(a, "f", 7, 10);
	add(a, "g", 7, 0);
	add(b, "h", 7, -5);
	add(b, "f", -1, 5);
	sum = merge_take(a, b, &opts);
	assert_int_equal(sum->types.len, 1);
	assert_int_equal(stk_profile_find_type(sum, STK_STR("alloc_space")), 0);
	assert_text(sum, "f 15;");
	stk_profile_free(sum);
}

static bool is_even(const struct stk_profile *from, size_t sample, void *ctx)
{
	(void)from;
	++*(int *)ctx;
	return sample % 2 == 0;
}

static void merger_add__asks_keep_of_each_sample(void **state)
{
	struct stk_merge_opts opts = STK_MERGE_OPTS_ALL;
	struct stk_profile *a = make(NULL), *b = make(NULL), *sum;
	int asked = 0;

	(void)state;
	opts.keep = is_even;
	opts.ctx = &asked;
	add(a, "f", 1, 10);
	add(a, "g", 1, 10);
	add(b, "h", 1, 10);
	sum = merge_take(a, b, &opts);
	assert_text(sum, "f 1 10;h 1 10;");
	assert_int_equal(asked, 3);
	stk_profile_free(sum);
}

static void merger_add__refuses_other_types(void **state)
{
	struct stk_profile *a = make(NULL), *other = stk_profile_new();
	struct stk_merge_opts opts = STK_MERGE_OPTS_ALL;
	struct stk_merger *merger = stk_merger_new();

	(void)state;
	(void)stk_profile_add_type(other, "alloc_objects", "count");
	(void)stk_profile_add_type(other, "cpu", "nanoseconds");
	assert_int_equal(stk_merger_add(merger, a, NULL, NULL), 0);
	assert_int_equal(stk_merger_add(merger, other, NULL, NULL), STK_E_INVAL);
	opts.type = 0;
	assert_int_equal(stk_merger_add(merger, a, &opts, NULL), STK_E_INVAL);
	opts.type = 2;
	assert_int_equal(stk_merger_add(merger, a, &opts, NULL), STK_E_INVAL);
	stk_merger_free(merger);
	stk_profile_free(a);
	stk_profile_free(other);
}

static void merger_add__keeps_mappings_and_addresses_apart(void **state)
{
	struct stk_profile *parts[2], *sum;

	(void)state;
	for (uint64_t p = 0; p < 2; p++) {
		struct stk_profile *profile = parts[p] = make(NULL);
		struct stk_mapping shared = {.start = 0x1000}, own = {.start = 0x2000 + p};
		uint32_t stack;

		shared.file = stk_profile_intern(profile, STK_STR("/bin/shop"));
		own.file = stk_profile_intern(profile, STK_STR("/lib/libc.so"));
		stk_vec_push(&profile->mappings, shared);
		stk_vec_push(&profile->mappings, own);
		stack = stk_profile_add_location(profile, 0x1234, 0, NULL, 0);
		(void)stk_profile_add_sample(profile, &stack, 1, (int64_t[]){1, 1});
		stack = stk_profile_add_location(profile, 0x1234, 1, NULL, 0);
		(void)stk_profile_add_sample(profile, &stack, 1, (int64_t[]){1, 1});
	}
	sum = merge_take(parts[0], parts[1], NULL);
	assert_int_equal(sum->mappings.len, 3);
	assert_int_equal(sum->locations.len, 3);
	assert_text(sum, " 2 2; 1 1; 1 1;");
	stk_profile_free(sum);
}

static void merger_add__of_thousands_of_stacks_loses_none(void **state)
{
	struct stk_profile *a = make(NULL), *b = make(NULL), *sum;
	int64_t wrong = 0;
	char stack[32];

	(void)state;
	for (int i = 0; i < 4000; i++) {
		(void)snprintf(stack, sizeof stack, "f%d<g%d", i % 100, i / 100);
		add(a, stack, i, 1);
		add(b, stack, i, 2);
	}
	sum = merge_take(a, b, NULL);
	assert_int_equal(sum->samples.len, 4000);
	for (size_t i = 0; i < 4000; i++)
		wrong += stk_profile_value(sum, i, 0) != 2 * (int64_t)i ||
			 stk_profile_value(sum, i, 1) != 3;
	assert_int_equal(wrong, 0);
	stk_profile_free(sum);
}

static void profile_join__puts_types_side_by_side(void **state)
{
	struct stk_profile *both = make(NULL), *sides[2], *joined;

	(void)state;
	add(both, "f<main", 1, 10);
	add(both, "g<main", 2, 0);
	add(both, "h<main", 0, 30);
	for (int i = 0; i < 2; i++) {
		struct stk_merge_opts opts = STK_MERGE_OPTS_ALL;
		struct stk_merger *merger = stk_merger_new();

		opts.type = 1 - i;
		opts.drop_negative = true;
		assert_int_equal(stk_merger_add(merger, both, &opts, NULL), 0);
		sides[i] = stk_merger_take(merger);
		stk_merger_free(merger);
	}
	joined = stk_profile_join(sides[0], sides[1]);
	assert_text(joined, "f<main 10 1;h<main 30 0;g<main 0 2;");
	assert_true(stk_str_is(stk_profile_string(joined, joined->default_type), "alloc_space"));
	assert_int_equal(stk_profile_find_type(joined, STK_STR("alloc_objects")), 1);
	stk_profile_free(both);
	stk_profile_free(sides[0]);
	stk_profile_free(sides[1]);
	stk_profile_free(joined);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(merger_add__knows_a_stack_by_its_functions_not_its_numbers),
		cmocka_unit_test(merger_add__keeps_labels_apart_unless_told),
		cmocka_unit_test(merger_add__takes_one_type_and_drops_what_is_not_positive),
		cmocka_unit_test(merger_add__asks_keep_of_each_sample),
		cmocka_unit_test(merger_add__refuses_other_types),
		cmocka_unit_test(merger_add__keeps_mappings_and_addresses_apart),
		cmocka_unit_test(merger_add__of_thousands_of_stacks_loses_none),
		cmocka_unit_test(profile_join__puts_types_side_by_side),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
