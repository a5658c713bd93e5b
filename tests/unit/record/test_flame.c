/* test_flame: flame graphs as documents: there and back, files, hostile input. */
#include "core/record/flame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/fs.h"
#include "core/base/gzip.h"
#include "core/base/mem.h"

#define CPU "process_cpu:cpu:nanoseconds:cpu:nanoseconds"

static void fill(struct stk_flame *flame)
{
	stk_flame_init(flame);
	flame->type_id = CPU;
	flame->short_name = "cpu";
	flame->unit = "nanoseconds";
	flame->divisor[STK_SIDE_BASE] = 100.5;
	flame->divisor[STK_SIDE_HEAD] = 101;
	flame->period = 1e7;
	flame->merged = 3;
	stk_vec_push(&flame->names, (struct stk_flame_name){{.name = ""}, NULL});
	stk_vec_push(&flame->names,
		(struct stk_flame_name){{.name = "a\"b", .file = "x.go", .line = 7}, "old"});
	stk_vec_push(&flame->nodes, (struct stk_flame_node){0, 0, {300, INT64_MAX}});
	stk_vec_push(&flame->nodes, (struct stk_flame_node){1, 1, {200, 5}});
	stk_vec_push(&flame->nodes, (struct stk_flame_node){-3, 2, {200, 0}});
	stk_vec_push(&flame->nodes, (struct stk_flame_node){1, 1, {100, 6}});
}

static void assert_same(const struct stk_flame *got, const struct stk_flame *want)
{
	assert_string_equal(got->type_id, want->type_id);
	assert_string_equal(got->short_name, want->short_name);
	assert_string_equal(got->unit, want->unit);
	assert_true(got->divisor[STK_SIDE_BASE] == want->divisor[STK_SIDE_BASE]);
	assert_true(got->period == want->period);
	assert_int_equal(got->merged, want->merged);
	assert_int_equal(got->names.len, want->names.len);
	assert_string_equal(got->names.items[1].function.name, "a\"b");
	assert_string_equal(got->names.items[1].function.file, "x.go");
	assert_int_equal(got->names.items[1].function.line, 7);
	assert_string_equal(got->names.items[1].was, "old");
	assert_null(got->names.items[0].was);
	assert_int_equal(got->nodes.len, want->nodes.len);
	for (size_t i = 0; i < want->nodes.len; i++)
		assert_memory_equal(
			&got->nodes.items[i], &want->nodes.items[i], sizeof *want->nodes.items);
}

static void flame_parse__reads_what_format_writes(void **state)
{
	struct stk_buf buf = STK_BUF_EMPTY;
	struct stk_flame want, got;
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	fill(&want);
	stk_flame_format(&want, &buf);
	stk_flame_init(&got);
	if (stk_flame_parse(stk_buf_str(&buf), &got, &err) < 0)
		fail_msg("%s", err.msg);
	assert_same(&got, &want);
	stk_flame_release(&got);
	stk_flame_release(&want);
	stk_buf_release(&buf);
}

