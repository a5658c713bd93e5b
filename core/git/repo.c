/* repo: a git repository: open, commits by name, what of it is missing here. */
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/git/invoke.h"
#include "core/git/repo_priv.h"

/* What libgit2 must not refuse: it reads such repositories well enough, and where an object is
 * missing the git command takes over. */
static const char *const extensions[] = {"partialclone", "preciousobjects", "worktreeconfig"};

int stk_repo_fail(int git_rc, struct stk_err *err, const char *fmt, ...)
{
	const git_error *last = git_error_last();
	int code = git_rc == GIT_ENOTFOUND ? STK_E_NOT_FOUND
		   : git_rc == GIT_EOWNER  ? STK_E_AUTH
					   : STK_E_IO;
	struct stk_buf what = STK_BUF_EMPTY;
	va_list args;

	va_start(args, fmt);
	stk_buf_vaddf(&what, fmt, args);
	va_end(args);
	stk_err_set(err, code, "%s%s%s", what.ptr, last && last->message ? ": " : "",
		last && last->message ? last->message : "");
	stk_buf_release(&what);
	return code;
}

/* libgit2 ends folders with a slash. */
static char *take_dir(const char *path)
{
	size_t len = path ? strlen(path) : 0;

	while (len > 1 && path[len - 1] == '/')
		len--;
	return path ? stk_xstrndup(path, len) : NULL;
}

/* Look at all settings until fn is satisfied: is it? By hand: libgit2 1.5's own search by pattern,
 * and its list of remotes, lose memory for every setting that does not match. Names come in lower
 * case, but for what stands between the dots. */
typedef bool (*setting_fn)(struct stk_str name, void *ctx);
static bool find_setting(git_repository *raw, setting_fn fn, void *ctx)
{
	git_config_iterator *iterator = NULL;
	git_config_entry *entry = NULL;
	git_config *config = NULL;
	bool found = false;

	if (git_repository_config_snapshot(&config, raw) == 0 &&
		git_config_iterator_new(&iterator, config) == 0)
		while (!found && git_config_next(&entry, iterator) == 0)
			found = fn(stk_str_of(entry->name), ctx);
	git_config_iterator_free(iterator);
	git_config_free(config);
	return found;
}

static bool is_filter(struct stk_str name, void *ctx)
{
	(void)ctx;
	if (stk_str_is(name, "extensions.partialclone"))
		return true;
	return stk_str_starts(name, "remote.") &&
	       (stk_str_ends(name, ".promisor") || stk_str_ends(name, ".partialclonefilter"));
}

static int fail_open(int git_rc, const char *path, struct stk_err *err)
{
	int code;

	if (git_rc == GIT_ENOTFOUND)
		return stk_err_set(
			err, STK_E_NOT_FOUND, "'%s' does not lie in a git repository", path);
	code = stk_repo_fail(git_rc, err, "repository of '%s'", path);
	if (code == STK_E_AUTH)
		stk_err_hint(err, "if you trust it: git config --global --add safe.directory '%s'",
			path);
	return code;
}

int stk_repo_open(const char *path, struct stk_repo **out, struct stk_err *err)
{
	git_repository *raw = NULL;
	struct stk_repo *repo;
	int rc;

	(void)git_libgit2_init(); /* counted; free undoes it */
	/* a list of names cannot be refused */
	(void)git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, extensions, STK_ARRAY_LEN(extensions));
	rc = git_repository_open_ext(&raw, path, 0, NULL);
	if (rc < 0) {
		rc = fail_open(rc, path, err);
		(void)git_libgit2_shutdown();
		return rc;
	}
	repo = stk_xcalloc(1, sizeof *repo);
	repo->raw = raw;
	repo->workdir = take_dir(git_repository_workdir(raw));
	repo->gitdir = take_dir(git_repository_path(raw));
	repo->commondir = take_dir(git_repository_commondir(raw));
	repo->is_shallow = git_repository_is_shallow(raw) == 1;
	repo->is_filtered = find_setting(raw, is_filter, NULL);
	*out = repo;
	return 0;
}

void stk_repo_free(struct stk_repo *repo)
{
	if (!repo)
		return;
	git_repository_free(repo->raw);
	free(repo->workdir);
	free(repo->gitdir);
	free(repo->commondir);
	free(repo);
	(void)git_libgit2_shutdown();
}

const char *stk_repo_workdir(const struct stk_repo *repo)
{
	return repo->workdir;
}

const char *stk_repo_gitdir(const struct stk_repo *repo)
{
	return repo->gitdir;
}

const char *stk_repo_commondir(const struct stk_repo *repo)
{
	return repo->commondir;
}

