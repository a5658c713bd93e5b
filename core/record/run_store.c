/* run_store: names, finds, reads and writes the folders of run records. */
#include "core/record/run_store.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/fs.h"
#include "core/base/mem.h"
#include "core/base/units.h"
#include "core/record/run_json.h"

enum { NAME_MAX_LEN = 40, TRIES_MAX = 1000, LAST_MAX = 1000000 };

static void add_word(struct stk_buf *buf, const char *text, size_t most)
{
	size_t from = buf->len;

	for (const char *at = text; at && *at && buf->len - from < most; at++) {
		unsigned char byte = (unsigned char)*at;
		if (isalnum(byte) || *at == '_')
			stk_buf_add_byte(buf, *at);
		else if (buf->len > from && buf->ptr[buf->len - 1] != '-')
			stk_buf_add_byte(buf, '-');
	}
	while (buf->len > from && buf->ptr[buf->len - 1] == '-')
		stk_buf_truncate(buf, buf->len - 1);
}

char *stk_run_store_id(int64_t start_ns, const char *name)
{
	struct stk_buf buf = STK_BUF_EMPTY;

	stk_units_format_stamp(&buf, start_ns);
	stk_buf_add_byte(&buf, '-');
	size_t before = buf.len;
	add_word(&buf, name, NAME_MAX_LEN);
	if (buf.len == before)
		stk_buf_add_text(&buf, "run");
	return stk_buf_take(&buf, NULL);
}

char *stk_run_store_type_word(const char *type_id)
{
	struct stk_buf buf = STK_BUF_EMPTY;
	struct stk_str rest = stk_str_of(type_id), name, sample;
	bool is_full = stk_str_cut(&rest, ':', &name) && stk_str_cut(&rest, ':', &sample);
	char *text = stk_str_dup(is_full && sample.len > 0 ? sample : stk_str_of(type_id));

	add_word(&buf, text, NAME_MAX_LEN);
	if (buf.len == 0)
		stk_buf_add_text(&buf, "profile");
	free(text);
	return stk_buf_take(&buf, NULL);
}

/* Records are no part of the repository that a run stands in. */
static int write_gitignore(const char *root, struct stk_err *err)
{
	char *path = stk_fs_join(root, ".gitignore");
	int rc = stk_fs_exists(path) ? 0 : stk_fs_write(path, STK_STR("*\n"), err);

	free(path);
	return rc;
}

/* 0 made, 1 taken. */
static int make_folder(const char *dir, struct stk_err *err)
{
	if (mkdir(dir, 0777) == 0)
		return 0;
	if (errno == EEXIST)
		return 1;
	return stk_err_set_errno(err, STK_E_IO, errno, "'%s'", dir);
}

int stk_run_store_create(const char *root, int64_t start_ns, const char *name, char **dir_out,
	char **id_out, struct stk_err *err)
{
	char *base = stk_run_store_id(start_ns, name);
	char *id = NULL, *dir = NULL;
	int taken = 1;
	int rc = stk_fs_mkdirs(root, err);

	if (rc == 0)
		rc = write_gitignore(root, err);
	for (int i = 1; rc == 0 && taken == 1 && i <= TRIES_MAX; i++) {
		free(id);
		free(dir);
		id = i == 1 ? stk_xstrdup(base) : stk_xasprintf("%s-%d", base, i);
		dir = stk_fs_join(root, id);
		taken = make_folder(dir, err);
		if (taken < 0)
			rc = taken;
	}
	if (rc == 0 && taken == 1)
		rc = stk_err_set(err, STK_E_IO, "'%s': no free name", base);
	if (rc == 0) {
		*dir_out = dir;
		*id_out = id;
		dir = id = NULL;
	}
	free(base);
	free(id);
	free(dir);
	return rc;
}

int stk_run_store_write(const char *dir, const struct stk_run *run, struct stk_err *err)
{
	struct stk_buf buf = STK_BUF_EMPTY;
	char *path = stk_fs_join(dir, "run.json");

	stk_run_json_format(run, &buf);
	int rc = stk_buf_check(&buf, err);
	if (rc == 0)
		rc = stk_fs_write(path, stk_buf_str(&buf), err);
	if (rc < 0)
		stk_err_wrap(err, "run record");
	free(path);
	stk_buf_release(&buf);
	return rc;
}

/* A run writes its record again and again, its end only when it ends. */
static void mark_unfinished(struct stk_run *run)
{
	if (run->end_ns != 0 || run->partial.is_partial)
		return;
	run->partial.is_partial = true;
	run->partial.reason = stk_run_text(run, "stoker ended without finishing");
}

int stk_run_store_parse(struct stk_str text, struct stk_run *run, struct stk_err *err)
{
	int rc = stk_run_json_parse(text, run, err);

	if (rc == 0)
		mark_unfinished(run);
	return rc;
}

int stk_run_store_read(const char *path, struct stk_run *run, struct stk_err *err)
{
	struct stk_buf buf = STK_BUF_INIT(STK_RUN_JSON_MAX_BYTES);
	char *file = stk_fs_is_dir(path) ? stk_fs_join(path, "run.json") : stk_xstrdup(path);

	int rc = stk_fs_read(file, &buf, err);
	if (rc == 0) {
		rc = stk_run_store_parse(stk_buf_str(&buf), run, err);
		if (rc < 0)
			stk_err_wrap(err, "'%s'", file);
	}
	free(file);
	stk_buf_release(&buf);
	return rc;
}

