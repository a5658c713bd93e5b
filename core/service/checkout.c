/* checkout: a commit's work tree and what was built of it, in a folder that is used again. */
#include "core/service/checkout.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/fs.h"
#include "core/base/mem.h"
#include "core/git/worktree.h"
#include "core/service/checkout_priv.h"

#define ASK_NS (100 * STK_NS_PER_MS)

struct stk_checkout {
	struct stk_repo *repo;
	char *folder, *tree, *dir, *out, *stamp, *lock_path;
	int lock_fd; /* -1 = not held */
	bool has_build, keeps_tree, is_built;
};

/* --- the lock ------------------------------------------------------------------------------ */

/* The file may have been removed between open and lock: then nobody else would meet us there. */
static bool is_still_there(int fd, const char *path)
{
	struct stat held, there;

	return fstat(fd, &held) == 0 && stat(path, &there) == 0 && held.st_ino == there.st_ino &&
	       held.st_dev == there.st_dev;
}

int stk_checkout_try_lock(const char *path, int how, int *fd_out, struct stk_err *err)
{
	for (;;) {
		int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);

		if (fd < 0)
			return stk_err_set_errno(err, STK_E_IO, errno, "'%s'", path);
		if (flock(fd, how | LOCK_NB) < 0) {
			int why = errno;

			close(fd);
			return why == EWOULDBLOCK
				       ? 1
				       : stk_err_set_errno(err, STK_E_IO, why, "'%s'", path);
		}
		if (is_still_there(fd, path)) {
			*fd_out = fd;
			return 0;
		}
		close(fd);
	}
}

static void unlock(struct stk_checkout *checkout)
{
	if (checkout->lock_fd >= 0)
		close(checkout->lock_fd);
	checkout->lock_fd = -1;
}

static int wait_lock(
	struct stk_checkout *checkout, const struct stk_checkout_opts *opts, struct stk_err *err)
{
	char text[100];
	bool told = false;
	int rc;

	while ((rc = stk_checkout_try_lock(
			checkout->lock_path, LOCK_EX, &checkout->lock_fd, err)) == 1) {
		if (opts->interrupts && atomic_load(opts->interrupts) > 0)
			return stk_err_set(err, STK_E_ABORTED, "interrupted");
		if (!told && opts->waits) {
			(void)snprintf(text, sizeof text,
				"waiting for another stoker that builds %.7s", opts->commit->hex);
			opts->waits(text, opts->waits_ctx);
		}
		told = true;
		stk_clock_sleep_until(opts->clock, stk_clock_mono(opts->clock) + ASK_NS);
	}
	return rc;
}

/* --- opening ------------------------------------------------------------------------------- */

static struct stk_checkout *plan(const struct stk_checkout_opts *opts)
{
	struct stk_checkout *checkout = stk_xcalloc(1, sizeof *checkout);
	char *name = stk_xasprintf(
		"%.12s-%08x", opts->commit->hex, (unsigned)(opts->key ^ opts->key >> 32));

	checkout->repo = opts->repo;
	checkout->lock_fd = -1;
	checkout->has_build = opts->has_build;
	checkout->keeps_tree = opts->keeps_tree;
	checkout->folder = stk_fs_join(opts->root, name);
	checkout->lock_path = stk_xasprintf("%s.lock", checkout->folder);
	checkout->tree = stk_fs_join(checkout->folder, "tree");
	checkout->out = stk_fs_join(checkout->folder, "out");
	checkout->stamp = stk_fs_join(checkout->folder, "built");
	checkout->dir = opts->subdir[0] ? stk_fs_join(checkout->tree, opts->subdir)
					: stk_xstrdup(checkout->tree);
	free(name);
	return checkout;
}

static int check_subdir(const struct stk_checkout_opts *opts, struct stk_err *err)
{
	int rc = stk_repo_has_path(opts->repo, opts->commit, opts->subdir, err);

	if (rc != 0)
		return rc < 0 ? rc : 0;
	return stk_err_set(err, STK_E_NOT_FOUND, "commit %.7s has no folder '%s'",
		opts->commit->hex, opts->subdir);
}

/* Only a stamp counts as built, and where the tree was kept, the tree. */
static bool find_built(const struct stk_checkout *checkout)
{
	return stk_fs_exists(checkout->stamp) &&
	       (!checkout->keeps_tree || stk_fs_is_dir(checkout->tree));
}

