/* test_agents: what real agents sent decodes to the sums that were recorded beside it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/base/fs.h"
#include "core/base/json.h"
#include "core/profile/pprof.h"
#include "tests/support/agent_bodies.h"

static struct stk_json *read_expected(const char *agent)
{
	struct stk_buf text = STK_BUF_EMPTY;
	struct stk_json *doc = NULL;
	char path[200];

	snprintf(path, sizeof path, "tests/fixtures/agents/%s/expected.json", agent);
	assert_int_equal(stk_fs_read(path, &text, NULL), 0);
	assert_int_equal(stk_json_parse(stk_buf_str(&text), &doc, NULL), 0);
	stk_buf_release(&text);
	return doc;
}

/* Sums of all functions of that name: the same name may stand for several. */
static void sum_name(const struct stk_profile *profile, const struct stk_function_sum *sums,
	struct stk_str name, int64_t *self, int64_t *total)
{
	*self = *total = 0;
	for (size_t i = 0; i < profile->functions.len; i++)
		if (stk_str_eq(
			    stk_profile_string(profile, profile->functions.items[i].name), name)) {
			*self += sums[i].self;
			*total += sums[i].total;
		}
}

/* "top", "burn", "alloc", …: whatever member names a function. */
struct member_check {
	const struct stk_profile *profile;
	const struct stk_function_sum *sums;
	int checked;
};

static int check_member(struct stk_str key, struct stk_json *value, void *ctx)
{
	struct member_check *check = ctx;
	int64_t self, total;

	(void)key;
	if (!stk_json_get(value, "function"))
		return 0;
	sum_name(check->profile, check->sums, stk_json_str(stk_json_get(value, "function")), &self,
		&total);
	assert_int_equal(self, stk_json_int(stk_json_get(value, "flat"), -1));
	assert_int_equal(total, stk_json_int(stk_json_get(value, "cum"), -1));
	check->checked++;
	return 0;
}

static int check_type(const struct stk_profile *profile, size_t type, const struct stk_json *want)
{
	struct member_check check = {.profile = profile};
	struct stk_function_sum *sums = stk_profile_sums(profile, type);
	char text[200];

	snprintf(text, sizeof text, "%.*s/%.*s",
		STK_STR_ARG(stk_profile_string(profile, profile->types.items[type].type)),
		STK_STR_ARG(stk_profile_string(profile, profile->types.items[type].unit)));
	assert_string_equal(text, stk_json_text(stk_json_get(want, "type"), ""));
	assert_int_equal(
		stk_profile_total(profile, type), stk_json_int(stk_json_get(want, "total"), -1));
	check.sums = sums;
	assert_int_equal(stk_json_each(want, check_member, &check), 0);
	free(sums);
	return check.checked;
}

static int check_profile(struct stk_str bytes, const struct stk_json *want)
{
	const struct stk_json *types = stk_json_get(want, "types");
	struct stk_profile *profile = NULL;
	int checked = 0;

	assert_int_equal(stk_pprof_decode(bytes, &profile, NULL), 0);
	assert_int_equal(profile->time_ns, stk_json_int(stk_json_get(want, "time_nanos"), -1));
	assert_int_equal(
		profile->duration_ns, stk_json_int(stk_json_get(want, "duration_nanos"), -1));
	assert_int_equal(profile->period, stk_json_int(stk_json_get(want, "period"), -1));
	assert_int_equal(profile->samples.len, stk_json_int(stk_json_get(want, "samples"), -1));
	assert_int_equal(profile->types.len, stk_json_len(types));
	for (size_t i = 0; i < profile->types.len; i++)
		checked += check_type(profile, i, stk_json_at(types, i));
	stk_profile_free(profile);
	return checked;
}

/* The n-th profile of a request, in the order of expected.json. */
static struct stk_str pick(const struct agent_bodies *bodies, const struct stk_json *want)
{
	const char *name = stk_json_text(stk_json_get(want, "name"), "");

	for (size_t i = 0; i < bodies->pprofs.len; i++)
		if (stk_str_is(bodies->names.items[i], name) || bodies->pprofs.len == 1)
			return bodies->pprofs.items[i];
	fail_msg("no profile '%s' in the body", name);
	return STK_STR("");
}

static void check_agent(const char *agent, size_t profiles, int functions)
{
	struct stk_json *doc = read_expected(agent);
	int checked = 0;

	assert_int_equal(stk_json_len(doc), profiles);
	for (size_t i = 0; i < stk_json_len(doc); i++) {
		const struct stk_json *want = stk_json_at(doc, i);
		struct agent_bodies bodies;

		agent_bodies_read(
			&bodies, agent, (int)stk_json_int(stk_json_get(want, "request"), 0));
		checked += check_profile(pick(&bodies, want), want);
		agent_bodies_release(&bodies);
	}
	assert_true(checked >= functions);
	stk_json_free(doc);
}

static void pprof_decode__go_sdk_sums(void **state)
{
	(void)state;
	check_agent("go", 6, 20);
}

static void pprof_decode__node_sums(void **state)
{
	(void)state;
	check_agent("node", 4, 15);
}

static void pprof_decode__python_sums(void **state)
{
	(void)state;
	check_agent("python", 5, 15);
}

static void pprof_decode__rust_sums(void **state)
{
	(void)state;
	check_agent("rust", 3, 4);
}

static void pprof_decode__go_debug_pprof_sums(void **state)
{
	struct stk_json *doc = read_expected("go-debug-pprof");
	int files = 0;

	(void)state;
	for (size_t i = 0; i < stk_json_len(doc); i++) {
		const struct stk_json *want = stk_json_at(doc, i);
		struct stk_buf bytes = STK_BUF_EMPTY;
		char path[200];

		if (!stk_json_get(want, "types"))
			continue;
		snprintf(path, sizeof path, "tests/fixtures/agents/go-debug-pprof/%s",
			stk_json_text(stk_json_get(want, "file"), ""));
		assert_int_equal(stk_fs_read(path, &bytes, NULL), 0);
		(void)check_profile(stk_buf_str(&bytes), want);
		stk_buf_release(&bytes);
		files++;
	}
	assert_true(files >= 10);
	stk_json_free(doc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pprof_decode__go_sdk_sums),
		cmocka_unit_test(pprof_decode__node_sums),
		cmocka_unit_test(pprof_decode__python_sums),
		cmocka_unit_test(pprof_decode__rust_sums),
		cmocka_unit_test(pprof_decode__go_debug_pprof_sums),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
