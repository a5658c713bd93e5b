/* queue: one table in SQLite; a row is a delivery, its state says where it stands. */
#include "core/bot/queue.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/crypto.h"
#include "core/base/db.h"
#include "core/base/mem.h"

#define WAITING_MAX 1000
#define BYTES_MAX   ((size_t)64 << 20)
#define DEAD_MAX    1000
#define KNOWN_MAX   1000000 /* rows in all: some 150 MB of disk */
#define TRIES_MAX   14
#define PAUSE_NS    (10 * STK_NS_PER_S)
#define PAUSE_MAX   (3600 * STK_NS_PER_S)
#define KEEP_NS     (7 * 24 * 3600 * STK_NS_PER_S)

/* The states are numbers on disk. What was in hand when a process ended waits again. */
#define SCHEMA                                                                                     \
	"CREATE TABLE IF NOT EXISTS delivery("                                                     \
	" number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, digest BLOB NOT NULL" \
	" UNIQUE, event TEXT NOT NULL, body BLOB, state INTEGER NOT NULL, tries INTEGER NOT NULL," \
	" came INTEGER NOT NULL, due INTEGER NOT NULL, why TEXT);"                                 \
	"CREATE INDEX IF NOT EXISTS delivery_due ON delivery(state, due);"                         \
	"UPDATE delivery SET state=0 WHERE state=1;"

enum { WAITING, RUNNING, DONE, DEAD };

enum statement {
	FIND,
	SUMS,
	INSERT,
	REVIVE,
	TAKE,
	HOLD,
	END_DONE,
	END_WAIT,
	END_DEAD,
	COUNT,
	FORGET,
	TRIM,
	STATEMENTS
};

static const char *const sql[STATEMENTS] = {
	[FIND] = "SELECT number, state FROM delivery WHERE id=? OR digest=?",
	[SUMS] = "SELECT count(*), coalesce(sum(length(body)), 0),"
		 " (SELECT count(*) FROM delivery) FROM delivery WHERE state<2",
	[INSERT] = "INSERT INTO delivery(id, digest, event, body, state, tries, came, due)"
		   " VALUES(?, ?, ?, ?, 0, 0, ?, ?)",
	[REVIVE] = "UPDATE delivery SET state=0, tries=0, due=?, why=NULL WHERE number=?",
	[TAKE] = "SELECT number, id, event, body, tries FROM delivery WHERE state=0 AND due<=?"
		 " ORDER BY due, number LIMIT 1",
	[HOLD] = "UPDATE delivery SET state=1, tries=tries+1 WHERE number=?",
	[END_DONE] = "UPDATE delivery SET state=2, body=NULL, why=? WHERE number=?",
	[END_WAIT] = "UPDATE delivery SET state=0, why=?, due=?, tries=? WHERE number=?",
	[END_DEAD] = "UPDATE delivery SET state=3, why=? WHERE number=?",
	[COUNT] = "SELECT count(CASE WHEN state=0 THEN 1 END), count(CASE WHEN state=1 THEN 1 END),"
		  " count(CASE WHEN state=3 THEN 1 END), count(*),"
		  " min(CASE WHEN state<2 THEN came END) FROM delivery",
	[FORGET] = "DELETE FROM delivery WHERE state>=2 AND came<?",
	[TRIM] = "UPDATE delivery SET state=2, body=NULL WHERE number IN (SELECT number FROM"
		 " delivery WHERE state=3 ORDER BY number DESC LIMIT -1 OFFSET ?)",
};

struct stk_queue {
	struct stk_queue_opts opts;
	pthread_mutex_t lock; /* guards all below */
	struct stk_db *db;
	struct stk_stmt *statements[STATEMENTS];
};

static void set_defaults(struct stk_queue_opts *opts)
{
	opts->clock = opts->clock ? opts->clock : stk_clock_system();
	opts->max_waiting = opts->max_waiting ? opts->max_waiting : WAITING_MAX;
	opts->max_bytes = opts->max_bytes ? opts->max_bytes : BYTES_MAX;
	opts->max_dead = opts->max_dead ? opts->max_dead : DEAD_MAX;
	opts->max_tries = opts->max_tries ? opts->max_tries : TRIES_MAX;
	opts->first_pause_ns = opts->first_pause_ns ? opts->first_pause_ns : PAUSE_NS;
	opts->keep_ns = opts->keep_ns ? opts->keep_ns : KEEP_NS;
}

