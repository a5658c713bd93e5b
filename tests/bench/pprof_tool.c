/* pprof_tool: our pprof codec as a program, for benchmarks and comparisons with go tool pprof.
 *
 *   pprof_tool top TYPE FILE…     self and total per function name, merged, as "self total name"
 *   pprof_tool diff TYPE N FILE…  the first N merged less the rest merged, the same way
 *   pprof_tool types FILE         its sample types
 *   pprof_tool bodies AGENT N DIR the pprofs of a recorded request body as files in DIR
 *   pprof_tool make SEED FILE     a heap profile of about 2.7 MB gzip'd */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/fs.h"
#include "core/base/rand.h"
#include "core/profile/pprof.h"
#include "tests/support/agent_bodies.h"

static int complain(struct stk_err *err)
{
	fprintf(stderr, "pprof_tool: %s\n", err->msg);
	return 1;
}

/* --- sums ------------------------------------------------------------------------------------ */

struct name_sum {
	struct stk_str name;
	int64_t self, total;
};

/* Sums by name, as go tool pprof has them: two functions of one name are one row, and a stack that
 * holds both counts once. */
static void print_sums(const struct stk_profile *profile, size_t type)
{
	struct stk_map rows = STK_MAP_INIT;
	STK_VEC(struct name_sum) sums = STK_VEC_INIT;
	size_t *seen = stk_xcalloc(profile->functions.len + 1, sizeof *seen);
	uint32_t *row_of = stk_xcalloc(profile->functions.len + 1, sizeof *row_of);
	struct stk_stack stack = STK_VEC_INIT;

	for (size_t i = 0; i < profile->functions.len; i++) {
		struct stk_str name = stk_profile_string(profile, profile->functions.items[i].name);
		bool added;
		union stk_map_value *value = stk_map_put(&rows, name, &added);
		if (added) {
			value->num = sums.len;
			stk_vec_push(&sums, (struct name_sum){name, 0, 0});
		}
		row_of[i] = (uint32_t)value->num;
	}
	for (size_t i = 0; i < profile->samples.len; i++) {
		int64_t value = stk_profile_value(profile, i, type);
		stk_profile_stack(profile, i, &stack);
		for (size_t s = 0; s < stack.len; s++) {
			uint32_t row = row_of[stack.items[s].function];
			if (s == 0)
				sums.items[row].self += value;
			if (seen[row] != i + 1)
				sums.items[row].total += value;
			seen[row] = i + 1;
		}
	}
	for (size_t i = 0; i < sums.len; i++)
		if (sums.items[i].self != 0 || sums.items[i].total != 0)
			printf("%lld %lld %.*s\n", (long long)sums.items[i].self,
				(long long)sums.items[i].total, STK_STR_ARG(sums.items[i].name));
	stk_vec_release(&stack);
	stk_vec_release(&sums);
	stk_map_release(&rows);
	free(seen);
	free(row_of);
}

/* Add files; those from number `negate_from` on with their sign turned. */
static int merge_and_print(const char *type, char **paths, int len, int negate_from)
{
	struct stk_merger *merger = stk_merger_new();
	struct stk_profile *sum = NULL;
	struct stk_err err = STK_ERR_INIT;
	int rc = 0;

	for (int i = 0; rc == 0 && i < len; i++) {
		struct stk_merge_opts opts = STK_MERGE_OPTS_ALL;
		struct stk_profile *profile = NULL;

		rc = stk_pprof_read_file(paths[i], &profile, &err);
		if (rc < 0)
			break;
		opts.type = stk_profile_find_type(profile, stk_str_of(type));
		opts.drop_labels = true;
		if (opts.type < 0)
			rc = stk_err_set(&err, STK_E_NOT_FOUND, "%s: no type '%s'", paths[i], type);
		if (rc == 0 && i >= negate_from)
			stk_profile_scale(profile, -1);
		if (rc == 0)
			rc = stk_merger_add(merger, profile, &opts, &err);
		stk_profile_free(profile);
	}
	sum = stk_merger_take(merger);
	if (rc == 0 && sum)
		print_sums(sum, 0);
	stk_profile_free(sum);
	stk_merger_free(merger);
	return rc < 0 ? complain(&err) : 0;
}

static int print_types(const char *path)
{
	struct stk_profile *profile = NULL;
	struct stk_err err = STK_ERR_INIT;

	if (stk_pprof_read_file(path, &profile, &err) < 0)
		return complain(&err);
	for (size_t i = 0; i < profile->types.len; i++)
		printf("%.*s %.*s\n",
			STK_STR_ARG(stk_profile_string(profile, profile->types.items[i].type)),
			STK_STR_ARG(stk_profile_string(profile, profile->types.items[i].unit)));
	stk_profile_free(profile);
	return 0;
}

