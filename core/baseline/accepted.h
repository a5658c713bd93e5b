/* accepted: regressions that somebody took on purpose, as .stoker/accepted.json lists them. */
#ifndef STK_CORE_BASELINE_ACCEPTED_H
#define STK_CORE_BASELINE_ACCEPTED_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/vec.h"
#include "core/record/run.h"

/* Where it lies in a repository: read from the base, so that a change cannot accept itself. */
#define STK_ACCEPTED_PATH      ".stoker/accepted.json"
#define STK_ACCEPTED_BYTES_MAX ((size_t)1 << 20)

/* One of them. A text that is NULL stands for any; function "total" is the total of a type, or of
 * what is counted exactly (p50, p95, p99, throughput, errors). */
struct stk_accepted_entry {
	const char *function; /* never NULL */
	const char *profile;  /* short name or full id, or name of an exact total: "p95" */
	const char *workflow;
	double limit;       /* largest change it covers, a fraction; NaN = any */
	const char *reason; /* never NULL */
	const char *author; /* never NULL */
	int64_t until_ns;   /* first moment it does not hold any more; 0 = without end */
};

struct stk_accepted {
	struct stk_arena arena;
	STK_VEC(struct stk_accepted_entry) entries;
};

void stk_accepted_init(struct stk_accepted *accepted);
void stk_accepted_release(struct stk_accepted *accepted);

/* Read the file's text into an initialised one. STK_E_FORMAT with the place for anything but its
 * shape, STK_E_TOO_LARGE over 1 MiB or 10,000 entries. */
int stk_accepted_parse(
	struct stk_str text, struct stk_accepted *accepted, struct stk_err *err) STK_MUST_CHECK;

/* Append the file's text: one line per entry, in their order. */
void stk_accepted_format(const struct stk_accepted *accepted, struct stk_buf *buf);

/* Add an entry (its text is copied), in place of one for the same function, profile and workflow.
 * STK_E_INVAL without function, reason or author. */
int stk_accepted_add(struct stk_accepted *accepted, const struct stk_accepted_entry *entry,
	struct stk_err *err) STK_MUST_CHECK;

/* The entry for the same function, profile and workflow; NULL: none. Valid until the next add. */
const struct stk_accepted_entry *stk_accepted_find(
	const struct stk_accepted *accepted, const struct stk_accepted_entry *like);

/* In the order of function, profile, workflow: two people's entries meet in few lines. */
void stk_accepted_sort(struct stk_accepted *accepted);

/* Mark the regressions of a judged run that an entry covers now (struct stk_row.accepted), and
 * note what has expired, has grown beyond its limit, or names no function of this workflow's run.
 */
void stk_accepted_apply(const struct stk_accepted *accepted, struct stk_run *run, int64_t now_ns);

/* "2026-12-31": the first moment after that day, UTC. STK_E_FORMAT for anything else. */
int stk_accepted_parse_day(
	struct stk_str text, int64_t *until_ns_out, struct stk_err *err) STK_MUST_CHECK;
/* The last day that ends before until_ns, back. */
void stk_accepted_format_day(struct stk_buf *buf, int64_t until_ns);

#endif
