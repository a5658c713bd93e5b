/* kept: the verbs of mode baseline: find what was kept of the base, compare with it, keep this. */
#include "core/flow/kept.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/units.h"
#include "core/baseline/find.h"
#include "core/diff/compare.h"
#include "core/flow/aa.h"
#include "core/flow/changed.h"
#include "core/flow/compare_priv.h"
#include "core/flow/kept_check.h"
#include "core/flow/kept_input.h"
#include "core/flow/slices.h"
#include "core/flow/trust.h"

static int open_store(
	struct stk_session *session, struct stk_baseline_store **out, struct stk_err *err)
{
	const struct stk_baselines_spec *spec = &session->workflow->baselines;

	if (session->opts->aa_dir)
		*out = stk_baseline_store_dir(session->opts->aa_dir);
	else if (spec->kind == STK_BASELINES_NOTES)
		*out = stk_baseline_store_notes(".", spec->remote);
	else if (spec->kind == STK_BASELINES_DIR)
		*out = stk_baseline_store_dir(spec->path);
	else if (spec->kind == STK_BASELINES_S3)
		return stk_baseline_store_s3(
			&(struct stk_baseline_s3_opts){.url = spec->url,
				.endpoint = spec->endpoint,
				.region = spec->region,
				.style = !spec->path_style_given ? STK_S3_STYLE_DEFAULT
					 : spec->path_style      ? STK_S3_STYLE_PATH
								 : STK_S3_STYLE_HOST,
				.env = session->env},
			out, err);
	else
		return stk_err_set(err, STK_E_NOT_FOUND,
			"the workflow names no place for baselines: baselines = "
			"stoker.baselines.git_notes {}");
	return 0;
}

static void describe(struct stk_session *session, const struct stk_baseline_store *store,
	const struct stk_baseline_found *found)
{
	struct stk_run *run = session->run;
	struct stk_baseline_info *info = &run->baseline;

	*info = (struct stk_baseline_info){.revision = stk_run_text(run, session->kept->revision),
		.run = stk_run_text(run, session->kept->run),
		.where = stk_run_text(run, store->where),
		.why = stk_run_text(run, found->why),
		.measured_ns = session->kept->measured_ns};
	if (found->tip)
		session->rules = stk_run_text(run, found->tip);
	run->sides[STK_SIDE_BASE].revision = info->revision;
	run->sides[STK_SIDE_BASE].why = info->why;
	run->sides[STK_SIDE_BASE].title =
		stk_arena_printf(&run->arena, "%.10s (kept)", info->revision);
	run->sides[STK_SIDE_BASE].agent = stk_run_text(run, session->kept->agent);
}

static int find_and_load(struct stk_session *session, struct stk_baseline_store *store,
	const char *rev, struct stk_err *err)
{
	struct stk_run *run = session->run;
	struct stk_baseline_query query = {.dir = ".",
		.workflow = run->name,
		.machine =
			stk_kept_machine(run->environment.items, run->environment.len, &run->arena),
		.base = session->workflow->base,
		.rev = session->opts->aa_dir ? STK_AA_NAME : rev,
		.is_name = session->opts->aa_dir != NULL};
	struct stk_baseline_found found;
	int rc = stk_baseline_find(store, &query, &found, err);

	if (rc == 0) {
		if (session->kept)
			stk_kept_release(session->kept);
		else
			session->kept = stk_xcalloc(1, sizeof *session->kept);
		stk_kept_init(session->kept);
		rc = stk_baseline_load(store, &found.key, session->kept, err);
	}
	if (rc == 0)
		describe(session, store, &found);
	stk_baseline_found_release(&found);
	return rc;
}

