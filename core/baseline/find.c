/* find: the kept run that a change is to be compared with. */
#include "core/baseline/find.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/git/invoke.h"
#include "core/git/repo.h"

void stk_baseline_found_release(struct stk_baseline_found *found)
{
	stk_arena_release(&found->arena);
	*found = (struct stk_baseline_found){.arena = STK_ARENA_INIT};
}

/* Where to start, and how people call it. */
struct start {
	char hex[41];
	const char *tip; /* of the branch; NULL: none was named */
	const char *title;
};

static int start_at_merge_base(struct stk_repo *repo, const struct stk_baseline_query *query,
	struct stk_arena *arena, struct start *out, struct stk_err *err)
{
	struct stk_repo_id head, base, both;
	char *name = NULL, *ref = NULL, *branch = NULL;
	int rc = stk_repo_head(repo, &head, &branch, err);

	if (rc == 0 && !query->base)
		rc = stk_repo_default_branch(repo, &name, &ref, err);
	if (rc == 0)
		rc = stk_repo_resolve(repo, query->base ? query->base : ref, &base, err);
	if (rc == 0)
		rc = stk_repo_merge_base(repo, &base, &head, &both, err);
	if (rc == 0) {
		memcpy(out->hex, both.hex, sizeof out->hex);
		out->tip = stk_arena_dup(arena, base.hex);
		out->title = stk_arena_printf(
			arena, "merge base with %s", query->base ? query->base : name);
	}
	free(branch);
	free(name);
	free(ref);
	return rc;
}

static int find_start(const struct stk_baseline_query *query, struct stk_arena *arena,
	struct start *out, struct stk_err *err)
{
	struct stk_repo *repo = NULL;
	struct stk_repo_id id;
	int rc = stk_repo_open(query->dir, &repo, err);

	if (rc == 0 && query->rev) {
		rc = stk_repo_resolve(repo, query->rev, &id, err);
		if (rc == 0)
			memcpy(out->hex, id.hex, sizeof out->hex);
		out->title = stk_arena_dup(arena, query->rev);
	} else if (rc == 0) {
		rc = start_at_merge_base(repo, query, arena, out, err);
	}
	stk_repo_free(repo);
	return rc;
}

/* The start and its first parents, one to a line. */
static int first_parents(
	const char *dir, const char *start, struct stk_buf *out, struct stk_err *err)
{
	char count[32];
	const char *args[] = {
		"rev-list", "--first-parent", "--max-count", count, start, "--", NULL};
	struct stk_invoke invoke = {.dir = dir, .args = args};

	snprintf(count, sizeof count, "%d", STK_BASELINE_DEPTH);
	return stk_invoke_run(&invoke, out, err);
}

/* Where to look, and what has been seen on the way. */
struct looking {
	struct stk_baseline_store *store;
	const struct stk_baseline_query *query;
	const char *workflow;
	struct stk_baseline_items all; /* filled once, where the store lists at once */
	int others;                    /* of other machines */
};

static int start_looking(struct looking *looking, struct stk_baseline_store *store,
	const struct stk_baseline_query *query, struct stk_err *err)
{
	*looking =
		(struct looking){.store = store, .query = query, .all = {.arena = STK_ARENA_INIT}};
	looking->workflow = stk_baseline_word(&looking->all.arena, query->workflow);
	return store->lists_at_once
		       ? store->ops->list(store, looking->workflow, NULL, &looking->all, err)
		       : 0;
}

/* The newest of this machine: 1, else 0. */
static int look_at(struct looking *looking, const char *revision, struct stk_baseline_found *out,
	struct stk_err *err)
{
	struct stk_baseline_store *store = looking->store;
	struct stk_baseline_items own = {.arena = STK_ARENA_INIT};
	const struct stk_baseline_items *items = store->lists_at_once ? &looking->all : &own;
	const struct stk_baseline_key *best = NULL;
	int rc = store->lists_at_once
			 ? 0
			 : store->ops->list(store, looking->workflow, revision, &own, err);

