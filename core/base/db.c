/* db: the one door to SQLite: open, statements, transactions. */
#include "core/base/db.h"

#include <sqlite3.h>
#include <stdlib.h>

#include "core/base/mem.h"

#define BUSY_MS 5000

static sqlite3 *of(struct stk_db *db)
{
	return (sqlite3 *)db;
}

static sqlite3_stmt *stmt_of(struct stk_stmt *stmt)
{
	return (sqlite3_stmt *)stmt;
}

static int fail_with(sqlite3 *db, const char *what, struct stk_err *err)
{
	return stk_err_set(err, STK_E_IO, "database: %s: %s", what, sqlite3_errmsg(db));
}

int stk_db_open(const char *path, struct stk_db **out, struct stk_err *err)
{
	sqlite3 *db = NULL;
	int rc = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_busy_timeout(db, BUSY_MS);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db,
			"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
			NULL, NULL, NULL);
	if (rc != SQLITE_OK) {
		fail_with(db, path, err);
		sqlite3_close_v2(db);
		return STK_E_IO;
	}
	*out = (struct stk_db *)db;
	return 0;
}

void stk_db_close(struct stk_db *db)
{
	sqlite3_close_v2(of(db));
}

int stk_db_exec(struct stk_db *db, const char *sql, struct stk_err *err)
{
	if (sqlite3_exec(of(db), sql, NULL, NULL, NULL) != SQLITE_OK)
		return fail_with(of(db), "statement", err);
	return 0;
}

int64_t stk_db_last_id(struct stk_db *db)
{
	return sqlite3_last_insert_rowid(of(db));
}

int stk_db_prepare(struct stk_db *db, const char *sql, struct stk_stmt **out, struct stk_err *err)
{
	sqlite3_stmt *stmt = NULL;

	if (sqlite3_prepare_v3(of(db), sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) !=
		SQLITE_OK)
		return fail_with(of(db), "statement", err);
	*out = (struct stk_stmt *)stmt;
	return 0;
}

void stk_stmt_free(struct stk_stmt *stmt)
{
	(void)sqlite3_finalize(stmt_of(stmt)); /* repeats the last step's error */
}

/* A wrong parameter number is a fault of ours; running out of memory ends in step. */
static void check_bind(int rc, int at)
{
	if (rc == SQLITE_RANGE || rc == SQLITE_MISUSE)
		STK_BUG("parameter %d of a statement", at);
}

void stk_stmt_bind_int(struct stk_stmt *stmt, int at, int64_t value)
{
	check_bind(sqlite3_bind_int64(stmt_of(stmt), at, value), at);
}

void stk_stmt_bind_real(struct stk_stmt *stmt, int at, double value)
{
	check_bind(sqlite3_bind_double(stmt_of(stmt), at, value), at);
}

void stk_stmt_bind_str(struct stk_stmt *stmt, int at, struct stk_str text)
{
	check_bind(sqlite3_bind_text64(stmt_of(stmt), at, text.ptr ? text.ptr : "", text.len,
			   SQLITE_TRANSIENT, SQLITE_UTF8),
		at);
}

void stk_stmt_bind_blob(struct stk_stmt *stmt, int at, struct stk_str bytes)
{
	check_bind(sqlite3_bind_blob64(stmt_of(stmt), at, bytes.ptr ? bytes.ptr : "", bytes.len,
			   SQLITE_TRANSIENT),
		at);
}

void stk_stmt_bind_null(struct stk_stmt *stmt, int at)
{
	check_bind(sqlite3_bind_null(stmt_of(stmt), at), at);
}

int stk_stmt_step(struct stk_stmt *stmt, struct stk_err *err)
{
	int rc = sqlite3_step(stmt_of(stmt));

	if (rc == SQLITE_ROW)
		return 1;
	if (rc != SQLITE_DONE)
		rc = fail_with(sqlite3_db_handle(stmt_of(stmt)), "step", err);
	else
		rc = 0;
	stk_stmt_reset(stmt);
	return rc;
}

void stk_stmt_reset(struct stk_stmt *stmt)
{
	(void)sqlite3_reset(stmt_of(stmt));          /* repeats the last step's error */
	(void)sqlite3_clear_bindings(stmt_of(stmt)); /* always SQLITE_OK */
}

int64_t stk_stmt_int(struct stk_stmt *stmt, int col)
{
	return sqlite3_column_int64(stmt_of(stmt), col);
}

double stk_stmt_real(struct stk_stmt *stmt, int col)
{
	return sqlite3_column_double(stmt_of(stmt), col);
}

struct stk_str stk_stmt_str(struct stk_stmt *stmt, int col)
{
	/* bytes must be asked for after the blob, which may convert */
	const char *ptr = sqlite3_column_blob(stmt_of(stmt), col);

	return stk_str_n(ptr, (size_t)sqlite3_column_bytes(stmt_of(stmt), col));
}
