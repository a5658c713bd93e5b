/* dirty: what the working tree has that its commit has not. */
#ifndef STK_CORE_GIT_DIRTY_H
#define STK_CORE_GIT_DIRTY_H

#include <stdatomic.h>

#include "core/base/str.h"
#include "core/git/repo.h"

struct stk_dirty {
	int64_t tracked;    /* changed, added or deleted files that git knows */
	int64_t untracked;  /* files that it does not know and does not ignore */
	int64_t submodules; /* with changes of their own, which no commit of this repository holds
			     */
};

bool stk_dirty_any(const struct stk_dirty *dirty);

/* Look at the working tree as git status does, filters and ignore files considered, without
 * writing the index. */
int stk_dirty_read(struct stk_repo *repo, const atomic_int *interrupts, struct stk_dirty *out,
	struct stk_err *err) STK_MUST_CHECK;

/* Count the records of git status --porcelain=v2 -z. */
void stk_dirty_parse(struct stk_str text, struct stk_dirty *out);

/* A commit of the working tree as it is: tracked and untracked files, what is ignored left out.
 * Made with an index of its own; the user's index, tree and refs are not touched. The same content
 * on the same parent gives the same commit; no change at all gives parent. */
int stk_dirty_snapshot(struct stk_repo *repo, const struct stk_repo_id *parent,
	const atomic_int *interrupts, struct stk_repo_id *out, struct stk_err *err) STK_MUST_CHECK;

#endif
