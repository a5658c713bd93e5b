/* store: opening and closing the folder, its schema and its lock. */
#include "core/store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "core/base/fs.h"
#include "core/base/mem.h"
#include "core/store/store_priv.h"

#define SCHEMA_VERSION 1

/* A point's key begins with its series and time, which is what queries ask for; a profile's bytes
 * come last in its row, so that its times are read without them. */
static const char schema[] =
	"PRAGMA auto_vacuum = INCREMENTAL;"
	/* 32 MiB of log before it is folded into the file: pushes wait for that */
	"PRAGMA wal_autocheckpoint = 8192;"
	"CREATE TABLE IF NOT EXISTS meta(version INTEGER NOT NULL);"
	"CREATE TABLE IF NOT EXISTS series(id INTEGER PRIMARY KEY, labels BLOB NOT NULL UNIQUE);"
	"CREATE TABLE IF NOT EXISTS profile(id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" time_ns INTEGER NOT NULL, duration_ns INTEGER NOT NULL, names BLOB NOT NULL,"
	" bytes BLOB NOT NULL);"
	"CREATE TABLE IF NOT EXISTS point(series INTEGER NOT NULL, time_ns INTEGER NOT NULL,"
	" profile INTEGER NOT NULL, col INTEGER NOT NULL, split INTEGER NOT NULL,"
	" total INTEGER NOT NULL, PRIMARY KEY(series, time_ns, profile, col, split)) WITHOUT "
	"ROWID;";

static int check_version(struct stk_db *db, struct stk_err *err)
{
	struct stk_stmt *stmt = NULL;
	int64_t version = 0;
	int rc = stk_db_prepare(db, "SELECT version FROM meta", &stmt, err);

	if (rc == 0)
		rc = stk_stmt_step(stmt, err);
	if (rc > 0)
		version = stk_stmt_int(stmt, 0);
	stk_stmt_free(stmt);
	if (rc < 0)
		return rc;
	if (rc == 0)
		return stk_db_exec(db, "INSERT INTO meta(version) VALUES(1)", err);
	if (version != SCHEMA_VERSION)
		return stk_err_set(err, STK_E_FORMAT,
			"the store has version %lld, this program writes %d", (long long)version,
			SCHEMA_VERSION);
	return 0;
}

/* One process per folder: a second one would not know the first one's series. */
static int lock_folder(struct stk_store *store, struct stk_err *err)
{
	char *path = stk_fs_join(store->dir, "lock");
	int rc = 0;

	store->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (store->lock_fd < 0) {
		rc = stk_err_set_errno(err, STK_E_IO, errno, "'%s'", path);
		stk_err_hint(err, "the folder must be writable; --data names another one");
	} else if (flock(store->lock_fd, LOCK_EX | LOCK_NB) < 0) {
		rc = stk_err_set(
			err, STK_E_IO, "folder '%s' is in use by another process", store->dir);
		stk_err_hint(err, "stop that process, or name another folder");
	}
	free(path);
	return rc;
}

static int open_database(struct stk_store *store, struct stk_err *err)
{
	char *path = stk_fs_join(store->dir, "profiles.db");
	int rc = stk_db_open(path, &store->db, err);

	if (rc == 0)
		rc = stk_db_exec(store->db, schema, err);
	if (rc == 0)
		rc = check_version(store->db, err);
	if (rc < 0)
		stk_err_wrap(err, "'%s'", path);
	free(path);
	return rc;
}

int stk_store_open(const struct stk_store_opts *opts, struct stk_store **out, struct stk_err *err)
{
	struct stk_store *store = stk_xcalloc(1, sizeof *store);
	int rc;

	store->opts = *opts;
	store->dir = stk_xstrdup(opts->dir);
	store->lock_fd = -1;
	(void)pthread_mutex_init(&store->queue_lock, NULL);
	(void)pthread_cond_init(&store->queue_work, NULL);
	(void)pthread_cond_init(&store->queue_done, NULL);
	(void)pthread_rwlock_init(&store->series_lock, NULL);
	(void)pthread_mutex_init(&store->readers_lock, NULL);
	rc = stk_fs_mkdirs(store->dir, err);
	if (rc == 0)
		rc = lock_folder(store, err);
	if (rc == 0)
		rc = open_database(store, err);
	if (rc == 0)
		rc = stk_store_series_load(store, err);
	if (rc == 0)
		rc = stk_store_writer_start(store, err);
	if (rc < 0) {
		stk_store_close(store);
		stk_err_wrap(err, "store");
		return rc;
	}
	*out = store;
	return 0;
}

void stk_store_close(struct stk_store *store)
{
	if (!store)
		return;
	stk_store_writer_stop(store);
	stk_store_readers_release(store);
	stk_db_close(store->db);
	if (store->lock_fd >= 0)
		(void)close(store->lock_fd);
	stk_vec_release(&store->entries);
	stk_map_release(&store->by_key);
	stk_arena_release(&store->names);
	(void)pthread_mutex_destroy(&store->queue_lock);
	(void)pthread_cond_destroy(&store->queue_work);
	(void)pthread_cond_destroy(&store->queue_done);
	(void)pthread_rwlock_destroy(&store->series_lock);
	(void)pthread_mutex_destroy(&store->readers_lock);
	free(store->dir);
	free(store);
}

int64_t stk_store_commits(const struct stk_store *store)
{
	return store->commits;
}

bool stk_store_range(struct stk_store *store, int64_t *oldest_ns, int64_t *newest_ns)
{
	int64_t oldest = INT64_MAX, newest = INT64_MIN;

	(void)pthread_rwlock_rdlock(&store->series_lock);
	for (size_t i = 0; i < store->entries.len; i++) {
		const struct stk_store_entry *entry = store->entries.items[i];

		if (entry->oldest_ns < oldest)
			oldest = entry->oldest_ns;
		if (entry->newest_ns > newest)
			newest = entry->newest_ns;
	}
	(void)pthread_rwlock_unlock(&store->series_lock);
	if (newest == INT64_MIN)
		return false;
	*oldest_ns = oldest;
	*newest_ns = newest;
	return true;
}
