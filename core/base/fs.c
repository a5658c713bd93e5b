/* fs: files and folders: whole reads with a limit, atomic writes. */
#include "core/base/fs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/base/vec.h"

#define READ_BYTES ((size_t)64 << 10)

static int fail_on(const char *path, struct stk_err *err)
{
	int why = errno;
	int code = why == ENOENT || why == ENOTDIR ? STK_E_NOT_FOUND : STK_E_IO;

	return stk_err_set_errno(err, code, why, "'%s'", path);
}

static int read_all(int fd, const char *path, struct stk_buf *buf, struct stk_err *err)
{
	for (;;) {
		size_t limit = buf->limit ? buf->limit : STK_BUF_LIMIT_DEFAULT;
		size_t room = limit - buf->len < READ_BYTES ? limit - buf->len : READ_BYTES;
		char spare = 0;
		char *at = room ? stk_buf_reserve(buf, room) : &spare;
		ssize_t got = read(fd, at, room ? room : 1);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fail_on(path, err);
		if (got == 0)
			return 0;
		if (room == 0)
			return stk_err_set(
				err, STK_E_TOO_LARGE, "'%s' is larger than %zu bytes", path, limit);
		stk_buf_commit(buf, (size_t)got);
	}
}

int stk_fs_read(const char *path, struct stk_buf *buf, struct stk_err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int rc;

	if (fd < 0)
		return fail_on(path, err);
	rc = read_all(fd, path, buf, err);
	close(fd);
	return rc;
}

static int write_all(int fd, struct stk_str bytes)
{
	while (bytes.len > 0) {
		ssize_t put = write(fd, bytes.ptr, bytes.len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -1;
		bytes = stk_str_skip(bytes, (size_t)put);
	}
	return fsync(fd);
}

/* A rename is on disk only when its folder is. */
static void sync_dir(const char *path)
{
	char *dir = stk_fs_dirname(path);
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0) {
		(void)fsync(fd); /* some file systems refuse it for folders */
		close(fd);
	}
	free(dir);
}

int stk_fs_write(const char *path, struct stk_str bytes, struct stk_err *err)
{
	char *temporary = stk_xasprintf("%s.%ld.tmp", path, (long)getpid());
	int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	int rc = 0;

	if (fd < 0) {
		rc = fail_on(path, err);
		goto out;
	}
	if (write_all(fd, bytes) < 0)
		rc = fail_on(path, err);
	if (close(fd) < 0 && rc == 0)
		rc = fail_on(path, err);
	if (rc == 0 && rename(temporary, path) < 0)
		rc = fail_on(path, err);
	if (rc < 0)
		(void)unlink(temporary); /* best effort: the first error is the one that counts */
	else
		sync_dir(path);
out:
	free(temporary);
	return rc;
}

static bool has_hidden_part(struct stk_str path)
{
	struct stk_str part;

	while (path.len > 0 && stk_str_cut(&path, '/', &part))
		if (part.len > 0 && part.ptr[0] == '.')
			return true;
	return false;
}

/* path with what is there of it resolved, below root; NULL: it is not. The caller frees. */
static char *resolve_below(const char *root, const char *path)
{
	char *dir = stk_fs_dirname(path), *real_root = realpath(root, NULL);
	char *real_dir = realpath(dir, NULL), *out = NULL;
	const char *slash = strrchr(path, '/');
	size_t len = real_root ? strlen(real_root) : 0;

	if (real_root && real_dir && strncmp(real_dir, real_root, len) == 0 &&
		(real_dir[len] == '/' || real_dir[len] == '\0' || len == 1)) {
		out = stk_fs_join(real_dir, slash ? slash + 1 : path);
		if (has_hidden_part(stk_str_of(out + len))) {
			free(out);
			out = NULL;
		}
	}
	free(dir);
	free(real_root);
	free(real_dir);
	return out;
}

int stk_fs_write_below(
	const char *root, const char *name, struct stk_str bytes, struct stk_err *err)
{
	char *joined = name[0] == '/' ? stk_xstrdup(name) : stk_fs_join(root, name);
	char *path = resolve_below(root, joined);
	int rc;

	if (!path || name[0] == '\0' || stk_str_ends(stk_str_of(name), "/")) {
		rc = stk_err_set(err, STK_E_INVAL, "'%s' is no name for a file here", name);
		stk_err_hint(err, "files go into the current folder or a folder of it that is "
				  "there, and no name begins with a point");
	} else {
		rc = stk_fs_write(path, bytes, err);
	}
	free(path);
	free(joined);
	return rc;
}

