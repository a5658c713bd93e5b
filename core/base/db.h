/* db: the one door to SQLite: open, statements, transactions. */
#ifndef STK_CORE_BASE_DB_H
#define STK_CORE_BASE_DB_H

#include <stdint.h>

#include "core/base/err.h"
#include "core/base/str.h"

struct stk_db;   /* a connection; one thread at a time */
struct stk_stmt; /* a prepared statement of it */

/* Open or make a database: WAL, synchronous=FULL, busy timeout 5 s, foreign keys on.
 * path ":memory:" is allowed. */
int stk_db_open(const char *path, struct stk_db **out, struct stk_err *err) STK_MUST_CHECK;
void stk_db_close(struct stk_db *db); /* its statements first; NULL is fine */
/* Several statements in one text, no results. */
int stk_db_exec(struct stk_db *db, const char *sql, struct stk_err *err) STK_MUST_CHECK;
int64_t stk_db_last_id(struct stk_db *db);

int stk_db_prepare(struct stk_db *db, const char *sql, struct stk_stmt **out,
	struct stk_err *err) STK_MUST_CHECK;
void stk_stmt_free(struct stk_stmt *stmt);
/* Parameters count from 1. Text and blobs are copied. */
void stk_stmt_bind_int(struct stk_stmt *stmt, int at, int64_t value);
void stk_stmt_bind_real(struct stk_stmt *stmt, int at, double value);
void stk_stmt_bind_str(struct stk_stmt *stmt, int at, struct stk_str text);
void stk_stmt_bind_blob(struct stk_stmt *stmt, int at, struct stk_str bytes);
void stk_stmt_bind_null(struct stk_stmt *stmt, int at);
/* 1 a row, 0 done (and reset), or an error (STK_E_IO: disk full, corrupt …). */
int stk_stmt_step(struct stk_stmt *stmt, struct stk_err *err) STK_MUST_CHECK;
void stk_stmt_reset(struct stk_stmt *stmt); /* and forget the parameters */
/* Columns count from 0; views are valid until the next step. */
int64_t stk_stmt_int(struct stk_stmt *stmt, int col);
double stk_stmt_real(struct stk_stmt *stmt, int col);
struct stk_str stk_stmt_str(struct stk_stmt *stmt, int col); /* text or blob */

#endif
