/* flamebearer: trees as the flame-graph levels of Pyroscope, single and difference, and back. */
#ifndef STK_CORE_PROFILE_FLAMEBEARER_H
#define STK_CORE_PROFILE_FLAMEBEARER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/vec.h"
#include "core/profile/tree.h"

#define STK_FLAMEBEARER_MAX_NODES ((size_t)1048576)

/* One depth: per node x gap, total, self, name; in a difference x gap, total, self of the left,
 * the same of the right, name (7 values). x gaps count from the end of the node before. */
struct stk_flamebearer_level {
	int64_t *values;
	size_t len;
};

/* Memory, names included, is in arena. Level 0 is the root, called "total". */
struct stk_flamebearer {
	struct stk_arena arena;
	bool is_diff;
	STK_VEC(struct stk_str) names;
	STK_VEC(struct stk_flamebearer_level) levels;
	int64_t total, max_self;
	int64_t left_ticks, right_ticks; /* of a difference */
};

#define STK_FLAMEBEARER_INIT                                                                       \
	{                                                                                          \
		STK_ARENA_INIT, false, STK_VEC_INIT, STK_VEC_INIT, 0, 0, 0, 0                      \
	}

void stk_flamebearer_release(struct stk_flamebearer *flame);

/* Lay out a finished tree. max_nodes 0 keeps all; else children under the threshold, and every real
 * one called "other", become one leaf "other" behind their siblings. flame must be empty. */
void stk_flamebearer_set_tree(
	struct stk_flamebearer *flame, const struct stk_tree *tree, size_t max_nodes);
/* Lay out two finished trees side by side, left = baseline. */
void stk_flamebearer_set_trees(struct stk_flamebearer *flame, const struct stk_tree *left,
	const struct stk_tree *right, size_t max_nodes);

/* Add what the levels show to a tree; side 0 is the left or only one, 1 the right of a difference.
 * STK_E_FORMAT when a node has no parent or a name is not there. The tree is finished. */
int stk_flamebearer_get_tree(const struct stk_flamebearer *flame, int side, struct stk_tree *tree,
	struct stk_err *err) STK_MUST_CHECK;

/* Append {"flamegraph":{…}}: Connect's JSON, integers as text, zeros left out. */
void stk_flamebearer_write_connect(const struct stk_flamebearer *flame, struct stk_buf *buf);

/* What the document of /pyroscope/render says beside the levels. */
struct stk_flamebearer_meta {
	struct stk_str name;  /* sample type */
	struct stk_str units; /* "samples", "bytes", … */
	int64_t sample_rate;
	bool has_timeline;
	int64_t start_s, step_s;
	const int64_t *samples; /* one per step */
	size_t samples_len;
};

/* What a Pyroscope says of a sample type; its texts are views into these or static. No timeline. */
void stk_flamebearer_describe(
	struct stk_flamebearer_meta *meta, struct stk_str sample_type, struct stk_str unit);

/* Append {"version":1,"flamebearer":{…},"metadata":{…},…}: integers as numbers. */
void stk_flamebearer_write_legacy(const struct stk_flamebearer *flame,
	const struct stk_flamebearer_meta *meta, struct stk_buf *buf);

/* Read either document (integers as text or numbers, zeros absent). flame must be empty.
 * STK_E_FORMAT with the place: levels that are no multiple of 4 (7), a name out of range;
 * STK_E_TOO_LARGE over STK_FLAMEBEARER_MAX_NODES. Release in any case. */
int stk_flamebearer_read(
	struct stk_flamebearer *flame, struct stk_str json, struct stk_err *err) STK_MUST_CHECK;

#endif