bool stk_repo_is_shallow(const struct stk_repo *repo)
{
	return repo->is_shallow;
}

bool stk_repo_is_filtered(const struct stk_repo *repo)
{
	return repo->is_filtered;
}

static void set_id(struct stk_repo_id *out, const git_oid *oid)
{
	(void)git_oid_tostr(out->hex, sizeof out->hex, oid);
}

/* --- names -------------------------------------------------------------------------------- */

static int find_commit(struct stk_repo *repo, const char *rev, struct stk_repo_id *out)
{
	git_object *object = NULL, *commit = NULL;
	int rc = git_revparse_single(&object, repo->raw, rev);

	if (rc == 0)
		rc = git_object_peel(&commit, object, GIT_OBJECT_COMMIT);
	if (rc == 0)
		set_id(out, git_object_id(commit));
	git_object_free(commit);
	git_object_free(object);
	return rc;
}

/* The remote that counts: origin, else upstream, else the first. */
static bool take_remote(struct stk_str name, void *ctx)
{
	static const size_t before = sizeof "remote." - 1, behind = sizeof ".url" - 1;
	char **found = ctx;
	struct stk_str remote;

	if (!stk_str_starts(name, "remote.") || !stk_str_ends(name, ".url") ||
		name.len <= before + behind)
		return false;
	remote = stk_str_sub(name, before, name.len - before - behind);
	if (!*found || stk_str_is(remote, "origin") ||
		(stk_str_is(remote, "upstream") && strcmp(*found, "origin") != 0)) {
		free(*found);
		*found = stk_str_dup(remote);
	}
	return false;
}

/* NULL: there is none. */
static char *find_remote(struct stk_repo *repo)
{
	char *found = NULL;

	(void)find_setting(repo->raw, take_remote, &found); /* it looks at all */
	return found;
}

/* In a clone with holes libgit2 may run into one on its way; git knows where history ends. */
static int ask_git(struct stk_repo *repo, const char *rev, struct stk_repo_id *out)
{
	char *commit = stk_xasprintf("%s^{commit}", rev);
	const char *const args[] = {
		"rev-parse", "--verify", "--quiet", "--end-of-options", commit, NULL};
	struct stk_invoke invoke = {
		.dir = repo->workdir ? repo->workdir : repo->gitdir, .args = args};
	struct stk_buf text = STK_BUF_INIT(1024);
	int rc = stk_invoke_run(&invoke, &text, NULL);
	struct stk_str hex = stk_str_trim(stk_buf_str(&text));
	git_oid oid;

	if (rc == 0 && hex.len == GIT_OID_HEXSZ && git_oid_fromstrn(&oid, hex.ptr, hex.len) == 0)
		set_id(out, &oid);
	else
		rc = GIT_ENOTFOUND;
	stk_buf_release(&text);
	free(commit);
	return rc;
}

static void hint_fetch(
	struct stk_repo *repo, const char *rev, const char *remote, struct stk_err *err)
{
	if (repo->is_shallow)
		stk_err_hint(err, "this clone is shallow: " STK_REPO_DEEPEN);
	else if (remote)
		stk_err_hint(err, "perhaps it is not here yet: git fetch %s %s", remote, rev);
	else
		stk_err_hint(err, "git branch --all and git tag list what there is");
}

int stk_repo_resolve(
	struct stk_repo *repo, const char *rev, struct stk_repo_id *out, struct stk_err *err)
{
	char *remote = find_remote(repo);
	char *there = remote ? stk_xasprintf("refs/remotes/%s/%s", remote, rev) : NULL;
	int rc = find_commit(repo, rev, out);

	if (rc < 0 && there)
		rc = find_commit(repo, there, out);
	if (rc < 0 && (repo->is_shallow || repo->is_filtered))
		rc = ask_git(repo, rev, out);
	if (rc < 0) {
		rc = stk_err_set(err, STK_E_NOT_FOUND, "no commit '%s' in this repository", rev);
		hint_fetch(repo, rev, remote, err);
	}
	free(there);
	free(remote);
	return rc;
}

int stk_repo_head(
	struct stk_repo *repo, struct stk_repo_id *out, char **branch_out, struct stk_err *err)
{
	git_reference *head = NULL;
	int rc = git_repository_head(&head, repo->raw);

	if (rc == GIT_EUNBORNBRANCH || rc == GIT_ENOTFOUND)
		return stk_err_set(err, STK_E_NOT_FOUND, "this repository has no commit yet");
	if (rc < 0)
		return stk_repo_fail(rc, err, "HEAD");
	rc = find_commit(repo, "HEAD", out);
	if (rc < 0)
		rc = stk_repo_fail(rc, err, "HEAD");
	else
		*branch_out = git_reference_is_branch(head)
				      ? stk_xstrdup(git_reference_shorthand(head))
				      : NULL;
	git_reference_free(head);
	return rc;
}

