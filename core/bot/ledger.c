/* ledger: two tables in SQLite. */
#include "core/bot/ledger.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/crypto.h"
#include "core/base/db.h"
#include "core/base/gzip.h"
#include "core/base/mem.h"

#define RECORDS_MAX  500
#define BYTES_MAX    ((size_t)256 << 20)
#define REQUESTS_MAX 10000
#define REQUEST_OLD  (7 * 24 * 3600 * STK_NS_PER_S)
#define PACK_LEVEL   4
#define TITLE_MAX    1024

#define SCHEMA                                                                                     \
	"CREATE TABLE IF NOT EXISTS record(number INTEGER PRIMARY KEY AUTOINCREMENT,"              \
	" repository TEXT NOT NULL COLLATE NOCASE, pull INTEGER NOT NULL, name TEXT NOT NULL,"     \
	" came INTEGER NOT NULL, bytes INTEGER NOT NULL, run BLOB NOT NULL);"                      \
	"CREATE INDEX IF NOT EXISTS record_pull ON record(repository, pull);"                      \
	"CREATE TABLE IF NOT EXISTS flame(record INTEGER NOT NULL REFERENCES record(number)"       \
	" ON DELETE CASCADE, name TEXT NOT NULL, bytes BLOB NOT NULL);"                            \
	"CREATE INDEX IF NOT EXISTS flame_record ON flame(record);"                                \
	"CREATE TABLE IF NOT EXISTS request(token TEXT PRIMARY KEY, repository TEXT NOT NULL"      \
	" COLLATE NOCASE, login TEXT NOT NULL, head TEXT NOT NULL, pull INTEGER NOT NULL,"         \
	" comment INTEGER NOT NULL, came INTEGER NOT NULL, open INTEGER NOT NULL);"

enum statement {
	DROP_RECORD,
	ADD_RECORD,
	ADD_FLAME,
	SUM,
	DROP_OLDEST,
	GET_RECORDS,
	GET_FLAMES,
	ASK,
	OPEN_REQUESTS,
	CLOSE_REQUEST,
	DROP_REQUESTS,
	STATEMENTS
};

static const char *const sql[STATEMENTS] = {
	[DROP_RECORD] = "DELETE FROM record WHERE repository=? AND pull=? AND name=?",
	[ADD_RECORD] = "INSERT INTO record(repository, pull, name, came, bytes, run)"
		       " VALUES(?, ?, ?, ?, ?, ?)",
	[ADD_FLAME] = "INSERT INTO flame(record, name, bytes) VALUES(?, ?, ?)",
	[SUM] = "SELECT count(*), coalesce(sum(bytes), 0) FROM record",
	[DROP_OLDEST] = "DELETE FROM record WHERE number=(SELECT min(number) FROM record)",
	[GET_RECORDS] = "SELECT number, run FROM record WHERE repository=? AND pull=?"
			" ORDER BY number DESC LIMIT ?",
	[GET_FLAMES] = "SELECT name, bytes FROM flame WHERE record=?",
	[ASK] = "INSERT INTO request(token, repository, login, head, pull, comment, came, open)"
		" VALUES(?, ?, ?, ?, ?, ?, ?, 1) ON CONFLICT DO NOTHING RETURNING 1",
	[OPEN_REQUESTS] = "SELECT token, repository, login, head, pull, comment FROM request"
			  " WHERE open=1 AND repository=? AND instr(?, token)>0",
	[CLOSE_REQUEST] = "UPDATE request SET open=0 WHERE token=?",
	[DROP_REQUESTS] = "DELETE FROM request WHERE came<? OR token IN (SELECT token FROM request"
			  " ORDER BY came DESC LIMIT -1 OFFSET ?)",
};

struct stk_ledger {
	struct stk_ledger_opts opts;
	pthread_mutex_t lock; /* guards all below */
	struct stk_db *db;
	struct stk_stmt *statements[STATEMENTS];
};

int stk_ledger_open(
	const struct stk_ledger_opts *opts, struct stk_ledger **out, struct stk_err *err)
{
	struct stk_ledger *ledger = stk_xcalloc(1, sizeof *ledger);
	int rc;

	ledger->opts = *opts;
	if (!ledger->opts.clock)
		ledger->opts.clock = stk_clock_system();
	if (!ledger->opts.max_records)
		ledger->opts.max_records = RECORDS_MAX;
	if (!ledger->opts.max_bytes)
		ledger->opts.max_bytes = BYTES_MAX;
	(void)pthread_mutex_init(&ledger->lock, NULL);
	rc = stk_db_open(opts->path, &ledger->db, err);
	if (rc == 0)
		rc = stk_db_exec(ledger->db, SCHEMA, err);
	for (int i = 0; rc == 0 && i < STATEMENTS; i++)
		rc = stk_db_prepare(ledger->db, sql[i], &ledger->statements[i], err);
	if (rc < 0) {
		stk_ledger_close(ledger);
		return rc;
	}
	*out = ledger;
	return 0;
}

