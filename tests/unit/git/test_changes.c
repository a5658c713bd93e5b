/* test_changes: changed lines between commits of real repositories, made by the git command. */
#include "core/git/changes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/git_case.h"

/* HEAD~1 against HEAD. */
static struct stk_changes *read_last(const struct git_case *gc)
{
	struct stk_changes_spec spec = {{"HEAD~1", "HEAD"}, {NULL, NULL}};
	struct stk_changes *changes = NULL;
	struct stk_err err = STK_ERR_INIT;
	struct stk_repo *repo = NULL;

	if (stk_repo_open(gc->repo, &repo, &err) < 0 ||
		stk_changes_read(repo, &spec, &changes, &err) < 0)
		fail_msg("%s", err.msg);
	stk_repo_free(repo);
	return changes;
}

static const struct stk_changes_file *find(
	const struct stk_changes *changes, int side, const char *path)
{
	const struct stk_changes_file *file = stk_changes_find(changes, side, stk_str_of(path));

	if (!file)
		fail_msg("%s did not change", path);
	return file;
}

static void check_hunk(const struct stk_changes_file *file, size_t at, const int64_t want[4])
{
	const struct stk_changes_hunk *hunk = &file->hunks.items[at];

	assert_true(at < file->hunks.len);
	assert_int_equal(hunk->first[STK_CHANGES_OLD], want[0]);
	assert_int_equal(hunk->len[STK_CHANGES_OLD], want[1]);
	assert_int_equal(hunk->first[STK_CHANGES_NEW], want[2]);
	assert_int_equal(hunk->len[STK_CHANGES_NEW], want[3]);
}

static void changes_read__lines_of_both_sides(void **state)
{
	struct git_case *gc = *state;
	struct stk_changes *changes;
	const struct stk_changes_file *file;

	git_case_run(gc->repo, "seq 1 20 > a.txt; git add .; git commit -qm base;"
			       "sed -i -e '3s/.*/three/;4s/.*/four/' -e 10d -e '15a new' a.txt;"
			       "git commit -qam head");
	changes = read_last(gc);
	file = find(changes, STK_CHANGES_NEW, "a.txt");
	assert_int_equal(file->hunks.len, 3);
	check_hunk(file, 0, (int64_t[]){3, 2, 3, 2});
	check_hunk(file, 1, (int64_t[]){10, 1, 9, 0});
	check_hunk(file, 2, (int64_t[]){15, 0, 15, 1});
	assert_ptr_equal(stk_changes_touch(file, STK_CHANGES_NEW, 1, 3), &file->hunks.items[0]);
	assert_ptr_equal(stk_changes_touch(file, STK_CHANGES_NEW, 4, 9), &file->hunks.items[0]);
	assert_null(stk_changes_touch(file, STK_CHANGES_NEW, 5, 14));
	assert_ptr_equal(stk_changes_touch(file, STK_CHANGES_OLD, 5, 14), &file->hunks.items[1]);
	assert_ptr_equal(stk_changes_touch(file, STK_CHANGES_NEW, 10, 99), &file->hunks.items[2]);
	assert_null(stk_changes_touch(file, STK_CHANGES_NEW, 16, 99));
	assert_null(stk_changes_touch(file, STK_CHANGES_OLD, 15, 16));
	assert_int_equal(stk_changes_shown_line(&file->hunks.items[1]), 9);
	assert_int_equal(changes->files_len, 1);
	assert_int_equal(changes->lines, 6);
	assert_null(changes->cut);
	assert_null(stk_changes_find(changes, STK_CHANGES_NEW, STK_STR("file.txt")));
	assert_true(stk_str_starts(file->text[STK_CHANGES_NEW], "1\n2\nthree\n"));
	stk_changes_free(changes);
}

static void changes_read__renames_are_followed(void **state)
{
	struct git_case *gc = *state;
	struct stk_changes *changes;
	const struct stk_changes_file *file;

	git_case_run(gc->repo, "seq 1 50 > a.txt; seq 100 150 > b.txt; git add .;"
			       "git commit -qm base; mkdir moved; git mv a.txt moved/c.txt;"
			       "git mv b.txt moved/b.txt; sed -i '7s/.*/seven/' moved/c.txt;"
			       "git commit -qam head");
	changes = read_last(gc);
	file = find(changes, STK_CHANGES_OLD, "a.txt");
	assert_ptr_equal(file, find(changes, STK_CHANGES_NEW, "moved/c.txt"));
	assert_string_equal(file->path[STK_CHANGES_OLD], "a.txt");
	assert_string_equal(file->path[STK_CHANGES_NEW], "moved/c.txt");
	assert_int_equal(file->hunks.len, 1);
	check_hunk(file, 0, (int64_t[]){7, 1, 7, 1});
	file = find(changes, STK_CHANGES_NEW, "moved/b.txt");
	assert_string_equal(file->path[STK_CHANGES_OLD], "b.txt");
	assert_int_equal(file->hunks.len, 0);
	assert_false(file->is_unknown);
	stk_changes_free(changes);
}

