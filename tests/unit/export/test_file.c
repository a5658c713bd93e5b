/* test_file: lines reach the file, packed or not, and a full disk is said. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/fs.h"
#include "core/base/gzip.h"
#include "core/export/file.h"

static const struct stk_env env = {.clock = NULL};

static void file__writes_packed_members_that_read_as_one(void **state)
{
	struct stk_buf raw = STK_BUF_EMPTY, text = STK_BUF_EMPTY, said = STK_BUF_EMPTY;
	struct stk_export_file file;
	char *dir, *path;

	(void)state;
	assert_int_equal(stk_fs_mkdtemp("export", &dir, NULL), 0);
	path = stk_fs_join(dir, "a.gz");
	assert_int_equal(stk_export_file_open(&file, path, &env, NULL), 0);
	stk_buf_add_text(&file.lines, "one\n");
	stk_export_file_tick(&file, 1); /* the first time is always due */
	stk_buf_add_text(&file.lines, "two\n");
	stk_export_file_tick(&file, 2);
	assert_int_equal(stk_fs_read(path, &raw, NULL), 0);
	assert_int_equal(stk_gzip_unpack(stk_buf_str(&raw), &text, NULL), 0);
	assert_string_equal(text.ptr, "one\n");
	stk_export_file_close(&file, "json", &said);
	stk_buf_clear(&raw);
	stk_buf_clear(&text);
	assert_int_equal(stk_fs_read(path, &raw, NULL), 0);
	assert_int_equal(stk_gzip_unpack(stk_buf_str(&raw), &text, NULL), 0);
	assert_string_equal(text.ptr, "one\ntwo\n");
	assert_int_equal(said.len, 0);
	stk_export_file_release(&file);
	assert_int_equal(stk_fs_remove_tree(dir, NULL), 0);
	free(path);
	free(dir);
	stk_buf_release(&raw);
	stk_buf_release(&text);
	stk_buf_release(&said);
}

static void file__says_that_the_disk_was_full(void **state)
{
	struct stk_buf said = STK_BUF_EMPTY;
	struct stk_export_file file;

	(void)state;
	assert_int_equal(stk_export_file_open(&file, "/dev/full", &env, NULL), 0);
	stk_buf_add_text(&file.lines, "one\n");
	stk_export_file_close(&file, "csv", &said);
	assert_non_null(strstr(said.ptr, "up to 4 bytes are missing: writing '/dev/full'"));
	stk_export_file_release(&file);
	stk_buf_release(&said);
}

static void file_open__says_which_file(void **state)
{
	struct stk_err err = STK_ERR_INIT;
	struct stk_export_file file;

	(void)state;
	assert_int_equal(stk_export_file_open(&file, "/nowhere/x", &env, &err), STK_E_IO);
	assert_non_null(strstr(err.msg, "/nowhere/x"));
	stk_export_file_release(&file);
}

/* A pipe, in a folder that goes when the test is over; its clock jumps when it is waited for. */
struct pipe_case {
	char *dir, *path;
	struct stk_fake_clock fake;
	atomic_int interrupts;
	struct stk_env env;
};

static int set_up_pipe(void **state)
{
	static struct pipe_case it;

	memset(&it, 0, sizeof it);
	assert_int_equal(stk_fs_mkdtemp("export", &it.dir, NULL), 0);
	it.path = stk_fs_join(it.dir, "pipe");
	assert_int_equal(mkfifo(it.path, 0600), 0);
	stk_fake_clock_init(&it.fake, 0, 0);
	it.env = (struct stk_env){.clock = &it.fake.clock, .interrupts = &it.interrupts};
	*state = &it;
	return 0;
}

static int tear_down_pipe(void **state)
{
	struct pipe_case *it = *state;

	assert_int_equal(stk_fs_remove_tree(it->dir, NULL), 0);
	free(it->dir);
	free(it->path);
	return 0;
}

static void file_open__does_not_wait_for_a_reader_for_ever(void **state)
{
	struct pipe_case *it = *state;
	struct stk_err err = STK_ERR_INIT;
	struct stk_export_file file;

	assert_int_equal(stk_export_file_open(&file, it->path, &it->env, &err), STK_E_IO);
	assert_non_null(strstr(err.msg, "nobody came to read this pipe"));
	assert_int_equal(stk_clock_mono(&it->fake.clock), 10 * STK_NS_PER_S);
	stk_export_file_release(&file);
	atomic_store(&it->interrupts, 1);
	assert_int_equal(stk_export_file_open(&file, it->path, &it->env, &err), STK_E_ABORTED);
	assert_int_equal(stk_clock_mono(&it->fake.clock), 10 * STK_NS_PER_S);
	stk_export_file_release(&file);
}

static void file__a_reader_who_stops_reading_is_given_up(void **state)
{
	struct pipe_case *it = *state;
	struct stk_buf said = STK_BUF_EMPTY;
	struct stk_export_file file;
	int reader = open(it->path, O_RDONLY | O_NONBLOCK);
	char got[4];

	assert_int_equal(stk_export_file_open(&file, it->path, &it->env, NULL), 0);
	stk_buf_add_text(&file.lines, "one\n");
	stk_export_file_tick(&file, 1);
	assert_int_equal(read(reader, got, sizeof got), 4);
	assert_memory_equal(got, "one\n", 4);
	for (int i = 0; i < 1 << 18; i++) /* four times what a pipe holds */
		stk_buf_add_byte(&file.lines, 'x');
	stk_export_file_tick(&file, STK_NS_PER_S);
	assert_int_equal(stk_clock_mono(&it->fake.clock), 30 * STK_NS_PER_S);
	stk_buf_add_text(&file.lines, "two\n");
	stk_export_file_close(&file, "json", &said);
	assert_non_null(strstr(said.ptr, "up to 262148 bytes are missing: writing '"));
	assert_non_null(strstr(said.ptr, "nobody reads this pipe any more"));
	assert_int_equal(stk_clock_mono(&it->fake.clock), 30 * STK_NS_PER_S); /* not again */
	stk_export_file_release(&file);
	stk_buf_release(&said);
	(void)close(reader);
}

static void file__says_that_the_reader_has_gone(void **state)
{
	struct pipe_case *it = *state;
	struct stk_buf said = STK_BUF_EMPTY;
	struct stk_export_file file;
	int reader = open(it->path, O_RDONLY | O_NONBLOCK);

	(void)signal(SIGPIPE, SIG_IGN); /* as in main */
	assert_int_equal(stk_export_file_open(&file, it->path, &it->env, NULL), 0);
	(void)close(reader);
	stk_buf_add_text(&file.lines, "one\n");
	stk_export_file_close(&file, "csv", &said);
	assert_non_null(strstr(said.ptr, "Broken pipe"));
	stk_export_file_release(&file);
	stk_buf_release(&said);
}

#define PIPE(test) cmocka_unit_test_setup_teardown(test, set_up_pipe, tear_down_pipe)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(file__writes_packed_members_that_read_as_one),
		cmocka_unit_test(file__says_that_the_disk_was_full),
		cmocka_unit_test(file_open__says_which_file),
		PIPE(file_open__does_not_wait_for_a_reader_for_ever),
		PIPE(file__a_reader_who_stops_reading_is_given_up),
		PIPE(file__says_that_the_reader_has_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