/* Built before: join those that use it. 0 joined, 1 not built, or not ready to be shared. */
static int join(
	struct stk_checkout *checkout, const struct stk_checkout_opts *opts, struct stk_err *err)
{
	int rc;

	if (opts->rebuild)
		return 1;
	rc = stk_checkout_try_lock(checkout->lock_path, LOCK_SH, &checkout->lock_fd, err);
	if (rc != 0)
		return rc;
	if (find_built(checkout) && stk_fs_is_dir(checkout->tree))
		return 0;
	unlock(checkout);
	return 1;
}

/* Alone in the folder: make of it what a build can begin in, or what can be run. */
static int fill(
	struct stk_checkout *checkout, const struct stk_checkout_opts *opts, struct stk_err *err)
{
	int rc = 0;

	checkout->is_built = !opts->rebuild && find_built(checkout);
	if (checkout->is_built && stk_fs_is_dir(checkout->tree))
		return 0;
	rc = stk_worktree_forget(opts->repo, checkout->tree, err);
	if (rc == 0)
		rc = stk_fs_remove_tree(
			checkout->is_built ? checkout->tree : checkout->folder, err);
	if (rc == 0)
		rc = stk_fs_mkdirs(checkout->out, err);
	if (rc == 0)
		rc = stk_worktree_add(
			opts->repo, opts->commit, checkout->tree, opts->interrupts, err);
	return rc;
}

static int enter(
	struct stk_checkout *checkout, const struct stk_checkout_opts *opts, struct stk_err *err)
{
	int rc = join(checkout, opts, err);

	if (rc == 0) {
		checkout->is_built = true;
	} else if (rc > 0) {
		rc = wait_lock(checkout, opts, err);
		if (rc == 0)
			rc = fill(checkout, opts, err);
	}
	if (rc == 0 && checkout->is_built)
		rc = stk_checkout_set_built(checkout, err); /* used now */
	return rc;
}

int stk_checkout_open(
	const struct stk_checkout_opts *opts, struct stk_checkout **out, struct stk_err *err)
{
	struct stk_checkout *checkout = plan(opts);
	int rc = check_subdir(opts, err);

	if (rc == 0)
		rc = stk_checkout_sweep(opts->repo, opts->root, STK_CHECKOUT_KEPT, err);
	if (rc == 0)
		rc = enter(checkout, opts, err);
	if (rc < 0) {
		stk_checkout_close(checkout);
		return rc;
	}
	*out = checkout;
	return 0;
}

bool stk_checkout_is_built(const struct stk_checkout *checkout)
{
	return checkout->is_built;
}

int stk_checkout_set_built(struct stk_checkout *checkout, struct stk_err *err)
{
	int rc = stk_fs_write(checkout->stamp, STK_STR(""), err);

	checkout->is_built = rc == 0;
	if (rc == 0)
		(void)flock(checkout->lock_fd, LOCK_SH); /* it is held: this gives a part back */
	return rc;
}

const char *stk_checkout_dir(const struct stk_checkout *checkout)
{
	return checkout->dir;
}

const char *stk_checkout_out(const struct stk_checkout *checkout)
{
	return checkout->out;
}

/* Nobody else uses it: off git's list, and away with what no later run can use. */
static void tidy(struct stk_checkout *checkout)
{
	bool keep = checkout->has_build && checkout->is_built;

	(void)!stk_worktree_forget(
		checkout->repo, checkout->tree, NULL); /* the next run tries again */
	if (keep && checkout->keeps_tree)
		return;
	(void)!stk_fs_remove_tree(keep ? checkout->tree : checkout->folder, NULL);
	if (!keep)
		(void)unlink(checkout->lock_path);
}

void stk_checkout_close(struct stk_checkout *checkout)
{
	if (!checkout)
		return;
	if (checkout->lock_fd >= 0 && flock(checkout->lock_fd, LOCK_EX | LOCK_NB) == 0)
		tidy(checkout);
	unlock(checkout);
	free(checkout->folder);
	free(checkout->tree);
	free(checkout->dir);
	free(checkout->out);
	free(checkout->stamp);
	free(checkout->lock_path);
	free(checkout);
}