/* --- the default branch --------------------------------------------------------------------- */

static bool has_ref(struct stk_repo *repo, const char *ref)
{
	git_oid oid;

	return git_reference_name_to_id(&oid, repo->raw, ref) == 0;
}

/* The remote's HEAD, as git clone writes it down. */
static char *find_remote_head(struct stk_repo *repo, const char *remote)
{
	char *name = stk_xasprintf("refs/remotes/%s/HEAD", remote), *found = NULL;
	git_reference *reference = NULL;

	if (git_reference_lookup(&reference, repo->raw, name) == 0 &&
		git_reference_type(reference) == GIT_REFERENCE_SYMBOLIC &&
		has_ref(repo, git_reference_symbolic_target(reference)))
		found = stk_xstrdup(git_reference_symbolic_target(reference));
	git_reference_free(reference);
	free(name);
	return found;
}

/* A branch of this name at the remote, else here. */
static char *find_branch(struct stk_repo *repo, const char *remote, const char *name)
{
	char *there = remote ? stk_xasprintf("refs/remotes/%s/%s", remote, name) : NULL;
	char *here = stk_xasprintf("refs/heads/%s", name), *found = NULL;

	if (there && has_ref(repo, there))
		found = stk_xstrdup(there);
	else if (has_ref(repo, here))
		found = stk_xstrdup(here);
	free(there);
	free(here);
	return found;
}

static char *find_configured(struct stk_repo *repo, const char *remote)
{
	git_config *config = NULL;
	const char *name = NULL;
	char *found = NULL;

	if (git_repository_config_snapshot(&config, repo->raw) == 0 &&
		git_config_get_string(&name, config, "init.defaultbranch") == 0 && name[0])
		found = find_branch(repo, remote, name);
	git_config_free(config);
	return found;
}

/* "refs/remotes/origin/main" and "refs/heads/main" -> "main". */
static const char *short_name(const char *ref, const char *remote)
{
	size_t len = remote ? strlen(remote) : 0;

	if (strncmp(ref, "refs/heads/", 11) == 0)
		return ref + 11;
	if (strncmp(ref, "refs/remotes/", 13) == 0 && remote &&
		strncmp(ref + 13, remote, len) == 0 && ref[13 + len] == '/')
		return ref + 14 + len;
	return ref;
}

int stk_repo_default_branch(
	struct stk_repo *repo, char **name_out, char **ref_out, struct stk_err *err)
{
	char *remote = find_remote(repo);
	char *ref = remote ? find_remote_head(repo, remote) : NULL;
	int rc = 0;

	if (!ref)
		ref = find_branch(repo, remote, "main");
	if (!ref)
		ref = find_branch(repo, remote, "master");
	if (!ref)
		ref = find_configured(repo, remote);
	if (ref) {
		*name_out = stk_xstrdup(short_name(ref, remote));
		*ref_out = ref;
	} else {
		rc = stk_err_set(err, STK_E_NOT_FOUND,
			"which branch is the default one cannot be told: no %s/HEAD, main or "
			"master",
			remote ? remote : "origin");
		stk_err_hint(err, "%s",
			repo->is_shallow ? STK_REPO_DEEPEN
					 : "name it: base = \"merge-base:BRANCH\", or "
					   "--base merge-base:BRANCH");
	}
	free(remote);
	return rc;
}

/* --- remote ------------------------------------------------------------------------------ */

char *stk_repo_strip_url(const char *url)
{
	const char *scheme = strstr(url, "://");
	const char *host = scheme ? scheme + 3 : url;
	size_t authority = strcspn(host, "/?#");
	const char *at = NULL;

	/* scp-like git@host:path: the user is part of the address, and no secret */
	if (!scheme)
		return stk_xstrdup(url);
	for (size_t i = 0; i < authority; i++)
		if (host[i] == '@')
			at = host + i + 1;
	if (!at)
		return stk_xstrdup(url);
	return stk_xasprintf("%.*s%s", (int)(host - url), url, at);
}

char *stk_repo_remote_url(struct stk_repo *repo)
{
	char *name = find_remote(repo), *url = NULL;
	git_remote *remote = NULL;

	if (name && git_remote_lookup(&remote, repo->raw, name) == 0 && git_remote_url(remote))
		url = stk_repo_strip_url(git_remote_url(remote));
	git_remote_free(remote);
	free(name);
	return url;
}
