/* test_db: statements and what lasts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/db.h"
#include "core/base/fs.h"

static void db_stmt__keeps_all_kinds_of_values(void **state)
{
	struct stk_db *db = NULL;
	struct stk_stmt *put = NULL, *get = NULL;
	struct stk_err err = STK_ERR_INIT;

	(void)state;
	assert_int_equal(stk_db_open(":memory:", &db, &err), 0);
	assert_int_equal(
		stk_db_exec(db, "CREATE TABLE t(a,b,c,d,e); CREATE INDEX i ON t(a)", &err), 0);
	assert_int_equal(stk_db_prepare(db, "INSERT INTO t VALUES(?1,?2,?3,?4,?5)", &put, &err), 0);
	stk_stmt_bind_int(put, 1, INT64_MIN);
	stk_stmt_bind_real(put, 2, 0.1);
	stk_stmt_bind_str(put, 3, STK_STR("text"));
	stk_stmt_bind_blob(put, 4, stk_str_n("a\0b", 3));
	stk_stmt_bind_null(put, 5);
	assert_int_equal(stk_stmt_step(put, &err), 0);
	assert_int_equal(stk_db_last_id(db), 1);
	assert_int_equal(stk_db_prepare(db, "SELECT a,b,c,d,e FROM t", &get, &err), 0);
	assert_int_equal(stk_stmt_step(get, &err), 1);
	assert_true(stk_stmt_int(get, 0) == INT64_MIN);
	assert_true(stk_stmt_real(get, 1) == 0.1);
	assert_true(stk_str_is(stk_stmt_str(get, 2), "text"));
	assert_true(stk_str_eq(stk_stmt_str(get, 3), stk_str_n("a\0b", 3)));
	assert_int_equal(stk_stmt_str(get, 4).len, 0);
	assert_int_equal(stk_stmt_step(get, &err), 0);
	stk_stmt_free(put);
	stk_stmt_free(get);
	stk_db_close(db);
}

static void db_open__another_time_finds_what_was_committed(void **state)
{
	struct stk_err err = STK_ERR_INIT;
	struct stk_stmt *get = NULL;
	struct stk_db *db = NULL;
	char *dir = NULL, *path;

	(void)state;
	assert_int_equal(stk_fs_mkdtemp("stoker-db", &dir, &err), 0);
	path = stk_fs_join(dir, "a.db");
	assert_int_equal(stk_db_open(path, &db, &err), 0);
	assert_int_equal(stk_db_exec(db,
				 "CREATE TABLE t(a); BEGIN; INSERT INTO t VALUES(7); COMMIT;"
				 "BEGIN; INSERT INTO t VALUES(8)",
				 &err),
		0);
	stk_db_close(db);
	assert_int_equal(stk_db_open(path, &db, &err), 0);
	assert_int_equal(stk_db_prepare(db, "SELECT sum(a) FROM t", &get, &err), 0);
	assert_int_equal(stk_stmt_step(get, &err), 1);
	assert_int_equal(stk_stmt_int(get, 0), 7);
	stk_stmt_free(get);
	stk_db_close(db);
	assert_int_equal(stk_fs_remove_tree(dir, &err), 0);
	free(path);
	free(dir);
}

static void db__says_what_sqlite_says(void **state)
{
	struct stk_err err = STK_ERR_INIT;
	struct stk_stmt *stmt = NULL;
	struct stk_db *db = NULL;

	(void)state;
	assert_int_equal(stk_db_open("/no/such/folder/x.db", &db, &err), STK_E_IO);
	assert_non_null(strstr(err.msg, "unable to open database file"));
	assert_int_equal(stk_db_open(":memory:", &db, &err), 0);
	assert_int_equal(stk_db_exec(db, "NONSENSE", &err), STK_E_IO);
	assert_non_null(strstr(err.msg, "syntax error"));
	assert_int_equal(stk_db_prepare(db, "SELECT * FROM nope", &stmt, &err), STK_E_IO);
	assert_int_equal(
		stk_db_exec(db, "CREATE TABLE t(a UNIQUE); INSERT INTO t VALUES(1)", &err), 0);
	assert_int_equal(stk_db_prepare(db, "INSERT INTO t VALUES(?1)", &stmt, &err), 0);
	stk_stmt_bind_int(stmt, 1, 1);
	assert_int_equal(stk_stmt_step(stmt, &err), STK_E_IO);
	assert_non_null(strstr(err.msg, "UNIQUE constraint failed"));
	stk_stmt_bind_int(stmt, 1, 2); /* usable again */
	assert_int_equal(stk_stmt_step(stmt, &err), 0);
	stk_stmt_free(stmt);
	stk_db_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(db_stmt__keeps_all_kinds_of_values),
		cmocka_unit_test(db_open__another_time_finds_what_was_committed),
		cmocka_unit_test(db__says_what_sqlite_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
