/* flame: one profile type of base and head as one flame graph: flat arrays in pre-order.
 *
 * Made once at the end of a run from the slices that counted, kept beside run.json, drawn by the
 * page. A frame's cost per request is its value through the divisor of its side. */
#ifndef STK_CORE_RECORD_FLAME_H
#define STK_CORE_RECORD_FLAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/record/run.h"

#define STK_FLAME_SCHEMA         1
#define STK_FLAME_NODES_MAX      ((size_t)262144) /* that are read */
#define STK_FLAME_DEPTH_MAX      ((uint32_t)1024)
#define STK_FLAME_JSON_MAX_BYTES ((size_t)64 << 20) /* unpacked */

/* Numbers in names; a negative one, -n, stands for n frames too small to be told apart. */
struct stk_flame_node {
	int32_t name;
	uint32_t level;           /* 0 is the root, the only one of its level */
	int64_t value[STK_SIDES]; /* of the frame and everything below it */
};

struct stk_flame_name {
	struct stk_function function; /* of head, or of base if only that has it */
	const char *was;              /* its name at base if it was renamed, else NULL */
};

struct stk_flame {
	struct stk_arena arena;
	const char *type_id, *short_name, *unit; /* as in struct stk_comparison */
	bool is_level;
	bool is_idle;              /* base is the idle window, head the load */
	double divisor[STK_SIDES]; /* requests, or slices of a level; above 0 */
	double period;             /* value of one sample; 0 where samples weigh differently */
	int64_t merged;            /* frames that stand in no node of their own */
	STK_VEC(struct stk_flame_name) names;
	STK_VEC(struct stk_flame_node) nodes;
};

STK_VEC_TYPE(stk_flames, struct stk_flame);

void stk_flame_init(struct stk_flame *flame);
void stk_flame_release(struct stk_flame *flame);
void stk_flames_release(struct stk_flames *flames);

/* Append the document ("document": "stoker.flame"), one line. */
void stk_flame_format(const struct stk_flame *flame, struct stk_buf *buf);
/* Read a document into an initialised flame. Hostile input is bounded and checked: numbers of
 * names, levels that jump, values below 0 or above those of the frame they lie in are
 * STK_E_FORMAT with the place; too many of them STK_E_TOO_LARGE. Release it in any case. */
int stk_flame_parse(
	struct stk_str text, struct stk_flame *flame, struct stk_err *err) STK_MUST_CHECK;

/* Read a gzip'd document, likewise. */
int stk_flame_unpack(
	struct stk_str packed, struct stk_flame *flame, struct stk_err *err) STK_MUST_CHECK;

/* "flame-cpu.json.gz" for a short name, harmless whatever that holds; the caller frees. */
char *stk_flame_file_name(const char *short_name);

/* Write it gzip'd as dir/flame-<short name>.json.gz. */
int stk_flame_write(
	const char *dir, const struct stk_flame *flame, struct stk_err *err) STK_MUST_CHECK;
/* Those of the run's comparisons and hotspots that lie in its folder, in that order; one that is
 * not there is left out. A broken one is an error, and none is given then. */
int stk_flame_read_all(const char *dir, const struct stk_run *run, struct stk_flames *out,
	struct stk_err *err) STK_MUST_CHECK;

#endif
