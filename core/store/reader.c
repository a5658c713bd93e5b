/* reader: connections for reading, and the queries that need no pprof: series and points. */
#include <stdlib.h>
#include <string.h>

#include "core/base/fs.h"
#include "core/base/mem.h"
#include "core/store/store_priv.h"

static void free_reader(struct stk_store_reader *reader)
{
	stk_stmt_free(reader->points);
	stk_stmt_free(reader->exists);
	stk_stmt_free(reader->profile);
	stk_db_close(reader->db);
	free(reader);
}

static int open_reader(struct stk_store *store, struct stk_store_reader **out, struct stk_err *err)
{
	struct stk_store_reader *reader = stk_xcalloc(1, sizeof *reader);
	char *path = stk_fs_join(store->dir, "profiles.db");
	int rc = stk_db_open(path, &reader->db, err);

	if (rc == 0)
		rc = stk_db_prepare(reader->db,
			"SELECT p.time_ns, p.profile, p.col, p.split, p.total, f.duration_ns"
			" FROM point p JOIN profile f ON f.id = p.profile"
			" WHERE p.series = ?1 AND p.time_ns BETWEEN ?2 AND ?3 ORDER BY p.time_ns",
			&reader->points, err);
	if (rc == 0)
		rc = stk_db_prepare(reader->db,
			"SELECT 1 FROM point WHERE series = ?1 AND time_ns BETWEEN ?2 AND ?3"
			" LIMIT 1",
			&reader->exists, err);
	if (rc == 0)
		rc = stk_db_prepare(reader->db, "SELECT bytes, names FROM profile WHERE id = ?1",
			&reader->profile, err);
	free(path);
	if (rc < 0) {
		free_reader(reader);
		return rc;
	}
	*out = reader;
	return 0;
}

int stk_store_reader_get(
	struct stk_store *store, struct stk_store_reader **out, struct stk_err *err)
{
	struct stk_store_reader *reader;

	(void)pthread_mutex_lock(&store->readers_lock);
	reader = store->readers;
	if (reader)
		store->readers = reader->next;
	(void)pthread_mutex_unlock(&store->readers_lock);
	if (!reader)
		return open_reader(store, out, err);
	*out = reader;
	return 0;
}

void stk_store_reader_put(struct stk_store *store, struct stk_store_reader *reader)
{
	if (!reader)
		return;
	(void)pthread_mutex_lock(&store->readers_lock);
	reader->next = store->readers;
	store->readers = reader;
	(void)pthread_mutex_unlock(&store->readers_lock);
}

void stk_store_readers_release(struct stk_store *store)
{
	while (store->readers) {
		struct stk_store_reader *next = store->readers->next;

		free_reader(store->readers);
		store->readers = next;
	}
}

static const struct stk_str *label_of(const struct stk_store_entry *entry, const char *name)
{
	for (size_t i = 0; i < entry->labels_len; i++)
		if (stk_str_is(entry->labels[i].name, name))
			return &entry->labels[i].value;
	return NULL;
}

static bool matches(const struct stk_store_query *query, const struct stk_store_entry *entry)
{
	const struct stk_str *type;

	if (entry->oldest_ns > query->to_ns || entry->newest_ns < query->from_ns)
		return false;
	if (query->type.len) {
		type = label_of(entry, "__profile_type__");
		if (!type || !stk_str_eq(*type, query->type))
			return false;
	}
	for (size_t i = 0; i < query->selectors_len; i++)
		if (!stk_selector_match(query->selectors[i], entry->labels, entry->labels_len))
			return false;
	return true;
}

/* By labels, name before value. */
static int cmp_series(const void *a, const void *b)
{
	const struct stk_store_series *x = a, *y = b;

	for (size_t i = 0; i < x->labels_len && i < y->labels_len; i++) {
		int order = stk_str_cmp(x->labels[i].name, y->labels[i].name);

		if (!order)
			order = stk_str_cmp(x->labels[i].value, y->labels[i].value);
		if (order)
			return order;
	}
	return x->labels_len < y->labels_len ? -1 : x->labels_len > y->labels_len;
}

