/* writer: the one thread that writes: takes all waiting pushes, commits them once, wakes them. */
#include <stdlib.h>
#include <string.h>

#include "core/base/log.h"
#include "core/base/mem.h"
#include "core/store/store_priv.h"

/* Look at the bounds after that many bytes. */
#define TRIM_EVERY ((int64_t)8 * 1024 * 1024)
/* At most that many pushes in one commit, so that the first of them does not wait for ever. */
#define BATCH_MAX 256

static int save_series(struct stk_store *store, struct stk_store_entry *entry, struct stk_err *err)
{
	if (entry->saved)
		return 0;
	stk_stmt_bind_int(store->add_series, 1, entry->id);
	stk_stmt_bind_blob(store->add_series, 2, entry->key);
	return stk_stmt_step(store->add_series, err);
}

static int save_point(struct stk_store *store, const struct stk_store_item *item,
	const struct stk_store_point_row *row, int64_t profile_id, struct stk_err *err)
{
	struct stk_store_entry *entry = NULL;
	int rc = stk_store_entry_put(store, row->series, &entry, err);

	if (rc == 0)
		rc = save_series(store, entry, err);
	if (rc < 0)
		return rc;
	/* a rollback leaves this true and the row missing; roll_back() looks again */
	entry->saved = true;
	stk_stmt_bind_int(store->add_point, 1, entry->id);
	stk_stmt_bind_int(store->add_point, 2, item->time_ns);
	stk_stmt_bind_int(store->add_point, 3, profile_id);
	stk_stmt_bind_int(store->add_point, 4, row->column);
	stk_stmt_bind_int(store->add_point, 5, (int64_t)row->split);
	stk_stmt_bind_int(store->add_point, 6, row->total);
	return stk_stmt_step(store->add_point, err);
}

static int save_item(
	struct stk_store *store, const struct stk_store_item *item, struct stk_err *err)
{
	int64_t id;
	int rc;

	if (!item->rows_len)
		return 0;
	stk_stmt_bind_int(store->add_profile, 1, item->time_ns);
	stk_stmt_bind_int(store->add_profile, 2, item->duration_ns);
	stk_stmt_bind_blob(store->add_profile, 3, item->names);
	stk_stmt_bind_blob(store->add_profile, 4, item->bytes);
	rc = stk_stmt_step(store->add_profile, err);
	if (rc < 0)
		return rc;
	id = stk_db_last_id(store->db);
	for (size_t i = 0; i < item->rows_len; i++) {
		rc = save_point(store, item, &item->rows[i], id, err);
		if (rc < 0)
			return rc;
	}
	store->since_trim += (int64_t)item->bytes.len + 256;
	return 0;
}

/* The times of the series, once their points are on disk. */
static void note_times(struct stk_store *store, const struct stk_store_job *batch)
{
	(void)pthread_rwlock_wrlock(&store->series_lock);
	for (const struct stk_store_job *job = batch; job; job = job->next)
		for (size_t i = 0; i < job->len; i++)
			for (size_t r = 0; r < job->items[i].rows_len; r++) {
				const struct stk_store_item *item = &job->items[i];
				union stk_map_value *at =
					stk_map_find(&store->by_key, item->rows[r].series);
				struct stk_store_entry *entry = at->ptr;

				if (item->time_ns < entry->oldest_ns)
					entry->oldest_ns = item->time_ns;
				if (item->time_ns > entry->newest_ns)
					entry->newest_ns = item->time_ns;
			}
	(void)pthread_rwlock_unlock(&store->series_lock);
}

/* Undo a failed batch; its new series are not saved then. */
static void roll_back(struct stk_store *store, const struct stk_store_job *batch)
{
	stk_stmt_reset(store->add_series);
	stk_stmt_reset(store->add_profile);
	stk_stmt_reset(store->add_point);
	if (stk_db_exec(store->db, "ROLLBACK", NULL) < 0)
		stk_log("store", STK_LOG_DEBUG, "rolled back already");
	for (const struct stk_store_job *job = batch; job; job = job->next)
		for (size_t i = 0; i < job->len; i++)
			for (size_t r = 0; r < job->items[i].rows_len; r++) {
				union stk_map_value *at =
					stk_map_find(&store->by_key, job->items[i].rows[r].series);
				struct stk_store_entry *entry = at ? at->ptr : NULL;

				/* one that never had a point may have been new here */
				if (entry && entry->newest_ns == INT64_MIN)
					entry->saved = false;
			}
}