static void changes_read__added_and_deleted_files_are_all_lines(void **state)
{
	struct git_case *gc = *state;
	struct stk_changes *changes;
	const struct stk_changes_file *file;

	git_case_run(gc->repo, "seq 1 3 > gone.txt; git add .; git commit -qm base;"
			       "git rm -q gone.txt; seq 7 10 > come.txt; git add .;"
			       "git commit -qm head");
	changes = read_last(gc);
	file = find(changes, STK_CHANGES_OLD, "gone.txt");
	assert_null(file->path[STK_CHANGES_NEW]);
	check_hunk(file, 0, (int64_t[]){1, 3, 0, 0});
	assert_int_equal(stk_changes_shown_line(&file->hunks.items[0]), 1);
	file = find(changes, STK_CHANGES_NEW, "come.txt");
	assert_null(file->path[STK_CHANGES_OLD]);
	check_hunk(file, 0, (int64_t[]){0, 0, 1, 4});
	assert_null(stk_changes_find(changes, STK_CHANGES_NEW, STK_STR("gone.txt")));
	stk_changes_free(changes);
}

static void changes_read__blanks_at_the_end_and_empty_lines_are_no_change(void **state)
{
	struct git_case *gc = *state;
	struct stk_changes *changes;

	git_case_run(gc->repo,
		"git config core.autocrlf false; seq 1 9 > crlf.txt; seq 1 9 > blank.txt;"
		"printf 'def f():\\n    a\\n    b\\n' > in.py; git add .; git commit -qm base;"
		"sed -i 's/$/\\r/' crlf.txt; sed -i -e '3s/$/  /' -e '5a\\\\' blank.txt;"
		"sed -i '3s/^/    /' in.py; git commit -qam head");
	changes = read_last(gc);
	assert_int_equal(find(changes, STK_CHANGES_NEW, "crlf.txt")->hunks.len, 0);
	assert_int_equal(find(changes, STK_CHANGES_NEW, "blank.txt")->hunks.len, 0);
	/* in Python indentation is meaning */
	check_hunk(find(changes, STK_CHANGES_NEW, "in.py"), 0, (int64_t[]){3, 1, 3, 1});
	stk_changes_free(changes);
}

static void changes_read__crlf_files_keep_their_line_numbers(void **state)
{
	struct git_case *gc = *state;
	struct stk_changes *changes;

	git_case_run(gc->repo, "git config core.autocrlf false; seq 1 9 | sed 's/$/\\r/' > c.txt;"
			       "git add .; git commit -qm base; sed -i '6s/.*/six\\r/' c.txt;"
			       "git commit -qam head");
	changes = read_last(gc);
	check_hunk(find(changes, STK_CHANGES_NEW, "c.txt"), 0, (int64_t[]){6, 1, 6, 1});
	stk_changes_free(changes);
}

static void changes_read__binaries_modes_links_and_submodules(void **state)
{
	struct git_case *gc = *state;
	struct stk_changes *changes;

	git_case_run(gc->repo,
		"head -c 999 /dev/zero > b.bin; echo x > run.sh; ln -s a l; git add .;"
		"git update-index --add --cacheinfo 160000,$(git rev-parse HEAD),sub/mod;"
		"git commit -qm base; head -c 998 /dev/zero > b.bin; chmod +x run.sh; ln -sf b l;"
		"git add b.bin run.sh l;"
		"git update-index --cacheinfo 160000,$(git rev-parse HEAD),sub/mod;"
		"git commit -qm head");
	changes = read_last(gc);
	assert_true(find(changes, STK_CHANGES_NEW, "b.bin")->is_unknown);
	assert_null(stk_changes_find(changes, STK_CHANGES_NEW, STK_STR("run.sh")));
	assert_null(stk_changes_find(changes, STK_CHANGES_NEW, STK_STR("l")));
	assert_null(stk_changes_find(changes, STK_CHANGES_NEW, STK_STR("sub/mod")));
	assert_int_equal(changes->settings.len, 1);
	assert_string_equal(changes->settings.items[0], "sub/mod");
	assert_null(changes->cut);
	stk_changes_free(changes);
}

