/* parcel: a workflow's artifact taken apart: run records and their flame graphs, unread. */
#ifndef STK_CORE_BOT_PARCEL_H
#define STK_CORE_BOT_PARCEL_H

#include <stddef.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/vec.h"
#include "core/record/flame.h"
#include "core/record/run.h"

enum {
	STK_PARCEL_ENTRIES_MAX = 4096,
	STK_PARCEL_RECORDS_MAX = 8,
	STK_PARCEL_FLAMES_MAX = 8 /* of a record */
};
#define STK_PARCEL_RUN_MAX   ((size_t)16 << 20) /* a run.json, unpacked */
#define STK_PARCEL_FLAME_MAX ((size_t)4 << 20)  /* a flame graph, packed */

struct stk_parcel_flame {
	char *name;           /* "flame-cpu.json.gz" */
	struct stk_buf bytes; /* as it stands there: gzip'd */
};

/* Bytes of strangers. */
struct stk_parcel_record {
	struct stk_buf run; /* of run.json */
	STK_VEC(struct stk_parcel_flame) flames;
};

struct stk_parcel {
	STK_VEC(struct stk_parcel_record) records;
};

void stk_parcel_release(struct stk_parcel *parcel);
void stk_parcel_record_release(struct stk_parcel_record *record);

/* Take the records out of a zip into an empty parcel: every run.json, and the flame-*.json.gz of
 * its folder. Other entries are not unpacked, no name becomes a path. STK_E_NOT_FOUND: there is no
 * run.json; STK_E_FORMAT, STK_E_TOO_LARGE: broken, or over a limit. */
int stk_parcel_unpack(
	struct stk_str zip, struct stk_parcel *out, struct stk_err *err) STK_MUST_CHECK;

/* Whether a name is that of a flame graph's file: flame-, letters, digits, '_' and '-'. */
bool stk_parcel_is_flame(struct stk_str name);

/* Read a record into an initialised run, bounded and checked as `post` does. */
int stk_parcel_read(const struct stk_parcel_record *record, struct stk_run *run,
	struct stk_err *err) STK_MUST_CHECK;

/* Read the flame graph of a profile type into an initialised one. 1: there is one, 0: none. */
int stk_parcel_read_flame(const struct stk_parcel_record *record, const char *short_name,
	struct stk_flame *out, struct stk_err *err) STK_MUST_CHECK;

#endif
