/* test_ends: files, saved runs and times of a server as the two ends of a difference. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/fs.h"
#include "core/flow/ends.h"
#include "core/profile/folded.h"
#include "core/profile/pprof.h"
#include "core/profile/profile.h"
#include "core/record/run_store.h"
#include "core/source/pyroscope.h"
#include "tests/support/near.h"
#include "tests/support/serve_case.h"

#define S   STK_NS_PER_S
#define CPU "process_cpu:cpu:nanoseconds:cpu:nanoseconds"

static const struct stk_folded_opts cpu_opts = {
	"cpu", "nanoseconds", "cpu", "nanoseconds", 10000000, 10000000, false};

static char *write_file(struct serve_case *sc, const char *name, struct stk_str bytes)
{
	char *path = stk_fs_join(sc->dir, name);

	assert_int_equal(stk_fs_write(path, bytes, NULL), 0);
	return path;
}

static char *write_pprof(struct serve_case *sc, const char *name, const char *folded, int64_t ns)
{
	struct stk_buf bytes = STK_BUF_EMPTY;
	struct stk_profile *profile = NULL;
	char *path;

	assert_int_equal(stk_folded_read(stk_str_of(folded), &cpu_opts, &profile, NULL), 0);
	profile->duration_ns = ns;
	assert_int_equal(stk_pprof_encode_gzip(profile, &bytes, NULL), 0);
	path = write_file(sc, name, stk_buf_str(&bytes));
	stk_buf_release(&bytes);
	stk_profile_free(profile);
	return path;
}

static void read_end(const char *word, const char *type, struct stk_end *out)
{
	struct stk_end_opts opts = {"/nonexistent", type};
	struct stk_err err = STK_ERR_INIT;

	if (stk_end_read(word, &opts, out, &err) < 0)
		fail_msg("%s: %s", word, err.msg);
}

static void compare(struct stk_end ends[STK_SIDES], struct stk_run *run, struct stk_difference *out)
{
	struct stk_err err = STK_ERR_INIT;

	stk_run_init(run);
	if (stk_ends_compare(ends, run, out, NULL, &err) < 0)
		fail_msg("%s", err.msg);
}

static void release(
	struct stk_end ends[STK_SIDES], struct stk_run *run, struct stk_difference *made)
{
	stk_difference_release(made);
	stk_run_release(run);
	stk_end_release(&ends[0]);
	stk_end_release(&ends[1]);
}

/* --- files ------------------------------------------------------------------------------------ */

static void end_read__takes_pprof_and_folded_text(void **state)
{
	struct serve_case *sc = *state;
	char *folded = write_file(sc, "a.folded", STK_STR("main;a 3\nmain;b 4\n"));
	char *pprof = write_pprof(sc, "a.pb.gz", "main;a 3\nmain;b 4\n", 0);
	struct stk_end end = {0};

	read_end(folded, NULL, &end);
	assert_string_equal(end.type_id, "samples:samples:count::");
	assert_string_equal(end.title, folded);
	assert_int_equal(stk_profile_total(end.slices.items[0].profile, 0), 7);
	stk_end_release(&end);
	read_end(pprof, NULL, &end);
	assert_string_equal(end.type_id, "cpu:cpu:nanoseconds:cpu:nanoseconds");
	stk_end_release(&end);
	read_end(pprof, CPU, &end); /* a full id means its sample type here */
	stk_end_release(&end);
	free(folded);
	free(pprof);
}

static void end_read__says_what_a_file_has_not(void **state)
{
	struct serve_case *sc = *state;
	struct stk_end_opts opts = {sc->dir, "alloc_space"};
	char *pprof = write_pprof(sc, "a.pb.gz", "main;a 3\n", 0);
	char *junk = write_file(sc, "junk.bin", STK_STR("\x01\x02\x03\xff"));
	struct stk_err err = STK_ERR_INIT;
	struct stk_end end = {0};

	assert_int_equal(stk_end_read(pprof, &opts, &end, &err), STK_E_NOT_FOUND);
	assert_non_null(strstr(err.msg, "a.pb.gz': it has no sample type 'alloc_space'"));
	assert_string_equal(err.hint, "it has cpu");
	assert_int_equal(stk_end_read(junk, &opts, &end, &err), STK_E_FORMAT);
	assert_int_equal(stk_end_read("no/such.file", &opts, &end, &err), STK_E_NOT_FOUND);
	assert_string_equal(err.msg, "'no/such.file' is neither a file nor a saved run");
	free(pprof);
	free(junk);
}