void stk_ledger_close(struct stk_ledger *ledger)
{
	if (!ledger)
		return;
	for (int i = 0; i < STATEMENTS; i++)
		stk_stmt_free(ledger->statements[i]);
	if (ledger->db)
		stk_db_close(ledger->db);
	(void)pthread_mutex_destroy(&ledger->lock);
	free(ledger);
}

/* One that gives at most one row: 1 there was one, 0 none. */
static int run(struct stk_stmt *stmt, struct stk_err *err)
{
	int rc = stk_stmt_step(stmt, err);

	if (rc > 0)
		stk_stmt_reset(stmt);
	return rc;
}

/* --- records ------------------------------------------------------------------------------- */

static int64_t size_of(const struct stk_parcel_record *record, size_t packed)
{
	size_t bytes = packed;

	for (size_t i = 0; i < record->flames.len; i++)
		bytes += record->flames.items[i].bytes.len;
	return (int64_t)bytes;
}

static void bind_pull(struct stk_stmt *stmt, const struct stk_ledger_pull *pull)
{
	stk_stmt_bind_str(stmt, 1, stk_str_of(pull->repository));
	stk_stmt_bind_int(stmt, 2, pull->number);
}

static int drop_over_limit(struct stk_ledger *ledger, struct stk_err *err)
{
	struct stk_stmt *sum = ledger->statements[SUM];
	int rc;

	while ((rc = stk_stmt_step(sum, err)) > 0) {
		int64_t len = stk_stmt_int(sum, 0), bytes = stk_stmt_int(sum, 1);

		stk_stmt_reset(sum);
		if (len <= (int64_t)ledger->opts.max_records &&
			bytes <= (int64_t)ledger->opts.max_bytes)
			return 0;
		rc = run(ledger->statements[DROP_OLDEST], err);
		if (rc < 0)
			return rc;
	}
	return rc;
}

static int put(struct stk_ledger *ledger, const struct stk_ledger_pull *pull, const char *name,
	const struct stk_parcel_record *record, struct stk_str packed, struct stk_err *err)
{
	struct stk_stmt *add = ledger->statements[ADD_RECORD];
	struct stk_stmt *flame = ledger->statements[ADD_FLAME];
	int64_t number;
	int rc;

	bind_pull(ledger->statements[DROP_RECORD], pull);
	stk_stmt_bind_str(ledger->statements[DROP_RECORD], 3, stk_str_of(name));
	rc = run(ledger->statements[DROP_RECORD], err);
	if (rc < 0)
		return rc;
	bind_pull(add, pull);
	stk_stmt_bind_str(add, 3, stk_str_of(name));
	stk_stmt_bind_int(add, 4, stk_clock_wall(ledger->opts.clock));
	stk_stmt_bind_int(add, 5, size_of(record, packed.len));
	stk_stmt_bind_blob(add, 6, packed);
	rc = run(add, err);
	number = stk_db_last_id(ledger->db);
	for (size_t i = 0; rc == 0 && i < record->flames.len; i++) {
		stk_stmt_bind_int(flame, 1, number);
		stk_stmt_bind_str(flame, 2, stk_str_of(record->flames.items[i].name));
		stk_stmt_bind_blob(flame, 3, stk_buf_str(&record->flames.items[i].bytes));
		rc = run(flame, err);
	}
	return rc < 0 ? rc : drop_over_limit(ledger, err);
}

int stk_ledger_put(struct stk_ledger *ledger, const struct stk_ledger_pull *pull, const char *name,
	const struct stk_parcel_record *record, struct stk_err *err)
{
	struct stk_buf packed = STK_BUF_EMPTY;
	int rc = stk_gzip_pack(stk_buf_str(&record->run), PACK_LEVEL, &packed, err);

	if (rc < 0 || size_of(record, packed.len) > (int64_t)ledger->opts.max_bytes)
		goto out;
	(void)pthread_mutex_lock(&ledger->lock);
	rc = stk_db_exec(ledger->db, "BEGIN IMMEDIATE", err);
	if (rc == 0) {
		rc = put(ledger, pull, name, record, stk_buf_str(&packed), err);
		if (rc == 0)
			rc = stk_db_exec(ledger->db, "COMMIT", err);
		if (rc < 0 && stk_db_exec(ledger->db, "ROLLBACK", NULL) < 0)
			rc = STK_E_IO;
	}
	(void)pthread_mutex_unlock(&ledger->lock);
out:
	stk_buf_release(&packed);
	return rc;
}

static int get_flames(struct stk_ledger *ledger, int64_t number, struct stk_parcel_record *record,
	struct stk_err *err)
{
	struct stk_stmt *stmt = ledger->statements[GET_FLAMES];
	int rc;

	stk_stmt_bind_int(stmt, 1, number);
	while ((rc = stk_stmt_step(stmt, err)) > 0) {
		struct stk_parcel_flame *flame = stk_vec_push_new(&record->flames);

		flame->name = stk_str_dup(stk_stmt_str(stmt, 0));
		stk_buf_init(&flame->bytes, STK_PARCEL_FLAME_MAX);
		stk_buf_add_str(&flame->bytes, stk_stmt_str(stmt, 1));
	}
	return rc;
}