int stk_session_find_baseline(struct stk_session *session, const char *rev, struct stk_err *err)
{
	struct stk_baseline_store *store = NULL;
	struct stk_err why = STK_ERR_INIT;
	int rc = open_store(session, &store, &why);

	if (rc == 0)
		rc = find_and_load(session, store, rev, &why);
	stk_baseline_store_free(store);
	/* mode idle concludes nothing of it */
	if (rc == STK_E_NOT_FOUND && session->run->mode == STK_MODE_BASELINE)
		stk_run_precondition(session->run, "baseline", STK_CHECK_FAIL, "%s", why.msg);
	if (rc < 0 && err)
		*err = why;
	return rc;
}

/* --- comparing ----------------------------------------------------------------------------- */

static int compare(struct stk_session *session, const struct stk_session_type *type, size_t window,
	struct stk_comparison *out, struct stk_err *err)
{
	const struct stk_kept_type *base = stk_kept_find(session->kept, type->type_id);
	struct stk_compare_aa aa = stk_trust_aa(session, type->asked);
	struct stk_diff_input input;
	int rc;

	if (!base)
		return stk_err_set(
			err, STK_E_NOT_FOUND, "the baseline has no profiles of %s", type->asked);
	stk_compare_init_input(&input, type);
	input.changes = stk_session_changes(session);
	rc = stk_kept_input_add(base, &input, err);
	if (rc == 0)
		rc = stk_kept_input_add_window(session, type, window, &input, err);
	if (rc == 0)
		rc = stk_compare_sequential(&input, NULL, &aa, session->run, out, err);
	stk_diff_input_release(&input);
	return rc;
}

int stk_session_compare_kept(struct stk_session *session, const char *asked, size_t window,
	size_t *out, struct stk_err *err)
{
	struct stk_comparison comparison = {0};
	int rc;

	if (!session->kept)
		return stk_err_set(
			err, STK_E_SCRIPT, "compare: there is no baseline: w:baseline()");
	rc = stk_slices_collect(session, asked, err);
	if (rc < 0)
		return rc;
	rc = compare(session, stk_slices_type(session, asked), window, &comparison, err);
	if (rc < 0) {
		stk_comparison_release(&comparison);
		return rc;
	}
	stk_kept_check(session, window, &comparison);
	*out = session->run->comparisons.len;
	stk_vec_push(&session->run->comparisons, comparison);
	return 0;
}

/* --- keeping ------------------------------------------------------------------------------- */

/* What the run is kept under: the commit, or where there is no repository the name of the base. */
static int name_revision(struct stk_session *session, struct stk_kept *kept, struct stk_err *err)
{
	const struct stk_side_info *head = &session->run->sides[STK_SIDE_HEAD];

	if (session->opts->aa_dir) {
		kept->revision = STK_AA_NAME;
		return 0;
	}
	if (!head->revision && !session->workflow->base)
		return stk_err_set(err, STK_E_NOT_FOUND,
			"there is no repository, and the workflow names no base");
	if (head->revision && head->dirty)
		return stk_err_set(
			err, STK_E_NOT_FOUND, "there are changes that are not committed");
	kept->revision = stk_arena_dup(
		&kept->arena, head->revision ? head->revision : session->workflow->base);
	kept->ref = stk_arena_dup(&kept->arena, head->ref);
	return 0;
}

int stk_session_save_baseline(
	struct stk_session *session, size_t window, const char **revision_out, struct stk_err *err)
{
	struct stk_baseline_store *store = NULL;
	struct stk_kept kept;
	int rc = open_store(session, &store, err);

	stk_kept_init(&kept);
	if (rc == 0)
		rc = name_revision(session, &kept, err);
	for (size_t i = 0; rc == 0 && i < session->workflow->profiles.len; i++)
		rc = stk_slices_collect(session, session->workflow->profiles.items[i], err);
	if (rc == 0)
		rc = stk_kept_input_keep(session, window, &kept, err);
	if (rc == 0)
		rc = stk_baseline_save(store, &kept, err);
	if (rc == 0)
		*revision_out = stk_run_text(session->run, kept.revision);
	stk_kept_release(&kept);
	stk_baseline_store_free(store);
	return rc;
}