static void flame_read_all__finds_the_runs_own(void **state)
{
	struct stk_comparison cpu = {.type_id = CPU, .short_name = "cpu"};
	struct stk_comparison other = {.type_id = "other", .short_name = "../cpu"};
	struct stk_flames flames = STK_VEC_INIT;
	struct stk_err err = STK_ERR_INIT;
	struct stk_flame want;
	struct stk_run run;
	char *dir = NULL;

	(void)state;
	assert_int_equal(stk_fs_mkdtemp("flame", &dir, &err), 0);
	fill(&want);
	if (stk_flame_write(dir, &want, &err) < 0)
		fail_msg("%s", err.msg);
	stk_run_init(&run);
	stk_vec_push(&run.comparisons, other); /* the same file, another type */
	stk_vec_push(&run.comparisons, cpu);
	if (stk_flame_read_all(dir, &run, &flames, &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(flames.len, 1);
	assert_same(&flames.items[0], &want);
	stk_flames_release(&flames);

	char *path = stk_fs_join(dir, "flame-cpu.json.gz");
	assert_int_equal(stk_fs_write(path, STK_STR("no gzip"), &err), 0);
	assert_true(stk_flame_read_all(dir, &run, &flames, &err) < 0);
	assert_non_null(strstr(err.msg, "flame-cpu.json.gz"));
	assert_int_equal(flames.len, 0);
	free(path);
	assert_int_equal(stk_fs_remove_tree(dir, &err), 0);
	free(dir);
	stk_run_release(&run);
	stk_flame_release(&want);
}

#define HEAD                                                                                       \
	"{\"document\":\"stoker.flame\",\"schema\":1,\"type_id\":\"t\",\"short_name\":\"s\","      \
	"\"unit\":\"u\","
#define SIDES "\"divisor\":[1,1],\"names\":[{\"name\":\"a\"}],"

static void flame_parse__refuses_what_it_cannot_draw(void **state)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{"{}", "not a flame graph"},
		{"{\"document\":\"stoker.flame\",\"schema\":2}", "schema"},
		{HEAD "\"divisor\":[1,0]}", "divisor"},
		{HEAD "\"divisor\":[1]}", "divisor"},
		{HEAD "\"divisor\":[1,1],\"names\":[{}]}", "names[0]"},
		{HEAD SIDES "\"name\":[],\"level\":[],\"base\":[],\"head\":[]}", "no root"},
		{HEAD SIDES "\"name\":[0],\"level\":[0,1],\"base\":[1],\"head\":[1]}", "level"},
		{HEAD SIDES "\"name\":[1],\"level\":[0],\"base\":[1],\"head\":[1]}", "name[0]"},
		{HEAD SIDES "\"name\":[0],\"level\":[1],\"base\":[1],\"head\":[1]}", "level[0]"},
		{HEAD SIDES "\"name\":[0,0],\"level\":[0,2],\"base\":[1,1],\"head\":[1,1]}",
			"level[1]"},
		{HEAD SIDES "\"name\":[0,0],\"level\":[0,0],\"base\":[1,1],\"head\":[1,1]}",
			"level[1]"},
		{HEAD SIDES "\"name\":[0],\"level\":[0],\"base\":[-1],\"head\":[1]}", "[0]"},
		{HEAD SIDES "\"name\":[0],\"level\":[0],\"base\":[1.5],\"head\":[1]}", "[0]"},
		{HEAD SIDES "\"name\":[0,0,0],\"level\":[0,1,1],\"base\":[3,2,2],\"head\":[1,0,0]}",
			"base[2]"},
		{HEAD SIDES "\"name\":[0,0],\"level\":[0,1],\"base\":[3,2],\"head\":[1,2]}",
			"head[1]"},
	};

	(void)state;
	for (size_t i = 0; i < STK_ARRAY_LEN(cases); i++) {
		struct stk_err err = STK_ERR_INIT;
		struct stk_flame flame;

		stk_flame_init(&flame);
		assert_int_equal(
			stk_flame_parse(stk_str_of(cases[i].text), &flame, &err), STK_E_FORMAT);
		if (!strstr(err.msg, cases[i].says))
			fail_msg("case %zu: '%s' does not say '%s'", i, err.msg, cases[i].says);
		stk_flame_release(&flame);
	}
}

static void flame_parse__refuses_a_bottomless_one(void **state)
{
	struct stk_buf buf = STK_BUF_EMPTY;
	struct stk_err err = STK_ERR_INIT;
	struct stk_flame flame;

	(void)state;
	fill(&flame);
	flame.nodes.len = 0;
	for (uint32_t i = 0; i <= STK_FLAME_DEPTH_MAX; i++)
		stk_vec_push(&flame.nodes, (struct stk_flame_node){0, i, {1, 1}});
	stk_flame_format(&flame, &buf);
	stk_flame_release(&flame);
	stk_flame_init(&flame);
	assert_int_equal(stk_flame_parse(stk_buf_str(&buf), &flame, &err), STK_E_FORMAT);
	stk_flame_release(&flame);
	stk_buf_release(&buf);
}

static void flame_unpack__reads_what_was_packed(void **state)
{
	struct stk_buf text = STK_BUF_EMPTY, packed = STK_BUF_EMPTY;
	struct stk_flame want, got;
	char *name = stk_flame_file_name("../x:cpu");

	(void)state;
	fill(&want);
	stk_flame_format(&want, &text);
	assert_int_equal(stk_gzip_pack(stk_buf_str(&text), 1, &packed, NULL), 0);
	stk_flame_init(&got);
	assert_int_equal(stk_flame_unpack(stk_buf_str(&packed), &got, NULL), 0);
	assert_same(&got, &want);
	stk_flame_release(&got);
	stk_flame_init(&got);
	assert_int_equal(stk_flame_unpack(stk_buf_str(&text), &got, NULL), STK_E_FORMAT);
	stk_flame_release(&got);
	assert_null(strchr(name, '/'));
	free(name);
	stk_flame_release(&want);
	stk_buf_release(&text);
	stk_buf_release(&packed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flame_parse__reads_what_format_writes),
		cmocka_unit_test(flame_read_all__finds_the_runs_own),
		cmocka_unit_test(flame_parse__refuses_what_it_cannot_draw),
		cmocka_unit_test(flame_parse__refuses_a_bottomless_one),
		cmocka_unit_test(flame_unpack__reads_what_was_packed),
	};
	return cmocka_run_group_tests_name("flame", tests, NULL, NULL);
}