int stk_queue_open(const struct stk_queue_opts *opts, struct stk_queue **out, struct stk_err *err)
{
	struct stk_queue *queue = stk_xcalloc(1, sizeof *queue);
	int rc;

	queue->opts = *opts;
	set_defaults(&queue->opts);
	(void)pthread_mutex_init(&queue->lock, NULL);
	rc = stk_db_open(opts->path, &queue->db, err);
	if (rc == 0)
		rc = stk_db_exec(queue->db, SCHEMA, err);
	for (int i = 0; rc == 0 && i < STATEMENTS; i++)
		rc = stk_db_prepare(queue->db, sql[i], &queue->statements[i], err);
	if (rc < 0) {
		stk_queue_close(queue);
		return rc;
	}
	*out = queue;
	return 0;
}

void stk_queue_close(struct stk_queue *queue)
{
	if (!queue)
		return;
	for (int i = 0; i < STATEMENTS; i++)
		stk_stmt_free(queue->statements[i]);
	if (queue->db)
		stk_db_close(queue->db);
	(void)pthread_mutex_destroy(&queue->lock);
	free(queue);
}

static int64_t now_of(const struct stk_queue *queue)
{
	return stk_clock_wall(queue->opts.clock);
}

/* Run one that gives no rows. */
static int run(struct stk_stmt *stmt, struct stk_err *err)
{
	int rc = stk_stmt_step(stmt, err);

	if (rc > 0) {
		stk_stmt_reset(stmt);
		rc = 0;
	}
	return rc;
}

/* 1: there is room, 0: full. */
static int has_room(struct stk_queue *queue, size_t len, struct stk_err *err)
{
	struct stk_stmt *stmt = queue->statements[SUMS];
	int rc = stk_stmt_step(stmt, err);

	if (rc <= 0)
		return rc;
	rc = stk_stmt_int(stmt, 0) < (int64_t)queue->opts.max_waiting &&
	     stk_stmt_int(stmt, 1) + (int64_t)len <= (int64_t)queue->opts.max_bytes &&
	     stk_stmt_int(stmt, 2) < KNOWN_MAX;
	stk_stmt_reset(stmt);
	return rc;
}

static int insert(struct stk_queue *queue, const struct stk_queue_item *item, struct stk_str digest,
	struct stk_err *err)
{
	struct stk_stmt *stmt = queue->statements[INSERT];

	stk_stmt_bind_str(stmt, 1, item->id);
	stk_stmt_bind_blob(stmt, 2, digest);
	stk_stmt_bind_str(stmt, 3, item->event);
	stk_stmt_bind_blob(stmt, 4, item->body);
	stk_stmt_bind_int(stmt, 5, now_of(queue));
	stk_stmt_bind_int(stmt, 6, now_of(queue));
	return run(stmt, err);
}

static int revive(struct stk_queue *queue, int64_t number, struct stk_err *err)
{
	struct stk_stmt *stmt = queue->statements[REVIVE];

	stk_stmt_bind_int(stmt, 1, now_of(queue));
	stk_stmt_bind_int(stmt, 2, number);
	return run(stmt, err);
}

static int add(struct stk_queue *queue, const struct stk_queue_item *item,
	enum stk_queue_added *out, struct stk_err *err)
{
	unsigned char bytes[STK_SHA256_BYTES];
	struct stk_str digest = {(const char *)bytes, sizeof bytes};
	struct stk_stmt *find = queue->statements[FIND];
	int rc;

	stk_crypto_digest(STK_DIGEST_SHA256, item->body, bytes);
	stk_stmt_bind_str(find, 1, item->id);
	stk_stmt_bind_blob(find, 2, digest);
	rc = stk_stmt_step(find, err);
	if (rc > 0) {
		int64_t number = stk_stmt_int(find, 0), state = stk_stmt_int(find, 1);

		stk_stmt_reset(find);
		*out = state == DEAD ? STK_QUEUE_REVIVED : STK_QUEUE_SEEN;
		return state == DEAD ? revive(queue, number, err) : 0;
	}
	if (rc == 0)
		rc = has_room(queue, item->body.len, err);
	if (rc < 0)
		return rc;
	*out = rc ? STK_QUEUE_ADDED : STK_QUEUE_FULL;
	return rc ? insert(queue, item, digest, err) : 0;
}

int stk_queue_add(struct stk_queue *queue, const struct stk_queue_item *item,
	enum stk_queue_added *out, struct stk_err *err)
{
	int rc;

	(void)pthread_mutex_lock(&queue->lock);
	rc = add(queue, item, out, err);
	(void)pthread_mutex_unlock(&queue->lock);
	return rc;
}

void stk_queue_job_release(struct stk_queue_job *job)
{
	free(job->id);
	free(job->event);
	free(job->body);
	memset(job, 0, sizeof *job);
}

