/* store_dir: baselines in a folder: <workflow>/<revision>/<machine>-<measured>.gz. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/fs.h"
#include "core/baseline/store.h"

#define SUFFIX ".gz"

static char *path_of(const struct stk_baseline_store *store, const struct stk_baseline_key *key)
{
	struct stk_buf name = STK_BUF_EMPTY;
	char *path;

	stk_baseline_format_name(&name, key);
	path = stk_xasprintf(
		"%s/%s/%s/%s" SUFFIX, store->path, key->workflow, key->revision, name.ptr);
	stk_buf_release(&name);
	return path;
}

static void list_file(const char *folder, const char *name, struct stk_baseline_key key,
	struct stk_baseline_items *out)
{
	struct stk_str word = stk_str_of(name);
	char *path = stk_fs_join(folder, name);
	struct stat info;

	if (stk_str_ends(word, SUFFIX) && stat(path, &info) == 0 &&
		stk_baseline_parse_name(stk_str_sub(word, 0, word.len - strlen(SUFFIX)),
			&out->arena, &key, NULL) == 0)
		stk_vec_push(&out->list, (struct stk_baseline_item){key, (size_t)info.st_size});
	free(path);
}

/* Names in a folder; one that is not there has none. */
static int names_in(const char *path, char ***names, size_t *len, struct stk_err *err)
{
	struct stk_err why = STK_ERR_INIT;
	int rc = stk_fs_list(path, names, len, &why);

	if (rc == STK_E_NOT_FOUND)
		return 0;
	if (rc < 0 && err)
		*err = why;
	return rc;
}

static int list_revision(const struct stk_baseline_store *store, const char *workflow,
	const char *revision, struct stk_baseline_items *out, struct stk_err *err)
{
	char *folder = stk_xasprintf("%s/%s/%s", store->path, workflow, revision);
	struct stk_baseline_key key = {.workflow = stk_arena_dup(&out->arena, workflow),
		.revision = stk_arena_dup(&out->arena, revision)};
	char **names = NULL;
	size_t len = 0;
	int rc = stk_fs_is_dir(folder) ? names_in(folder, &names, &len, err) : 0;

	for (size_t i = 0; rc == 0 && i < len; i++)
		list_file(folder, names[i], key, out);
	stk_fs_list_free(names, len);
	free(folder);
	return rc;
}

static int list_workflow(const struct stk_baseline_store *store, const char *workflow,
	const char *revision, struct stk_baseline_items *out, struct stk_err *err)
{
	char *folder = stk_fs_join(store->path, workflow);
	char **names = NULL;
	size_t len = 0;
	int rc = 0;

	if (revision)
		rc = list_revision(store, workflow, revision, out, err);
	else if (stk_fs_is_dir(folder))
		rc = names_in(folder, &names, &len, err);
	for (size_t i = 0; rc == 0 && i < len; i++)
		rc = list_revision(store, workflow, names[i], out, err);
	stk_fs_list_free(names, len);
	free(folder);
	return rc;
}

static int dir_list(struct stk_baseline_store *store, const char *workflow, const char *revision,
	struct stk_baseline_items *out, struct stk_err *err)
{
	char **names = NULL;
	size_t len = 0;
	int rc;

	if (workflow)
		return list_workflow(store, workflow, revision, out, err);
	rc = names_in(store->path, &names, &len, err);
	for (size_t i = 0; rc == 0 && i < len; i++)
		rc = list_workflow(store, names[i], revision, out, err);
	stk_fs_list_free(names, len);
	return rc;
}

static int dir_read(struct stk_baseline_store *store, const struct stk_baseline_key *key,
	struct stk_buf *out, struct stk_err *err)
{
	char *path = path_of(store, key);
	int rc = stk_fs_read(path, out, err);

	free(path);
	return rc;
}

static int dir_write(struct stk_baseline_store *store, const struct stk_baseline_key *key,
	struct stk_str packed, struct stk_err *err)
{
	char *path = path_of(store, key), *folder = stk_fs_dirname(path);
	int rc = stk_fs_mkdirs(folder, err);

	if (rc == 0)
		rc = stk_fs_write(path, packed, err);
	free(folder);
	free(path);
	return rc;
}

static int dir_remove(
	struct stk_baseline_store *store, const struct stk_baseline_key *key, struct stk_err *err)
{
	char *path = path_of(store, key), *folder = stk_fs_dirname(path);
	int rc = stk_fs_remove_tree(path, err);

	if (rc == 0)
		(void)rmdir(folder); /* when it was the last one */
	free(folder);
	free(path);
	return rc;
}

static const struct stk_baseline_store_ops dir_ops = {
	.list = dir_list, .read = dir_read, .write = dir_write, .remove = dir_remove};

struct stk_baseline_store *stk_baseline_store_dir(const char *path)
{
	struct stk_baseline_store *store = stk_xcalloc(1, sizeof *store);

	store->ops = &dir_ops;
	store->path = stk_xstrdup(path);
	store->where = stk_xstrdup(path);
	return store;
}