/* The series that may have points in the window. */
static struct stk_store_series *candidates(
	struct stk_store *store, const struct stk_store_query *query, size_t *len_out)
{
	STK_VEC(struct stk_store_series) found = STK_VEC_INIT;

	(void)pthread_rwlock_rdlock(&store->series_lock);
	for (size_t i = 0; i < store->entries.len; i++) {
		const struct stk_store_entry *entry = store->entries.items[i];
		struct stk_store_series series = {entry->id, entry->labels, entry->labels_len};

		if (matches(query, entry))
			stk_vec_push(&found, series);
	}
	(void)pthread_rwlock_unlock(&store->series_lock);
	if (found.len)
		qsort(found.items, found.len, sizeof *found.items, cmp_series);
	*len_out = found.len;
	return found.items;
}

static void bind_window(struct stk_stmt *stmt, int64_t series, const struct stk_store_query *query)
{
	stk_stmt_bind_int(stmt, 1, series);
	stk_stmt_bind_int(stmt, 2, query->from_ns);
	stk_stmt_bind_int(stmt, 3, query->to_ns);
}

int stk_store_find(struct stk_store *store, const struct stk_store_query *query,
	struct stk_store_series **out, size_t *len_out, struct stk_err *err)
{
	struct stk_store_reader *reader = NULL;
	struct stk_store_series *series;
	size_t len = 0, kept = 0;
	int rc;

	rc = stk_store_reader_get(store, &reader, err);
	if (rc < 0)
		return rc;
	series = candidates(store, query, &len);
	for (size_t i = 0; i < len; i++) {
		bind_window(reader->exists, series[i].id, query);
		rc = stk_stmt_step(reader->exists, err);
		stk_stmt_reset(reader->exists);
		if (rc < 0)
			break;
		if (rc > 0)
			series[kept++] = series[i];
	}
	stk_store_reader_put(store, reader);
	if (rc < 0) {
		free(series);
		return rc;
	}
	*out = series;
	*len_out = kept;
	return 0;
}

static int read_points(struct stk_stmt *stmt, const struct stk_store_series *series,
	struct stk_store_points *out, struct stk_err *err)
{
	int rc;

	while ((rc = stk_stmt_step(stmt, err)) > 0) {
		struct stk_store_point point = {.series = series,
			.time_ns = stk_stmt_int(stmt, 0),
			.profile_id = stk_stmt_int(stmt, 1),
			.column = (uint32_t)stk_stmt_int(stmt, 2),
			.split = (uint64_t)stk_stmt_int(stmt, 3),
			.total = stk_stmt_int(stmt, 4),
			.duration_ns = stk_stmt_int(stmt, 5)};

		if (out->points.len >= STK_STORE_MAX_POINTS) {
			rc = stk_err_set(err, STK_E_TOO_LARGE,
				"the query matches more than %d points", STK_STORE_MAX_POINTS);
			break;
		}
		stk_vec_push(&out->points, point);
	}
	stk_stmt_reset(stmt);
	return rc;
}

int stk_store_select(struct stk_store *store, const struct stk_store_query *query,
	struct stk_store_points *out, struct stk_err *err)
{
	struct stk_store_reader *reader = NULL;
	int rc;

	memset(out, 0, sizeof *out);
	rc = stk_store_reader_get(store, &reader, err);
	if (rc < 0)
		return rc;
	out->series = candidates(store, query, &out->series_len);
	for (size_t i = 0; rc == 0 && i < out->series_len; i++) {
		bind_window(reader->points, out->series[i].id, query);
		rc = read_points(reader->points, &out->series[i], out, err);
	}
	stk_store_reader_put(store, reader);
	return rc;
}

void stk_store_points_release(struct stk_store_points *points)
{
	stk_vec_release(&points->points);
	free(points->series);
	points->series = NULL;
	points->series_len = 0;
}
