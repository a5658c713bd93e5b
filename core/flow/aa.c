/* aa: A/A runs: a workflow with one build on both sides, and what such a run has measured. */
#include "core/flow/aa.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/fs.h"
#include "core/diff/compare.h"
#include "core/diff/runtime.h"

#define SCRIPT_MAX ((size_t)16 << 20)

/* --- key ------------------------------------------------------------------------------------- */

/* The load script, as text: what it does is the load. */
static int add_script(const struct stk_workflow *workflow, const char *file, struct stk_buf *buf,
	struct stk_err *err)
{
	const char *script = workflow->load.script;
	bool is_own = script && script[0] == '@'; /* it came with stoker itself */
	char *path = !script || script[0] == '/' || is_own ? stk_xstrdup(script ? script : file)
							   : stk_fs_join(workflow->dir, script);
	int rc = 0;

	if (is_own)
		stk_buf_add_text(buf, script);
	/* what comes from standard input has no file */
	else if (script || stk_fs_exists(path))
		rc = stk_fs_read(path, buf, err);
	else
		stk_buf_add_text(buf, file);
	free(path);
	return rc;
}

int stk_aa_key(const struct stk_workflow *workflow, const char *file, const char *machine,
	struct stk_arena *arena, struct stk_calibration_key *out, struct stk_err *err)
{
	const struct stk_load_spec *load = &workflow->load;
	struct stk_buf text = STK_BUF_INIT(SCRIPT_MAX);
	int rc;

	stk_buf_addf(&text, "%.17g/%" PRId64 " vus %" PRId64 " for %" PRId64 " after %" PRId64,
		load->rate, load->rate_unit_ns, load->vus, load->duration_ns, load->warmup_ns);
	if (workflow->mode == STK_MODE_PAIRED)
		stk_buf_addf(&text, " pairs %" PRId64 " of %" PRId64, load->pairs, load->block_ns);
	stk_buf_addf(&text, " scenario %s\n", load->scenario ? load->scenario : "");
	for (size_t i = 0; i < workflow->profiles.len; i++)
		stk_buf_addf(&text, "%s\n", workflow->profiles.items[i]);
	for (size_t i = 0; i < load->env.len; i++)
		stk_buf_addf(&text, "%s=%s\n", load->env.items[i].name, load->env.items[i].value);
	rc = add_script(workflow, file, &text, err);
	if (rc == 0)
		rc = stk_buf_check(&text, err);
	if (rc == 0)
		*out = (struct stk_calibration_key){stk_arena_dup(arena, workflow->name),
			stk_mode_name(workflow->mode), stk_arena_dup(arena, machine),
			stk_arena_printf(
				arena, "%016" PRIx64, stk_str_hash(stk_buf_str(&text), 0))};
	stk_buf_release(&text);
	return rc;
}

/* --- one build ------------------------------------------------------------------------------- */

int stk_aa_prepare(struct stk_workflow *workflow, struct stk_err *err)
{
	if (workflow->mode == STK_MODE_BASELINE)
		return 0;
	if (workflow->mode != STK_MODE_PAIRED) {
		stk_err_set(err, STK_E_INVAL,
			"mode %s compares nothing: there is no alarm that "
			"could be a false one",
			stk_mode_name(workflow->mode));
		stk_err_hint(err, "modes paired and baseline can be calibrated");
		return STK_E_INVAL;
	}
	if (workflow->from_git) {
		workflow->base = workflow->head = "HEAD";
		workflow->base_key = "A/A";
		return 0;
	}
	if (!workflow->sides[STK_SIDE_HEAD].is_service)
		return stk_err_set(err, STK_E_INVAL,
			"two sides that run already are no A/A run: give both the same build, and "
			"run the workflow");
	stk_workflow_same(workflow);
	return 0;
}

/* --- taking ---------------------------------------------------------------------------------- */

static bool is_eligible(const struct stk_row *row)
{
	static const struct stk_compare_opts limits = STK_COMPARE_OPTS_INIT;

	return row->theta >= log1p(limits.min_change) && row->impact >= limits.min_impact &&
	       !row->partner.name && !stk_runtime_is_own(row->function.name);
}

static bool is_measured(const struct stk_row *row)
{
	return isfinite(row->theta) && isfinite(row->se) && row->df > 0.0;
}

static void take_type(const struct stk_comparison *comparison, struct stk_calibration *calibration,
	struct stk_calibration_type *out)
{
	const struct stk_row *total = &comparison->total;

	*out = (struct stk_calibration_type){
		.short_name = stk_arena_dup(&calibration->arena, comparison->short_name),
		.theta = NAN,
		.v = NAN,
		.df = NAN};
	if (is_measured(total)) {
		out->theta = total->theta;
		out->v = total->se * total->se;
		out->df = fmin(total->df, 1e6);
	}
	for (size_t i = 0; i < comparison->rows.len; i++) {
		const struct stk_row *row = &comparison->rows.items[i];

		if (!row->tested || !is_measured(row))
			continue;
		stk_vec_push(
			&out->rows, (struct stk_calibration_row){row->theta, row->se * row->se,
					    fmin(row->df, 1e6), fmin(fmax(row->share, 0.0), 1.0),
					    is_eligible(row)});
	}
}

const char *stk_aa_take(const struct stk_run *run, struct stk_calibration *calibration)
{
	struct stk_calibration_run *out;

	if (run->partial.is_partial)
		return "it ended early";
	for (size_t i = 0; i < run->preconditions.len; i++) {
		if (run->preconditions.items[i].state == STK_CHECK_FAIL)
			return stk_arena_printf(&calibration->arena, "%s: %s",
				run->preconditions.items[i].name, run->preconditions.items[i].text);
	}
	if (run->comparisons.len == 0)
		return "it compared nothing";
	out = stk_vec_push_new(&calibration->runs);
	out->measured_ns = run->start_ns;
	out->alarm = run->verdict == STK_VERDICT_REGRESSION;
	for (size_t i = 0; i < run->comparisons.len; i++)
		take_type(&run->comparisons.items[i], calibration, stk_vec_push_new(&out->types));
	return NULL;
}
