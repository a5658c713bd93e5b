/* trust: what A/A runs of this workflow say of the run that goes on. */
#include "core/flow/trust.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/baseline/calibrated.h"
#include "core/baseline/kept.h"
#include "core/flow/aa.h"
#include "core/flow/trusted_file.h"

struct stk_trust {
	struct stk_calibrateds of_base, local;
	const struct stk_calibrated *found; /* what was found, whether it counts or not */
	bool counts;
};

void stk_trust_free(struct stk_trust *trust)
{
	if (!trust)
		return;
	stk_calibrateds_release(&trust->of_base);
	stk_calibrateds_release(&trust->local);
	free(trust);
}

static void read_file(struct stk_session *session, bool is_local, struct stk_calibrateds *out)
{
	struct stk_buf text = STK_BUF_INIT(STK_CALIBRATED_BYTES_MAX);
	struct stk_err err = STK_ERR_INIT;
	int rc = is_local ? stk_trusted_file_read_local(STK_CALIBRATED_PATH, &text, &err)
			  : stk_trusted_file_read(session, STK_CALIBRATED_PATH, &text, &err);

	if (rc == 1)
		rc = stk_calibrateds_parse(stk_buf_str(&text), out, &err);
	if (rc < 0)
		stk_session_warn(session, "nothing is calibrated: %s", err.msg);
	stk_buf_release(&text);
}

static const char *differs(const struct stk_calibrated *near, const struct stk_calibration_key *key)
{
	return strcmp(near->key.machine, key->machine) != 0 ? "the A/A runs are of another machine"
							    : "the A/A runs are of another load";
}

static void note(
	struct stk_session *session, const struct stk_calibrated *from, const char *why_not)
{
	struct stk_calibration_info *info = &session->run->calibration;
	const struct stk_calibrated_type *first =
		from->types.len > 0 ? &from->types.items[0] : NULL;

	*info = (struct stk_calibration_info){.plan = stk_run_text(session->run, from->key.plan),
		.why_not = stk_run_text(session->run, why_not),
		.runs = from->runs,
		.alarms = from->alarms,
		.alarms_below = stk_calibrated_alarms_below(from),
		.sigma =
			first && session->run->mode == STK_MODE_BASELINE ? first->sigma_total : NAN,
		.first_ns = from->first_ns,
		.last_ns = from->last_ns};
}

/* Of the two files the first that counts; else what was found, with what stands in its way. */
static void choose(struct stk_session *session, const struct stk_calibration_key *key)
{
	struct stk_trust *trust = session->trust;
	const struct stk_calibrateds *files[] = {&trust->local, &trust->of_base};
	int64_t now = stk_clock_wall(session->clock);

	for (size_t i = 0; i < STK_ARRAY_LEN(files) && !trust->counts; i++) {
		const struct stk_calibrated *near = NULL;
		const struct stk_calibrated *found = stk_calibrateds_find(files[i], key, &near);
		const char *why_not = NULL;

		if (found)
			why_not = stk_calibrated_objection(found, now, &session->run->arena);
		else if (near && !trust->found)
			why_not = differs(near, key);
		if (!found && !why_not)
			continue;
		trust->found = found ? found : near;
		trust->counts = !why_not;
		note(session, trust->found, why_not);
	}
}

void stk_trust_find(struct stk_session *session)
{
	struct stk_run *run = session->run;
	struct stk_calibration_key key;
	struct stk_err err = STK_ERR_INIT;

	if (session->trust || session->opts->aa_dir)
		return;
	session->trust = stk_xcalloc(1, sizeof *session->trust);
	stk_calibrateds_init(&session->trust->of_base);
	stk_calibrateds_init(&session->trust->local);
	if (stk_aa_key(session->workflow, stk_script_path(session->opts->script),
		    stk_kept_machine(run->environment.items, run->environment.len, &run->arena),
		    &run->arena, &key, &err) < 0) {
		stk_session_warn(session, "nothing is calibrated: %s", err.msg);
		return;
	}
	read_file(session, false, &session->trust->of_base);
	read_file(session, true, &session->trust->local);
	choose(session, &key);
}

struct stk_compare_aa stk_trust_aa(struct stk_session *session, const char *short_name)
{
	static const struct stk_compare_aa none = STK_COMPARE_AA_NONE, guess = STK_COMPARE_AA_GUESS;
	const struct stk_calibrated_type *type = NULL;
	struct stk_compare_aa aa = guess;

	if (session->opts->aa_dir)
		return none;
	stk_trust_find(session);
	if (session->trust->counts)
		type = stk_calibrated_type(session->trust->found, short_name);
	if (!type)
		return guess;
	memcpy(aa.sigma, type->sigma, sizeof aa.sigma);
	aa.sigma_total = type->sigma_total;
	aa.df = session->trust->found->runs - 1;
	aa.inflation = type->inflation;
	aa.calibrated = true;
	return aa;
}