static void changes_read__settings_beside_the_code_are_named(void **state)
{
	struct git_case *gc = *state;
	struct stk_changes *changes;

	git_case_run(gc->repo, "mkdir -p svc; echo a > svc/go.sum; echo a > Dockerfile.prod;"
			       "echo a > x.c; git add .; git commit -qm base;"
			       "for f in svc/go.sum Dockerfile.prod x.c; do echo b >> $f; done;"
			       "git commit -qam head");
	changes = read_last(gc);
	assert_int_equal(changes->settings.len, 2);
	assert_string_equal(changes->settings.items[0], "Dockerfile.prod");
	assert_string_equal(changes->settings.items[1], "svc/go.sum");
	stk_changes_free(changes);
}

static void changes_read__beyond_ten_thousand_files_it_says_so(void **state)
{
	struct git_case *gc = *state;
	struct stk_changes *changes;

	git_case_run(gc->repo,
		"awk -v ref=$(git symbolic-ref HEAD) 'BEGIN { for (c = 0; c < 2; c++) {"
		"printf \"commit %s\\ncommitter a <a@b> %d +0000\\ndata 1\\nx\\n\", ref, c + 1;"
		"for (i = 0; i < 10002; i++)"
		"printf \"M 100644 inline many/f%05d\\ndata 6\\n%d\\n\\n\", i, 10001 + c * 20000 + "
		"i"
		"} }' | git fast-import --quiet --force");
	changes = read_last(gc);
	assert_int_equal(changes->files_len, 10002);
	assert_false(find(changes, STK_CHANGES_NEW, "many/f00000")->is_unknown);
	assert_true(find(changes, STK_CHANGES_NEW, "many/f10001")->is_unknown);
	assert_string_equal(changes->cut,
		"10002 files differ: the changed lines of 2 of them were not looked at");
	stk_changes_free(changes);
}

static void changes_read__modules_of_go_are_known(void **state)
{
	struct git_case *gc = *state;
	struct stk_changes *changes;

	git_case_run(gc->repo, "mkdir -p svc/a; printf 'module example.com/svc\\n' > svc/go.mod;"
			       "echo package a > svc/a/a.go; git add .; git commit -qm base;"
			       "echo >> svc/a/a.go; git commit -qam head");
	changes = read_last(gc);
	assert_string_equal(
		stk_paths_find(&changes->paths[STK_CHANGES_NEW], STK_STR("example.com/svc/a/a.go"),
			STK_STR("example.com/svc/a.F")),
		"svc/a/a.go");
	stk_changes_free(changes);
}

static void changes_read__an_unknown_commit_is_said(void **state)
{
	struct git_case *gc = *state;
	struct stk_changes_spec spec = {{"nosuch", "HEAD"}, {NULL, NULL}};
	struct stk_changes *changes = NULL;
	struct stk_err err = STK_ERR_INIT;
	struct stk_repo *repo = NULL;

	assert_int_equal(stk_repo_open(gc->repo, &repo, &err), 0);
	assert_int_equal(stk_changes_read(repo, &spec, &changes, &err), STK_E_NOT_FOUND);
	assert_null(changes);
	assert_non_null(strstr(err.msg, "nosuch"));
	stk_repo_free(repo);
}

/* Objects of base were never fetched: what differs is known, the lines are not. */
static void changes_read__missing_content_is_said(void **state)
{
	struct git_case *gc = *state;
	struct stk_changes *changes;

	git_case_run(gc->repo, "seq 1 9 > a.txt; seq 1 9 > b.txt; git add .; git commit -qm base;"
			       "echo x >> a.txt; echo y >> b.txt; git commit -qam head;"
			       "id=$(git rev-parse HEAD~1:a.txt);"
			       "rm -f .git/objects/$(echo $id | cut -c1-2)/$(echo $id | cut -c3-)");
	changes = read_last(gc);
	/* a.txt and b.txt had one content */
	assert_true(find(changes, STK_CHANGES_NEW, "a.txt")->is_unknown);
	assert_non_null(
		strstr(changes->cut, "the content of 2 changed files is not in this clone"));
	stk_changes_free(changes);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, git_case_setup, git_case_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(changes_read__lines_of_both_sides),
		CASE(changes_read__renames_are_followed),
		CASE(changes_read__added_and_deleted_files_are_all_lines),
		CASE(changes_read__blanks_at_the_end_and_empty_lines_are_no_change),
		CASE(changes_read__crlf_files_keep_their_line_numbers),
		CASE(changes_read__binaries_modes_links_and_submodules),
		CASE(changes_read__settings_beside_the_code_are_named),
		CASE(changes_read__beyond_ten_thousand_files_it_says_so),
		CASE(changes_read__modules_of_go_are_known),
		CASE(changes_read__an_unknown_commit_is_said),
		CASE(changes_read__missing_content_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
