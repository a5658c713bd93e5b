/* flame: flame graphs as JSON documents beside the run record, and back. */
#include "core/record/flame.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/fs.h"
#include "core/base/gzip.h"
#include "core/base/json.h"
#include "core/record/run_store.h"

#define DOCUMENT "stoker.flame"

void stk_flame_init(struct stk_flame *flame)
{
	memset(flame, 0, sizeof *flame);
}

void stk_flame_release(struct stk_flame *flame)
{
	stk_vec_release(&flame->names);
	stk_vec_release(&flame->nodes);
	stk_arena_release(&flame->arena);
	memset(flame, 0, sizeof *flame);
}

void stk_flames_release(struct stk_flames *flames)
{
	for (size_t i = 0; i < flames->len; i++)
		stk_flame_release(&flames->items[i]);
	stk_vec_release(flames);
}

/* --- writing ------------------------------------------------------------------------------ */

static struct stk_json *write_names(const struct stk_flame *flame)
{
	struct stk_json *array = stk_json_new_array();

	for (size_t i = 0; i < flame->names.len; i++) {
		const struct stk_flame_name *name = &flame->names.items[i];
		struct stk_json *object = stk_json_new_object();
		stk_json_put(object, "name", stk_json_new_text(name->function.name));
		if (name->function.file && name->function.file[0])
			stk_json_put(object, "file", stk_json_new_text(name->function.file));
		if (name->function.line > 0)
			stk_json_put(object, "line", stk_json_new_int(name->function.line));
		if (name->was)
			stk_json_put(object, "was", stk_json_new_text(name->was));
		stk_json_push(array, object);
	}
	return array;
}

enum column { COLUMN_NAME, COLUMN_LEVEL, COLUMN_BASE, COLUMN_HEAD, COLUMNS };

static const char *const column_keys[COLUMNS] = {"name", "level", "base", "head"};

static int64_t cell(const struct stk_flame_node *node, enum column column)
{
	switch (column) {
	case COLUMN_NAME:
		return node->name;
	case COLUMN_LEVEL:
		return node->level;
	default:
		return node->value[column == COLUMN_BASE ? STK_SIDE_BASE : STK_SIDE_HEAD];
	}
}

static void put_columns(struct stk_json *object, const struct stk_flame *flame)
{
	for (int column = 0; column < COLUMNS; column++) {
		struct stk_json *array = stk_json_new_array();
		for (size_t i = 0; i < flame->nodes.len; i++)
			stk_json_push(array, stk_json_new_int(cell(
						     &flame->nodes.items[i], (enum column)column)));
		stk_json_put(object, column_keys[column], array);
	}
}

void stk_flame_format(const struct stk_flame *flame, struct stk_buf *buf)
{
	struct stk_json *object = stk_json_new_object(), *divisor = stk_json_new_array();

	stk_json_put(object, "document", stk_json_new_text(DOCUMENT));
	stk_json_put(object, "schema", stk_json_new_int(STK_FLAME_SCHEMA));
	stk_json_put(object, "type_id", stk_json_new_text(flame->type_id));
	stk_json_put(object, "short_name", stk_json_new_text(flame->short_name));
	stk_json_put(object, "unit", stk_json_new_text(flame->unit));
	stk_json_put(object, "is_level", stk_json_new_bool(flame->is_level));
	stk_json_put(object, "is_idle", stk_json_new_bool(flame->is_idle));
	for (int side = 0; side < STK_SIDES; side++)
		stk_json_push(divisor, stk_json_new_real(flame->divisor[side]));
	stk_json_put(object, "divisor", divisor);
	stk_json_put(object, "period", stk_json_new_real(flame->period));
	stk_json_put(object, "merged", stk_json_new_int(flame->merged));
	stk_json_put(object, "names", write_names(flame));
	put_columns(object, flame);
	stk_json_format(object, STK_JSON_COMPACT, buf);
	stk_buf_add_byte(buf, '\n');
	stk_json_free(object);
}

/* --- reading ------------------------------------------------------------------------------ */

/* Text of a member in the arena; NULL when it is absent or no text. */
static const char *text_of(struct stk_flame *flame, const struct stk_json *object, const char *key)
{
	struct stk_json *value = stk_json_get(object, key);

	return stk_json_type(value) == STK_JSON_STRING
		       ? stk_arena_dup(&flame->arena, stk_json_text(value, ""))
		       : NULL;
}

