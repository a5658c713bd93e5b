/* invoke: the git command, for what libgit2 cannot do: run it in a repository, take its output. */
#include "core/git/invoke.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/proc.h"
#include "core/base/vec.h"

#define TIMEOUT_NS (300 * STK_NS_PER_S)

enum { WORDS_BYTES = 4096 }; /* of what it complained that are looked at */

/* git rev-parse --local-env-vars, without those that only carry configuration. */
static const char *const binding[] = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE",
	"GIT_COMMON_DIR", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES",
	"GIT_SHALLOW_FILE", "GIT_GRAFT_FILE", "GIT_NAMESPACE", "GIT_CEILING_DIRECTORIES",
	"GIT_IMPLICIT_WORK_TREE", "GIT_INTERNAL_SUPER_PREFIX"};

static bool is_binding(const char *variable)
{
	struct stk_str rest = stk_str_of(variable), name;

	if (!stk_str_cut(&rest, '=', &name))
		return false;
	for (size_t i = 0; i < STK_ARRAY_LEN(binding); i++)
		if (stk_str_is(name, binding[i]))
			return true;
	return false;
}

const char **stk_invoke_clean_env(const char *const *environ_)
{
	STK_VEC(const char *) kept = STK_VEC_INIT;

	for (size_t i = 0; environ_ && environ_[i]; i++)
		if (!is_binding(environ_[i]))
			stk_vec_push(&kept, environ_[i]);
	stk_vec_push(&kept, NULL);
	return kept.items;
}

STK_VEC_TYPE(words, const char *);

/* env -u GIT_DIR … git -C dir -c … args. */
static void add_words(struct words *words, const struct stk_invoke *invoke)
{
	static const char *const fixed[] = {"-c", "core.hooksPath=/dev/null", "-c",
		"advice.detachedHead=false", "-c", "advice.addEmbeddedRepo=false", "-c",
		"core.fsmonitor=false", "-c", "worktree.useRelativePaths=false", "-c",
		"submodule.recurse=false", "-c", "gc.auto=0", "-c", "maintenance.auto=false"};

	stk_vec_push(words, "env");
	for (size_t i = 0; i < STK_ARRAY_LEN(binding); i++) {
		stk_vec_push(words, "-u");
		stk_vec_push(words, binding[i]);
	}
	/* additions stand behind the removals: a command may set GIT_INDEX_FILE itself */
	for (size_t i = 0; invoke->env && invoke->env[i]; i++)
		stk_vec_push(words, invoke->env[i]);
	stk_vec_push(words, "git");
	stk_vec_push(words, "-C");
	stk_vec_push(words, invoke->dir);
	for (size_t i = 0; i < STK_ARRAY_LEN(fixed); i++)
		stk_vec_push(words, fixed[i]);
	for (size_t i = 0; invoke->args[i]; i++)
		stk_vec_push(words, invoke->args[i]);
	stk_vec_push(words, NULL);
}

/* The line that says why: the last "fatal:" or "error:", else the last one. */
static struct stk_str find_reason(struct stk_str text)
{
	struct stk_str line, last = STK_STR(""), found = STK_STR("");

	while (stk_str_cut(&text, '\n', &line)) {
		line = stk_str_trim(line);
		if (line.len == 0)
			continue;
		last = line;
		if (stk_str_starts(line, "fatal: ") || stk_str_starts(line, "error: "))
			found = stk_str_skip(line, 7);
	}
	return found.len > 0 ? found : last;
}

static int fail_with_words(const struct stk_invoke *invoke, const struct stk_proc_status *status,
	int words_fd, struct stk_err *err)
{
	struct stk_buf how = STK_BUF_EMPTY;
	char text[WORDS_BYTES];
	off_t end = lseek(words_fd, 0, SEEK_END);
	off_t from = end > WORDS_BYTES ? end - WORDS_BYTES : 0;
	ssize_t len = pread(words_fd, text, sizeof text, from);
	struct stk_str reason = find_reason(stk_str_n(text, len > 0 ? (size_t)len : 0));

	stk_proc_format_status(status, &how);
	stk_err_set(err, STK_E_IO, "git %s: %s%s%.*s", invoke->args[0], how.ptr,
		reason.len ? ": " : "", STK_STR_ARG(stk_str_sub(reason, 0, 500)));
	stk_buf_release(&how);
	return STK_E_IO;
}

static int run(const struct stk_invoke *invoke, struct stk_buf *out, struct stk_proc_status *status,
	struct stk_err *err)
{
	static const char *const env[] = {
		"GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0", "LC_ALL=C", NULL};
	int64_t timeout_ns = invoke->timeout_ns ? invoke->timeout_ns : TIMEOUT_NS;
	int words_fd = memfd_create("git", MFD_CLOEXEC); /* what it complains: small */
	struct words words = STK_VEC_INIT;
	struct stk_proc *proc = NULL;
	char words_path[32];
	int rc;

	add_words(&words, invoke);
	(void)snprintf(words_path, sizeof words_path, "/proc/self/fd/%d", words_fd);
	struct stk_proc_opts opts = {.argv = words.items,
		.env = env,
		.capture = true,
		.err_path = words_fd >= 0 ? words_path : "/dev/null",
		.interrupts = invoke->interrupts};
	rc = stk_proc_start(&opts, &proc, err);
	if (rc == 0)
		rc = stk_proc_wait(proc, timeout_ns, out, status, err);
	if (rc < 0)
		stk_err_wrap(err, "git %s", invoke->args[0]);
	else if (status->exit_code == 127) /* what env says when it finds no program */
		rc = stk_err_set(err, STK_E_NOT_FOUND, "the git command is not there");
	else if (status->exit_code != 0)
		rc = fail_with_words(invoke, status, words_fd, err);
	stk_proc_free(proc);
	stk_vec_release(&words);
	if (words_fd >= 0)
		close(words_fd);
	return rc;
}

int stk_invoke_run(const struct stk_invoke *invoke, struct stk_buf *out, struct stk_err *err)
{
	struct stk_proc_status status = {-1, 0};

	return run(invoke, out, &status, err);
}

int stk_invoke_ask(const struct stk_invoke *invoke, struct stk_buf *out, struct stk_err *err)
{
	struct stk_proc_status status = {-1, 0};
	int rc = run(invoke, out, &status, err);

	return rc == STK_E_IO && status.exit_code == 1 ? 1 : rc;
}