static int write_bodies(const char *agent, int request, const char *dir)
{
	struct agent_bodies bodies;
	struct stk_err err = STK_ERR_INIT;
	int rc = 0;

	agent_bodies_read(&bodies, agent, request);
	for (size_t i = 0; rc == 0 && i < bodies.pprofs.len; i++) {
		char *path = stk_xasprintf("%s/%s-%02d-%zu.pb", dir, agent, request, i);
		rc = stk_fs_write(path, bodies.pprofs.items[i], &err);
		free(path);
	}
	agent_bodies_release(&bodies);
	return rc < 0 ? complain(&err) : 0;
}

/* --- a large heap profile -------------------------------------------------------------------- */

#define FUNCTIONS 9000
#define LOCATIONS 30000
#define SAMPLES   42000
#define DEPTH     28

static void make_locations(struct stk_profile *profile, struct stk_rand *rng)
{
	for (int i = 0; i < LOCATIONS; i++) {
		int64_t number = stk_rand_range(rng, 0, FUNCTIONS - 1);
		char *name = stk_xasprintf(
			"example.com/shop/internal/package%02lld.(*Type%03lld).Method%lld",
			(long long)number % 40, (long long)number % 700, (long long)number);
		char *file = stk_xasprintf("/src/shop/internal/package%02lld/type_%03lld.go",
			(long long)number % 40, (long long)number % 700);
		uint32_t text = stk_profile_intern(profile, stk_str_of(name));
		struct stk_profile_function function = {
			text, text, stk_profile_intern(profile, stk_str_of(file)), 10 + number};
		struct stk_profile_line line = {stk_profile_add_function(profile, &function),
			10 + number + stk_rand_range(rng, 0, 80)};
		(void)stk_profile_add_location(
			profile, 0x400000 + (uint64_t)i * 37, STK_PROFILE_NONE, &line, 1);
		free(name);
		free(file);
	}
}

/* Walks down a call graph in which each location calls three others. */
static void make_samples(struct stk_profile *profile, struct stk_rand *rng)
{
	uint32_t stack[DEPTH];

	for (int i = 0; i < SAMPLES; i++) {
		int64_t objects = stk_rand_range(rng, 1, 5000), size = stk_rand_range(rng, 8, 4096);
		const int64_t values[] = {objects, objects * size, objects / 3, objects / 3 * size};
		uint64_t at = 0;

		for (int d = DEPTH; d-- > 0;) { /* the leaf is first */
			at = (at * 31 + 7919 + (uint64_t)stk_rand_range(rng, 0, 2)) % LOCATIONS;
			stack[d] = (uint32_t)at;
		}
		(void)stk_profile_add_sample(profile, stack, DEPTH, values);
		stk_profile_add_num_label(profile, STK_STR("bytes"), size, STK_STR("bytes"));
	}
}

static int make(const char *seed, const char *path)
{
	struct stk_profile *profile = stk_profile_new();
	struct stk_buf bytes = STK_BUF_EMPTY;
	struct stk_err err = STK_ERR_INIT;
	struct stk_rand fixed, drawn;
	int64_t number = 0;
	int rc = stk_str_to_i64(stk_str_of(seed), &number, &err);

	stk_rand_init(&fixed, 1, 0);
	stk_rand_init(&drawn, (uint64_t)number, 1);
	(void)stk_profile_add_type(profile, "alloc_objects", "count");
	(void)stk_profile_add_type(profile, "alloc_space", "bytes");
	(void)stk_profile_add_type(profile, "inuse_objects", "count");
	(void)stk_profile_add_type(profile, "inuse_space", "bytes");
	profile->period = 524288;
	profile->period_type.type = stk_profile_intern(profile, STK_STR("space"));
	profile->period_type.unit = stk_profile_intern(profile, STK_STR("bytes"));
	profile->time_ns = INT64_C(1767225600000000000);
	make_locations(profile, &fixed);
	make_samples(profile, &drawn);
	if (rc == 0)
		rc = stk_pprof_encode_gzip(profile, &bytes, &err);
	if (rc == 0)
		rc = stk_fs_write(path, stk_buf_str(&bytes), &err);
	stk_buf_release(&bytes);
	stk_profile_free(profile);
	return rc < 0 ? complain(&err) : 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (strcmp(what, "top") == 0 && argc > 3)
		return merge_and_print(argv[2], argv + 3, argc - 3, argc);
	if (strcmp(what, "diff") == 0 && argc > 4)
		return merge_and_print(argv[2], argv + 4, argc - 4, (int)strtol(argv[3], NULL, 10));
	if (strcmp(what, "types") == 0 && argc == 3)
		return print_types(argv[2]);
	if (strcmp(what, "bodies") == 0 && argc == 5)
		return write_bodies(argv[2], (int)strtol(argv[3], NULL, 10), argv[4]);
	if (strcmp(what, "make") == 0 && argc == 4)
		return make(argv[2], argv[3]);
	fprintf(stderr, "pprof_tool: unknown use\n");
	return 2;
}