/* Slices of the same kind that have a file: where to look for a free number. */
static size_t kept_before(const struct stk_run *run, const struct stk_slice *slice)
{
	size_t kept = 0;

	for (size_t i = 0; i < run->slices.len; i++) {
		const struct stk_slice *other = &run->slices.items[i];
		if (other->file && other->side == slice->side &&
			strcmp(other->type_id, slice->type_id) == 0)
			kept++;
	}
	return kept;
}

int stk_run_store_write_slice(const char *dir, struct stk_run *run, const struct stk_slice *slice,
	struct stk_str bytes, const char **file_out, struct stk_err *err)
{
	const char *side = slice->side == STK_SIDE_BASE ? "base" : "head";
	char *word = stk_run_store_type_word(slice->type_id);
	char *folder = stk_fs_join(dir, "slices");
	char *name = NULL, *path = NULL;
	bool taken = true;
	int rc = stk_fs_mkdirs(folder, err);

	for (size_t i = kept_before(run, slice); rc == 0 && taken; i++) {
		free(name);
		free(path);
		name = stk_xasprintf("slices/%s-%s-%03zu.pb.gz", word, side, i);
		path = stk_fs_join(dir, name);
		taken = stk_fs_exists(path);
	}
	if (rc == 0)
		rc = stk_fs_write(path, bytes, err);
	if (rc == 0)
		*file_out = stk_run_text(run, name);
	free(word);
	free(folder);
	free(name);
	free(path);
	return rc;
}

static bool holds_run(const char *root, const char *id)
{
	char *dir = stk_fs_join(root, id);
	char *file = stk_fs_join(dir, "run.json");
	bool yes = stk_fs_exists(file);

	free(file);
	free(dir);
	return yes;
}

int stk_run_store_list(const char *root, char ***ids_out, size_t *len_out, struct stk_err *err)
{
	char **names = NULL;
	size_t len = 0, kept = 0;

	if (!stk_fs_is_dir(root)) {
		*ids_out = NULL;
		*len_out = 0;
		return 0;
	}
	int rc = stk_fs_list(root, &names, &len, err);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < len; i++) {
		if (holds_run(root, names[i]))
			names[kept++] = names[i];
		else
			free(names[i]);
	}
	*ids_out = names;
	*len_out = kept;
	return 0;
}

/* "last" and "last~2": how far back; -1 if the word is none of these. */
static int64_t back_from_last(const char *word)
{
	int64_t back = 0;
	struct stk_str text = stk_str_of(word);

	if (stk_str_is(text, "last"))
		return 0;
	if (!stk_str_starts(text, "last~") ||
		stk_str_to_i64(stk_str_skip(text, 5), &back, NULL) < 0 || back < 0 ||
		back > LAST_MAX)
		return -1;
	return back;
}

/* The number of the id that is meant; -1 with err set. */
static ptrdiff_t choose(char **ids, size_t len, const char *word, struct stk_err *err)
{
	int64_t back = back_from_last(word);
	ptrdiff_t found = -1;

	if (back >= 0 && (size_t)back < len)
		return (ptrdiff_t)(len - 1 - (size_t)back);
	if (back >= 0) {
		stk_err_set(err, STK_E_NOT_FOUND, "run '%s': there are %zu runs", word, len);
		return -1;
	}
	for (size_t i = 0; i < len; i++) {
		if (strcmp(ids[i], word) == 0)
			return (ptrdiff_t)i;
		if (!stk_str_starts(stk_str_of(ids[i]), word))
			continue;
		if (found >= 0) {
			stk_err_set(
				err, STK_E_NOT_FOUND, "run '%s': more than one begins so", word);
			stk_err_hint(err, "%s, %s", ids[found], ids[i]);
			return -1;
		}
		found = (ptrdiff_t)i;
	}
	if (found < 0) {
		stk_err_set(err, STK_E_NOT_FOUND, "run '%s': no such run", word);
		if (len > 0)
			stk_err_hint(err, "the last one is %s", ids[len - 1]);
	}
	return found;
}

int stk_run_store_find(const char *root, const char *word, char **dir_out, struct stk_err *err)
{
	char **ids = NULL;
	size_t len = 0;

	if (word[0] == '\0')
		return stk_err_set(err, STK_E_NOT_FOUND, "run '': no such run");
	bool is_path = strchr(word, '/') || stk_str_ends(stk_str_of(word), ".json");
	if (is_path && stk_fs_exists(word)) {
		*dir_out = stk_xstrdup(word);
		return 0;
	}
	if (is_path)
		return stk_err_set(err, STK_E_NOT_FOUND, "run '%s': no such file or folder", word);
	int rc = stk_run_store_list(root, &ids, &len, err);
	if (rc < 0)
		return rc;
	ptrdiff_t at = choose(ids, len, word, err);
	if (at >= 0)
		*dir_out = stk_fs_join(root, ids[at]);
	else if (len == 0)
		stk_err_hint(err, "no runs in %s; stoker run makes one", root);
	stk_fs_list_free(ids, len);
	return at >= 0 ? 0 : STK_E_NOT_FOUND;
}
