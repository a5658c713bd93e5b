/* test_notes: notes of commits, and two clones that push at once to a bare repository. */
#include "core/git/notes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/fs.h"
#include "core/base/mem.h"
#include "core/base/proc.h"

struct notes_case {
	char *root, *one, *two;
	char commit[41];
};

static void shell(const char *dir, const char *text, struct stk_buf *out)
{
	struct stk_proc_opts opts = STK_PROC_OPTS_INIT;
	struct stk_err err = STK_ERR_INIT;

	opts.shell = text;
	opts.cwd = dir;
	opts.capture = true;
	if (stk_proc_run(&opts, 60000000000, out, &err) < 0)
		fail_msg("%s: %s", text, err.msg);
}

static int setup(void **state)
{
	struct notes_case *nc = stk_xcalloc(1, sizeof *nc);
	struct stk_buf commit = STK_BUF_EMPTY;

	assert_int_equal(stk_fs_mkdtemp("stoker-notes-", &nc->root, NULL), 0);
	shell(nc->root,
		"git init -q --bare hub.git && git init -q -b main one && cd one && "
		"git -c user.name=t -c user.email=t@localhost commit -q --allow-empty -m 1 && "
		"git remote add origin ../hub.git && git push -q origin main && cd .. && "
		"git clone -q -b main hub.git two",
		NULL);
	nc->one = stk_fs_join(nc->root, "one");
	nc->two = stk_fs_join(nc->root, "two");
	shell(nc->one, "git rev-parse HEAD", &commit);
	memcpy(nc->commit, commit.ptr, 40);
	stk_buf_release(&commit);
	*state = nc;
	return 0;
}

static int teardown(void **state)
{
	struct notes_case *nc = *state;

	assert_int_equal(stk_fs_remove_tree(nc->root, NULL), 0);
	free(nc->root);
	free(nc->one);
	free(nc->two);
	free(nc);
	return 0;
}

static void check_note(const char *dir, const char *commit, const char *want)
{
	struct stk_buf note = STK_BUF_EMPTY;
	struct stk_err err = STK_ERR_INIT;

	if (stk_notes_read(dir, commit, &note, &err) < 0)
		fail_msg("%s", err.msg);
	assert_string_equal(note.ptr, want);
	stk_buf_release(&note);
}

static void notes_write__is_read_listed_and_removed(void **state)
{
	struct notes_case *nc = *state;
	struct stk_buf text = STK_BUF_EMPTY;

	assert_int_equal(stk_notes_list(nc->one, &text, NULL), 0);
	assert_int_equal(text.len, 0);
	assert_int_equal(stk_notes_read(nc->one, nc->commit, &text, NULL), STK_E_NOT_FOUND);
	assert_int_equal(stk_notes_write(nc->one, nc->commit, STK_STR("first\n"), NULL), 0);
	assert_int_equal(stk_notes_write(nc->one, nc->commit, STK_STR("a\nb\n"), NULL), 0);
	check_note(nc->one, nc->commit, "a\nb\n");
	assert_int_equal(stk_notes_list(nc->one, &text, NULL), 0);
	assert_int_equal(text.len, 41);
	assert_memory_equal(text.ptr, nc->commit, 40);
	assert_int_equal(stk_notes_remove(nc->one, nc->commit, NULL), 0);
	assert_int_equal(stk_notes_remove(nc->one, nc->commit, NULL), 0);
	assert_int_equal(stk_notes_read(nc->one, nc->commit, &text, NULL), STK_E_NOT_FOUND);
	stk_buf_release(&text);
}

static void notes_fetch__of_a_remote_without_notes_is_fine(void **state)
{
	struct notes_case *nc = *state;
	struct stk_err err = STK_ERR_INIT;

	assert_int_equal(stk_notes_fetch(nc->one, "origin", NULL), 0);
	assert_int_equal(stk_notes_push(nc->one, "origin", NULL), STK_E_NOT_FOUND);
	assert_true(stk_notes_fetch(nc->one, "nowhere", &err) < 0);
}

static void notes_push__joins_what_another_pushed_before(void **state)
{
	struct notes_case *nc = *state;

	assert_int_equal(stk_notes_write(nc->one, nc->commit, STK_STR("one\n"), NULL), 0);
	assert_int_equal(stk_notes_write(nc->two, nc->commit, STK_STR("two\n"), NULL), 0);
	assert_int_equal(stk_notes_push(nc->one, "origin", NULL), 0);
	assert_int_equal(stk_notes_push(nc->two, "origin", NULL), 0);
	assert_int_equal(stk_notes_fetch(nc->one, "origin", NULL), 0);
	check_note(nc->one, nc->commit, "one\ntwo\n");
	check_note(nc->two, nc->commit, "one\ntwo\n");
}

/* In a process of its own: five lines, each pushed. */
static pid_t start_pusher(const char *dir, const char *commit, const char *name)
{
	pid_t pid = fork();
	char line[64];

	if (pid != 0)
		return pid;
	for (int i = 0; i < 5; i++) {
		struct stk_buf note = STK_BUF_EMPTY;
		int rc = stk_notes_read(dir, commit, &note, NULL);

		(void)snprintf(line, sizeof line, "%s %d\n", name, i);
		stk_buf_add_text(&note, line);
		if ((rc < 0 && rc != STK_E_NOT_FOUND) ||
			stk_notes_write(dir, commit, stk_buf_str(&note), NULL) < 0 ||
			stk_notes_push(dir, "origin", NULL) < 0)
			_exit(1);
		stk_buf_release(&note);
	}
	_exit(0);
}

/* All ten lines, each once; their order is git's. */
static void check_lines(const char *dir, const char *commit)
{
	struct stk_buf note = STK_BUF_EMPTY, line = STK_BUF_EMPTY;

	assert_int_equal(stk_notes_read(dir, commit, &note, NULL), 0);
	assert_int_equal(note.len, 60);
	for (int i = 0; i < 10; i++) {
		stk_buf_clear(&line);
		stk_buf_addf(&line, "%s %d\n", i < 5 ? "one" : "two", i % 5);
		assert_true(stk_str_contains(stk_buf_str(&note), stk_buf_str(&line)));
	}
	stk_buf_release(&line);
	stk_buf_release(&note);
}

static void notes_push__loses_nothing_when_two_push_at_once(void **state)
{
	struct notes_case *nc = *state;
	pid_t pids[2] = {
		start_pusher(nc->one, nc->commit, "one"), start_pusher(nc->two, nc->commit, "two")};

	for (int i = 0; i < 2; i++) {
		int status = -1;

		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	assert_int_equal(stk_notes_fetch(nc->one, "origin", NULL), 0);
	check_lines(nc->one, nc->commit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			notes_write__is_read_listed_and_removed, setup, teardown),
		cmocka_unit_test_setup_teardown(
			notes_fetch__of_a_remote_without_notes_is_fine, setup, teardown),
		cmocka_unit_test_setup_teardown(
			notes_push__joins_what_another_pushed_before, setup, teardown),
		cmocka_unit_test_setup_teardown(
			notes_push__loses_nothing_when_two_push_at_once, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
