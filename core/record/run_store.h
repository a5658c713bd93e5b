/* run_store: run records on disk: .stoker/runs/<id>/ with run.json, slices and reports. */
#ifndef STK_CORE_RECORD_RUN_STORE_H
#define STK_CORE_RECORD_RUN_STORE_H

#include "core/base/err.h"
#include "core/base/str.h"
#include "core/record/run.h"

/* Where records live, from the folder a command runs in. */
#define STK_RUN_STORE_ROOT ".stoker/runs"

/* "20261122-143805-shop": the UTC start and the name made harmless (letters, digits and -,
 * at most 40 of them). The caller frees. */
char *stk_run_store_id(int64_t start_ns, const char *name);

/* Make the folder of a new run under root and give its path and id; when the id is taken by
 * another run of that second, -2, -3 … is added. root also gets a .gitignore. Caller frees both. */
int stk_run_store_create(const char *root, int64_t start_ns, const char *name, char **dir_out,
	char **id_out, struct stk_err *err) STK_MUST_CHECK;

/* Write dir/run.json: the former one or this one, never half. May be called often. */
int stk_run_store_write(
	const char *dir, const struct stk_run *run, struct stk_err *err) STK_MUST_CHECK;

/* Read dir/run.json (or a run.json by its own path) into an empty run. One whose end is missing
 * reads as partial: stoker ended without finishing. */
int stk_run_store_read(const char *path, struct stk_run *run, struct stk_err *err) STK_MUST_CHECK;

/* The same for the bytes of a run.json that lie in memory. */
int stk_run_store_parse(
	struct stk_str text, struct stk_run *run, struct stk_err *err) STK_MUST_CHECK;

/* Write the bytes of one slice (a gzip'd pprof) as dir/slices/<short type>-<side>-<n>.pb.gz and
 * give the path relative to dir in run's arena. */
int stk_run_store_write_slice(const char *dir, struct stk_run *run, const struct stk_slice *slice,
	struct stk_str bytes, const char **file_out, struct stk_err *err) STK_MUST_CHECK;

/* Find a record's folder: "last", "last~2", an id, a prefix of one id only, or a path of a
 * folder or of a run.json. STK_E_NOT_FOUND says what there is. The caller frees. */
int stk_run_store_find(
	const char *root, const char *word, char **dir_out, struct stk_err *err) STK_MUST_CHECK;

/* Ids under root that hold a run.json, oldest first; freed by stk_fs_list_free. */
int stk_run_store_list(
	const char *root, char ***ids_out, size_t *len_out, struct stk_err *err) STK_MUST_CHECK;

/* "process_cpu:cpu:nanoseconds:cpu:nanoseconds" -> "cpu", a word fit for file names: the sample
 * type of a full id, else the whole, with other characters as '-'. The caller frees. */
char *stk_run_store_type_word(const char *type_id);

#endif
