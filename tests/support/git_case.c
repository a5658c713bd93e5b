/* git_case: real repositories for tests, made with the git command in a folder of their own. */
#include "tests/support/git_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/base/fs.h"
#include "core/base/mem.h"
#include "core/base/proc.h"

static const char *const settings[] = {"GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
	"GIT_AUTHOR_NAME=A", "GIT_AUTHOR_EMAIL=a@example.org", "GIT_COMMITTER_NAME=C",
	"GIT_COMMITTER_EMAIL=c@example.org", "GIT_AUTHOR_DATE=2026-01-02T03:04:05Z",
	"GIT_COMMITTER_DATE=2026-01-02T03:04:05Z", NULL};

/* libgit2 1.5 loses what PCRE2 gave it for each name of a commit that is not there. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libpcre2-8.so\n";
}

static int run(const char *folder, const char *shell, struct stk_buf *out)
{
	struct stk_proc_opts opts = STK_PROC_OPTS_INIT;
	struct stk_err err = STK_ERR_INIT;
	int rc;

	opts.shell = shell;
	opts.cwd = folder;
	opts.env = settings;
	rc = stk_proc_run(&opts, 60 * STK_NS_PER_S, out, &err);
	if (rc < 0)
		print_message("%s\n%s\n", err.msg, out->ptr);
	return rc;
}

void git_case_run(const char *folder, const char *shell)
{
	struct stk_buf out = STK_BUF_EMPTY;
	int rc = run(folder, shell, &out);

	stk_buf_release(&out);
	assert_int_equal(rc, 0);
}

const char *git_case_ask(const char *folder, const char *shell)
{
	static char texts[16][4096];
	static size_t next;
	char *text = texts[next++ % 16];
	struct stk_buf out = STK_BUF_INIT(sizeof texts[0] - 1);
	struct stk_str trimmed;
	int rc = run(folder, shell, &out);

	trimmed = stk_str_trim(stk_buf_str(&out));
	for (size_t i = 0; i < trimmed.len; i++)
		text[i] = trimmed.ptr[i];
	text[trimmed.len] = '\0';
	stk_buf_release(&out);
	assert_int_equal(rc, 0);
	return text;
}

int git_case_setup(void **state)
{
	struct git_case *gc = stk_xcalloc(1, sizeof *gc);

	assert_int_equal(setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1), 0);
	assert_int_equal(setenv("GIT_CONFIG_NOSYSTEM", "1", 1), 0);
	assert_int_equal(stk_fs_mkdtemp("stoker-git", &gc->dir, NULL), 0);
	gc->repo = stk_fs_join(gc->dir, "repo");
	git_case_run(gc->dir, "git init -q -b main repo && cd repo && echo one > file.txt && "
			      "git add . && git commit -q -m one && mkdir -p sub/deep && "
			      "echo two > sub/deep/new.txt && git add . && git commit -q -m two");
	*state = gc;
	return 0;
}

int git_case_teardown(void **state)
{
	struct git_case *gc = *state;

	assert_int_equal(stk_fs_remove_tree(gc->dir, NULL), 0);
	free(gc->dir);
	free(gc->repo);
	free(gc);
	return 0;
}