static int save_batch(
	struct stk_store *store, const struct stk_store_job *batch, struct stk_err *err)
{
	int rc = stk_db_exec(store->db, "BEGIN IMMEDIATE", err);

	for (const struct stk_store_job *job = batch; rc == 0 && job; job = job->next)
		for (size_t i = 0; rc == 0 && i < job->len; i++)
			rc = save_item(store, &job->items[i], err);
	if (rc == 0)
		rc = stk_db_exec(store->db, "COMMIT", err);
	if (rc < 0) {
		roll_back(store, batch);
		stk_err_wrap(err, "store '%s'", store->dir);
		return rc;
	}
	note_times(store, batch);
	store->commits++;
	return 0;
}

/* Take what waits, up to BATCH_MAX; NULL when told to stop and nothing waits. */
static struct stk_store_job *take_batch(struct stk_store *store)
{
	struct stk_store_job *batch, *last;

	(void)pthread_mutex_lock(&store->queue_lock);
	while (!store->first && !store->stop)
		(void)pthread_cond_wait(&store->queue_work, &store->queue_lock);
	batch = last = store->first;
	for (int n = 1; last && last->next && n < BATCH_MAX; n++)
		last = last->next;
	if (last) {
		store->first = last->next;
		if (!store->first)
			store->last = NULL;
		last->next = NULL;
	}
	(void)pthread_mutex_unlock(&store->queue_lock);
	return batch;
}

static void *write_all(void *ctx)
{
	struct stk_store *store = ctx;
	struct stk_store_job *batch;

	while ((batch = take_batch(store)) != NULL) {
		struct stk_err err = STK_ERR_INIT;

		(void)save_batch(store, batch, &err);
		(void)pthread_mutex_lock(&store->queue_lock);
		while (batch) {
			/* a job belongs to its pusher again as soon as it is done */
			struct stk_store_job *next = batch->next;

			batch->err = err;
			batch->done = true;
			batch = next;
		}
		(void)pthread_cond_broadcast(&store->queue_done);
		(void)pthread_mutex_unlock(&store->queue_lock);
		if (store->since_trim > TRIM_EVERY) {
			store->since_trim = 0;
			stk_err_clear(&err);
			if (stk_store_trim(store, &err) < 0)
				stk_log("store", STK_LOG_WARN, "trim: %s", err.msg);
		}
	}
	return NULL;
}

int stk_store_commit(struct stk_store *store, const struct stk_store_item *items, size_t len,
	struct stk_err *err)
{
	struct stk_store_job job = {.items = items, .len = len, .err = STK_ERR_INIT};

	if (!len)
		return 0;
	(void)pthread_mutex_lock(&store->queue_lock);
	if (store->last)
		store->last->next = &job;
	else
		store->first = &job;
	store->last = &job;
	(void)pthread_cond_signal(&store->queue_work);
	while (!job.done)
		(void)pthread_cond_wait(&store->queue_done, &store->queue_lock);
	(void)pthread_mutex_unlock(&store->queue_lock);
	if (job.err.code && err)
		*err = job.err;
	return job.err.code;
}

int stk_store_writer_start(struct stk_store *store, struct stk_err *err)
{
	int rc;

	rc = stk_db_prepare(store->db, "INSERT OR IGNORE INTO series(id, labels) VALUES(?1, ?2)",
		&store->add_series, err);
	if (rc == 0)
		rc = stk_db_prepare(store->db,
			"INSERT INTO profile(time_ns, duration_ns, names, bytes)"
			" VALUES(?1, ?2, ?3, ?4)",
			&store->add_profile, err);
	if (rc == 0)
		rc = stk_db_prepare(store->db,
			"INSERT INTO point(series, time_ns, profile, col, split, total)"
			" VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
			&store->add_point, err);
	if (rc < 0)
		return rc;
	rc = pthread_create(&store->writer, NULL, write_all, store);
	if (rc != 0)
		return stk_err_set_errno(err, STK_E_INTERNAL, rc, "store: a thread");
	store->has_writer = true;
	return 0;
}

void stk_store_writer_stop(struct stk_store *store)
{
	if (store->has_writer) {
		(void)pthread_mutex_lock(&store->queue_lock);
		store->stop = true;
		(void)pthread_cond_signal(&store->queue_work);
		(void)pthread_mutex_unlock(&store->queue_lock);
		(void)pthread_join(store->writer, NULL);
		store->has_writer = false;
	}
	stk_stmt_free(store->add_series);
	stk_stmt_free(store->add_profile);
	stk_stmt_free(store->add_point);
	store->add_series = store->add_profile = store->add_point = NULL;
}
