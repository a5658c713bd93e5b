/* builds: both sides of a run from git: which commits, their work trees, what is built of them. */
#include "core/flow/builds.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/fs.h"
#include "core/base/mem.h"
#include "core/flow/session_priv.h"
#include "core/git/range.h"
#include "core/service/checkout.h"

struct stk_builds {
	struct stk_repo *repo;
	struct stk_range range;
	char *root, *subdir;
	struct stk_checkout *checkouts[STK_SIDES]; /* both the same for one commit */
	struct stk_buf state;                      /* of the progress line */
};

static const char *const side_names[STK_SIDES] = {"base", "head"};

/* --- which commits ---------------------------------------------------------------------------- */

/* Where the workflow lies in the repository: "" or "services/shop". */
static int find_subdir(struct stk_builds *builds, const char *dir, struct stk_err *err)
{
	const char *top = stk_repo_workdir(builds->repo);
	char *real = realpath(dir, NULL);
	size_t len = top ? strlen(top) : 0;
	int rc = 0;

	if (!top)
		rc = stk_err_set(err, STK_E_INVAL, "'%s' is a bare repository", dir);
	else if (!real || strncmp(real, top, len) != 0 || (real[len] && real[len] != '/'))
		rc = stk_err_set(err, STK_E_INVAL, "'%s' does not lie in work tree '%s'", dir, top);
	else
		builds->subdir = stk_xstrdup(real[len] ? real + len + 1 : "");
	free(real);
	return rc;
}

static int open_repo(struct stk_session *session, struct stk_builds *builds, struct stk_err *err)
{
	int rc = stk_repo_open(session->workflow->dir, &builds->repo, err);

	if (rc == STK_E_NOT_FOUND)
		stk_err_hint(err,
			"both sides are built from git here; without it give sides = { base "
			"= ..., head = ... }, or mode = \"idle\"");
	if (rc == 0)
		rc = find_subdir(builds, session->workflow->dir, err);
	if (rc == 0)
		builds->root = stk_fs_join(stk_repo_workdir(builds->repo), ".stoker/work");
	return rc;
}

static void tell_tree(struct stk_session *session, const struct stk_range *range)
{
	const struct stk_dirty *dirty = &range->dirty;

	if (!stk_dirty_any(dirty))
		return;
	if (range->is_snapshot)
		stk_session_warn(session,
			"head is the working tree with its changes: %lld changed and %lld new "
			"files on "
			"top of %.7s",
			(long long)dirty->tracked, (long long)dirty->untracked,
			range->ends[STK_RANGE_HEAD].commit.hex);
	else
		stk_session_warn(session,
			"the working tree has %lld changed and %lld new files, which are not part "
			"of "
			"head",
			(long long)dirty->tracked, (long long)dirty->untracked);
	if (dirty->submodules > 0)
		stk_session_warn(session, "changes inside %lld submodules are not part of head",
			(long long)dirty->submodules);
}

/* Their files are not there until the build asks for them. */
static int tell_submodules(
	struct stk_session *session, struct stk_builds *builds, struct stk_err *err)
{
	int rc = stk_repo_has_path(
		builds->repo, &builds->range.ends[STK_RANGE_HEAD].id, ".gitmodules", err);

	if (rc > 0)
		stk_session_warn(session,
			"submodules are not checked out: if the build needs them, "
			"begin it with: git submodule update --init --recursive");
	return rc < 0 ? rc : 0;
}

static void describe(struct stk_session *session, const struct stk_range *range)
{
	struct stk_run *run = session->run;

	for (int side = 0; side < STK_SIDES; side++) {
		const struct stk_range_end *end = &range->ends[side];
		struct stk_side_info *info = &run->sides[side];

		info->revision = stk_run_text(run, end->commit.hex);
		info->ref = stk_run_text(run, end->ref);
		info->why = stk_run_text(run, end->why);
	}
	run->sides[STK_SIDE_HEAD].dirty = range->is_snapshot;
	if (range->branch.hex[0])
		session->rules = stk_run_text(run, range->branch.hex);
	run->repository.remote = stk_run_text(run, range->remote);
	run->repository.default_branch = stk_run_text(run, range->default_branch);
	run->repository.commits = range->commits;
	stk_session_say(session, "%s · base %.7s (%s) ↔ head %.7s%s (%s) · %lld commit%s · run %s",
		run->name, range->ends[STK_RANGE_BASE].id.hex, range->ends[STK_RANGE_BASE].why,
		range->ends[STK_RANGE_HEAD].commit.hex, range->is_snapshot ? "+" : "",
		range->ends[STK_RANGE_HEAD].why, (long long)range->commits,
		range->commits == 1 ? "" : "s", run->id);
	if (range->is_same)
		stk_session_warn(
			session, "base and head are the same commit, as asked for: an A/A run");
}

static int choose(struct stk_session *session, struct stk_builds *builds, struct stk_err *err)
{
	const struct stk_workflow *workflow = session->workflow;
	struct stk_range_opts opts = {
		session->env, workflow->base, workflow->head, workflow->base_key};
	int rc = stk_range_choose(builds->repo, &opts, &builds->range, err);

	if (rc < 0)
		return rc;
	describe(session, &builds->range);
	tell_tree(session, &builds->range);
	return tell_submodules(session, builds, err);
}

/* --- building ----------------------------------------------------------------------------- */

static bool names_out(const struct stk_command_spec *command)
{
	bool found = command->shell && strstr(command->shell, "{out}");

	for (size_t i = 0; i < command->argv.len; i++)
		found = found || strstr(command->argv.items[i], "{out}");
	return found;
}