static void ends_compare__files_are_per_second_where_both_say_how_long(void **state)
{
	struct serve_case *sc = *state;
	char *a = write_pprof(sc, "a.pb.gz", "main;a 100\n", 10 * S);
	char *b = write_pprof(sc, "b.pb.gz", "main;a 200\n", 20 * S);
	char *c = write_pprof(sc, "c.pb.gz", "main;a 200\n", 0);
	struct stk_end ends[STK_SIDES] = {{0}, {0}};
	struct stk_difference made;
	struct stk_run run;

	read_end(a, NULL, &ends[0]);
	read_end(b, NULL, &ends[1]);
	compare(ends, &run, &made);
	assert_int_equal(made.per, STK_PER_SECOND);
	test_near("change", made.change, 0.0, 1e-9);
	test_near("cost", made.rows.items[0].self[0], 1e8, 1.0);
	assert_false(made.has_spread);
	release(ends, &run, &made);

	read_end(a, NULL, &ends[0]);
	read_end(c, NULL, &ends[1]);
	compare(ends, &run, &made);
	assert_int_equal(made.per, STK_PER_ALL);
	test_near("change", made.change, 1.0, 1e-9);
	release(ends, &run, &made);

	read_end(a, NULL, &ends[0]);
	read_end(c, NULL, &ends[1]);
	stk_end_set_requests(&ends[0], 10);
	stk_end_set_requests(&ends[1], 40);
	compare(ends, &run, &made);
	assert_int_equal(made.per, STK_PER_REQUEST);
	test_near("change", made.change, -0.5, 1e-9);
	release(ends, &run, &made);
	free(a);
	free(b);
	free(c);
}

static void ends_compare__refuses_two_types(void **state)
{
	struct serve_case *sc = *state;
	char *a = write_pprof(sc, "a.pb.gz", "main;a 100\n", 0);
	char *b = write_file(sc, "b.folded", STK_STR("main;a 1\n"));
	struct stk_end ends[STK_SIDES] = {{0}, {0}};
	struct stk_err err = STK_ERR_INIT;
	struct stk_buf text = STK_BUF_EMPTY;
	struct stk_difference made = {0};
	struct stk_run run;

	stk_run_init(&run);
	read_end(a, NULL, &ends[0]);
	read_end(b, NULL, &ends[1]);
	assert_int_equal(stk_ends_compare(ends, &run, &made, NULL, &err), STK_E_INVAL);
	assert_non_null(strstr(err.msg, "two types cannot be compared"));
	assert_int_equal(stk_ends_format_folded(ends, &text, &err), STK_E_INVAL);
	release(ends, &run, &made);
	free(a);
	free(b);
}

/* --- saved runs ------------------------------------------------------------------------------- */

