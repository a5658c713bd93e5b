/* links_priv: the working state of linking rows to changed lines, shared by its steps. */
#ifndef STK_CORE_DIFF_LINKS_PRIV_H
#define STK_CORE_DIFF_LINKS_PRIV_H

#include "core/base/index.h"
#include "core/diff/links.h"
#include "core/git/changes.h"

#define STK_LINKS_NOBODY UINT32_MAX

struct stk_links_mark {
	const struct stk_changes_file *file[STK_SIDES]; /* its own, if it differs */
	bool is_changed, is_common;
	bool has_lines; /* enough is known to say that it is not changed */
	int64_t line;   /* at head, where its first change is */
};

enum stk_links_kind { STK_LINKS_SELF, STK_LINKS_CALLS };

/* Cost of a function by how it meets the change: its own cost under the changed function `via`
 * (itself, a caller, or nobody), or what passes through it to `via`, which it calls. */
struct stk_links_way {
	enum stk_links_kind kind;
	uint32_t function, via;
	int64_t line; /* of via at head, if that line is changed; else 0 */
	double value[STK_SIDES];
};

struct stk_links {
	const struct stk_matrix *matrix;
	const struct stk_diff_input *input;
	struct stk_links_mark *marks;
	STK_VEC(struct stk_links_way) ways;
	struct stk_index index;
	double scale[STK_SIDES]; /* value to cost */
	double all[STK_SIDES], through[STK_SIDES];
	bool has_paths; /* any function is of the repository */
};

/* Fill marks, scale and has_paths from the input. */
void stk_links_mark(struct stk_links *links);

#endif