static bool has_build(const struct stk_side_spec *spec)
{
	return spec->build.shell || spec->build.argv.len > 0;
}

static uint64_t add_key(uint64_t key, const char *text)
{
	return stk_str_hash(stk_str_of(text), key * 31 + 1);
}

/* What is built depends on the command, its variables and where it runs. */
static uint64_t key_of(const struct stk_builds *builds, const struct stk_side_spec *spec)
{
	uint64_t key = add_key(1, builds->subdir);

	key = add_key(key, spec->build.shell);
	for (size_t i = 0; i < spec->build.argv.len; i++)
		key = add_key(key, spec->build.argv.items[i]);
	key = add_key(key, spec->cwd);
	for (size_t i = 0; i < spec->env.len; i++) {
		key = add_key(key, spec->env.items[i].name);
		key = add_key(key, spec->env.items[i].value);
	}
	return key;
}

static void show_state(struct stk_session *session, const struct stk_builds *builds)
{
	stk_session_line(
		session, &(struct stk_flow_line){
				 .label = "build", .fraction = -1, .state = builds->state.ptr});
}

static void show_wait(const char *text, void *ctx)
{
	stk_session_say(ctx, "%s", text);
}

static int check_out(
	struct stk_session *session, struct stk_builds *builds, int side, struct stk_err *err)
{
	const struct stk_side_spec *spec = session->sides[side].spec;
	struct stk_checkout_opts opts = {.repo = builds->repo,
		.commit = &builds->range.ends[side].id,
		.root = builds->root,
		.subdir = builds->subdir,
		.key = key_of(builds, spec),
		.has_build = has_build(spec),
		.keeps_tree = has_build(spec) && !names_out(&spec->build),
		.rebuild = session->workflow->rebuild,
		.clock = session->clock,
		.interrupts = session->env->interrupts,
		.waits = show_wait,
		.waits_ctx = session};
	int rc = stk_checkout_open(&opts, &builds->checkouts[side], err);

	if (rc < 0)
		(void)stk_err_wrap(err, "checkout of %s", side_names[side]); /* rc is the same */
	return rc;
}

static int build(
	struct stk_session *session, struct stk_builds *builds, int side, struct stk_err *err)
{
	struct stk_checkout *checkout = builds->checkouts[side];
	int64_t start = stk_clock_mono(session->clock);
	const char *gap = builds->state.len > 0 ? "   " : "";
	int rc;

	stk_buf_addf(&builds->state, "%s%s", gap, side_names[side]);
	if (stk_checkout_is_built(checkout)) {
		stk_buf_add_text(&builds->state, " kept");
		show_state(session, builds);
		return 0;
	}
	show_state(session, builds);
	rc = stk_session_build_side(session, side, err);
	if (rc == 0)
		rc = stk_checkout_set_built(checkout, err);
	if (rc < 0)
		return rc;
	stk_buf_addf(&builds->state, " %.1f s",
		(double)(stk_clock_mono(session->clock) - start) / (double)STK_NS_PER_S);
	show_state(session, builds);
	return 0;
}

int stk_builds_make_side(struct stk_session *session, int side, struct stk_err *err)
{
	struct stk_builds *builds = session->builds;
	int rc;

	if (builds->range.is_same && builds->checkouts[!side]) {
		builds->checkouts[side] = builds->checkouts[!side];
		return 0;
	}
	rc = check_out(session, builds, side, err);
	if (rc == 0 && has_build(session->sides[side].spec))
		rc = build(session, builds, side, err);
	return rc;
}

int stk_builds_choose(struct stk_session *session, struct stk_err *err)
{
	struct stk_builds *builds;
	int rc;

	session->phase = "build";
	builds = session->builds = stk_xcalloc(1, sizeof *builds);
	stk_buf_init(&builds->state, 4096);
	rc = open_repo(session, builds, err);
	return rc == 0 ? choose(session, builds, err) : rc;
}

int stk_builds_make(struct stk_session *session, struct stk_err *err)
{
	int rc;

	if (!session->workflow->from_git)
		return 0;
	rc = stk_builds_choose(session, err);
	for (int side = 0; rc == 0 && side < STK_SIDES; side++)
		rc = stk_builds_make_side(session, side, err);
	return rc;
}

void stk_builds_release(struct stk_session *session)
{
	struct stk_builds *builds = session->builds;

	if (!builds)
		return;
	if (builds->checkouts[STK_SIDE_HEAD] != builds->checkouts[STK_SIDE_BASE])
		stk_checkout_close(builds->checkouts[STK_SIDE_HEAD]);
	stk_checkout_close(builds->checkouts[STK_SIDE_BASE]);
	stk_range_release(&builds->range);
	stk_repo_free(builds->repo);
	stk_buf_release(&builds->state);
	free(builds->root);
	free(builds->subdir);
	free(builds);
	session->builds = NULL;
}

struct stk_repo *stk_builds_repo(const struct stk_session *session)
{
	return session->builds ? session->builds->repo : NULL;
}

const struct stk_range *stk_builds_range(const struct stk_session *session)
{
	return session->builds ? &session->builds->range : NULL;
}

bool stk_builds_place(const struct stk_session *session, int side, struct stk_builds_place *out)
{
	const struct stk_builds *builds = session->builds;

	if (!builds || !builds->checkouts[side])
		return false;
	out->dir = stk_checkout_dir(builds->checkouts[side]);
	out->out = stk_checkout_out(builds->checkouts[side]);
	out->rev = builds->range.ends[side].commit.hex;
	out->subdir = builds->subdir;
	return true;
}