/* A run with slices of a second on both sides, those of head half as dear again; its folder. */
static char *write_run(struct serve_case *sc, const char *file_of_first)
{
	struct stk_buf bytes = STK_BUF_EMPTY;
	char *root = stk_fs_join(sc->dir, "runs"), *dir = NULL, *id = NULL;
	struct stk_run run;

	stk_run_init(&run);
	run.name = "shop";
	run.start_ns = SERVE_CASE_NOW;
	assert_int_equal(stk_run_store_create(root, run.start_ns, "shop", &dir, &id, NULL), 0);
	run.id = stk_run_text(&run, id);
	for (int i = 0; i < 8; i++) {
		struct stk_slice *slice = stk_vec_push_new(&run.slices);
		struct stk_profile *profile = NULL;
		char *text = stk_xasprintf("main;a %d\nmain;b 60\n", i % 2 ? 150 + i : 100 + i);

		*slice = (struct stk_slice){.type_id = CPU,
			.side = i % 2,
			.instance = "",
			.start_ns = SERVE_CASE_NOW + i * S,
			.end_ns = SERVE_CASE_NOW + (i + 1) * S,
			.requests = 100,
			.pair = i / 2,
			.counted = i != 6};
		assert_int_equal(stk_folded_read(stk_str_of(text), &cpu_opts, &profile, NULL), 0);
		stk_buf_clear(&bytes);
		assert_int_equal(stk_pprof_encode_gzip(profile, &bytes, NULL), 0);
		assert_int_equal(stk_run_store_write_slice(
					 dir, &run, slice, stk_buf_str(&bytes), &slice->file, NULL),
			0);
		stk_profile_free(profile);
		free(text);
	}
	if (file_of_first)
		run.slices.items[1].file = file_of_first;
	run.end_ns = SERVE_CASE_NOW + 8 * S;
	assert_int_equal(stk_run_store_write(dir, &run, NULL), 0);
	stk_run_release(&run);
	stk_buf_release(&bytes);
	free(root);
	free(id);
	return dir;
}

static void end_read__takes_the_counted_slices_of_a_side(void **state)
{
	struct serve_case *sc = *state;
	char *dir = write_run(sc, NULL), *base = stk_xasprintf("%s:base", dir);
	char *root = stk_fs_join(sc->dir, "runs");
	struct stk_end ends[STK_SIDES] = {{0}, {0}};
	struct stk_end_opts opts = {root, NULL};
	struct stk_difference made;
	struct stk_run run;

	read_end(base, NULL, &ends[0]);
	assert_int_equal(stk_end_read("last", &opts, &ends[1], NULL), 0);
	assert_int_equal(ends[0].slices.len, 3);
	assert_int_equal(ends[1].slices.len, 4);
	compare(ends, &run, &made);
	assert_int_equal(made.per, STK_PER_REQUEST);
	assert_true(made.has_spread && made.is_one_run);
	assert_string_equal(made.rows.items[0].function.name, "a");
	test_near("change", made.rows.items[0].change, 0.52, 0.03);
	assert_non_null(strstr(made.ends[0].title, "-shop base"));
	release(ends, &run, &made);
	free(dir);
	free(base);
	free(root);
}

static void end_read__opens_nothing_outside_of_the_record(void **state)
{
	static const char *const files[] = {"/etc/passwd", "slices/../../x", "run.json"};
	struct serve_case *sc = *state;

	for (size_t i = 0; i < STK_ARRAY_LEN(files); i++) {
		char *dir = write_run(sc, files[i]);
		struct stk_end_opts opts = {"/nonexistent", NULL};
		struct stk_err err = STK_ERR_INIT;
		struct stk_end end = {0};

		assert_int_equal(stk_end_read(dir, &opts, &end, &err), STK_E_FORMAT);
		assert_non_null(strstr(err.msg, "is not in its own folder"));
		free(dir);
	}
}

static void end_read__says_which_types_a_run_has(void **state)
{
	struct serve_case *sc = *state;
	char *dir = write_run(sc, NULL);
	struct stk_end_opts opts = {"/nonexistent", "inuse_space"};
	struct stk_err err = STK_ERR_INIT;
	struct stk_end end = {0};

	assert_int_equal(stk_end_read(dir, &opts, &end, &err), STK_E_NOT_FOUND);
	assert_string_equal(err.hint, "it has " CPU);
	free(dir);
}

/* --- times ------------------------------------------------------------------------------------ */

static void push(struct serve_case *sc, int at_s, int samples)
{
	long long from = SERVE_CASE_NOW / S - 3600 + at_s;
	char *path = stk_xasprintf(
		"/ingest?name=shop&from=%lld&until=%lld&format=folded&sampleRate=100&spyName=t",
		from, from + 10);
	char *text = stk_xasprintf("main;a %d\nmain;b 500\n", samples);

	assert_int_equal(serve_case_send(sc, "POST", path, NULL, stk_str_of(text)), 200);
	free(path);
	free(text);
}

