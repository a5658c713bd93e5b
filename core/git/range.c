/* range: which two commits are compared, base and head, and why those. */
#include "core/git/range.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/git/event.h"

#define MERGE_BASE "merge-base:"

struct choosing {
	struct stk_repo *repo;
	const struct stk_range_opts *opts;
	struct stk_range *range;
	struct stk_event event;
};

static void set_end(struct stk_range_end *end, const struct stk_repo_id *id, char *ref, char *why)
{
	end->id = end->commit = *id;
	end->ref = ref;
	end->why = why;
}

/* "pull request #5": what to call it where the number may be unknown. */
static char *name_request(const struct stk_event *event)
{
	return event->number > 0 ? stk_xasprintf("request #%lld", (long long)event->number)
				 : stk_xstrdup("the request");
}

/* --- head --------------------------------------------------------------------------------- */

static int take_asked_head(struct choosing *choosing, struct stk_err *err)
{
	const char *asked = choosing->opts->head;
	struct stk_repo_id id;
	int rc = stk_repo_resolve(choosing->repo, asked, &id, err);

	if (rc == 0)
		set_end(&choosing->range->ends[STK_RANGE_HEAD], &id, stk_xstrdup(asked),
			stk_xasprintf("--head %s", asked));
	return rc;
}

static int take_request_head(struct choosing *choosing, struct stk_err *err)
{
	const struct stk_event *event = &choosing->event;
	char *name = name_request(event);
	struct stk_repo_id id;
	int rc = stk_repo_resolve(choosing->repo, event->head.hex, &id, err);

	if (rc == 0)
		set_end(&choosing->range->ends[STK_RANGE_HEAD], &id,
			event->head_ref[0] ? stk_xstrdup(event->head_ref) : NULL,
			stk_xasprintf("head of %s", name));
	else
		(void)stk_err_wrap(err, "head of %s", name); /* rc is the same */
	free(name);
	return rc;
}

static int take_working_tree(struct choosing *choosing, struct stk_err *err)
{
	struct stk_range *range = choosing->range;
	struct stk_range_end *end = &range->ends[STK_RANGE_HEAD];
	const atomic_int *interrupts = choosing->opts->env->interrupts;
	struct stk_repo_id head;
	char *branch = NULL;
	int rc = stk_repo_head(choosing->repo, &head, &branch, err);

	if (rc < 0)
		return rc;
	set_end(end, &head, branch, stk_xstrdup("HEAD"));
	if (!stk_repo_workdir(choosing->repo))
		return 0;
	rc = stk_dirty_read(choosing->repo, interrupts, &range->dirty, err);
	if (rc < 0 || !stk_dirty_any(&range->dirty) || stk_event_in_ci(choosing->opts->env))
		return rc;
	rc = stk_dirty_snapshot(choosing->repo, &head, interrupts, &end->id, err);
	range->is_snapshot = rc == 0 && strcmp(end->id.hex, end->commit.hex) != 0;
	if (range->is_snapshot) {
		free(end->why);
		end->why = stk_xstrdup("the working tree with its changes");
	}
	return rc;
}

static int choose_head(struct choosing *choosing, struct stk_err *err)
{
	if (choosing->opts->head)
		return take_asked_head(choosing, err);
	if (choosing->event.kind == STK_EVENT_REQUEST && choosing->event.head.hex[0])
		return take_request_head(choosing, err);
	return take_working_tree(choosing, err);
}

/* --- base --------------------------------------------------------------------------------- */

/* The merge base of head with a revision, which people know as name. */
static int take_merge_base(
	struct choosing *choosing, const char *rev, const char *name, struct stk_err *err)
{
	struct stk_range_end *ends = choosing->range->ends;
	struct stk_repo_id other, base;
	int rc = stk_repo_resolve(choosing->repo, rev, &other, err);

	if (rc == 0)
		rc = stk_repo_merge_base(
			choosing->repo, &other, &ends[STK_RANGE_HEAD].commit, &base, err);
	if (rc < 0) {
		(void)stk_err_wrap(err, "merge base with %s", name); /* rc is the same */
		return rc;
	}
	set_end(&ends[STK_RANGE_BASE], &base, stk_xstrdup(name),
		stk_xasprintf("merge base with %s", name));
	choosing->range->branch = other;
	return 0;
}