static int read_head(const struct stk_json *object, struct stk_flame *flame, struct stk_err *err)
{
	const struct stk_json *divisor = stk_json_get(object, "divisor");
	double period = stk_json_real(stk_json_get(object, "period"), 0);

	if (!stk_str_is(stk_json_str(stk_json_get(object, "document")), DOCUMENT))
		return stk_err_set(
			err, STK_E_FORMAT, "not a flame graph (no \"document\": \"%s\")", DOCUMENT);
	if (stk_json_int(stk_json_get(object, "schema"), 0) != STK_FLAME_SCHEMA)
		return stk_err_set(err, STK_E_FORMAT, "member 'schema': this stoker reads %d",
			STK_FLAME_SCHEMA);
	flame->type_id = text_of(flame, object, "type_id");
	flame->short_name = text_of(flame, object, "short_name");
	flame->unit = text_of(flame, object, "unit");
	if (!flame->type_id || !flame->short_name || !flame->unit)
		return stk_err_set(
			err, STK_E_FORMAT, "type_id, short_name, unit: a text is missing");
	flame->is_level = stk_json_bool(stk_json_get(object, "is_level"), false);
	flame->is_idle = stk_json_bool(stk_json_get(object, "is_idle"), false);
	flame->period = isfinite(period) && period > 0 ? period : 0;
	flame->merged = stk_json_int(stk_json_get(object, "merged"), 0);
	for (int side = 0; side < STK_SIDES; side++) {
		flame->divisor[side] = stk_json_real(stk_json_at(divisor, (size_t)side), NAN);
		if (!isfinite(flame->divisor[side]) || flame->divisor[side] <= 0)
			return stk_err_set(
				err, STK_E_FORMAT, "member 'divisor': two numbers above 0");
	}
	return 0;
}

static int read_names(const struct stk_json *object, struct stk_flame *flame, struct stk_err *err)
{
	struct stk_json *names = NULL;
	int rc = stk_json_need_array(object, "names", &names, err);

	if (rc == 0 && stk_json_len(names) > STK_FLAME_NODES_MAX)
		rc = stk_err_set(
			err, STK_E_TOO_LARGE, "member 'names': more than %zu", STK_FLAME_NODES_MAX);
	for (size_t i = 0; rc == 0 && i < stk_json_len(names); i++) {
		const struct stk_json *item = stk_json_at(names, i);
		struct stk_flame_name *name = stk_vec_push_new(&flame->names);

		name->function.name = text_of(flame, item, "name");
		name->function.file = text_of(flame, item, "file");
		name->function.line = stk_json_int(stk_json_get(item, "line"), 0);
		name->was = text_of(flame, item, "was");
		if (!name->function.name)
			rc = stk_err_set(err, STK_E_FORMAT, "names[%zu]: a name is missing", i);
	}
	return rc;
}

static int need_columns(
	const struct stk_json *object, struct stk_json *columns[COLUMNS], struct stk_err *err)
{
	for (int column = 0; column < COLUMNS; column++) {
		int rc = stk_json_need_array(object, column_keys[column], &columns[column], err);
		if (rc < 0)
			return rc;
		if (stk_json_len(columns[column]) != stk_json_len(columns[0]))
			return stk_err_set(err, STK_E_FORMAT, "member '%s': not as long as '%s'",
				column_keys[column], column_keys[0]);
	}
	if (stk_json_len(columns[0]) > STK_FLAME_NODES_MAX)
		return stk_err_set(err, STK_E_TOO_LARGE, "%zu frames, at most %zu are read",
			stk_json_len(columns[0]), STK_FLAME_NODES_MAX);
	if (stk_json_len(columns[0]) == 0)
		return stk_err_set(err, STK_E_FORMAT, "member 'name': there is no root");
	return 0;
}

static int read_node(struct stk_json *const columns[COLUMNS], size_t i, struct stk_flame *flame,
	struct stk_err *err)
{
	int64_t level_max = i == 0 ? 0 : (int64_t)flame->nodes.items[i - 1].level + 1;
	int64_t cells[COLUMNS];

	for (int column = 0; column < COLUMNS; column++)
		cells[column] = stk_json_int(stk_json_at(columns[column], i), INT64_MIN);
	if (cells[COLUMN_NAME] >= (int64_t)flame->names.len || cells[COLUMN_NAME] < -INT32_MAX)
		return stk_err_set(err, STK_E_FORMAT, "name[%zu]: there is no such name", i);
	if (cells[COLUMN_LEVEL] < (i > 0 ? 1 : 0) || cells[COLUMN_LEVEL] > level_max ||
		cells[COLUMN_LEVEL] >= STK_FLAME_DEPTH_MAX)
		return stk_err_set(err, STK_E_FORMAT, "level[%zu]: out of step, or too deep", i);
	if (cells[COLUMN_BASE] < 0 || cells[COLUMN_HEAD] < 0)
		return stk_err_set(err, STK_E_FORMAT, "base, head [%zu]: no value", i);
	stk_vec_push(&flame->nodes,
		(struct stk_flame_node){(int32_t)cells[COLUMN_NAME], (uint32_t)cells[COLUMN_LEVEL],
			{cells[COLUMN_BASE], cells[COLUMN_HEAD]}});
	return 0;
}