int stk_ledger_get(struct stk_ledger *ledger, const struct stk_ledger_pull *pull,
	struct stk_parcel *out, struct stk_err *err)
{
	struct stk_stmt *stmt = ledger->statements[GET_RECORDS];
	int rc, code = 0;

	(void)pthread_mutex_lock(&ledger->lock);
	bind_pull(stmt, pull);
	stk_stmt_bind_int(stmt, 3, STK_PARCEL_RECORDS_MAX);
	while (code == 0 && (rc = stk_stmt_step(stmt, err)) != 0) {
		struct stk_parcel_record *record;

		if (rc < 0) {
			code = rc;
			break;
		}
		record = stk_vec_push_new(&out->records);
		stk_buf_init(&record->run, STK_PARCEL_RUN_MAX);
		code = stk_gzip_unpack(stk_stmt_str(stmt, 1), &record->run, err);
		if (code == 0)
			code = get_flames(ledger, stk_stmt_int(stmt, 0), record, err);
	}
	stk_stmt_reset(stmt);
	(void)pthread_mutex_unlock(&ledger->lock);
	if (code < 0)
		stk_parcel_release(out);
	return code;
}

/* --- requests ------------------------------------------------------------------------------ */

void stk_ledger_request_release(struct stk_ledger_request *request)
{
	free(request->repository);
	free(request->login);
	free(request->head_sha);
	memset(request, 0, sizeof *request);
}

void stk_ledger_token(struct stk_str delivery, char out[STK_LEDGER_TOKEN_BYTES + 1])
{
	unsigned char digest[STK_SHA256_BYTES];
	struct stk_buf hex = STK_BUF_EMPTY;

	stk_crypto_digest(STK_DIGEST_SHA256, delivery, digest);
	stk_crypto_add_hex(&hex, digest, STK_LEDGER_TOKEN_BYTES / 2);
	memcpy(out, hex.ptr, STK_LEDGER_TOKEN_BYTES + 1);
	stk_buf_release(&hex);
}

static int drop_requests(struct stk_ledger *ledger, int64_t now, struct stk_err *err)
{
	stk_stmt_bind_int(ledger->statements[DROP_REQUESTS], 1, now - REQUEST_OLD);
	stk_stmt_bind_int(ledger->statements[DROP_REQUESTS], 2, REQUESTS_MAX);
	return run(ledger->statements[DROP_REQUESTS], err);
}

int stk_ledger_ask(
	struct stk_ledger *ledger, const struct stk_ledger_request *request, struct stk_err *err)
{
	struct stk_stmt *stmt = ledger->statements[ASK];
	int64_t now = stk_clock_wall(ledger->opts.clock);
	int rc;

	(void)pthread_mutex_lock(&ledger->lock);
	rc = drop_requests(ledger, now, err);
	if (rc == 0) {
		stk_stmt_bind_str(stmt, 1, stk_str_of(request->token));
		stk_stmt_bind_str(stmt, 2, stk_str_of(request->repository));
		stk_stmt_bind_str(stmt, 3, stk_str_of(request->login));
		stk_stmt_bind_str(stmt, 4, stk_str_of(request->head_sha));
		stk_stmt_bind_int(stmt, 5, request->number);
		stk_stmt_bind_int(stmt, 6, request->comment_id);
		stk_stmt_bind_int(stmt, 7, now);
		rc = run(stmt, err);
		rc = rc < 0 ? rc : !rc;
	}
	(void)pthread_mutex_unlock(&ledger->lock);
	return rc;
}

int stk_ledger_find(struct stk_ledger *ledger, const char *repository, const char *title,
	struct stk_ledger_request *out, struct stk_err *err)
{
	struct stk_stmt *stmt = ledger->statements[OPEN_REQUESTS];
	int rc;

	(void)pthread_mutex_lock(&ledger->lock);
	stk_stmt_bind_str(stmt, 1, stk_str_of(repository));
	stk_stmt_bind_str(stmt, 2, stk_str_sub(stk_str_of(title), 0, TITLE_MAX));
	rc = stk_stmt_step(stmt, err);
	if (rc > 0) {
		struct stk_str token = stk_stmt_str(stmt, 0);

		*out = (struct stk_ledger_request){.repository = stk_str_dup(stk_stmt_str(stmt, 1)),
			.login = stk_str_dup(stk_stmt_str(stmt, 2)),
			.head_sha = stk_str_dup(stk_stmt_str(stmt, 3)),
			.number = stk_stmt_int(stmt, 4),
			.comment_id = stk_stmt_int(stmt, 5)};
		if (token.len == STK_LEDGER_TOKEN_BYTES)
			memcpy(out->token, token.ptr, token.len);
		stk_stmt_reset(stmt);
	}
	(void)pthread_mutex_unlock(&ledger->lock);
	return rc;
}

int stk_ledger_close_request(struct stk_ledger *ledger, const char *token, struct stk_err *err)
{
	int rc;

	(void)pthread_mutex_lock(&ledger->lock);
	stk_stmt_bind_str(ledger->statements[CLOSE_REQUEST], 1, stk_str_of(token));
	rc = run(ledger->statements[CLOSE_REQUEST], err);
	(void)pthread_mutex_unlock(&ledger->lock);
	return rc;
}
