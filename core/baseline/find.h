/* find: the kept run that a change is to be compared with. */
#ifndef STK_CORE_BASELINE_FIND_H
#define STK_CORE_BASELINE_FIND_H

#include "core/baseline/store.h"

/* How many first parents are looked at. */
#define STK_BASELINE_DEPTH 100

/* All borrowed for the call. */
struct stk_baseline_query {
	const char *dir;      /* in the repository; may lie in none */
	const char *workflow; /* as the workflow calls itself */
	const char *machine;  /* stk_kept_machine of this one */
	const char *base;     /* branch to start from; NULL = the default branch */
	const char *rev;      /* this commit, tag or name in place of the merge base; may be NULL */
	bool is_name;         /* rev is a name, whatever repository there is */
};

struct stk_baseline_found {
	struct stk_arena arena;
	struct stk_baseline_key key;
	const char *why; /* "merge base with main", "3 commits before the merge base with main" */
	const char *tip; /* commit that the base branch is at; NULL: there is no such branch */
	int back;        /* first parents walked */
};

void stk_baseline_found_release(struct stk_baseline_found *found);

/* Look at the merge base of HEAD with the base branch (or at rev), then along its first parents.
 * Without a repository rev is the name something was saved under. STK_E_NOT_FOUND with the reason:
 * how far was looked, what there is of other machines. out is released also after an error. */
int stk_baseline_find(struct stk_baseline_store *store, const struct stk_baseline_query *query,
	struct stk_baseline_found *out, struct stk_err *err) STK_MUST_CHECK;

#endif
