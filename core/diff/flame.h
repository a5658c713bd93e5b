/* flame: the slices that count, added up per side into one flame graph of base and head. */
#ifndef STK_CORE_DIFF_FLAME_H
#define STK_CORE_DIFF_FLAME_H

#include "core/profile/tree.h"
#include "core/record/flame.h"

/* Frames that are kept of one profile type: a page of two types stays below 2 MB. */
#define STK_FLAME_BUILD_NODES ((size_t)50000)

struct stk_flame_build {
	struct stk_tree tree;                   /* shape and names of both sides */
	STK_VEC(struct stk_function) functions; /* by the tree's names */
	STK_VEC(struct stk_flame_sums) sums;    /* by the tree's nodes */
	struct stk_map renamed;                 /* name at base -> row of the comparison */
	const struct stk_comparison *comparison;
};

struct stk_flame_sums {
	int64_t self[STK_SIDES], total[STK_SIDES];
};

/* comparison (borrowed, may be NULL) tells which functions were renamed: base's frames take the
 * name of head, so that both sides meet in one frame. */
void stk_flame_build_init(struct stk_flame_build *build, const struct stk_comparison *comparison);
void stk_flame_build_release(struct stk_flame_build *build);

/* Add the samples of one profile to a side. Functions are told apart by normalised name and the
 * last part of their file's path: both sides may have been built in folders of their own. Frames
 * deeper than STK_FLAME_DEPTH_MAX count as part of the deepest. */
void stk_flame_build_add(struct stk_flame_build *build, const struct stk_profile *profile,
	size_t sample_type, int side);

/* Write names and nodes of an initialised flame, about nodes_max of them: the smaller ones, by
 * cost on both sides together (out->divisor is set before), become one frame "n smaller" beside
 * their siblings. Once per build. */
void stk_flame_build_write(struct stk_flame_build *build, size_t nodes_max, struct stk_flame *out);

#endif
