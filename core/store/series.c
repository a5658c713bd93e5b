/* series: the table of label sets in memory, and their canonical bytes. */
#include <string.h>

#include "core/base/mem.h"
#include "core/base/proto.h"
#include "core/store/store_priv.h"

/* Label sets are small; more than this in a key is a broken database. */
#define LABELS_MAX 1000

static void add_counted(struct stk_buf *buf, struct stk_str text)
{
	stk_proto_add_varint(buf, text.len);
	stk_buf_add_str(buf, text);
}

void stk_store_key_add(struct stk_buf *buf, const struct stk_label *labels, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		add_counted(buf, labels[i].name);
		add_counted(buf, labels[i].value);
	}
}

static int read_counted(struct stk_proto_cursor *cur, struct stk_str *out, struct stk_err *err)
{
	uint64_t len = 0;
	int rc = stk_proto_varint(cur, &len, err);

	if (rc < 0)
		return rc;
	if (rc == 0 || len > (uint64_t)(cur->end - cur->ptr))
		return stk_err_set(err, STK_E_FORMAT, "a label set in the store is cut");
	*out = stk_str_n((const char *)cur->ptr, (size_t)len);
	cur->ptr += len;
	return 0;
}

/* Labels as views into key. */
static int parse_key(struct stk_str key, struct stk_arena *arena, struct stk_store_entry *entry,
	struct stk_err *err)
{
	struct stk_proto_cursor cur = stk_proto_cursor(key);
	struct stk_label labels[LABELS_MAX], *copy;
	size_t len = 0;

	while (cur.ptr < cur.end) {
		int rc;

		if (len == LABELS_MAX)
			return stk_err_set(
				err, STK_E_FORMAT, "a label set in the store is too large");
		rc = read_counted(&cur, &labels[len].name, err);
		if (rc == 0)
			rc = read_counted(&cur, &labels[len].value, err);
		if (rc < 0)
			return rc;
		len++;
	}
	copy = stk_arena_zalloc(arena, len ? len : 1, sizeof *copy);
	memcpy(copy, labels, len * sizeof *copy);
	entry->labels = copy;
	entry->labels_len = len;
	return 0;
}

/* Make an entry for a key that is not in the table yet; under the write lock or before threads. */
static int add_entry(struct stk_store *store, struct stk_str key, int64_t id,
	struct stk_store_entry **out, struct stk_err *err)
{
	struct stk_store_entry *entry = stk_arena_zalloc(&store->names, 1, sizeof *entry);
	int rc;

	entry->id = id;
	entry->key = stk_str_n(stk_arena_str(&store->names, key), key.len);
	entry->oldest_ns = INT64_MAX;
	entry->newest_ns = INT64_MIN;
	rc = parse_key(entry->key, &store->names, entry, err);
	if (rc < 0)
		return rc;
	stk_vec_push(&store->entries, entry);
	stk_map_put(&store->by_key, key, NULL)->ptr = entry;
	if (id > store->last_series)
		store->last_series = id;
	*out = entry;
	return 0;
}

int stk_store_entry_put(struct stk_store *store, struct stk_str key, struct stk_store_entry **out,
	struct stk_err *err)
{
	union stk_map_value *at = stk_map_find(&store->by_key, key);
	int rc;

	if (at) {
		*out = at->ptr;
		return 0;
	}
	(void)pthread_rwlock_wrlock(&store->series_lock);
	rc = add_entry(store, key, store->last_series + 1, out, err);
	(void)pthread_rwlock_unlock(&store->series_lock);
	return rc;
}

int stk_store_series_load(struct stk_store *store, struct stk_err *err)
{
	struct stk_stmt *stmt = NULL;
	int rc;

	rc = stk_db_prepare(store->db,
		"SELECT id, labels,"
		" coalesce((SELECT min(time_ns) FROM point WHERE series = id), 0x7fffffffffffffff),"
		" coalesce((SELECT max(time_ns) FROM point WHERE series = id), 0x8000000000000000)"
		" FROM series ORDER BY id",
		&stmt, err);
	while (rc == 0 && (rc = stk_stmt_step(stmt, err)) > 0) {
		struct stk_store_entry *entry = NULL;

		rc = add_entry(store, stk_stmt_str(stmt, 1), stk_stmt_int(stmt, 0), &entry, err);
		if (rc < 0)
			break;
		entry->saved = true;
		entry->oldest_ns = stk_stmt_int(stmt, 2);
		entry->newest_ns = stk_stmt_int(stmt, 3);
		rc = 0;
	}
	stk_stmt_free(stmt);
	return rc;
}