static int take(struct stk_queue *queue, struct stk_queue_job *job, struct stk_err *err)
{
	struct stk_stmt *stmt = queue->statements[TAKE];
	int rc;

	stk_stmt_bind_int(stmt, 1, now_of(queue));
	rc = stk_stmt_step(stmt, err);
	if (rc <= 0)
		return rc;
	job->number = stk_stmt_int(stmt, 0);
	job->id = stk_str_dup(stk_stmt_str(stmt, 1));
	job->event = stk_str_dup(stk_stmt_str(stmt, 2));
	job->body_len = stk_stmt_str(stmt, 3).len;
	job->body = stk_str_dup(stk_stmt_str(stmt, 3));
	job->tries = (int)stk_stmt_int(stmt, 4) + 1;
	job->is_last = job->tries >= queue->opts.max_tries;
	stk_stmt_reset(stmt);
	stk_stmt_bind_int(queue->statements[HOLD], 1, job->number);
	rc = run(queue->statements[HOLD], err);
	return rc < 0 ? rc : 1;
}

int stk_queue_take(struct stk_queue *queue, struct stk_queue_job *job, struct stk_err *err)
{
	int rc;

	memset(job, 0, sizeof *job);
	(void)pthread_mutex_lock(&queue->lock);
	rc = take(queue, job, err);
	(void)pthread_mutex_unlock(&queue->lock);
	if (rc < 0)
		stk_queue_job_release(job);
	return rc;
}

static int64_t pause_ns(const struct stk_queue *queue, int tries)
{
	int64_t ns = queue->opts.first_pause_ns;

	for (int i = 1; i < tries && ns < PAUSE_MAX; i++)
		ns *= 2;
	return ns < PAUSE_MAX ? ns : PAUSE_MAX;
}

static int end(struct stk_queue *queue, const struct stk_queue_job *job, enum stk_queue_end how,
	const char *why, struct stk_err *err)
{
	bool waits = how == STK_QUEUE_BACK || (how == STK_QUEUE_RETRY && !job->is_last);
	struct stk_stmt *stmt = queue->statements[how == STK_QUEUE_DONE ? END_DONE
						  : waits               ? END_WAIT
									: END_DEAD];
	int at = 1;

	if (why)
		stk_stmt_bind_str(stmt, at, stk_str_of(why));
	at++;
	if (waits) {
		bool counts = how == STK_QUEUE_RETRY;

		stk_stmt_bind_int(
			stmt, at++, now_of(queue) + (counts ? pause_ns(queue, job->tries) : 0));
		stk_stmt_bind_int(stmt, at++, counts ? job->tries : job->tries - 1);
	}
	stk_stmt_bind_int(stmt, at, job->number);
	return run(stmt, err);
}

int stk_queue_end(struct stk_queue *queue, const struct stk_queue_job *job, enum stk_queue_end how,
	const char *why, struct stk_err *err)
{
	int rc;

	(void)pthread_mutex_lock(&queue->lock);
	rc = end(queue, job, how, why, err);
	(void)pthread_mutex_unlock(&queue->lock);
	return rc;
}

int stk_queue_count(struct stk_queue *queue, struct stk_queue_counts *out, struct stk_err *err)
{
	struct stk_stmt *stmt = queue->statements[COUNT];
	int rc;

	(void)pthread_mutex_lock(&queue->lock);
	rc = stk_stmt_step(stmt, err);
	if (rc > 0) {
		int64_t came = stk_stmt_int(stmt, 4);

		*out = (struct stk_queue_counts){stk_stmt_int(stmt, 0), stk_stmt_int(stmt, 1),
			stk_stmt_int(stmt, 2), stk_stmt_int(stmt, 3),
			came > 0 ? now_of(queue) - came : 0};
		stk_stmt_reset(stmt);
		rc = 0;
	}
	(void)pthread_mutex_unlock(&queue->lock);
	return rc;
}

int stk_queue_sweep(struct stk_queue *queue, struct stk_err *err)
{
	int rc;

	(void)pthread_mutex_lock(&queue->lock);
	stk_stmt_bind_int(queue->statements[FORGET], 1, now_of(queue) - queue->opts.keep_ns);
	rc = run(queue->statements[FORGET], err);
	if (rc == 0) {
		stk_stmt_bind_int(queue->statements[TRIM], 1, (int64_t)queue->opts.max_dead);
		rc = run(queue->statements[TRIM], err);
	}
	(void)pthread_mutex_unlock(&queue->lock);
	return rc;
}
