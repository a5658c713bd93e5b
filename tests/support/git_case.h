/* git_case: real repositories for tests, made with the git command in a folder of their own. */
#ifndef STK_TESTS_SUPPORT_GIT_CASE_H
#define STK_TESTS_SUPPORT_GIT_CASE_H

struct git_case {
	char *dir;  /* temporary folder */
	char *repo; /* dir/repo: main with two commits, file.txt in both */
};

/* cmocka setup and teardown: *state is a struct git_case *. Nothing of the machine's own git
 * configuration is seen from then on, also by the code under test. */
int git_case_setup(void **state);
int git_case_teardown(void **state);

/* Run shell text in a folder; the test fails with what it said if it fails. */
void git_case_run(const char *folder, const char *shell);
/* The same, and its output without the last newline; valid for the next fifteen calls. */
const char *git_case_ask(const char *folder, const char *shell);

#endif