static struct stk_ask ask_of(struct serve_case *sc, int64_t from_s, int64_t to_s)
{
	struct stk_ask ask = {.from_ns = SERVE_CASE_NOW + (from_s - 3600) * S,
		.to_ns = SERVE_CASE_NOW + (to_s - 3600) * S};

	assert_int_equal(
		stk_source_pyroscope_new(
			&(struct stk_source_pyroscope_opts){
				.url = stk_serve_url(sc->serve), .clock = &sc->clock.clock},
			&ask.source, NULL),
		0);
	assert_int_equal(stk_expr_parse(STK_STR("cpu{service_name=\"shop\"}"), &ask.expr, NULL), 0);
	return ask;
}

static void end_ask__cuts_a_time_into_slices(void **state)
{
	struct serve_case *sc = *state;
	struct stk_ask before = ask_of(sc, 0, 100), after = ask_of(sc, 100, 200);
	struct stk_end ends[STK_SIDES] = {{0}, {0}};
	struct stk_difference made;
	struct stk_run run;

	for (int at = 0; at < 200; at += 10)
		push(sc, at, at < 100 ? 300 + at % 30 : 600 + at % 30);
	assert_int_equal(stk_end_ask(&before, "before", &ends[0], NULL), 0);
	assert_int_equal(stk_end_ask(&after, "after", &ends[1], NULL), 0);
	assert_true(ends[0].slices.len >= 9 && ends[0].slices.len <= 10);
	assert_int_equal(ends[0].slices.items[0].end_ns - ends[0].slices.items[0].start_ns, 10 * S);
	compare(ends, &run, &made);
	assert_int_equal(made.per, STK_PER_SECOND);
	assert_true(made.has_spread);
	assert_string_equal(made.rows.items[0].function.name, "a");
	test_near("change", made.rows.items[0].change, 0.95, 0.1);
	test_near("cost", made.ends[1].total, 1.11e8, 2e6);
	release(ends, &run, &made);
	stk_source_close(before.source);
	stk_source_close(after.source);
}

static void end_ask__asks_a_long_time_in_few_parts(void **state)
{
	struct serve_case *sc = *state;
	struct stk_ask ask = ask_of(sc, 0, 600);
	struct stk_end end = {0};

	for (int at = 0; at < 600; at += 10)
		push(sc, at, 300);
	assert_int_equal(stk_end_ask(&ask, "ten minutes", &end, NULL), 0);
	assert_true(end.slices.len <= STK_ENDS_PARTS_MAX && end.slices.len >= 19);
	for (size_t i = 0; i < end.slices.len; i++) {
		const struct stk_source_slice *slice = &end.slices.items[i];
		double seconds = (double)(slice->end_ns - slice->start_ns) / 1e9;

		test_near("per second", (double)stk_profile_total(slice->profile, 0) / seconds,
			0.8e9, 1e3);
	}
	stk_end_release(&end);
	stk_source_close(ask.source);
}

static void end_ask__an_empty_time_is_an_error(void **state)
{
	struct serve_case *sc = *state;
	struct stk_ask ask = ask_of(sc, 1000, 1100);
	struct stk_err err = STK_ERR_INIT;
	struct stk_end end = {0};

	push(sc, 0, 300);
	assert_int_equal(stk_end_ask(&ask, "later", &end, &err), STK_E_NOT_FOUND);
	stk_source_close(ask.source);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, serve_case_setup, serve_case_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(end_read__takes_pprof_and_folded_text),
		CASE(end_read__says_what_a_file_has_not),
		CASE(ends_compare__files_are_per_second_where_both_say_how_long),
		CASE(ends_compare__refuses_two_types),
		CASE(end_read__takes_the_counted_slices_of_a_side),
		CASE(end_read__opens_nothing_outside_of_the_record),
		CASE(end_read__says_which_types_a_run_has),
		CASE(end_ask__cuts_a_time_into_slices),
		CASE(end_ask__asks_a_long_time_in_few_parts),
		CASE(end_ask__an_empty_time_is_an_error),
	};
	return cmocka_run_group_tests_name("ends", tests, NULL, NULL);
}