static int take_asked_base(struct choosing *choosing, struct stk_err *err)
{
	const char *asked = choosing->opts->base, *key = choosing->opts->base_key;
	struct stk_repo_id id;
	int rc;

	if (strncmp(asked, MERGE_BASE, strlen(MERGE_BASE)) == 0)
		return take_merge_base(
			choosing, asked + strlen(MERGE_BASE), asked + strlen(MERGE_BASE), err);
	rc = stk_repo_resolve(choosing->repo, asked, &id, err);
	if (rc == 0)
		set_end(&choosing->range->ends[STK_RANGE_BASE], &id, stk_xstrdup(asked),
			stk_xasprintf("%s %s", key ? key : "base", asked));
	else
		(void)stk_err_wrap(err, "%s", key ? key : "base"); /* rc is the same */
	return rc;
}

static int take_event_base(struct choosing *choosing, struct stk_err *err)
{
	const struct stk_event *event = &choosing->event;
	const char *name = event->base_ref[0] ? event->base_ref : "its target";
	struct stk_repo_id id;
	int rc;

	if (event->kind == STK_EVENT_REQUEST)
		return take_merge_base(choosing, event->base.hex, name, err);
	rc = stk_repo_resolve(choosing->repo, event->base.hex, &id, err);
	if (rc == 0)
		set_end(&choosing->range->ends[STK_RANGE_BASE], &id, stk_xstrdup(name),
			stk_xasprintf("%s before this push", name));
	return rc;
}

static int take_default_base(struct choosing *choosing, struct stk_err *err)
{
	char *name = NULL, *ref = NULL;
	int rc = stk_repo_default_branch(choosing->repo, &name, &ref, err);

	if (rc == 0)
		rc = take_merge_base(choosing, ref, name, err);
	free(name);
	free(ref);
	return rc;
}

static int choose_base(struct choosing *choosing, struct stk_err *err)
{
	if (choosing->opts->base)
		return take_asked_base(choosing, err);
	if (choosing->event.kind != STK_EVENT_NONE && choosing->event.base.hex[0])
		return take_event_base(choosing, err);
	return take_default_base(choosing, err);
}

/* --- both --------------------------------------------------------------------------------- */

static int refuse_same(const struct choosing *choosing, struct stk_err *err)
{
	const struct stk_range_end *base = &choosing->range->ends[STK_RANGE_BASE];

	stk_err_set(err, STK_E_INVAL,
		"base and head are the same commit %.7s (base: %s): there is nothing to compare",
		base->id.hex, base->why);
	stk_err_hint(err, "check out the branch to look at, or name another base: --base HEAD~1");
	return STK_E_INVAL;
}

static int describe(struct choosing *choosing, struct stk_err *err)
{
	struct stk_range *range = choosing->range;
	struct stk_err ignored = STK_ERR_INIT;
	char *ref = NULL;

	range->remote = stk_repo_remote_url(choosing->repo);
	if (stk_repo_default_branch(choosing->repo, &range->default_branch, &ref, &ignored) == 0)
		free(ref);
	return stk_repo_count_commits(choosing->repo, &range->ends[STK_RANGE_BASE].commit,
		&range->ends[STK_RANGE_HEAD].commit, &range->commits, err);
}

int stk_range_choose(struct stk_repo *repo, const struct stk_range_opts *opts,
	struct stk_range *out, struct stk_err *err)
{
	struct stk_range range = {.is_snapshot = false};
	struct choosing choosing = {.repo = repo, .opts = opts, .range = &range};
	struct stk_range_end *ends = range.ends;
	int rc = stk_event_read(opts->env, &choosing.event, err);

	if (rc == 0)
		rc = choose_head(&choosing, err);
	if (rc == 0)
		rc = choose_base(&choosing, err);
	if (rc == 0 && strcmp(ends[STK_RANGE_BASE].id.hex, ends[STK_RANGE_HEAD].id.hex) == 0) {
		range.is_same = opts->base && opts->head;
		if (!range.is_same)
			rc = refuse_same(&choosing, err);
	}
	if (rc == 0)
		rc = describe(&choosing, err);
	if (rc < 0)
		stk_range_release(&range);
	else
		*out = range;
	return rc;
}

void stk_range_release(struct stk_range *range)
{
	for (int i = 0; i < STK_RANGE_ENDS; i++) {
		free(range->ends[i].ref);
		free(range->ends[i].why);
		range->ends[i].ref = range->ends[i].why = NULL;
	}
	free(range->default_branch);
	free(range->remote);
	range->default_branch = range->remote = NULL;
}