int stk_fs_mkdirs(const char *path, struct stk_err *err)
{
	char *copy = stk_xstrdup(path);
	int rc = 0;

	for (char *at = copy; rc == 0 && *at; at++) {
		if (at == copy || (*at != '/'))
			continue;
		*at = '\0';
		if (mkdir(copy, 0777) < 0 && errno != EEXIST)
			rc = fail_on(copy, err);
		*at = '/';
	}
	if (rc == 0 && mkdir(copy, 0777) < 0 && !(errno == EEXIST && stk_fs_is_dir(copy)))
		rc = fail_on(copy, err);
	free(copy);
	return rc;
}

static int remove_children(const char *path, struct stk_err *err)
{
	char **names = NULL;
	size_t len = 0;
	int rc = stk_fs_list(path, &names, &len, err);

	for (size_t i = 0; rc == 0 && i < len; i++) {
		char *child = stk_fs_join(path, names[i]);
		rc = stk_fs_remove_tree(child, err);
		free(child);
	}
	stk_fs_list_free(names, len);
	return rc;
}

int stk_fs_remove_tree(const char *path, struct stk_err *err)
{
	struct stat info;
	int rc = 0;

	if (lstat(path, &info) < 0)
		return errno == ENOENT ? 0 : fail_on(path, err);
	if (!S_ISDIR(info.st_mode))
		return unlink(path) < 0 && errno != ENOENT ? fail_on(path, err) : 0;
	rc = remove_children(path, err);
	if (rc == 0 && rmdir(path) < 0 && errno != ENOENT)
		rc = fail_on(path, err);
	return rc;
}

bool stk_fs_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

bool stk_fs_is_dir(const char *path)
{
	struct stat info;

	return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int stk_fs_list(const char *path, char ***names_out, size_t *len_out, struct stk_err *err)
{
	STK_VEC(char *) names = STK_VEC_INIT;
	DIR *dir = opendir(path);
	struct dirent *entry;

	if (!dir)
		return fail_on(path, err);
	while ((entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			stk_vec_push(&names, stk_xstrdup(entry->d_name));
	closedir(dir);
	if (names.len > 0)
		qsort(names.items, names.len, sizeof *names.items, by_bytes);
	*names_out = names.items;
	*len_out = names.len;
	return 0;
}

void stk_fs_list_free(char **names, size_t len)
{
	for (size_t i = 0; i < len; i++)
		free(names[i]);
	free(names);
}

int stk_fs_glob(const char *pattern, char ***paths_out, size_t *len_out, struct stk_err *err)
{
	STK_VEC(char *) paths = STK_VEC_INIT;
	glob_t found;
	int rc = glob(pattern, 0, NULL, &found);

	if (rc == GLOB_NOSPACE || rc == GLOB_ABORTED)
		return stk_err_set(err, STK_E_IO, "'%s': a folder could not be read", pattern);
	if (rc == 0) {
		for (size_t i = 0; i < found.gl_pathc; i++)
			stk_vec_push(&paths, stk_xstrdup(found.gl_pathv[i]));
		globfree(&found);
	}
	if (paths.len > 0)
		qsort(paths.items, paths.len, sizeof *paths.items, by_bytes);
	*paths_out = paths.items;
	*len_out = paths.len;
	return 0;
}

int stk_fs_mkdtemp(const char *prefix, char **path_out, struct stk_err *err)
{
	const char *dir = getenv("TMPDIR");
	char *path = stk_xasprintf("%s/%s.XXXXXX", dir && dir[0] ? dir : "/tmp", prefix);

	if (!mkdtemp(path)) {
		int rc = fail_on(path, err);
		free(path);
		return rc;
	}
	*path_out = path;
	return 0;
}

char *stk_fs_join(const char *dir, const char *name)
{
	size_t len = strlen(dir);

	return stk_xasprintf("%s%s%s", dir, len > 0 && dir[len - 1] == '/' ? "" : "/", name);
}

char *stk_fs_dirname(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return stk_xstrdup(".");
	return slash == path ? stk_xstrdup("/") : stk_xstrndup(path, (size_t)(slash - path));
}
