/* store_priv: what the files of the store share: series table, jobs, connections. */
#ifndef STK_CORE_STORE_STORE_PRIV_H
#define STK_CORE_STORE_STORE_PRIV_H

#include <pthread.h>

#include "core/base/arena.h"
#include "core/base/db.h"
#include "core/base/map.h"
#include "core/store/store.h"

/* One series in memory. Guarded by the store's series lock; labels never change or move. */
struct stk_store_entry {
	int64_t id;
	bool saved; /* its row is in the database */
	struct stk_str key;
	const struct stk_label *labels; /* sorted */
	size_t labels_len;
	int64_t oldest_ns; /* of its points; INT64_MAX, INT64_MIN when it has none */
	int64_t newest_ns;
};

/* A connection for reading. One thread at a time. */
struct stk_store_reader {
	struct stk_db *db;
	struct stk_stmt *points;  /* ?1 series ?2 from ?3 to, in order of time */
	struct stk_stmt *exists;  /* the same, one row */
	struct stk_stmt *profile; /* ?1 id: bytes, names of the labels that the push gave */
	struct stk_store_reader *next;
};

/* A push on its way to the disk: rows of one pprof, and what became of it. */
struct stk_store_job {
	const struct stk_store_item *items;
	size_t len;
	bool done;
	struct stk_err err;
	struct stk_store_job *next;
};

struct stk_store {
	struct stk_store_opts opts;
	char *dir;
	int lock_fd;

	pthread_mutex_t queue_lock; /* guards first, last, stop and each job's done */
	pthread_cond_t queue_work;
	pthread_cond_t queue_done;
	struct stk_store_job *first;
	struct stk_store_job *last;
	bool stop;
	pthread_t writer;
	bool has_writer;

	pthread_rwlock_t series_lock; /* guards entries, by_key, names */
	STK_VEC(struct stk_store_entry *) entries;
	struct stk_map by_key;
	struct stk_arena names;
	int64_t last_series;

	pthread_mutex_t readers_lock;
	struct stk_store_reader *readers;

	/* the writer thread's own */
	struct stk_db *db;
	struct stk_stmt *add_series;
	struct stk_stmt *add_profile;
	struct stk_stmt *add_point;
	int64_t since_trim; /* bytes written since the bounds were last looked at */
	_Atomic int64_t commits;
};

/* --- series.c --- */
/* The canonical bytes of a sorted label set. */
void stk_store_key_add(struct stk_buf *buf, const struct stk_label *labels, size_t len);
/* The entry of a key, made if absent (STK_E_FORMAT for a broken key). Writer only. */
int stk_store_entry_put(struct stk_store *store, struct stk_str key, struct stk_store_entry **out,
	struct stk_err *err) STK_MUST_CHECK;
/* Fill the table from the database. */
int stk_store_series_load(struct stk_store *store, struct stk_err *err) STK_MUST_CHECK;

/* --- writer.c --- */
int stk_store_writer_start(struct stk_store *store, struct stk_err *err) STK_MUST_CHECK;
void stk_store_writer_stop(struct stk_store *store);

/* --- trim.c --- */
/* Delete what is over the age and size bounds. Writer only. */
int stk_store_trim(struct stk_store *store, struct stk_err *err) STK_MUST_CHECK;

/* --- reader.c --- */
int stk_store_reader_get(
	struct stk_store *store, struct stk_store_reader **out, struct stk_err *err) STK_MUST_CHECK;
void stk_store_reader_put(struct stk_store *store, struct stk_store_reader *reader);
void stk_store_readers_release(struct stk_store *store);

#endif
