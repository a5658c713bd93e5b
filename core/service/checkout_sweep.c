/* checkout_sweep: removes what killed runs left, and what was not used for longest. */
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/fs.h"
#include "core/base/mem.h"
#include "core/base/vec.h"
#include "core/git/worktree.h"
#include "core/service/checkout_priv.h"

struct kept {
	char *folder;
	struct timespec used;
};
STK_VEC_TYPE(all_kept, struct kept);

static int make_root(const char *root, struct stk_err *err)
{
	char *path = stk_fs_join(root, ".gitignore");
	int rc = stk_fs_mkdirs(root, err);

	if (rc == 0 && !stk_fs_exists(path))
		rc = stk_fs_write(path, STK_STR("*\n"), err);
	free(path);
	return rc;
}

/* The folder and its lock, which is held. */
static int remove_held(const char *folder, const char *lock_path, struct stk_err *err)
{
	int rc = stk_fs_remove_tree(folder, err);

	if (rc == 0)
		(void)unlink(lock_path); /* those who wait for it see that it is gone */
	return rc;
}

/* Hold a folder's lock while fn looks at it; one that others hold is left alone. */
typedef int (*held_fn)(const char *folder, const char *lock_path, struct stk_err *err, void *ctx);
static int with_lock(const char *folder, held_fn fn, struct stk_err *err, void *ctx)
{
	char *lock_path = stk_xasprintf("%s.lock", folder);
	int fd = -1;
	int rc = stk_checkout_try_lock(lock_path, LOCK_EX, &fd, err);

	if (rc == 0)
		rc = fn(folder, lock_path, err, ctx);
	if (fd >= 0)
		close(fd);
	free(lock_path);
	return rc < 0 ? rc : 0;
}

struct sweeping {
	struct stk_repo *repo;
	struct all_kept kept;
};

static int clean(const char *folder, const char *lock_path, struct stk_err *err, void *ctx)
{
	char *tree = stk_fs_join(folder, "tree"), *stamp = stk_fs_join(folder, "built");
	struct sweeping *sweeping = ctx;
	struct stat built;
	int rc = stk_worktree_forget(sweeping->repo, tree, err);

	if (rc == 0 && stat(stamp, &built) == 0)
		stk_vec_push(&sweeping->kept, (struct kept){stk_xstrdup(folder), built.st_mtim});
	else if (rc == 0)
		rc = remove_held(folder, lock_path, err);
	free(tree);
	free(stamp);
	return rc;
}

static int remove_old(const char *folder, const char *lock_path, struct stk_err *err, void *ctx)
{
	(void)ctx;
	return remove_held(folder, lock_path, err);
}

static int newest_first(const void *a, const void *b)
{
	const struct timespec *one = &((const struct kept *)a)->used;
	const struct timespec *other = &((const struct kept *)b)->used;

	if (one->tv_sec != other->tv_sec)
		return one->tv_sec < other->tv_sec ? 1 : -1;
	return (one->tv_nsec < other->tv_nsec) - (one->tv_nsec > other->tv_nsec);
}

/* A lock whose folder was never made, or is gone. */
static int drop_lock(const char *folder, const char *lock_path, struct stk_err *err, void *ctx)
{
	(void)err;
	(void)ctx;
	if (!stk_fs_is_dir(folder))
		(void)unlink(lock_path);
	return 0;
}

static int sweep_name(
	struct sweeping *sweeping, const char *root, const char *name, struct stk_err *err)
{
	struct stk_str word = stk_str_of(name);
	char *path = stk_fs_join(root, name);
	int rc = 0;

	if (stk_str_ends(word, ".lock")) {
		path[stk_str_of(path).len - 5] = '\0';
		rc = with_lock(path, drop_lock, err, NULL);
	} else if (stk_fs_is_dir(path)) {
		rc = with_lock(path, clean, err, sweeping);
	}
	free(path);
	return rc;
}

int stk_checkout_sweep(struct stk_repo *repo, const char *root, size_t kept, struct stk_err *err)
{
	struct sweeping sweeping = {repo, STK_VEC_INIT};
	char **names = NULL;
	size_t len = 0;
	int rc = make_root(root, err);

	if (rc == 0)
		rc = stk_fs_list(root, &names, &len, err);
	for (size_t i = 0; rc == 0 && i < len; i++)
		rc = sweep_name(&sweeping, root, names[i], err);
	if (sweeping.kept.len > 0)
		qsort(sweeping.kept.items, sweeping.kept.len, sizeof *sweeping.kept.items,
			newest_first);
	for (size_t i = 0; i < sweeping.kept.len; i++) {
		if (rc == 0 && i >= kept)
			rc = with_lock(sweeping.kept.items[i].folder, remove_old, err, NULL);
		free(sweeping.kept.items[i].folder);
	}
	stk_vec_release(&sweeping.kept);
	stk_fs_list_free(names, len);
	return rc;
}