/* A frame is at least what lies below it: renderers lay children side by side in it. left[level]
 * is what the last frame of that level has still to give. */
static int check_sums(const struct stk_flame *flame, struct stk_err *err)
{
	int64_t(*left)[STK_SIDES] = stk_xcalloc(STK_FLAME_DEPTH_MAX + 1, sizeof *left);
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < flame->nodes.len; i++) {
		const struct stk_flame_node *node = &flame->nodes.items[i];
		for (int side = 0; side < STK_SIDES; side++) {
			left[node->level][side] = node->value[side];
			if (node->level == 0)
				continue;
			left[node->level - 1][side] -= node->value[side];
			if (left[node->level - 1][side] < 0)
				rc = stk_err_set(err, STK_E_FORMAT,
					"%s[%zu]: more than the frame that it lies in",
					column_keys[COLUMN_BASE + side], i);
		}
	}
	free(left);
	return rc;
}

int stk_flame_parse(struct stk_str text, struct stk_flame *flame, struct stk_err *err)
{
	struct stk_json *object = NULL, *columns[COLUMNS] = {NULL};
	int rc = stk_json_parse(text, &object, err);

	if (rc == 0)
		rc = read_head(object, flame, err);
	if (rc == 0)
		rc = read_names(object, flame, err);
	if (rc == 0)
		rc = need_columns(object, columns, err);
	for (size_t i = 0; rc == 0 && i < stk_json_len(columns[0]); i++)
		rc = read_node(columns, i, flame, err);
	if (rc == 0)
		rc = check_sums(flame, err);
	stk_json_free(object);
	return rc;
}

/* --- files -------------------------------------------------------------------------------- */

char *stk_flame_file_name(const char *short_name)
{
	char *word = stk_run_store_type_word(short_name);
	char *name = stk_xasprintf("flame-%s.json.gz", word);

	free(word);
	return name;
}

/* "dir/flame-cpu.json.gz"; the caller frees. A name from a record cannot lead out of dir. */
static char *path_of(const char *dir, const char *short_name)
{
	char *name = stk_flame_file_name(short_name);
	char *path = stk_fs_join(dir, name);

	free(name);
	return path;
}

int stk_flame_write(const char *dir, const struct stk_flame *flame, struct stk_err *err)
{
	struct stk_buf text = STK_BUF_EMPTY, packed = STK_BUF_EMPTY;
	char *path = path_of(dir, flame->short_name);
	int rc;

	stk_flame_format(flame, &text);
	rc = stk_buf_check(&text, err);
	if (rc == 0)
		rc = stk_gzip_pack(stk_buf_str(&text), 6, &packed, err);
	if (rc == 0)
		rc = stk_fs_write(path, stk_buf_str(&packed), err);
	free(path);
	stk_buf_release(&text);
	stk_buf_release(&packed);
	return rc;
}

int stk_flame_unpack(struct stk_str packed, struct stk_flame *flame, struct stk_err *err)
{
	struct stk_buf text = STK_BUF_INIT(STK_FLAME_JSON_MAX_BYTES);
	int rc = stk_gzip_unpack(packed, &text, err);

	if (rc == 0)
		rc = stk_flame_parse(stk_buf_str(&text), flame, err);
	stk_buf_release(&text);
	return rc;
}

static int read_file(const char *path, struct stk_flame *flame, struct stk_err *err)
{
	struct stk_buf packed = STK_BUF_INIT(STK_FLAME_JSON_MAX_BYTES);
	int rc = stk_fs_read(path, &packed, err);

	if (rc == 0)
		rc = stk_flame_unpack(stk_buf_str(&packed), flame, err);
	if (rc < 0)
		stk_err_wrap(err, "'%s'", path);
	stk_buf_release(&packed);
	return rc;
}

/* Two types may share a word for their file: then the later one has it. */
static int add_from(const char *dir, const char *short_name, const char *type_id,
	struct stk_flames *out, struct stk_err *err)
{
	char *path = path_of(dir, short_name);
	struct stk_flame flame;
	int rc = 0;

	stk_flame_init(&flame);
	if (stk_fs_exists(path))
		rc = read_file(path, &flame, err);
	if (rc == 0 && flame.type_id && strcmp(flame.type_id, type_id) == 0)
		stk_vec_push(out, flame);
	else
		stk_flame_release(&flame);
	free(path);
	return rc;
}

int stk_flame_read_all(
	const char *dir, const struct stk_run *run, struct stk_flames *out, struct stk_err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < run->comparisons.len; i++)
		rc = add_from(dir, run->comparisons.items[i].short_name,
			run->comparisons.items[i].type_id, out, err);
	for (size_t i = 0; rc == 0 && i < run->hotspots.len; i++)
		rc = add_from(dir, run->hotspots.items[i].short_name,
			run->hotspots.items[i].type_id, out, err);
	if (rc < 0)
		stk_flames_release(out);
	return rc;
}
