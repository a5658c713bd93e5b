/* shared: a locked cache of files by kind and path. */
#include "core/script/shared.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/csv.h"
#include "core/base/fs.h"
#include "core/base/json.h"
#include "core/base/map.h"
#include "core/base/mem.h"

struct shared_file {
	struct stk_buf bytes;
	struct stk_csv csv;
	struct stk_json *json;
	bool has_csv;
};

struct stk_shared {
	pthread_mutex_t lock;
	struct stk_map files; /* path -> struct shared_file */
};

struct stk_shared *stk_shared_new(void)
{
	struct stk_shared *shared = stk_xcalloc(1, sizeof *shared);

	pthread_mutex_init(&shared->lock, NULL);
	return shared;
}

static void free_file(struct shared_file *file)
{
	stk_buf_release(&file->bytes);
	stk_csv_release(&file->csv);
	stk_json_free(file->json);
	free(file);
}

void stk_shared_free(struct stk_shared *shared)
{
	if (!shared)
		return;
	for (size_t i = 0; i < shared->files.len; i++)
		if (shared->files.entries[i].value.ptr)
			free_file(shared->files.entries[i].value.ptr);
	stk_map_release(&shared->files);
	pthread_mutex_destroy(&shared->lock);
	free(shared);
}

/* The file of a path, read if it is new. Call with the lock held. */
static int read_file(
	struct stk_shared *shared, const char *path, struct shared_file **out, struct stk_err *err)
{
	union stk_map_value *slot = stk_map_find(&shared->files, stk_str_of(path));

	if (slot) {
		*out = slot->ptr;
		return 0;
	}
	struct shared_file *file = stk_xcalloc(1, sizeof *file);
	stk_buf_init(&file->bytes, STK_SHARED_FILE_MAX);
	int rc = stk_fs_read(path, &file->bytes, err);
	if (rc < 0) {
		free_file(file);
		return rc;
	}
	stk_map_put(&shared->files, stk_str_of(path), NULL)->ptr = file;
	*out = file;
	return 0;
}

int stk_shared_csv(struct stk_shared *shared, const char *path, const struct stk_csv **out,
	struct stk_err *err)
{
	struct shared_file *file = NULL;

	pthread_mutex_lock(&shared->lock);
	int rc = read_file(shared, path, &file, err);
	if (rc == 0 && !file->has_csv) {
		rc = stk_csv_parse(&file->csv, stk_buf_str(&file->bytes), err);
		if (rc < 0) {
			stk_csv_release(&file->csv);
			stk_err_wrap(err, "%s", path);
		} else
			file->has_csv = true;
	}
	if (rc == 0)
		*out = &file->csv;
	pthread_mutex_unlock(&shared->lock);
	return rc;
}

int stk_shared_json(
	struct stk_shared *shared, const char *path, struct stk_json **out, struct stk_err *err)
{
	struct shared_file *file = NULL;

	pthread_mutex_lock(&shared->lock);
	int rc = read_file(shared, path, &file, err);
	if (rc == 0 && !file->json) {
		rc = stk_json_parse(stk_buf_str(&file->bytes), &file->json, err);
		if (rc < 0)
			stk_err_wrap(err, "%s", path);
	}
	if (rc == 0)
		*out = file->json;
	pthread_mutex_unlock(&shared->lock);
	return rc;
}

int stk_shared_bytes(
	struct stk_shared *shared, const char *path, struct stk_str *out, struct stk_err *err)
{
	struct shared_file *file = NULL;

	pthread_mutex_lock(&shared->lock);
	int rc = read_file(shared, path, &file, err);
	if (rc == 0)
		*out = stk_buf_str(&file->bytes);
	pthread_mutex_unlock(&shared->lock);
	return rc;
}

int stk_shared_find(const char *dir, struct stk_str name, char **path_out, struct stk_err *err)
{
	char *text = stk_str_dup(name);
	char *joined = text[0] == '/' ? stk_xstrdup(text) : stk_fs_join(dir, text);
	char *root = realpath(dir, NULL);
	char *path = realpath(joined, NULL);
	int rc = 0;

	if (!path || !root) {
		rc = stk_err_set_errno(err, errno == ENOENT ? STK_E_NOT_FOUND : STK_E_IO, errno,
			"file '%s'", joined);
	} else if (strcmp(root, "/") != 0 &&
		   (strncmp(path, root, strlen(root)) != 0 || path[strlen(root)] != '/')) {
		rc = stk_err_set(
			err, STK_E_AUTH, "file '%s' is outside of the script's folder", text);
		stk_err_hint(err, "put it below %s", root);
	} else {
		*path_out = path;
		path = NULL;
	}
	free(path);
	free(root);
	free(joined);
	free(text);
	return rc;
}
