/* trim: deletes the oldest profiles when the store is over its bounds of age or size. */
#include "core/base/log.h"
#include "core/store/store_priv.h"

/* One pass deletes at most that share of the profiles, so that pushes do not wait for long. */
#define SHARE 8

static int one_number(struct stk_db *db, const char *sql, int64_t *out, struct stk_err *err)
{
	struct stk_stmt *stmt = NULL;
	int rc = stk_db_prepare(db, sql, &stmt, err);

	if (rc == 0)
		rc = stk_stmt_step(stmt, err);
	if (rc > 0)
		*out = stk_stmt_int(stmt, 0);
	stk_stmt_free(stmt);
	return rc < 0 ? rc : 0;
}

static int exec_before(
	struct stk_db *db, const char *sql, int64_t id, int64_t before_ns, struct stk_err *err)
{
	struct stk_stmt *stmt = NULL;
	int rc = stk_db_prepare(db, sql, &stmt, err);

	if (rc == 0) {
		stk_stmt_bind_int(stmt, 1, before_ns);
		if (id)
			stk_stmt_bind_int(stmt, 2, id);
		rc = stk_stmt_step(stmt, err);
	}
	stk_stmt_free(stmt);
	return rc < 0 ? rc : 0;
}

/* Points and profiles with stamps before a time. */
static int delete_before(struct stk_store *store, int64_t before_ns, struct stk_err *err)
{
	int rc = stk_db_exec(store->db, "BEGIN IMMEDIATE", err);

	for (size_t i = 0; rc == 0 && i < store->entries.len; i++) {
		struct stk_store_entry *entry = store->entries.items[i];

		if (entry->oldest_ns >= before_ns)
			continue;
		rc = exec_before(store->db, "DELETE FROM point WHERE time_ns < ?1 AND series = ?2",
			entry->id, before_ns, err);
	}
	if (rc == 0)
		rc = exec_before(
			store->db, "DELETE FROM profile WHERE time_ns < ?1", 0, before_ns, err);
	if (rc == 0)
		rc = stk_db_exec(store->db, "COMMIT; PRAGMA incremental_vacuum", err);
	if (rc < 0) {
		if (stk_db_exec(store->db, "ROLLBACK", NULL) < 0)
			stk_log("store", STK_LOG_DEBUG, "nothing to roll back");
		return rc;
	}
	(void)pthread_rwlock_wrlock(&store->series_lock);
	for (size_t i = 0; i < store->entries.len; i++) {
		struct stk_store_entry *entry = store->entries.items[i];

		if (entry->newest_ns < before_ns) {
			entry->oldest_ns = INT64_MAX;
			entry->newest_ns = INT64_MIN;
		} else if (entry->oldest_ns < before_ns) {
			entry->oldest_ns = before_ns;
		}
	}
	(void)pthread_rwlock_unlock(&store->series_lock);
	return 0;
}

/* The stamp below which the oldest 1/SHARE of the profiles lie. */
static int oldest_share(struct stk_store *store, int64_t *out, struct stk_err *err)
{
	return one_number(store->db,
		"SELECT time_ns + 1 FROM profile ORDER BY time_ns"
		" LIMIT 1 OFFSET (SELECT count(*) / 8 FROM profile)",
		out, err);
}

int stk_store_trim(struct stk_store *store, struct stk_err *err)
{
	int64_t oldest = 0, newest = 0, bytes = 0, before = INT64_MIN;
	int rc;

	if (store->opts.max_age_ns > 0 && stk_store_range(store, &oldest, &newest) &&
		oldest < newest - store->opts.max_age_ns) {
		rc = delete_before(store, newest - store->opts.max_age_ns, err);
		if (rc < 0)
			return rc;
	}
	if (store->opts.max_bytes <= 0)
		return 0;
	for (int pass = 0; pass < SHARE; pass++) {
		rc = one_number(store->db,
			"SELECT (SELECT page_count FROM pragma_page_count)"
			" * (SELECT page_size FROM pragma_page_size)",
			&bytes, err);
		if (rc < 0 || bytes <= store->opts.max_bytes)
			return rc;
		rc = oldest_share(store, &before, err);
		if (rc == 0)
			rc = delete_before(store, before, err);
		if (rc < 0)
			return rc;
	}
	return 0;
}