	for (size_t i = 0; rc == 0 && i < items->list.len; i++) {
		const struct stk_baseline_key *key = &items->list.items[i].key;

		if (strcmp(key->revision, revision) != 0)
			continue;
		if (strcmp(key->machine, looking->query->machine) != 0)
			looking->others++;
		else if (!best || key->measured_ns > best->measured_ns)
			best = key;
	}
	if (best)
		out->key = (struct stk_baseline_key){
			.workflow = stk_arena_dup(&out->arena, best->workflow),
			.revision = stk_arena_dup(&out->arena, best->revision),
			.machine = stk_arena_dup(&out->arena, best->machine),
			.measured_ns = best->measured_ns};
	stk_baseline_items_release(&own);
	return rc < 0 ? rc : best != NULL;
}

static int refuse(const struct stk_baseline_query *query, const char *title, int looked, int others,
	struct stk_err *err)
{
	if (others > 0) {
		stk_err_set(err, STK_E_NOT_FOUND,
			"no baseline of '%s' from this machine within %d commits of the %s; %d "
			"from other machines, which cannot be compared",
			query->workflow, looked, title, others);
	} else {
		stk_err_set(err, STK_E_NOT_FOUND, "no baseline of '%s' within %d commits of the %s",
			query->workflow, looked, title);
	}
	stk_err_hint(err, "run the workflow on the base branch: it keeps its baseline there; one "
			  "that others pushed comes by stoker baseline fetch");
	return STK_E_NOT_FOUND;
}

static int walk(struct stk_baseline_store *store, const struct stk_baseline_query *query,
	const struct start *start, struct stk_baseline_found *out, struct stk_err *err)
{
	struct stk_buf commits = STK_BUF_EMPTY;
	struct stk_str rest, commit;
	struct looking looking;
	int others, rc = start_looking(&looking, store, query, err);

	if (rc == 0)
		rc = first_parents(query->dir, start->hex, &commits, err);
	rest = stk_buf_str(&commits);
	while (rc == 0 && stk_str_cut(&rest, '\n', &commit)) {
		if (commit.len == 0)
			continue;
		rc = look_at(&looking, stk_arena_str(&out->arena, commit), out, err);
		out->back += rc == 0;
	}
	others = looking.others;
	stk_baseline_items_release(&looking.all);
	stk_buf_release(&commits);
	if (rc == 0)
		return refuse(query, start->title, out->back, others, err);
	if (rc == 1)
		out->why = out->back == 0
				   ? start->title
				   : stk_arena_printf(&out->arena, "%d commit%s before the %s",
					     out->back, out->back == 1 ? "" : "s", start->title);
	return rc < 0 ? rc : 0;
}

/* Where there is no repository a baseline has a name. */
static int find_named(struct stk_baseline_store *store, const struct stk_baseline_query *query,
	struct stk_baseline_found *out, struct stk_err *err)
{
	const char *name = query->rev ? query->rev : query->base;
	struct looking looking;
	int others, rc;

	if (!name)
		return stk_err_set(err, STK_E_NOT_FOUND,
			"there is no repository here, and no name of a baseline was given");
	out->why = stk_arena_printf(&out->arena, "named '%s'", name);
	rc = start_looking(&looking, store, query, err);
	if (rc == 0)
		rc = look_at(&looking, stk_baseline_word(&out->arena, name), out, err);
	others = looking.others;
	stk_baseline_items_release(&looking.all);
	if (rc == 0)
		return stk_err_set(err, STK_E_NOT_FOUND, "no baseline of '%s' named '%s'%s",
			query->workflow, name, others ? " from this machine" : "");
	return rc < 0 ? rc : 0;
}

int stk_baseline_find(struct stk_baseline_store *store, const struct stk_baseline_query *query,
	struct stk_baseline_found *out, struct stk_err *err)
{
	struct start start = {.hex = ""};
	struct stk_repo *repo = NULL;
	int rc;

	*out = (struct stk_baseline_found){.arena = STK_ARENA_INIT};
	if (query->is_name)
		return find_named(store, query, out, err);
	rc = stk_repo_open(query->dir, &repo, NULL);
	stk_repo_free(repo);
	if (rc == STK_E_NOT_FOUND)
		return find_named(store, query, out, err);
	rc = find_start(query, &out->arena, &start, err);
	out->tip = start.tip;
	return rc < 0 ? rc : walk(store, query, &start, out, err);
}
