/* repo_history: merge base, number of commits, and paths of a commit. */
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/git/invoke.h"
#include "core/git/repo_priv.h"

static bool has_holes(const struct stk_repo *repo)
{
	return repo->is_shallow || repo->is_filtered;
}

static struct stk_invoke invoke_of(const struct stk_repo *repo, const char *const *args)
{
	return (struct stk_invoke){
		.dir = repo->workdir ? repo->workdir : repo->gitdir, .args = args};
}

static int parse_id(const struct stk_repo_id *id, git_oid *out, struct stk_err *err)
{
	int rc = git_oid_fromstr(out, id->hex);

	return rc < 0 ? stk_repo_fail(rc, err, "commit '%s'", id->hex) : 0;
}

static int fail_unrelated(const struct stk_repo *repo, const struct stk_repo_id *a,
	const struct stk_repo_id *b, struct stk_err *err)
{
	stk_err_set(err, STK_E_NOT_FOUND, "commits %.7s and %.7s have no common ancestor%s", a->hex,
		b->hex, repo->is_shallow ? " in this shallow clone" : "");
	if (repo->is_shallow)
		stk_err_hint(err, "%s", STK_REPO_DEEPEN);
	else
		stk_err_hint(err, "name a base that head comes from: --base REV");
	return STK_E_NOT_FOUND;
}

static int ask_merge_base(const struct stk_repo *repo, const struct stk_repo_id *a,
	const struct stk_repo_id *b, struct stk_repo_id *out, struct stk_err *err)
{
	const char *const args[] = {"merge-base", a->hex, b->hex, NULL};
	struct stk_invoke invoke = invoke_of(repo, args);
	struct stk_buf text = STK_BUF_INIT(1024);
	int rc = stk_invoke_ask(&invoke, &text, err);
	struct stk_str hex = stk_str_trim(stk_buf_str(&text));

	if (rc == 0 && hex.len + 1 == sizeof out->hex) {
		memcpy(out->hex, hex.ptr, hex.len);
		out->hex[hex.len] = '\0';
	} else if (rc >= 0) {
		rc = fail_unrelated(repo, a, b, err);
	}
	stk_buf_release(&text);
	return rc;
}

int stk_repo_merge_base(struct stk_repo *repo, const struct stk_repo_id *a,
	const struct stk_repo_id *b, struct stk_repo_id *out, struct stk_err *err)
{
	git_oid one, other, base;
	int rc;

	if (has_holes(repo))
		return ask_merge_base(repo, a, b, out, err);
	rc = parse_id(a, &one, err);
	if (rc == 0)
		rc = parse_id(b, &other, err);
	if (rc < 0)
		return rc;
	rc = git_merge_base(&base, repo->raw, &one, &other);
	if (rc == GIT_ENOTFOUND)
		return fail_unrelated(repo, a, b, err);
	if (rc < 0)
		return stk_repo_fail(rc, err, "merge base of %.7s and %.7s", a->hex, b->hex);
	(void)git_oid_tostr(out->hex, sizeof out->hex, &base);
	return 0;
}

static int ask_count(const struct stk_repo *repo, const struct stk_repo_id *base,
	const struct stk_repo_id *head, int64_t *out, struct stk_err *err)
{
	char range[sizeof base->hex + sizeof head->hex + 2];
	const char *const args[] = {"rev-list", "--count", range, NULL};
	struct stk_invoke invoke = invoke_of(repo, args);
	struct stk_buf text = STK_BUF_INIT(1024);
	int rc;

	(void)snprintf(range, sizeof range, "%s..%s", base->hex, head->hex);
	rc = stk_invoke_run(&invoke, &text, err);
	if (rc == 0)
		rc = stk_str_to_i64(stk_str_trim(stk_buf_str(&text)), out, err);
	stk_buf_release(&text);
	return rc;
}

int stk_repo_count_commits(struct stk_repo *repo, const struct stk_repo_id *base,
	const struct stk_repo_id *head, int64_t *out, struct stk_err *err)
{
	size_t ahead = 0, behind = 0;
	git_oid from, to;
	int rc;

	if (has_holes(repo))
		return ask_count(repo, base, head, out, err);
	rc = parse_id(base, &from, err);
	if (rc == 0)
		rc = parse_id(head, &to, err);
	if (rc < 0)
		return rc;
	rc = git_graph_ahead_behind(&ahead, &behind, repo->raw, &to, &from);
	if (rc < 0)
		return stk_repo_fail(rc, err, "commits of %.7s..%.7s", base->hex, head->hex);
	*out = (int64_t)ahead;
	return 0;
}

static int ask_path(const struct stk_repo *repo, const struct stk_repo_id *id, const char *path,
	struct stk_err *err)
{
	const char *const args[] = {"ls-tree", "-z", id->hex, "--", path, NULL};
	struct stk_invoke invoke = invoke_of(repo, args);
	struct stk_buf text = STK_BUF_INIT((size_t)1 << 20);
	int rc = stk_invoke_run(&invoke, &text, err);

	if (rc == 0)
		rc = text.len > 0;
	stk_buf_release(&text);
	return rc;
}

int stk_repo_has_path(
	struct stk_repo *repo, const struct stk_repo_id *id, const char *path, struct stk_err *err)
{
	git_tree_entry *entry = NULL;
	git_commit *commit = NULL;
	git_tree *tree = NULL;
	git_oid oid;
	int rc = parse_id(id, &oid, err);

	if (rc < 0)
		return rc;
	if (has_holes(repo) && path[0])
		return ask_path(repo, id, path, err);
	rc = git_commit_lookup(&commit, repo->raw, &oid);
	if (rc == 0 && path[0])
		rc = git_commit_tree(&tree, commit);
	if (rc < 0)
		rc = stk_repo_fail(rc, err, "commit %.7s", id->hex);
	else if (path[0] && git_tree_entry_bypath(&entry, tree, path) < 0)
		rc = 0; /* also for a path through a file */
	else
		rc = 1;
	git_tree_entry_free(entry);
	git_tree_free(tree);
	git_commit_free(commit);
	return rc;
}
